import { type CheerioAPI, load } from 'cheerio';
import { addressKey, resolveAddress } from './addresses.ts';
import { type RowOptions, readRows } from './list-rows.ts';
import { isMissingPage, saysEmpty } from './missing-page.ts';
import type { ColumnConfig, ListPage, Page, PortalClient, WalkEnd } from './portal.ts';
import { ColumnTally } from './tally.ts';

const nextWords = /^[\s[［«»<>]*(?:下一?页|后一页|后页|next)[\s\]］«»<>]*$/i;

/** The address behind 下一页 and its kin, from the configured selector or by words; null on a last page. */
export function nextPageAddress(page: Page, selector: string | null = null): string | null {
  const $ = load(page.text);
  const anchor = nextAnchor($, selector);
  return anchor === undefined ? null : resolveAddress(anchor, page);
}

function nextAnchor($: CheerioAPI, selector: string | null): string | undefined {
  if (selector !== null) return $(selector).first().attr('href');
  const marked = $('a[rel=next], link[rel=next], .p_next a, a.Next, a.next').first().attr('href');
  if (marked) return marked;
  const anchors = $('a[href]').toArray();
  const worded = anchors.find(
    (anchor) => nextWords.test($(anchor).text()) || nextWords.test($(anchor).attr('title') ?? ''),
  );
  if (worded) return $(worded).attr('href');
  return $(anchors.find((anchor) => /^\s*(?:>|»|&gt;)\s*$/.test($(anchor).text()))).attr('href');
}

/** How many records and pages a page says there are: `共52条`, `共&nbsp;12&nbsp;页`, `第1/12页`, `1/12`. */
export function statedTotals(text: string): { total: number | null; pages: number | null } {
  const words = load(text).text().replace(/\s+/g, ' ');
  const total =
    /(?:共有?|总计|合计|总记录(?:数)?[：:]?|记录总数[：:]?)\s*(\d{1,6})\s*(?:条|个|项|篇|则|记录)/.exec(
      words,
    );
  const pages =
    /共\s*(\d{1,5})\s*页/.exec(words) ??
    /第?\s*\d{1,5}\s*\/\s*(\d{1,5})\s*页/.exec(words) ??
    /(?:^|[\s页条])\d{1,4}\/(\d{1,4})(?=$|[\s下尾])/.exec(words);
  return { total: total ? Number(total[1]) : null, pages: pages ? Number(pages[1]) : null };
}

/**
 * Does the page offer a next page by script alone? Then there is more than was read, and without a stated number
 * nobody would miss it. A pager's words without any link or call are those of a last page.
 */
export function hasScriptPager(html: string): boolean {
  const $ = load(html);
  const offers = $('a, button, span, input, li')
    .toArray()
    .some((node) => {
      if (!nextWords.test($(node).text() || $(node).attr('value') || $(node).attr('title') || ''))
        return false;
      const href = $(node).attr('href') ?? '';
      const script =
        /^\s*javascript:(?!\s*(?:;|void\(\s*0?\s*\)|undefined)?\s*;?\s*$)/i.test(href) ||
        $(node).attr('onclick') !== undefined;
      return (
        script &&
        !/disabled|nolink|no-?next|gray|grey/i.test(
          `${$(node).attr('class')} ${$(node).attr('disabled') ?? ''}`,
        )
      );
    });
  const counted =
    /\b(?:pageCount|totalPages?|totalpage|pagecount|countPage|pageTotal)["']?\s*[:=]\s*["']?(\d+)/.exec(html);
  return offers || Number(counted?.[1] ?? 0) > 1;
}

/** Walks from page to page by the link to the next. */
export async function* walkLinkedPages(
  column: ColumnConfig,
  first: Page,
  client: PortalClient,
  rowOptions: RowOptions = {},
): AsyncGenerator<ListPage, WalkEnd, void> {
  const selector = typeof column.params['next'] === 'string' ? column.params['next'] : null;
  const tally = new ColumnTally();
  const visited = new Set<string>();
  let page = first;
  for (let number = 1; ; number += 1) {
    visited.add(addressKey(page.url));
    visited.add(addressKey(page.request.url));
    const rows = readRows(page.text, page, rowOptions);
    const stated = statedTotals(page.text);
    tally.total ??= stated.total;
    if (tally.isRepeat(rows)) return tally.partial(`page ${number} repeats an earlier page: paging ignored`);
    if (rows.length === 0 && number > 1) return tally.partial(`page ${number} holds no rows`);
    yield { rows: tally.fresh(rows), total: tally.total, page: number, pages: stated.pages };
    const next = nextPageAddress(page, selector);
    if (next === null || visited.has(addressKey(next))) {
      if (stated.pages !== null && number < stated.pages)
        return tally.partial(`the chain of pages ends at ${number} of ${stated.pages}`);
      if (stated.pages === null && tally.total === null && hasScriptPager(page.text))
        return tally.partial('the page has a pager that is driven by script and could not be followed');
      return tally.end('the last page was reached', saysEmpty(page.text));
    }
    if (number >= column.pagesMax) return tally.partial(`stopped at the limit of ${column.pagesMax} pages`);
    const fetched = await client.fetch({ url: next, referer: page.url, expect: 'page' });
    if (isMissingPage(fetched)) return tally.partial(`page ${number + 1} answered ${fetched.status}`);
    page = fetched;
  }
}
