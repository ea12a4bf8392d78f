import { load } from 'cheerio';
import { countSectionTitles } from '../../article/section-titles.ts';
import { readArticle } from './article.ts';
import { readRows } from './list-rows.ts';
import { saysEmpty } from './missing-page.ts';
import type { PortalFamily } from './portal.ts';
import { ColumnTally } from './tally.ts';

/** Does the text of a page carry the sections of an annual report (four of the six at least)? */
export function isReportText(html: string): boolean {
  return countSectionTitles(load(html)('body').text()) >= 4;
}

/** One fixed page: a report itself, or a summary of links, among them bare PDF files. */
export const singlePage: PortalFamily = {
  name: 'single_page',

  detect(page) {
    return isReportText(page.text) ? 0.6 : 0;
  },

  async *walk(column, first) {
    const tally = new ColumnTally();
    const rows = readRows(
      first.text,
      first.url,
      typeof column.params['row'] === 'string' ? { row: column.params['row'] } : {},
    );
    if (isReportText(first.text)) {
      const article = readArticle(first, null);
      rows.unshift({
        url: first.url,
        title: article.title ?? '',
        titleCut: false,
        date: article.publishedOn,
        publisher: null,
        attachments: article.attachments,
      });
    }
    yield { rows: tally.fresh(rows), total: null, page: 1, pages: 1 };
    return tally.end('the page was read', saysEmpty(first.text));
  },

  async article(page, row) {
    return readArticle(page, row);
  },
};
