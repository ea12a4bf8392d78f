import { load } from 'cheerio';
import { CrawlError } from '../error.ts';
import { addressKey, isArticleAddress, isMobileTwin, resolveAddress } from './addresses.ts';
import { oneLine, readRows } from './list-rows.ts';
import { isMissingPage } from './missing-page.ts';
import type {
  ColumnConfig,
  ColumnOutcome,
  ListPage,
  Page,
  PortalClient,
  PortalFamily,
  WalkEnd,
} from './portal.ts';
import { fetchSkippable } from './skippable.ts';

/** A column below another: `2023年`, `2023n/`, 镇街年报. */
export interface ChildColumn {
  readonly url: string;
  readonly text: string;
}

/** The links of a column page to its sub-columns: text by the configured expression, address that of no article. */
export function childColumns(page: Page, text: string, allowedHosts: readonly string[]): ChildColumn[] {
  const $ = load(page.text);
  const wanted = new RegExp(text);
  const own = addressKey(page.url);
  const rows = new Set(readRows(page.text, page).map((row) => addressKey(row.url)));
  const found = new Map<string, ChildColumn>();
  for (const anchor of $('a[href]').toArray()) {
    const url = resolveAddress($(anchor).attr('href')!, page);
    const words = oneLine($(anchor).attr('title') || $(anchor).text());
    if (url === null || words.length > 40 || !wanted.test(words)) continue;
    const key = addressKey(url);
    if (key === own || rows.has(key) || isArticleAddress(url) || isMobileTwin(url)) continue;
    if (isIndexOf(url, page.url)) continue;
    if (!allowedHosts.includes(new URL(url).host) && !allowedHosts.includes(new URL(url).hostname)) continue;
    if (/网站|预算|决算|法治/.test(words)) continue;
    if (!found.has(key)) found.set(key, { url, text: words });
  }
  return [...found.values()];
}

/** The same column under its other name, or one of its further pages. */
function isIndexOf(url: string, pageUrl: string): boolean {
  const bare = (address: string) => addressKey(address).replace(/index(?:_\d+)?\.s?html?$/, '');
  return bare(url) === bare(pageUrl);
}

/** From the worst to the best. */
const gravity: readonly ColumnOutcome[] = ['blocked', 'error', 'empty_suspicious', 'partial', 'complete'];

/**
 * The same family, walking sub-columns too where the column asks for it. The end is the worst of all ends; a parent
 * page that only points to its children is no empty list.
 */
export function withChildColumns(family: PortalFamily): PortalFamily {
  async function* walk(
    column: ColumnConfig,
    first: Page,
    client: PortalClient,
    depth: number,
    visited: Set<string>,
    walked: { columns: number },
  ): AsyncGenerator<ListPage, WalkEnd, void> {
    visited.add(addressKey(first.url));
    const own = yield* family.walk(column, first, client);
    const follow = column.followChildColumns;
    if (follow === null || depth >= follow.depth) return own;
    const children = childColumns(first, follow.text, column.allowedHosts).filter(
      (child) => !visited.has(addressKey(child.url)),
    );
    if (children.length === 0) return own;
    for (const child of children) visited.add(addressKey(child.url));
    const ends: { readonly name: string; readonly end: WalkEnd }[] = [];
    if (!(own.outcome === 'empty_suspicious' && own.total === null))
      ends.push({ name: 'this page', end: own });
    for (const child of children) {
      if (walked.columns++ >= mostChildren) {
        const reason = `stopped after ${mostChildren} sub-columns`;
        ends.push({ name: child.text, end: { outcome: 'partial', reason, total: null } });
        break;
      }
      const page = await fetchSkippable(client, { url: child.url, referer: first.url, expect: 'page' });
      let end: WalkEnd;
      if (page instanceof CrawlError)
        end = { outcome: 'partial', reason: `${page.code}: ${page.message}`, total: null };
      else if (isMissingPage(page))
        end = { outcome: 'partial', reason: `answered ${page.status}`, total: null };
      else end = yield* walk({ ...column, url: child.url }, page, client, depth + 1, visited, walked);
      ends.push({ name: child.text, end });
    }
    return worst(ends);
  }
  return {
    name: family.name,
    detect: (page) => family.detect(page),
    walk: (column, first, client) => walk(column, first, client, 0, new Set(), { columns: 0 }),
    article: (page, row, client) => family.article(page, row, client),
  };
}

/** Columns below one column that are walked at most; calendars link to every day there is. */
const mostChildren = 300;

function reasons(all: readonly string[]): string {
  const shown = all.slice(0, 3).map((reason) => (reason.length > 200 ? `${reason.slice(0, 200)}…` : reason));
  return `${shown.join('; ')}${all.length > 3 ? `; and ${all.length - 3} more` : ''}`;
}

function worst(ends: readonly { readonly name: string; readonly end: WalkEnd }[]): WalkEnd {
  const sorted = [...ends].sort((a, b) => gravity.indexOf(a.end.outcome) - gravity.indexOf(b.end.outcome));
  const outcome = sorted[0]!.end.outcome;
  const totals = ends.map(({ end }) => end.total);
  const total = totals.some((each) => each === null)
    ? null
    : totals.reduce((sum: number, each) => sum + each!, 0);
  if (outcome === 'complete')
    return { outcome, reason: `${ends.length} columns were read to their ends`, total };
  const failed = sorted.filter(({ end }) => end.outcome !== 'complete');
  return {
    // An empty child among full ones is a gap of the whole, not an empty whole.
    outcome: outcome === 'empty_suspicious' ? 'partial' : outcome,
    reason: reasons(failed.map(({ name, end }) => `${name}: ${end.reason}`)),
    total,
  };
}
