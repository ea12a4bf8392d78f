import { withoutDuplicates } from './duplicates.ts';
import type { PageGeometry, TextBox } from './page-geometry.ts';

/** The text of an upright page that is meant to be read, and what lies behind or across it. */
export interface BodyText {
  readonly text: readonly TextBox[];
  /** Watermarks and stamps, one string per drawing operation. */
  readonly watermarks: readonly string[];
}

/** A watermark is this much larger than the text around it. */
const LARGE = 1.6;

/** Leaves out what was drawn twice, and watermarks: text at another angle, and large or faint text that lies over other text. */
export function bodyText(page: PageGeometry): BodyText {
  const runs = new Map<number, TextBox[]>();
  const text: TextBox[] = [];
  const boxes = withoutDuplicates(page.text);
  const sizes = boxes.filter((b) => b.text !== ' ').map((b) => b.y1 - b.y0);
  sizes.sort((a, b) => a - b);
  const usual = sizes[Math.floor(sizes.length / 2)] ?? 0;
  let faint = 0;
  const marked: TextBox[] = [];
  const plain: TextBox[] = [];
  for (const box of boxes) {
    if ((box.angle ?? 0) !== 0) {
      const run = box.run ?? -1;
      runs.set(run, [...(runs.get(run) ?? []), box]);
      continue;
    }
    text.push(box);
    if (box.faint) faint++;
    if (box.faint || box.y1 - box.y0 > LARGE * usual) marked.push(box);
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
      (run[0]!.faint === true && run[0]!.y1 - run[0]!.y0 > LARGE * usual) ||
      run.some((b) => index.overlaps(b));
    for (const [run, suspect] of suspects) {
      if (!isWatermark(suspect)) continue;
      runs.set(run, suspect);
      for (const box of suspect) dropped.add(box);
    }
  }
  return {
    text: dropped.size ? text.filter((b) => !dropped.has(b)) : text,
    watermarks: [...runs.values()].map((run) => run.map((b) => b.text).join('')),
  };
}

/** Boxes by the squares of the page they touch. */
class Index {
  static readonly #square = 24;
  readonly #squares = new Map<string, TextBox[]>();

  constructor(boxes: readonly TextBox[]) {
    for (const box of boxes)
      for (const key of Index.#keys(box)) {
        const list = this.#squares.get(key);
        if (list) list.push(box);
        else this.#squares.set(key, [box]);
      }
  }

  static *#keys(box: TextBox): Generator<string> {
    const s = Index.#square;
    for (let x = Math.floor(box.x0 / s); x <= Math.floor(box.x1 / s); x++)
      for (let y = Math.floor(box.y0 / s); y <= Math.floor(box.y1 / s); y++) yield `${x},${y}`;
  }

  overlaps(box: TextBox): boolean {
    for (const key of Index.#keys(box))
      for (const other of this.#squares.get(key) ?? []) {
        if (other.text === ' ') continue;
        const width = Math.min(box.x1, other.x1) - Math.max(box.x0, other.x0);
        const height = Math.min(box.y1, other.y1) - Math.max(box.y0, other.y0);
        if (width > 0.2 * (other.x1 - other.x0) && height > 0.3 * (other.y1 - other.y0)) return true;
      }
    return false;
  }
}
