import { expect, test } from 'vitest';
import { extractReport } from '../../src/extract/extract.ts';
import type { Fact } from '../../src/extract/report.ts';
import { readDocument } from '../../src/read/read.ts';

/** One cell a line, as web text is often saved; the blocks of table 二 with something odd in one cell. */
async function read(
  cells: readonly string[],
  of: (fact: Fact) => readonly unknown[] = (f) => [f.state, f.value],
) {
  const lines = ['某某局2022年政府信息公开工作年度报告', '二、主动公开政府信息情况', '第二十条第（一）项'];
  const text = [...lines, ...['信息内容', '本年制发件数', '本年废止件数', '现行有效件数', '规章', ...cells]]
    .flatMap((line) => [line, '|'])
    .join('\n');
  const document = await readDocument({ bytes: new TextEncoder().encode(text), name: 'a.txt' });
  const report = extractReport(document, { document: 'a.txt' });
  const t2 = report.tables.find((t) => t.table === 't2');
  return (t2?.facts ?? []).filter((f) => f.row === 'regulations').map(of);
}

test.each(['＃', 'l2', '见附件'])('%s in a cell leaves the numbers beside it what they are', async (odd) => {
  expect(await read([odd, '3', '48', '行政规范性文件', '1', '2', '3'])).toEqual([
    ['text', null],
    ['number', 3],
    ['number', 48],
  ]);
});

test('a row that something foreign cuts short is unreadable, never blank', async () => {
  const facts = await read(['注：本表由某某局办公室于次年一月填报。', '3', '48']);
  expect(facts.map(([state]) => state)).toEqual(['unreadable', 'unreadable', 'unreadable']);
});

test('a unit of money or of ten thousands under a count is marked', async () => {
  expect(await read(['3万元', '4件', '5万'], (f) => [f.value, f.doubtful])).toEqual([
    [3, true],
    [4, false],
    [5, true],
  ]);
});

test('the words of a change under a count are marked, and nothing else is', async () => {
  expect(
    await read(['增10', '新增3', '48', '行政规范性文件', '1', '2', '3'], (f) => [f.value, f.doubtful]),
  ).toEqual([
    [10, true],
    [3, false],
    [48, false],
  ]);
});

test('of a row that stands in one line, fewer numbers than columns belong to none of them', async () => {
  const lines = ['某某局2020年政府信息公开工作年度报告', '二、主动公开政府信息情况', '第二十条第（九）项'];
  const text = [...lines, '采购项', '信息内容 采购总金额', '目数量', '政府集中采购 7'].join('\n');
  const document = await readDocument({ bytes: new TextEncoder().encode(text), name: 'a.txt' });
  const report = extractReport(document, { document: 'a.txt' });
  const facts = report.tables.flatMap((t) => t.facts).filter((f) => f.row === 'procurement');
  expect(facts.map((f) => [f.state, f.doubtful])).toEqual(facts.map(() => ['unreadable', true]));
  expect(facts).not.toEqual([]);
});
