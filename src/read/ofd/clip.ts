import { around } from '../geometry/cell-text.ts';
import { extent, type Figure } from '../geometry/drawn-paths.ts';
import type { Box } from '../geometry/page-geometry.ts';
import { IDENTITY, type Matrix, matrixOf, moved, numbers, within } from './matrix.ts';
import { holds, intersection } from './painted-areas.ts';
import { child, children, type Element } from './xml.ts';

const MAX_POINTS = 1000;

/** What the clips of an object (GB/T 33190—2016, 8.4) leave of the page. */
export interface Clip {
  /** Outside it nothing is left; null where that is not known. */
  readonly box: Box | null;
  /** Whether a point is surely left. */
  readonly leaves: (x: number, y: number) => boolean;
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
    const base = clips.attributes['TransFlag'] === 'false' ? within(places.outer, moved(x, y)) : places.inner;
    for (const one of children(clips, 'Clip')) clip = both(clip, union(one, base, places));
  }
  return clip;
}

/** The areas of one clip together. */
function union(clip: Element, base: Matrix, places: Places): Clip {
  const paths: { readonly figures: readonly Figure[]; readonly evenOdd: boolean }[] = [];
  let known = true;
  for (const area of children(clip, 'Area')) {
    const matrix = within(base, matrixOf(area.attributes['CTM']) ?? IDENTITY);
    // What is cut out in the shape of characters is not followed up.
    if (child(area, 'Text')) known = false;
    for (const path of children(area, 'Path')) {
      const [x = 0, y = 0] = numbers(path.attributes['Boundary']);
      const own = within(moved(x, y), matrixOf(path.attributes['CTM']) ?? IDENTITY);
      const data = child(path, 'AbbreviatedData')?.text ?? '';
      const figures = places.figures(data, within(matrix, own));
      paths.push({ figures, evenOdd: path.attributes['Rule'] === 'Even-Odd' });
    }
  }
  // Nor is a drawing of so many points that asking for every character would take minutes.
  if (
    paths.reduce((sum, { figures }) => sum + figures.reduce((n, f) => n + f.points.length, 0), 0) > MAX_POINTS
  )
    return { box: null, leaves: () => false };
  return {
    box: known ? around(paths.flatMap(({ figures }) => figures.map(extent))) : null,
    leaves: (x, y) => paths.some(({ figures, evenOdd }) => holds(figures, evenOdd, x, y)),
  };
}

function both(a: Clip | null, b: Clip): Clip {
  if (!a) return b;
  return {
    box: a.box && b.box ? intersection(a.box, b.box) : (a.box ?? b.box),
    leaves: (x, y) => a.leaves(x, y) && b.leaves(x, y),
  };
}

/** Whether all of a character that may hold ink is left. */
export function leavesCharacter(clip: Clip, { x0, y0, x1, y1 }: Box): boolean {
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const [across, down] = [0.3 * (x1 - x0), 0.25 * (y1 - y0)];
  return [-1, 1].every((i) => [-1, 1].every((j) => clip.leaves(x + i * across, y + j * down)));
}
