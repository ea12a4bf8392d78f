import type { Figure } from '../geometry/drawn-paths.ts';

/** Points that each operator of AbbreviatedData takes. */
const OPERANDS: Readonly<Record<string, number>> = { S: 2, M: 2, L: 2, Q: 4, B: 6, A: 7, C: 0 };
/** A curve is drawn by so many straight pieces. */
const PIECES = 8;

type Point = readonly [number, number];

/** The figures of AbbreviatedData (GB/T 33190—2016, 9.1), curves as straight pieces, each point put to its place. */
export function parsePath(data: string, place: (x: number, y: number) => [number, number]): Figure[] {
  const figures: Figure[] = [];
  let figure: Figure | null = null;
  let at: Point = [0, 0];
  const words = data.trim().split(/[\s,]+/);
  for (let i = 0; i < words.length; ) {
    const operator = words[i++]!;
    const count = OPERANDS[operator];
    if (count === undefined) continue;
    const operands = words.slice(i, i + count).map(Number);
    i += count;
    if (operator === 'C') {
      if (figure) figure.closed = true;
      continue;
    }
    const end = operands.slice(-2) as unknown as Point;
    if (!(operands.length === count && operands.every(Number.isFinite))) continue;
    if (operator === 'S' || operator === 'M' || !figure) {
      figure = { points: [place(...end)], curved: false, closed: false };
      figures.push(figure);
    } else if (operator === 'L') figure.points.push(place(...end));
    else {
      figure.curved = true;
      const pieces = operator === 'A' ? arc(at, operands, end) : bezier(at, operands);
      for (const [x, y] of pieces) figure.points.push(place(x, y));
    }
    at = end;
  }
  return figures;
}

/** Points of a curve of the second or third degree after its first. */
function bezier(from: Point, rest: readonly number[]): Point[] {
  const points: Point[] = [from];
  for (let i = 0; i < rest.length; i += 2) points.push([rest[i]!, rest[i + 1]!]);
  return Array.from({ length: PIECES }, (_, i) => {
    const t = (i + 1) / PIECES;
    let level: readonly Point[] = points;
    while (level.length > 1)
      level = level.slice(1).map((b, j): Point => {
        const a = level[j]!;
        return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
      });
    return level[0]!;
  });
}

/** Points of an arc of an ellipse after its first: radii, turn in degrees, the longer way, clockwise, end. */
function arc([x0, y0]: Point, operands: readonly number[], end: Point): Point[] {
  let [rx, ry] = [Math.abs(operands[0]!), Math.abs(operands[1]!)];
  const turn = (operands[2]! * Math.PI) / 180;
  if (!(rx > 0 && ry > 0)) return [end];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [dx, dy] = [(x0 - end[0]) / 2, (y0 - end[1]) / 2];
  const [u, v] = [cos * dx + sin * dy, cos * dy - sin * dx];
  // Radii too small for the distance are enlarged until they reach.
  const reach = Math.sqrt((u / rx) ** 2 + (v / ry) ** 2);
  if (!(reach > 0)) return [end];
  if (reach > 1) [rx, ry] = [rx * reach, ry * reach];
  const side = (operands[3] !== 0) === (operands[4] !== 0) ? -1 : 1;
  const off = side * Math.sqrt(Math.max(0, 1 / Math.min(1, reach) ** 2 - 1));
  // Of the ellipse as a circle of radius one.
  const [cu, cv] = [(off * v) / ry, (-off * u) / rx];
  const first = Math.atan2(v / ry - cv, u / rx - cu);
  let angle = Math.atan2(-v / ry - cv, -u / rx - cu) - first;
  if (operands[4] !== 0 && angle < 0) angle += 2 * Math.PI;
  if (operands[4] === 0 && angle > 0) angle -= 2 * Math.PI;
  const [mx, my] = [(x0 + end[0]) / 2, (y0 + end[1]) / 2];
  return Array.from({ length: PIECES }, (_, i): Point => {
    const a = first + (angle * (i + 1)) / PIECES;
    const [p, q] = [rx * (Math.cos(a) + cu), ry * (Math.sin(a) + cv)];
    return i === PIECES - 1 ? end : [mx + cos * p - sin * q, my + sin * p + cos * q];
  });
}
