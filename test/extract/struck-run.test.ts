import { expect, test } from 'vitest';
import { extractReport } from '../../src/extract/extract.ts';
import { readDocument } from '../../src/read/read.ts';

const ROWS = (digits: string) =>
  `一、本年新收政府信息公开申请数量${digits}二、上年结转政府信息公开申请数量0000000三、本年度办理结果（一）予以公开1000012`;

async function values(digits: string): Promise<(number | null)[]> {
  const html = `<html><head><meta charset="utf-8"></head><body><h1>某某局2022年政府信息公开工作年度报告</h1><p>三、收到和处理政府信息公开申请情况</p><p>${ROWS(digits)}</p><p>五、存在的主要问题及改进情况</p></body></html>`;
  const document = await readDocument({ bytes: Buffer.from(html), name: 'x.html' });
  const facts = extractReport(document, { document: 'x' }).tables.flatMap((t) => t.facts);
  return facts.filter((f) => !f.doubtful).map((f) => f.value);
}

test('seven counts that run together are none where one of their digits is struck out or raised', async () => {
  const printed = [1, 0, 0, 0, 0, 1, 2];
  expect((await values(printed.join(''))).slice(0, 7)).toEqual(printed);
  expect(await values('100001<s>2</s>')).toEqual([]);
  expect(await values('100001<sup>2</sup>')).toEqual([]);
});
