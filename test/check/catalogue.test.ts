import { describe, expect, test } from 'vitest';
import { CATALOGUE, FAMILIES } from '../../src/check/catalogue.ts';
import { runExample } from './run-example.ts';

describe('every example of the catalogue comes out as it says', () => {
  for (const family of FAMILIES) {
    for (const rule of family.rules) {
      for (const example of rule.examples) {
        test(`${rule.id}: ${example.name}`, () => {
          const { checks, findings } = runExample(family, example);
          const { target, outcome, severity, verdict, message } = example.expect;
          const own = checks.filter((c) => c.rule === rule.id);
          const instances = target === undefined ? own : own.filter((c) => c.target === target);
          expect(instances, 'no such instance').not.toEqual([]);
          if (outcome) expect(instances.map((c) => c.outcome)).toContain(outcome);
          const raised = findings.filter((f) => f.rule === rule.id);
          if (severity === null) expect(raised).toEqual([]);
          if (severity) expect(raised.map((f) => f.severity)).toContain(severity);
          if (verdict) expect(raised.map((f) => f.verdict)).toContain(verdict);
          if (message) expect(raised.map((f) => f.messageZh).join('\n')).toContain(message);
        });
      }
    }
  }
});

test('rule ids are unique, and each rule has a basis, texts in both languages and examples', () => {
  expect(new Set(CATALOGUE.map((r) => r.id)).size).toBe(CATALOGUE.length);
  for (const rule of CATALOGUE) {
    expect(rule.basis.source, rule.id).not.toBe('');
    expect(rule.title.zh, rule.id).toMatch(/[\u4e00-\u9fa5]/);
    expect(rule.explanation.en, rule.id).not.toBe('');
    expect(
      rule.examples.length,
      `${rule.id} needs an example that fails and one that does not, or two`,
    ).toBeGreaterThan(0);
  }
});

test('the catalogue has every rule of the form', () => {
  expect(CATALOGUE.map((r) => r.id).sort()).toEqual(
    [
      'T3.FLOW T3.ITEMS T3.ROWSUM T4.SUM COUNT BLANK T2.RULES T2.STOCK T2.ITEMS T2.FEE_UNIT',
      'X.CARRY X.COPIED T4.AFTER',
      'N.RECEIVED N.CARRIED N.CONCLUDED N.RESULTS N.APPLICANTS N.SHARE N.GROWTH N.REVIEW',
      'N.ALL_CONCLUDED N.ALL_UPHELD N.DOCUMENTS N.FEE',
      'F.PERIOD F.TITLE F.EDITION F.DEADLINE F.SECTIONS F.PLACEHOLDER F.AGENCY F.CHART F.COPIES_DIFFER',
      'A.ROLLUP A.CHILD_GT_PARENT A.MISSING',
    ]
      .flatMap((line) => line.split(' '))
      .sort(),
  );
});
