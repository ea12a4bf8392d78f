import type { Box, TextBox } from './page-geometry.ts';

/** Text boxes that stand on one line, left to right. */
export interface TextLine extends Box {
  readonly text: string;
  readonly boxes: readonly TextBox[];
  /** Height of the tallest box, about the font size. */
  readonly size: number;
  /** A blank was drawn behind the last character: the line was broken there, between two words. */
  readonly endsInBlank: boolean;
}

/** A gap of this share of the font size between two characters is a blank. */
const BLANK_GAP = 0.3;
/** Between ideographs only a whole missing character is one: they are often spread over the width. */
const IDEOGRAPH_GAP = 0.9;

/**
 * Puts boxes into lines by where they stand, whatever order they were drawn in, and orders them from top to bottom
 * and from left to right.
 */
export function buildLines(boxes: readonly TextBox[]): TextLine[] {
  if (boxes.length === 0) return [];
  if (boxes.length === 1) return boxes[0]!.text === ' ' ? [] : [toLine(boxes)];
  const { y0, y1 } = boxes[0]!;
  let level = true;
  let blank = true;
  for (const box of boxes) {
    if (box.y0 !== y0 || box.y1 !== y1) level = false;
    if (box.text !== ' ') blank = false;
  }
  if (blank) return [];
  if (level) return [toLine(boxes)];
  const inked: TextBox[] = [];
  const blanks: TextBox[] = [];
  for (const box of boxes) (box.text === ' ' ? blanks : inked).push(box);
  sortUnlessSorted(inked, byPlace);
  const groups: { y0: number; y1: number; tallest: number; boxes: TextBox[] }[] = [];
  for (const box of inked) {
    let home: (typeof groups)[number] | undefined;
    for (let i = groups.length - 1; i >= 0 && i >= groups.length - 3; i--) {
      const group = groups[i]!;
      const overlap = Math.min(group.y1, box.y1) - Math.max(group.y0, box.y0);
      if (overlap >= 0.5 * Math.min(group.y1 - group.y0, box.y1 - box.y0)) {
        home = group;
        break;
      }
    }
    const height = box.y1 - box.y0;
    if (!home) {
      groups.push({ y0: box.y0, y1: box.y1, tallest: height, boxes: [box] });
      continue;
    }
    home.boxes.push(box);
    if (height > home.tallest) {
      home.tallest = height;
      home.y0 = box.y0;
      home.y1 = box.y1;
    }
  }
  for (const blank of blanks) {
    const home = groups.find(
      (g) =>
        Math.min(g.y1, blank.y1) - Math.max(g.y0, blank.y0) >=
        0.5 * Math.min(g.y1 - g.y0, blank.y1 - blank.y0),
    );
    home?.boxes.push(blank);
  }
  groups.sort((a, b) => a.y0 + a.y1 - (b.y0 + b.y1));
  return groups.map((group) => toLine(group.boxes));
}

// Both answer with whole numbers: fractions would each be an object of their own.
function byPlace(a: TextBox, b: TextBox): number {
  return Math.sign(a.y0 + a.y1 - (b.y0 + b.y1)) || Math.sign(a.x0 - b.x0);
}

function byMiddle(a: TextBox, b: TextBox): number {
  return Math.sign(a.x0 + a.x1 - (b.x0 + b.x1));
}

/** Most text is drawn in the order in which it is read; asking is much cheaper than sorting what is in order. */
function isSorted(boxes: readonly TextBox[], compare: (a: TextBox, b: TextBox) => number): boolean {
  for (let i = 1; i < boxes.length; i++) if (compare(boxes[i - 1]!, boxes[i]!) > 0) return false;
  return true;
}

function sortUnlessSorted(boxes: TextBox[], compare: (a: TextBox, b: TextBox) => number): void {
  if (!isSorted(boxes, compare)) boxes.sort(compare);
}

/** One line of boxes that are known to stand on it. */
export function toLine(unordered: readonly TextBox[]): TextLine {
  const ordered = isSorted(unordered, byMiddle) ? unordered.slice() : unordered.toSorted(byMiddle);
  let text = '';
  let previous: TextBox | null = null;
  let x0 = Infinity;
  let y0 = Infinity;
  let x1 = -Infinity;
  let y1 = -Infinity;
  let size = 0;
  let blanks = 0;
  let blank = false;
  for (const box of ordered) {
    if (box.text === ' ') {
      blank = previous !== null;
      blanks++;
      continue;
    }
    const height = box.y1 - box.y0;
    if (previous) {
      const gap = box.x0 - previous.x1;
      const em = Math.min(height, previous.y1 - previous.y0);
      // A drawn blank between two characters that touch is padding the engine or the writer left behind.
      if (
        gap > IDEOGRAPH_GAP * em ||
        (blank && gap > 0.1 * em) ||
        (gap > BLANK_GAP * em && !(isIdeograph(previous.text) && isIdeograph(box.text)))
      )
        text += ' ';
    }
    text += box.text;
    previous = box;
    blank = false;
    x0 = Math.min(x0, box.x0);
    y0 = Math.min(y0, box.y0);
    x1 = Math.max(x1, box.x1);
    y1 = Math.max(y1, box.y1);
    size = Math.max(size, height);
  }
  const boxes = blanks === 0 ? ordered : ordered.filter((b) => b.text !== ' ');
  return { text, boxes, x0, y0, x1, y1, size, endsInBlank: blank };
}

function isIdeograph(text: string): boolean {
  const code = text.codePointAt(text.length - 1) ?? 0;
  return code >= 0x2e80 && code !== 0xff0e && !(code >= 0xff10 && code <= 0xff19);
}

/** Columns of characters keep at least this share of their size between them. */
const COLUMN_GAP = 0.25;

/** Reads columns of characters from right to left, each from top to bottom, when the text is set so; else null. */
export function verticalColumns(lines: readonly TextLine[]): string[] | null {
  if (lines.length < 3) return null;
  const first = lines[0]!.boxes[0]!;
  const size = first.y1 - first.y0;
  for (const line of lines) {
    let previous: TextBox | undefined;
    for (const box of line.boxes) {
      const { text } = box;
      if (text.length !== 1 || (text >= '0' && text <= '9')) return null;
      // Neighbours that touch: the columns would stand closer than columns do.
      if (previous && box.x0 - previous.x1 < COLUMN_GAP * size && box.x0 > previous.x0 + 0.8 * size)
        return null;
      previous = box;
    }
  }
  const boxes = lines.flatMap((l) => l.boxes);
  const sorted = boxes.toSorted((a, b) => b.x0 + b.x1 - (a.x0 + a.x1));
  const columns: { center: number; boxes: TextBox[] }[] = [];
  for (const box of sorted) {
    const center = (box.x0 + box.x1) / 2;
    const width = box.x1 - box.x0;
    const last = columns.at(-1);
    if (last && Math.abs(last.center - center) < 0.4 * width) last.boxes.push(box);
    else columns.push({ center, boxes: [box] });
  }
  if (columns.length < 2) return null;
  let acrossGap = Infinity;
  for (let i = 0; i + 1 < columns.length; i++) {
    const right = Math.min(...columns[i]!.boxes.map((b) => b.x0));
    const left = Math.max(...columns[i + 1]!.boxes.map((b) => b.x1));
    acrossGap = Math.min(acrossGap, right - left);
  }
  const downGaps: number[] = [];
  for (const column of columns) {
    column.boxes.sort((a, b) => a.y0 - b.y0);
    for (let i = 0; i + 1 < column.boxes.length; i++)
      downGaps.push(column.boxes[i + 1]!.y0 - column.boxes[i]!.y1);
  }
  if (downGaps.length < 2) return null;
  downGaps.sort((a, b) => a - b);
  const downGap = downGaps[Math.floor(downGaps.length / 2)]!;
  if (acrossGap < Math.max(COLUMN_GAP * size, downGap + 0.15 * size)) return null;
  return columns.map((c) => c.boxes.map((b) => b.text).join(''));
}
