import { boxAround, height, width } from './cell-ink.ts';
import type { NumberReading } from './digits.ts';
import type { NumberBeforeUnit } from './glyphs.ts';
import type { GrayImage } from './image.ts';
import { recognise } from './tesseract.ts';
import { cutLine, joinWords } from './text-lines.ts';

/** A line whose end may be a unit, not yet read. */
export interface LineWithUnit {
  readonly page: GrayImage;
  readonly dpi: number;
  readonly parts: NumberBeforeUnit;
}

/** What the money and the counts of the form are given in. */
const UNIT = /^(?:[万亿]?元|[万亿件条项宗份个起次])$/u;
/** Widest a unit's character is, in heights of the digits: what is wider holds a digit that touches it. */
const WIDEST = 1.45;

/** Reads the ends of lines alone, without the digits, which Tesseract takes with them for characters; null for no unit. */
export async function readUnits(lines: readonly LineWithUnit[]): Promise<(string | null)[]> {
  const words = await recognise(
    lines.map(({ page, parts }) => cutLine(page, parts.unit)),
    { language: 'chi_sim', layout: 'line', dpi: lines[0]?.dpi ?? 300 },
  );
  return lines.map(({ parts }, index) => {
    const text = joinWords(words[index] ?? []);
    const widest = WIDEST * text.length * height(boxAround(parts.glyphs));
    return UNIT.test(text) && width(parts.unit) <= widest ? text : null;
  });
}

/**
 * A number joined with its unit: sure where the digits are and the line was read the same in one piece. `whole` is that
 * reading.
 */
export function joined(number: NumberReading, unit: string, whole: string): NumberReading {
  const text = number.text + unit;
  const doubtful = number.doubtful || whole !== text;
  const others = new Set(number.alternatives.map((other) => other + unit));
  if (/\d/.test(whole)) others.add(whole);
  others.delete(text);
  return {
    ...number,
    text,
    score: doubtful ? Math.min(0.5, number.score) : number.score,
    doubtful,
    alternatives: [...others].slice(0, 5),
  };
}
