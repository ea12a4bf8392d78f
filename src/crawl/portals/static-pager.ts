import { resolveAddress } from './addresses.ts';
import { readArticle } from './article.ts';
import { readRows } from './list-rows.ts';
import { isMissingPage, saysEmpty } from './missing-page.ts';
import { nextPageAddress, statedTotals, walkLinkedPages } from './next-link.ts';
import type { ColumnConfig, ListPage, Page, PortalClient, PortalFamily, WalkEnd } from './portal.ts';
import { ColumnTally } from './tally.ts';

/** What the pager call of a static list says. */
export interface StaticPager {
  readonly pages: number;
  /** The number that the first page bears: 0 → page n is `name_{n-1}`, 1 → page n is `name_{n}`. */
  readonly base: 0 | 1;
  readonly name: string;
  readonly extension: string;
  readonly total: number | null;
}

/**
 * Reads the pager of TRS, HyCloud, Kaipu and Shanghai pages. Only calls with literal numbers count: the definition
 * `function createPage(_nPageCount, …)` stands in the same pages. A call inside an HTML comment in a script is live.
 */
export function readStaticPager(page: Page): StaticPager | null {
  const file = /([^/]*?)\.(s?html?)$/i.exec(new URL(page.url).pathname);
  const name = file?.[1] ?? 'index';
  const extension = file?.[2] ?? 'html';
  const text = withDecodedScripts(page.text);
  for (const call of text.matchAll(/(?<!function\s{1,9})\bcreatePage(?:HTML)?\s*\(([^()]*)\)/gi)) {
    const values = call[1]!.split(',').map((value) => value.trim());
    const firstNumber = values.findIndex((value) => /^\d+$/.test(value));
    if (firstNumber < 0 || firstNumber > 1) continue;
    const current = values[firstNumber + 1];
    if (current === undefined || !/^\d+$/.test(current)) continue;
    const words = values.slice(firstNumber + 2).map(unquoted);
    const named = words.findIndex((word) => word !== null);
    const last = values.slice(firstNumber + 2).findLast((value) => /^\d+$/.test(value));
    const pages = Number(values[firstNumber]);
    return {
      pages,
      base: Number(current) === 0 ? 0 : 1,
      name: (named >= 0 ? words[named] : null) ?? name,
      extension: (named >= 0 ? words[named + 1] : null) ?? extension,
      total: plausible(named >= 0 && last !== undefined ? Number(last) : wcmTotal(text), pages),
    };
  }
  const shanghai = /\.pagination\(\s*['"]setPage['"]\s*,\s*(\d+)\s*,\s*(\d+)\s*\)/.exec(text);
  if (shanghai) return { pages: Number(shanghai[2]), base: 1, name, extension, total: null };
  const totalPage = /\btotalPage\s*[:=]\s*['"]?(\d+)/.exec(text);
  if (totalPage) return { pages: Number(totalPage[1]), base: 1, name, extension, total: null };
  const older = /\bcountPage\s*=\s*(\d+)/.exec(text);
  if (older) {
    const base = /\bcurrentPage\s*=\s*(\d+)/.exec(text)?.[1] === '1' ? 1 : 0;
    return {
      pages: Number(older[1]),
      base,
      name,
      extension,
      total: plausible(wcmTotal(text), Number(older[1])),
    };
  }
  // Shandong puts every row into the first page and turns pages in the browser.
  const whole = /\btotalCount\s*[:=]\s*['"]?(\d+)/.exec(text);
  if (whole && /\bperSize\b|pagedContent/.test(text))
    return { pages: 1, base: 1, name, extension, total: Number(whole[1]) };
  // HyCloud: the first page is static, the rest may come from a search service.
  const records = /\brecordCount\s*:\s*['"]?(\d+)/.exec(text);
  const perPage = /\bprepage\s*:\s*['"]?(\d+)/.exec(text);
  if (records && perPage && Number(perPage[1]) > 0) {
    const pages = Math.max(1, Math.ceil(Number(records[1]) / Number(perPage[1])));
    return { pages, base: 0, name, extension, total: Number(records[1]) };
  }
  return null;
}

/** The address of page `page` (from 1) of a static list under a given base. */
export function staticPageAddress(pager: StaticPager, base: 0 | 1, page: number, columnUrl: string): string {
  const file =
    page === 1
      ? `${pager.name}.${pager.extension}`
      : `${pager.name}_${base === 0 ? page - 1 : page}.${pager.extension}`;
  return resolveAddress(`./${file}`, columnUrl) ?? columnUrl;
}

async function* walkStatic(
  column: ColumnConfig,
  first: Page,
  client: PortalClient,
): AsyncGenerator<ListPage, WalkEnd, void> {
  const pager = readStaticPager(first);
  if (pager === null) return yield* walkLinkedPages(column, first, client);
  const rowOptions = typeof column.params['row'] === 'string' ? { row: column.params['row'] } : {};
  const tally = new ColumnTally();
  tally.total = pager.total ?? statedTotals(first.text).total;
  const opening = readRows(first.text, first, rowOptions);
  tally.isRepeat(opening);
  yield { rows: tally.fresh(opening), total: tally.total, page: 1, pages: pager.pages };
  let base = pager.base;
  for (let page = 2; page <= pager.pages; page += 1) {
    if (tally.total !== null && tally.unique >= tally.total && opening.length >= tally.total) break;
    if (page > column.pagesMax) return tally.partial(`stopped at the limit of ${column.pagesMax} pages`);
    let fetched = await client.fetch({
      url: staticPageAddress(pager, base, page, first.url),
      referer: first.url,
      expect: 'page',
    });
    let rows = isMissingPage(fetched) ? [] : readRows(fetched.text, fetched, rowOptions);
    if (page === 2 && (rows.length === 0 || tally.isRepeat(rows))) {
      // The number that the call gives for the first page does not tell the base everywhere: try the other one once.
      const other = base === 0 ? 1 : 0;
      const again = await client.fetch({
        url: staticPageAddress(pager, other, page, first.url),
        referer: first.url,
        expect: 'page',
      });
      const found = isMissingPage(again) ? [] : readRows(again.text, again, rowOptions);
      if (found.length === 0 || tally.isRepeat(found))
        return tally.partial(
          `page 2 of ${pager.pages} was not found under either numbering (status ${fetched.status})`,
        );
      base = other;
      fetched = again;
      rows = found;
    } else if (page !== 2 && tally.isRepeat(rows)) {
      return tally.partial(`page ${page} repeats an earlier page: paging ignored`);
    }
    if (rows.length === 0 && base === 1 && page === pager.pages) {
      // The list may be numbered from 0 after all: then every page was one further on, and `name_1` was passed over.
      const passed = await client.fetch({
        url: staticPageAddress(pager, 0, 2, first.url),
        referer: first.url,
        expect: 'page',
      });
      const found = isMissingPage(passed) ? [] : readRows(passed.text, passed, rowOptions);
      if (found.length > 0 && !tally.isRepeat(found)) {
        yield { rows: tally.fresh(found), total: tally.total, page, pages: pager.pages };
        break;
      }
    }
    if (isMissingPage(fetched))
      return tally.partial(`page ${page} of ${pager.pages} answered ${fetched.status}`);
    if (rows.length === 0) return tally.partial(`page ${page} of ${pager.pages} is a stub without rows`);
    yield { rows: tally.fresh(rows), total: tally.total, page, pages: pager.pages };
  }
  return tally.end(`${pager.pages} pages were read`, saysEmpty(first.text));
}

/** Pages whose list is a run of static files: TRS WCM, HyCloud, Kaipu `.shtml`, Shanghai. */
export const staticPager: PortalFamily = {
  name: 'static_pager',

  detect(page) {
    const { text } = page;
    const pager = readStaticPager(page);
    if (pager !== null && /createPage/i.test(text)) return 0.9;
    if (/\.pagination\(\s*['"]setPage['"]/.test(text)) return 0.9;
    if (/\/t\d{8}_\d+\.s?html?/.test(text)) return 0.8;
    if (/TRS_Editor|CurrChnlCls|\b[PW]0\d{17,}/.test(text)) return 0.6;
    if (pager !== null) return 0.5;
    return nextPageAddress(page)?.match(/_\d+\.s?html?$/) ? 0.4 : 0;
  },

  walk: walkStatic,

  async article(page, row) {
    return readArticle(page, row);
  },
};

function unquoted(value: string): string | null {
  const match = /^(['"])([\w.-]+)\1$/.exec(value);
  return match ? match[2]! : null;
}

function wcmTotal(text: string): number | null {
  const match = /总记录(?:数)?\s*[：:]\s*(\d+)/.exec(text);
  return match ? Number(match[1]) : null;
}

/** A total below the number of pages is none: templates print other numbers in its place. */
function plausible(total: number | null, pages: number): number | null {
  return total !== null && total >= pages ? total : null;
}

/** Yunnan writes its pager as base64 for `window.atob`; what it says is put behind the page. */
function withDecodedScripts(text: string): string {
  const decoded: string[] = [];
  for (const call of text.matchAll(/\batob\(\s*['"]([A-Za-z0-9+/=]{8,4000})['"]\s*\)/g)) {
    decoded.push(Buffer.from(call[1]!, 'base64').toString('utf8'));
    if (decoded.length === 20) break;
  }
  return decoded.length === 0 ? text : `${text}\n${decoded.join('\n')}`;
}
