import { expect, test } from 'vitest';
import { extractReport } from '../../src/extract/extract.ts';
import { readDocument } from '../../src/read/read.ts';

/** One cell a line, as web text is often saved; the blocks of table 二 with something odd in one cell. */
async function read(cells: readonly string[]) {
  const lines = ['某某局2022年政府信息公开工作年度报告', '二、主动公开政府信息情况', '第二十条第（一）项'];
  const text = [...lines, ...['信息内容', '本年制发件数', '本年废止件数', '现行有效件数', '规章', ...cells]]
    .flatMap((line) => [line, '|'])
    .join('\n');
  const document = await readDocument({ bytes: new TextEncoder().encode(text), name: 'a.txt' });
  const report = extractReport(document, { document: 'a.txt' });
  const t2 = report.tables.find((t) => t.table === 't2');
  return (t2?.facts ?? []).filter((f) => f.row === 'regulations').map((f) => [f.state, f.value]);
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
  expect(facts.every(([state]) => state !== 'blank' && state !== 'number')).toBe(true);
});
