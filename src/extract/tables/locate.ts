import { foldPhrase } from '../../form/fold.ts';
import type { TableId } from '../../form/form.ts';
import { matchSection } from '../../form/sections.ts';
import type { Row } from './rows.ts';
import { labelledLine } from './three/labelled-line.ts';
import {
  isArticleRow,
  isCorner,
  isFourHeader,
  isInformationHeader,
  isThreeRowLabel,
  isTwoRowLabel,
  isUpperHeader,
} from './vocabulary.ts';

/** Where each table stands in the row sequence: half-open ranges, null where nothing of it is printed. */
export type Ranges = Readonly<Record<TableId, { readonly from: number; readonly to: number } | null>>;

/**
 * A table begins at the first text that only it prints and ends where the next one begins or the next section does.
 * Headings are not trusted for the beginning: a table of contents has them too.
 */
export function locateTables(rows: readonly Row[]): Ranges {
  const three = first(rows, 0, (r) => startsThree(r));
  const two = first(rows, 0, (r) => startsTwo(r));
  const fourFrom = three ?? two ?? 0;
  const four = first(rows, fourFrom, (r, i) => startsFour(rows, r, i));

  const t2End =
    two === null
      ? null
      : min(after(three, two), after(four, two), heading(rows, two, [3, 4, 5, 6]), rows.length);
  const t3End = three === null ? null : min(after(four, three), heading(rows, three, [4, 5, 6]), rows.length);
  const t4End = four === null ? null : min(heading(rows, four + 1, [5, 6]), after(three, four), rows.length);
  return {
    t2: two !== null && t2End !== null ? { from: two, to: t2End } : null,
    t3: three !== null && t3End !== null ? { from: three, to: t3End } : null,
    t4: four !== null && t4End !== null ? { from: four, to: t4End } : null,
  };
}

function startsTwo(row: Row): boolean {
  const cells = row.cells.filter((c) => c.text.trim() !== '');
  if (row.kind === 'paragraph')
    return isArticleRow(row.cells[0]?.text ?? '') || isInformationHeader(row.cells[0]?.text ?? '');
  return (
    cells.some((c) => isArticleRow(c.text) || isInformationHeader(c.text)) ||
    (row.kind === 'grid' && cells.some((c) => isTwoRowLabel(c.text)))
  );
}

function startsThree(row: Row): boolean {
  return row.cells.some((c) => {
    const text = c.text;
    if (text.trim() === '') return false;
    // A sentence may quote 勾稽关系; the corner cell and the headers are short.
    if (row.kind === 'paragraph' && text.length > 60) return false;
    return (
      isCorner(text) ||
      isUpperHeader(text) ||
      (row.kind === 'paragraph' && labelledLine(c) !== null) ||
      (isThreeRowLabel(text) && !/^(?:予以公开|部分公开|重复申请)/u.test(foldPhrase(text)))
    );
  });
}

function startsFour(rows: readonly Row[], row: Row, index: number): boolean {
  const own = row.cells.filter((c) => c.text.trim() !== '');
  if (own.some((c) => isFourHeader(c.text))) return true;
  const both = own.map((c) => foldPhrase(c.text)).join('');
  if (/^(?:行政)?复议(?:行政诉讼)?$/u.test(both)) {
    const ahead = rows
      .slice(index, index + 12)
      .flatMap((r) => r.cells)
      .map((c) => foldPhrase(c.text))
      .join('');
    return /维持/u.test(ahead) && /审结/u.test(ahead);
  }
  return false;
}

function heading(rows: readonly Row[], from: number, numbers: readonly number[]): number | null {
  return first(rows, from + 1, (r) =>
    r.cells.some((c) => {
      if (c.spanned) return false;
      const section = matchSection(c.text);
      return section !== null && numbers.includes(section.number);
    }),
  );
}

function first(
  rows: readonly Row[],
  from: number,
  test: (row: Row, index: number) => boolean,
): number | null {
  for (let i = from; i < rows.length; i += 1) if (test(rows[i] as Row, i)) return i;
  return null;
}

function after(position: number | null, from: number): number | null {
  return position !== null && position > from ? position : null;
}

function min(...positions: (number | null)[]): number {
  return Math.min(...positions.filter((p): p is number => p !== null));
}
