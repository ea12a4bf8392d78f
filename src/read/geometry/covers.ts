import { extent, type Figure } from './drawn-paths.ts';
import type { Box } from './page-geometry.ts';

/** Height of the strips of the page by which areas are looked up. */
const STRIP = 32;
/** A line hides no character. */
const LINE = 3;
/** Areas of more points than these are no rectangles that somebody put over a number. */
const MAX_POINTS = 12;
const MAX_STRIPS = 1000;
/** A strip of a sheet holds no more areas than these side by side; below so many each character counts as covered. */
const MOST_COVERS = 4000;

interface Cover extends Box {
  readonly order: number;
}

/** Areas painted in one colour that hide what was painted under them before. */
export class Covers {
  readonly #strips = new Map<number, Cover[]>();
  #last = -Infinity;

  add({ x0, y0, x1, y1 }: Box, order: number): void {
    if (!(x1 - x0 > LINE && y1 - y0 > LINE)) return;
    this.#last = Math.max(this.#last, order);
    const from = Math.max(0, Math.floor(y0 / STRIP));
    const to = Math.min(from + MAX_STRIPS, Math.floor(y1 / STRIP));
    for (let strip = from; strip <= to; strip++) {
      const list = this.#strips.get(strip);
      const cover = { x0, y0, x1, y1, order };
      if (list) list.push(cover);
      else this.#strips.set(strip, [cover]);
    }
  }

  /** Whether the figure is of a kind of which its extent says all. */
  addFigure(figure: Figure, clip: Box | null, order: number): boolean {
    if (figure.curved || figure.points.length > MAX_POINTS) return false;
    const box = extent(figure);
    this.add(
      clip
        ? {
            x0: Math.max(box.x0, clip.x0),
            y0: Math.max(box.y0, clip.y0),
            x1: Math.min(box.x1, clip.x1),
            y1: Math.min(box.y1, clip.y1),
          }
        : box,
      order,
    );
    return true;
  }

  /** Whether an area that was painted after `order` lies over a point. */
  cover(x: number, y: number, order: number): boolean {
    if (order >= this.#last) return false;
    const list = this.#strips.get(Math.floor(y / STRIP));
    if (!list) return false;
    if (list.length > MOST_COVERS) return true;
    for (let i = list.length - 1; i >= 0; i--) {
      const c = list[i]!;
      if (c.order > order && x > c.x0 && x < c.x1 && y > c.y0 && y < c.y1) return true;
    }
    return false;
  }
}
