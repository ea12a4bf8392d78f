import type { Paint } from './paint.ts';
import type { Attributes } from './xml.ts';

/** What a style says of the cells of a table: of all, and of those at a place (ECMA-376 part 1, 17.7.6). */
export interface TableStyle {
  readonly whole: Paint;
  /** By the kind of place: `firstRow`, `band1Horz`. */
  readonly places: ReadonlyMap<string, Paint>;
  /** Rows and columns that a band has. */
  readonly rowBand: number;
  readonly columnBand: number;
}

/** Which of its places a table makes use of (17.4.55). */
export interface TableLook {
  readonly firstRow: boolean;
  readonly lastRow: boolean;
  readonly firstColumn: boolean;
  readonly lastColumn: boolean;
  readonly rowBands: boolean;
  readonly columnBands: boolean;
}

/** What Word gives a new table. */
export const USUAL_LOOK: TableLook = tableLook({ 'w:val': '04A0' });

export function tableLook(attributes: Attributes): TableLook {
  const bits = Number.parseInt(attributes['w:val'] ?? '', 16) || 0;
  const said = (name: string, bit: number): boolean => {
    const value = attributes[`w:${name}`];
    return value === undefined ? (bits & bit) !== 0 : value === '1' || value === 'true' || value === 'on';
  };
  return {
    firstRow: said('firstRow', 0x20),
    lastRow: said('lastRow', 0x40),
    firstColumn: said('firstColumn', 0x80),
    lastColumn: said('lastColumn', 0x100),
    rowBands: !said('noHBand', 0x200),
    columnBands: !said('noVBand', 0x400),
  };
}

export interface CellPlace {
  /** From 0, as all below. */
  readonly row: number;
  readonly lastRow: boolean;
  readonly column: number;
  readonly lastColumn: boolean;
}

/** What a style says of one cell: of the places that the cell is at, those that are named later prevail. */
export function cellPaint(style: TableStyle, look: TableLook, place: CellPlace): Paint {
  const firstRow = look.firstRow && place.row === 0;
  const lastRow = look.lastRow && place.lastRow && !firstRow;
  const firstColumn = look.firstColumn && place.column === 0;
  const lastColumn = look.lastColumn && place.lastColumn && !firstColumn;
  const names: string[] = ['wholeTable'];
  if (look.columnBands && !firstColumn && !lastColumn)
    names.push(`${band(place.column - (look.firstColumn ? 1 : 0), style.columnBand)}Vert`);
  if (look.rowBands && !firstRow && !lastRow)
    names.push(`${band(place.row - (look.firstRow ? 1 : 0), style.rowBand)}Horz`);
  if (firstColumn) names.push('firstCol');
  if (lastColumn) names.push('lastCol');
  if (firstRow) names.push('firstRow');
  if (lastRow) names.push('lastRow');
  if (firstRow && firstColumn) names.push('nwCell');
  if (firstRow && lastColumn) names.push('neCell');
  if (lastRow && firstColumn) names.push('swCell');
  if (lastRow && lastColumn) names.push('seCell');
  const paint: Paint = { ...style.whole };
  for (const name of names) Object.assign(paint, style.places.get(name));
  return paint;
}

function band(at: number, size: number): 'band1' | 'band2' {
  return Math.floor(at / size) % 2 === 0 ? 'band1' : 'band2';
}
