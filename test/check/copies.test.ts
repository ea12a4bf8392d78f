import { expect, test } from 'vitest';
import { FAMILIES } from '../../src/check/catalogue.ts';
import { runExample } from './run-example.ts';

const family = FAMILIES.find((f) => f.key === 'copies')!;
const report = (total: number) => ({ t4: { 'review/total': total, 'review/upheld': 1 } });

function compare(totals: readonly number[]) {
  return runExample(family, { name: '', reports: totals.map(report), expect: {} });
}

test('copies that differ alike make one finding, each other difference one of its own, and every copy is checked', () => {
  const two = compare([1, 2]);
  const several = compare([1, 2, 1, 2, 3]);
  expect(several.findings.map((f) => [f.messageZh.includes('3个版本'), f.evidence.length])).toEqual([
    [true, 2],
    [false, 1],
  ]);
  expect(several.checks.map((c) => c.outcome).sort()).toEqual(['fails', 'fails', 'fails', 'holds']);
  // The key of the finding does not change when a further copy says the same.
  expect(several.findings[0]?.discriminator).toBe(two.findings[0]?.discriminator);
  expect(several.findings[0]?.cells).toEqual(two.findings[0]?.cells);
});

test('a scan that says what a certain copy says takes nothing from it', () => {
  const severities = (...others: readonly ('certain' | 'ocr')[]) =>
    runExample(family, {
      name: '',
      reports: [report(1), ...others.map((confidence) => ({ ...report(2), confidence }))],
      expect: {},
    }).findings.map((f) => f.severity);
  expect(severities('certain')).toEqual(['error']);
  expect(severities('ocr')).toEqual(['warning']);
  expect(severities('certain', 'ocr')).toEqual(['error']);
  expect(severities('ocr', 'certain')).toEqual(['error']);
});
