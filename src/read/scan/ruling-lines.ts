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
/** Gaps in a rule that noise tears. */
const GAP = 0.012;
/** Share of a rule's length that ink covers; a line of writing has more gaps. */
const COVERED = 0.92;

/** The ruling lines of a deskewed page. */
export function rulingLines(image: InkImage, dpi: number): PixelRulings {
  const { width, height } = image;
  const mask = new Uint8Array(width * height);
  const across = candidates(image.ink, width, height, dpi);
  const upright = candidates(transposed(image), height, width, dpi);
  const sureAcross = across.filter((line) => line.rule.to - line.rule.from >= SURE_LENGTH * dpi);
  const sureUpright = upright.filter((line) => line.rule.to - line.rule.from >= SURE_LENGTH * dpi);
  const horizontal = [...sureAcross, ...between(across, sureAcross, sureUpright, dpi)];
  const vertical = [...sureUpright, ...between(upright, sureUpright, horizontal, dpi)];
  for (const { runs } of horizontal)
    for (const { line, from, to } of runs) mask.fill(1, line * width + from, line * width + to + 1);
  for (const { runs } of vertical)
    for (const { line, from, to } of runs) for (let y = from; y <= to; y++) mask[y * width + line] = 1;
  return { horizontal: horizontal.map(({ rule }) => rule), vertical: vertical.map(({ rule }) => rule), mask };
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
function candidates(ink: Uint8Array, width: number, height: number, dpi: number): Candidate[] {
  const gap = Math.max(2, Math.round(GAP * dpi));
  const shortest = SHORTEST * dpi;
  const thickest = Math.max(4, THICKEST * dpi);
  const groups: { runs: Run[]; from: number; to: number; last: number }[] = [];
  let open: typeof groups = [];
  for (let line = 0; line < height; line++) {
    const runs = runsOf(ink, width, height, line, gap, shortest);
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
    if (length >= LONG * dpi || standsClear(ink, width, height, rule, dpi)) found.push({ rule, runs });
  }
  return found;
}

function standsClear(ink: Uint8Array, width: number, height: number, rule: PixelRule, dpi: number): boolean {
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
  return Math.min(...sides) >= CLEAR * (rule.to - rule.from);
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
    if (from < 0 || length < shortest || covered < COVERED * length) return;
    // Rows that only border on a rule are not part of it.
    if (own >= 0.25 * length) runs.push({ line, from, to: last });
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
