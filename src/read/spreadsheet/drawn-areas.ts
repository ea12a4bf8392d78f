import { ReadError } from '../document.ts';

/** A stretch of cells; rows and columns count from 0. */
export interface Area {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

const ANCHORS: ReadonlySet<string> = new Set(['twoCellAnchor', 'oneCellAnchor', 'anchor']);
/** What reaches so little into a cell is the border of what stands in the one before: 3 points, in English Metric Units. */
const BORDER = 38_100;

/** Copying rows to and fro leaves thousands of shapes without size in a sheet; those are not counted. */
const MOST_AREAS = 10_000;

interface Corner {
  col: number;
  row: number;
  colOff: number;
  rowOff: number;
}

const isPlace = (name: string): name is keyof Corner =>
  name === 'col' || name === 'row' || name === 'colOff' || name === 'rowOff';

/**
 * Collects where pictures, shapes, objects and controls lie over the cells of a sheet, from the events of a drawing part
 * (ECMA-376 part 1, 20.5) or of the sheet itself (18.3.1.2). Of what has only its upper left cell stated that cell is
 * taken; what lies at a place of the page is left out.
 */
export class DrawnAreas {
  readonly areas: Area[] = [];
  #from: Corner | null = null;
  #to: Corner | null = null;
  #corner: Corner | null = null;
  #place: keyof Corner | null = null;
  #number = '';
  #named = false;
  #hidden = false;

  /** Within a corner, whose `col` and `row` are none of the sheet. */
  get inCorner(): boolean {
    return this.#corner !== null;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (ANCHORS.has(name)) {
      this.#from = null;
      this.#to = null;
      this.#named = false;
      this.#hidden = false;
    } else if (name === 'from') this.#from = this.#corner = { col: 0, row: 0, colOff: 0, rowOff: 0 };
    else if (name === 'to') this.#to = this.#corner = { col: 0, row: 0, colOff: 0, rowOff: 0 };
    else if (this.#corner && isPlace(name)) {
      this.#place = name;
      this.#number = '';
    } else if (name === 'cNvPr' && !this.#named) {
      this.#named = true;
      this.#hidden = attributes['hidden'] === '1' || attributes['hidden'] === 'true';
    }
  }

  text(text: string): void {
    if (this.#place) this.#number += text;
  }

  close(name: string): void {
    if (this.#place && name === this.#place) {
      if (this.#corner) this.#corner[this.#place] = Math.max(0, Number.parseInt(this.#number, 10) || 0);
      this.#place = null;
    } else if (name === 'from' || name === 'to') this.#corner = null;
    else if (ANCHORS.has(name)) {
      if (this.#from && !this.#hidden && !isSpeck(this.#from, this.#to)) {
        if (this.areas.length >= MOST_AREAS)
          throw new ReadError('too_large', `A sheet has more than ${MOST_AREAS} drawings.`);
        this.areas.push(areaOf(this.#from, this.#to));
      }
      this.#from = null;
    }
  }
}

/** A line along the cells, or what copying has left behind. */
function isSpeck(from: Corner, to: Corner | null): boolean {
  if (to === null) return false;
  const flat = to.row === from.row && to.rowOff - from.rowOff < BORDER;
  return flat || (to.col === from.col && to.colOff - from.colOff < BORDER);
}

function areaOf(from: Corner, to: Corner | null): Area {
  const upTo = (first: number, last: number, into: number) =>
    Math.max(1, last - first + (into > BORDER ? 1 : 0));
  return {
    row: from.row,
    column: from.col,
    rows: to ? upTo(from.row, to.row, to.rowOff) : 1,
    columns: to ? upTo(from.col, to.col, to.colOff) : 1,
  };
}

/** For each cell of a grid, row by row, whether one of the areas covers it. */
export function coveredCells(areas: readonly Area[], rows: number, columns: number): Uint8Array {
  const covered = new Uint8Array(rows * columns);
  if (areas.length === 0) return covered;
  // What begins and ends at each place, summed up along both axes: as long for many areas as for one.
  const width = columns + 1;
  const sums = new Int32Array((rows + 1) * width);
  for (const area of areas) {
    const top = Math.max(0, area.row);
    const left = Math.max(0, area.column);
    const bottom = Math.min(rows, area.row + area.rows);
    const right = Math.min(columns, area.column + area.columns);
    if (top >= bottom || left >= right) continue;
    sums[top * width + left]! += 1;
    sums[top * width + right]! -= 1;
    sums[bottom * width + left]! -= 1;
    sums[bottom * width + right]! += 1;
  }
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const at = row * width + column;
      if (column > 0) sums[at]! += sums[at - 1]!;
      if (row > 0) {
        sums[at]! += sums[at - width]!;
        if (column > 0) sums[at]! -= sums[at - width - 1]!;
      }
      if (sums[at]! > 0) covered[row * columns + column] = 1;
    }
  return covered;
}
