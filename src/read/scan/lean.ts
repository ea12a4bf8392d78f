import type { GrayImage } from './image.ts';
import type { Leaning } from './ruling-lines.ts';

/**
 * How the rules of a photographed page lean: a horizontal one at `y` by `across.base + across.growth × y`, an upright
 * one at `x` by `upright.base + upright.growth × x`, counted from the middle of the page and in units of its size
 * (the width for x, the height for y), so that it holds at any resolution.
 */
export interface Lean {
  readonly across: Line;
  readonly upright: Line;
}

interface Line {
  readonly base: number;
  readonly growth: number;
}

/** Fewer rules of a direction say nothing of how it leans. */
const FEWEST = 4;
/** Inches by which nothing on the page may be off before it is worth setting straight. */
const STRAIGHT = 0.008;
/** More than this is no page photographed from nearly above, but a mistake of ours. */
const STEEPEST = 0.08;

/** Null where the rules do not lean, or too few say so. */
export function leanOf(
  { across, upright }: { readonly across: readonly Leaning[]; readonly upright: readonly Leaning[] },
  width: number,
  height: number,
  dpi: number,
): Lean | null {
  const found = {
    across: fitted(across, height) ?? { base: 0, growth: 0 },
    upright: fitted(upright, width) ?? { base: 0, growth: 0 },
  };
  const off = (line: Line, length: number) =>
    ((Math.abs(line.base) + Math.abs(line.growth) / 2) * length) / 2 / dpi;
  if (Math.max(off(found.across, width), off(found.upright, height)) < STRAIGHT) return null;
  const steepest = Math.max(
    ...[found.across, found.upright].map(({ base, growth }) => Math.abs(base) + Math.abs(growth) / 2),
  );
  return steepest > STEEPEST ? null : found;
}

/** Where a point of the page set straight stands on the page as photographed; same units in and out. */
export function leaning(
  { across, upright }: Lean,
  x: number,
  y: number,
  width: number,
  height: number,
): readonly [x: number, y: number] {
  const dx = x - width / 2;
  const dy = y - height / 2;
  return [
    x + (upright.base + (upright.growth * dx) / width) * dy,
    y + (across.base + (across.growth * dy) / height) * dx,
  ];
}

export function setStraight(image: GrayImage, lean: Lean): GrayImage {
  const { width, height, gray } = image;
  const straight = new Uint8Array(gray.length).fill(255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = leaning(lean, x, y, width, height);
      const left = Math.floor(fromX);
      const top = Math.floor(fromY);
      if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) continue;
      const shareX = fromX - left;
      const shareY = fromY - top;
      const at = top * width + left;
      const upper = gray[at]! * (1 - shareX) + gray[at + 1]! * shareX;
      const lower = gray[at + width]! * (1 - shareX) + gray[at + width + 1]! * shareX;
      straight[y * width + x] = upper * (1 - shareY) + lower * shareY + 0.5;
    }
  return { width, height, gray: straight };
}

/** A line through the slopes by their places, long rules counting more; once more without those far off. */
function fitted(rules: readonly Leaning[], size: number): Line | null {
  if (rules.length < FEWEST) return null;
  const first = weighted(rules, size);
  const error = ({ at, slope }: Leaning) => Math.abs(slope - first.base - first.growth * (at / size - 0.5));
  const errors = rules.map(error).sort((a, b) => a - b);
  const usual = errors[errors.length >> 1]!;
  const near = rules.filter((rule) => error(rule) <= Math.max(0.001, 3 * usual));
  return near.length < FEWEST ? null : weighted(near, size);
}

function weighted(rules: readonly Leaning[], size: number): Line {
  let [weight, sumX, sumY, products, squares] = [0, 0, 0, 0, 0];
  for (const { at, slope, length } of rules) {
    const x = at / size - 0.5;
    weight += length;
    sumX += length * x;
    sumY += length * slope;
    products += length * x * slope;
    squares += length * x * x;
  }
  const spread = squares - (sumX * sumX) / weight;
  const growth = spread > 1e-6 * weight ? (products - (sumX * sumY) / weight) / spread : 0;
  return { base: (sumY - growth * sumX) / weight, growth };
}
