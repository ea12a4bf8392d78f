import { type Candidate, candidates, LONG, SURE_LENGTH, type Tear } from './rule-candidates.ts';

/** By black and white without grey: hairlines come out as dots, which only the paper beside them tells from writing. */
const TORN: Tear = { gap: 0.25, covered: 0.2, clear: 0.85, alwaysClear: true };
/** A page is torn when the dots add so much to the length of its whole rules. */
const MANY_MORE = 1.25;

/** Rules across and upright. */
export interface Crossing {
  readonly across: readonly Candidate[];
  readonly upright: readonly Candidate[];
}

/**
 * The whole rules of a page and those that black and white has torn to dots; null where it has not torn many.
 * `sideways` is the same ink with rows and columns exchanged.
 */
export function tornRules(
  ink: Uint8Array,
  sideways: Uint8Array,
  width: number,
  height: number,
  whole: Crossing,
  dpi: number,
): Crossing | null {
  const dotsAcross = dotted(ink, width, height, dpi);
  const dotsUpright = dotted(sideways, height, width, dpi);
  const long = dotsAcross.filter(({ rule }) => rule.to - rule.from >= LONG * dpi);
  const upright = withWhole(
    meeting(dotsUpright, long, sideways, height, width, NEAR.above * dpi, dpi),
    whole.upright,
  );
  const across = withWhole(
    meeting(dotsAcross, upright, ink, width, height, NEAR.aside * dpi, dpi),
    whole.across,
  );
  const inches = (all: Crossing) =>
    [...all.across, ...all.upright].reduce((sum, { rule }) => {
      const length = (rule.to - rule.from) / dpi;
      return sum + (length >= SURE_LENGTH ? length : 0);
    }, 0);
  const all = { across, upright };
  return inches(all) > MANY_MORE * inches(whole) ? all : null;
}

/** Whole rules stand for the dots that lie on them. */
function withWhole(torn: readonly Candidate[], whole: readonly Candidate[]): Candidate[] {
  const apart = ({ rule }: Candidate, { rule: other }: Candidate) =>
    Math.abs(rule.at - other.at) > 2 + (rule.thickness + other.thickness) / 2 ||
    rule.from < other.from ||
    rule.to > other.to;
  return [...whole, ...torn.filter((one) => whole.every((other) => apart(one, other)))];
}

function dotted(ink: Uint8Array, width: number, height: number, dpi: number): Candidate[] {
  return candidates(thin(ink, width, height, dpi), width, height, dpi, TORN, ink);
}

/** Inches from a rule that it meets, between which a rule has ink and a line of writing in a cell has none. */
const NEAR = { from: 0.015, above: 0.03, aside: 0.1 } as const;

/** How much of its usual share of ink a rule has beside those that it meets, at least. */
const AS_NEAR = 0.35;

/**
 * Rules whose dots come as near to those that they meet as they stand elsewhere, without the ends that do not: the
 * strokes of characters one below the other keep away from the rules of their cells.
 */
function meeting(
  all: readonly Candidate[],
  others: readonly Candidate[],
  ink: Uint8Array,
  width: number,
  height: number,
  far: number,
  dpi: number,
): Candidate[] {
  const near = Math.round(NEAR.from * dpi);
  const rules = others.map(({ rule }) => rule).filter(({ from, to }) => to - from >= SURE_LENGTH * dpi);
  return all.flatMap((candidate): Candidate[] => {
    const { rule } = candidate;
    const line = Math.round(rule.at - 0.5);
    const seen = (at: number): boolean => {
      for (let y = Math.max(0, line - 1); y <= Math.min(height - 1, line + 1); y++)
        if (ink[y * width + at] === 1) return true;
      return false;
    };
    const share = (from: number, to: number): readonly [seen: number, of: number] => {
      let count = 0;
      const first = Math.max(rule.from, Math.round(from));
      const end = Math.min(rule.to, Math.round(to));
      for (let at = first; at < end; at++) if (seen(at)) count += 1;
      return [count, Math.max(0, end - first)];
    };
    const met = rules
      .filter(
        (other) =>
          other.at >= rule.from - near &&
          other.at <= rule.to + near &&
          other.from - near <= rule.at &&
          other.to + near >= rule.at,
      )
      .sort((a, b) => a.at - b.at);
    const beside = met.map((other) => {
      const edge = other.thickness / 2;
      return {
        at: other.at,
        before: share(other.at - edge - far, other.at - edge - near),
        after: share(other.at + edge + near, other.at + edge + far),
      };
    });
    const [inAll, length] = share(rule.from, rule.to);
    let [close, looked] = [0, 0];
    for (const { before, after } of beside) {
      close += before[0] + after[0];
      looked += before[1] + after[1];
    }
    if (looked === 0 || close / looked < AS_NEAR * (inAll / length)) return [];
    // Between two rules that it keeps away from on both sides, it is writing.
    const drawn = beside.flatMap(({ at, after }, index) => {
      const next = beside[index + 1];
      return next && after[0] + next.before[0] > 0 ? [at, next.at] : [];
    });
    if (drawn.length === 0) return [];
    const [from, to] = [Math.min(...drawn), Math.max(...drawn)];
    return cutTo(candidate, Math.round(from) - 2, Math.round(to) + 2);
  });
}

/** The part of a rule between two places. */
function cutTo({ rule, runs }: Candidate, first: number, last: number): Candidate[] {
  const from = Math.max(rule.from, first);
  const to = Math.min(rule.to, last);
  if (to <= from) return [];
  const kept = runs
    .map((run) => ({ line: run.line, from: Math.max(run.from, from), to: Math.min(run.to, to - 1) }))
    .filter((run) => run.to >= run.from);
  return kept.length === 0 ? [] : [{ rule: { ...rule, from, to }, runs: kept }];
}

/** Inches: a hairline is no thicker, and as much paper lies on either side of it. */
const HAIRLINE = 0.021;
const PAPER = 0.02;

/** The ink that is thin from top to bottom and has paper above and below. */
function thin(ink: Uint8Array, width: number, height: number, dpi: number): Uint8Array {
  const found = new Uint8Array(ink.length);
  const thickest = Math.max(2, Math.round(HAIRLINE * dpi));
  const paper = Math.max(2, Math.round(PAPER * dpi));
  for (let x = 0; x < width; x++) {
    let clear = paper;
    let from = -1;
    for (let y = 0; y <= height; y++) {
      if (y < height && ink[y * width + x] === 1) {
        // What begins beside other ink is no hairline, however it goes on.
        if (from < 0) from = clear >= paper ? y : height;
        clear = 0;
        continue;
      }
      clear += 1;
      if (from < 0) continue;
      if (y < height && clear < paper) continue;
      const end = y - clear + 1;
      if (end - from <= thickest)
        for (let line = from; line < end; line++) found[line * width + x] = ink[line * width + x]!;
      from = -1;
    }
  }
  return found;
}
