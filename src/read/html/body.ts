import { ARTICLE_FENCES, ARTICLE_PLACES, type ArticlePlace, ENOUGH_CHINESE } from '../../article/places.ts';
import { countSectionTitles } from '../../article/section-titles.ts';
import type { Document, Element } from './tree.ts';
import { elementsOf, textOf } from './tree.ts';

const RANKS = new Map(ARTICLE_PLACES.map(({ by, name }, rank) => [`${by} ${name}`, rank]));
const ID_PREFIXES = ARTICLE_PLACES.filter(({ by }) => by === 'id_prefix').map(({ name }) => name);
const MOST_CANDIDATES = 24;

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
  const consider = (by: ArticlePlace['by'], name: string) => {
    const rank = RANKS.get(`${by} ${name}`);
    if (rank !== undefined && (best === null || rank < best)) best = rank;
  };
  const id = attribs['id'];
  if (id) {
    consider('id', id);
    for (const prefix of ID_PREFIXES) if (id.startsWith(prefix)) consider('id_prefix', prefix);
  }
  const classes = attribs['class'];
  if (classes) for (const name of classes.split(/\s+/)) consider('class', name);
  if (element.name === 'form' && attribs['name']) consider('form_name', attribs['name']);
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

/**
 * The smallest element that holds both ends of a pair of comments with which systems fence the article; null where
 * there is none or it lacks section titles that the page has.
 */
export function findFenced(document: Document): Element | null {
  for (const { begin, end } of ARTICLE_FENCES) {
    const first = findComment(document, begin);
    if (!first) continue;
    const parent = first.parent;
    if (parent?.type !== 'tag') continue;
    const closes = parent.children.some((node) => isComment(node, end));
    if (!closes) continue;
    const onPage = countSectionTitles(textOf(document));
    if (countSectionTitles(textOf(parent)) >= Math.min(onPage, 5)) return parent as Element;
  }
  return null;
}

function findComment(document: Document, text: string) {
  for (const element of elementsOf(document))
    for (const node of element.children) if (isComment(node, text)) return node;
  return null;
}

function isComment(node: Element['children'][number], text: string): boolean {
  if (node.type !== 'comment') return false;
  return (node as unknown as { data: string }).data.trim().toLowerCase() === text.toLowerCase();
}
