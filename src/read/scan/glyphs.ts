import { boxAround, type Component, height, type InkLine, type PixelBox, width } from './cell-ink.ts';
import type { GrayImage, InkImage } from './image.ts';

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
const MOST_DIGITS = 10;

export function lineShape(line: InkLine, image: InkImage): LineShape {
  const clusters = withoutSpecks(clustersOf(line.components));
  const only = clusters.length === 1 ? clusters[0]! : null;
  if (only && isDash(line.components)) return { kind: 'stroke', text: '—' };
  if (only && isSlash(only, image)) return { kind: 'stroke', text: '/' };
  const glyphs = glyphsOf(clusters, image);
  return glyphs ? { kind: 'number', glyphs } : { kind: 'text' };
}

/**
 * The characters of a line that is a number, digits that run into each other taken apart; null
 * where that does not give digits.
 */
export function numberGlyphs(
  line: InkLine,
  page: GrayImage,
  image: InkImage,
  spacing: DigitSpacing,
): readonly Glyph[] | null {
  const clusters = withoutSpecks(clustersOf(line.components));
  const tallest = Math.max(...clusters.map(height));
  const parts = clusters.flatMap((cluster, index) => {
    if (height(cluster) < FULL_HEIGHT * tallest) return [cluster];
    const [minus, rest] = index === 0 ? withoutMinus(cluster, image) : [null, cluster];
    const digits = width(rest) > WIDEST_DIGIT * height(rest) ? takenApart(rest, page, spacing) : [rest];
    return minus ? [minus, ...digits] : digits;
  });
  return glyphsOf(parts, image);
}

/** A number and what stands behind it. */
export interface NumberBeforeUnit {
  readonly glyphs: readonly Glyph[];
  /** Around the one or two Han characters that may be its unit. */
  readonly unit: PixelBox;
}

/** In heights of a digit: how much digits differ in height, and what no unit is as wide as or stands as far off. */
const LIKE_HIGH = 0.06;
const WIDEST_UNIT = 3;
const FAR_OFF = 1;

/**
 * A line that begins like a number and ends in higher characters, such as 万 or 元, parted between them; null for other
 * lines. Digits that run into each other are as high as the others and are no unit.
 */
export function numberBeforeUnit(line: InkLine, image: InkImage): NumberBeforeUnit | null {
  const clusters = withoutSpecks(clustersOf(line.components));
  const first = clusters[0];
  if (!first || clusters.length < 2) return null;
  const high = height(first);
  const room = Math.max(1, Math.round(LIKE_HIGH * high));
  const end = clusters.findIndex((one) => {
    if (height(one) < FULL_HEIGHT * high) return one.top < first.bottom - 0.4 * high;
    const off = Math.max(Math.abs(one.top - first.top), Math.abs(one.bottom - first.bottom));
    return off > room || width(one) > WIDEST_DIGIT * height(one);
  });
  if (end <= 0) return null;
  const unit = boxAround(clusters.slice(end));
  if (height(unit) <= high + 1 || width(unit) > WIDEST_UNIT * high) return null;
  if (unit.left - clusters[end - 1]!.right > FAR_OFF * high) return null;
  const glyphs = glyphsOf(clusters.slice(0, end), image);
  return glyphs?.at(-1)?.kind === 'digit' ? { glyphs, unit } : null;
}

/** Heights of a line that part two numbers: of two cells whose rule was not found, perhaps. */
const PARTED = 1;

/** Whether the characters of a line are one number. */
export function standTogether(glyphs: readonly Glyph[]): boolean {
  const high = Math.max(...glyphs.map(height));
  return glyphs.every(
    (glyph, index) => glyph.left - (glyphs[index - 1]?.right ?? glyph.left) <= PARTED * high,
  );
}

/** Height of the digits of a number; its tallest cluster for other lines. */
export function letterHeight(line: InkLine): number {
  return Math.max(...line.components.map(height));
}

function glyphsOf(clusters: readonly Cluster[], image: InkImage): Glyph[] | null {
  if (clusters.length === 0) return null;
  const tallest = Math.max(...clusters.map(height));
  const bottom = median(
    clusters.filter((one) => height(one) >= FULL_HEIGHT * tallest).map((one) => one.bottom),
  );
  const glyphs: Glyph[] = [];
  for (const [index, cluster] of clusters.entries()) {
    const kind = isCross(cluster, image)
      ? index === 0 && clusters.length > 1
        ? 'plus'
        : null
      : glyphKind(cluster, tallest, bottom, index);
    if (kind === null) return null;
    glyphs.push({ ...cluster, kind });
  }
  return glyphs.some((glyph) => glyph.kind === 'digit') ? glyphs : null;
}

/** Heights of a line by which a point stands away from its digits at most; what is further off is dust. */
const APART = 0.4;

/** Dust above the foot of the line (no digit has parts as small, and points stand on the line) and away from its ends. */
function withoutSpecks(clusters: readonly Cluster[]): Cluster[] {
  const tallest = Math.max(...clusters.map(height));
  const high = clusters.filter((one) => height(one) >= FULL_HEIGHT * tallest);
  const { left, right, bottom } = boxAround(high);
  return clusters.filter((one) => {
    const small = Math.max(height(one), width(one)) <= 0.2 * tallest;
    const away = Math.max(left - one.right, one.left - right) > APART * tallest;
    return !small || (one.bottom > bottom - 0.25 * tallest && !away);
  });
}

/** How wide digits are, and how far the next one stands, for their height. */
export interface DigitSpacing {
  readonly width: number;
  readonly pitch: number;
}

/** The spacing of numbers whose digits stand apart; a usual one where there are none. */
export function digitSpacing(numbers: readonly (readonly Glyph[])[]): DigitSpacing {
  const widths: number[] = [];
  const pitches: number[] = [];
  for (const glyphs of numbers) {
    for (const [index, glyph] of glyphs.entries()) {
      if (glyph.kind !== 'digit') continue;
      widths.push(width(glyph) / height(glyph));
      const next = glyphs[index + 1];
      if (next?.kind === 'digit')
        pitches.push((next.left + next.right - glyph.left - glyph.right) / 2 / height(glyph));
    }
  }
  return { width: median(widths) || 0.6, pitch: median(pitches) || 0.68 };
}

/** Cuts a piece as wide as several digits where the next digit is due, at the lightest column thereabouts. */
function takenApart(cluster: Cluster, page: GrayImage, spacing: DigitSpacing): Cluster[] {
  const high = height(cluster);
  const wide = width(cluster);
  const count = 1 + Math.max(1, Math.round((wide / high - spacing.width) / spacing.pitch));
  if (count > MOST_DIGITS) return [cluster];
  const edges = [0];
  for (let cut = 1; cut < count; cut++) {
    const middle = (cut * wide) / count;
    const reach = Math.max(1, 0.1 * high);
    let lightest = Math.round(middle);
    let least = Number.POSITIVE_INFINITY;
    // Nearer cuts win ties; the hollow of a 0 is as light as the gap beside it, and further away.
    for (let x = Math.ceil(middle - reach); x <= middle + reach; x++) {
      let sum = 0;
      for (let y = cluster.top; y < cluster.bottom; y++)
        sum += 255 - page.gray[y * page.width + cluster.left + x]!;
      if (sum >= least) continue;
      least = sum;
      lightest = x;
    }
    edges.push(lightest);
  }
  edges.push(wide);
  return edges.slice(1).map((edge, index) => ({
    ...cluster,
    left: cluster.left + edges[index]! + (index > 0 ? 1 : 0),
    right: cluster.left + edge,
  }));
}

/** In heights of the line: what a minus is at least as long as, at most as thick as, and off the middle at most. */
const MINUS = { long: 0.2, thick: 0.25, off: 0.15 } as const;

/**
 * A minus that runs into the first digit, and the rest. Never sure, since a plus begins so too: both are taken for what
 * runs into a rule.
 */
function withoutMinus(cluster: Cluster, { width: across, ink }: InkImage): [Cluster | null, Cluster] {
  const high = height(cluster);
  const middle = (cluster.top + cluster.bottom) / 2;
  let [right, top, bottom] = [cluster.left, cluster.bottom, cluster.top];
  for (let x = cluster.left; x < cluster.right; x++) {
    let [first, last] = [-1, -1];
    for (let y = cluster.top; y < cluster.bottom; y++) {
      if (ink[y * across + x] !== 1) continue;
      if (first < 0) first = y;
      last = y;
    }
    const thin = first >= 0 && last - first + 1 <= MINUS.thick * high;
    if (!thin || Math.abs((first + last + 1) / 2 - middle) > MINUS.off * high) break;
    [right, top, bottom] = [x + 1, Math.min(top, first), Math.max(bottom, last + 1)];
  }
  if (right - cluster.left < MINUS.long * high) return [null, cluster];
  return [
    { left: cluster.left, top, right, bottom, touchesRule: true },
    { ...cluster, left: right, touchesRule: true },
  ];
}

function glyphKind(box: PixelBox, tallest: number, baseline: number, index: number): Glyph['kind'] | null {
  const high = height(box);
  const wide = width(box);
  if (high >= FULL_HEIGHT * tallest) return wide <= WIDEST_DIGIT * high ? 'digit' : null;
  const below = box.bottom - baseline;
  if (wide <= 0.35 * tallest && high <= 0.45 * tallest && box.top > baseline - 0.4 * tallest)
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

/** Parts above one another are one character, and small parts that touch it. */
function clustersOf(all: readonly Component[]): Cluster[] {
  const components = withoutOutliers(all);
  const tallest = Math.max(...components.map(height));
  const groups: Component[][] = [];
  for (const part of [...components].sort((a, b) => a.left - b.left)) {
    const group = groups.at(-1);
    const box = group ? boxAround(group) : null;
    const overlap = box ? box.right - part.left : -1;
    const low = box !== null && Math.min(height(box), height(part)) < 0.6 * tallest;
    const narrower = box ? Math.min(width(box), width(part)) : 1;
    if (group && (overlap > 0.3 * narrower || (low && overlap >= 0))) group.push(part);
    else groups.push([part]);
  }
  return groups.map((group) => ({
    ...boxAround(group),
    touchesRule: group.some((part) => part.touchesRule),
  }));
}

/** Dust above or below a line, which would make the character beside it higher; no part of one stands clear of the line. */
function withoutOutliers(components: readonly Component[]): readonly Component[] {
  const tallest = Math.max(...components.map(height));
  const high = components.filter((part) => height(part) >= FULL_HEIGHT * tallest);
  const { top, bottom } = boxAround(high);
  const clear = 0.08 * tallest;
  return components.filter((part) => {
    const small = Math.max(height(part), width(part)) <= 0.2 * tallest;
    return !small || (part.bottom > top - clear && part.top < bottom + clear);
  });
}

/** A bar across and one upright, and nothing in the four corners between them. */
function isCross(box: PixelBox, image: InkImage): boolean {
  const wide = width(box);
  const high = height(box);
  if (wide < 5 || wide > 1.35 * high || high > 1.35 * wide) return false;
  let inCorners = 0;
  let corners = 0;
  let onBars = 0;
  let bars = 0;
  for (let y = box.top; y < box.bottom; y++)
    for (let x = box.left; x < box.right; x++) {
      const dx = Math.abs((x + 0.5 - box.left) / wide - 0.5);
      const dy = Math.abs((y + 0.5 - box.top) / high - 0.5);
      const ink = image.ink[y * image.width + x]!;
      if (dx > 0.22 && dy > 0.22) {
        corners += 1;
        inCorners += ink;
      } else if (Math.min(dx, dy) < 0.06) {
        bars += 1;
        onBars += ink;
      }
    }
  return bars > 0 && onBars > 0.85 * bars && inCorners < 0.08 * corners;
}

/** Pixels. */
const LOW = 8;

/** One flat solid piece. */
function isDash(components: readonly Component[]): boolean {
  const [only] = components;
  if (components.length !== 1 || !only) return false;
  const [wide, high] = [width(only), height(only)];
  // A speck of noise at its edge makes a hyphen twice as high as its stroke; no character is as low.
  const flat = high <= 0.35 * wide || (high <= 0.65 * wide && high <= LOW);
  return flat && only.area >= 0.55 * wide * high;
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
