import type { TextBox } from './page-geometry.ts';

/**
 * Leaves out characters that were drawn again at (nearly) the same place: bold made by drawing twice, a page drawn
 * twice. The nearest two equal digits of a number are half their height apart, a doubled one a small share of it.
 */
export function withoutDuplicates(boxes: readonly TextBox[]): readonly TextBox[] {
  if (standApart(boxes)) return boxes;
  const kept: TextBox[] = [];
  /** For each square the last of `kept` in it, and for each of `kept` the one before it in its square; -1 is none. */
  const lastIn = new Map<number, number>();
  const before = new Int32Array(boxes.length);
  for (const box of boxes) {
    const x = (box.x0 + box.x1) / 2;
    const y = (box.y0 + box.y1) / 2;
    const height = box.y1 - box.y0;
    const across = Math.min(NEAR * height, 0.3 * (box.x1 - box.x0));
    const down = NEAR * height;
    const left = Math.floor((x - across) / SQUARE);
    const right = Math.floor((x + across) / SQUARE);
    const top = Math.floor((y - down) / SQUARE);
    const bottom = Math.floor((y + down) / SQUARE);
    const own = squareAt(Math.floor(x / SQUARE), Math.floor(y / SQUARE));
    const lastInOwn = lastIn.get(own) ?? -1;
    let drawn = false;
    // Of a character as large as the page, or at no place at all, it is not asked.
    if (right - left <= 4 && bottom - top <= 4)
      for (let column = left; column <= right && !drawn; column++)
        for (let row = top; row <= bottom && !drawn; row++) {
          const square = squareAt(column, row);
          let i = square === own ? lastInOwn : (lastIn.get(square) ?? -1);
          while (i !== -1 && !isSame(kept[i]!, box, across, down)) i = before[i]!;
          drawn = i !== -1;
        }
    if (drawn) continue;
    before[kept.length] = lastInOwn;
    lastIn.set(own, kept.length);
    kept.push(box);
  }
  return kept;
}

/** A second drawing is nearer than this share of the height. */
const NEAR = 0.12;
/** Side of the squares by which characters are looked up. */
const SQUARE = 16;

function squareAt(column: number, row: number): number {
  return column * 100_003 + row;
}

function isSame(a: TextBox, b: TextBox, across: number, down: number): boolean {
  return (
    a.text === b.text &&
    Math.abs((a.x0 + a.x1) / 2 - (b.x0 + b.x1) / 2) < across &&
    Math.abs((a.y0 + a.y1) / 2 - (b.y0 + b.y1) / 2) < down &&
    alike(a, b)
  );
}

/** A watermark of the same character behind another is no second drawing of it. */
function alike(a: TextBox, b: TextBox): boolean {
  const [h, k] = [a.y1 - a.y0, b.y1 - b.y0];
  return (
    (a.angle ?? 0) === (b.angle ?? 0) &&
    (a.faint ?? false) === (b.faint ?? false) &&
    Math.abs(h - k) < 0.15 * Math.max(h, k)
  );
}

/** The middles of characters that were drawn together, and the height of the tallest. */
interface Run {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  height: number;
}

/** Fewer characters than this to a run: then looking at each character costs no more. */
const LONG_RUN = 2;

/**
 * Whether what was drawn together goes from left to right and lies over nothing else: then no character was drawn twice.
 * Most pages are so, and have few runs for many characters.
 */
function standApart(boxes: readonly TextBox[]): boolean {
  const runs: Run[] = [];
  let name: number | undefined;
  let run: Run | undefined;
  for (const box of boxes) {
    if (box.angle) return false;
    const x = (box.x0 + box.x1) / 2;
    const y = (box.y0 + box.y1) / 2;
    const height = box.y1 - box.y0;
    if (run && box.run === name && name !== undefined) {
      if (!(x - run.x1 >= NEAR * height)) return false;
      run.x1 = x;
      run.y0 = Math.min(run.y0, y);
      run.y1 = Math.max(run.y1, y);
      run.height = Math.max(run.height, height);
    } else {
      run = { x0: x, y0: y, x1: x, y1: y, height };
      name = box.run;
      runs.push(run);
    }
  }
  return runs.length * LONG_RUN <= boxes.length && areApart(runs);
}

function areApart(runs: Run[]): boolean {
  const strips = new Map<number, Run[]>();
  for (const run of runs) {
    const from = Math.floor((run.y0 - NEAR * run.height) / SQUARE);
    const to = Math.floor((run.y1 + NEAR * run.height) / SQUARE);
    if (!(to - from <= 4)) return false;
    for (let strip = from; strip <= to; strip++) {
      const others = strips.get(strip);
      if (!others) strips.set(strip, [run]);
      else if (others.length > MOST_IN_STRIP || others.some((other) => meet(run, other))) return false;
      else others.push(run);
    }
  }
  return true;
}

/** More runs side by side than a line of text has; each is compared with all of them. */
const MOST_IN_STRIP = 100;

function meet(a: Run, b: Run): boolean {
  const near = NEAR * Math.max(a.height, b.height);
  return a.x0 < b.x1 + near && b.x0 < a.x1 + near && a.y0 < b.y1 + near && b.y0 < a.y1 + near;
}
