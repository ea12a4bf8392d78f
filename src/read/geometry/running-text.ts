import type { Mark } from '../document.ts';
import { lineMarks } from './cell-text.ts';
import type { TextLine } from './lines.ts';
import type { Box } from './page-geometry.ts';
import type { PageLayout } from './page-tables.ts';

export interface RunningParagraph {
  readonly page: number;
  readonly box: Box;
  readonly text: string;
  readonly marks: readonly Mark[];
}

/** The column that the running text of a document fills. */
export interface Measure {
  readonly left: number;
  readonly right: number;
  /** Usual distance from line to line. */
  readonly pitch: number;
  /** Paragraphs open with an indented line. */
  readonly indented: boolean;
}

export function measureText(pages: readonly PageLayout[]): Measure {
  const lefts = new Map<number, number>();
  const rights: number[] = [];
  const pitches: number[] = [];
  for (const page of pages) {
    page.lines.forEach((line, i) => {
      const x = Math.round(line.x0);
      lefts.set(x, (lefts.get(x) ?? 0) + 1);
      rights.push(line.x1);
      const previous = page.lines[i - 1];
      if (previous) pitches.push(line.y1 - previous.y1);
    });
  }
  rights.sort((a, b) => a - b);
  pitches.sort((a, b) => a - b);
  let left = 0;
  let most = 0;
  for (const [x, count] of lefts)
    if (count > most || (count === most && x < left)) {
      left = x;
      most = count;
    }
  const lines = pages.flatMap((p) => p.lines);
  const indents = lines.filter((l) => l.x0 > left + 1.3 * l.size * 0.8 && l.x0 < left + 3 * l.size).length;
  return {
    left,
    indented: indents > 2 && indents > 0.1 * lines.length,
    right: rights[Math.floor(rights.length * 0.9)] ?? 0,
    pitch: pitches[Math.floor(pitches.length / 2)] ?? 0,
  };
}

const HEADING = /^\s*(?:[一二三四五六七八九十]{1,2}\s*、|第[一二三四五六七八九十]{1,2}[章节部])/u;

/** Puts lines together into paragraphs as they come, over page breaks too. */
export class ParagraphBuilder {
  readonly #measure: Measure;
  #open: {
    page: number;
    boxes: TextLine[];
    marks: Set<Mark>;
    text: string;
    last: TextLine;
    lastPage: number;
  } | null = null;
  readonly #emit: (paragraph: RunningParagraph) => void;

  constructor(measure: Measure, emit: (paragraph: RunningParagraph) => void) {
    this.#measure = measure;
    this.#emit = emit;
  }

  add(page: number, line: TextLine): void {
    const open = this.#open;
    if (open && this.#continues(open.last, open.lastPage, page, line)) {
      const ascii = /[!-~]$/.test(open.text) && /^[!-~]/.test(line.text);
      open.text += (ascii ? ' ' : '') + line.text;
      if (page === open.page) open.boxes.push(line);
      for (const mark of lineMarks(line)) open.marks.add(mark);
      open.last = line;
      open.lastPage = page;
      return;
    }
    this.end();
    const marks = new Set(lineMarks(line));
    this.#open = { page, boxes: [line], marks, text: line.text, last: line, lastPage: page };
  }

  /** Something else follows, or the document ends. */
  end(): void {
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    const box = {
      x0: Math.min(...open.boxes.map((b) => b.x0)),
      y0: Math.min(...open.boxes.map((b) => b.y0)),
      x1: Math.max(...open.boxes.map((b) => b.x1)),
      y1: Math.max(...open.boxes.map((b) => b.y1)),
    };
    this.#emit({ page: open.page, box, text: open.text, marks: [...open.marks] });
  }

  #continues(last: TextLine, lastPage: number, page: number, line: TextLine): boolean {
    const { left, right, pitch, indented } = this.#measure;
    const em = Math.min(last.size, line.size);
    if (Math.max(last.size, line.size) > 1.3 * em) return false;
    // Where paragraphs are indented, a line that is not goes on, unless the line before it was left half empty.
    if (last.x1 < right - 2.5 * em && !(indented && last.x1 > left + 0.7 * (right - left))) return false;
    if (line.x0 > left + 0.8 * em) return false;
    // A heading that is not indented either: the sentence before it is complete, and it has an ordinal.
    if (/[。！？：:]$/u.test(last.text.trimEnd()) && HEADING.test(line.text)) return false;
    return lastPage !== page || line.y1 - last.y1 <= 1.4 * Math.max(pitch, em);
  }
}
