import { describe, expect, it } from 'vitest';
import { extractReport } from '../../src/extract/extract.ts';
import { DEFAULT_LIMITS, type Document } from '../../src/read/document.ts';
import { readDocument } from '../../src/read/read.ts';
import { PdfWriter } from '../render/pdf-writer.ts';

const TITLE = '某某县2024年政府信息公开工作年度报告';
const HEADING = '一、总体情况';

function counts(document: Document): (number | null)[] {
  return extractReport(document, { document: 'x' }).statements.map((s) => s.value);
}

async function ofPage(drawn: (writer: PdfWriter) => string[]): Promise<(number | null)[]> {
  const writer = new PdfWriter('identity');
  const content = [
    writer.text(16, '1 0 0 1 150 780', TITLE),
    writer.text(10, '1 0 0 1 100 740', HEADING),
    ...drawn(writer),
  ].join('\n');
  const bytes = writer.write([{ width: 595, height: 842, content }]);
  return counts(await readDocument({ bytes, name: 'x.pdf' }, DEFAULT_LIMITS));
}

async function ofHtml(sentence: string): Promise<(number | null)[]> {
  const html = `<html><head><meta charset="utf-8"><title>${TITLE}</title></head><body><h1>${TITLE}</h1><p>${HEADING}</p><p>${sentence}</p><p>发生行政复议3件。</p></body></html>`;
  return counts(await readDocument({ bytes: Buffer.from(html), name: 'x.html' }, DEFAULT_LIMITS));
}

describe('a number of the text that is struck out', () => {
  const sentence = (w: PdfWriter): string =>
    w.text(10, '1 0 0 1 100 700', '本机关收到政府信息公开申请97件。');
  const other = (w: PdfWriter): string => w.text(10, '1 0 0 1 100 660', '发生政府信息公开行政复议3件。');

  it('is no statement of a PDF, though what stands in other paragraphs is', async () => {
    expect(await ofPage((w) => [sentence(w), other(w)])).toEqual([97, 3]);
    // The figures 97 stand behind thirteen characters of one em each.
    expect(await ofPage((w) => [sentence(w), other(w), '0.5 w 230 703.4 m 235 703.4 l S'])).toEqual([3]);
  });

  it('is no statement of a web page', async () => {
    expect(await ofHtml('本机关收到政府信息公开申请97件。')).toEqual([97, 3]);
    expect(await ofHtml('本机关收到政府信息公开申请<s>97</s>98件。')).toEqual([3]);
    expect(await ofHtml('本机关收到政府信息公开申请<del>9</del>7件。')).toEqual([3]);
  });
});

describe("a footnote's number behind a number of the text", () => {
  it('is no digit of a statement', async () => {
    const drawn = (size: number, y: number) => (w: PdfWriter) => [
      w.text(10, '1 0 0 1 100 700', '本机关收到政府信息公开申请97'),
      w.text(size, `1 0 0 1 240 ${y}`, '1'),
      w.text(10, '1 0 0 1 245 700', '件。'),
    ];
    expect(await ofPage(drawn(6, 703.5))).toEqual([]);
    expect(await ofHtml('本机关收到政府信息公开申请97<sup>1</sup>件。')).toEqual([3]);
  });
});
