import { addressKey } from '../portals/addresses.ts';
import type { ListRow } from '../portals/portal.ts';
import { sha } from './body.ts';

/** Changes when the list's title, date or address of a report does. */
export function rowSignature(row: ListRow): string {
  return sha([row.title.normalize('NFKC').trim(), row.date ?? '', addressKey(row.url)].join('\n'));
}

export interface RowFilter {
  readonly titleInclude: RegExp;
  readonly titleExclude: RegExp | null;
  /** Report years, inclusive. */
  readonly years: { readonly from: number; readonly to: number };
  /** The column page says of itself that it lists annual reports. */
  readonly columnOfReports: boolean;
}

export type RowChoice =
  | { readonly wanted: true; readonly year: number | null }
  | { readonly wanted: false; readonly why: 'title' | 'excluded' | 'year' };

/**
 * Is a list row an annual report of a wanted year? In a column that is itself named 年报 a title need not say 信息公开,
 * and a title that is cut is given the benefit of the doubt. A title without a year is wanted: the document will tell.
 */
export function chooseRow(row: ListRow, filter: RowFilter): RowChoice {
  const title = row.title.normalize('NFKC').replace(/\s+/g, '');
  const year = yearInTitle(title);
  if (filter.titleExclude?.test(title)) return { wanted: false, why: 'excluded' };
  const accepted =
    filter.titleInclude.test(title) ||
    (filter.columnOfReports && (/年度报告|年报|情况报告/.test(title) || row.titleCut)) ||
    (row.titleCut && /(信息|政务)公开/.test(title));
  if (!accepted) return { wanted: false, why: 'title' };
  if (year !== null && (year < filter.years.from || year > filter.years.to))
    return { wanted: false, why: 'year' };
  return { wanted: true, year };
}

/** The year that a title names; null when it names none or several. */
export function yearInTitle(title: string): number | null {
  const text = title.normalize('NFKC');
  if (/20\d\d\s*年?\s*[-—–~至到]\s*20\d\d/.test(text)) return null;
  const years = new Set(
    [...text.matchAll(/(?<!\d)(20\d\d)\s*(?=年|政府信息公开|信息公开)/g)].map((match) => Number(match[1])),
  );
  for (const match of text.matchAll(/二[〇○零O]([〇○零O一二三四五六七八九])([〇○零O一二三四五六七八九])年/g))
    years.add(2000 + digit(match[1]) * 10 + digit(match[2]));
  const only = [...years];
  return only.length === 1 ? (only[0] ?? null) : null;
}

function digit(character: string | undefined): number {
  const at = '一二三四五六七八九'.indexOf(character ?? '');
  return at < 0 ? 0 : at + 1;
}

/** Does a column page call itself one of annual reports on information disclosure? */
export function namesReportColumn(names: readonly (string | null | undefined)[]): boolean {
  return names.some((name) => name != null && /年度报告|年报/.test(name));
}
