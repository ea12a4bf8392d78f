import { expect, it } from 'vitest';
import { extractReport } from '../../src/extract/extract.ts';
import { readDocument } from '../../src/read/read.ts';

/** A report whose cells run together, as pages copied without their table do; `licensing` is printed behind 行政许可. */
async function licensing(cell: string): Promise<string | undefined> {
  const text = `某某镇人民政府2023年政府信息公开工作年度报告一、总体情况全年主动公开政府信息905条。二、主动公开政府信息情况第二十条第（一）项信息内容本年制发件数本年废止件数现行有效件数规章000行政规范性文件000第二十条第（五）项信息内容本年处理决定数量行政许可${cell}第二十条第（六）项信息内容本年处理决定数量行政处罚29行政强制11第二十条第（八）项信息内容本年收费金额（单位：万元）行政事业性收费0三、收到和处理政府信息公开申请情况`;
  const document = await readDocument({ bytes: Buffer.from(text), name: 'report.txt' });
  const facts = extractReport(document, { document: 'report' }).tables.flatMap((t) => t.facts);
  const found = facts.find((f) => f.row === 'licensing' && f.column === 'decisions');
  return found && `${found.state} ${found.value}`;
}

it('reads a number that runs into the next words of the form', async () => {
  expect(await licensing('37')).toBe('number 37');
});

it.each(['3或4', '约3', '3多', '3余件', '3（含延续）'])('reads no part of %s as the number', async (cell) => {
  expect(await licensing(cell)).toBe('absent null');
});
