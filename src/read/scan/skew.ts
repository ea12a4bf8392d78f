import type { InkImage } from './image.ts';

const WIDEST = 3.2;
const POINTS = 60_000;

/**
 * By how much the lines of a page rise, in radians (positive: to the right they come higher), between about −3° and
 * 3°: the angle under which the upper edges of the ink fall together in the fewest rows.
 */
export function skewOf({ width, height, ink }: InkImage): number {
  const xs: number[] = [];
  const ys: number[] = [];
  let edges = 0;
  for (let at = width; at < ink.length; at++) if (ink[at] === 1 && ink[at - width] === 0) edges += 1;
  const every = Math.max(1, Math.floor(edges / POINTS));
  let index = 0;
  for (let y = 1; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (ink[at] !== 1 || ink[at - width] !== 0) continue;
      if (index++ % every !== 0) continue;
      xs.push(x - width / 2);
      ys.push(y);
    }
  if (xs.length < 50) return 0;
  const score = (degrees: number): number => {
    const slope = Math.tan((degrees * Math.PI) / 180);
    const reach = Math.ceil((width / 2) * Math.abs(slope)) + 1;
    const rows = new Uint32Array(height + 2 * reach + 2);
    for (let point = 0; point < xs.length; point++)
      rows[Math.round(ys[point]! + xs[point]! * slope) + reach]! += 1;
    let sum = 0;
    for (const row of rows) sum += row * row;
    return sum;
  };
  let best = 0;
  let most = score(0);
  const search = (from: number, to: number, step: number) => {
    for (let degrees = from; degrees <= to + 1e-9; degrees += step) {
      const value = score(degrees);
      if (value > most) {
        most = value;
        best = degrees;
      }
    }
  };
  search(-WIDEST, WIDEST, 0.1);
  search(best - 0.1, best + 0.1, 0.02);
  return (best * Math.PI) / 180;
}
