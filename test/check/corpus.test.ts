import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkAcross, checkReport } from '../../src/check/engine.ts';
import { viewOf } from '../../src/check/view.ts';
import { extractReport } from '../../src/extract/extract.ts';
import type { Report } from '../../src/extract/report.ts';
import { readDocument } from '../../src/read/read.ts';
import { corpus, seed } from '../support/requires.ts';

const reports = new Map<string, Promise<Report>>();

function report(file: string): Promise<Report> {
  let promise = reports.get(file);
  if (!promise) {
    promise = readFile(file)
      .then((bytes) => readDocument({ bytes, name: path.basename(file) }))
      .then((document) => extractReport(document, { document: file }));
    reports.set(file, promise);
  }
  return promise;
}

const at = (name: string) => path.join(corpus ?? '', 'reports', name);

/** Read by eye in the sources: kind, value, and the words around it. */
const FACTS: Readonly<Record<string, readonly (readonly [string, number | null])[]>> = {
  'shzfbgt-2019-js/cleaned.html': [
    ['received', 859],
    ['growth', -12.3],
    ['concluded', 805],
    ['carried_in', 18],
    ['carried_out', 72],
    ['granted_or_partly', 258],
    ['share', 33.9],
    ['denied', 35],
    ['share', 4.34],
    ['unavailable', 265],
    ['share', 32.9],
    ['not_processed', 158],
    ['share', 19.6],
    ['other_handling', 0],
    ['review', 7],
    ['litigation', 9],
    ['all_upheld', null],
    ['no_correction', null],
  ],
  'huaian-2024-pdf/szfgs2024.pdf': [
    ['disclosed', 5500],
    ['received', 3119],
    ['concluded', 3050],
    ['carried_in', 34],
    ['carried_out', 103],
    ['review', 351],
    ['review_upheld', 72],
    ['review_corrected', 64],
    ['review_pending', 37],
    ['litigation', 46],
    ['litigation_upheld', 25],
    ['litigation_corrected', 5],
    ['litigation_pending', 7],
    ['fee_charged', 3940],
  ],
  'shkw-2024-md/kewei-2024-source.md': [
    ['review', 1],
    ['no_correction', null],
    ['litigation', 0],
    ['received', 34],
    ['carried_in', 2],
    ['all_concluded', null],
    ['granted', 9],
    ['partly_granted', 0],
    ['denied', 2],
    ['unavailable', 10],
    ['not_processed', 0],
    ['other_handling', 14],
    ['carried_out', 1],
    ['fee_charged', 0],
  ],
  'pingtan-2020/page.txt': [
    ['received', 21],
    ['all_concluded', null],
  ],
  'pingtan-2021/page.txt': [
    ['received', 70],
    ['concluded', 69],
    ['carried_out', 1],
    ['fee_charged', 0],
  ],
  'part-donghu-2025/excerpt.txt': [
    ['received', 2],
    ['all_concluded', null],
  ],
  'part-changchun-xinqu-2025/excerpt.txt': [['concluded', 423]],
  'part-ankang-2019/excerpt.txt': [
    ['disclosed', 380],
    ['disclosed', 30],
    ['disclosed', 94],
    ['disclosed', 104],
    ['disclosed', 152],
  ],
  'part-songjianghe-2020/excerpt.txt': [
    ['disclosed', 94],
    ['disclosed', 25],
  ],
  'part-xiliu-2023-injected/excerpt.txt': [
    ['disclosed', 27],
    ['received', 0],
    ['normative_documents_issued', 0],
    ['normative_documents_repealed', 0],
    ['normative_documents_in_force', 0],
  ],
};

describe.skipIf(!corpus)('narratives of published reports', () => {
  test('more than forty facts are known by eye', () => {
    expect(Object.values(FACTS).flat().length).toBeGreaterThan(40);
  });
  for (const [name, facts] of Object.entries(FACTS)) {
    test(`${name} says what it says`, async () => {
      const { statements } = await report(at(name));
      expect(statements.filter((s) => s.kind !== 'count_other').map((s) => [s.kind, s.value])).toEqual(facts);
    });
  }
});

/** Every finding of severity error or warning that the reports deserve, and no other. */
const FAULTS: Readonly<Record<string, readonly string[]>> = {
  'shzfbgt-2019-js/cleaned.html': [
    'warning BLANK 表三各项办理结果的“总计”列整列',
    'warning N.RESULTS 予以公开及部分公开258件',
    'warning N.RESULTS 无法提供265件',
    'warning N.SHARE 占33.9%',
    'warning N.ALL_UPHELD 行政复议尚未审结2、未经复议直接起诉尚未审结1',
  ],
  'huaian-2024-pdf/szfgs2024.pdf': [],
  'shkw-2024-md/kewei-2024-source.md': [
    'warning N.ALL_CONCLUDED 结转下年度继续办理为1',
    'warning F.SECTIONS 重复编号',
  ],
  'pingtan-2020/page.txt': ['warning T3.ITEMS ＝26，而（七）总计20，相差6'],
  'part-nileke-2023/excerpt.txt': [
    'warning T2.RULES “规章”的“现行有效件数”为6',
    'error F.PLACEHOLDER 该部分以表格形式报告',
  ],
  'part-changchun-xinqu-2025/excerpt.txt': ['warning F.PERIOD 20251月1日至202512月31日'],
  'part-donghu-2025/excerpt.txt': [],
  'part-songjianghe-2020/excerpt.txt': [],
  'part-xuwen-sfj/excerpt.txt': [],
  'part-liangcheng-2020/excerpt.txt': [],
  'part-ankang-2019/excerpt.txt': [],
  'part-xiliu-2023-injected/excerpt.txt': [],
  'part-wendeng-xfj-2022-flipbook-p8/excerpt.txt': [],
};

describe.skipIf(!corpus)('faults of published reports', () => {
  for (const [name, faults] of Object.entries(FAULTS)) {
    test(`${name}: ${faults.length === 0 ? 'nothing is wrong' : 'every fault is found, and no other'}`, async () => {
      const found = checkReport(await report(at(name))).findings.filter((f) => f.severity !== 'info');
      expect(found.map((f) => `${f.severity} ${f.rule}`)).toEqual(
        faults.map((f) => f.split(' ', 2).join(' ')),
      );
      faults.forEach((fault, i) => {
        expect(found[i]?.messageZh).toContain(fault.split(' ').slice(2).join(' '));
      });
    });
  }

  test('with blanks taken for zero the six applicant columns of a report without zeros add up', async () => {
    const { checks } = checkReport(await report(at('shzfbgt-2019-js/cleaned.html')));
    const items = checks.filter((c) => c.rule === 'T3.ITEMS' && c.target !== 'total');
    expect(items.map((c) => c.outcome)).toEqual(Array.from({ length: 6 }, () => 'holds_if_blank_zero'));
  });

  test('of all sums and counts only two of one report fail', async () => {
    const failing: string[] = [];
    for (const name of Object.keys({ ...FACTS, ...FAULTS })) {
      for (const c of checkReport(await report(at(name))).checks) {
        if (c.outcome === 'fails' && /^(?:T3|T4|COUNT)/.test(c.rule))
          failing.push(`${name} ${c.rule} ${c.target}`);
      }
    }
    expect(failing.sort()).toEqual([
      'pingtan-2020/page.txt T3.ITEMS natural_person',
      'pingtan-2020/page.txt T3.ITEMS total',
    ]);
  });

  test('a form of 2019 in a report on 2021 is named', async () => {
    const excerpt = await report(at('part-trad-2021-in-2019form/excerpt.txt'));
    const { findings } = checkReport({ ...excerpt, year: 2021 });
    expect(findings.filter((f) => f.severity !== 'info').map((f) => f.rule)).toEqual(['F.EDITION']);
  });

  test('the years 2019 to 2021 of one zone are chained through the change of edition', async () => {
    const agency = {
      id: 'pingtan',
      name: '平潭综合实验区管理委员会',
      kind: 'other',
      parent: null,
      validFrom: null,
      validTo: null,
    } as const;
    const views = [];
    for (const name of [
      'pingtan-2019/page_transcribed.html',
      'pingtan-2020/page.txt',
      'pingtan-2021/page.txt',
    ]) {
      views.push(viewOf(await report(at(name)), { id: name, agencyId: agency.id }));
    }
    const { checks, findings } = checkAcross({ histories: [{ agency, reports: views }] });
    const carried = checks.filter((c) => c.rule === 'X.CARRY');
    expect(carried.map((c) => [c.year, c.outcome])).toEqual([
      ...Array.from({ length: 7 }, () => [2020, 'holds']),
      ...Array.from({ length: 7 }, () => [2021, 'holds']),
    ]);
    expect(findings).toEqual([]);
  });
});

test.skipIf(!seed)('the seed has three findings of severity info and nothing else', async () => {
  const { findings } = checkReport(await report(path.join(seed ?? '', 'xiaohe-2020.txt')));
  expect(findings.map((f) => [f.severity, f.rule, f.cells])).toEqual([
    ['info', 'BLANK', ['t2/fees/item_change']],
    ['info', 'F.PERIOD', []],
    ['info', 'F.CHART', []],
  ]);
  expect(findings[2]?.messageZh).toContain('2021年各类信息概况');
});

test.skipIf(!seed)('the seed’s narrative says four things', async () => {
  const { statements } = await report(path.join(seed ?? '', 'xiaohe-2020.txt'));
  expect(statements.map((s) => [s.kind, s.value, s.unit])).toEqual([
    ['disclosed', 886, '条'],
    ['received', 4, '起'],
    ['all_concluded', null, null],
    ['complaints', 0, null],
  ]);
});
