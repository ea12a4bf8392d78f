import type { InkImage } from './image.ts';

/** A round official seal on a page, in pixels. */
export interface Seal {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Inches; seals of public bodies measure 3 to 6 cm. What is smaller or larger in red may be a correction by hand. */
const SMALLEST = 1.1;
const LARGEST = 2.4;
/** Width for height; a ring drawn by hand is less round. */
const ROUND = 0.1;
/** Inches up to which bits of red ink are taken for parts of one thing: rings are torn and letters stand free. */
const TOGETHER = 0.12;
/** Where its ring lies, from the middle to the edge, and the share of directions in which it is seen. */
const RING = [0.93, 1.03] as const;
const SEEN = 0.8;
/** Share of the disc within the ring that a name and a star cover at least; a number that is circled has less. */
const WRITTEN = 0.04;

/** The round seals on a page, from its red ink. Those of which too little is seen are not found. */
export function sealsOn(red: InkImage, dpi: number): Seal[] {
  const step = Math.max(1, Math.round(TOGETHER * dpi * 0.5));
  return clusters(red, step).flatMap(({ left, top, right, bottom }) => {
    const wide = right - left;
    const high = bottom - top;
    const seal = { x: (left + right) / 2, y: (top + bottom) / 2, radius: (wide + high) / 4 };
    const size = 2 * seal.radius;
    const fits = size >= SMALLEST * dpi && size <= LARGEST * dpi && Math.abs(wide - high) <= ROUND * size;
    return fits && hasRing(red, seal) && isWritten(red, seal) ? [seal] : [];
  });
}

/** Whether a seal covers a point. */
export function covers(seal: Seal, x: number, y: number): boolean {
  return Math.hypot(x - seal.x, y - seal.y) <= RING[1] * seal.radius;
}

interface Extent {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Extents of the ink that hangs together when squares of `step` pixels that hold some, and meet, are one. */
function clusters({ width, height, ink }: InkImage, step: number): Extent[] {
  const columns = Math.ceil(width / step);
  const rows = Math.ceil(height / step);
  const squares = new Map<number, Extent>();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x] !== 1) continue;
      const at = Math.floor(y / step) * columns + Math.floor(x / step);
      const known = squares.get(at);
      if (known) widen(known, { left: x, top: y, right: x + 1, bottom: y + 1 });
      else squares.set(at, { left: x, top: y, right: x + 1, bottom: y + 1 });
    }
  const found: Extent[] = [];
  for (const [start, extent] of squares) {
    squares.delete(start);
    const stack = [start];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const column = at % columns;
      const row = Math.floor(at / columns);
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++)
        for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
          const next = squares.get(y * columns + x);
          if (!next) continue;
          squares.delete(y * columns + x);
          widen(extent, next);
          stack.push(y * columns + x);
        }
    }
    found.push(extent);
  }
  return found;
}

function widen(extent: Extent, by: Extent): void {
  extent.left = Math.min(extent.left, by.left);
  extent.top = Math.min(extent.top, by.top);
  extent.right = Math.max(extent.right, by.right);
  extent.bottom = Math.max(extent.bottom, by.bottom);
}

const DIRECTIONS = 120;

function hasRing({ width, height, ink }: InkImage, { x, y, radius }: Seal): boolean {
  let seen = 0;
  for (let direction = 0; direction < DIRECTIONS; direction++) {
    const angle = (2 * Math.PI * direction) / DIRECTIONS;
    for (let away = RING[0] * radius; away <= RING[1] * radius; away += 0.5) {
      const px = Math.round(x + away * Math.cos(angle));
      const py = Math.round(y + away * Math.sin(angle));
      if (px < 0 || py < 0 || px >= width || py >= height || ink[py * width + px] !== 1) continue;
      seen += 1;
      break;
    }
  }
  return seen >= SEEN * DIRECTIONS;
}

function isWritten({ width, height, ink }: InkImage, { x, y, radius }: Seal): boolean {
  let area = 0;
  let written = 0;
  const inner = 0.88 * radius;
  for (let py = Math.max(0, Math.ceil(y - inner)); py < Math.min(height, y + inner); py++)
    for (let px = Math.max(0, Math.ceil(x - inner)); px < Math.min(width, x + inner); px++) {
      if (Math.hypot(px - x, py - y) > inner) continue;
      area += 1;
      written += ink[py * width + px]!;
    }
  return written >= WRITTEN * area;
}
