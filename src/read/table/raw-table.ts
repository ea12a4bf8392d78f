import type { Block, Grid, GridCell, Location, Mark, Paragraph, Reading } from '../document.ts';
import { holdsSeveralNumbers } from './several-numbers.ts';

/** A line of text inside a cell or of the running text, before it is decided what its table is for. */
export interface Line {
  readonly kind: 'line';
  readonly text: string;
  readonly location: Location;
  readonly marks: readonly Mark[];
  readonly role?: NonNullable<Paragraph['role']>;
}

export interface RawCell {
  readonly row: number;
  readonly column: number;
  rowSpan: number;
  columnSpan: number;
  readonly items: (Line | RawTable)[];
  readonly location: Location;
  readonly marks: ReadonlySet<Mark>;
}

/** A table with its spans resolved; cells may hold further tables. */
export interface RawTable {
  readonly kind: 'table';
  readonly rows: number;
  readonly cells: readonly RawCell[];
  readonly location: Location;
}

/**
 * Adds a table to the blocks. A table that only places other things on the page (its cells hold tables of more cells
 * than itself, or it has a single column) becomes what stands in it, in reading order; any other becomes a grid,
 * followed by the tables in its cells.
 */
export function emitTable(table: RawTable, reading: Reading, blocks: Block[]): void {
  const nested = countNested(table);
  if (nested > table.cells.length || columnsOf(table) <= 1) {
    for (const cell of table.cells) emitItems(cell.items, reading, blocks);
    return;
  }
  blocks.push(toGrid(table, reading));
  if (nested === 0) return;
  for (const cell of table.cells)
    for (const item of cell.items) if (item.kind === 'table') emitTable(item, reading, blocks);
}

/** Adds lines as paragraphs, empty ones left out, and tables, in the order in which they stand. */
export function emitItems(items: readonly (Line | RawTable)[], reading: Reading, blocks: Block[]): void {
  for (const item of items) {
    if (item.kind === 'table') emitTable(item, reading, blocks);
    else if (item.text.trim() !== '') blocks.push(toParagraph(item, reading));
  }
}

function toParagraph(line: Line, reading: Reading): Paragraph {
  return {
    kind: 'paragraph',
    text: line.text,
    location: line.location,
    reading,
    ...(line.role ? { role: line.role } : {}),
    ...(line.marks.length > 0 ? { marks: line.marks } : {}),
  };
}

function toGrid(table: RawTable, reading: Reading): Grid {
  const columns = columnsOf(table);
  const cells: GridCell[] = [];
  for (const cell of table.cells) {
    const lines: string[] = [];
    // Nearly every cell has none.
    let marks: Set<Mark> | null = cell.marks.size > 0 ? new Set(cell.marks) : null;
    for (const item of cell.items) {
      if (item.kind === 'table') {
        marks ??= new Set();
        marks.add('nested_table');
        continue;
      }
      for (const mark of item.marks) {
        marks ??= new Set();
        marks.add(mark);
      }
      if (!item.text.includes('\n')) {
        if (item.text.trim() !== '') lines.push(item.text);
        continue;
      }
      for (const line of item.text.split('\n')) if (line.trim() !== '') lines.push(line);
    }
    if (lines.length > 1 && holdsSeveralNumbers(lines)) {
      marks ??= new Set();
      marks.add('several_paragraphs');
    }
    cells.push({
      row: cell.row,
      column: cell.column,
      rowSpan: Math.max(1, Math.min(cell.rowSpan, table.rows - cell.row)),
      columnSpan: Math.max(1, Math.min(cell.columnSpan, columns - cell.column)),
      text: lines.length === 1 ? (lines[0] as string) : lines.join('\n'),
      location: cell.location,
      reading,
      ...(marks ? { marks: [...marks] } : {}),
    });
  }
  return { kind: 'grid', rows: table.rows, columns, cells, location: table.location };
}

/** Columns in which a cell begins; spans that run over the last of them (`colspan=9` in seven columns) add none. */
function columnsOf(table: RawTable): number {
  let last = -1;
  for (const { column } of table.cells) if (column > last) last = column;
  return last + 1;
}

function countNested(table: RawTable): number {
  let count = 0;
  for (const cell of table.cells)
    for (const item of cell.items) if (item.kind === 'table') count += item.cells.length + countNested(item);
  return count;
}
