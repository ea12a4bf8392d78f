import type { TextBox } from './page-geometry.ts';

/**
 * Leaves out characters that were drawn again at (nearly) the same place: bold made by drawing twice, a page drawn
 * twice. The nearest two equal digits of a number are half their height apart, a doubled one a small share of it.
 */
export function withoutDuplicates(boxes: readonly TextBox[]): TextBox[] {
  const seen = new Map<number, TextBox[]>();
  const kept: TextBox[] = [];
  for (const box of boxes) {
    const height = box.y1 - box.y0;
    const across = Math.min(0.12 * height, 0.3 * (box.x1 - box.x0));
    const down = 0.12 * height;
    const x = (box.x0 + box.x1) / 2;
    const y = (box.y0 + box.y1) / 2;
    const square = squareAt(Math.floor(x / SQUARE), Math.floor(y / SQUARE));
    const list = seen.get(square);
    if (isDrawn(seen, square, list, box, x, y, across, down)) continue;
    if (list) list.push(box);
    else seen.set(square, [box]);
    kept.push(box);
  }
  return kept;
}

/** Side of the squares by which characters are looked up. */
const SQUARE = 16;

function squareAt(column: number, row: number): number {
  return column * 100_003 + row;
}

function isDrawn(
  seen: ReadonlyMap<number, readonly TextBox[]>,
  own: number,
  inOwn: readonly TextBox[] | undefined,
  box: TextBox,
  x: number,
  y: number,
  across: number,
  down: number,
): boolean {
  const left = Math.floor((x - across) / SQUARE);
  const right = Math.floor((x + across) / SQUARE);
  const top = Math.floor((y - down) / SQUARE);
  const bottom = Math.floor((y + down) / SQUARE);
  // Of a character as large as the page, or at no place at all, it is not asked.
  if (!(right - left <= 4 && bottom - top <= 4)) return false;
  for (let column = left; column <= right; column++)
    for (let row = top; row <= bottom; row++) {
      const square = squareAt(column, row);
      const list = square === own ? inOwn : seen.get(square);
      if (!list) continue;
      for (const other of list)
        if (
          other.text === box.text &&
          Math.abs((other.x0 + other.x1) / 2 - x) < across &&
          Math.abs((other.y0 + other.y1) / 2 - y) < down &&
          alike(other, box)
        )
          return true;
    }
  return false;
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
