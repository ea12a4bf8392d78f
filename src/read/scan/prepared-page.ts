import { findLattices } from '../geometry/lattice.ts';
import type { Box, Segment } from '../geometry/page-geometry.ts';
import { joinSegments } from '../geometry/rulings.ts';
import { type CellInk, cellInk, type PixelBox } from './cell-ink.ts';
import { lineShape } from './glyphs.ts';
import { type GrayImage, type InkImage, rotate } from './image.ts';
import { inkOf, inkThresholds, whiten } from './ink.ts';
import { type Lean, leanOf, setStraight } from './lean.ts';
import { endsInside, type RuleEnds, ruleEnds, standsInOnePart } from './lost-rules.ts';
import { leanings, type PixelRulings, rulingLines } from './ruling-lines.ts';
import type { ScannedPage } from './scanned-page.ts';
import { covers, type Seal, sealsOn } from './seals.ts';
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
  /** How it leaned after that; null where it did not. */
  readonly lean: Lean | null;
  /** Points. */
  readonly segments: readonly Segment[];
  readonly cells: readonly PreparedCell[];
  /** It has no greys: thin rules may have gone without a trace. */
  readonly bilevel: boolean;
  /** Its rules are torn, or some were lost. */
  readonly rulesLost: boolean;
  /** Around each table, in pixels. */
  readonly tables: readonly PixelBox[];
}

export interface PreparedCell {
  /** Points. */
  readonly box: Box;
  readonly ink: CellInk;
  /**
   * What is seen of it is not sure: red ink was left out that is no seal (a correction by hand), ink under a seal is
   * paler than elsewhere (what is left of the seal), or rules of the page or of the cell were lost.
   */
  readonly unsure: boolean;
  /** Red ink in it was left out. */
  readonly red: boolean;
}

/** Turning by less moves nothing by a pixel. */
const STRAIGHT = 0.0003;

/** A page whose red figures outnumber the others by this share is printed in red, not sealed. */
const PRINTED_IN_RED = 0.5;

/** Sets a page straight and finds its tables. Red ink counts only where the tables themselves are printed in red. */
export function preparePage(scan: ScannedPage): PreparedPage {
  const plain = prepared(scan, scan.gray);
  if (!scan.redless) return plain;
  const sealed = prepared(scan, scan.redless, scan.gray);
  const lost = sealed.cells.filter((cell) => cell.red && cell.ink.lines.length === 0).length;
  const kept = sealed.cells.filter((cell) => cell.ink.lines.length > 0).length;
  return sealed.cells.length >= plain.cells.length * PRINTED_IN_RED && lost <= kept * PRINTED_IN_RED
    ? sealed
    : plain;
}

function prepared(scan: ScannedPage, gray: Uint8Array, withRed?: Uint8Array): PreparedPage {
  const { page, dpi, width, height } = scan;
  const even = whiten({ width, height, gray }, dpi / 2);
  const { faint, firm } = inkThresholds(even);
  const skew = skewOf(inkOf(even, faint));
  const upright = (image: GrayImage) => (Math.abs(skew) > STRAIGHT ? rotate(image, -skew) : image);
  const once = upright(even);
  const lean = leanOf(leanings(inkOf(once, faint), dpi), width, height, dpi);
  const straighten = (image: GrayImage) => (lean ? setStraight(image, lean) : image);
  const straight = straighten(once);
  const pale = inkOf(straight, faint);
  const ink = inkOf(straight, firm);
  const red = withRed
    ? redInk(
        straighten(upright({ width, height, gray: withRed })),
        straighten(upright({ width, height, gray })),
        ink,
        dpi,
      )
    : null;
  const bilevel = isBilevel(gray);
  const rules = rulingLines(pale, dpi, bilevel);
  const segments = segmentsOf(rules, 72 / dpi);
  const rulings = joinSegments(segments);
  const { lattices } = findLattices(rulings);
  const seals = red ? sealsOn(red, dpi) : [];
  const ends = lattices.map((lattice) => ruleEnds(rulings, lattice));
  const inked = lattices.flatMap((lattice, index) =>
    lattice.cells.map((cell) => {
      const box = { x0: cell.x0, y0: cell.y0, x1: cell.x1, y1: cell.y1 };
      const inCell = firmOrPale(ink, pale, rules.mask, inPixels(cell, dpi), dpi);
      const [only, ...more] = inCell.lines;
      const spans = { columns: cell.columnSpan, rows: cell.rowSpan };
      return {
        box,
        ink: inCell,
        ...redIn(red, seals, inPixels(cell, dpi), dpi),
        open:
          // A frame around a table whose own rules were not found is no cell.
          lattice.cells.length === 1 ||
          endsInside(ends[index]!, box) ||
          (only !== undefined &&
            more.length === 0 &&
            lineShape(only, ink).kind === 'number' &&
            standsInOnePart(inPixels(cell, dpi), only, spans)),
      };
    }),
  );
  const rulesLost = rules.torn || ends.some((ofTable) => manyLoose(ofTable, bilevel));
  const usual = usualLevel(
    straight,
    inked.filter((cell) => !cell.red),
  );
  const cells = inked.map(
    ({ box, ink, red, byHand, open }): PreparedCell => ({
      box,
      ink,
      unsure: rulesLost || open || byHand || (red && palest(straight, ink) > usual + PALER * (255 - usual)),
      red,
    }),
  );
  return {
    page,
    dpi,
    image: withoutRules(straight, rules.mask),
    ink,
    skew: Math.abs(skew) > STRAIGHT ? skew : 0,
    lean,
    segments,
    cells,
    bilevel,
    rulesLost,
    tables: lattices.map((lattice) => inPixels(lattice, dpi)),
  };
}

/** Share of loose ends above which the rules of a grey page were lost; noise tears fewer. */
const MANY_LOOSE = 0.2;

/** Black and white takes thin rules away without a trace: there two ends, as one gap makes, speak for other rules lost. */
function manyLoose({ loose, count }: RuleEnds, bilevel: boolean): boolean {
  return bilevel ? loose.length >= 2 : loose.length > MANY_LOOSE * count;
}

/** Hardly a pixel between black and white. */
function isBilevel(gray: Uint8Array): boolean {
  let between = 0;
  let looked = 0;
  for (let at = 0; at < gray.length; at += 7) {
    looked += 1;
    if (gray[at]! > 24 && gray[at]! < 231) between += 1;
  }
  return between < 0.01 * looked;
}

/** Grey levels by which red ink darkens a page. */
const DARKENED = 40;
/** Square inches of red ink that are more than the edge of a colour shift. */
const RED_AREA = 0.0002;

/** Inches from black within which a red pixel may be the fringe of a stroke whose colours do not fall on one another. */
const FRINGE = 0.01;

/** Red ink that was left out, the red fringes of black strokes aside. */
function redInk(withRed: GrayImage, without: GrayImage, black: InkImage, dpi: number): InkImage {
  const { width, height } = withRed;
  const ink = new Uint8Array(withRed.gray.length);
  const reach = Math.max(1, Math.round(FRINGE * dpi));
  const nearBlack = (x: number, y: number): boolean => {
    for (let py = Math.max(0, y - reach); py <= Math.min(height - 1, y + reach); py++)
      for (let px = Math.max(0, x - reach); px <= Math.min(width - 1, x + reach); px++)
        if (black.ink[py * width + px] === 1) return true;
    return false;
  };
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++)
      if (without.gray[at]! - withRed.gray[at]! >= DARKENED && !nearBlack(x, y)) ink[at] = 1;
  return { width, height, ink };
}

/** Whether there is red ink in a cell, and whether some of it is of no seal. */
function redIn(
  red: InkImage | null,
  seals: readonly Seal[],
  cell: PixelBox,
  dpi: number,
): { readonly red: boolean; readonly byHand: boolean } {
  if (!red) return { red: false, byHand: false };
  const { width, height, ink } = red;
  let area = 0;
  let byHand = 0;
  for (let y = Math.max(0, cell.top); y < Math.min(height, cell.bottom); y++)
    for (let x = Math.max(0, cell.left); x < Math.min(width, cell.right); x++) {
      if (ink[y * width + x] !== 1) continue;
      area += 1;
      if (!seals.some((seal) => covers(seal, x, y))) byHand += 1;
    }
  const least = RED_AREA * dpi * dpi;
  return { red: area > least, byHand: byHand > least };
}

/** Share of the way from the usual ink to white by which ink under a seal may be paler. */
const PALER = 0.25;

/** Grey level of the ink of cells without red. */
function usualLevel(page: GrayImage, cells: readonly { readonly ink: CellInk }[]): number {
  const levels = cells
    .flatMap(({ ink }) => ink.lines.flatMap((line) => line.components))
    .map((component) => coreLevel(page, component))
    .sort((a, b) => a - b);
  return levels[levels.length >> 1] ?? 0;
}

/** Grey level of the palest piece of ink of a cell. */
function palest(page: GrayImage, { lines }: CellInk): number {
  const pieces = lines.flatMap((line) => line.components);
  return Math.max(0, ...pieces.map((piece) => coreLevel(page, piece)));
}

/** Of its area in the box around it every character fills at least this share with its strokes. */
const CORE = 0.15;

function coreLevel({ width, gray }: GrayImage, { left, top, right, bottom }: PixelBox): number {
  const levels: number[] = [];
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) levels.push(gray[y * width + x]!);
  levels.sort((a, b) => a - b);
  const core = levels.slice(0, Math.max(1, Math.round(levels.length * CORE)));
  return core.reduce((sum, level) => sum + level, 0) / core.length;
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
