import type { Box, TextBox } from '../geometry/page-geometry.ts';

/** A character that does not show, and the font of its text object. */
export interface Hidden {
  readonly font: number;
  readonly box: TextBox;
  /** Its box by the font's drawing, as the bounds of a text are made of. */
  readonly ink: Box;
}

/** A text that shows. */
export interface Shown {
  readonly font: number;
  readonly bounds: () => Box | null;
}

/** Side of the squares by which places are looked up. */
const SQUARE = 16;
/** Of a text over more squares than these every hidden character counts as standing in it. */
const MAX_SQUARES = 2000;

/**
 * Characters that do not show but stand where one is missing in a text that does: the engine leaves out a character that
 * repeats one of the last at its very place, also when the one before it was invisible or clipped away. A page of which
 * only the first drawing is hidden would read as blank.
 */
export function standIns(
  hidden: readonly Hidden[],
  shown: Iterable<Shown>,
  text: readonly TextBox[],
): TextBox[] {
  if (hidden.length === 0) return [];
  const fonts = new Set(hidden.map((h) => h.font));
  const wanted = new Map<number, Hidden[]>();
  for (const h of hidden) {
    const square = squareOf(middle(h.box)[0], middle(h.box)[1]);
    const list = wanted.get(square);
    if (list) list.push(h);
    else wanted.set(square, [h]);
  }
  /** Hidden characters that lie in a text that shows. */
  const covered = new Set<Hidden>();
  for (const { font, bounds } of shown) {
    if (!fonts.has(font)) continue;
    const box = bounds();
    if (!box) continue;
    const [left, right] = [Math.floor(box.x0 / SQUARE), Math.floor(box.x1 / SQUARE)];
    const [top, bottom] = [Math.floor(box.y0 / SQUARE) - 1, Math.floor(box.y1 / SQUARE) + 1];
    if (!((right - left + 1) * (bottom - top + 1) <= MAX_SQUARES)) {
      for (const h of hidden) if (h.font === font) covered.add(h);
      continue;
    }
    for (let column = left; column <= right; column++)
      for (let row = top; row <= bottom; row++) {
        const square = column * 100_003 + row;
        const list = wanted.get(square);
        if (!list) continue;
        // What is found is not asked of again: many texts over many characters must not take their product.
        const rest = list.filter((h) => {
          if (h.font !== font || !lies(h, box)) return true;
          covered.add(h);
          return false;
        });
        if (rest.length === 0) wanted.delete(square);
        else wanted.set(square, rest);
      }
  }
  if (covered.size === 0) return [];
  const places = new Map<number, TextBox[]>();
  for (const box of text) {
    if (box.text === ' ') continue;
    const [x, y] = middle(box);
    const square = squareOf(x, y);
    const list = places.get(square);
    if (list) list.push(box);
    else places.set(square, [box]);
  }
  return [...covered].filter((h) => !isTaken(h.box, places)).map((h) => ({ ...h.box, unsure: true }));
}

function lies({ box, ink }: Hidden, bounds: Box): boolean {
  const slack = 0.1 * (box.y1 - box.y0);
  return (
    ink.x0 > bounds.x0 - slack &&
    ink.x1 < bounds.x1 + slack &&
    ink.y0 > bounds.y0 - slack &&
    ink.y1 < bounds.y1 + slack
  );
}

/** Whether a character that shows stands at the place. */
function isTaken(box: TextBox, places: ReadonlyMap<number, readonly TextBox[]>): boolean {
  const [x, y] = middle(box);
  // Between two characters that touch there is no room for one that is missing.
  const across = 0.6 * (box.x1 - box.x0);
  const down = 0.35 * (box.y1 - box.y0);
  if (!(across < 4 * SQUARE && down < 4 * SQUARE)) return false;
  for (let column = Math.floor((x - across) / SQUARE); column <= Math.floor((x + across) / SQUARE); column++)
    for (let row = Math.floor((y - down) / SQUARE); row <= Math.floor((y + down) / SQUARE); row++)
      for (const other of places.get(column * 100_003 + row) ?? []) {
        const [u, v] = middle(other);
        if (Math.abs(u - x) <= across && Math.abs(v - y) <= down) return true;
      }
  return false;
}

function middle(box: Box): [number, number] {
  return [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2];
}

function squareOf(x: number, y: number): number {
  return Math.floor(x / SQUARE) * 100_003 + Math.floor(y / SQUARE);
}
