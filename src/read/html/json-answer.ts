import { countSectionTitles } from '../../article/section-titles.ts';
import { type Metadata, ReadError } from '../document.ts';
import { toMarkup } from './script-content.ts';

const START = /^[\s\ufeff]*(?:[\w$.]{1,80}\s*\(\s*)?(?:\{\s*"|\[\s*[{["])/;
const MARKUP = /<\/?(?:p|div|table|span|br|tr|td)\b/i;
const SHORTEST = 20;
const MOST = 20 * 2 ** 20;
const LONGEST_METADATA = 500;

export interface JsonAnswer {
  /** The markup of the string that holds the article. */
  readonly html: string;
  /** The short values beside it, under their lower-cased names. */
  readonly metadata: readonly Metadata[];
}

/** Does a text begin as the JSON (or JSONP) answer of an interface does? */
export function beginsAsJson(text: string): boolean {
  return START.test(text.slice(0, 400));
}

/**
 * The article that the JSON or JSONP answer of a portal's interface holds as markup in one of its strings, at any depth,
 * strings that are JSON themselves included; null when no string is markup. Read as a page such an answer would lose its
 * spans, since every quote in it is escaped.
 * @throws {ReadError} `corrupt`: no whole JSON; `unsupported`: several articles, and nothing says which is meant
 */
export function readJsonAnswer(text: string): JsonAnswer | null {
  if (text.length > MOST)
    throw new ReadError('too_large', `the JSON answer is longer than the ${MOST} characters allowed`);
  const json = text.replace(/^[\s\ufeff]*(?:[\w$.]{1,80}\s*\(\s*)?/, '').replace(/\)?[\s;]*$/, '');
  const candidates = articlesIn(parse(json));
  candidates.sort((a, b) => b.titles - a.titles || b.html.length - a.html.length);
  const [best, ...others] = candidates;
  if (!best) return null;
  const words = wordsOf(best.html);
  const rival = others.find(
    (other) =>
      (best.titles >= 2 ? other.titles >= best.titles - 1 : /<table\b/i.test(other.html)) &&
      !words.includes(wordsOf(other.html)),
  );
  if (rival)
    throw new ReadError('unsupported', 'the JSON answer holds several articles; save each of them singly');
  return { html: best.html, metadata: metadataOf(best.owner) };
}

interface Candidate {
  readonly html: string;
  readonly titles: number;
  readonly owner: unknown;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new ReadError('corrupt', 'the JSON answer is not whole; download it again', { cause: error });
  }
}

function articlesIn(root: unknown): Candidate[] {
  const found: Candidate[] = [];
  const open: { value: unknown; owner: unknown }[] = [{ value: root, owner: null }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, owner } = next;
    if (typeof value === 'string') {
      if (value.length < SHORTEST) continue;
      if (beginsAsJson(value)) {
        try {
          open.push({ value: JSON.parse(value), owner });
        } catch {
          // A string may begin like JSON and be none.
        }
        continue;
      }
      const html = toMarkup(value);
      if (MARKUP.test(html)) found.push({ html, titles: countSectionTitles(html), owner });
    } else if (value !== null && typeof value === 'object')
      for (const inner of Object.values(value)) open.push({ value: inner, owner: value });
  }
  return found;
}

function wordsOf(html: string): string {
  return html.replace(/<[^>]*>/g, '').replace(/\s+|&nbsp;/g, '');
}

function metadataOf(owner: unknown): Metadata[] {
  if (owner === null || typeof owner !== 'object' || Array.isArray(owner)) return [];
  const found: Metadata[] = [];
  for (const [name, value] of Object.entries(owner)) {
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const text = String(value)
      .replace(/<\/?em>/g, '')
      .replace(/\s+/g, ' ')
      .trim();
    if (text === '' || text.length > LONGEST_METADATA || MARKUP.test(text)) continue;
    found.push({ name: name.toLowerCase(), value: text });
    if (name === 'publisher') found.push({ name: 'info.发布机构', value: text });
  }
  return found;
}
