import { around } from '../geometry/cell-text.ts';
import { extent, type Figure } from '../geometry/drawn-paths.ts';
import { intersection } from '../geometry/intersection.ts';
import { IDENTITY, type Matrix, moved, multiply } from '../geometry/matrix.ts';
import type { Box } from '../geometry/page-geometry.ts';
import { matrixOf, numbers } from './numbers.ts';
import { holds } from './painted-areas.ts';
import { child, children, type Element } from './xml.ts';

/** Of all clips around an object that are no rectangles: every character is asked for among them. */
const MAX_POINTS = 1000;
const NOTHING: Box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
const EVERYTHING: Box = { x0: -Infinity, y0: -Infinity, x1: Infinity, y1: Infinity };

interface Outline {
  readonly figures: readonly Figure[];
  readonly evenOdd: boolean;
}

/** What the clips of an object (GB/T 33190—2016, 8.4) leave of the page. */
export interface Clip {
  /** Outside it nothing is left; null where that is not known. */
  readonly box: Box | null;
  /** What is surely left lies in it, and of each of the unions in one outline at least. */
  readonly rectangle: Box;
  readonly unions: readonly (readonly Outline[])[];
  /** Of the unions. */
  readonly points: number;
}

/** `inner`: the object's own coordinates; `outer`: those that its boundary is measured in. Both as places on the page. */
export interface Places {
  readonly inner: Matrix;
  readonly outer: Matrix;
  /** Reads the figures of a path. */
  readonly figures: (data: string, matrix: Matrix) => Figure[];
}

/** The clips of an object, and what clips it from outside. */
export function clipOf(object: Element, outside: Clip | null, places: Places): Clip | null {
  let clip = outside;
  for (const clips of children(object, 'Clips')) {
    const [x = 0, y = 0] = numbers(object.attributes['Boundary']);
    const base =
      clips.attributes['TransFlag'] === 'false' ? multiply(moved(x, y), places.outer) : places.inner;
    for (const one of children(clips, 'Clip')) clip = both(clip, union(one, base, places));
  }
  return clip;
}

/** The areas of one clip together. */
function union(clip: Element, base: Matrix, places: Places): Clip {
  const paths: Outline[] = [];
  let known = true;
  for (const area of children(clip, 'Area')) {
    const matrix = multiply(matrixOf(area.attributes['CTM']) ?? IDENTITY, base);
    // What is cut out in the shape of characters is not followed up.
    if (child(area, 'Text')) known = false;
    for (const path of children(area, 'Path')) {
      const [x = 0, y = 0] = numbers(path.attributes['Boundary']);
      const own = multiply(matrixOf(path.attributes['CTM']) ?? IDENTITY, moved(x, y));
      const data = child(path, 'AbbreviatedData')?.text ?? '';
      const figures = places.figures(data, multiply(own, matrix));
      if (figures.length > 0) paths.push({ figures, evenOdd: path.attributes['Rule'] === 'Even-Odd' });
    }
  }
  const figures = paths.flatMap((path) => path.figures);
  const box = known ? around(figures.map(extent)) : null;
  if (figures.length === 0) return { box, rectangle: NOTHING, unions: [], points: 0 };
  if (figures.length === 1 && isUpright(figures[0]!))
    return { box, rectangle: extent(figures[0]!), unions: [], points: 0 };
  return limited({
    box,
    rectangle: EVERYTHING,
    unions: [paths],
    points: figures.reduce((sum, { points }) => sum + points.length, 0),
  });
}

function both(a: Clip | null, b: Clip): Clip {
  if (!a) return b;
  return limited({
    box: a.box && b.box ? intersection(a.box, b.box) : (a.box ?? b.box),
    rectangle: intersection(a.rectangle, b.rectangle),
    unions: b.unions.length > 0 ? [...a.unions, ...b.unions] : a.unions,
    points: a.points + b.points,
  });
}

/** Of clips of so many points that asking for every character would take minutes it is not known what they leave. */
function limited(clip: Clip): Clip {
  return clip.points > MAX_POINTS ? { box: clip.box, rectangle: NOTHING, unions: [], points: 0 } : clip;
}

/** Whether a figure is a rectangle with level and upright sides. */
function isUpright({ points, curved }: Figure): boolean {
  const [a, b, c, d, e = a] = points;
  if (curved || points.length > 5 || !a || !b || !c || !d || !e) return false;
  if (e[0] !== a[0] || e[1] !== a[1]) return false;
  return a[1] === b[1]
    ? b[0] === c[0] && c[1] === d[1] && d[0] === a[0]
    : a[0] === b[0] && b[1] === c[1] && c[0] === d[0] && d[1] === a[1];
}

/** Whether a point is surely left. */
function leaves({ rectangle, unions }: Clip, x: number, y: number): boolean {
  const { x0, y0, x1, y1 } = rectangle;
  // Of the sides of a rectangle those belong to it that belong to any other outline.
  if (!(x >= x0 && x < x1 && y >= y0 && y < y1)) return false;
  return unions.every((paths) => paths.some(({ figures, evenOdd }) => holds(figures, evenOdd, x, y)));
}

/** Whether all of a character that may hold ink is left. */
export function leavesCharacter(clip: Clip, { x0, y0, x1, y1 }: Box): boolean {
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const [across, down] = [0.3 * (x1 - x0), 0.25 * (y1 - y0)];
  return [-1, 1].every((i) => [-1, 1].every((j) => leaves(clip, x + i * across, y + j * down)));
}
