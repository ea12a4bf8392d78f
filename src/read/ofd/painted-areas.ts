import { around } from '../geometry/cell-text.ts';
import { Covers } from '../geometry/covers.ts';
import { extent, type Figure } from '../geometry/drawn-paths.ts';
import { intersection } from '../geometry/intersection.ts';
import type { Box } from '../geometry/page-geometry.ts';
import { Strips } from '../geometry/strips.ts';

/** What is not curved and has no more points than these is taken for its extent. */
const FEW_POINTS = 12;
/** Points of shapes looked at in all; a page of more drawings hides whatever may lie under one of them. */
const MAX_WORK = 20_000_000;
/** And so with boxes, each counted as often as it is asked for places below it. */
const MAX_BOX_WORK = 3e9;

interface Shape extends Box {
  readonly figures: readonly Figure[];
  readonly evenOdd: boolean;
  readonly order: number;
}

/** Areas painted so that nothing below them can be seen. */
export class PaintedAreas {
  readonly #boxes = new Covers();
  readonly #strips = new Strips<Shape>();
  #work = 0;
  #count = 0;
  #last = -1;
  #boxWork = 0;

  addBox(box: Box, order: number): void {
    this.#boxes.add(box, order);
    this.#count++;
    this.#last = Math.max(this.#last, order);
  }

  /** The figures of one path, filled. `clip`: what is left of the page. */
  addFill(figures: readonly Figure[], evenOdd: boolean, clip: Box | null, order: number): void {
    const shaped = figures.some((f) => f.curved || f.points.length > FEW_POINTS);
    if (!shaped && !evenOdd && figures.length === 1) {
      this.addBox(intersection(extent(figures[0]!), clip), order);
      return;
    }
    const box = intersection(around(figures.map(extent)), clip);
    if (!(box.x1 > box.x0 && box.y1 > box.y0)) return;
    this.#strips.add({ ...box, figures, evenOdd, order });
  }

  /** Whether something that was painted after `order` lies over a point. */
  cover(x: number, y: number, order: number): boolean {
    if (order < this.#last) {
      this.#boxWork += this.#count;
      if (this.#boxWork > MAX_BOX_WORK || this.#boxes.cover(x, y, order)) return true;
    }
    for (const shape of this.#strips.at(y)) {
      this.#work++;
      if (shape.order <= order || x < shape.x0 || x > shape.x1 || y < shape.y0 || y > shape.y1) continue;
      for (const figure of shape.figures) this.#work += figure.points.length;
      if (this.#work > MAX_WORK || holds(shape.figures, shape.evenOdd, x, y)) return true;
    }
    return false;
  }
}

/** Whether a point lies in what filling the figures of one path paints. */
export function holds(figures: readonly Figure[], evenOdd: boolean, x: number, y: number): boolean {
  let [winding, crossings] = [0, 0];
  for (const { points } of figures) {
    let [ax, ay] = points[points.length - 1]!;
    for (const [bx, by] of points) {
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) {
        winding += by > ay ? 1 : -1;
        crossings++;
      }
      [ax, ay] = [bx, by];
    }
  }
  return evenOdd ? crossings % 2 === 1 : winding !== 0;
}
