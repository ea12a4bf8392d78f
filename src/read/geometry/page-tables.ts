import type { Mark } from '../document.ts';
import { cellText, wrapsForWidth } from './cell-text.ts';
import { findLattices, type Lattice, type LatticeCell, withoutStrips } from './lattice.ts';
import { buildLines, type TextLine } from './lines.ts';
import type { Box, PageGeometry, Segment, TextBox } from './page-geometry.ts';
import { joinSegments } from './rulings.ts';

/** A table on one page with its text. */
export interface PageTable extends Omit<Lattice, 'cells'> {
  readonly page: number;
  readonly cells: readonly PageCell[];
  /** Distance kept between text and rule, as far as the table shows it. */
  readonly padding: number;
}

export interface PageCell extends LatticeCell {
  readonly text: string;
  readonly lines: readonly TextLine[];
  readonly marks: readonly Mark[];
}

/** A page taken apart: its tables, and the lines that stand in none, both from top to bottom. */
export interface PageLayout {
  readonly page: number;
  readonly width: number;
  readonly height: number;
  readonly tables: readonly PageTable[];
  readonly lines: readonly TextLine[];
}

/** The tables of a page that rules or shading show, before any text is put into them. */
export function ruledTables(page: PageGeometry): Lattice[] {
  const { lattices } = findLattices(joinSegments(page.segments));
  const tables = lattices.filter((l) => l.cells.length > 1 || !isFrame(l, lattices, page));
  // Where there are rules they say where cells end; shading only counts beside them.
  const areas = page.shades.filter((s) => isCellShade(s, page) && !tables.some((t) => within(s, t)));
  if (areas.length > 1) {
    const shaded = findLattices(joinSegments(areas.flatMap(outline))).lattices.filter(
      (l) =>
        l.cells.length > 2 && !tables.some((t) => within(l, t)) && l.cells.every((c) => isShaded(c, areas)),
    );
    // Every other row shaded: what lies between would be lost. Cells that are shaded one by one stand apart.
    const single = shaded.filter((l) => l.ys.length === 2);
    tables.push(...shaded.filter((l) => l.ys.length > 2 || (single.length === 1 && standApart(l, areas))));
  }
  return tables.sort((a, b) => a.y0 - b.y0 || a.x0 - b.x0);
}

function isCellShade(shade: Box, page: PageGeometry): boolean {
  const width = shade.x1 - shade.x0;
  const height = shade.y1 - shade.y0;
  return width > 6 && height > 6 && width * height < 0.5 * page.width * page.height;
}

function within(inner: Box, outer: Box): boolean {
  const x = (inner.x0 + inner.x1) / 2;
  const y = (inner.y0 + inner.y1) / 2;
  return x > outer.x0 && x < outer.x1 && y > outer.y0 && y < outer.y1;
}

/** What is larger than the cell (a seal, a picture behind the table) is no content of it. */
function standsIn(ink: Box, cell: Box): boolean {
  const [width, height] = [cell.x1 - cell.x0, cell.y1 - cell.y0];
  return within(ink, cell) && ink.x1 - ink.x0 < width + 4 && ink.y1 - ink.y0 < height + 4;
}

function standApart(row: Box, areas: readonly Box[]): boolean {
  const own = areas.filter((a) => within(a, row)).sort((a, b) => a.x0 - b.x0);
  return own.every((a, i) => i === 0 || a.x0 - own[i - 1]!.x1 > 0.3);
}

/** Cells known by their shading are shaded; what lies between shaded ones may be several cells. */
function isShaded(cell: Box, areas: readonly Box[]): boolean {
  let covered = 0;
  for (const a of areas) {
    const width = Math.min(a.x1, cell.x1) - Math.max(a.x0, cell.x0);
    const height = Math.min(a.y1, cell.y1) - Math.max(a.y0, cell.y0);
    if (width > 0 && height > 0) covered += width * height;
  }
  return covered >= 0.7 * (cell.x1 - cell.x0) * (cell.y1 - cell.y0);
}

function outline(box: Box): Segment[] {
  const { x0, y0, x1, y1 } = box;
  return [
    { x0, y0, x1, y1: y0, thickness: 0 },
    { x0, y0: y1, x1, y1, thickness: 0 },
    { x0, y0, x1: x0, y1, thickness: 0 },
    { x0: x1, y0, x1, y1, thickness: 0 },
  ];
}

/** Puts every text box of a page into a cell of its tables, or leaves it to the running text. */
export function layoutPage(page: PageGeometry, lattices: readonly Lattice[]): PageLayout {
  const inside: TextBox[][] = lattices.map(() => []);
  const outside: TextBox[] = [];
  for (const box of page.text) {
    const home = innermost(lattices, box);
    if (home === -1) outside.push(box);
    else inside[home]!.push(box);
  }
  const tables = lattices.map((lattice, i) => fill(page, lattice, inside[i]!));
  return { page: page.page, width: page.width, height: page.height, tables, lines: buildLines(outside) };
}

/** A single box around other tables or around most of the page is an ornament. */
function isFrame(lattice: Lattice, all: readonly Lattice[], page: PageGeometry): boolean {
  const area = (lattice.x1 - lattice.x0) * (lattice.y1 - lattice.y0);
  if (area > 0.5 * page.width * page.height) return true;
  return all.some(
    (l) =>
      l !== lattice && l.x0 >= lattice.x0 && l.x1 <= lattice.x1 && l.y0 >= lattice.y0 && l.y1 <= lattice.y1,
  );
}

function innermost(lattices: readonly Lattice[], box: TextBox): number {
  const x = (box.x0 + box.x1) / 2;
  const y = (box.y0 + box.y1) / 2;
  let best = -1;
  let area = Infinity;
  for (let i = 0; i < lattices.length; i++) {
    const lattice = lattices[i]!;
    if (x < lattice.x0 || x > lattice.x1 || y < lattice.y0 || y > lattice.y1) continue;
    const size = (lattice.x1 - lattice.x0) * (lattice.y1 - lattice.y0);
    if (size < area) {
      area = size;
      best = i;
    }
  }
  return best;
}

function fill(page: PageGeometry, drawn: Lattice, boxes: readonly TextBox[]): PageTable {
  const lattice = withoutStrips(drawn, boxes);
  const contents = assign(lattice, boxes);
  const texts = contents.map((c) => cellText(c.boxes));
  const padding = paddingOf(lattice, texts);
  const inks = (page.inks ?? []).filter((ink) => within(ink, lattice));
  const cells = lattice.cells.map((cell, i): PageCell => {
    const { text, lines, marks: own } = texts[i]!;
    let marks = own;
    if (contents[i]!.overrun) marks = withMark(marks, 'overlapping');
    if (inks.some((ink) => standsIn(ink, cell))) marks = withMark(marks, 'picture');
    if (cell.uncertain) marks = withMark(marks, 'boundary_uncertain');
    if (!wrapsForWidth(lines, cell.x1 - cell.x0 - 2 * padding)) marks = withMark(marks, 'several_paragraphs');
    return { ...cell, text, lines, marks };
  });
  return withoutPhantomRows(withoutEmptyEnds({ ...lattice, page: page.page, cells, padding }));
}

function withMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  return marks.includes(mark) ? marks : [...marks, mark];
}

/**
 * Where the rules of the label columns stand a little above or below those of the figures, as browsers draw them after
 * a page break, a row comes about that has hardly any cell of its own. Most of its width belongs to cells that go on
 * above or below, and what is its own is blank.
 */
function withoutPhantomRows(table: PageTable): PageTable {
  let { ys, cells } = table;
  const columns = table.xs.length - 1;
  if (columns < 4 || !mayHavePhantomRow(table)) return table;
  for (let row = ys.length - 2; row >= 0 && ys.length > 2; row--) {
    const own = cells.filter((c) => c.row === row && c.rowSpan === 1);
    const width = own.reduce((sum, c) => sum + c.columnSpan, 0);
    if (own.some((c) => c.text !== '') || width * 2 > columns) continue;
    const through = cells.filter((c) => c.row <= row && c.row + c.rowSpan > row && c.rowSpan > 1);
    // A row that cells of figures share with the next is no row of the form: figures do not span rows.
    if (!through.some((c) => /[0-9０-９]|^[-–—－/]+$/.test(c.text) || c.column * 2 >= columns)) continue;
    // The edge that goes is the one that fewer cells know.
    const gone = row;
    cells = cells
      .filter((c) => !own.includes(c))
      .map((c) => {
        const from = c.row > gone ? c.row - 1 : c.row;
        const end = c.row + c.rowSpan > gone ? c.row + c.rowSpan - 1 : c.row + c.rowSpan;
        return { ...c, row: from, rowSpan: end - from };
      });
    ys = ys.filter((_, i) => i !== (row === 0 ? 1 : row));
  }
  return { ...table, ys, cells };
}

/** Whether blank cells of one row alone make up no more than half of its width, in any row. */
function mayHavePhantomRow({ xs, ys, cells }: PageTable): boolean {
  const widths = new Float64Array(ys.length - 1);
  for (const c of cells)
    if (c.rowSpan === 1) widths[c.row] = c.text === '' ? widths[c.row]! + c.columnSpan : Infinity;
  return widths.some((width) => width * 2 <= xs.length - 1);
}

/** Rules that run on to the edge of the page after the last row (or before the first) enclose no row. */
function withoutEmptyEnds(table: PageTable): PageTable {
  if (!table.openBottom && !table.openTop) return table;
  const rows = table.ys.length - 1;
  const emptyRow = (row: number): boolean =>
    rows > 1 &&
    table.cells.every((c) => c.text === '' || c.row > row || c.row + c.rowSpan <= row || c.rowSpan > 1);
  let { ys, cells, y0, y1 } = table;
  if (table.openBottom && emptyRow(rows - 1)) {
    ys = ys.slice(0, -1);
    y1 = ys[ys.length - 1]!;
    cells = cells
      .filter((c) => c.row < rows - 1)
      .map((c) => (c.row + c.rowSpan === rows ? { ...c, rowSpan: c.rowSpan - 1, y1 } : c));
  }
  if (table.openTop && ys.length > 2 && emptyRow(0)) {
    ys = ys.slice(1);
    y0 = ys[0]!;
    cells = cells
      .filter((c) => c.row > 0 || c.rowSpan > 1)
      .map((c) => (c.row === 0 ? { ...c, rowSpan: c.rowSpan - 1, y0 } : { ...c, row: c.row - 1 }));
  }
  return { ...table, ys, cells, y0, y1 };
}

/** The smallest distance that some text keeps from the side of its cell. */
function paddingOf(lattice: Lattice, texts: readonly { readonly lines: readonly TextLine[] }[]): number {
  let padding = 8;
  lattice.cells.forEach((cell, i) => {
    for (const line of texts[i]!.lines)
      padding = Math.min(padding, Math.max(0, line.x0 - cell.x0), Math.max(0, cell.x1 - line.x1));
  });
  return padding;
}

interface Content {
  boxes: TextBox[];
  /** Text runs over the rules of the cell, into it or out of it. */
  overrun: boolean;
}

/** Each box goes to the cell that holds its middle, and a word that runs over a rule as a whole to the cell of its middle. */
function assign(lattice: Lattice, boxes: readonly TextBox[]): Content[] {
  const { xs, ys, cells } = lattice;
  const columns = xs.length - 1;
  const owner = new Int32Array(columns * (ys.length - 1)).fill(-1);
  cells.forEach((cell, i) => {
    for (let r = cell.row; r < cell.row + cell.rowSpan; r++)
      for (let c = cell.column; c < cell.column + cell.columnSpan; c++) owner[r * columns + c] = i;
  });
  let row = 0;
  let column = 0;
  // A character mostly stands in the same square as the one before it.
  const cellAt = (x: number, y: number): number => {
    if (!(y >= ys[row]! && y < ys[row + 1]!)) row = gap(ys, y);
    if (!(x >= xs[column]! && x < xs[column + 1]!)) column = gap(xs, x);
    return owner[row * columns + column]!;
  };
  return assignInside(cells, boxes, cellAt) ?? assignWords(lattice, boxes, cellAt);
}

/** The index of the cell at a place. */
type CellAt = (x: number, y: number) => number;

/** Where every box keeps away from the rules of its cell; null where one does not. Asking is much cheaper than looking for words. */
function assignInside(
  cells: readonly LatticeCell[],
  boxes: readonly TextBox[],
  cellAt: CellAt,
): Content[] | null {
  const contents = cells.map((): Content => ({ boxes: [], overrun: false }));
  for (const box of boxes) {
    if (box.text === ' ') continue;
    const { x0, y0, x1, y1 } = box;
    const home = cellAt((x0 + x1) / 2, (y0 + y1) / 2);
    const cell = cells[home]!;
    // Boxes on two sides of a rule are then too far apart for one word.
    const away = Math.max(TOUCH, 0.5 * WORD_GAP * (y1 - y0));
    if (x0 < cell.x0 + away || x1 > cell.x1 - away || y0 <= cell.y0 || y1 >= cell.y1) return null;
    contents[home]!.boxes.push(box);
  }
  return contents;
}

/** Word by word, since some run over rules. */
function assignWords(lattice: Lattice, boxes: readonly TextBox[], cellAt: CellAt): Content[] {
  const { xs, cells } = lattice;
  const homeOf = (b: TextBox): number => cellAt((b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2);
  const contents = cells.map((): Content => ({ boxes: [], overrun: false }));
  for (const line of buildLines(boxes)) {
    const { boxes } = line;
    for (let from = 0, to = 0; from < boxes.length; from = to) {
      to = endOfWord(boxes, from);
      const first = boxes[from]!;
      const last = boxes[to - 1]!;
      const one = homeOf(first);
      let next = from + 1;
      while (next < to && homeOf(boxes[next]!) === one) next++;
      if (next === to) {
        const content = contents[one]!;
        if (content.boxes.length === 0) content.boxes = boxes.slice(from, to);
        else for (let i = from; i < to; i++) content.boxes.push(boxes[i]!);
        continue;
      }
      const word = boxes.slice(from, to);
      const y = (line.y0 + line.y1) / 2;
      const homes = word.map(homeOf);
      // The line may hold text of rows that stand at different heights; only what is side by side runs over a rule.
      const home = cellAt((first.x0 + last.x1) / 2, y);
      const overruns = word.some(
        (b, i) => i > 0 && homes[i] !== homes[i - 1] && touches(word[i - 1]!, b, xs),
      );
      if (overruns && homes.includes(home)) {
        for (const h of new Set(homes)) contents[h]!.overrun = true;
        contents[home]!.boxes.push(...word);
      } else for (const [i, b] of word.entries()) contents[homes[i]!]!.boxes.push(b);
    }
  }
  liftOverflow(lattice, contents, cellAt);
  return contents;
}

/**
 * A label too long for its cell runs down over the rule below it. A first line that stands on the upper rule of its
 * cell belongs to the text above when it stands nearer to that.
 */
function liftOverflow(lattice: Lattice, contents: readonly Content[], cellAt: CellAt): void {
  lattice.cells.forEach((cell, i) => {
    const own = contents[i]!.boxes;
    if (cell.row === 0 || own.every((b) => b.y0 > cell.y0)) return;
    const lines = buildLines(own);
    const first = lines[0];
    if (!first || first.y0 > cell.y0 - 0.12 * first.size) return;
    const above = cellAt((first.x0 + first.x1) / 2, cell.y0 - 1);
    if (above === i) return;
    const over = buildLines(contents[above]!.boxes).at(-1);
    if (!over) return;
    const gap = first.y0 - over.y1;
    const next = lines[1];
    if (gap > 0.9 * first.size || (next && next.y0 - first.y1 < gap + 0.2 * first.size)) return;
    if (/[0-9０-９]/.test(first.text)) {
      contents[i]!.overrun = true;
      contents[above]!.overrun = true;
      if (!next) return;
    }
    const moved = new Set(first.boxes);
    contents[above]!.boxes.push(...first.boxes);
    contents[i]!.boxes = contents[i]!.boxes.filter((b) => !moved.has(b));
  });
}

/** Index of the gap between neighbouring positions in which a value lies. */
function gap(positions: readonly number[], value: number): number {
  let low = 0;
  let high = positions.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (positions[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Characters further apart than this share of their height are not of one word. */
const WORD_GAP = 0.15;

/** Where the characters of a line that begin at `from` no longer stand close together. */
function endOfWord(boxes: readonly TextBox[], from: number): number {
  let end = from + 1;
  for (; end < boxes.length; end++) {
    const box = boxes[end]!;
    if (box.x0 - boxes[end - 1]!.x1 > WORD_GAP * (box.y1 - box.y0)) break;
  }
  return end;
}

/** A character this near to a rule touches it, in points. */
const TOUCH = 0.3;

/** A rule between two characters of a word goes through one of them or finds no room between them. */
function touches(a: TextBox, b: TextBox, xs: readonly number[]): boolean {
  return xs.some((x) => x > a.x0 && x < b.x1 && (x < a.x1 + TOUCH || x > b.x0 - TOUCH));
}
