import { findLattices } from '../geometry/lattice.ts';
import type { Box, Segment } from '../geometry/page-geometry.ts';
import { joinSegments } from '../geometry/rulings.ts';
import { type CellInk, cellInk, type PixelBox } from './cell-ink.ts';
import { type GrayImage, type InkImage, rotate } from './image.ts';
import { inkOf, inkThresholds, whiten } from './ink.ts';
import { type PixelRulings, rulingLines } from './ruling-lines.ts';
import type { ScannedPage } from './scanned-page.ts';
import { skewOf } from './skew.ts';

/** A page set straight, with its ruling lines and the ink of its cells. */
export interface PreparedPage {
  readonly page: number;
  readonly dpi: number;
  /** Straight, paper white, ruling lines removed. */
  readonly image: GrayImage;
  readonly ink: InkImage;
  /** Radians by which the page was turned back. */
  readonly skew: number;
  /** Points. */
  readonly segments: readonly Segment[];
  readonly cells: readonly PreparedCell[];
  /** Around each table, in pixels. */
  readonly tables: readonly PixelBox[];
}

export interface PreparedCell {
  /** Points. */
  readonly box: Box;
  readonly ink: CellInk;
}

/** Turning by less moves nothing by a pixel. */
const STRAIGHT = 0.0003;

export function preparePage(scan: ScannedPage): PreparedPage {
  const { page, dpi } = scan;
  const even = whiten(scan, dpi / 2);
  const { faint, firm } = inkThresholds(even);
  const skew = skewOf(inkOf(even, faint));
  const straight = Math.abs(skew) > STRAIGHT ? rotate(even, -skew) : even;
  const pale = inkOf(straight, faint);
  const ink = inkOf(straight, firm);
  const rules = rulingLines(pale, dpi);
  const segments = segmentsOf(rules, 72 / dpi);
  const { lattices } = findLattices(joinSegments(segments));
  const cells = lattices.flatMap((lattice) =>
    lattice.cells.map((cell) => ({
      box: { x0: cell.x0, y0: cell.y0, x1: cell.x1, y1: cell.y1 },
      ink: firmOrPale(ink, pale, rules.mask, inPixels(cell, dpi), dpi),
    })),
  );
  return {
    page,
    dpi,
    image: withoutRules(straight, rules.mask),
    ink,
    skew: Math.abs(skew) > STRAIGHT ? skew : 0,
    segments,
    cells,
    tables: lattices.map((lattice) => inPixels(lattice, dpi)),
  };
}

/** A cell is blank only when it has no pale ink either. */
function firmOrPale(ink: InkImage, pale: InkImage, mask: Uint8Array, cell: PixelBox, dpi: number): CellInk {
  const firm = cellInk(ink, mask, cell, dpi);
  return firm.lines.length > 0 ? firm : cellInk(pale, mask, cell, dpi);
}

function segmentsOf(rules: PixelRulings, point: number): Segment[] {
  const across = rules.horizontal.map(({ at, from, to, thickness }) => ({
    x0: from * point,
    x1: to * point,
    y0: at * point,
    y1: at * point,
    thickness: thickness * point,
  }));
  const upright = rules.vertical.map(({ at, from, to, thickness }) => ({
    x0: at * point,
    x1: at * point,
    y0: from * point,
    y1: to * point,
    thickness: thickness * point,
  }));
  return [...across, ...upright];
}

function inPixels(box: Box, dpi: number): PixelBox {
  const pixel = dpi / 72;
  return {
    left: Math.round(box.x0 * pixel),
    top: Math.round(box.y0 * pixel),
    right: Math.round(box.x1 * pixel),
    bottom: Math.round(box.y1 * pixel),
  };
}

function withoutRules(image: GrayImage, mask: Uint8Array): GrayImage {
  const gray = Uint8Array.from(image.gray);
  const { width } = image;
  for (let at = 0; at < mask.length; at++) {
    if (mask[at] !== 1) continue;
    // The grey fringe of a rule is left to its neighbours unless they are darker than a fringe.
    gray[at] = 255;
    for (const next of [at - 1, at + 1, at - width, at + width])
      if (next >= 0 && next < gray.length && mask[next] !== 1 && gray[next]! > 110) gray[next] = 255;
  }
  return { width, height: image.height, gray };
}
