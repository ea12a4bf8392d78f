import { createHash } from 'node:crypto';
import { load } from 'cheerio';
import type { AnyNode } from 'domhandler';

/** What of an article's text is compared between visits. */
export interface BodyDigest {
  /** Of the normalised text with cell boundaries and the names of files and pictures. */
  readonly bodySha: string;
  /** Of the numbers in tables, in order. A template change leaves it alone. */
  readonly numbersSha: string;
  readonly tables: number;
  readonly chineseLetters: number;
}

const noise =
  /浏览(次数|量)|点击(次数|量|率)?[：:]|阅读(次数|量)|访问(次数|量)|^\s*(【?\s*(打印|关闭|收藏|分享|字体|大|中|小|打印本页|关闭窗口|复制链接|返回顶部)\s*】?\s*)+$|pageTimestamp|已下载/;

const dropped = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'link',
  'meta',
  'iframe',
  'input',
  'button',
]);
const blocks = new Set([
  'p',
  'div',
  'br',
  'li',
  'ul',
  'ol',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'section',
  'article',
  'form',
  'table',
  'tbody',
  'thead',
  'tfoot',
  'caption',
  'center',
  'blockquote',
  'hr',
  'dl',
  'dt',
  'dd',
]);

/**
 * Digests an article's body so that only what a reader of the report sees counts: text (NFKC, white space collapsed),
 * the boundaries of table cells, the names of attachments and pictures. Markup, scripts, styles, comments, visit
 * counters and print buttons do not. `title` is left out where the body begins with it: it is compared by itself.
 */
export function digestBody(html: string | null, title: string | null): BodyDigest {
  const lines: string[] = [];
  const numbers: string[] = [];
  let line = '';
  let tables = 0;
  const flush = () => {
    const text = line.normalize('NFKC').replace(/\s+/g, ' ').trim();
    line = '';
    if (text !== '' && !noise.test(text)) lines.push(text);
  };
  const visit = (node: AnyNode, inTable: boolean): void => {
    if (node.type === 'text') {
      line += node.data;
      return;
    }
    if (!('children' in node)) return;
    if (node.type !== 'tag') {
      if (node.type === 'root') for (const child of node.children) visit(child, inTable);
      return;
    }
    const { name, attribs } = node;
    if (dropped.has(name) || /display\s*:\s*none/i.test(attribs['style'] ?? '')) return;
    if (name === 'img') {
      const file = lastName(attribs['src'] ?? attribs['data-src']);
      if (file !== null) line += `⟨${file}⟩`;
    }
    const cell = name === 'td' || name === 'th';
    if (name === 'table') tables++;
    if (blocks.has(name) && !inTable) flush();
    if (name === 'tr') flush();
    const before = line.length;
    for (const child of node.children) visit(child, inTable || name === 'table');
    if (cell) {
      const text = line.slice(before).normalize('NFKC');
      numbers.push(...(text.match(/-?\d+(?:\.\d+)?/g) ?? []), ';');
      line += ' ¦ ';
    }
    if (name === 'a') {
      const file = lastName(attribs['href']);
      if (file !== null && /\.\w{2,5}$/.test(file) && !/\.(s?html?|aspx?|jsp|php)$/i.test(file))
        line += `⟨${file}⟩`;
    }
    if (name === 'tr' || (blocks.has(name) && !inTable)) flush();
  };
  if (html !== null) for (const node of load(html, null, false).root().toArray()) visit(node, false);
  flush();
  const first = lines[0];
  if (title !== null && first !== undefined && squeeze(first) === squeeze(title)) lines.shift();
  const text = lines.join('\n');
  return {
    bodySha: sha(text),
    numbersSha: sha(numbers.join(' ')),
    tables,
    chineseLetters: text.match(/\p{Script=Han}/gu)?.length ?? 0,
  };
}

function lastName(address: string | undefined): string | null {
  if (!address || address.startsWith('data:') || address.startsWith('javascript:')) return null;
  const name = address
    .replace(/[?#].*$/, '')
    .split('/')
    .pop();
  return name ? name : null;
}

const squeeze = (text: string): string => text.normalize('NFKC').replace(/\s+/g, '');

export const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
