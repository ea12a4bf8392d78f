import type { ColumnKey, TableId } from '../../form/form.ts';
import { matchColumn, matchRecognisedColumn } from '../../form/labels.ts';
import type { Row, RowCell } from './rows.ts';
import { isArticleRow, isInformationHeader, isUpperHeader } from './vocabulary.ts';

/** A header bound to a range of grid columns (end exclusive). `key` is null for a column the form does not have. */
export interface HeaderRange {
  readonly key: ColumnKey | null;
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly location: string;
}

/**
 * Reads the leaf headers above each grid column. A header may be cut over several rows (商业 above 企业), so all pieces
 * above a column are joined before they are compared; headers that stand above others are left out.
 */
export function headerRanges(table: TableId, rows: readonly Row[], columns: number): HeaderRange[] {
  const ranges: HeaderRange[] = [];
  let last: { cells: readonly RowCell[]; range: HeaderRange } | null = null;
  for (let c = 0; c < columns; c += 1) {
    const pieces: RowCell[] = [];
    for (const row of rows) {
      const cell = row.cells.find((x) => x.from <= c && c < x.to);
      if (!cell || cell.spanned || cell.text.trim() === '') continue;
      if (isUpperHeader(cell.text) || isArticleRow(cell.text) || isInformationHeader(cell.text)) continue;
      pieces.push(cell);
    }
    if (pieces.length === 0) {
      last = null;
      continue;
    }
    if (last && last.cells.length === pieces.length && last.cells.every((p, i) => p === pieces[i])) {
      const widened: HeaderRange = { ...last.range, to: c + 1 };
      ranges[ranges.length - 1] = widened;
      last = { cells: pieces, range: widened };
      continue;
    }
    const label = joinPieces(pieces);
    const key = keyOf(table, pieces, label);
    const range: HeaderRange = { key, label, from: c, to: c + 1, location: pieces[0]?.location ?? '' };
    ranges.push(range);
    last = { cells: pieces, range };
  }
  return ranges;
}

function keyOf(table: TableId, pieces: readonly RowCell[], label: string): ColumnKey | null {
  const joined = matchColumn(table, label).find((m) => m.exact)?.key;
  if (joined) return joined;
  // The last pieces alone: a repeated or foreign header may stand above them.
  for (let from = 1; from < pieces.length; from += 1) {
    const key = matchColumn(table, joinPieces(pieces.slice(from))).find((m) => m.exact)?.key;
    if (key) return key;
  }
  if (!pieces.some((piece) => piece.reading === 'ocr')) return null;
  const near = matchRecognisedColumn(table, label);
  return near.length === 1 ? near[0]!.key : null;
}

function joinPieces(pieces: readonly RowCell[]): string {
  return pieces.map((p) => p.text.trim()).join('');
}
