import { load } from 'cheerio';
import { resolveAddress, withParameter } from './addresses.ts';
import { readArticle } from './article.ts';
import { readRows } from './list-rows.ts';
import { isMissingPage, saysEmpty } from './missing-page.ts';
import { statedTotals, walkLinkedPages } from './next-link.ts';
import type {
  ColumnConfig,
  ListPage,
  ListRow,
  Page,
  PageRequest,
  PortalClient,
  PortalFamily,
  WalkEnd,
} from './portal.ts';
import { ColumnTally } from './tally.ts';

/** The list of a column as its script asks for it. */
export interface EsogovLabel {
  readonly url: string;
  readonly query: ReadonlyMap<string, string>;
}

/** What the script of every column sends; the page's own values come before these, `params.label` before both. */
const usual: readonly (readonly [string, string])[] = [
  ['labelName', 'publicInfoList'],
  ['pageSize', '15'],
  ['action', 'list'],
  ['isDate', 'true'],
  ['dateFormat', 'yyyy-MM-dd'],
  ['result', '暂无相关信息'],
];

/** 龙讯 EsoGov: Anhui, and parts of Sichuan, Qinghai, Hubei. `type=3` is the column of annual reports. */
export const esogov: PortalFamily = {
  name: 'esogov',

  detect(page) {
    if (/\/site\/label\/\d+/.test(page.text)) return 0.95;
    if (/\/public\/column\/\d+/.test(page.url)) return 0.9;
    if (/Ls\.pagination|xxgk_navli/.test(page.text)) return 0.8;
    return /\/content\/column\/\d+/.test(page.url) ? 0.7 : 0;
  },

  async *walk(column, first, client) {
    const label = readLabel(first, column.params);
    if (label !== null) return yield* walkLabel(column, first, label, client);
    if (/\/content\/column\/\d+/.test(first.url)) return yield* walkSiteColumn(column, first, client);
    return yield* walkLinkedPages(column, first, client);
  },

  async article(page, row) {
    return readArticle(page, row);
  },
};

/**
 * The label that fills the list. Its number, template and prefix differ from site to site, so they are read from the
 * script of the column page; `params.label` (and `params.file`, `params.site_id`) win over it.
 */
export function readLabel(page: Page, params: Readonly<Record<string, unknown>>): EsogovLabel | null {
  const given = params['label'];
  const found =
    /((?:https?:\/\/[\w.:-]{1,200})?(?:\/\w{1,40}){0,4}\/site\/label\/\d+)(\?[^"'\s)]{0,2000})?/.exec(
      page.text,
    );
  const path =
    typeof given === 'number' || (typeof given === 'string' && /^\d+$/.test(given))
      ? `/site/label/${given}`
      : typeof given === 'string'
        ? given
        : found?.[1];
  const url = path === undefined ? null : resolveAddress(path, page);
  if (url === null) return null;
  const query = new Map<string, string>(usual);
  if (found) {
    const script = page.text.slice(found.index, found.index + 2500).split('</script>', 1)[0]!;
    const afterUrl = script.slice(found[0].length);
    for (const match of afterUrl.matchAll(
      /["']?\b([a-zA-Z]\w*)["']?\s*:\s*(?:"([^"]*)"|'([^']*)'|(\d+|true|false))/g,
    )) {
      if (fields.has(match[1]!)) query.set(match[1]!, match[2] ?? match[3] ?? match[4]!);
    }
    for (const [name, value] of new URLSearchParams(found[2]?.replaceAll('&amp;', '&') ?? ''))
      query.set(name, value);
  }
  const own = new URL(page.url);
  const organ = /\/public\/column\/(\d+)/.exec(own.pathname)?.[1];
  if (organ && !query.has('organId')) query.set('organId', organ);
  for (const name of ['type', 'catId']) {
    const value = own.searchParams.get(name);
    if (value && !query.get(name)) query.set(name, value);
  }
  for (const [name, param] of [
    ['siteId', 'site_id'],
    ['file', 'file'],
    ['pageSize', 'page_size'],
  ] as const) {
    if (params[param] !== undefined) query.set(name, String(params[param]));
  }
  for (const name of ['_', 'pageIndex', 'IsAjax', 'dataType']) query.delete(name);
  return { url, query };
}

const fields = new Set([
  'labelName',
  'siteId',
  'pageSize',
  'action',
  'isDate',
  'dateFormat',
  'length',
  'organId',
  'type',
  'catId',
  'catIds',
  'cId',
  'keyWords',
  'result',
  'file',
  'code',
  'active',
]);

function labelRequest(label: EsogovLabel, page: number, referer: string): PageRequest {
  const query = [['IsAjax', '1'], ['dataType', 'html'], ...label.query, ['pageIndex', String(page)]] as const;
  const words = query
    .map(([name, value]) => `${encodeURIComponent(name!)}=${encodeURIComponent(value!)}`)
    .join('&');
  return { url: `${label.url}?${words}`, referer, ajax: true, expect: 'page' };
}

/** Rows of a fragment, and the number of pages that its pager states. */
export function readFragment(
  page: Page,
  cutAt: number | null,
): { rows: ListRow[]; pages: number | null; total: number | null } {
  const rows = readRows(page.text, page).map((row) =>
    // The server cuts at `length`, not always with dots.
    cutAt !== null && row.title.length >= cutAt ? { ...row, titleCut: true } : row,
  );
  const $ = load(page.text);
  const paged = $('[paged]')
    .toArray()
    .map((link) => Number($(link).attr('paged')))
    .filter(Number.isInteger);
  const script = /\bpageCount\s*:\s*['"]?(\d+)/.exec(page.text);
  const stated = statedTotals(page.text);
  const pages = script ? Number(script[1]) : paged.length > 0 ? Math.max(...paged) : stated.pages;
  return { rows, pages, total: stated.total };
}

async function* walkLabel(
  column: ColumnConfig,
  first: Page,
  label: EsogovLabel,
  client: PortalClient,
): AsyncGenerator<ListPage, WalkEnd, void> {
  const length = Number(label.query.get('length'));
  const cutAt = Number.isInteger(length) && length > 0 ? length : null;
  const empty = label.query.get('result') ?? '暂无相关信息';
  return yield* walkNumbered(column, client, (page) => labelRequest(label, page, first.url), cutAt, empty);
}

/** `/content/column/<id>?pageIndex=N`; 0 is the same page as 1. */
async function* walkSiteColumn(
  column: ColumnConfig,
  first: Page,
  client: PortalClient,
): AsyncGenerator<ListPage, WalkEnd, void> {
  const address = (page: number): PageRequest => {
    const url = withParameter(first.url, 'pageIndex', String(page));
    return { url, referer: first.url, expect: 'page' };
  };
  return yield* walkNumbered(column, client, address, null, '暂无相关信息', first);
}

async function* walkNumbered(
  column: ColumnConfig,
  client: PortalClient,
  request: (page: number) => PageRequest,
  cutAt: number | null,
  empty: string,
  opening: Page | null = null,
): AsyncGenerator<ListPage, WalkEnd, void> {
  const tally = new ColumnTally();
  let pages: number | null = null;
  let perPage = 0;
  for (let page = 1; ; page += 1) {
    if (page > column.pagesMax) return tally.partial(`stopped at the limit of ${column.pagesMax} pages`);
    const fetched = page === 1 && opening !== null ? opening : await client.fetch(request(page));
    if (isMissingPage(fetched)) {
      if (page === 1) return { outcome: 'error', reason: `the list answered ${fetched.status}`, total: null };
      return tally.partial(`page ${page} answered ${fetched.status}`);
    }
    const { rows, pages: stated, total } = readFragment(fetched, cutAt);
    pages = Math.max(pages ?? 0, stated ?? 0) || null;
    tally.total ??= total;
    if (rows.length === 0) {
      const says = fetched.text.includes(empty) || saysEmpty(fetched.text);
      if (page === 1) return tally.end('the list was read', says);
      if (pages !== null && page <= pages) return tally.partial(`page ${page} of ${pages} is empty`);
      return tally.end(`${page - 1} pages were read`);
    }
    if (tally.isRepeat(rows)) {
      if (pages === null) return tally.partial(`page ${page} repeats an earlier page: paging ignored`);
      return tally.partial(`page ${page} of ${pages} repeats an earlier page: paging ignored`);
    }
    yield { rows: tally.fresh(rows), total: tally.total, page, pages };
    perPage = Math.max(perPage, rows.length);
    if (pages !== null ? page >= pages : rows.length < perPage) return tally.end(`${page} pages were read`);
    // A list without any pager is one page.
    if (pages === null && page === 1 && !/page|分页|下一?页/i.test(fetched.text))
      return tally.end('one page was read');
  }
}
