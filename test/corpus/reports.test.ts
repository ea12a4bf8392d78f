import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkReport } from '../../src/check/engine.ts';
import { extractReport } from '../../src/extract/extract.ts';
import type { Fact, Report } from '../../src/extract/report.ts';
import { type CellKey, cellKey } from '../../src/form/form.ts';
import { readDocument } from '../../src/read/read.ts';
import { corpus, seed } from '../support/requires.ts';
import { readTruth, type Truth } from './truth.ts';

async function read(file: string): Promise<Report> {
  const document = await readDocument({ bytes: readFileSync(file), name: path.basename(file) });
  return extractReport(document, { document: path.basename(file) });
}

function factsOf(report: Report): Map<CellKey, Fact> {
  return new Map(
    report.tables.flatMap((t) => t.facts.map((f) => [cellKey(f.table, f.row, f.column), f] as const)),
  );
}

/** What a person would see of the cell: its number, or for table 二 its text. */
function shown(fact: Fact | undefined, like: number | string | null): number | string | null {
  if (!fact || fact.state === 'blank' || fact.state === 'absent' || fact.state === 'unreadable') return null;
  return typeof like === 'string' ? fact.raw.replace(/\s/gu, '') : fact.value;
}

/** Cells that are read otherwise than a person read them. `refused` tables have no cells. */
function differences(report: Report, truth: Truth, refused: readonly string[] = []): string[] {
  const facts = factsOf(report);
  return [...truth.cells].flatMap(([key, value]) => {
    if (refused.includes(key.slice(0, 2))) return [];
    const got = shown(facts.get(key), value);
    return got === value ? [] : [`${key}: printed ${value}, read ${got}`];
  });
}

/** Cells shown as a number that the page does not show. Refused and unreadable ones are no fault here. */
function wrong(report: Report, truth: Truth): string[] {
  const facts = factsOf(report);
  return [...truth.cells].flatMap(([key, value]) => {
    const fact = facts.get(key);
    if (fact?.state !== 'number') return [];
    return shown(fact, value) === value ? [] : [`${key}: printed ${value}, read ${fact.raw}`];
  });
}

describe.skipIf(corpus === null)('published reports with their true values', () => {
  const folder = path.join(corpus ?? '', 'reports');

  test.each([
    ['huaian-2024-pdf/szfgs2024.pdf', '淮安市人民政府', 2024, []],
    ['derived-huaian-2024-docx/report.docx', '淮安市人民政府', 2024, []],
    ['derived-huaian-2024-docx/report.doc', '淮安市人民政府', 2024, []],
    ['shzfbgt-2019-js/cleaned.html', '上海市人民政府办公厅', 2019, []],
    ['shkw-2024-md/kewei-2024-source.md', '上海市科委', 2024, []],
    ['pingtan-2019/page_transcribed.html', '平潭综合实验区', 2019, []],
    // Cells run together: table 二 has no sums that could tell its digits apart.
    ['pingtan-2019/page.txt', '平潭综合实验区', 2019, ['t2']],
    ['pingtan-2020/page.txt', '平潭综合实验区', 2020, ['t2']],
    ['pingtan-2021/page.txt', '平潭综合实验区', 2021, ['t2']],
  ] as const)('%s is read cell by cell as it is printed', async (file, agency, year, refused) => {
    const report = await read(path.join(folder, file));
    const truth = readTruth(path.join(folder, path.dirname(file)), 'truth.json');
    expect(truth.cells.size).toBeGreaterThan(150);
    expect(differences(report, truth, refused)).toEqual([]);
    expect(report.refusals.map((r) => r.table)).toEqual(refused);
    expect([report.agency, report.year]).toEqual([agency, year]);
    expect(new Set(report.tables.filter((t) => t.table === 't3').map((t) => t.edition))).toEqual(
      new Set([truth.edition]),
    );
  });

  test('only what the printed numbers break is reported: 平潭 2020, results of 自然人 and 总计', async () => {
    const failed: string[] = [];
    for (const file of [
      'huaian-2024-pdf/szfgs2024.pdf',
      'derived-huaian-2024-docx/report.docx',
      'shzfbgt-2019-js/cleaned.html',
      'shkw-2024-md/kewei-2024-source.md',
      'pingtan-2019/page_transcribed.html',
      'pingtan-2019/page.txt',
      'pingtan-2020/page.txt',
      'pingtan-2021/page.txt',
    ]) {
      const { checks } = checkReport(await read(path.join(folder, file)));
      for (const check of checks) {
        if (check.outcome === 'fails' && /^(?:T3|T4|COUNT)/u.test(check.rule)) {
          failed.push(`${path.dirname(file)} ${check.rule} ${check.target} ${check.left}≠${check.right}`);
        }
      }
    }
    expect(failed).toEqual([
      'pingtan-2020 T3.ITEMS natural_person 26≠20',
      'pingtan-2020 T3.ITEMS total 27≠21',
    ]);
  });

  test('上海市政府办公厅 2019: blanks stay blank, and the empty 总计 column is one finding', async () => {
    const report = await read(path.join(folder, 'shzfbgt-2019-js/cleaned.html'));
    const { checks, findings } = checkReport(report);
    const facts = factsOf(report);
    expect(facts.get('t3/denied.state_secret/total')?.state).toBe('blank');
    const outcomes = (rule: string) =>
      checks.filter((c) => c.rule === rule && c.target !== 'total').map((c) => c.outcome);
    expect(outcomes('T3.ITEMS')).toEqual(Array(6).fill('holds_if_blank_zero'));
    // 自然人 prints all four numbers of its flow; the other columns leave some blank.
    expect(outcomes('T3.FLOW')).toEqual(['holds', ...Array(5).fill('holds_if_blank_zero')]);
    expect(findings.filter((f) => f.rule === 'BLANK' && f.table === 't3')).toHaveLength(1);
    expect(findings.filter((f) => f.rule.startsWith('T3.'))).toEqual([]);
  });

  const partial = corpus === null ? [] : readdirSync(folder).filter((f) => f.startsWith('part-'));
  test.each(partial)('%s, an excerpt, gives no wrong cell', async (name) => {
    const report = await read(path.join(folder, name, 'excerpt.txt'));
    const truth = readTruth(path.join(folder, name), 'truth_partial.json');
    expect(wrong(report, truth)).toEqual([]);
    // An excerpt that is refused whole would pass as well; each of these shows at least one table.
    expect(report.tables.length).toBeGreaterThan(0);
  });

  test('the form before 2019 and the blank form are recognised', async () => {
    const old = await read(path.join(folder, 'pingtan-2018-pre/page.txt'));
    expect([old.outcome, old.tables]).toEqual(['pre_2019', []]);
    const blank = readdirSync(path.join(folder, 'template-2021-docx')).find((f) => f.endsWith('.docx')) ?? '';
    expect((await read(path.join(folder, 'template-2021-docx', blank))).outcome).toBe('blank_form');
  });

  const articles = corpus === null ? [] : readdirSync(path.join(corpus, 'portals', 'articles'));
  test.each(articles)('%s, an ordinary article, is not taken for a report', async (name) => {
    const report = await read(path.join(corpus ?? '', 'portals', 'articles', name));
    expect([report.outcome, report.tables]).toEqual(['not_a_report', []]);
  });
});

describe.skipIf(seed === null)('the first report that was asked for', () => {
  test('小河街道 2020 is read whole, with its statements, charts and three notes', async () => {
    const report = await read(path.join(seed ?? '', 'xiaohe-2020.txt'));
    const truth = readTruth(seed ?? '', 'truth.json');
    expect(truth.cells.size).toBe(198);
    expect(differences(report, truth)).toEqual([]);
    const facts = factsOf(report);
    expect(facts.get('t2/fees/item_change')?.state).toBe('blank');
    const amount = facts.get('t2/procurement/amount');
    expect([amount?.value, amount?.unit, amount?.valueWan]).toEqual([3.35, '万', 3.35]);
    expect(report.statements.map((s) => [s.kind, s.value])).toEqual([
      ['disclosed', 886],
      ['received', 4],
      ['all_concluded', null],
      ['complaints', 0],
    ]);
    expect(report.charts.map((c) => [c.title, c.values.filter((v) => v !== null)])).toEqual([
      ['2020年各类信息概况', [0.720000000000001, 0.17, 0.11]],
      ['2021年各类信息概况', []],
    ]);
    const { findings } = checkReport(report);
    expect(findings.map((f) => [f.rule, f.severity]).sort()).toEqual([
      ['BLANK', 'info'],
      ['F.CHART', 'info'],
      ['F.PERIOD', 'info'],
    ]);
  });
});
