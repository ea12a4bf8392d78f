import { withoutDuplicates } from './duplicates.ts';
import type { PageGeometry, TextBox } from './page-geometry.ts';

/** The text of an upright page that is meant to be read, and what lies behind or across it. */
export interface BodyText {
  readonly text: readonly TextBox[];
  /** Watermarks and stamps, one string per drawing operation. */
  readonly watermarks: readonly string[];
  /** Characters of usual size that stand at a right angle to the others: no watermark, but not read either. */
  readonly sideways: readonly TextBox[];
}

/** The median height of boxes; 0 where there are none. */
export function usualSize(boxes: readonly TextBox[]): number {
  const sizes = new Float64Array(boxes.length);
  for (let i = 0; i < boxes.length; i++) sizes[i] = boxes[i]!.y1 - boxes[i]!.y0;
  return sizes.sort()[Math.floor(sizes.length / 2)] ?? 0;
}

/** A watermark is this much larger than the text around it. */
const LARGE = 1.6;

/** Text higher than this is large; no height is where all text is level and of about one size. */
function largestUsual(boxes: readonly TextBox[]): number {
  let smallest = Infinity;
  let largest = 0;
  let level = true;
  for (const box of boxes) {
    const height = box.y1 - box.y0;
    if (height > largest) largest = height;
    if (box.text !== ' ' && height < smallest) smallest = height;
    if (box.angle) level = false;
  }
  // The median is somewhere between the smallest and the largest.
  if (level && smallest < Infinity && largest <= LARGE * smallest) return Infinity;
  return LARGE * usualSize(boxes.filter((b) => b.text !== ' '));
}

/** Leaves out what was drawn twice, and watermarks: text at another angle, and large or faint text that lies over other text. */
export function bodyText(page: PageGeometry): BodyText {
  const runs = new Map<number, TextBox[]>();
  const sideways: TextBox[] = [];
  const text: TextBox[] = [];
  const boxes = withoutDuplicates(page.text);
  const large = largestUsual(boxes);
  if (large === Infinity && !boxes.some((b) => b.faint)) return { text: boxes, sideways, watermarks: [] };
  let faint = 0;
  const marked: TextBox[] = [];
  const plain: TextBox[] = [];
  for (const box of boxes) {
    if ((box.angle ?? 0) !== 0) {
      const run = box.run ?? -1;
      if (box.angle! % 90 === 0 && box.text !== ' ' && Math.max(box.x1 - box.x0, box.y1 - box.y0) <= large)
        sideways.push(box);
      const list = runs.get(run);
      if (list) list.push(box);
      else runs.set(run, [box]);
      continue;
    }
    text.push(box);
    if (box.faint) faint++;
    if (box.faint || box.y1 - box.y0 > large) marked.push(box);
    else plain.push(box);
  }
  const dropped = new Set<TextBox>();
  if (marked.length > 0 && faint < 0.5 * text.length) {
    const suspects = new Map<number, TextBox[]>();
    marked.forEach((box, i) => {
      const run = box.run ?? -1 - i;
      const list = suspects.get(run);
      if (list) list.push(box);
      else suspects.set(run, [box]);
    });
    const index = new Index(plain);
    // Light and large at once is a watermark wherever it stands; each alone only where it lies over text or rules.
    const isWatermark = (run: readonly TextBox[]): boolean =>
      (run[0]!.faint === true && run[0]!.y1 - run[0]!.y0 > large) || run.some((b) => index.overlaps(b));
    for (const [run, suspect] of suspects) {
      if (!isWatermark(suspect)) continue;
      runs.set(run, suspect);
      for (const box of suspect) dropped.add(box);
    }
  }
  return {
    text: dropped.size ? text.filter((b) => !dropped.has(b)) : text,
    sideways,
    watermarks: [...runs.values()].map((run) => run.map((b) => b.text).join('')),
  };
}

/** Side of the squares by which boxes are looked up. */
const SQUARE = 24;

/** Boxes by the squares of the page they touch. */
class Index {
  readonly #squares = new Map<number, TextBox[]>();
  /** What covers more squares than there are characters in a line. */
  readonly #large: TextBox[] = [];

  constructor(boxes: readonly TextBox[]) {
    for (const box of boxes) {
      if (box.text === ' ') continue;
      const squares = squaresOf(box);
      if (!squares) this.#large.push(box);
      else
        for (const square of squares) {
          const list = this.#squares.get(square);
          if (list) list.push(box);
          else this.#squares.set(square, [box]);
        }
    }
  }

  overlaps(box: TextBox): boolean {
    const covered = (other: TextBox): boolean => covers(box, other);
    if (this.#large.some(covered)) return true;
    const squares = squaresOf(box);
    if (!squares) return [...this.#squares.values()].some((list) => list.some(covered));
    return squares.some((square) => this.#squares.get(square)?.some(covered) === true);
  }
}

function covers(box: TextBox, other: TextBox): boolean {
  const width = Math.min(box.x1, other.x1) - Math.max(box.x0, other.x0);
  const height = Math.min(box.y1, other.y1) - Math.max(box.y0, other.y0);
  return width > 0.2 * (other.x1 - other.x0) && height > 0.3 * (other.y1 - other.y0);
}

/** Null where there are too many. */
function squaresOf(box: TextBox): number[] | null {
  const left = Math.floor(box.x0 / SQUARE);
  const right = Math.floor(box.x1 / SQUARE);
  const top = Math.floor(box.y0 / SQUARE);
  const bottom = Math.floor(box.y1 / SQUARE);
  if (!((right - left + 1) * (bottom - top + 1) <= 400)) return null;
  const squares: number[] = [];
  for (let column = left; column <= right; column++)
    for (let row = top; row <= bottom; row++) squares.push(column * 100_003 + row);
  return squares;
}
