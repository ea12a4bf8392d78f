import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkReport, checkReports, checkView } from '../../src/check/engine.ts';
import type { ExampleReport, ReportContext } from '../../src/check/rule.ts';
import { viewOf } from '../../src/check/view.ts';
import type { Report } from '../../src/extract/report.ts';
import { buildReport } from './build-report.ts';
import { asExample, consistentTable, MUTATIONS, seeded } from './mutate-table.ts';

const YEAR = {
  'new_received/natural_person': 21,
  'new_received/total': 21,
  'granted/natural_person': 12,
  'granted/total': 12,
  'denied.process_information/natural_person': 9,
  'denied.process_information/total': 9,
  'concluded_total/natural_person': 21,
  'concluded_total/total': 21,
} as const;

function check(
  example: ExampleReport,
  context: ReportContext = {},
  change: (r: Report) => Report = (r) => r,
) {
  const { checks, findings } = checkReport(change(buildReport(example)), context);
  return {
    findings,
    sums: findings.filter((f) => /^T[34]\.(?:FLOW|ITEMS|ROWSUM|SUM)$/.test(f.rule)),
    outcome: (rule: string, target: string) =>
      checks.find((c) => c.rule === rule && c.target === target)?.outcome,
  };
}

describe('outcomes of a sum with blanks', () => {
  const cases: readonly (readonly [string, Record<string, number | string | null>, string])[] = [
    ['5 = 3 + 1 fails', { 'review/upheld': 3, 'review/corrected': 1, 'review/total': 5 }, 'fails'],
    ['1 = blank does not fail', { 'review/upheld': '', 'review/total': 1 }, 'unverifiable'],
    ['1 = dash does not fail', { 'review/upheld': '/', 'review/total': 1 }, 'unverifiable'],
    [
      '0 = blank holds if the blank is zero',
      { 'review/upheld': '', 'review/total': 0 },
      'holds_if_blank_zero',
    ],
    [
      '3 + blank = 2 fails: no blank is negative',
      { 'review/upheld': 3, 'review/corrected': '', 'review/total': 2 },
      'fails',
    ],
    ['a blank total fits any parts', { 'review/upheld': 3, 'review/total': '' }, 'unverifiable'],
    [
      'a blank total of blanks holds if zero',
      { 'review/upheld': '', 'review/total': '' },
      'holds_if_blank_zero',
    ],
    ['an absent operand cannot be verified', { 'review/upheld': null, 'review/total': 1 }, 'unverifiable'],
    ['a worded operand cannot be verified', { 'review/upheld': '无', 'review/total': 1 }, 'unverifiable'],
    ['half a case cannot be verified', { 'review/upheld': 0.5, 'review/total': 1 }, 'unverifiable'],
  ];
  for (const [name, t4, outcome] of cases) {
    test(name, () => expect(check({ t4 }).outcome('T4.SUM', 'review')).toBe(outcome));
  }

  test('it fails exactly where no filling of the blanks with integers from 0 makes it hold', () => {
    const cell = fc.oneof(fc.nat({ max: 4 }), fc.constant(''));
    fc.assert(
      fc.property(fc.tuple(cell, cell, cell, cell, cell), (cells) => {
        const [upheld, corrected, other, pending, total] = cells;
        const result = check({
          t4: {
            'review/upheld': upheld,
            'review/corrected': corrected,
            'review/other_result': other,
            'review/pending': pending,
            'review/total': total,
          },
        }).outcome('T4.SUM', 'review');
        const parts = [upheld, corrected, other, pending];
        const least = parts.reduce<number>((n, p) => n + (typeof p === 'number' ? p : 0), 0);
        const open = parts.includes('');
        const possible = total === '' ? true : open ? total >= least : total === least;
        expect(result === 'fails').toBe(!possible);
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});

describe('how much may be held against an office', () => {
  const wrong = { t3: { ...YEAR, 'granted/natural_person': 13 } };

  test('a sum of cells read with certainty is an error', () => {
    expect(check(wrong).sums).toMatchObject([{ severity: 'error', verdict: 'unique' }]);
  });
  for (const confidence of ['inferred', 'ocr'] as const) {
    test(`of ${confidence} cells it is a warning`, () => {
      expect(check({ ...wrong, confidence }).sums).toMatchObject([{ severity: 'warning' }]);
    });
  }
  test('numbers entered by a person stand like printed ones', () => {
    expect(check({ ...wrong, confidence: 'transcribed' }).sums).toMatchObject([{ severity: 'error' }]);
  });
  test('a doubtful cell turns the accusation into a doubt about our reading', () => {
    const doubt = (r: Report): Report => ({
      ...r,
      tables: r.tables.map((t) => ({ ...t, facts: t.facts.map((f) => ({ ...f, doubtful: true })) })),
    });
    expect(check(wrong, {}, doubt).sums).toMatchObject([{ severity: 'info', verdict: 'suspect_extraction' }]);
  });
  test('a sum that another reading of the picture of one cell would mend is our doubt', () => {
    // 12 requests were granted; the table then says 13. On a scan 13 may be a 12 with a spot, or a 18.
    const seenAs =
      (alternatives: readonly number[]) =>
      (r: Report): Report => ({
        ...r,
        tables: r.tables.map((t) => ({
          ...t,
          facts: t.facts.map((f) =>
            f.row === 'granted' && f.column === 'natural_person' ? { ...f, alternatives } : f,
          ),
        })),
      });
    const scan = { ...wrong, confidence: 'ocr' as const };
    const doubt = [{ severity: 'info', verdict: 'suspect_extraction', culprit: [], suggested: [] }];
    expect(check(scan, {}, seenAs([12])).sums).toMatchObject(doubt);
    expect(check(scan, {}, seenAs([18, 12])).sums).toMatchObject(doubt);
    expect(check(scan, {}, seenAs([18])).sums).toMatchObject([{ severity: 'warning', verdict: 'unique' }]);
  });
  test('an identity that helped to read the table cannot accuse; the others only warn', () => {
    const [finding, ...others] = check({ ...wrong, usedIdentities: ['T3.ROWSUM'] }).sums;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: 'T3.ITEMS', severity: 'warning', verdict: 'preferred' });
    expect(check({ ...wrong, usedIdentities: ['T3.ROWSUM', 'T3.ITEMS'] }).sums).toEqual([]);
  });
  test('documents that are no reports are not checked', () => {
    for (const outcome of ['blank_form', 'not_a_report', 'pre_2019'] as const) {
      expect(checkReport({ ...buildReport(wrong), outcome })).toEqual({ checks: [], findings: [] });
    }
  });
});

describe('one cause, one finding', () => {
  test('a case booked in the wrong column', () => {
    const { sums } = check({
      t3: { ...YEAR, 'granted/natural_person': 11, 'granted/enterprise': 1 },
    });
    expect(sums).toHaveLength(1);
    expect(sums[0]).toMatchObject({ rule: 'T3.ITEMS', severity: 'error' });
    expect(sums[0]?.messageZh).toContain('“予以公开”行有1件应记在“自然人”而记在了“商业企业”');
    expect(sums[0]?.evidence.filter((e) => e.kind === 'part')).toHaveLength(2);
  });
  test('a case booked in the wrong row', () => {
    const { sums } = check({
      t3: {
        ...YEAR,
        'granted/natural_person': 11,
        'partly_granted/natural_person': 1,
      },
    });
    expect(sums).toHaveLength(1);
    expect(sums[0]?.messageZh).toContain('“自然人”列有1件应记在“予以公开”而记在了“部分公开”');
  });
  test('a row moved by one column is our doubt, not an error', () => {
    const { sums } = check({
      t3: {
        ...YEAR,
        'granted/natural_person': 0,
        'granted/enterprise': 12,
        'granted/total': 0,
      },
    });
    expect(sums).toMatchObject([{ severity: 'info', verdict: 'suspect_extraction', suggested: [] }]);
    expect(sums[0]?.messageZh).toContain('请先对照原文核对');
  });
  test('the total column of the results left blank', () => {
    const { findings } = check({
      t3: {
        'new_received/natural_person': 3,
        'granted/natural_person': 3,
        'concluded_total/natural_person': 3,
        '*/total': '',
      },
    });
    expect(findings.map((f) => [f.rule, f.severity])).toEqual([['BLANK', 'warning']]);
  });
  test('two wrong cells far apart are two findings', () => {
    const { sums } = check({
      t3: { ...YEAR, 'granted/natural_person': 15, 'denied.state_secret/enterprise': 7 },
    });
    expect(sums.map((f) => f.culprit)).toEqual([
      ['t3/granted/natural_person'],
      ['t3/denied.state_secret/enterprise'],
    ]);
    expect(sums.every((f) => f.verdict === 'preferred')).toBe(true);
  });
  test('totals of table four moved by one place are one doubt', () => {
    const { sums } = check({
      t4: {
        'review/corrected': 5,
        'review/pending': 0,
        'litigation_direct/upheld': 5,
        'litigation_direct/corrected': 8,
        'litigation_after_review/upheld': 8,
      },
    });
    expect(sums).toMatchObject([{ severity: 'info', verdict: 'suspect_extraction' }]);
  });
  test('a sentence that disagrees only because of a named wrong cell raises no finding of its own', () => {
    const { findings } = check({
      t3: { ...YEAR, 'new_received/total': 12 },
      text: ['1:全年收到政府信息公开申请21件。'],
    });
    expect(findings.map((f) => f.rule)).toEqual(['T3.FLOW']);
    expect(findings[0]?.messageZh).toContain('应为21（数字颠倒）');
  });
});

describe('table four is never certain by itself', () => {
  test('one wrong sum has up to five candidates', () => {
    const [finding] = check({ t4: { 'review/upheld': 2, 'review/pending': 1, 'review/total': 5 } }).sums;
    expect(finding).toMatchObject({ verdict: 'localised', severity: 'error', culprit: [] });
    expect(finding?.suggested.map((s) => s.cells[0]?.cell)).toEqual([
      't4/review/upheld',
      't4/review/corrected',
      't4/review/other_result',
      't4/review/pending',
      't4/review/total',
    ]);
  });
  test('a typing slip in one of them is preferred', () => {
    const [finding] = check({ t4: { 'review/upheld': 102, 'review/pending': 3, 'review/total': 15 } }).sums;
    expect(finding).toMatchObject({ verdict: 'preferred', culprit: ['t4/review/total'] });
    expect(finding?.suggested[0]?.cells[0]?.suggested).toBe(105);
    expect(finding?.suggested[0]?.operation).toBe('digit_dropped');
  });
  test('the narrative decides between candidates, and the finding says so', () => {
    const [finding] = check({
      t4: { 'review/upheld': 2, 'review/pending': 1, 'review/total': 5 },
      text: ['1:政府信息公开行政复议3件。'],
    }).sums;
    expect(finding).toMatchObject({ verdict: 'preferred', culprit: ['t4/review/total'] });
    expect(finding?.messageZh).toContain('正文写明“复议3”');
    expect(finding?.evidence.some((e) => e.kind === 'quote')).toBe(true);
  });
});

describe('the years before and after as witnesses', () => {
  test('they decide which of two rows is wrong', () => {
    const t3 = { ...YEAR, 'carried_in/natural_person': 2, 'carried_in/total': 2 };
    const alone = check({ t3 }).sums;
    expect(alone).toMatchObject([{ verdict: 'localised' }]);
    const previous = viewOf(buildReport({ year: 2023, t3: YEAR }), { id: 'last' });
    const [finding] = check({ t3 }, { previous }).sums;
    expect(finding?.verdict).toBe('preferred');
    expect(finding?.culprit).toEqual(['t3/carried_in/natural_person', 't3/carried_in/total']);
    expect(finding?.messageZh).toContain('2023年度报告');
  });
  test('a single candidate that they contradict is no longer certain', () => {
    const t3 = { ...YEAR, 'carried_in/natural_person': 2 };
    expect(check({ t3 }).sums).toMatchObject([{ verdict: 'unique' }]);
    const last = { ...YEAR, 'carried_out/natural_person': 2, 'carried_out/total': 2 };
    const previous = viewOf(buildReport({ year: 2023, t3: last }), { id: 'last' });
    expect(check({ t3 }, { previous }).sums).toMatchObject([{ verdict: 'preferred' }]);
  });
});

describe('messages', () => {
  test('a clerk reads report, table, column, the sum worked out, the difference and what to do', () => {
    const [finding] = check({
      agency: '某某县某某局',
      t3: {
        'new_received/natural_person': 21,
        'new_received/total': 21,
        'granted/natural_person': 20,
        'granted/total': 20,
        'concluded_total/natural_person': 20,
        'concluded_total/total': 20,
      },
    }).sums;
    expect(finding?.messageZh).toContain('某某县某某局2024年度报告');
    expect(finding?.messageZh).toContain(
      '表三“自然人”列：本年新收21＋上年结转0＝21，而总计20＋结转下年度0＝20，相差1。',
    );
    expect(finding?.messageZh).toContain('请逐一核对');
    expect(finding).toMatchObject({ left: 21, right: 20, difference: 1 });
  });
  test('nobody reads keys or undefined words', () => {
    const random = seeded(5);
    for (const kind of Object.keys(MUTATIONS) as (keyof typeof MUTATIONS)[]) {
      for (let i = 0; i < 12; i++) {
        const before = consistentTable(random, '2021');
        const after = before.map((line) => [...line]);
        MUTATIONS[kind](after, random, consistentTable(random, '2021'));
        for (const f of check(asExample(after)).findings) {
          expect(f.messageZh).not.toMatch(/t[234]\/|undefined|null|NaN|[a-z]_[a-z]/);
          expect(f.messageEn).not.toMatch(/t[234]\/|undefined|null|NaN|[\u4e00-\u9fa5]{40}/);
          expect(f.messageZh.length, f.messageZh).toBeLessThan(700);
          for (const s of f.suggested) expect(s.cells.every((c) => c.suggested >= 0)).toBe(true);
        }
      }
    }
  });
});

test('words made to be slow are checked all the same', () => {
  const { findings } = check({
    t3: YEAR,
    text: [`1:${'X'.repeat(200_000)}`, `1:${'公开 '.repeat(60_000)}`, `1:公开${' '.repeat(200_000)}`],
  });
  expect(findings).toEqual([]);
});

test('a sentence printed twice raises one finding', () => {
  const { findings } = check({
    t3: YEAR,
    text: ['1:全年收到政府信息公开申请25件。', '6:全年收到政府信息公开申请25件。'],
  });
  expect(findings.map((f) => [f.rule, f.severity])).toEqual([['N.RECEIVED', 'error']]);
});

test('a count printed in ten thousands is neither half a case nor added up as printed', () => {
  const inTenThousands = (r: Report): Report => ({
    ...r,
    tables: r.tables.map((t) => ({
      ...t,
      facts: t.facts.map((f) =>
        f.table === 't4' && f.row === 'review' ? { ...f, value: 1.2, unit: '万', raw: '1.2万' } : f,
      ),
    })),
  });
  const { findings, outcome } = check({}, {}, inTenThousands);
  expect(findings).toEqual([]);
  expect(outcome('T4.SUM', 'review')).toBe('unverifiable');
});

test('published values are not touched by checking', () => {
  const report = buildReport({ t3: { ...YEAR, 'granted/natural_person': 13 } });
  const before = JSON.stringify(report);
  checkReport(report);
  expect(JSON.stringify(report)).toBe(before);
});

test('a report checked from its view gives what it gives as a document, to the byte', () => {
  const report = buildReport({
    t3: { ...YEAR, 'granted/natural_person': 13 },
    text: ['1:全年收到政府信息公开申请25件，均已办结。'],
  });
  const fresh = checkReport(report);
  expect(checkView(viewOf(report))).toEqual(fresh);
  expect(JSON.stringify(checkReports([report])[0])).toBe(JSON.stringify(fresh));
});

test('an ordinary report raises nothing', () => {
  expect(check({ t3: YEAR, text: ['1:全年收到政府信息公开申请21件，均已办结。'] }).findings).toEqual([]);
});

describe('the clause that a finding quotes', () => {
  const objections = (text: string) =>
    check({
      t2: { 'normative_documents/issued': 4, 'normative_documents/in_force': 32 },
      text: [`1:${text}`],
    })
      .findings.filter((f) => f.rule === 'N.DOCUMENTS')
      .map((f) => /“(.*?)”，而/u.exec(f.messageZh)?.[1]);

  test('ends at commas of either width, but not within a number', () => {
    expect(objections('某某镇共制定规范性文件0件,废止规范性文件0件,现行有效的规范性文件1,024件。')).toEqual([
      '某某镇共制定规范性文件0件',
      '现行有效的规范性文件1,024件',
    ]);
  });

  test('begins with a whole word where it is too long, says so, and always has the number', () => {
    const [clause] = objections(
      `某某镇example_information网站关于${'健全完善政务公开工作机制'.repeat(3)}制定规范性文件3件并${'组织开展宣传解读活动'.repeat(4)}。`,
    );
    expect(clause).toMatch(/^…网站关于健全.*制定规范性文件3件并组织.*…$/u);
    expect(clause?.length).toBeLessThan(90);
  });
});
