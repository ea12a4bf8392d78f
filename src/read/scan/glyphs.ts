import { boxAround, type Component, height, type InkLine, type PixelBox, width } from './cell-ink.ts';
import type { InkImage } from './image.ts';

/** A character of a line that can only hold a number. */
export interface Glyph extends PixelBox {
  /** A digit is not yet read; the others show by size and place. */
  readonly kind: 'digit' | 'dot' | 'comma' | 'minus' | 'plus';
  readonly touchesRule: boolean;
}

/** What kind of writing a line is, by the shape of its characters. */
export type LineShape =
  | { readonly kind: 'number'; readonly glyphs: readonly Glyph[] }
  /** Nothing but a stroke that stands for "none": `-`, `—`, `/`. */
  | { readonly kind: 'stroke'; readonly text: '—' | '/' }
  | { readonly kind: 'text' };

/** Digits are narrower than high; Han characters are not, or hold parts that are. */
const WIDEST_DIGIT = 0.92;
const FULL_HEIGHT = 0.74;

export function lineShape(line: InkLine, image: InkImage): LineShape {
  const clusters = clustersOf(line.components);
  const only = clusters.length === 1 ? clusters[0]! : null;
  if (only && isDash(line.components)) return { kind: 'stroke', text: '—' };
  if (only && isSlash(only, image)) return { kind: 'stroke', text: '/' };
  const tallest = Math.max(...clusters.map(height));
  const bottom = baseline(clusters, tallest);
  const glyphs: Glyph[] = [];
  for (const [index, cluster] of clusters.entries()) {
    const kind = glyphKind(cluster, tallest, bottom, index);
    if (kind === null) return { kind: 'text' };
    glyphs.push({ ...cluster, kind });
  }
  return glyphs.some((glyph) => glyph.kind === 'digit') ? { kind: 'number', glyphs } : { kind: 'text' };
}

/** The characters of a line that is known to be a number; null where it has none of a digit's height. */
export function numberGlyphs(line: InkLine): Glyph[] | null {
  const clusters = clustersOf(line.components);
  const tallest = Math.max(...clusters.map(height));
  const bottom = baseline(clusters, tallest);
  const glyphs = clusters.map(
    (cluster, index): Glyph => ({ ...cluster, kind: glyphKind(cluster, tallest, bottom, index) ?? 'digit' }),
  );
  return glyphs.some((glyph) => glyph.kind === 'digit') ? glyphs : null;
}

function baseline(clusters: readonly Cluster[], tallest: number): number {
  return median(clusters.filter((one) => height(one) >= FULL_HEIGHT * tallest).map((one) => one.bottom));
}

function glyphKind(box: PixelBox, tallest: number, baseline: number, index: number): Glyph['kind'] | null {
  const high = height(box);
  const wide = width(box);
  if (high >= FULL_HEIGHT * tallest) return wide <= WIDEST_DIGIT * high ? 'digit' : null;
  const below = box.bottom - baseline;
  // No number begins with a point.
  if (index > 0 && wide <= 0.35 * tallest && high <= 0.45 * tallest && box.top > baseline - 0.4 * tallest)
    return below > 0.06 * tallest && high > 0.2 * tallest ? 'comma' : 'dot';
  if (index > 0) return null;
  const middle = (box.top + box.bottom) / 2;
  const central = Math.abs(middle - (baseline - tallest / 2)) <= 0.25 * tallest;
  if (central && high <= 0.3 * tallest && wide >= 0.25 * tallest) return 'minus';
  if (central && high <= 1.25 * wide && wide <= 1.25 * high && high >= 0.4 * tallest) return 'plus';
  return null;
}

interface Cluster extends PixelBox {
  readonly touchesRule: boolean;
}

/** Parts above one another are one character. */
function clustersOf(components: readonly Component[]): Cluster[] {
  const groups: Component[][] = [];
  let right = Number.NEGATIVE_INFINITY;
  for (const part of [...components].sort((a, b) => a.left - b.left)) {
    const overlap = right - part.left;
    // Digits do not come as close as the parts that noise breaks them into.
    if (overlap >= 0) groups.at(-1)!.push(part);
    else groups.push([part]);
    right = Math.max(right, part.right);
  }
  return groups.map((group) => ({
    ...boxAround(group),
    touchesRule: group.some((part) => part.touchesRule),
  }));
}

/** One flat solid piece. */
function isDash(components: readonly Component[]): boolean {
  const [only] = components;
  if (components.length !== 1 || !only) return false;
  return height(only) <= 0.35 * width(only) && only.area >= 0.55 * width(only) * height(only);
}

/** A thin straight stroke that leans to the right. */
function isSlash(box: PixelBox, image: InkImage): boolean {
  const high = height(box);
  if (width(box) < 0.22 * high || width(box) > 1.2 * high) return false;
  const centres: number[] = [];
  for (let y = box.top; y < box.bottom; y++) {
    let first = -1;
    let last = -1;
    for (let x = box.left; x < box.right; x++) {
      if (image.ink[y * image.width + x] !== 1) continue;
      if (first < 0) first = x;
      last = x;
    }
    if (first < 0) continue;
    if (last - first + 1 > 0.36 * high) return false;
    centres.push((first + last) / 2);
  }
  const count = centres.length;
  if (count < 4) return false;
  const meanY = (count - 1) / 2;
  const meanX = centres.reduce((sum, x) => sum + x, 0) / count;
  let product = 0;
  let square = 0;
  for (let y = 0; y < count; y++) {
    product += (y - meanY) * (centres[y]! - meanX);
    square += (y - meanY) ** 2;
  }
  const slope = product / square;
  if (slope > -0.2) return false;
  const error = Math.sqrt(
    centres.reduce((sum, x, y) => sum + (x - meanX - slope * (y - meanY)) ** 2, 0) / count,
  );
  return error <= 0.06 * high;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
