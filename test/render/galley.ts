import { flow } from './flow.ts';
import type { ModelCell, ReportRecord, TableModel } from './record.ts';

/** A page as boxes, lines of text and nothing else, in points, origin top left: what page formats can draw. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly texts: SheetText[];
  readonly cells: SheetCell[];
}

export interface SheetText {
  readonly x: number;
  /** Of the baseline. */
  readonly y: number;
  readonly size: number;
  readonly text: string;
}

/** What a page shows of a table cell. */
export interface SheetCell {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** Row of the table in which the cell begins, for shading every other one. */
  readonly row: number;
  /** The page cuts the cell there. */
  readonly cutAbove: boolean;
  readonly cutBelow: boolean;
}

export interface GalleyStyle {
  readonly width: number;
  readonly height: number;
  readonly margin: number;
  readonly size: number;
  /** Width of a column of numbers in ems; digits wrap where it is narrow. */
  readonly numberWidth: number;
  /** Width of the column for 三、本年度办理结果 in ems; at 2 its characters stand one below the other. */
  readonly labelWidth: number;
  /** Where pages may cut tables: between rows, or between the lines of a row. */
  readonly cut: 'rows' | 'lines';
  readonly align: 'top' | 'middle';
  readonly repeatHead: boolean;
  /** Moves everything down by this much, so that pages cut elsewhere. */
  readonly offset: number;
}

export const PLAIN_GALLEY: GalleyStyle = {
  width: 595,
  height: 842,
  margin: 72,
  size: 10.5,
  numberWidth: 3.4,
  labelWidth: 2.4,
  cut: 'rows',
  align: 'middle',
  repeatHead: false,
  offset: 0,
};

const LEADING = 1.45;
const PAD = 4;

/** Width of a text in ems: ideographs are one wide, everything of ASCII half. */
export function measure(text: string): number {
  let width = 0;
  for (const char of text) width += char.charCodeAt(0) < 0x100 ? 0.5 : 1;
  return width;
}

function wrap(text: string, ems: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const char of paragraph) {
      if (line && measure(line + char) > ems + 1e-9) {
        lines.push(line);
        line = '';
      }
      line += char;
    }
    lines.push(line);
  }
  return lines;
}

/** Sets a report into pages. */
export function setSheets(record: ReportRecord, style: GalleyStyle = PLAIN_GALLEY): Sheet[] {
  const setter = new Setter(style);
  for (const item of flow(record)) {
    if (item.kind === 'table') setter.table(item.model);
    else if (item.kind !== 'chart') setter.paragraph(item.kind, item.text);
  }
  return setter.sheets;
}

class Setter {
  readonly sheets: Sheet[] = [];
  readonly #style: GalleyStyle;
  #y = 0;

  constructor(style: GalleyStyle) {
    this.#style = style;
    this.#turnPage();
    this.#y += style.offset;
  }

  #turnPage(): void {
    const { width, height, margin } = this.#style;
    this.sheets.push({ width, height, texts: [], cells: [] });
    this.#y = margin;
  }

  get #sheet(): Sheet {
    return this.sheets.at(-1)!;
  }

  get #bottom(): number {
    return this.#style.height - this.#style.margin;
  }

  get #lead(): number {
    return this.#style.size * LEADING;
  }

  paragraph(kind: string, text: string): void {
    const { margin, width, size } = this.#style;
    const own = kind === 'title' ? size * 1.5 : kind === 'heading' ? size * 1.2 : size;
    const ems = (width - 2 * margin) / own;
    const lines = wrap(kind === 'paragraph' ? `　　${text}` : text, ems);
    for (const line of lines) {
      if (this.#y + own * LEADING > this.#bottom) this.#turnPage();
      const indent = line.startsWith('　　') ? 2 * own : 0;
      const shown = line.replace(/^　+/, '');
      const x = kind === 'title' ? (width - measure(shown) * own) / 2 : margin + indent;
      this.#sheet.texts.push({ x, y: this.#y + own, size: own, text: shown });
      this.#y += own * LEADING;
    }
  }

  table(model: TableModel): void {
    const laid = this.#lay(model);
    const heads =
      this.#style.repeatHead && model.table !== 't2' ? model.rows.length - countValueRows(model) : 0;
    const headHeight = laid.ys[heads]!;
    let from = 0;
    const total = laid.ys.at(-1)!;
    this.#y += 6;
    // A head that is to be repeated is not cut itself.
    if (heads > 0 && laid.ys[heads + 1]! > this.#bottom - this.#y) this.#turnPage();
    let fresh = false;
    while (from < total - 0.01) {
      const repeat = from > 0 && heads > 0 ? headHeight : 0;
      const room = this.#bottom - this.#y - repeat;
      let to = total - from <= room ? total : this.#cutAt(laid, from, room);
      if (to <= from && !fresh) {
        this.#turnPage();
        fresh = true;
        continue;
      }
      // A row taller than a page is cut wherever the page ends.
      if (to <= from) to = Math.min(total, from + Math.max(1, Math.floor(room / this.#lead)) * this.#lead);
      if (repeat) {
        this.#draw(laid, 0, headHeight, this.#y);
        this.#y += repeat;
      }
      this.#draw(laid, from, to, this.#y);
      this.#y += to - from;
      from = to;
      if (from < total - 0.01) this.#turnPage();
      fresh = true;
    }
    this.#y += 8;
  }

  /** The last place above which the page can end. */
  #cutAt(laid: Laid, from: number, room: number): number {
    const limit = from + room;
    const boundary = Math.max(from, ...laid.ys.filter((y) => y <= limit + 0.01));
    if (this.#style.cut === 'rows') return boundary;
    const lead = this.#style.size * LEADING;
    const row = laid.ys.findIndex((y) => y > boundary + 0.01) - 1;
    const top = laid.ys[row]!;
    const lines = Math.floor((limit - top - PAD) / lead);
    const own = Math.round((laid.ys[row + 1]! - top - 2 * PAD) / lead);
    if (lines < 1 || own < 2 || top < from) return boundary;
    return top + PAD + Math.min(lines, own - 1) * lead;
  }

  #lay(model: TableModel): Laid {
    const { size, margin, width, numberWidth, labelWidth, align } = this.#style;
    const lead = size * LEADING;
    const full = width - 2 * margin;
    const widths = columnWidths(model, full, numberWidth * size + 2 * PAD, labelWidth * size + 2 * PAD);
    const xs = [margin];
    for (const w of widths) xs.push(xs.at(-1)! + w);
    const cells: LaidCell[] = [];
    const taken: boolean[][] = model.rows.map(() => []);
    model.rows.forEach((row, r) => {
      let column = 0;
      for (const cell of row) {
        while (taken[r]![column]) column++;
        const rowSpan = Math.min(cell.rowSpan, model.rows.length - r);
        for (let i = r; i < r + rowSpan; i++)
          for (let c = column; c < column + cell.columnSpan; c++) taken[i]![c] = true;
        const x0 = xs[column]!;
        const x1 = xs[column + cell.columnSpan]!;
        const ems = Math.max(1, (x1 - x0 - 2 * PAD) / size);
        cells.push({ cell, row: r, rowSpan, x0, x1, lines: cell.text === '' ? [] : wrap(cell.text, ems) });
        column += cell.columnSpan;
      }
    });
    const heights = model.rows.map(() => lead + 2 * PAD);
    for (const c of cells)
      if (c.rowSpan === 1) heights[c.row] = Math.max(heights[c.row]!, c.lines.length * lead + 2 * PAD);
    for (const c of cells) {
      if (c.rowSpan === 1) continue;
      let have = 0;
      for (let r = c.row; r < c.row + c.rowSpan; r++) have += heights[r]!;
      const lack = c.lines.length * lead + 2 * PAD - have;
      if (lack > 0) heights[c.row + c.rowSpan - 1]! += lack;
    }
    const ys = [0];
    for (const h of heights) ys.push(ys.at(-1)! + h);
    const texts: Laid['texts'] = [];
    for (const c of cells) {
      const y0 = ys[c.row]!;
      const y1 = ys[c.row + c.rowSpan]!;
      const height = c.lines.length * lead;
      const start = align === 'top' && c.rowSpan === 1 ? y0 + PAD : y0 + (y1 - y0 - height) / 2;
      c.lines.forEach((text, i) => {
        const centered = c.cell.kind !== 'label' || c.rowSpan > 1;
        const x = centered ? (c.x0 + c.x1 - measure(text) * size) / 2 : c.x0 + PAD;
        if (text.trim()) texts.push({ x, y: start + i * lead, text });
      });
    }
    return { ys, cells, texts };
  }

  #draw(laid: Laid, from: number, to: number, at: number): void {
    const { size } = this.#style;
    const lead = size * LEADING;
    const sheet = this.#sheet;
    for (const c of laid.cells) {
      const y0 = laid.ys[c.row]!;
      const y1 = laid.ys[c.row + c.rowSpan]!;
      const top = Math.max(y0, from);
      const bottom = Math.min(y1, to);
      if (bottom - top < 0.01) continue;
      sheet.cells.push({
        x0: c.x0,
        x1: c.x1,
        y0: at + top - from,
        y1: at + bottom - from,
        row: c.row,
        cutAbove: y0 < from - 0.01,
        cutBelow: y1 > to + 0.01,
      });
    }
    for (const t of laid.texts) {
      const middle = t.y + lead / 2;
      if (middle < from || middle >= to) continue;
      // A line that the cut would halve is moved to the side on which most of it stands.
      const y = Math.min(Math.max(t.y, from), Math.max(from, to - lead));
      sheet.texts.push({ x: t.x, y: at + y - from + (lead - size) / 2 + 0.86 * size, size, text: t.text });
    }
  }
}

interface LaidCell {
  readonly cell: ModelCell;
  readonly row: number;
  readonly rowSpan: number;
  readonly x0: number;
  readonly x1: number;
  readonly lines: readonly string[];
}

interface Laid {
  readonly ys: readonly number[];
  readonly cells: readonly LaidCell[];
  readonly texts: { x: number; y: number; text: string }[];
}

function columnWidths(model: TableModel, full: number, number: number, label: number): number[] {
  if (model.table !== 't3') return Array.from({ length: model.columns }, () => full / model.columns);
  const numbers = model.columns - 3;
  const left = full - numbers * number - label;
  return [label, left * 0.28, left * 0.72, ...Array.from({ length: numbers }, () => number)];
}

function countValueRows(model: TableModel): number {
  return model.rows.filter((row) => row.some((c) => c.kind === 'value')).length;
}
