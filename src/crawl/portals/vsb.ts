import { addressKey } from './addresses.ts';
import { readArticle } from './article.ts';
import { readRows } from './list-rows.ts';
import { isMissingPage, saysEmpty } from './missing-page.ts';
import { nextPageAddress, statedTotals } from './next-link.ts';
import type { ColumnConfig, ListPage, Page, PortalClient, PortalFamily, WalkEnd } from './portal.ts';
import { ColumnTally } from './tally.ts';

/** How often a walk begins again because the list moved under it. */
const passes = 4;

/** 博达 VSB (Webber): county bureaus and most universities. */
export const vsb: PortalFamily = {
  name: 'vsb',

  detect(page) {
    if (/\/system\/resource\/js\/|_newscontent_fromname|vsb_content|id="line_u\d+_\d+"/.test(page.text))
      return 0.92;
    if (/urltype=tree\.TreeTempUrl/.test(page.url)) return 0.9;
    return /\/info\/\d+\/\d+\.htm/.test(page.text) ? 0.7 : 0;
  },

  walk,

  async article(page, row) {
    return readArticle(page, row);
  },
};

/**
 * From page to page by the link to the next. Page files are numbered from the end, so one new article moves every
 * row, and a new page renames them all: a walk in whose course the stated numbers change begins again, else it would
 * pass over the rows that moved to a page already read.
 */
async function* walk(
  column: ColumnConfig,
  opening: Page,
  client: PortalClient,
): AsyncGenerator<ListPage, WalkEnd, void> {
  const tally = new ColumnTally();
  let first = opening;
  for (let pass = 1; pass <= passes; pass += 1) {
    tally.restart();
    const end: WalkEnd | 'moved' = yield* onePass(column, first, client, tally);
    if (end !== 'moved') return end;
    first = await client.fetch({ url: opening.request.url, expect: 'page' });
    if (isMissingPage(first))
      return tally.partial(`the first page answered ${first.status} when asked again`);
  }
  return tally.partial(`the list changed during each of ${passes} passes`);
}

async function* onePass(
  column: ColumnConfig,
  first: Page,
  client: PortalClient,
  tally: ColumnTally,
): AsyncGenerator<ListPage, WalkEnd | 'moved', void> {
  const stated = statedTotals(first.text);
  tally.total = stated.total;
  const visited = new Set<string>();
  let page = first;
  for (let number = 1; ; number += 1) {
    visited.add(addressKey(page.url));
    const now = statedTotals(page.text);
    if (now.total !== stated.total || now.pages !== stated.pages) return 'moved';
    const rows = readRows(page.text, page);
    if (rows.length === 0 && number > 1) return tally.partial(`page ${number} holds no rows`);
    if (tally.isRepeat(rows)) return tally.partial(`page ${number} repeats an earlier page: paging ignored`);
    yield { rows: tally.fresh(rows), total: stated.total, page: number, pages: stated.pages };
    const next = nextPageAddress(page);
    if (next === null || visited.has(addressKey(next))) {
      if (stated.pages !== null && number < stated.pages)
        return tally.partial(`the chain of pages ends at ${number} of ${stated.pages}`);
      if (stated.total === null && number > 1) {
        // Without a stated number only the first page shows that something came in meanwhile.
        const again = await client.fetch({ url: first.request.url, expect: 'page' });
        const same =
          !isMissingPage(again) && readRows(again.text, again).every((row) => rowsOf(first).has(row.url));
        if (!same) return 'moved';
      }
      return tally.end('the last page was reached', saysEmpty(page.text));
    }
    if (number >= column.pagesMax) return tally.partial(`stopped at the limit of ${column.pagesMax} pages`);
    const fetched = await client.fetch({ url: next, referer: page.url, expect: 'page' });
    if (isMissingPage(fetched)) {
      // A file that was there a moment ago may have been renamed by a new article.
      const again = await client.fetch({ url: first.request.url, expect: 'page' });
      const since = isMissingPage(again) ? stated : statedTotals(again.text);
      if (since.total !== stated.total || since.pages !== stated.pages) return 'moved';
      return tally.partial(`page ${number + 1} answered ${fetched.status}`);
    }
    page = fetched;
  }
}

function rowsOf(page: Page): Set<string> {
  return new Set(readRows(page.text, page).map((row) => row.url));
}
