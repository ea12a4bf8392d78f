import type { Box } from './page-geometry.ts';

/** Height of a strip, in points. */
const HEIGHT = 32;
/** An area over more strips than any page has is looked up in so many. */
const MOST_STRIPS = 1000;
/** Nothing that is as narrow as this hides or grounds a character. */
const LINE = 3;

/** Whether an area is more than a line. */
export function isBroad({ x0, y0, x1, y1 }: Box): boolean {
  return x1 - x0 > LINE && y1 - y0 > LINE;
}

/** Areas of a page by the strips across it that they touch, in the order in which they were painted. */
export class Strips<T extends Box> {
  readonly #strips = new Map<number, T[]>();
  readonly #most: number;

  /** @param most of more areas than these in one strip only one is kept, so that their number shows that there are more */
  constructor(most = Infinity) {
    this.#most = most;
  }

  add(area: T): void {
    const from = Math.max(0, stripAt(area.y0));
    const to = Math.min(from + MOST_STRIPS, stripAt(area.y1));
    for (let strip = from; strip <= to; strip++) {
      const list = this.#strips.get(strip);
      if (!list) this.#strips.set(strip, [area]);
      else if (list.length <= this.#most) list.push(area);
    }
  }

  /** The areas that touch a strip. */
  in(strip: number): readonly T[] {
    return this.#strips.get(strip) ?? NONE;
  }

  /** The areas in the strip of a place. */
  at(y: number): readonly T[] {
    return this.in(stripAt(y));
  }
}

/** The number of the strip in which a place lies. */
export function stripAt(y: number): number {
  return Math.floor(y / HEIGHT);
}

const NONE: readonly never[] = [];
