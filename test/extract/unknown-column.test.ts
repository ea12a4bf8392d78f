import { expect, test } from 'vitest';
import { extractReport } from '../../src/extract/extract.ts';
import type { Fact } from '../../src/extract/report.ts';
import { readDocument } from '../../src/read/read.ts';

/** Table 三 with the column 小计, which the form does not have, in pieces; numbers that are in no other cell. */
const HEADER =
  '<tr><td rowspan="3" colspan="3">&nbsp;</td><td colspan="8">申请人情况</td></tr><tr><td rowspan="2">自然人</td><td colspan="6">法人或其他组织</td><td rowspan="2">总计</td></tr><tr><td>商业企业</td><td>科研机构</td><td>社会公益组织</td><td>法律服务机构</td><td>其他</td><td>小计</td></tr>';
const row = (label: string, values: readonly string[]) =>
  `<tr><td colspan="3">${label}</td>${values.map((v) => `<td>${v}</td>`).join('')}</tr>`;
const NEW = row('一、本年新收政府信息公开申请数量', ['11', '12', '13', '14', '15', '16', '70', '81']);
const CARRIED = row('二、上年结转政府信息公开申请数量', ['', '22', '23', '24', '25', '26', '120', '120']);
const OUT = row('四、结转下年度继续办理', ['31', '32', '33', '34', '35', '36', '170', '']);

async function read(html: string): Promise<{ facts: Fact[]; refused: string[] }> {
  const page = `<html><body><h1>某某局2022年政府信息公开工作年度报告</h1><p>三、收到和处理政府信息公开申请情况</p>${html}</body></html>`;
  const document = await readDocument({ bytes: new TextEncoder().encode(page), name: 'a.html' });
  const report = extractReport(document, { document: 'a.html' });
  return {
    facts: report.tables.filter((t) => t.table === 't3').flatMap((t) => [...t.facts]),
    refused: report.refusals.map((r) => r.table),
  };
}

/** What is read without a mark, in the order of the form; a mark is `?`. */
const sure = (facts: readonly Fact[], key: string) =>
  facts
    .filter((f) => f.row === key)
    .map((f) => (f.doubtful ? '?' : f.state === 'number' ? f.value : f.state === 'blank' ? '' : null));
/** Of what is read without a mark, every number stands in its own column. */
const nothingShifted = (facts: readonly Fact[]) => {
  const right: Record<string, readonly (number | string)[]> = {
    new_received: [11, 12, 13, 14, 15, 16, 81],
    carried_in: ['', 22, 23, 24, 25, 26, 120],
    carried_out: [31, 32, 33, 34, 35, 36, ''],
  };
  for (const [key, values] of Object.entries(right)) {
    const found = sure(facts, key);
    expect(found).toHaveLength(values.length);
    found.forEach((value, i) => {
      if (typeof value === 'number') expect(value, `${key} ${i}`).toBe(values[i]);
    });
  }
};

test('a piece of the table on a grid of its own is counted by the header of another piece', async () => {
  const wide = CARRIED.replace('</tr>', '<td></td><td></td></tr>');
  const { facts } = await read(`<table>${HEADER}${NEW}</table><table>${wide}</table><table>${OUT}</table>`);
  nothingShifted(facts);
  expect(sure(facts, 'new_received')).toEqual([11, 12, 13, 14, 15, 16, 81]);
  expect(sure(facts, 'carried_out')).toEqual([31, 32, 33, 34, 35, 36, '']);
});

test('rows of eight values without a header are no seven, though one of the eight is blank', async () => {
  expect(await read(`<table>${NEW}${CARRIED}${OUT}</table>`)).toEqual({ facts: [], refused: ['t3'] });
});

test('a header further down tells what rows above it cannot be', async () => {
  const { facts } = await read(`<table>${OUT}</table><table>${HEADER}${NEW}</table>`);
  nothingShifted(facts);
  expect(sure(facts, 'new_received')).toEqual([11, 12, 13, 14, 15, 16, 81]);
});
