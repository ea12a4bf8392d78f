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
    const width = box.x1 - box.x0;
    const cell = 16;
    const cx = (box.x0 + box.x1) / 2;
    const cy = (box.y0 + box.y1) / 2;
    const column = Math.floor(cx / cell);
    const row = Math.floor(cy / cell);
    let double = false;
    for (let r = row - 1; r <= row + 1 && !double; r++)
      for (let c = column - 1; c <= column + 1 && !double; c++) {
        for (const other of seen.get(c * 100_003 + r) ?? [])
          if (
            other.text === box.text &&
            alike(other, box) &&
            Math.abs((other.x0 + other.x1) / 2 - cx) < Math.min(0.12 * height, 0.3 * width) &&
            Math.abs((other.y0 + other.y1) / 2 - cy) < 0.12 * height
          ) {
            double = true;
            break;
          }
      }
    if (double) continue;
    const key = column * 100_003 + row;
    const list = seen.get(key);
    if (list) list.push(box);
    else seen.set(key, [box]);
    kept.push(box);
  }
  return kept;
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
