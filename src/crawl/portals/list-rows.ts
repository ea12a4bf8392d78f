import { type Cheerio, type CheerioAPI, load } from 'cheerio';
import type { AnyNode, Element } from 'domhandler';
import { addressKey, isArticleAddress, isMobileTwin, type LinkSource, resolveAddress } from './addresses.ts';
import { dateInText, dateInUrl } from './dates.ts';
import type { ListRow } from './portal.ts';

/** Parts of a page that hold links, but never the rows of its list. */
const aroundTheList = [
  'script',
  'style',
  'noscript',
  'template',
  'nav',
  'header',
  'footer',
  'aside',
  '[role=navigation]',
  '.popbox',
  'li.empty',
  '.path',
  '.position',
  '.breadcrumb',
  '.crumbs',
  '.bt-place',
  '.xgwz',
  '.phb',
].join(',');

const rowTags = new Set(['li', 'tr', 'dl']);

/** Longer titles are cut: no title is, and what stands in its place is somebody else's text. */
export const longestTitle = 400;

export interface RowOptions {
  /** CSS selector of one row, where a portal's list needs it. */
  readonly row?: string;
}

/**
 * The rows of a list, in page order and each address once. A link is a row when a date stands beside it or when its
 * address has the shape of an article; menus, related links and commented-out rows have neither or are left out.
 */
export function readRows(html: string, from: string | LinkSource, options: RowOptions = {}): ListRow[] {
  const $ = load(html);
  const page = typeof from === 'string' ? { url: from } : from;
  const own = addressKey(page.url);
  const left = new Set<AnyNode>([...$(aroundTheList).toArray(), ...hiddenByFlag($).toArray()]);
  const scope = options.row ? $(options.row).find('a').add($(options.row).filter('a')) : $('a');
  const rows = new Map<string, ListRow>();
  const surrounding = new Map<Element, Surroundings>();
  for (const anchor of (scope as Cheerio<Element>).toArray()) {
    if (isInside(anchor, left)) continue;
    const url =
      resolveAddress($(anchor).attr('href') ?? '', page) ??
      resolveAddress(onclickTarget($(anchor).attr('onclick')) ?? '', page);
    if (url === null || isMobileTwin(url)) continue;
    const key = addressKey(url);
    if (key === own) continue;
    const beside = textBeside($, anchor, key, page, { found: surrounding, left });
    const printed = dateInText(beside) ?? dateInText($(anchor).text());
    if (!options.row && printed === null && !isArticleAddress(url)) continue;
    if (isPagerText($(anchor).text())) continue;
    const { title, cut } = titleOf($, anchor, beside);
    if (title === '') continue;
    const before = rows.get(key);
    if (before && !better({ title, cut }, before)) {
      if (before.date === null && printed !== null) rows.set(key, { ...before, date: printed });
      continue;
    }
    rows.set(key, {
      url,
      title,
      titleCut: cut,
      date: printed ?? before?.date ?? dateInUrl(url),
      publisher: null,
      attachments: [],
    });
  }
  return withoutCategoryLinks([...rows.values()]);
}

/** Does the title end in the dots that lists put where they cut it? */
export function isCutTitle(title: string): boolean {
  return /(?:…|\.{2,}|．{2,}|。{2,})$/.test(title.trim());
}

/** One line: every run of white space (also the non-breaking and ideographic kind) becomes one space. */
export function oneLine(text: string): string {
  return text.replace(/[\s\u00a0\u3000\u200b\ufeff]+/g, ' ').trim();
}

/** Beijing marks rows that a script hides with an empty `<i class="flag">`. */
function hiddenByFlag($: CheerioAPI) {
  return $('li').filter(
    (_, row) => $(row).find('i.flag').length > 0 && oneLine($(row).find('i.flag').text()) === '',
  );
}

/** Tianjin and Liaoning put the address into a script call. */
function onclickTarget(script: string | undefined): string | null {
  const match = script && /['"]([^'"]*\.(?:s?html?|pdf|docx?|wps|ofd)(?:\?[^'"]*)?)['"]/i.exec(script);
  return match ? match[1]! : null;
}

function isPagerText(text: string): boolean {
  return /^\s*(?:首页|尾页|末页|上一?页|下一?页|前一页|后一页|第一页|最后一页|更多(?:>+|»)?|>+|<+|»|«|\d{1,4}|GO|跳转)\s*$/i.test(
    text,
  );
}

/** An element of the page without its links: its text, and where they lead. */
interface Surroundings {
  readonly text: string;
  readonly links: ReadonlySet<string>;
}

/**
 * The text of the row without the links' own: of the nearest `li`, `tr` or `dl`, nested rows left out; where that
 * shows no date, of the elements around it for as long as they hold no other link (a date in a cell or item of its
 * own).
 */
function textBeside(
  $: CheerioAPI,
  anchor: Element,
  key: string,
  page: LinkSource,
  around: { readonly found: Map<Element, Surroundings>; readonly left: ReadonlySet<AnyNode> },
): string {
  let node = $(anchor).parent();
  let text = '';
  for (let step = 0; step < 5 && node.length > 0; step += 1) {
    const element = node.get(0)!;
    if (element.type !== 'tag' || element.name === 'body' || element.name === 'html') break;
    let found = around.found.get(element);
    if (found === undefined) {
      found = surroundings(element, page, around.left);
      around.found.set(element, found);
    }
    const alone = found.links.size === 0 || (found.links.size === 1 && found.links.has(key));
    const isRow = rowTags.has(element.name);
    if (!alone && !isRow) break;
    text = found.text;
    if (dateInText(text) !== null || (isRow && !alone)) break;
    node = node.parent();
  }
  return text;
}

function surroundings(element: Element, page: LinkSource, left: ReadonlySet<AnyNode>): Surroundings {
  const links = new Set<string>();
  const words: string[] = [];
  const isRow = rowTags.has(element.name);
  // Text of nested rows is not the row's own, but their links show that it holds more than one.
  const visit = (node: AnyNode, silent: boolean): void => {
    if (left.has(node)) return;
    if (node.type === 'text') {
      if (!silent) words.push(node.data);
      return;
    }
    if (node.type !== 'tag') return;
    let quiet = silent;
    if (node.name === 'a') {
      const url = resolveAddress(node.attribs['href'] ?? '', page);
      if (url !== null) links.add(addressKey(url));
      quiet = true;
    } else if (isRow && node !== element && rowTags.has(node.name)) quiet = true;
    for (const child of node.children) visit(child, quiet);
  };
  visit(element, false);
  // Neighbours are kept apart, lest a number in front grow into the date.
  return { text: words.join(' '), links };
}

function isInside(node: AnyNode, left: ReadonlySet<AnyNode>): boolean {
  for (let at: AnyNode | null = node; at !== null; at = at.parent) if (left.has(at)) return true;
  return false;
}

function titleOf($: CheerioAPI, anchor: Element, beside: string): { title: string; cut: boolean } {
  const attribute = oneLine($(anchor).attr('title') ?? '');
  const own = ownText($, anchor);
  let title = own;
  if (attribute !== '' && !(own.includes(attribute) && !isCutTitle(own))) title = attribute;
  if (attribute !== '' && isCutTitle(attribute) && own.length > attribute.length) title = own;
  // 查看 or 下载 beside the title in a cell of its own.
  if (/^(?:\[?(?:点击)?(?:查看|下载|详情|详细|浏览|打开|查看详情|查看全文|全文|下载附件)\]?)?$/.test(title)) {
    const words = oneLine(
      beside.replace(/\[?(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?\]?/g, ' '),
    );
    title = words === '' ? title : words;
  }
  title = title.slice(0, longestTitle);
  return { title, cut: isCutTitle(title) };
}

/** The words of the link: its heading where it has one, else its first block, dates and summaries left out. */
function ownText($: CheerioAPI, anchor: Element): string {
  const heading = $(anchor).find('h1,h2,h3,h4,h5,h6,.title,.tit').first();
  if (heading.length > 0 && oneLine(heading.text()) !== '') return oneLine(heading.text());
  const copy = $(anchor).clone();
  copy
    .find('*')
    .filter((_, part) => {
      const words = oneLine($(part).text());
      return dateInText(words) !== null && words.length <= 14;
    })
    .remove();
  const block = copy
    .find('p,div')
    .toArray()
    .map((part) => oneLine($(part).text()))
    .find((words) => words !== '');
  return block ?? oneLine(copy.text());
}

function better(found: { title: string; cut: boolean }, before: ListRow): boolean {
  if (found.cut !== before.titleCut) return before.titleCut;
  return found.title.length > before.title.length;
}

/** `[部门动态]` before a title links to the column, with the row's date beside it; it is no row where others are. */
function withoutCategoryLinks(rows: readonly ListRow[]): ListRow[] {
  if (!rows.some((row) => isArticleAddress(row.url))) return [...rows];
  return rows.filter(
    (row) => isArticleAddress(row.url) || !/(?:\/|\/index\.s?html?)$/.test(new URL(row.url).pathname),
  );
}
