import type { Box } from '../geometry/page-geometry.ts';

/**
 * Text objects of which the engine gives no character. It leaves out an object whose codes are those of one of the five
 * text objects before it and which begins within nine tenths of a character of that, taking both for bold that was drawn
 * twice, whether the other one shows or not: of 11, set close in two objects, it gives one digit.
 */

/** What has to be known of a text object for telling whether another repeats it. */
export interface Drawn {
  /** The text object before it in the same list of objects. */
  readonly before: Drawn | null;
  readonly font: number;
  /** Height of the em square in points as shown. */
  readonly size: number;
  readonly angle: number;
  /** Origin in points as shown. */
  readonly x: number;
  readonly y: number;
  /** Box of the whole text as shown. */
  readonly bounds: () => Box | null;
  /** Its characters in the engine's list (end exclusive); or those of the object it repeats. */
  characters: Characters | null;
}

export interface Characters {
  readonly from: number;
  /** Grows while the characters of the object are met. */
  to: number;
  /** Where the object they were given for has its origin. */
  readonly x: number;
  readonly y: number;
}

/** As far back as the engine looks. */
const LOOKED_BACK = 5;

export interface Repeated {
  readonly characters: Characters;
  /** Several texts could be the one that is repeated. */
  readonly unsure: boolean;
}

/**
 * The characters of a text object that was left out: those of the nearest one before it that it can repeat. Null where
 * there is none. `same` tells whether two ranges of characters read alike, `width` how wide the last of one
 * is, in points.
 */
export function repeatedBy(
  drawn: Drawn,
  same: (a: Characters, b: Characters) => boolean,
  width: (characters: Characters) => number,
): Repeated | null {
  const found: { characters: Characters; away: number }[] = [];
  let other = drawn.before;
  for (let i = 0; i < LOOKED_BACK && other; i++, other = other.before)
    if (other.characters && couldRepeat(drawn, other))
      found.push({ characters: other.characters, away: Math.hypot(drawn.x - other.x, drawn.y - other.y) });
  found.sort((a, b) => a.away - b.away);
  const nearest = found[0];
  if (!nearest) return null;
  const within = Math.max(1.5 * nearest.away, width(nearest.characters));
  const unsure = found.some((f) => f.away <= within && !same(nearest.characters, f.characters));
  return { characters: nearest.characters, unsure };
}

/** Equal codes in one font and size have boxes of one shape. */
function couldRepeat(a: Drawn, b: Drawn): boolean {
  if (a.font !== b.font || a.angle !== b.angle || !near(a.size, b.size)) return false;
  const [p, q] = [a.bounds(), b.bounds()];
  if (!p || !q) return false;
  const [width, height] = [q.x1 - q.x0, q.y1 - q.y0];
  if (!near(p.x1 - p.x0, width) || !near(p.y1 - p.y0, height)) return false;
  const reach = Math.max(a.size, Math.min(width, height));
  return Math.abs(a.x - b.x) <= reach && Math.abs(a.y - b.y) <= reach;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 0.01 + 0.01 * Math.max(Math.abs(a), Math.abs(b));
}
