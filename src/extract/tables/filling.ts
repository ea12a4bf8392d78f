import type { RowCell } from './rows.ts';

/**
 * Dumps fill rows up with empty cells where the original had wide ones: on the right where they pushed cells to the
 * left, in front of the values where a wide label kept its columns. A row with blank cells at both ends does not tell
 * which of them are values.
 */
export type Filling = 'left' | 'right';

/** On which side the rows are filled up to more than `width` values; null where no row tells, or rows disagree. */
export function fillingOf(rows: readonly (readonly RowCell[])[], width: number): Filling | null {
  let found: Filling | null = null;
  for (const cells of rows) {
    const side = sideOf(cells, width);
    if (side === null || side === 'unknown') continue;
    if (found !== null && found !== side) return null;
    found = side;
  }
  return found;
}

/**
 * The `width` values of a row without its filling; the cells as they are where there is none. Null where blank cells
 * at both ends leave several readings and `known` does not decide.
 */
export function withoutFilling(
  cells: readonly RowCell[],
  width: number,
  known: Filling | null,
): readonly RowCell[] | null {
  const side = sideOf(cells, width);
  if (side === null) return cells;
  if (side === 'unknown' && cells.every(isBlank)) return cells.slice(0, width);
  const filling = side === 'unknown' ? known : side;
  if (filling === null) return null;
  return filling === 'right' ? cells.slice(0, width) : cells.slice(cells.length - width);
}

function sideOf(cells: readonly RowCell[], width: number): Filling | 'unknown' | null {
  const extra = cells.length - width;
  if (extra <= 0) return null;
  const right = cells.slice(-extra).every(isBlank);
  const left = cells.slice(0, extra).every(isBlank);
  if (!right && !left) return null;
  if (right && !isBlank(cells[0])) return 'right';
  if (left && !isBlank(cells[cells.length - 1])) return 'left';
  return 'unknown';
}

function isBlank(cell: RowCell | undefined): boolean {
  return (cell?.text.trim() ?? '') === '';
}

/**
 * Whether rows print more values than there are columns, with nothing blank to leave out: a column stands among them
 * that is not known, and a blank cell at the end of a row beside them is a value of its own.
 */
export function isCrowded(rows: readonly (readonly RowCell[])[], width: number): boolean {
  return rows.some(
    (cells) => cells.length > width && cells.length % width !== 0 && sideOf(cells, width) === null,
  );
}
