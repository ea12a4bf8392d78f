import { type Example, likeness, type Shape, shapeOf } from './digit-shapes.ts';
import { type NumberLine, type Vote, voteOnDigits } from './digit-strips.ts';

/** What a line of digits was read as. */
export interface NumberReading {
  /** Sign, digits, points as printed; empty where nothing could be read. */
  readonly text: string;
  /** 0 to 1. */
  readonly score: number;
  readonly doubtful: boolean;
  /** Other readings, most likely first. */
  readonly alternatives: readonly string[];
}

const MOST_EXAMPLES = 40;
/** A digit is told apart when it is this much more alike to its own kind than to any other. */
const CLEAR = 0.05;
const ALIKE = 0.8;

/**
 * Reads lines of digits twice over: Tesseract votes at several sizes, and each digit is compared with the digits of
 * the same document on which all votes agreed. Where the two differ, or one is missing, the reading is doubtful.
 */
export async function readNumbers(lines: readonly NumberLine[]): Promise<NumberReading[]> {
  const votes = await voteOnDigits(lines);
  const shapes = lines.map(({ page, glyphs }) =>
    glyphs.filter((glyph) => glyph.kind === 'digit').map((glyph) => shapeOf(page, glyph)),
  );
  const examples = examplesOf(votes, shapes);
  return lines.map((line, index) => decide(line, index, votes[index]!, shapes[index]!, examples));
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
): NumberReading {
  const compared = shapes.map((shape) => likeness(shape, index, examples));
  const byShape = compared.map(([first]) => first?.digit ?? '?').join('');
  const clear = compared.every(([first, second]) => {
    if (!first || first.likeness < ALIKE) return false;
    return !second || first.likeness - second.likeness >= CLEAR;
  });
  const counts = new Map<string, number>();
  for (const { digits } of votes) if (digits !== null) counts.set(digits, (counts.get(digits) ?? 0) + 1);
  const ranked = [...counts].sort(
    (a, b) => b[1] - a[1] || Number(b[0] === byShape) - Number(a[0] === byShape),
  );
  const winner = ranked[0]?.[0] ?? null;
  const share = (ranked[0]?.[1] ?? 0) / Math.max(1, votes.length);
  const supported = counts.has(byShape);

  let digits: string;
  let doubtful: boolean;
  if (winner !== null && winner === byShape) {
    digits = winner;
    doubtful = !(share > 0.5 || (clear && share >= 0.4));
    if (!clear && share < 1) doubtful = true;
  } else if (clear && supported) {
    digits = byShape;
    doubtful = true;
  } else {
    digits = winner !== null && (winner.length === shapes.length || !clear) ? winner : byShape;
    doubtful = true;
  }
  if (line.glyphs.some((glyph) => glyph.touchesRule)) doubtful = true;

  const others = new Set<string>();
  for (const [other] of ranked) others.add(other);
  if (!byShape.includes('?')) others.add(byShape);
  if (doubtful) for (const other of nextBest(digits, compared)) others.add(other);
  others.delete(digits);
  const confidence = Math.min(
    ...votes.filter((vote) => vote.digits === digits).map((vote) => vote.confidence),
    100,
  );
  return {
    text: withSigns(line, digits),
    score: Math.max(0, Math.min(1, (share * confidence) / 100)) * (doubtful ? 0.5 : 1),
    doubtful,
    alternatives: [...others].slice(0, 5).map((other) => withSigns(line, other)),
  };
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
  return glyphs.map((glyph) => (glyph.kind === 'digit' ? digits[place++] : printed[glyph.kind])).join('');
}
