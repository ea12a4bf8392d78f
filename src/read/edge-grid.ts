import type { Location, Mark } from './document.ts';
import type { Line, RawCell, RawTable } from './table/raw-table.ts';

/** A cell of a row that is known by its left and right edge (twips or any other unit). */
export interface EdgeCell {
  readonly left: number;
  readonly right: number;
  readonly items: (Line | RawTable)[];
  readonly location: Location;
  readonly marks: ReadonlySet<Mark>;
  /** The cell is the lower part of the cell above it. */
  readonly joinsAbove: boolean;
}

export type EdgeRow = readonly EdgeCell[];

/**
 * Edges of different rows that lie this close (twips, a tenth of an inch is 144) are one edge: word processors move
 * them by a cell's padding, and a digit of usual size is wider.
 */
const SAME_EDGE = 110;

/**
 * Lays rows of cells with known edges into a table (DOC and RTF describe tables so). Returns null where the edges do
 * not make one: a cell without width, or cells that overlap.
 */
export function edgeGrid(rows: readonly EdgeRow[], location: Location): RawTable | null {
  const columnAt = columnsOfEdges(rows);
  if (!columnAt) return null;
  const cells: RawCell[] = [];
  let above = new Map<number, RawCell>();
  for (const [row, edgeCells] of rows.entries()) {
    const here = new Map<number, RawCell>();
    let covered = 0;
    for (const cell of edgeCells) {
      const column = columnAt.get(cell.left)!;
      const columnSpan = columnAt.get(cell.right)! - column;
      if (columnSpan < 1 || column < covered) return null;
      covered = column + columnSpan;
      const upper = above.get(column);
      if (cell.joinsAbove && upper && upper.columnSpan === columnSpan) {
        upper.rowSpan += 1;
        here.set(column, upper);
        continue;
      }
      const { items, location } = cell;
      const own = { row, column, rowSpan: 1, columnSpan, items, location, marks: new Set(cell.marks) };
      cells.push(own);
      here.set(column, own);
    }
    above = here;
  }
  return { kind: 'table', rows: rows.length, cells, location };
}

function columnsOfEdges(rows: readonly EdgeRow[]): Map<number, number> | null {
  const users = new Map<number, Set<number>>();
  for (const [row, cells] of rows.entries()) {
    for (const cell of cells) {
      if (!(cell.right > cell.left)) return null;
      for (const edge of [cell.left, cell.right]) {
        const used = users.get(edge);
        if (used) used.add(row);
        else users.set(edge, new Set([row]));
      }
    }
  }
  const columns = new Map<number, number>();
  let start = Number.NEGATIVE_INFINITY;
  let column = -1;
  let taken = new Set<number>();
  for (const edge of [...users.keys()].sort((a, b) => a - b)) {
    const owners = users.get(edge)!;
    if (edge - start > SAME_EDGE || [...owners].some((row) => taken.has(row))) {
      column += 1;
      start = edge;
      taken = new Set();
    }
    for (const row of owners) taken.add(row);
    columns.set(edge, column);
  }
  return columns;
}
