import type { InkImage } from './image.ts';

export interface PixelBox {
  readonly left: number;
  readonly top: number;
  /** Exclusive. */
  readonly right: number;
  readonly bottom: number;
}

/** A piece of ink that hangs together. */
export interface Component extends PixelBox {
  readonly area: number;
  /** It runs into a ruling line: some of it may be line, or some of a digit may have gone with the line. */
  readonly touchesRule: boolean;
}

/** A line of writing in a cell. */
export interface InkLine extends PixelBox {
  readonly components: readonly Component[];
}

export interface CellInk {
  readonly lines: readonly InkLine[];
  /** Bits too large for noise and too small for writing. */
  readonly unexplained: boolean;
}

/** Inches. Below the first it is noise from the scanner; between the two it may be a dot, or dirt. */
const SPECK = 0.0085;
const SMALLEST_WRITING = 0.035;
/** Up to here a bit that stands away from every line of a cell is dust. */
const DUST = 0.022;

/** What is written in a cell: its ink without the ruling lines, by lines from top to bottom. */
export function cellInk(image: InkImage, mask: Uint8Array, cell: PixelBox, dpi: number): CellInk {
  const components = componentsOf(image, mask, cell, dpi);
  let writing = components.filter((part) => Math.max(width(part), height(part)) >= SMALLEST_WRITING * dpi);
  if (writing.length === 0 && components.length === 1 && isHyphen(components[0]!, cell, dpi))
    writing = components;
  if (writing.length === 0) return { lines: [], unexplained: components.length > 0 };
  const lines = linesOf(writing);
  let unexplained = false;
  const parts = lines.map((line) => [...line]);
  for (const small of components) {
    if (writing.includes(small)) continue;
    const middle = (small.top + small.bottom) / 2;
    const home = lines.findIndex((line) => {
      const box = boxAround(line);
      const room = 0.25 * height(box);
      return (
        middle >= box.top - room &&
        middle <= box.bottom + room &&
        small.right >= box.left - height(box) &&
        small.left <= box.right + height(box)
      );
    });
    if (home >= 0) parts[home]!.push(small);
    else if (Math.max(width(small), height(small)) > DUST * dpi) unexplained = true;
  }
  return {
    lines: parts.map((line) => ({ ...boxAround(line), components: line.sort((a, b) => a.left - b.left) })),
    unexplained,
  };
}

/** A short flat stroke alone in the middle of its cell. */
function isHyphen(part: Component, cell: PixelBox, dpi: number): boolean {
  const middle = (part.top + part.bottom) / 2;
  const away = Math.abs(middle - (cell.top + cell.bottom) / 2);
  return width(part) >= 0.025 * dpi && width(part) >= 1.6 * height(part) && away < 0.2 * height(cell);
}

export function width(box: PixelBox): number {
  return box.right - box.left;
}

export function height(box: PixelBox): number {
  return box.bottom - box.top;
}

export function boxAround(boxes: readonly PixelBox[]): PixelBox {
  return {
    left: Math.min(...boxes.map((box) => box.left)),
    top: Math.min(...boxes.map((box) => box.top)),
    right: Math.max(...boxes.map((box) => box.right)),
    bottom: Math.max(...boxes.map((box) => box.bottom)),
  };
}

function componentsOf(image: InkImage, mask: Uint8Array, cell: PixelBox, dpi: number): Component[] {
  const left = Math.max(1, Math.round(cell.left));
  const top = Math.max(1, Math.round(cell.top));
  const right = Math.min(image.width - 1, Math.round(cell.right));
  const bottom = Math.min(image.height - 1, Math.round(cell.bottom));
  const columns = right - left;
  if (columns <= 0 || bottom <= top) return [];
  const seen = new Uint8Array(columns * (bottom - top));
  const speck = Math.max(2, SPECK * dpi);
  const thin = Math.max(2, 0.012 * dpi);
  const found: Component[] = [];
  const stack: number[] = [];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const start = (y - top) * columns + (x - left);
      if (seen[start] === 1 || !written(image, mask, x, y)) continue;
      let area = 0;
      let touchesRule = false;
      let [minX, maxX, minY, maxY] = [x, x, y, y];
      seen[start] = 1;
      stack.push(start);
      for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
        const px = left + (at % columns);
        const py = top + Math.floor(at / columns);
        area += 1;
        if (px < minX) minX = px;
        if (px > maxX) maxX = px;
        if (py < minY) minY = py;
        if (py > maxY) maxY = py;
        for (let dy = -1; dy <= 1; dy++)
          for (let dx = -1; dx <= 1; dx++) {
            const nx = px + dx;
            const ny = py + dy;
            if (mask[ny * image.width + nx] === 1) touchesRule = true;
            if (nx < left || nx >= right || ny < top || ny >= bottom) continue;
            const next = (ny - top) * columns + (nx - left);
            if (seen[next] === 1 || !written(image, mask, nx, ny)) continue;
            seen[next] = 1;
            stack.push(next);
          }
      }
      const part: Component = { left: minX, top: minY, right: maxX + 1, bottom: maxY + 1, area, touchesRule };
      const atEdge = minX <= left + 1 || maxX >= right - 2 || minY <= top + 1 || maxY >= bottom - 2;
      const residue = Math.min(width(part), height(part)) <= thin && (touchesRule || atEdge);
      if (Math.max(width(part), height(part)) > speck && area > speck && !residue) found.push(part);
    }
  }
  return found;
}

function written(image: InkImage, mask: Uint8Array, x: number, y: number): boolean {
  const at = y * image.width + x;
  return image.ink[at] === 1 && mask[at] === 0;
}

/** Parts that overlap from top to bottom are one line; a band much lower than the others belongs to its neighbour. */
function linesOf(parts: readonly Component[]): Component[][] {
  const bands: { top: number; bottom: number; parts: Component[] }[] = [];
  for (const part of [...parts].sort((a, b) => a.top - b.top)) {
    const band = bands.at(-1);
    if (band && part.top < band.bottom - 1) {
      band.parts.push(part);
      band.bottom = Math.max(band.bottom, part.bottom);
    } else bands.push({ top: part.top, bottom: part.bottom, parts: [part] });
  }
  const tallest = Math.max(...bands.map((band) => band.bottom - band.top));
  for (let index = 0; index < bands.length; ) {
    const band = bands[index]!;
    const before = bands[index - 1];
    const after = bands[index + 1];
    const low = band.bottom - band.top < 0.55 * tallest;
    const gapBefore = before ? band.top - before.bottom : Number.POSITIVE_INFINITY;
    const gapAfter = after ? after.top - band.bottom : Number.POSITIVE_INFINITY;
    if (!low || Math.min(gapBefore, gapAfter) > 0.3 * tallest) {
      index += 1;
      continue;
    }
    const [first, second] = gapBefore <= gapAfter ? [index - 1, index] : [index, index + 1];
    const joined = [bands[first]!, bands[second]!];
    if (joined[1]!.bottom - joined[0]!.top > 1.25 * tallest) {
      index += 1;
      continue;
    }
    bands.splice(first, 2, {
      top: joined[0]!.top,
      bottom: joined[1]!.bottom,
      parts: [...joined[0]!.parts, ...joined[1]!.parts],
    });
    index = first;
  }
  return bands.map((band) => band.parts);
}
