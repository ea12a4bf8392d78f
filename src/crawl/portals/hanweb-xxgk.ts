import { load } from 'cheerio';
import { CrawlError } from '../error.ts';
import { resolveAddress } from './addresses.ts';
import { readArticle } from './article.ts';
import { readRows } from './list-rows.ts';
import { isMissingPage, saysEmpty } from './missing-page.ts';
import type { ColumnConfig, ListPage, ListRow, Page, PageRequest, PortalClient, WalkEnd } from './portal.ts';
import { fetchSkippable } from './skippable.ts';
import { ColumnTally } from './tally.ts';

/** Where a disclosure catalogue is searched, and for what. */
export interface XxgkSearch {
  readonly url: string;
  readonly fields: readonly (readonly [string, string])[];
  /** The old module is asked by GET alone. */
  readonly legacy: boolean;
}

const fieldNames = [
  'infotypeId',
  'jdid',
  'area',
  'divid',
  'cid',
  'showsub',
  'orderbysub',
  'standardXxgk',
  'isAllList',
];

/** The search that a column page stands for: from its own address, from its scripts and inputs, or from `params`. */
export function readXxgkSearch(page: Page, params: Readonly<Record<string, unknown>>): XxgkSearch | null {
  const own = new URL(page.url);
  const path =
    typeof params['search'] === 'string'
      ? params['search']
      : /search\.jsp/.test(own.pathname)
        ? own.pathname
        : /['"]([^'"]*\/search\.jsp)[^'"]*['"]/.exec(page.text)?.[1];
  const url = path === undefined ? null : resolveAddress(path, page);
  if (url === null) return null;
  const $ = load(page.text);
  const script = new RegExp(`${path!.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\?([^'"\\s]+)`).exec(
    page.text,
  )?.[1];
  const inScript = new URLSearchParams(script?.replaceAll('&amp;', '&') ?? '');
  const fields: (readonly [string, string])[] = [];
  for (const name of fieldNames) {
    const value =
      stringParam(params[name]) ??
      own.searchParams.get(name) ??
      $(`input[name="${name}"]`).attr('value') ??
      inScript.get(name) ??
      new RegExp(`\\b${name}\\s*[:=]\\s*['"]([^'"]*)['"]`).exec(page.text)?.[1];
    if (value !== undefined && value !== null) fields.push([name, value]);
  }
  return { url, fields, legacy: /jcms_files|\/zfxxgk\//.test(url) };
}

/** The number of pages that a result states as `共 M 页`; null where it does not. */
export function xxgkPages(text: string): number | null {
  const match = /共\s*(?:&nbsp;)*\s*(\d+)\s*(?:&nbsp;)*\s*页/.exec(text.replaceAll('\u00a0', ' '));
  return match ? Number(match[1]) : null;
}

/** Walks the search of the disclosure catalogue. */
export async function* walkXxgk(
  column: ColumnConfig,
  first: Page,
  client: PortalClient,
): AsyncGenerator<ListPage, WalkEnd, void> {
  let search = readXxgkSearch(first, column.params);
  if (search === null) return { outcome: 'error', reason: 'the page names no search.jsp', total: null };
  if (!search.fields.some(([name, value]) => (name === 'infotypeId' || name === 'cid') && value !== '')) {
    const code = await codeFromTree(first, client);
    if (code === null) {
      return { outcome: 'error', reason: 'no infotypeId in the page, in params or in tree.jsp', total: null };
    }
    search = {
      ...search,
      fields: [...search.fields.filter(([name]) => name !== 'infotypeId'), ['infotypeId', code]],
    };
  }
  const tally = new ColumnTally();
  let pages: number | null = null;
  let byGet = search.legacy;
  let empty = false;
  for (let page = 1; pages === null || page <= pages; page += 1) {
    if (page > column.pagesMax) return tally.partial(`stopped at the limit of ${column.pagesMax} pages`);
    let answer = await client.fetch(xxgkRequest(search, page, byGet, first.url));
    let rows = isMissingPage(answer) ? [] : readRows(answer.text, answer);
    if (rows.length === 0 && !byGet && !saysEmpty(answer.text)) {
      const again = await client.fetch(xxgkRequest(search, page, true, first.url));
      const found = isMissingPage(again) ? [] : readRows(again.text, again);
      if (found.length > 0) {
        byGet = true;
        answer = again;
        rows = found;
      }
    }
    if (isMissingPage(answer)) {
      if (page === 1)
        return { outcome: 'error', reason: `search.jsp answered ${answer.status}`, total: null };
      return tally.partial(`page ${page} answered ${answer.status}`);
    }
    pages ??= xxgkPages(answer.text) ?? (/funGoPage|下一?页/.test(answer.text) ? null : 1);
    if (rows.length === 0) {
      empty = page === 1 && (saysEmpty(answer.text) || xxgkPages(answer.text) === 0);
      if (page === 1 || pages === null) break;
      return tally.partial(`page ${page} of ${pages} is empty`);
    }
    if (tally.isRepeat(rows)) return tally.partial(`page ${page} repeats an earlier page: paging ignored`);
    yield { rows: tally.fresh(rows), total: null, page, pages };
  }
  return tally.end('every page of the search was read', empty);
}

function xxgkRequest(search: XxgkSearch, page: number, byGet: boolean, referer: string): PageRequest {
  const encode = (pairs: readonly (readonly [string, string])[]) =>
    pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  const number: readonly [string, string] = ['currpage', String(page)];
  if (byGet) return { url: `${search.url}?${encode([...search.fields, number])}`, referer, expect: 'page' };
  const standard = search.fields.find(([name]) => name === 'standardXxgk')?.[1] ?? '0';
  const all = search.fields.find(([name]) => name === 'isAllList')?.[1] ?? '1';
  const blank = ['vc_title', 'vc_number', 'vc_filenumber', 'vc_all', 'texttype', 'fbtime'].map(
    (name) => [name, ''] as const,
  );
  const kept = search.fields.filter(([name]) => name !== 'standardXxgk' && name !== 'isAllList');
  return {
    url: `${search.url}?standardXxgk=${standard}&isAllList=${all}&texttype=&fbtime=&vc_all=&vc_filenumber=&vc_title=&vc_number=&currpage=${page}&sortfield=,compaltedate:0`,
    method: 'POST',
    form: [
      ...kept,
      ...blank,
      ['sortfield', ',compaltedate:0'],
      number,
      ['standardXxgk', standard],
      ['isAllList', all],
    ],
    referer,
    ajax: true,
    expect: 'page',
  };
}

/** The code of the column whose name is that of the annual reports, from the tree of the catalogue. */
async function codeFromTree(page: Page, client: PortalClient): Promise<string | null> {
  const link = /['"]([^'"]*\/tree\.jsp[^'"]*)['"]/.exec(page.text);
  const url = link && resolveAddress(link[1]!.replaceAll('&amp;', '&'), page);
  if (!url) return null;
  const tree = await client.fetch({ url, referer: page.url, ajax: true, expect: 'page' });
  for (const node of tree.text.matchAll(/funclick\(\s*['"]([^'"]+)['"][^>]*>\s*([^<]*)/g)) {
    if (/年报|年度报告/.test(node[2]!) && !/网站/.test(node[2]!)) return node[1]!;
  }
  return null;
}

/** Areas (a body's code, and its name where known) of the annual-report module: from `params.areas`, or the page. */
export function readAreas(
  page: Page,
  params: Readonly<Record<string, unknown>>,
): { code: string; name: string | null }[] {
  const found = new Map<string, string | null>();
  const given = params['areas'];
  if (Array.isArray(given)) for (const code of given) found.set(String(code), null);
  else if (given !== null && typeof given === 'object')
    for (const [code, name] of Object.entries(given)) found.set(code, typeof name === 'string' ? name : null);
  if (found.size > 0) return [...found].map(([code, name]) => ({ code, name }));
  const $ = load(page.text);
  for (const link of $('a[href*="xxgkAnnualReport.jsp"]').toArray()) {
    const url = resolveAddress($(link).attr('href')!, page);
    const code = url && new URL(url).searchParams.get('area');
    const name = $(link).text().trim();
    if (code && !found.get(code)) found.set(code, /^\d*年?$/.test(name) ? null : name);
  }
  for (const option of $('select[name=area] option[value]').toArray()) {
    const code = $(option).attr('value')!.trim();
    if (code !== '' && !found.get(code)) found.set(code, $(option).text().trim() || null);
  }
  const own = new URL(page.url).searchParams.get('area');
  if (own && !found.has(own)) found.set(own, null);
  return [...found].map(([code, name]) => ({ code, name }));
}

/**
 * Enumerates the annual-report module, newest year first: one address serves one body's report of one year, and only
 * an answer that holds one counts as a row.
 */
export async function* walkAnnualReports(
  column: ColumnConfig,
  first: Page,
  client: PortalClient,
): AsyncGenerator<ListPage, WalkEnd, void> {
  const areas = readAreas(first, column.params);
  if (areas.length === 0)
    return { outcome: 'error', reason: 'no area codes in params.areas or on the page', total: null };
  const module =
    typeof column.params['module'] === 'string'
      ? column.params['module']
      : (/['"]([^'"?]*xxgkAnnualReport\.jsp)/.exec(first.text)?.[1] ?? '/module/xxgk/xxgkAnnualReport.jsp');
  const base = /xxgkAnnualReport\.jsp/.test(first.url)
    ? first.url
    : (resolveAddress(module, first) ?? first.url);
  const tally = new ColumnTally();
  const failed: string[] = [];
  let disallowed = 0;
  const pages = column.years.to - column.years.from + 1;
  for (let year = column.years.to, number = 1; year >= column.years.from; year -= 1, number += 1) {
    const rows: ListRow[] = [];
    for (const area of areas) {
      const url = new URL(base);
      url.search = `?area=${encodeURIComponent(area.code)}&fbtime=${year}`;
      const answer = await fetchSkippable(client, { url: url.href, referer: first.url, expect: 'page' });
      if (answer instanceof CrawlError) {
        if (answer.code === 'robots_disallowed') disallowed++;
        failed.push(`area ${area.code}, ${year}: ${answer.code}: ${answer.message}`);
        continue;
      }
      if (answer.status === 404 || answer.status === 410) continue;
      if (answer.status >= 400) {
        failed.push(`area ${area.code}, ${year}: status ${answer.status}`);
        continue;
      }
      if (isMissingPage(answer)) continue;
      const article = readArticle(answer, null);
      const holds = article.bodyHtml !== null || article.attachments.length > 0;
      if (!holds) {
        if (!saysEmpty(answer.text))
          failed.push(`area ${area.code}, ${year}: neither a report nor a word that there is none`);
        continue;
      }
      rows.push({
        url: url.href,
        title: article.title ?? `${area.name ?? ''}${year}年政府信息公开工作年度报告`,
        titleCut: false,
        date: article.publishedOn,
        publisher: area.name,
        attachments: [],
      });
    }
    yield { rows: tally.fresh(rows), total: null, page: number, pages };
  }
  if (disallowed > 0 && disallowed === areas.length * pages)
    return { outcome: 'blocked', reason: failed[0]!, total: null };
  if (failed.length > 0)
    return tally.partial(
      `${failed.length} addresses were refused or unclear (${failed.slice(0, 3).join('; ')})`,
    );
  return tally.end(`${areas.length} areas × ${pages} years were asked for`);
}

function stringParam(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
