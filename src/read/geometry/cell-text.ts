import type { Mark } from '../document.ts';
import { buildLines, type TextLine, verticalColumns } from './lines.ts';
import type { Box, TextBox } from './page-geometry.ts';

export interface CellText {
  /** Lines joined with `\n`. */
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly lines: readonly TextLine[];
}

/** Puts the characters of one cell into reading order, and says what makes them doubtful. */
export function cellText(boxes: readonly TextBox[]): CellText {
  const lines = buildLines(boxes);
  const marks: Mark[] = [];
  for (const line of lines) {
    for (const mark of lineMarks(line)) if (!marks.includes(mark)) marks.push(mark);
    if (!marks.includes('boundary_uncertain') && spread(line)) marks.push('boundary_uncertain');
  }
  if (lines.length === 1) return { text: lines[0]!.text, marks, lines };
  const columns = verticalColumns(lines);
  const text = columns ? columns.join('\n') : lines.map((l) => l.text).join('\n');
  return { text, marks, lines };
}

/** What makes the digits of a line doubtful, in a cell or in running text. */
export function lineMarks(line: TextLine): Mark[] {
  const marks = raised(line);
  let clipped = false;
  let struck = false;
  let unsure = false;
  for (const box of line.boxes) {
    clipped ||= box.clipped === true;
    struck ||= box.struck === true;
    unsure ||= box.unsure === true;
  }
  if (clipped) marks.push('clipped');
  if (struck) marks.push('struck');
  if (unsure || mixed(line)) marks.push('overlapping');
  return marks;
}

/** A character this much smaller than its line, on another baseline, is raised or lowered. */
const SMALLER = 0.93;

/** Smaller characters above or below the baseline beside digits: an exponent, a footnote mark. */
function raised(line: TextLine): Mark[] {
  const isSmall = (b: TextBox): boolean => b.y1 - b.y0 <= SMALLER * line.size;
  if (!line.boxes.some(isSmall)) return [];
  const small = line.boxes.filter(isSmall);
  const full = line.boxes.filter((b) => b.y1 - b.y0 > SMALLER * line.size);
  if (!full.some((b) => hasDigit(b.text))) return [];
  const baseline = full.reduce((sum, b) => sum + baselineOf(b), 0) / full.length;
  const marks: Mark[] = [];
  for (const b of small) {
    const offset = baselineOf(b) - baseline;
    if (offset < -0.12 * line.size) marks.push('superscript');
    else if (offset > 0.06 * line.size) marks.push('subscript');
  }
  return marks;
}

function hasDigit(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code >= 0x30 && code <= 0x39) || (code >= 0xff10 && code <= 0xff19)) return true;
  }
  return false;
}

function baselineOf(box: Box): number {
  return box.y1 - 0.14 * (box.y1 - box.y0);
}

/** Digits that lie over each other, or side by side in two sizes: something else was printed into the cell. */
function mixed(line: TextLine): boolean {
  let previous: TextBox | null = null;
  for (const box of line.boxes) {
    if (!hasDigit(box.text)) continue;
    if (previous) {
      const [a, b] = [previous.y1 - previous.y0, box.y1 - box.y0];
      if (Math.abs(a - b) > 0.08 * Math.max(a, b)) return true;
      const width = Math.min(previous.x1 - previous.x0, box.x1 - box.x0);
      if (previous.x1 - box.x0 > 0.35 * width) return true;
    }
    previous = box;
  }
  return false;
}

/** Two groups of digits so far apart that they may be two numbers. */
function spread(line: TextLine): boolean {
  for (let i = 0; i + 1 < line.boxes.length; i++) {
    const a = line.boxes[i]!;
    const b = line.boxes[i + 1]!;
    if (
      b.x0 - a.x1 > 0.8 * Math.min(a.y1 - a.y0, b.y1 - b.y0) &&
      /[0-9]$/.test(a.text) &&
      /^[0-9]/.test(b.text)
    )
      return true;
  }
  return false;
}

/**
 * Whether digits over several lines can be one number broken for want of width: no line may leave room for the first
 * character of the next.
 */
export function wrapsForWidth(lines: readonly TextLine[], room: number): boolean {
  for (let i = 0; i + 1 < lines.length; i++) {
    const line = lines[i]!;
    const next = lines[i + 1]!;
    if (/[0-9.,]$/.test(line.text) && /^[0-9.,]/.test(next.text) && !hadNoRoom(line, next, room))
      return false;
  }
  return true;
}

/** Closing marks never begin a line: they go with the character before them. */
const CLOSING = /[”’」』》〉】）)\]}、，。；：！？,.;:!?%％…]/;

/** Whether a line left no room for what stands first on the next: a character, or a word where lines end with words. */
export function hadNoRoom(line: TextLine, next: TextLine, room: number): boolean {
  const { boxes } = next;
  let end = 1;
  const wordBreak = line.endsInBlank || !/[0-9.,]$/.test(line.text);
  if (wordBreak && /[!-~]/.test(boxes[0]!.text))
    while (end < boxes.length && /[!-~]/.test(boxes[end]!.text)) end++;
  while (end < boxes.length && CLOSING.test(boxes[end]!.text)) end++;
  const first = boxes[0]!;
  const last = boxes[end - 1]!;
  // A box of several characters (a word found by OCR) counts with its first.
  const width = end === 1 ? (first.x1 - first.x0) / [...first.text].length : last.x1 - first.x0;
  return line.x1 - line.x0 + (line.endsInBlank ? 0.2 * line.size : 0) + width > room;
}

/** The box around some boxes. */
export function around(boxes: readonly Box[]): Box {
  let x0 = Infinity;
  let y0 = Infinity;
  let x1 = -Infinity;
  let y1 = -Infinity;
  for (const b of boxes) {
    x0 = Math.min(x0, b.x0);
    y0 = Math.min(y0, b.y0);
    x1 = Math.max(x1, b.x1);
    y1 = Math.max(y1, b.y1);
  }
  return { x0, y0, x1, y1 };
}
