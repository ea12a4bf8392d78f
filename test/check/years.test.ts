import { describe, expect, test } from 'vitest';
import { checkAcross } from '../../src/check/engine.ts';
import type { ExampleReport } from '../../src/check/rule.ts';
import { viewOf } from '../../src/check/view.ts';
import { buildReport } from './build-report.ts';

const RESULTS = {
  'new_received/natural_person': 30,
  'new_received/total': 30,
  'granted/natural_person': 12,
  'granted/total': 12,
  'partly_granted/natural_person': 5,
  'partly_granted/total': 5,
  'unavailable.not_held/natural_person': 9,
  'unavailable.not_held/total': 9,
  'concluded_total/natural_person': 26,
  'concluded_total/total': 26,
  'carried_out/natural_person': 4,
  'carried_out/total': 4,
};

function chain(...reports: readonly ExampleReport[]) {
  const views = reports.map((r, i) => viewOf(buildReport(r), { id: `r${i}`, agencyId: 'a' }));
  return checkAcross({ histories: [{ agency: null, reports: views }] });
}

describe('the chain of years', () => {
  test('a year that is missing breaks it', () => {
    expect(chain({ year: 2021 }, { year: 2023 }).checks.filter((c) => c.rule === 'X.CARRY')).toEqual([]);
  });

  test('reports are paired in order of years, however they are given', () => {
    const { checks } = chain({ year: 2023 }, { year: 2021 }, { year: 2022 });
    expect(
      checks.filter((c) => c.rule === 'X.CARRY' && c.target === 'total').map((c) => [c.report, c.year]),
    ).toEqual([
      ['r2', 2022],
      ['r0', 2023],
    ]);
  });

  test('a government’s own report is not chained to its aggregate while it has one of its own', () => {
    const { findings } = chain(
      { year: 2022, scope: 'own' },
      { year: 2022, scope: 'region', t3: RESULTS },
      { year: 2023, scope: 'own' },
    );
    expect(findings.filter((f) => f.rule === 'X.CARRY')).toEqual([]);
  });

  test('a change of scope turns a broken chain into a question', () => {
    const { findings } = chain({ year: 2022, scope: 'region', t3: RESULTS }, { year: 2023, scope: 'own' });
    const [finding] = findings.filter((f) => f.rule === 'X.CARRY');
    expect(finding).toMatchObject({ severity: 'info', report: 'r1' });
    expect(finding?.messageZh).toContain('统计范围似有不同');
  });

  test('a wrong cell that the sums already name is not reported again by the chain', () => {
    const { findings } = chain(
      { year: 2022, t3: RESULTS },
      {
        year: 2023,
        t3: {
          'carried_in/natural_person': 40,
          'carried_in/total': 4,
          'granted/natural_person': 4,
          'granted/total': 4,
          'concluded_total/natural_person': 4,
          'concluded_total/total': 4,
        },
      },
    );
    expect(findings.filter((f) => f.rule === 'X.CARRY')).toEqual([]);
  });

  test('a report of the first edition is followed by one of the second', () => {
    const { checks } = chain(
      { year: 2020, t3: RESULTS },
      {
        year: 2021,
        t3: {
          'carried_in/natural_person': 4,
          'carried_in/total': 4,
          'other_handling.other/natural_person': 4,
          'other_handling.other/total': 4,
          'concluded_total/natural_person': 4,
          'concluded_total/total': 4,
        },
      },
    );
    expect(new Set(checks.filter((c) => c.rule === 'X.CARRY').map((c) => c.outcome))).toEqual(
      new Set(['holds']),
    );
  });
});

describe('copied tables', () => {
  test('results left from last year under new numbers of requests', () => {
    const now = { ...RESULTS, 'new_received/natural_person': 40, 'new_received/total': 40 };
    const { findings } = chain({ year: 2022, t3: RESULTS }, { year: 2023, t3: now });
    expect(findings.filter((f) => f.rule === 'X.COPIED').map((f) => f.messageZh)).toEqual([
      expect.stringContaining('表三各项办理结果与2022年度报告逐格相同'),
    ]);
  });
  test('one request granted each year is no copy', () => {
    const one = {
      'new_received/natural_person': 1,
      'new_received/total': 1,
      'granted/natural_person': 1,
      'granted/total': 1,
      'concluded_total/natural_person': 1,
      'concluded_total/total': 1,
    };
    expect(chain({ year: 2022, t3: one }, { year: 2023, t3: one }).findings).toEqual([]);
  });
  test('two empty tables are no copy', () => {
    expect(chain({ year: 2022 }, { year: 2023 }).findings).toEqual([]);
  });
});
