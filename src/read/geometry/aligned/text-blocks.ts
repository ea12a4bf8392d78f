import { type TextLine, toLine } from '../lines.ts';
import type { Box, TextBox } from '../page-geometry.ts';

/** Text of one line that stands together, between the gaps of columns. `y0` and `y1` count down the whole document. */
export interface Piece extends Box {
  readonly page: number;
  readonly text: string;
  readonly size: number;
  readonly boxes: readonly TextBox[];
  readonly line: TextLine;
}

/** Lines that stand close below each other: what a cell prints. */
export interface TextBlock extends Box {
  readonly page: number;
  readonly pieces: readonly Piece[];
  readonly text: string;
  readonly size: number;
}

/** A gap this many ems wide parts two columns; a blank between two words is narrower. */
const COLUMN_GAP = 0.6;
/** Lines of one cell are at most this many ems apart; rows of a table without rules stand further apart. */
const LINE_GAP = 0.7;
/** Characters of one piece stand on one baseline. */
const BASELINE = 0.12;

/** Cuts a line where columns part. `shift` is where its page begins, counted down the whole document. */
export function piecesOf(line: TextLine, page: number, shift: number): Piece[] {
  const groups: TextBox[][] = [];
  for (const box of line.boxes) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const em = last ? Math.min(last.y1 - last.y0, box.y1 - box.y0) : 0;
    if (group && last && box.x0 - last.x1 <= COLUMN_GAP * em && Math.abs(box.y1 - last.y1) <= BASELINE * em)
      group.push(box);
    else groups.push([box]);
  }
  return groups.map((boxes): Piece => {
    const { x0, x1, y0, y1, text, size } = toLine(boxes);
    return { x0, x1, y0: y0 + shift, y1: y1 + shift, text, size, page, boxes, line };
  });
}

/** Puts pieces together that stand below each other as the lines of one cell do. */
export function blocksOf(pieces: readonly Piece[]): TextBlock[] {
  const sorted = pieces.toSorted((a, b) => a.y0 - b.y0 || a.x0 - b.x0);
  const open: Piece[][] = [];
  const blocks: Piece[][] = [];
  for (const piece of sorted) {
    const home = open.filter((block) => {
      const last = block[block.length - 1]!;
      const gap = piece.y0 - last.y1;
      const overlap = Math.min(piece.x1, last.x1) - Math.max(piece.x0, last.x0);
      return (
        last.page === piece.page &&
        gap > -0.5 * piece.size &&
        gap <= LINE_GAP * Math.min(piece.size, last.size) &&
        overlap > 0
      );
    })[0];
    if (home) home.push(piece);
    else {
      const block = [piece];
      open.push(block);
      blocks.push(block);
    }
    // What lies far above cannot be continued any more.
    while (open.length > 0 && piece.y0 - open[0]![open[0]!.length - 1]!.y1 > 3 * piece.size) open.shift();
  }
  return blocks.map((own): TextBlock => {
    return {
      page: own[0]!.page,
      pieces: own,
      text: own.map((p) => p.text).join('\n'),
      size: Math.max(...own.map((p) => p.size)),
      x0: Math.min(...own.map((p) => p.x0)),
      x1: Math.max(...own.map((p) => p.x1)),
      y0: own[0]!.y0,
      y1: Math.max(...own.map((p) => p.y1)),
    };
  });
}

export function middle(box: Pick<Box, 'y0' | 'y1'>): number {
  return (box.y0 + box.y1) / 2;
}

export function center(box: Box): number {
  return (box.x0 + box.x1) / 2;
}
