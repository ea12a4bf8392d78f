import type { Box } from './page-geometry.ts';

/** What two boxes share; of negative size where they share nothing. */
export function intersection(a: Box, b: Box | null): Box {
  if (!b) return a;
  return {
    x0: Math.max(a.x0, b.x0),
    y0: Math.max(a.y0, b.y0),
    x1: Math.min(a.x1, b.x1),
    y1: Math.min(a.y1, b.y1),
  };
}
