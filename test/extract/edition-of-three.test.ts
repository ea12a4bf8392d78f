import { expect, test } from 'vitest';
import { extractReport } from '../../src/extract/extract.ts';
import { readDocument } from '../../src/read/read.ts';

const HEADER =
  '<tr><td rowspan="3" colspan="3"></td><td colspan="7">申请人情况</td></tr><tr><td rowspan="2">自然人</td><td colspan="5">法人或其他组织</td><td rowspan="2">总计</td></tr><tr><td>商业企业</td><td>科研机构</td><td>社会公益组织</td><td>法律服务机构</td><td>其他</td></tr>';
const cells = (values: readonly string[]) => values.map((v) => `<td>${v}</td>`).join('');
const NEW = `<tr><td colspan="3">一、本年新收政府信息公开申请数量</td>${cells(['4', '0', '0', '0', '0', '0', '4'])}</tr>`;
const LAST = `<tr><td colspan="3">四、结转下年度继续办理</td>${cells(['0', '0', '0', '0', '0', '0', '0'])}</tr>`;

async function three(rows: string) {
  const page = `<html><body><h1>某某局2020年政府信息公开工作年度报告</h1><p>三、收到和处理政府信息公开申请情况</p><table>${HEADER}${NEW}${rows}${LAST}</table></body></html>`;
  const document = await readDocument({ bytes: new TextEncoder().encode(page), name: 'a.html' });
  return extractReport(document, { document: 'a.html' }).tables.find((t) => t.table === 't3');
}

/** The rows of 三、 with （六） as it is printed without items. */
const results = (six: string, height = 3) =>
  `<tr><td rowspan="${height}">三、本年度办理结果</td><td rowspan="1">（五）不予处理</td><td>5.要求行政机关确认或重新出具已获取信息</td>${cells(['4', '0', '0', '0', '0', '0', '4'])}</tr>${six}<tr><td colspan="2">（七）总计</td>${cells(['4', '0', '0', '0', '0', '0', '4'])}</tr>`;

test.each([
  ['dashes and numbers', ['－', '0', '0', '0', '0', '0', '0']],
  ['something that is no value at the end', ['－', '2', '', '', '', '', '=1+1']],
  ['something that is no value at the beginning', ['见附件', '0', '', '', '', '', '0']],
])('a row （六）其他处理 with %s is that of 2019', async (_, values) => {
  const table = await three(results(`<tr><td colspan="2">（六）其他处理</td>${cells(values)}</tr>`));
  expect(table?.edition).toBe('2019');
  const six = table?.facts.filter((f) => f.row === 'other_handling').map((f) => f.raw);
  expect(six).toEqual(values);
});

test('a cell merged from above over the values of （六） makes no item of it', async () => {
  // The label of 三、 stands one column to the right, and reaches down beside the values.
  const rows = `<tr><td colspan="3">三、本年度办理结果（七）总计</td>${cells(['4', '0', '0', '0', '0', '0', '4'])}</tr><tr><td colspan="3">（五）不予处理</td><td>4</td><td rowspan="2">三、本年度办理结果</td>${cells(['0', '0', '0', '0', '4'])}</tr><tr><td colspan="3">（六）其他处理</td><td>－</td>${cells(['0', '0', '0', '0', '0'])}</tr>`;
  expect((await three(rows))?.edition).toBe('2019');
});

test('a row that has one cell more than the others, in a piece without header, is nobody’s to shorten', async () => {
  const six = `<tr><td rowspan="3">（六）其他处理</td><td>1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请</td>${cells(['5', '0', '0', '0', '0', '0', '5'])}</tr><tr><td>2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请</td>${cells(['0', '', '0', '0', '0', '0', '0'])}</tr><tr><td>3.其他</td>${cells(['', '', '0', '0', '7', '7', '', '7'])}</tr>`;
  const table = await three(`</table><table>${results(six, 5)}`);
  const of = (row: string) => table?.facts.filter((f) => f.row === row).map((f) => [f.state, f.value]);
  expect(of('other_handling.no_correction_in_time')?.[0]).toEqual(['number', 5]);
  expect(of('other_handling.other')).toEqual(Array(7).fill(['unreadable', null]));
});
