import type { CheckOutcome, Severity } from '../check/finding.ts';
import type { CellState, Confidence } from '../extract/report.ts';

/** Closed lists as the small numbers that the store keeps. Their places are part of the stored format: append only. */
export const STATES = [
  'number',
  'blank',
  'dash',
  'text',
  'absent',
  'unreadable',
] as const satisfies readonly CellState[];
export const CONFIDENCES = [
  'certain',
  'inferred',
  'ocr',
  'transcribed',
] as const satisfies readonly Confidence[];
export const CHECK_OUTCOMES = [
  'holds',
  'holds_if_blank_zero',
  'fails',
  'unverifiable',
] as const satisfies readonly CheckOutcome[];
/** Most severe first. */
export const SEVERITIES = ['error', 'warning', 'info'] as const satisfies readonly Severity[];

export function encode<T extends string>(list: readonly T[], value: T): number {
  const code = list.indexOf(value);
  if (code < 0) throw new RangeError(`${JSON.stringify(value)} is not one of ${list.join(', ')}`);
  return code;
}

export function decode<T extends string>(list: readonly T[], code: number): T {
  const value = list[code];
  if (value === undefined) throw new RangeError(`code ${code} is not known; known are ${list.join(', ')}`);
  return value;
}
