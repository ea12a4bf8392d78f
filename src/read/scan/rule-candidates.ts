import type { InkImage } from './image.ts';

/** A ruling line in pixels: `at` across its direction, `from`–`to` along it. */
export interface PixelRule {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly thickness: number;
}

/** Pixels of one row that belong to a rule. */
export interface Run {
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

/** A line of ink that may be a rule. */
export interface Candidate {
  readonly rule: PixelRule;
  readonly runs: readonly Run[];
}

/** Inches. Han characters of a usual size have no stroke as long; a rule between two others may be shorter. */
export const SURE_LENGTH = 0.42;
const SHORTEST = 0.1;
const THICKEST = 0.06;
/** From here on no line of writing is taken for a rule, however dense. */
export const LONG = 1.3;
/** Beside a rule is paper: this far from its edge, along this share of its length. A line of writing has ink there. */
const BESIDE = [0.012, 0.02] as const;

/** How a rule may be torn: its longest gap in inches, the share of its length that ink covers at least. */
export interface Tear {
  readonly gap: number;
  readonly covered: number;
  /** Share of its length beside which it has to be clear of writing. */
  readonly clear: number;
  /** Whether it has to be so even when it is long. */
  readonly alwaysClear: boolean;
}

/** By noise; a line of writing has more gaps. */
export const WHOLE: Tear = { gap: 0.012, covered: 0.92, clear: 0.7, alwaysClear: false };

/**
 * Long runs of ink across, those that lie together joined into one line. `around` is the ink that stands beside them.
 */
export function candidates(
  ink: Uint8Array,
  width: number,
  height: number,
  dpi: number,
  tear: Tear,
  around = ink,
): Candidate[] {
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
    if (
      (length >= LONG * dpi && !tear.alwaysClear) ||
      standsClear(around, width, height, rule, dpi, tear.clear)
    )
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

/** The same with rows and columns exchanged. */
export function transposed({ width, height, ink }: InkImage): Uint8Array {
  const turned = new Uint8Array(ink.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) turned[x * height + y] = ink[y * width + x]!;
  return turned;
}
