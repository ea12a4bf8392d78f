import type { GrayImage, InkImage } from './image.ts';

/** A picture with uneven light made even: the paper white everywhere. */
export function whiten(image: GrayImage, blockSize: number): GrayImage {
  const { width, height, gray } = image;
  const columns = Math.max(1, Math.round(width / blockSize));
  const rows = Math.max(1, Math.round(height / blockSize));
  const paper = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const histogram = new Uint32Array(256);
      let count = 0;
      const bottom = Math.floor(((row + 1) * height) / rows);
      const right = Math.floor(((column + 1) * width) / columns);
      for (let y = Math.floor((row * height) / rows); y < bottom; y += 2)
        for (let x = Math.floor((column * width) / columns); x < right; x += 2) {
          histogram[gray[y * width + x]!]! += 1;
          count += 1;
        }
      let above = count * 0.3;
      let level = 255;
      while (level > 0 && above > 0) above -= histogram[level--]!;
      paper[row * columns + column] = level;
    }
  }
  const darkest = paper.reduce((least, level) => Math.min(least, level), 255);
  const brightest = paper.reduce((most, level) => Math.max(most, level), 0);
  if (brightest - darkest < 12 && brightest > 235) return image;
  // A block that is mostly ink (a photograph, a black bar) says nothing of the paper.
  for (let index = 0; index < paper.length; index++) paper[index] = Math.max(paper[index]!, brightest * 0.45);
  const even = new Uint8Array(gray.length);
  for (let y = 0; y < height; y++) {
    const v = Math.min(rows - 1, Math.max(0, ((y + 0.5) * rows) / height - 0.5));
    const top = Math.floor(v);
    const lower = Math.min(rows - 1, top + 1);
    for (let x = 0; x < width; x++) {
      const u = Math.min(columns - 1, Math.max(0, ((x + 0.5) * columns) / width - 0.5));
      const left = Math.floor(u);
      const next = Math.min(columns - 1, left + 1);
      const above = paper[top * columns + left]! * (1 - u + left) + paper[top * columns + next]! * (u - left);
      const below =
        paper[lower * columns + left]! * (1 - u + left) + paper[lower * columns + next]! * (u - left);
      const level = above * (1 - v + top) + below * (v - top);
      even[y * width + x] = Math.min(255, (gray[y * width + x]! * 250) / level);
    }
  }
  return { width, height, gray: even };
}

/** Grey levels up to which a pixel is ink. */
export interface InkThresholds {
  /** Takes in thin grey strokes and rules, and makes others fat. */
  readonly faint: number;
  /** Keeps characters apart. */
  readonly firm: number;
}

/**
 * Both lie past the level that parts ink from paper best (Otsu 1979), since thin strokes are grey, but clear of the
 * noise of the paper.
 */
export function inkThresholds({ gray }: GrayImage): InkThresholds {
  const histogram = new Float64Array(256);
  for (const value of gray) histogram[value]! += 1;
  const parting = otsu(histogram, gray.length);
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let level = parting + 1; level < 256; level++) {
    count += histogram[level]!;
    sum += level * histogram[level]!;
    squares += level * level * histogram[level]!;
  }
  if (count === 0) return { faint: parting, firm: parting };
  const paper = sum / count;
  const noise = Math.sqrt(Math.max(0, squares / count - paper * paper));
  const level = (share: number) =>
    Math.round(Math.max(parting, Math.min(parting + (paper - parting) * share, paper - 3 * noise)));
  return { faint: level(0.4), firm: level(0.15) };
}

function otsu(histogram: Float64Array, total: number): number {
  let sum = 0;
  for (let level = 0; level < 256; level++) sum += level * histogram[level]!;
  let best = 128;
  let most = -1;
  let below = 0;
  let sumBelow = 0;
  for (let level = 0; level < 255; level++) {
    below += histogram[level]!;
    sumBelow += level * histogram[level]!;
    if (below === 0 || below === total) continue;
    const difference = sumBelow / below - (sum - sumBelow) / (total - below);
    const between = below * (total - below) * difference * difference;
    if (between > most) {
      most = between;
      best = level;
    }
  }
  return Math.min(200, Math.max(70, best));
}

/** What is darker than `threshold`. */
export function inkOf({ width, height, gray }: GrayImage, threshold: number): InkImage {
  const ink = new Uint8Array(gray.length);
  for (let at = 0; at < gray.length; at++) if (gray[at]! <= threshold) ink[at] = 1;
  return { width, height, ink };
}
