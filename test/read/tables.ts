import type { Document, Grid } from '../../src/read/document.ts';
import type { ReportRecord, TableModel } from '../render/record.ts';
import { tableModels, tablesOf } from '../render/record.ts';

/** A table as rows of `text` with `×rows` and `→columns` where a cell is merged; only the cells that begin there. */
export type Layout = readonly (readonly string[])[];

export function layoutOfGrid(grid: Grid): Layout {
  const rows: string[][] = Array.from({ length: grid.rows }, () => []);
  for (const cell of grid.cells) rows[cell.row]!.push(describe(cell.text, cell.rowSpan, cell.columnSpan));
  return rows;
}

export function layoutOfModel(model: TableModel): Layout {
  return model.rows.map((row) => row.map((cell) => describe(cell.text, cell.rowSpan, cell.columnSpan)));
}

/** The layouts of all tables that a record prints, in order. */
export function layoutsOfRecord(record: ReportRecord): Layout[] {
  return tablesOf(record).flatMap((table) => tableModels(record, table).map(layoutOfModel));
}

export function grids(document: Document): Grid[] {
  return document.blocks.filter((block) => block.kind === 'grid');
}

function describe(text: string, rowSpan: number, columnSpan: number): string {
  const rows = rowSpan > 1 ? ` ×${rowSpan}` : '';
  const columns = columnSpan > 1 ? ` →${columnSpan}` : '';
  return `${text.replace(/\s+/g, '')}${rows}${columns}`;
}

/** Rows of two cells as `label: [text, ...marks]`. */
export function cellTexts(grid: Grid): Record<string, string[]> {
  const rows = Array.from({ length: grid.rows }, (_, row) => grid.cells.filter((cell) => cell.row === row));
  return Object.fromEntries(rows.map(([label, cell]) => [label!.text, [cell!.text, ...(cell!.marks ?? [])]]));
}
