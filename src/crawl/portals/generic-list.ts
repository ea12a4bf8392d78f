import { type CheerioAPI, load } from 'cheerio';
import { addressKey, resolveAddress, withParameter } from './addresses.ts';
import { readArticle } from './article.ts';
import { type RowOptions, readRows } from './list-rows.ts';
import { isMissingPage, saysEmpty } from './missing-page.ts';
import { nextPageAddress, statedTotals, walkLinkedPages } from './next-link.ts';
import type {
  ColumnConfig,
  ListPage,
  Page,
  PageRequest,
  PortalClient,
  PortalFamily,
  WalkEnd,
} from './portal.ts';
import { readStaticPager, staticPager } from './static-pager.ts';
import { ColumnTally } from './tally.ts';

/** Names of the page number in queries, as met in old systems. */
const pageNames = [
  'page',
  'pageNo',
  'pageno',
  'PageNo',
  'Paging',
  'cur_page',
  'curpage',
  'currpage',
  'pageIndex',
  'p',
  'PageIndex',
];

/** Old ASP, JSP and PHP sites, and whatever is of no known system. */
export const genericList: PortalFamily = {
  name: 'generic_list',

  detect(page) {
    const rows = readRows(page.text, page).length;
    if (rows === 0) return 0;
    if (/__doPostBack|__VIEWSTATE/.test(page.text)) return 0.45;
    return nextPageAddress(page) !== null || /\.(?:asp|aspx|php|jsp)\b/.test(page.url) ? 0.4 : 0.31;
  },

  async *walk(column, first, client) {
    const options: RowOptions = typeof column.params['row'] === 'string' ? { row: column.params['row'] } : {};
    if (postbackTarget(load(first.text), 2) !== null)
      return yield* walkPostback(column, first, client, options);
    const selector = typeof column.params['next'] === 'string' ? column.params['next'] : null;
    if (nextPageAddress(first, selector) !== null)
      return yield* walkLinkedPages(column, first, client, options);
    if (typeof column.params['page_param'] !== 'string' && readStaticPager(first) !== null)
      return yield* staticPager.walk(column, first, client);
    const numbering = numberingOf(column, first);
    if (numbering !== null) return yield* walkNumbers(column, first, client, options, numbering);
    return yield* walkLinkedPages(column, first, client, options);
  },

  async article(page, row) {
    return readArticle(page, row);
  },
};

interface Numbering {
  readonly name: string;
  /** The number of the first page. */
  readonly start: number;
}

/** From `params.page_param` and `params.page_start`, else from links of the page to itself under another number. */
function numberingOf(column: ColumnConfig, first: Page): Numbering | null {
  const own = new URL(first.url);
  if (typeof column.params['page_param'] === 'string') {
    return { name: column.params['page_param'], start: Number(column.params['page_start'] ?? 1) };
  }
  const $ = load(first.text);
  for (const anchor of $('a[href]').toArray()) {
    const url = resolveAddress($(anchor).attr('href')!, first);
    if (url === null) continue;
    const parsed = new URL(url);
    if (parsed.host !== own.host || parsed.pathname !== own.pathname) continue;
    for (const name of pageNames) {
      if (!/^\d+$/.test(parsed.searchParams.get(name) ?? '')) continue;
      // The link that reads 2 tells whether numbers begin at 0.
      const words = $(anchor).text().trim();
      const shown = /^\d+$/.test(words) ? Number(words) : null;
      const number = Number(parsed.searchParams.get(name));
      return { name, start: shown !== null && shown - number === 1 ? 0 : 1 };
    }
  }
  return null;
}

async function* walkNumbers(
  column: ColumnConfig,
  first: Page,
  client: PortalClient,
  options: RowOptions,
  numbering: Numbering,
): AsyncGenerator<ListPage, WalkEnd, void> {
  const tally = new ColumnTally();
  const stated = statedTotals(first.text);
  tally.total = stated.total;
  const opening = readRows(first.text, first, options);
  tally.isRepeat(opening);
  yield { rows: tally.fresh(opening), total: tally.total, page: 1, pages: stated.pages };
  let shorter = false;
  let promised = promisedPages(first, numbering);
  for (let page = 2; stated.pages === null || page <= stated.pages; page += 1) {
    if (tally.total !== null && tally.unique >= tally.total) break;
    if (page > column.pagesMax) return tally.partial(`stopped at the limit of ${column.pagesMax} pages`);
    const url = withParameter(first.url, numbering.name, String(numbering.start + page - 1));
    const fetched = await client.fetch({ url, referer: first.url, expect: 'page' });
    const rows = isMissingPage(fetched) ? [] : readRows(fetched.text, fetched, options);
    if (rows.length === 0 || tally.isRepeat(rows)) {
      if (stated.pages !== null || tally.total !== null)
        return tally.partial(
          rows.length === 0
            ? `page ${page} holds no rows`
            : `page ${page} repeats an earlier page: paging ignored`,
        );
      // Beyond the end some servers serve the last page again. Page 2 like page 1 is a number that is ignored.
      if (page <= promised) return tally.partial(`page ${page} is linked, but holds no rows of its own`);
      if (rows.length > 0 && page === 2 && !shorter)
        return tally.partial('page 2 repeats page 1: paging ignored');
      break;
    }
    shorter ||= rows.length < opening.length;
    promised = Math.max(promised, promisedPages(fetched, numbering));
    yield { rows: tally.fresh(rows), total: tally.total, page, pages: stated.pages };
  }
  return tally.end('the last page was reached', saysEmpty(first.text));
}

/** The highest page that a page links to. */
function promisedPages(page: Page, numbering: Numbering): number {
  const $ = load(page.text);
  const own = new URL(page.url);
  let highest = 1;
  for (const anchor of $('a[href]').toArray()) {
    const url = resolveAddress($(anchor).attr('href')!, page);
    const parsed = url === null ? null : new URL(url);
    if (parsed === null || parsed.host !== own.host || parsed.pathname !== own.pathname) continue;
    const number = parsed.searchParams.get(numbering.name) ?? '';
    if (/^\d{1,6}$/.test(number)) highest = Math.max(highest, Number(number) - numbering.start + 1);
  }
  return highest;
}

/** The target and argument of the ASP.NET link to a page: the one that says 下一页, or the number itself. */
function postbackTarget($: CheerioAPI, page: number): { target: string; argument: string } | null {
  const links = $('a[href*="__doPostBack"], a[onclick*="__doPostBack"]')
    .toArray()
    .flatMap((anchor) => {
      const script = $(anchor).attr('href') ?? '';
      const call = /__doPostBack\(\s*['"]([^'"]*)['"]\s*,\s*['"]([^'"]*)['"]/.exec(
        script.includes('__doPostBack') ? script : $(anchor).attr('onclick')!,
      );
      return call ? [{ target: call[1]!, argument: call[2]!, words: $(anchor).text().trim() }] : [];
    });
  return (
    links.find((link) => link.argument === String(page)) ??
    links.find((link) => /下一?页|后一?页|^>$|next/i.test(link.words)) ??
    links.find((link) => link.words === String(page)) ??
    null
  );
}

/** Hidden fields are taken from the page before: they are checked by the server, and used once. */
async function* walkPostback(
  column: ColumnConfig,
  first: Page,
  client: PortalClient,
  options: RowOptions,
): AsyncGenerator<ListPage, WalkEnd, void> {
  const tally = new ColumnTally();
  let page = first;
  for (let number = 1; ; number += 1) {
    const rows = readRows(page.text, page, options);
    const stated = statedTotals(page.text);
    tally.total ??= stated.total;
    if (rows.length === 0 && number > 1) return tally.partial(`page ${number} holds no rows`);
    if (tally.isRepeat(rows)) return tally.partial(`page ${number} repeats an earlier page: paging ignored`);
    yield { rows: tally.fresh(rows), total: tally.total, page: number, pages: stated.pages };
    const $ = load(page.text);
    const next = stated.pages !== null && number >= stated.pages ? null : postbackTarget($, number + 1);
    if (next === null) {
      if (stated.pages !== null && number < stated.pages)
        return tally.partial(`the chain of pages ends at ${number} of ${stated.pages}`);
      return tally.end('the last page was reached', saysEmpty(page.text));
    }
    if (number >= column.pagesMax) return tally.partial(`stopped at the limit of ${column.pagesMax} pages`);
    const fetched = await client.fetch(postbackRequest($, next, page, first));
    if (isMissingPage(fetched)) return tally.partial(`page ${number + 1} answered ${fetched.status}`);
    page = fetched;
  }
}

function postbackRequest(
  $: CheerioAPI,
  next: { target: string; argument: string },
  page: Page,
  first: Page,
): PageRequest {
  const hidden = $('input[type=hidden]')
    .toArray()
    .map((input) => [$(input).attr('name') ?? '', $(input).attr('value') ?? ''] as const)
    .filter(([name]) => name !== '' && name !== '__EVENTTARGET' && name !== '__EVENTARGUMENT');
  const action = resolveAddress($('form').first().attr('action') ?? '', page) ?? first.url;
  return {
    // The action of such a form is the page itself; any other belongs to a search box.
    url: addressKey(action) === addressKey(first.url) ? action : first.url,
    method: 'POST',
    form: [...hidden, ['__EVENTTARGET', next.target], ['__EVENTARGUMENT', next.argument]],
    ...(page.charset === undefined ? {} : { formCharset: page.charset }),
    referer: page.url,
    expect: 'page',
  };
}
