import type { Mark } from '../document.ts';
import { cellText, wrapsForWidth } from './cell-text.ts';
import { findLattices, type Lattice, type LatticeCell } from './lattice.ts';
import { buildLines, type TextLine } from './lines.ts';
import type { PageGeometry, TextBox } from './page-geometry.ts';
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

/** Finds the tables of a page by its rules and puts every text box into a cell, or leaves it to the running text. */
export function layoutPage(page: PageGeometry): PageLayout {
  const { lattices } = findLattices(joinSegments(page.segments));
  const inside: TextBox[][] = lattices.map(() => []);
  const outside: TextBox[] = [];
  for (const box of page.text) {
    const home = innermost(lattices, box);
    if (home === -1) outside.push(box);
    else inside[home]!.push(box);
  }
  const tables = lattices.map((lattice, i) => fill(page.page, lattice, inside[i]!));
  return { page: page.page, width: page.width, height: page.height, tables, lines: buildLines(outside) };
}

function innermost(lattices: readonly Lattice[], box: TextBox): number {
  const x = (box.x0 + box.x1) / 2;
  const y = (box.y0 + box.y1) / 2;
  let best = -1;
  let area = Infinity;
  lattices.forEach((lattice, i) => {
    if (x < lattice.x0 || x > lattice.x1 || y < lattice.y0 || y > lattice.y1) return;
    const size = (lattice.x1 - lattice.x0) * (lattice.y1 - lattice.y0);
    if (size < area) {
      area = size;
      best = i;
    }
  });
  return best;
}

function fill(page: number, lattice: Lattice, boxes: readonly TextBox[]): PageTable {
  const contents = assign(lattice, boxes);
  const texts = contents.map((c) => cellText(c.boxes));
  const padding = paddingOf(lattice, texts);
  const cells = lattice.cells.map((cell, i): PageCell => {
    const text = texts[i]!;
    const marks = new Set<Mark>([...text.marks, ...contents[i]!.marks]);
    if (cell.uncertain) marks.add('boundary_uncertain');
    if (!wrapsForWidth(text.lines, cell.x1 - cell.x0 - 2 * padding)) marks.add('several_paragraphs');
    return { ...cell, text: text.text, lines: text.lines, marks: [...marks] };
  });
  return { ...lattice, page, cells, padding };
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
  readonly boxes: TextBox[];
  readonly marks: Set<Mark>;
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
  const cellAt = (x: number, y: number): number => owner[gap(ys, y) * columns + gap(xs, x)]!;
  const contents = cells.map((): Content => ({ boxes: [], marks: new Set() }));
  for (const line of buildLines(boxes)) {
    for (const word of words(line)) {
      const first = word[0]!;
      const last = word[word.length - 1]!;
      const y = (line.y0 + line.y1) / 2;
      const homes = word.map((b) => cellAt((b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2));
      if (homes.every((h) => h === homes[0])) {
        contents[homes[0]!]!.boxes.push(...word);
        continue;
      }
      // The line may hold text of rows that stand at different heights; only what is side by side runs over a rule.
      const home = cellAt((first.x0 + last.x1) / 2, y);
      const overruns = word.some(
        (b, i) => i > 0 && homes[i] !== homes[i - 1] && touches(word[i - 1]!, b, xs),
      );
      if (overruns && homes.includes(home)) {
        for (const h of new Set(homes)) contents[h]!.marks.add('overlapping');
        contents[home]!.boxes.push(...word);
      } else for (const [i, b] of word.entries()) contents[homes[i]!]!.boxes.push(b);
    }
  }
  return contents;
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

/** Pieces of a line whose characters stand close together. */
function words(line: TextLine): TextBox[][] {
  const out: TextBox[][] = [];
  let word: TextBox[] = [];
  for (const box of line.boxes) {
    const previous = word.at(-1);
    if (previous && box.x0 - previous.x1 > 0.15 * (box.y1 - box.y0)) {
      out.push(word);
      word = [];
    }
    word.push(box);
  }
  if (word.length) out.push(word);
  return out;
}

/** A rule between two characters of a word goes through one of them or finds no room between them. */
function touches(a: TextBox, b: TextBox, xs: readonly number[]): boolean {
  return xs.some((x) => x > a.x0 && x < b.x1 && (x < a.x1 + 0.3 || x > b.x0 - 0.3));
}
