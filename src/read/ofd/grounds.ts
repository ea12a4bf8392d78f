import type { Box } from '../geometry/page-geometry.ts';
import { isBroad, Strips } from '../geometry/strips.ts';
import { isVisible, OPAQUE, type Paint } from './paint.ts';

/** Colours that are nearer to each other than this, of 255, cannot be told apart at a glance. */
const ALIKE = 24;
/** Areas looked at in all; behind the text of a page that draws more it is not known what lies. */
const MAX_WORK = 20_000_000;

interface Ground extends Box {
  /** Null where it has many, or is seen through. */
  readonly colour: readonly number[] | null;
  readonly order: number;
}

/** The colours that lie behind text. */
export class Grounds {
  readonly #strips = new Strips<Ground>();
  #work = 0;

  /** In the order in which they are painted. `paint`: null for pictures. */
  add(box: Box, paint: Paint | null, order: number): void {
    if (!isBroad(box)) return;
    const { x0, y0, x1, y1 } = box;
    this.#strips.add({ x0, y0, x1, y1, colour: paint && paint.alpha > OPAQUE ? paint.values : null, order });
  }

  /** Whether what is painted at a point stands out from what was painted there before `order`. */
  shows(paint: Paint, x: number, y: number, order: number): boolean {
    const list = this.#strips.at(y);
    for (let i = list.length - 1; i >= 0; i--) {
      if (++this.#work > MAX_WORK) return false;
      const g = list[i]!;
      if (g.order >= order || x < g.x0 || x > g.x1 || y < g.y0 || y > g.y1) continue;
      return g.colour === null || !alike(paint, g.colour);
    }
    // On paper.
    return isVisible(paint);
  }
}

function alike(paint: Paint, ground: readonly number[]): boolean {
  const { values } = paint;
  if (values === null) return false;
  if (values.length !== ground.length) return !isVisible(paint) && !isVisible({ values: ground, alpha: 255 });
  return values.every((v, i) => Math.abs(v - ground[i]!) < ALIKE);
}
