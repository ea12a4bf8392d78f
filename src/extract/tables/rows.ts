import type { Block, Grid, GridCell, Mark, Paragraph } from '../../read/document.ts';
import type { PrintedCell } from '../cell-value.ts';

/**
 * The whole document as one sequence of rows, whatever the container: a row of a grid, a row of a cell run, a cell
 * whose row is unknown, a paragraph. Tables are found and bound on this sequence, so that three tables in one grid,
 * one table in three grids and a table without any grid are the same case.
 */
export interface Row {
  readonly cells: readonly RowCell[];
  /** The source shows where this row begins and ends. */
  readonly bounded: boolean;
  readonly kind: 'grid' | 'run' | 'paragraph';
  readonly grid: Grid | null;
  readonly gridRow: number;
  readonly location: string;
}

export interface RowCell extends PrintedCell {
  /** Columns covered, end exclusive. In rows without geometry: the position in the row. */
  readonly from: number;
  readonly to: number;
  /** The cell began in a row above (a merged cell). */
  readonly spanned: boolean;
}

const NO_MARKS: readonly Mark[] = [];

export function rowsOf(blocks: readonly Block[]): Row[] {
  const rows: Row[] = [];
  for (const block of blocks) {
    if (block.kind === 'grid') pushGrid(block, rows);
    else if (block.kind === 'cells') {
      let current: RowCell[] = [];
      // Every block begins somewhere: only a boundary after the first cell shows that the source has rows.
      const known = block.cells.slice(1).some((c) => c.startsRow !== undefined);
      const flush = () => {
        if (current.length > 0) rows.push(runRow(current, known));
        current = [];
      };
      for (const cell of block.cells) {
        if (!known || cell.startsRow === true) flush();
        current.push({
          text: cell.text,
          location: cell.location,
          reading: cell.reading,
          marks: cell.marks ?? NO_MARKS,
          from: current.length,
          to: current.length + 1,
          spanned: false,
        });
      }
      flush();
    } else if (block.role !== 'header' && block.role !== 'footer') {
      // A page number below a table is no cell of it.
      rows.push(paragraphRow(block));
    }
  }
  return rows;
}

function pushGrid(grid: Grid, rows: Row[]): void {
  const covering: GridCell[][] = Array.from({ length: grid.rows }, () => []);
  for (const cell of grid.cells) {
    const end = Math.min(cell.row + cell.rowSpan, grid.rows);
    for (let r = cell.row; r < end; r += 1) covering[r]?.push(cell);
  }
  covering.forEach((cells, r) => {
    rows.push({
      cells: cells
        .sort((a, b) => a.column - b.column)
        .map((c) => ({
          text: c.text,
          location: c.location,
          reading: c.reading,
          marks: c.marks ?? NO_MARKS,
          ...(c.alternatives ? { alternatives: c.alternatives } : {}),
          from: c.column,
          to: c.column + c.columnSpan,
          spanned: c.row < r,
        })),
      bounded: true,
      kind: 'grid',
      grid,
      gridRow: r,
      location: cells[0]?.location ?? grid.location,
    });
  });
}

function runRow(cells: readonly RowCell[], bounded: boolean): Row {
  return { cells, bounded, kind: 'run', grid: null, gridRow: -1, location: cells[0]?.location ?? '' };
}

function paragraphRow(paragraph: Paragraph): Row {
  const cell: RowCell = {
    text: paragraph.text,
    location: paragraph.location,
    reading: paragraph.reading,
    marks: paragraph.marks ?? NO_MARKS,
    from: 0,
    to: 1,
    spanned: false,
  };
  return {
    cells: [cell],
    bounded: false,
    kind: 'paragraph',
    grid: null,
    gridRow: -1,
    location: paragraph.location,
  };
}
