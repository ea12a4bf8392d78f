import { foldPhrase } from '../../../form/fold.ts';
import { type ColumnKey, T3_COLUMNS, type T3Column } from '../../../form/form.ts';
import { APPLICANT_COLUMNS } from '../../../form/table-three.ts';
import type { HeaderRange } from '../header.ts';
import type { Row } from '../rows.ts';
import { isCorner, isThreeRowLabel, isUpperHeader, threeColumns } from '../vocabulary.ts';

/** A text that can stand in the header of table 三, or a piece of one cut over two rows. */
export function isHeaderText(text: string): boolean {
  return (
    isUpperHeader(text) ||
    threeColumns(text).length > 0 ||
    /^(?:商业|企业|科研|机构|社会公|益组织|公益组织|社会公益|组织|法律服|务机构|法律服务)$/u.test(
      foldPhrase(text),
    )
  );
}

/** 其他 and 总计 are rows as well; below the first row they are a header only beside a word that is nothing else. */
export function isSureHeaderText(text: string): boolean {
  return isHeaderText(text) && !threeColumns(text).some((key) => key === 'other_org' || key === 'total');
}

/** Header rows of a part: rows of nothing but headers, at its top or repeated below a page break. */
export function headerRowsOf(part: readonly Row[]): Row[] {
  const header: Row[] = [];
  let bodyBegan = false;
  for (const row of part) {
    const texts = row.cells.filter((c) => c.text.trim() !== '');
    const own = texts.filter((c) => !c.spanned);
    const labelled = own.some((c) => isThreeRowLabel(c.text));
    const isHeader = own.some((c) => (bodyBegan ? isSureHeaderText : isHeaderText)(c.text)) && !labelled;
    if (labelled) bodyBegan = true;
    const empty = own.length === 0 && texts.length > 0 && texts.every((c) => isHeaderText(c.text));
    const digits = own.some((c) => /^\d+$/.test(foldPhrase(c.text)));
    if ((isHeader || empty) && !digits) header.push(row);
  }
  return header;
}

/**
 * The ranges right of the label columns: six applicant columns and a total, each once, in the order of the form; a
 * clipped 总计 column may be missing. Anything else is not a header that can bind numbers.
 */
export function usableRanges(all: readonly HeaderRange[]): UsableRanges | null {
  const start = all.findIndex((r) => r.key === 'natural_person');
  if (start < 0) return null;
  const { ranges, guessed } = completed(all.slice(start));
  const keys = ranges.map((r) => r.key).filter((k): k is T3Column => k !== null && isApplicant(k));
  if (new Set(keys).size !== keys.length || keys.length < 6) return null;
  const order = keys.map((k) => T3_COLUMNS.indexOf(k));
  if (order.some((o, i) => i > 0 && o <= (order[i - 1] ?? -1))) return null;
  return { ranges, guessed };
}

export interface UsableRanges {
  readonly ranges: HeaderRange[];
  /** A header was told by its place because its words were misread. */
  readonly guessed: boolean;
}

/**
 * Seven columns of which one is not understood but shares most of its characters with the header due there (科研机6 out
 * of a scan) can only be the seven of the form. 小计 in place of 总计 shares one of two and is not.
 */
function completed(ranges: HeaderRange[]): UsableRanges {
  if (ranges.length !== T3_COLUMNS.length) return { ranges, guessed: false };
  const unknown = ranges.filter((r) => r.key === null);
  const inPlace = ranges.every((r, i) => r.key === null || r.key === T3_COLUMNS[i]);
  if (unknown.length === 0 || unknown.length > 2 || !inPlace) return { ranges, guessed: false };
  const kept = ranges.map((r, i): HeaderRange => {
    const due = APPLICANT_COLUMNS[i];
    if (r.key !== null || due === undefined) return r;
    const shared = [...due.label].filter((c) => foldPhrase(r.label).includes(c)).length;
    return shared * 2 > due.label.length ? { ...r, key: due.key } : r;
  });
  return { ranges: kept, guessed: kept.every((r) => r.key !== null) };
}

export function isApplicant(key: ColumnKey): key is T3Column {
  return (T3_COLUMNS as readonly string[]).includes(key);
}

export function isRowLike(label: string): boolean {
  return isThreeRowLabel(label) || isCorner(label);
}
