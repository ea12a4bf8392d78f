import { type Example, likeness, type Shape, shapeOf } from './digit-shapes.ts';
import { type NumberLine, type Vote, voteOnDigits } from './digit-strips.ts';
import { type Glyph, standTogether } from './glyphs.ts';
import { type SecondOpinions, secondOpinions } from './second-opinions.ts';

/** What a line of digits was read as. */
export interface NumberReading {
  /** Sign, digits, points as printed; empty where nothing could be read. */
  readonly text: string;
  /** 0 to 1. */
  readonly score: number;
  readonly doubtful: boolean;
  /** Its characters look like digits read elsewhere, whichever they are. */
  readonly looksLikeDigits: boolean;
  /** More than half of the votes gave these digits, one for each character. */
  readonly votedFor: boolean;
  /** Other readings, most likely first. */
  readonly alternatives: readonly string[];
}

const MOST_EXAMPLES = 40;
/** A digit is told apart when it is this much more alike to its own kind than to any other. */
const CLEAR = 0.05;
const ALIKE = 0.8;
const SIMILAR = 0.7;
/** Score of a line that second opinions settled: less than where votes and likeness agreed at once. */
const SETTLED = 0.85;
/** What a vote weighs against likeness. */
const VOTE = 0.06;

interface Decision {
  readonly reading: NumberReading;
  /** Doubtful, but only because votes and likeness do not speak as one. */
  readonly open: boolean;
  readonly votes: readonly Vote[];
  /** The digits it looks most like. */
  readonly byShape: string;
  /** It looks like them and like no others. */
  readonly clear: boolean;
  readonly compared: readonly (readonly { readonly digit: string; readonly likeness: number }[])[];
}

/**
 * Reads lines of digits twice over: Tesseract votes at several sizes, and each digit is compared with the digits of
 * the same document on which all votes agreed. Where the two differ, or one is missing, the line is read once more in
 * another way, and stays doubtful unless that says the same as one of them.
 */
export async function readNumbers(lines: readonly NumberLine[]): Promise<NumberReading[]> {
  const votes = await voteOnDigits(lines);
  const shapes = lines.map(({ page, glyphs }) =>
    glyphs.filter((glyph) => glyph.kind === 'digit').map((glyph) => shapeOf(page, glyph)),
  );
  const examples = examplesOf(votes, shapes);
  const decisions = lines.map((line, index) => decide(line, index, votes[index]!, shapes[index]!, examples));
  const open = lines.flatMap((_, index) => (decisions[index]!.open ? [index] : []));
  const opinions = await secondOpinions(open.map((index) => lines[index]!));
  const settledLines = new Map(
    open.map((index, place) => [index, settled(lines[index]!, decisions[index]!, opinions[place]!)]),
  );
  return decisions.map(({ reading }, index) => settledLines.get(index) ?? reading);
}

function examplesOf(votes: readonly Vote[][], shapes: readonly Shape[][]): Example[] {
  const examples: Example[] = [];
  const counts = new Map<string, number>();
  for (const [line, ofLine] of votes.entries()) {
    const digits = ofLine[0]?.digits ?? null;
    if (digits === null || digits.length !== shapes[line]!.length) continue;
    if (!ofLine.every((vote) => vote.digits === digits)) continue;
    for (const [place, shape] of shapes[line]!.entries()) {
      const digit = digits[place]!;
      const count = counts.get(digit) ?? 0;
      if (count >= MOST_EXAMPLES) continue;
      counts.set(digit, count + 1);
      examples.push({ shape, digit, line });
    }
  }
  return examples;
}

function decide(
  line: NumberLine,
  index: number,
  votes: readonly Vote[],
  shapes: readonly Shape[],
  examples: readonly Example[],
): Decision {
  const compared = shapes.map((shape) => likeness(shape, index, examples));
  const byShape = compared.map(([first]) => first?.digit ?? '?').join('');
  const clear = compared.every(([first, second]) => {
    if (!first || first.likeness < ALIKE) return false;
    return !second || first.likeness - second.likeness >= CLEAR;
  });
  // A vote with more or fewer digits than characters are seen is a slip of Tesseract's, or two digits run together.
  const fitting = votes.filter(({ digits }) => digits?.length === shapes.length);
  const ranked = ranking(fitting.length > 0 ? fitting : votes, byShape);
  const winner = ranked[0]?.[0] ?? null;
  const winnerShare = (ranked[0]?.[1] ?? 0) / Math.max(1, votes.length);
  const support = fitting.filter(({ digits }) => digits === byShape).length;

  let digits: string;
  let doubtful: boolean;
  if (clear && (support > 0 || fitting.length === 0)) {
    digits = byShape;
    doubtful = support === 0 || support * 2 < fitting.length;
  } else {
    digits = winnerShare === 1 || shapes.length === 0 ? (winner ?? '') : weighed(fitting, compared);
    doubtful = winnerShare < 1 || digits !== byShape;
  }
  const whole =
    !line.glyphs.some((glyph) => glyph.touchesRule) &&
    pointsAreSure(line.glyphs) &&
    standTogether(line.glyphs);
  const open = doubtful && whole;
  if (!whole) doubtful = true;

  const others = new Set<string>();
  for (const [other] of ranking(votes, byShape)) others.add(other);
  if (!byShape.includes('?')) others.add(byShape);
  if (doubtful) for (const other of nextBest(digits, compared)) others.add(other);
  others.delete(digits);
  const reading = {
    text: withSigns(line, digits),
    score: scoreOf(digits, votes, compared, doubtful),
    doubtful,
    votedFor: fitting.filter((vote) => vote.digits === digits).length * 2 > votes.length,
    looksLikeDigits: compared.every(([first]) => first !== undefined && first.likeness >= SIMILAR),
    alternatives: [...others].slice(0, 5).map((other) => withSigns(line, other)),
  };
  return { reading, open, votes, byShape, clear, compared };
}

/** A line that the second opinions decide; null where they do not. */
function settled(
  line: NumberLine,
  decision: Decision,
  { digits, text }: SecondOpinions,
): NumberReading | null {
  const { reading, votes, byShape, clear, compared } = decision;
  const known = clear && [digits, text].includes(byShape) && !contradicts(byShape, digits, text);
  const alike =
    text === digits && digits.length === compared.length && votes.every((vote) => vote.digits === digits);
  const unknown = alike && compared.every((ranked, place) => mayBe(digits[place]!, ranked));
  if (!known && !unknown) return withUnit(line, decision, text);
  const agreed = known ? byShape : digits;
  const others = [reading.text, ...reading.alternatives].filter((other) => other !== withSigns(line, agreed));
  return {
    ...reading,
    text: withSigns(line, agreed),
    score: SETTLED,
    doubtful: false,
    alternatives: others.slice(0, 5),
  };
}

/** Another number of as many digits. What is none at all (a 1 that Chinese takes for 工) says nothing. */
function contradicts(digits: string, ...opinions: readonly string[]): boolean {
  return opinions.some(
    (opinion) => /^\d+$/.test(opinion) && opinion.length === digits.length && opinion !== digits,
  );
}

/** A number whose last characters are no digits but a unit (5973.3万); null where it is none. Never sure: read once. */
function withUnit(line: NumberLine, { reading, compared }: Decision, text: string): NumberReading | null {
  const [, digits = '', unit = ''] = /^(\d+)(\p{Script=Han}+)$/u.exec(text) ?? [];
  const alike = (digit: string, place: number) =>
    compared[place]?.[0]?.digit === digit && compared[place][0].likeness >= ALIKE;
  if (unit === '' || digits.length >= compared.length || ![...digits].every(alike)) return null;
  const places = line.glyphs.flatMap((glyph, index) => (glyph.kind === 'digit' ? [index] : []));
  const number = { ...line, glyphs: line.glyphs.slice(0, places[digits.length]) };
  return { ...reading, text: withSigns(number, digits) + unit, alternatives: [] };
}

/** It looks like this digit, or like none that the document shows for certain while this one is not among those. */
function mayBe(
  digit: string,
  ranked: readonly { readonly digit: string; readonly likeness: number }[],
): boolean {
  const [first] = ranked;
  if (first === undefined || first.digit === digit) return true;
  return first.likeness < ALIKE && ranked.every((candidate) => candidate.digit !== digit);
}

/** A point that begins or ends a number is dust, and one much smaller or off the foot of the digits may be. */
function pointsAreSure(glyphs: readonly Glyph[]): boolean {
  const digits = glyphs.filter((glyph) => glyph.kind === 'digit');
  const high = Math.max(...digits.map((glyph) => glyph.bottom - glyph.top));
  const foot = digits.map((glyph) => glyph.bottom).sort((a, b) => a - b)[digits.length >> 1] ?? 0;
  return glyphs.every((glyph, index) => {
    if (glyph.kind !== 'dot' && glyph.kind !== 'comma') return true;
    if (glyphs[index + 1]?.kind !== 'digit' || glyphs[index - 1]?.kind !== 'digit') return false;
    if (glyph.kind === 'comma') return true;
    const size = Math.min(glyph.bottom - glyph.top, glyph.right - glyph.left);
    return size >= 0.1 * high && Math.abs(glyph.bottom - foot) <= 0.1 * high + 1;
  });
}

/** For each place the digit that votes and likeness together speak for most. */
function weighed(
  votes: readonly Vote[],
  compared: readonly (readonly { readonly digit: string; readonly likeness: number }[])[],
): string {
  return compared
    .map((candidates, place) => {
      const scores = new Map(candidates.map(({ digit, likeness }) => [digit, likeness]));
      for (const { digits } of votes) {
        const digit = digits![place]!;
        scores.set(digit, (scores.get(digit) ?? 0.5) + VOTE);
      }
      return [...scores].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? '';
    })
    .join('');
}

function ranking(votes: readonly Vote[], preferred: string): [string, number][] {
  const counts = new Map<string, number>();
  for (const { digits } of votes) if (digits !== null) counts.set(digits, (counts.get(digits) ?? 0) + 1);
  return [...counts].sort(
    (a, b) =>
      b[1] - a[1] || Number(b[0] === preferred) - Number(a[0] === preferred) || (a[0] < b[0] ? -1 : 1),
  );
}

/** Half from the share of votes, half from the likeness of the least alike digit; a doubtful reading has at most 0.5. */
function scoreOf(
  digits: string,
  votes: readonly Vote[],
  compared: readonly (readonly { readonly digit: string; readonly likeness: number }[])[],
  doubtful: boolean,
): number {
  const share = votes.filter((vote) => vote.digits === digits).length / Math.max(1, votes.length);
  const alike = Math.min(
    1,
    ...compared.map((ranked, place) => ranked.find(({ digit }) => digit === digits[place])?.likeness ?? 0),
  );
  const score = 0.5 * share + 0.5 * Math.max(0, alike);
  return doubtful ? Math.min(0.5, score) : score;
}

/** The reading with one digit exchanged for the one it looks most like otherwise. */
function nextBest(
  digits: string,
  compared: readonly (readonly { readonly digit: string; readonly likeness: number }[])[],
): string[] {
  if (digits.length !== compared.length) return [];
  const found: { text: string; likeness: number }[] = [];
  for (const [place, candidates] of compared.entries()) {
    for (const { digit, likeness } of candidates.slice(0, 3))
      if (digit !== digits[place])
        found.push({ text: digits.slice(0, place) + digit + digits.slice(place + 1), likeness });
  }
  return found.sort((a, b) => b.likeness - a.likeness).map(({ text }) => text);
}

/** Puts signs and points back where they stood; without them where the digits do not fit the characters seen. */
function withSigns({ glyphs }: NumberLine, digits: string): string {
  if (digits.length !== glyphs.filter((glyph) => glyph.kind === 'digit').length) return digits;
  const printed = { dot: '.', comma: ',', minus: '-', plus: '+' } as const;
  let place = 0;
  const last = glyphs.findLastIndex((glyph) => glyph.kind === 'digit');
  const first = glyphs.findIndex(({ kind }) => kind !== 'dot' && kind !== 'comma');
  return glyphs
    .slice(first, last + 1)
    .map((glyph) => (glyph.kind === 'digit' ? digits[place++] : printed[glyph.kind]))
    .join('');
}
