import { load } from 'cheerio';
import { resolveAddress } from './addresses.ts';
import { between, firstBetween } from './between.ts';
import { readRows } from './list-rows.ts';
import { isMissingPage, saysEmpty } from './missing-page.ts';
import type { ColumnConfig, ListPage, ListRow, Page, PageRequest, PortalClient, WalkEnd } from './portal.ts';
import { ColumnTally } from './tally.ts';

/** One `jpage` list of a column page: the rows that the page embeds, and how the rest is asked for. */
export interface JpageUnit {
  readonly id: string;
  readonly rows: readonly ListRow[];
  /** Records of the whole list as the call with `dataStore` says; null where the page has no such call. */
  readonly total: number | null;
  readonly perPage: number;
  /** Pages per request. */
  readonly groupSize: number;
  /** Are `perPage` and `groupSize` those of the page, or only the usual ones? */
  readonly sized: boolean;
  readonly proxyUrl: string;
  /** The form of the request, in the order of the page's script. */
  readonly form: readonly (readonly [string, string])[];
  readonly nextGroup: string | null;
}

/** The lists of a classic Hanweb column page. A column is often there twice, for desktop and mobile readers. */
export function readJpageUnits(page: Page): JpageUnit[] {
  const units: JpageUnit[] = [];
  for (const { inside, at } of between(page.text, '<datastore>', '</datastore>')) {
    const before = page.text.slice(Math.max(0, at - 400), at);
    const id = /<div[^<>]*\bid=["']?([\w-]+)["']?[^<>]*>\s*<script[^<>]*>\s*(?:<!--)?\s*$/i.exec(before)?.[1];
    if (id === undefined) continue;
    const call = listCall(page.text, id);
    units.push({
      id,
      rows: readRecords(inside, page.url),
      total: numberAfter(call, 'totalRecord'),
      perPage: numberAfter(call, 'perPage') ?? 15,
      groupSize: numberAfter(call, 'groupSize') ?? 3,
      sized: call !== '',
      proxyUrl: /proxyUrl\s*:\s*['"]([^'"]+)['"]/.exec(call)?.[1] ?? '/module/web/jpage/dataproxy.jsp',
      form: parameters(page.text, id),
      nextGroup: nextGroup(inside, page.url),
    });
  }
  return units;
}

/** An answer of dataproxy.jsp. */
export function readDataproxy(
  text: string,
  pageUrl: string,
): { rows: ListRow[]; total: number | null; nextGroup: string | null } {
  const total = /<totalrecord>\s*(\d+)\s*<\/totalrecord>/i.exec(text);
  return {
    rows: readRecords(text, pageUrl),
    total: total ? Number(total[1]) : null,
    nextGroup: nextGroup(text, pageUrl),
  };
}

/** Walks the lists of a column page: the embedded rows, then the groups that the page's script would ask for. */
export async function* walkJpage(
  column: ColumnConfig,
  first: Page,
  client: PortalClient,
): AsyncGenerator<ListPage, WalkEnd, void> {
  const tally = new ColumnTally();
  const units = readJpageUnits(first);
  // The list with the script is the whole one; the mobile twin repeats its beginning.
  units.sort((a, b) => (b.total ?? -1) - (a.total ?? -1) || b.rows.length - a.rows.length);
  let page = 0;
  let trouble: string | null = null;
  for (const unit of units) {
    const known = tally.unique;
    const fresh = tally.fresh(unit.rows);
    const isTwin = known > 0 && unit.rows.length > 0 && fresh.length === 0;
    if (isTwin || (known > 0 && unit.rows.length === 0)) continue;
    if (unit.total !== null) tally.total = (tally.total ?? 0) + unit.total;
    const group = unit.groupSize * unit.perPage;
    const pages = unit.total === null ? null : Math.max(1, Math.ceil(unit.total / group));
    page += 1;
    yield { rows: fresh, total: unit.total, page, pages };
    const rest = groups(unit, column, first, client);
    for (let step = await rest.next(); ; step = await rest.next()) {
      if (step.done) {
        trouble ??= step.value;
        break;
      }
      page += 1;
      yield { rows: tally.fresh(step.value), total: unit.total, page, pages };
    }
  }
  if (trouble !== null) return tally.partial(trouble);
  return tally.end('every group of the list was read', units.length > 0 && saysEmpty(first.text));
}

/** Yields the rows of each further group; the value at the end says what went wrong, if anything. */
async function* groups(
  unit: JpageUnit,
  column: ColumnConfig,
  first: Page,
  client: PortalClient,
): AsyncGenerator<readonly ListRow[], string | null, void> {
  const size = unit.groupSize * unit.perPage;
  let total = unit.total;
  // Without a stated total only a group that is not full shows the end.
  let last = unit.rows.length;
  let following = unit.nextGroup;
  let way: 'post' | 'get' | 'next' = unit.form.length > 0 ? 'post' : 'next';
  let previous = signature(unit.rows);
  for (let start = size + 1, asked = 1; total === null || start <= total; start += size, asked += 1) {
    if (total === null && (following === null || (unit.sized && last < size))) return null;
    if (asked >= column.pagesMax) return `stopped at the limit of ${column.pagesMax} pages`;
    let answer: ReturnType<typeof readDataproxy> | null = null;
    const tried: string[] = [];
    for (const attempt of waysFrom(way)) {
      const request = requestFor(attempt, unit, start, start + size - 1, following, first.url);
      if (request === null) continue;
      const page = await client.fetch(request);
      tried.push(`${attempt} ${page.status}`);
      if (isMissingPage(page)) continue;
      const read = readDataproxy(page.text, page.url);
      // Even an empty answer may state the total, and so that there is no more.
      total ??= read.total;
      if (read.rows.length === 0) continue;
      if (signature(read.rows) === previous) {
        tried.push('the same rows again');
        continue;
      }
      answer = read;
      way = attempt;
      break;
    }
    if (answer === null) {
      if (total !== null && start > total) return null;
      const end = Math.min(start + size - 1, total ?? Number.POSITIVE_INFINITY);
      return `rows ${start}–${end} were not served (${tried.join(', ') || 'no way to ask for them'})`;
    }
    previous = signature(answer.rows);
    total ??= answer.total;
    last = answer.rows.length;
    following = answer.nextGroup;
    yield answer.rows;
  }
  return null;
}

function waysFrom(way: 'post' | 'get' | 'next'): readonly ('post' | 'get' | 'next')[] {
  if (way === 'post') return ['post', 'get', 'next'];
  return way === 'get' ? ['get', 'post', 'next'] : ['next', 'post', 'get'];
}

function requestFor(
  way: 'post' | 'get' | 'next',
  unit: JpageUnit,
  start: number,
  end: number,
  following: string | null,
  referer: string,
): PageRequest | null {
  if (way === 'next')
    return following === null ? null : { url: following, referer, ajax: true, expect: 'page' };
  if (unit.form.length === 0) return null;
  const proxy = resolveAddress(unit.proxyUrl, referer);
  if (proxy === null) return null;
  const range = `startrecord=${start}&endrecord=${end}&perpage=${unit.perPage}`;
  const glue = proxy.includes('?') ? '&' : '?';
  if (way === 'post')
    return {
      url: `${proxy}${glue}${range}`,
      method: 'POST',
      form: unit.form,
      referer,
      ajax: true,
      expect: 'page',
    };
  const query = unit.form
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  return { url: `${proxy}${glue}${range}&${query}`, referer, ajax: true, expect: 'page' };
}

/**
 * Records are cut out with an expression: a stray `<ul>` inside `<recordset>` makes many of these stores ill-formed,
 * and an XML parser would stop there.
 */
function readRecords(store: string, pageUrl: string): ListRow[] {
  const records = [...between(store, '<record>', '</record>')].map(({ inside }) =>
    inside.replace(/^\s*<!\[CDATA\[/, '').replace(/\]\]>\s*$/, ''),
  );
  const html = records.map((record) => scripted(record) ?? record).join('\n');
  return readRows(`<ul>${html}</ul>`, pageUrl);
}

/** Some templates write a record as script: `urls='…';headers='…';year='2026';month='1';day='20'`. */
function scripted(record: string): string | null {
  const value = (name: string) => new RegExp(`\\b${name}\\s*=\\s*(?:'([^']*)'|"([^"]*)")`).exec(record);
  const url = value('urls');
  const header = value('headers');
  if (!url || !header) return null;
  const part = (name: string) => value(name)?.[1] ?? value(name)?.[2] ?? '';
  const $ = load('<li><a></a><span></span></li>', null, false);
  $('a')
    .attr('href', url[1] ?? url[2] ?? '')
    .text(header[1] ?? header[2] ?? '');
  $('span').text(`${part('year')}-${part('month')}-${part('day')}`);
  return $.html();
}

/** The arguments of the `.jpage({…})` call that shows the embedded records; the other call has a dummy total. */
function listCall(text: string, id: string): string {
  const parts = text.split(new RegExp(`\\$\\(\\s*['"]#${id}['"]\\s*\\)\\.jpage\\(`)).slice(1);
  return parts.map((part) => part.split('</script>', 1)[0]!).find((part) => /dataStore\s*:/.test(part)) ?? '';
}

function numberAfter(call: string, name: string): number | null {
  const match = new RegExp(`\\b${name}\\s*:\\s*['"]?(\\d+)`).exec(call);
  return match ? Number(match[1]) : null;
}

function parameters(text: string, id: string): (readonly [string, string])[] {
  const object = new RegExp(`var\\s+param_${id}\\s*=\\s*\\{([^}]*)\\}`).exec(text);
  if (!object) return [];
  return [...object[1]!.matchAll(/['"]?(\w+)['"]?\s*:\s*(?:'([^']*)'|"([^"]*)"|([^,}\s]+))/g)].map(
    (match) => [match[1]!, match[2] ?? match[3] ?? match[4]!] as const,
  );
}

function nextGroup(store: string, pageUrl: string): string | null {
  const group = firstBetween(store, '<nextgroup>', '</nextgroup>');
  const href = group && /href\s*=\s*["']([^"']+)["']/i.exec(group);
  return href ? resolveAddress(href[1]!.replaceAll('&amp;', '&'), pageUrl) : null;
}

function signature(rows: readonly ListRow[]): string {
  return rows.map((row) => row.url).join('\n');
}
