import type { Box } from '../geometry/page-geometry.ts';
import { isVisible, OPAQUE, type Paint } from './paint.ts';

/** Height of the strips of the page by which areas are looked up. */
const STRIP = 32;
const MAX_STRIPS = 1000;
/** A line is no ground. */
const LINE = 3;
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
  readonly #strips = new Map<number, Ground[]>();
  #work = 0;

  /** In the order in which they are painted. `paint`: null for pictures. */
  add({ x0, y0, x1, y1 }: Box, paint: Paint | null, order: number): void {
    if (!(x1 - x0 > LINE && y1 - y0 > LINE)) return;
    const ground = { x0, y0, x1, y1, colour: paint && paint.alpha > OPAQUE ? paint.values : null, order };
    const from = Math.max(0, Math.floor(y0 / STRIP));
    for (let strip = from; strip <= Math.min(from + MAX_STRIPS, Math.floor(y1 / STRIP)); strip++) {
      const list = this.#strips.get(strip);
      if (list) list.push(ground);
      else this.#strips.set(strip, [ground]);
    }
  }

  /** Whether what is painted at a point stands out from what was painted there before `order`. */
  shows(paint: Paint, x: number, y: number, order: number): boolean {
    const list = this.#strips.get(Math.floor(y / STRIP)) ?? [];
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
