import type { Location } from '../document.ts';
import type { Box } from './page-geometry.ts';

/** How far a page was turned (degrees clockwise) to set its text upright, and its size as shown. */
export interface Turn {
  readonly angle: 0 | 90 | 180 | 270;
  readonly width: number;
  readonly height: number;
}

/** The box as the page shows it, from the upright page that the grid builder worked on. */
export function asShown(box: Box, turn: Turn): Box {
  const { width, height } = turn;
  switch (turn.angle) {
    case 90:
      return { x0: width - box.y1, y0: box.x0, x1: width - box.y0, y1: box.x1 };
    case 180:
      return { x0: width - box.x1, y0: height - box.y1, x1: width - box.x0, y1: height - box.y0 };
    case 270:
      return { x0: box.y0, y0: height - box.x1, x1: box.y1, y1: height - box.x0 };
    default:
      return box;
  }
}

/** The inverse of `asShown`: from the page as shown to the upright page. */
export function upright(box: Box, turn: Turn): Box {
  const { width, height } = turn;
  switch (turn.angle) {
    case 90:
      return { x0: box.y0, y0: width - box.x1, x1: box.y1, y1: width - box.x0 };
    case 180:
      return { x0: width - box.x1, y0: height - box.y1, x1: width - box.x0, y1: height - box.y0 };
    case 270:
      return { x0: height - box.y1, y0: box.x0, x1: height - box.y0, y1: box.x1 };
    default:
      return box;
  }
}

/** `page=3;bbox=72.0,100.5,180.2,118.0`: points, origin top left of the page as shown. */
export function locate(page: number, box: Box, turn: Turn): Location {
  const { x0, y0, x1, y1 } = asShown(box, turn);
  return `page=${page};bbox=${tenths(x0)},${tenths(y0)},${tenths(x1)},${tenths(y1)}`;
}

/** As `toFixed(1)`, which takes several times as long. */
function tenths(value: number): string {
  const scaled = value * 10;
  const rounded = Math.round(scaled);
  // Near the middle between two tenths, the product may be on the other side of it than the value.
  if (!(value >= 0 && value < 1e6 && Math.abs(scaled - rounded) < 0.499_999)) return value.toFixed(1);
  return `${Math.floor(rounded / 10)}.${rounded % 10}`;
}
