import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/read/document.ts';
import { readPdf } from '../../src/read/pdf/pdf.ts';
import { convertAll } from '../read/converted.ts';
import { PdfWriter } from '../render/pdf-writer.ts';
import { program } from '../support/requires.ts';
import { markedCells, readRows } from './grids.ts';

/** A table of one row: the figure 97 in its second cell, and whatever else is drawn there. */
async function marksOf(drawn: (writer: PdfWriter) => string): Promise<string[]> {
  const writer = new PdfWriter('identity');
  const rules = [
    ...[100, 200, 300].map((x) => `0.5 w ${x} 700 m ${x} 720 l S`),
    ...[700, 720].map((y) => `0.5 w 100 ${y} m 300 ${y} l S`),
  ];
  const texts = [writer.text(10, '1 0 0 1 110 706', '规章'), writer.text(10, '1 0 0 1 240 706', '97')];
  const content = [...rules, ...texts, drawn(writer)].join('\n');
  const bytes = writer.write([{ width: 595, height: 842, content }]);
  return markedCells(await readPdf({ bytes, name: 'x.pdf' }, DEFAULT_LIMITS));
}

describe('figures with something drawn at them', () => {
  it.each([
    ['a stroke through one digit', '0.5 w 240 709.5 m 245 709.5 l S'],
    ['a stroke through the number', '0.5 w 240 709 m 250 709 l S'],
    ['two strokes', '0.4 w 240 708.4 m 250 708.4 l S 240 710 m 250 710 l S'],
    ['a thin bar', '240 709 10 0.6 re f'],
    ['a stroke as wide as the cell', '0.5 w 200 709 m 300 709 l S'],
  ])('are struck by %s', async (_, operators) => {
    expect((await marksOf(() => operators)).join()).toContain('struck');
  });

  it.each([
    ['an underline', '0.5 w 240 704.8 m 250 704.8 l S'],
    ['an underline right at the baseline', '0.5 w 240 705.6 m 250 705.6 l S'],
    ['a line above them', '0.5 w 240 714.2 m 250 714.2 l S'],
  ])('are not struck by %s', async (_, operators) => {
    expect(await marksOf(() => operators)).toEqual([]);
  });

  it('are marked where a smaller character is raised or lowered beside them', async () => {
    for (const text of ['2', '①', '[1]', '*'])
      for (const size of [5.8, 8.3])
        expect(await marksOf((w) => w.text(size, '1 0 0 1 251 709.3', text))).toEqual([
          expect.stringContaining('superscript'),
        ]);
    expect(await marksOf((w) => w.text(6, '1 0 0 1 251 704', '2'))).toEqual([
      expect.stringContaining('subscript'),
    ]);
  });
});

describe('a figure over a watermark', () => {
  it('keeps a digit that the watermark has at the same place', async () => {
    const writer = new PdfWriter('identity');
    const content = [
      ...[100, 200, 300].map((x) => `0.5 w ${x} 700 m ${x} 720 l S`),
      ...[700, 720].map((y) => `0.5 w 100 ${y} m 300 ${y} l S`),
      // The middle of a digit stands half an en right of its origin and about a third of an em above it.
      `q 0.8 g ${writer.text(48, '0.7071 0.7071 -0.7071 0.7071 246.24 688.94', '2')} Q`,
      writer.text(10, '1 0 0 1 110 706', '规章'),
      writer.text(10, '1 0 0 1 240 706', '272'),
    ].join('\n');
    const bytes = writer.write([{ width: 595, height: 842, content }]);
    const document = await readPdf({ bytes, name: 'x.pdf' }, DEFAULT_LIMITS);
    expect(readRows(document)).toEqual([['规章', '272']]);
  });
});

const soffice = program('soffice');

describe.skipIf(soffice === null)('a PDF made by LibreOffice', () => {
  it('has marks where its digits are struck out or raised, and none where they are underlined', async () => {
    const cells = [
      '97',
      '<s>9</s>7',
      '<s>97</s>',
      '6<sup>2</sup>',
      '8<sup>①</sup>',
      '6<sub>2</sub>',
      '<u>15</u>',
    ];
    const html = `<html><head><meta charset="utf-8"></head><body><table border="1"><tr>${cells
      .map((c) => `<td>${c}</td>`)
      .join('')}</tr><tr>${cells.map(() => '<td>规章</td>').join('')}</tr></table></body></html>`;
    const [bytes] = convertAll(soffice!, [{ extension: 'html', bytes: Buffer.from(html) }], 'pdf');
    const marked = markedCells(await readPdf({ bytes: bytes!, name: 'x.pdf' }, DEFAULT_LIMITS));
    expect(marked).toEqual([
      '97: struck',
      '97: struck',
      expect.stringMatching(/^62: .*superscript/),
      expect.stringMatching(/^8①: .*superscript/),
      expect.stringMatching(/^62: .*subscript/),
    ]);
  });
});
