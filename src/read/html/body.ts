import { countSectionTitles } from '../section-titles.ts';
import type { Document, Element } from './tree.ts';
import { elementsOf, textOf } from './tree.ts';

/**
 * Where the content-management systems of Chinese portals put the article, in the order in which they are tried
 * (Hanweb, TRS, VSB, Kaipu, EsoGov and local systems). `#x`: id, `.x`: class, `#x*`: id that begins so, `@x`: name.
 */
const PLACES: readonly string[] = [
  '#ivs_content',
  '#zoom',
  '#Zoom',
  '#UCAP-CONTENT',
  '@_newscontent_fromname',
  '#vsb_content',
  '#vsb_content_*',
  '.v_news_content',
  '.TRS_Editor',
  '.TRS_UEDITOR',
  '.trs_editor_view',
  '.Custom_UnionStyle',
  '.wzcon',
  '.j-fontContent',
  '#J_content',
  '.article-content',
  '.article_con',
  '.article_content',
  '.bt-content',
  '.bt_content',
  '.detail-news',
  '.pages_content',
  '.zwxl-article',
  '.main-txt',
  '#zoomcon',
  '.news_cont_d_wrap',
  '.tyxxy_main',
  '.Article_content',
  '.xxgk_content',
  '.zw-content',
  '.art_con',
  '.wenzhang_main',
  '.gkwz_contnet',
  '.newscontnet',
];

const RANKS = new Map(PLACES.map((place, rank) => [place, rank]));
const MOST_CANDIDATES = 24;
const ENOUGH_CHINESE = 200;

/**
 * The element that holds the article, or null where only the whole page is certain to hold all of it. Where the page
 * has section titles of a report, the article must have them too; a page whose article is cut into several elements is
 * read as a whole.
 */
export function findBody(document: Document): Element | null {
  const candidates: { element: Element; rank: number }[] = [];
  for (const element of elementsOf(document)) {
    const rank = rankOf(element);
    if (rank !== null && candidates.length < MOST_CANDIDATES) candidates.push({ element, rank });
  }
  if (candidates.length === 0) return null;
  candidates.sort((a, b) => a.rank - b.rank);
  const onPage = countSectionTitles(textOf(document));
  for (const { element } of candidates) {
    const text = textOf(element);
    const titles = countSectionTitles(text);
    if (onPage >= 3) {
      if (titles === onPage || titles >= 5) return element;
    } else if (countChinese(text) >= ENOUGH_CHINESE || hasAttachment(element)) return element;
  }
  return null;
}

function rankOf(element: Element): number | null {
  const { attribs } = element;
  let best: number | null = null;
  const consider = (place: string) => {
    const rank = RANKS.get(place);
    if (rank !== undefined && (best === null || rank < best)) best = rank;
  };
  const id = attribs['id'];
  if (id) {
    consider(`#${id}`);
    if (id.startsWith('vsb_content_')) consider('#vsb_content_*');
  }
  const classes = attribs['class'];
  if (classes) for (const name of classes.split(/\s+/)) consider(`.${name}`);
  if (element.name === 'form' && attribs['name']) consider(`@${attribs['name']}`);
  return best;
}

function countChinese(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length && count < ENOUGH_CHINESE; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x4e00 && code <= 0x9fff) count++;
  }
  return count;
}

function hasAttachment(element: Element): boolean {
  for (const inner of elementsOf(element)) {
    if (inner.name === 'img') return true;
    if (
      inner.name === 'a' &&
      /\.(?:docx?|xlsx?|pdf|wps|et|ofd|zip|rar|7z)(?:$|[?#])/i.test(inner.attribs['href'] ?? '')
    )
      return true;
  }
  return false;
}

const FENCES: readonly (readonly [RegExp, RegExp])[] = [
  [/^\s*ZJEG_RSS\.content\.begin/i, /^\s*ZJEG_RSS\.content\.end/i],
  [/\[信息内容\]>begin/i, /\[信息内容\]>end/i],
  [/^\s*startprint\s*$/i, /^\s*endprint\s*$/i],
  [/^\s*Start\|\|content/i, /^\s*End\|\|content/i],
];

/**
 * The smallest element that holds both ends of a pair of comments with which systems fence the article; null where
 * there is none or it lacks section titles that the page has.
 */
export function findFenced(document: Document): Element | null {
  for (const [begin, end] of FENCES) {
    const first = findComment(document, begin);
    if (!first) continue;
    const parent = first.parent;
    if (parent?.type !== 'tag') continue;
    const closes = parent.children.some(
      (node) => node.type === 'comment' && end.test((node as unknown as { data: string }).data),
    );
    if (!closes) continue;
    const onPage = countSectionTitles(textOf(document));
    if (countSectionTitles(textOf(parent)) >= Math.min(onPage, 5)) return parent as Element;
  }
  return null;
}

function findComment(document: Document, pattern: RegExp) {
  for (const element of elementsOf(document))
    for (const node of element.children)
      if (node.type === 'comment' && pattern.test((node as unknown as { data: string }).data)) return node;
  return null;
}
