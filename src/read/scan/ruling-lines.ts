import type { InkImage } from './image.ts';

/** A ruling line in pixels: `at` across its direction, `from`–`to` along it. */
export interface PixelRule {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly thickness: number;
}

export interface PixelRulings {
  readonly horizontal: readonly PixelRule[];
  readonly vertical: readonly PixelRule[];
  /** 1 where a pixel belongs to a rule. */
  readonly mask: Uint8Array;
  /** The rules are dotted by noise: where they are, and what of the writing went with them, is not sure. */
  readonly torn: boolean;
}

/** Inches. Han characters of a usual size have no stroke as long; a rule between two others may be shorter. */
const SURE_LENGTH = 0.42;
const SHORTEST = 0.1;
const THICKEST = 0.06;
/** From here on no line of writing is taken for a rule, however dense. */
const LONG = 1.3;
/** Beside a rule is paper: this far from its edge, along this share of its length. A line of writing has ink there. */
const BESIDE = [0.012, 0.02] as const;
const CLEAR = 0.7;
/** How a rule may be torn: its longest gap in inches, the share of its length that ink covers at least. */
interface Tear {
  readonly gap: number;
  readonly covered: number;
  /** Whether a rule has to stand clear of writing even when it is long. */
  readonly alwaysClear: boolean;
}

/** By noise; a line of writing has more gaps. */
const WHOLE: Tear = { gap: 0.012, covered: 0.92, alwaysClear: false };
/** By black and white without grey: hairlines come out as dots, which only the paper beside them tells from writing. */
const TORN: Tear = { gap: 0.05, covered: 0.45, alwaysClear: true };
const CLEAR_OF_TORN = 0.85;
/** A page is torn when letting gaps count finds so many times as many long rules. */
const MANY_MORE = 1.5;

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
  let across = candidates(image.ink, width, height, dpi, WHOLE);
  let upright = candidates(sideways, height, width, dpi, WHOLE);
  let torn = false;
  if (bilevel) {
    const tornAcross = candidates(image.ink, width, height, dpi, TORN);
    const tornUpright = candidates(sideways, height, width, dpi, TORN);
    torn = inches(tornAcross, tornUpright, dpi) > MANY_MORE * inches(across, upright, dpi);
    if (torn) {
      across = tornAcross;
      upright = tornUpright;
    }
  }
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
    torn,
  };
}

function inches(across: readonly Candidate[], upright: readonly Candidate[], dpi: number): number {
  const lengths = [...across, ...upright].map(({ rule }) => (rule.to - rule.from) / dpi);
  return lengths.reduce((sum, length) => sum + (length >= SURE_LENGTH ? length : 0), 0);
}

interface Run {
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

interface Candidate {
  readonly rule: PixelRule;
  readonly runs: readonly Run[];
}

/** Long runs of ink, those that lie together joined into one line. */
function candidates(ink: Uint8Array, width: number, height: number, dpi: number, tear: Tear): Candidate[] {
  const gap = Math.max(2, Math.round(tear.gap * dpi));
  const shortest = SHORTEST * dpi;
  const thickest = Math.max(4, THICKEST * dpi);
  const groups: { runs: Run[]; from: number; to: number; last: number }[] = [];
  let open: typeof groups = [];
  for (let line = 0; line < height; line++) {
    const runs = runsOf(ink, width, height, line, gap, shortest, tear.covered);
    open = open.filter((group) => group.last >= line - 2);
    for (const run of runs) {
      const group = open.find((one) => one.last >= line - 2 && touches(one.runs, run, line));
      if (group) {
        group.runs.push(run);
        group.from = Math.min(group.from, run.from);
        group.to = Math.max(group.to, run.to);
        group.last = line;
      } else {
        const started = { runs: [run], from: run.from, to: run.to, last: line };
        groups.push(started);
        open.push(started);
      }
    }
  }
  const found: Candidate[] = [];
  for (const { runs, from, to } of groups) {
    const area = runs.reduce((sum, run) => sum + run.to - run.from + 1, 0);
    const weighted = runs.reduce((sum, run) => sum + run.line * (run.to - run.from + 1), 0);
    const length = to - from + 1;
    const thickness = area / length;
    if (thickness > thickest || length < Math.max(shortest, thickness * 4)) continue;
    const rule = { at: weighted / area + 0.5, from, to: to + 1, thickness };
    const clear = tear.alwaysClear ? CLEAR_OF_TORN : CLEAR;
    if ((length >= LONG * dpi && !tear.alwaysClear) || standsClear(ink, width, height, rule, dpi, clear))
      found.push({ rule, runs });
  }
  return found;
}

function standsClear(
  ink: Uint8Array,
  width: number,
  height: number,
  rule: PixelRule,
  dpi: number,
  clearShare: number,
): boolean {
  const sides = [0, 0];
  for (const [side, direction] of [-1, 1].entries()) {
    const near = Math.round(rule.at - 0.5 + direction * (rule.thickness / 2 + BESIDE[0] * dpi));
    const far = Math.round(rule.at - 0.5 + direction * (rule.thickness / 2 + BESIDE[1] * dpi));
    for (let at = rule.from; at < rule.to; at++) {
      let clear = true;
      for (let line = Math.min(near, far); line <= Math.max(near, far); line++)
        if (line >= 0 && line < height && ink[line * width + at] === 1) clear = false;
      if (clear) sides[side]! += 1;
    }
  }
  return Math.min(...sides) >= clearShare * (rule.to - rule.from);
}

function touches(runs: readonly Run[], run: Run, line: number): boolean {
  for (let index = runs.length - 1; index >= 0; index--) {
    const other = runs[index]!;
    if (other.line < line - 2) return false;
    if (other.from <= run.to && other.to >= run.from) return true;
  }
  return false;
}

/** Runs of one row; a row above or below may fill in, since a rule that still rises a little steps from row to row. */
function runsOf(
  ink: Uint8Array,
  width: number,
  height: number,
  line: number,
  gap: number,
  shortest: number,
  least: number,
): Run[] {
  const runs: Run[] = [];
  const here = line * width;
  const above = line > 0 ? here - width : here;
  const below = line + 1 < height ? here + width : here;
  let from = -1;
  let last = -1;
  let own = 0;
  let covered = 0;
  const close = () => {
    const length = last - from + 1;
    if (from < 0 || length < shortest || covered < least * length) return;
    // Rows that only border on a rule are not part of it.
    if (own >= 0.27 * least * length) runs.push({ line, from, to: last });
  };
  for (let at = 0; at < width; at++) {
    const mine = ink[here + at]!;
    if (mine === 0 && ink[above + at] === 0 && ink[below + at] === 0) continue;
    if (from >= 0 && at - last - 1 > gap) {
      close();
      from = -1;
    }
    if (from < 0) {
      from = at;
      own = 0;
      covered = 0;
    }
    last = at;
    own += mine;
    covered += 1;
  }
  close();
  return runs;
}

/** Lines too short to be sure of, but that go from one rule to another: a character's stroke does not. */
function between(
  all: readonly Candidate[],
  sure: readonly Candidate[],
  others: readonly Candidate[],
  dpi: number,
): Candidate[] {
  const known = new Set(sure);
  const reach = Math.max(2, 0.008 * dpi);
  const meets = (at: number, end: number) =>
    others.some(
      ({ rule }) =>
        Math.abs(rule.at - end) <= reach + rule.thickness / 2 &&
        rule.from - reach <= at &&
        rule.to + reach >= at,
    );
  return all.filter(
    (line) => !known.has(line) && meets(line.rule.at, line.rule.from) && meets(line.rule.at, line.rule.to),
  );
}

function transposed({ width, height, ink }: InkImage): Uint8Array {
  const turned = new Uint8Array(ink.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) turned[x * height + y] = ink[y * width + x]!;
  return turned;
}
