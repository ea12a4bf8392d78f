import type { RawCell } from '../table/raw-table.ts';

/** Rows or columns of a table that do not show, while it is read. */
export class HiddenLines {
  readonly #hidden: number[] = [];

  /** Lines are hidden in the order in which they stand. */
  add(first: number, count: number): void {
    for (let line = first; line < first + count; line++) this.#hidden.push(line);
  }

  get size(): number {
    return this.#hidden.length;
  }

  has(line: number): boolean {
    return this.#hidden[this.#before(line)] === line;
  }

  /** Where a line stands among those that show. */
  shownAt(line: number): number {
    return line - this.#before(line);
  }

  #before(line: number): number {
    let low = 0;
    let high = this.#hidden.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#hidden[middle]! < line) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The cells that show, where they then stand. */
export function shownCells(
  cells: readonly RawCell[],
  rows: HiddenLines,
  columns: HiddenLines,
): readonly RawCell[] {
  if (rows.size === 0 && columns.size === 0) return cells;
  const shown: RawCell[] = [];
  for (const cell of cells) {
    if (rows.has(cell.row) || columns.has(cell.column)) continue;
    const row = rows.shownAt(cell.row);
    const column = columns.shownAt(cell.column);
    shown.push({
      ...cell,
      row,
      column,
      rowSpan: rows.shownAt(cell.row + cell.rowSpan) - row,
      columnSpan: columns.shownAt(cell.column + cell.columnSpan) - column,
    });
  }
  return shown;
}
