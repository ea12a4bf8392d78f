import { extent, type Figure } from './drawn-paths.ts';
import { intersection } from './intersection.ts';
import type { Box } from './page-geometry.ts';
import { isBroad, Strips } from './strips.ts';

/** Areas of more points than these are no rectangles that somebody put over a number. */
const MAX_POINTS = 12;
/** A strip of a sheet holds no more areas than these side by side; below so many each character counts as covered. */
const MOST_COVERS = 4000;

interface Cover extends Box {
  readonly order: number;
}

/** Areas painted in one colour that hide what was painted under them before. */
export class Covers {
  readonly #strips = new Strips<Cover>();
  #last = -Infinity;

  add(box: Box, order: number): void {
    if (!isBroad(box)) return;
    this.#last = Math.max(this.#last, order);
    const { x0, y0, x1, y1 } = box;
    this.#strips.add({ x0, y0, x1, y1, order });
  }

  /** Whether the figure is of a kind of which its extent says all. */
  addFigure(figure: Figure, clip: Box | null, order: number): boolean {
    if (figure.curved || figure.points.length > MAX_POINTS) return false;
    this.add(intersection(extent(figure), clip), order);
    return true;
  }

  /** Whether an area that was painted after `order` lies over a point. */
  cover(x: number, y: number, order: number): boolean {
    if (order >= this.#last) return false;
    const list = this.#strips.at(y);
    if (list.length > MOST_COVERS) return true;
    for (let i = list.length - 1; i >= 0; i--) {
      const c = list[i]!;
      if (c.order > order && x > c.x0 && x < c.x1 && y > c.y0 && y < c.y1) return true;
    }
    return false;
  }
}
