import { load } from 'cheerio';
import { resolveAddress } from './addresses.ts';
import { readRows } from './list-rows.ts';
import { isMissingPage, saysEmpty } from './missing-page.ts';
import type { ColumnConfig, ListPage, ListRow, Page, PortalClient, WalkEnd } from './portal.ts';
import { ColumnTally } from './tally.ts';

/** One unit that a jpaas column page fills in by script. */
export interface JpaasUnit {
  readonly url: string;
  /** The query as the page's script would send it, in its order. */
  readonly query: readonly (readonly [string, string])[];
  readonly tag: string;
}

/** The units of a column page, in page order. */
export function readJpaasUnits(page: Page): JpaasUnit[] {
  const $ = load(page.text);
  const units: JpaasUnit[] = [];
  for (const script of $('script[querydata]').toArray()) {
    const address = resolveAddress($(script).attr('url') ?? '', page);
    if (address === null) continue;
    const query = [
      ...($(script).attr('querydata') ?? '').matchAll(/['"](\w+)['"]\s*:\s*['"]([^'"]*)['"]/g),
    ].map((match) => [match[1]!, match[2]!] as const);
    units.push({ url: address, query, tag: query.find(([name]) => name === 'tagId')?.[1] ?? '' });
  }
  return units;
}

/** What one answer of the unit API holds. */
export interface JpaasAnswer {
  readonly rows: readonly ListRow[];
  readonly total: number | null;
  readonly perPage: number | null;
  /** A pager belongs to a list; a unit without one is a menu or a picture. */
  readonly hasPager: boolean;
  readonly html: string;
}

/** Reads an answer of the unit API; null where it is none. */
export function readJpaasAnswer(text: string, pageUrl: string): JpaasAnswer | null {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return null;
  }
  const data = (answer as { data?: { html?: unknown; count?: unknown } } | null)?.data;
  if (typeof data?.html !== 'string') return null;
  const $ = load(data.html);
  // The visible 共 0 页 is a placeholder; the attribute has the number.
  const pager = $('[unitid][count]').first();
  const count = Number.parseInt(pager.attr('count') ?? String(data.count ?? ''), 10);
  const rows = Number.parseInt(pager.attr('rows') ?? '', 10);
  return {
    rows: readRows(data.html, pageUrl),
    total: Number.isNaN(count) ? null : count,
    perPage: Number.isNaN(rows) || rows <= 0 ? null : rows,
    hasPager: pager.length > 0,
    html: data.html,
  };
}

/** The address of one page of a unit. The page number only counts inside `paramJson`; a bare `pageNo` is ignored. */
export function jpaasAddress(unit: JpaasUnit, page: number, perPage: number): string {
  const query = [...unit.query, ['paramJson', JSON.stringify({ pageNo: page, pageSize: perPage })] as const];
  const text = query
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  return `${unit.url}${unit.url.includes('?') ? '&' : '?'}${text}`;
}

/** Walks the list unit of a jpaas column. */
export async function* walkJpaas(
  column: ColumnConfig,
  first: Page,
  client: PortalClient,
): AsyncGenerator<ListPage, WalkEnd, void> {
  const wanted = typeof column.params['unit_tag'] === 'string' ? column.params['unit_tag'] : '信息列表';
  const units = readJpaasUnits(first);
  const named = units.filter((unit) => unit.tag === wanted);
  const tally = new ColumnTally();
  const ask = async (unit: JpaasUnit, page: number, perPage: number) => {
    const answer = await client.fetch({
      url: jpaasAddress(unit, page, perPage),
      referer: first.url,
      ajax: true,
      expect: 'page',
    });
    return isMissingPage(answer) ? null : readJpaasAnswer(answer.text, first.url);
  };
  let list: { readonly unit: JpaasUnit; readonly opening: JpaasAnswer } | null = null;
  for (const unit of named.length > 0 ? named : units) {
    const opening = await ask(unit, 1, 15);
    if (opening === null)
      return { outcome: 'error', reason: `the unit ${unit.tag} gave no readable answer`, total: null };
    // Without a pager it may still be a short list, unless another unit has one.
    if (opening.hasPager || (list === null && opening.rows.length > 0) || named.length === 1)
      list = { unit, opening };
    if (opening.hasPager) break;
  }
  if (list === null)
    return { outcome: 'error', reason: `no unit of the page is a list (looked for ${wanted})`, total: null };
  const { unit, opening } = list;
  const perPage = opening.perPage ?? 15;
  tally.total = opening.total;
  tally.isRepeat(opening.rows);
  const pages = opening.total === null ? null : Math.max(1, Math.ceil(opening.total / perPage));
  yield { rows: tally.fresh(opening.rows), total: opening.total, page: 1, pages };
  for (let page = 2; pages === null || page <= pages; page += 1) {
    if (page > column.pagesMax) return tally.partial(`stopped at the limit of ${column.pagesMax} pages`);
    const answer = await ask(unit, page, perPage);
    if (answer === null) return tally.partial(`page ${page} gave no readable answer`);
    if (answer.rows.length === 0) {
      if (pages === null) break;
      return tally.partial(`page ${page} of ${pages} is empty`);
    }
    if (tally.isRepeat(answer.rows))
      return tally.partial(`page ${page} repeats an earlier page: paging ignored`);
    yield { rows: tally.fresh(answer.rows), total: opening.total, page, pages };
  }
  return tally.end('every page of the unit was read', saysEmpty(opening.html));
}
