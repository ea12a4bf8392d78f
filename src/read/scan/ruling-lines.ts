import type { InkImage } from './image.ts';
import {
  type Candidate,
  candidates,
  LONG,
  type PixelRule,
  SURE_LENGTH,
  transposed,
  WHOLE,
} from './rule-candidates.ts';
import { type Crossing, tornRules } from './torn-rules.ts';

export interface PixelRulings {
  readonly horizontal: readonly PixelRule[];
  readonly vertical: readonly PixelRule[];
  /** 1 where a pixel belongs to a rule. */
  readonly mask: Uint8Array;
  /** The rules are dotted by noise: where they are, and what of the writing went with them, is not sure. */
  readonly torn: boolean;
}

/** How a line leans: by how many pixels it leaves its direction for each one along it. */
export interface Leaning {
  /** Across its direction, in the middle of the line. */
  readonly at: number;
  readonly slope: number;
  readonly length: number;
}

/** How the long rules of a page lean, which they do where it was photographed from aside. */
export function leanings(
  image: InkImage,
  dpi: number,
): { readonly across: readonly Leaning[]; readonly upright: readonly Leaning[] } {
  const { width, height } = image;
  const long = (all: readonly Candidate[]) =>
    all.filter(({ rule }) => rule.to - rule.from >= LONG * dpi).map(leaning);
  return {
    across: long(candidates(image.ink, width, height, dpi, WHOLE)),
    upright: long(candidates(transposed(image), height, width, dpi, WHOLE)),
  };
}

/** The straight line nearest to all pixels of the runs (least squares). */
function leaning({ rule, runs }: Candidate): Leaning {
  let [count, along, across, products, squares] = [0, 0, 0, 0, 0];
  for (const { line, from, to } of runs) {
    const length = to - from + 1;
    const middle = (from + to) / 2;
    count += length;
    along += length * middle;
    across += length * line;
    products += length * middle * line;
    squares += length * (middle * middle + (length * length - 1) / 12);
  }
  const spread = squares - (along * along) / count;
  return {
    at: across / count,
    slope: spread > 0 ? (products - (along * across) / count) / spread : 0,
    length: rule.to - rule.from,
  };
}

/** The ruling lines of a deskewed page. `bilevel`: it has no greys, so that thin rules may have come out as dots. */
export function rulingLines(image: InkImage, dpi: number, bilevel = false): PixelRulings {
  const { width, height } = image;
  const mask = new Uint8Array(width * height);
  const sideways = transposed(image);
  const whole: Crossing = {
    across: candidates(image.ink, width, height, dpi, WHOLE),
    upright: candidates(sideways, height, width, dpi, WHOLE),
  };
  const torn = bilevel ? tornRules(image.ink, sideways, width, height, whole, dpi) : null;
  const { across, upright } = torn ?? whole;
  const sureAcross = across.filter((line) => line.rule.to - line.rule.from >= SURE_LENGTH * dpi);
  const sureUpright = upright.filter((line) => line.rule.to - line.rule.from >= SURE_LENGTH * dpi);
  // With gaps let pass, the dots of two rules and a 1 between them make a short rule.
  const short = torn ? () => [] : between;
  const horizontal = [...sureAcross, ...short(across, sureAcross, sureUpright, dpi)];
  const vertical = [...sureUpright, ...short(upright, sureUpright, horizontal, dpi)];
  for (const { runs } of horizontal)
    for (const { line, from, to } of runs) mask.fill(1, line * width + from, line * width + to + 1);
  for (const { runs } of vertical)
    for (const { line, from, to } of runs) for (let y = from; y <= to; y++) mask[y * width + line] = 1;
  return {
    horizontal: horizontal.map(({ rule }) => rule),
    vertical: vertical.map(({ rule }) => rule),
    mask,
    torn: torn !== null,
  };
}

/** Inches; longer than the strokes of characters of the sizes that tables are set in. */
const STROKE = 0.27;

/** Lines too short to be sure of, but that go from one rule to another: a character's stroke does not. */
function between(
  all: readonly Candidate[],
  sure: readonly Candidate[],
  others: readonly Candidate[],
  dpi: number,
): Candidate[] {
  const known = new Set(sure);
  const meets = (at: number, end: number, reach: number) =>
    others.some(
      ({ rule }) =>
        Math.abs(rule.at - end) <= reach + rule.thickness / 2 &&
        rule.from - reach <= at &&
        rule.to + reach >= at,
    );
  return all.filter((line) => {
    const { at, from, to } = line.rule;
    // No stroke is as long; writing that stands on the rule that it meets draws that off its middle.
    const reach = to - from >= STROKE * dpi ? 0.02 * dpi : Math.max(2, 0.008 * dpi);
    return !known.has(line) && meets(at, from, reach) && meets(at, to, reach);
  });
}
