import {
  type Block,
  type Document,
  type GridCell,
  type Mark,
  ReadError,
  type ReadLimits,
  type Source,
} from '../document.ts';
import { XmlError } from '../docx/xml.ts';
import { isCompoundFile } from '../ole.ts';
import { beginsAsXml } from '../single-xml.ts';
import { openZip } from '../zip.ts';
import { type Area, coveredCells } from './drawn-areas.ts';
import { readWorkbook, type Sheet } from './workbook.ts';

/**
 * Reads spreadsheets: XLSX (also written by WPS), ODS and comma-separated values. What stands between blank rows of a sheet is one grid; a
 * single cell by itself is a paragraph. Hidden sheets, rows and columns are left out.
 *
 * XLS, ET and workbooks in one XML file go through LibreOffice where it is installed, else `unsupported`. Throws `encrypted`, `corrupt`,
 * `too_large`.
 */
export async function readSpreadsheet(source: Source, limits: ReadLimits): Promise<Document> {
  if (source.bytes.length > limits.inputBytes)
    throw new ReadError('too_large', `${source.name}: larger than ${limits.inputBytes} bytes.`);
  if (isCompoundFile(source.bytes) || beginsAsXml(source.bytes)) {
    const { convert } = await import('../libreoffice.ts');
    const converted = await convert(source, 'xlsx', limits);
    if (!converted)
      throw new ReadError(
        'unsupported',
        `${source.name} is a workbook of Excel 97–2003 (XLS, ET) or in one XML file; open it in Excel, WPS or LibreOffice and save it as XLSX. With LibreOffice installed it is read directly.`,
      );
    return {
      ...(await readSpreadsheet({ ...source, bytes: converted }, limits)),
      reader: 'spreadsheet/libreoffice',
    };
  }
  const head = Buffer.from(source.bytes.subarray(0, 2)).toString('latin1');
  if (head !== 'PK') {
    const { readDelimited } = await import('./delimited.ts');
    return documentOf('spreadsheet/delimited', blocksOf(await readDelimited(source, limits), 1, limits));
  }
  const zip = openZip(source.bytes, limits);
  if (zip.has('content.xml')) {
    const { readOdt } = await import('../odt/odt.ts');
    return { ...(await readOdt(source, limits)), container: 'spreadsheet', reader: 'spreadsheet/ods' };
  }
  try {
    const blocks: Block[] = [];
    for (const [index, sheet] of readWorkbook(zip, limits).entries())
      blocks.push(...blocksOf(sheet, index + 1, limits));
    return documentOf('spreadsheet/ooxml', blocks);
  } catch (error) {
    if (error instanceof XmlError)
      throw new ReadError('corrupt', `${source.name}: its XML is damaged (${error.message})`, {
        cause: error,
      });
    throw error;
  }
}

function documentOf(reader: string, blocks: readonly Block[]): Document {
  return {
    container: 'spreadsheet',
    reader,
    blocks,
    charts: [],
    pictures: [],
    metadata: [],
    notes: [],
    pages: null,
  };
}

interface Placed {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly name: string;
}

function blocksOf(sheet: Sheet, number: number, limits: ReadLimits): Block[] {
  const { placed, drawn } = placedCells(sheet, limits);
  const blocks: Block[] = [];
  let rows: Placed[] = [];
  let bottom = -1;
  const close = () => {
    if (rows.some((cell) => cell.text !== '' || cell.marks.length > 0))
      blocks.push(blockOf(rows, drawn, `sheet=${number}`, limits));
    rows = [];
  };
  for (const cell of placed) {
    if (cell.row > bottom) close();
    rows.push(cell);
    bottom = Math.max(bottom, cell.row + cell.rows);
  }
  close();
  return blocks;
}

/** Cells that show something, in reading order, without what is hidden or covered, and what is drawn over them. */
function placedCells(sheet: Sheet, limits: ReadLimits): { placed: Placed[]; drawn: Area[] } {
  const rows = visible(
    sheet.cells.map((cell) => cell.row),
    sheet.hiddenRows,
  );
  const columns = visible(
    sheet.cells.map((cell) => cell.column),
    sheet.hiddenColumns,
  );
  const covered = new Set<string>();
  const spans = new Map<string, { rows: number; columns: number }>();
  let positions = 0;
  for (const merge of sheet.merges) {
    const tall = Math.min(merge.rows, rows.last - merge.row + 1);
    const wide = Math.min(merge.columns, columns.last - merge.column + 1);
    positions += Math.max(0, tall) * Math.max(0, wide);
    if (positions > limits.cells)
      throw new ReadError('too_large', `The sheet ${sheet.name} merges more than ${limits.cells} cells.`);
    for (let row = merge.row; row < merge.row + tall; row++)
      for (let column = merge.column; column < merge.column + wide; column++) covered.add(`${row},${column}`);
    covered.delete(`${merge.row},${merge.column}`);
    spans.set(`${merge.row},${merge.column}`, {
      rows: rows.at(merge.row + tall) - rows.at(merge.row),
      columns: columns.at(merge.column + wide) - columns.at(merge.column),
    });
  }
  const placed: Placed[] = [];
  for (const { row, column, text, marks } of sheet.cells) {
    const key = `${row},${column}`;
    if (covered.has(key) || sheet.hiddenRows.has(row) || sheet.hiddenColumns.has(column)) continue;
    const span = spans.get(key) ?? { rows: 1, columns: 1 };
    placed.push({
      row: rows.at(row),
      column: columns.at(column),
      rows: Math.max(1, span.rows),
      columns: Math.max(1, span.columns),
      text,
      marks,
      name: `cell=${letters(column)}${row + 1}`,
    });
  }
  placed.sort((a, b) => a.row - b.row || a.column - b.column);
  const drawn = sheet.drawn.map((area) => {
    const row = rows.at(area.row);
    const column = columns.at(area.column);
    return {
      row,
      column,
      rows: rows.at(area.row + area.rows) - row,
      columns: columns.at(area.column + area.columns) - column,
    };
  });
  return { placed, drawn };
}

/** Positions without the hidden ones. */
function visible(
  used: readonly number[],
  hidden: ReadonlySet<number>,
): { last: number; at(index: number): number } {
  const last = used.reduce((most, index) => Math.max(most, index), -1);
  const before: number[] = [0];
  for (let index = 0; index <= last; index++) before.push(before[index]! + (hidden.has(index) ? 0 : 1));
  return { last, at: (index) => before[Math.min(index, last + 1)]! };
}

function blockOf(cells: readonly Placed[], drawn: readonly Area[], sheet: string, limits: ReadLimits): Block {
  const [only] = cells;
  if (cells.length === 1)
    return {
      kind: 'paragraph',
      text: only!.text,
      location: `${sheet};${only!.name}`,
      reading: 'certain',
      ...marked(only!.marks),
    };
  const top = cells[0]!.row;
  const left = Math.min(...cells.map((cell) => cell.column));
  const rows = Math.max(...cells.map((cell) => cell.row + cell.rows)) - top;
  const columns = Math.max(...cells.map((cell) => cell.column + cell.columns)) - left;
  if (rows * columns > limits.cells)
    throw new ReadError('too_large', `A sheet has more than ${limits.cells} cells.`);
  const taken = new Uint8Array(rows * columns);
  const covered = coveredCells(
    drawn.map((area) => ({ ...area, row: area.row - top, column: area.column - left })),
    rows,
    columns,
  );
  const isCovered = (cell: Placed, row: number, column: number): boolean => {
    if (cell.marks.includes('picture')) return false;
    for (let y = row; y < row + cell.rows; y++)
      if (covered.subarray(y * columns + column, y * columns + column + cell.columns).includes(1))
        return true;
    return false;
  };
  const found: GridCell[] = [];
  for (const cell of cells) {
    const row = cell.row - top;
    const column = cell.column - left;
    found.push({
      row,
      column,
      rowSpan: cell.rows,
      columnSpan: cell.columns,
      text: cell.text,
      location: `${sheet};${cell.name}`,
      reading: 'certain',
      ...marked(isCovered(cell, row, column) ? [...cell.marks, 'picture'] : cell.marks),
    });
    for (let y = row; y < row + cell.rows; y++)
      taken.fill(1, y * columns + column, y * columns + column + cell.columns);
  }
  // A spreadsheet stores no empty cells; the table has them all the same.
  for (let at = 0; at < taken.length; at++) {
    if (taken[at] === 1) continue;
    const row = Math.floor(at / columns);
    found.push({
      row,
      column: at % columns,
      rowSpan: 1,
      columnSpan: 1,
      text: '',
      location: sheet,
      reading: 'certain',
      ...marked(covered[at] === 1 ? ['picture'] : []),
    });
  }
  found.sort((a, b) => a.row - b.row || a.column - b.column);
  return { kind: 'grid', rows, columns, cells: found, location: `${sheet};${cells[0]!.name}` };
}

function marked(marks: readonly Mark[]): { marks?: readonly Mark[] } {
  return marks.length > 0 ? { marks } : {};
}

function letters(column: number): string {
  let name = '';
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  return name;
}
