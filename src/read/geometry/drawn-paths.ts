import type { Box, Segment } from './page-geometry.ts';

/** A filled shape up to this thick (points) is drawn as a line. */
const LINE_THICKNESS = 3;

/** A figure drawn as an outline is no larger (points) than letters are. */
const MAX_DRAWN = 40;
/** Where a page draws more, it is a drawing. */
const MAX_DRAWINGS = 2000;

/** A stretch of a path that the pen draws without being lifted, in points as shown. */
export interface Figure {
  readonly points: [number, number][];
  curved: boolean;
  closed: boolean;
}

/** Sorts what paths paint into ruling lines and shaded areas. */
export class DrawnPaths {
  readonly segments: Segment[] = [];
  readonly shades: Box[] = [];
  /** Small shapes with curves: figures drawn as outlines, ticks. */
  readonly drawings: Box[] = [];

  /** A thin shape is a line; says whether it was one. */
  rule(box: Box): boolean {
    const width = box.x1 - box.x0;
    const height = box.y1 - box.y0;
    const x = (box.x0 + box.x1) / 2;
    const y = (box.y0 + box.y1) / 2;
    // A dot of a dotted line is a piece of both directions: which way the line runs is seen from its neighbours.
    const dot =
      Math.max(width, height) <= LINE_THICKNESS && Math.min(width, height) > 0.4 * Math.max(width, height);
    const across = height <= LINE_THICKNESS && (width > height || dot);
    const down = width <= LINE_THICKNESS && (height > width || dot);
    if (across) this.segments.push({ x0: box.x0, y0: y, x1: box.x1, y1: y, thickness: height });
    if (down) this.segments.push({ x0: x, y0: box.y0, x1: x, y1: box.y1, thickness: width });
    if (across || down) return true;
    return false;
  }

  /** What a pen of a thickness draws along a figure. */
  stroke(figure: Figure, thickness: number, clip: Box | null): void {
    const { points } = figure;
    const steps = figure.closed ? points.length : points.length - 1;
    if (figure.curved) {
      this.#drawing(clipped(extent(figure), clip));
      return;
    }
    for (let i = 0; i < steps; i++) {
      const [ax, ay] = points[i]!;
      const [bx, by] = points[(i + 1) % points.length]!;
      const dx = Math.abs(ax - bx);
      const dy = Math.abs(ay - by);
      if (dx < 0.01 && dy < 0.01) continue;
      const box = clipped(
        { x0: Math.min(ax, bx), y0: Math.min(ay, by), x1: Math.max(ax, bx), y1: Math.max(ay, by) },
        clip,
      );
      if (!box) continue;
      // A short line drawn with a broad pen is an area: a shaded cell, or a rule drawn across its short side.
      if (dy <= 0.02 * dx + 0.3) {
        const y = (box.y0 + box.y1) / 2;
        if (thickness <= LINE_THICKNESS)
          this.segments.push({ x0: box.x0, y0: y, x1: box.x1, y1: y, thickness });
        else this.#area({ x0: box.x0, y0: y - thickness / 2, x1: box.x1, y1: y + thickness / 2 });
      } else if (dx <= 0.02 * dy + 0.3) {
        const x = (box.x0 + box.x1) / 2;
        if (thickness <= LINE_THICKNESS)
          this.segments.push({ x0: x, y0: box.y0, x1: x, y1: box.y1, thickness });
        else this.#area({ x0: x - thickness / 2, y0: box.y0, x1: x + thickness / 2, y1: box.y1 });
      }
    }
  }

  #drawing(box: Box | null): void {
    if (!box || this.drawings.length >= MAX_DRAWINGS) return;
    const [width, height] = [box.x1 - box.x0, box.y1 - box.y0];
    if (height > LINE_THICKNESS && height < MAX_DRAWN && width < MAX_DRAWN) this.drawings.push(box);
  }

  #area(box: Box): void {
    if (!this.rule(box)) this.shades.push(box);
  }

  /** What filling the figures of one path paints. */
  fill(figures: readonly Figure[], clip: Box | null): void {
    const boxes: Box[] = [];
    for (const figure of figures) {
      const box = clipped(extent(figure), clip);
      if (!box) continue;
      if (box.x1 - box.x0 <= LINE_THICKNESS || box.y1 - box.y0 <= LINE_THICKNESS) this.rule(box);
      else if (!figure.curved && rectangular(figure)) boxes.push(box);
      else this.#drawing(box);
    }
    for (const box of boxes) {
      // A frame: an outer and an inner rectangle in one path, the band between them is painted.
      const inner = boxes.find((b) => b !== box && thinFrame(box, b));
      if (inner) this.#frame(box, inner);
      else if (!boxes.some((b) => b !== box && thinFrame(b, box))) this.shades.push(box);
    }
  }

  #frame(outer: Box, inner: Box): void {
    this.rule({ ...outer, y1: inner.y0 });
    this.rule({ ...outer, y0: inner.y1 });
    this.rule({ ...outer, x1: inner.x0 });
    this.rule({ ...outer, x0: inner.x1 });
  }
}

/** What a figure covers. */
export function extent(figure: Figure): Box {
  let x0 = Infinity;
  let y0 = Infinity;
  let x1 = -Infinity;
  let y1 = -Infinity;
  for (const [x, y] of figure.points) {
    x0 = Math.min(x0, x);
    y0 = Math.min(y0, y);
    x1 = Math.max(x1, x);
    y1 = Math.max(y1, y);
  }
  return { x0, y0, x1, y1 };
}

function clipped(box: Box, clip: Box | null): Box | null {
  if (!clip) return box;
  const x0 = Math.max(box.x0, clip.x0);
  const y0 = Math.max(box.y0, clip.y0);
  const x1 = Math.min(box.x1, clip.x1);
  const y1 = Math.min(box.y1, clip.y1);
  if (x1 < x0 || y1 < y0) return null;
  return { x0, y0, x1, y1 };
}

/** Every edge of the figure lies on its extent's border. */
function rectangular(figure: Figure): boolean {
  const box = extent(figure);
  return figure.points.every(
    ([x, y]) =>
      (Math.abs(x - box.x0) < 0.5 || Math.abs(x - box.x1) < 0.5) &&
      (Math.abs(y - box.y0) < 0.5 || Math.abs(y - box.y1) < 0.5),
  );
}

function thinFrame(outer: Box, inner: Box): boolean {
  const gaps = [inner.x0 - outer.x0, inner.y0 - outer.y0, outer.x1 - inner.x1, outer.y1 - inner.y1];
  return gaps.every((gap) => gap >= 0 && gap <= LINE_THICKNESS) && gaps.some((gap) => gap > 0);
}
