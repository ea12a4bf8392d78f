import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type GridCell } from '../../src/read/document.ts';
import { readPdf } from '../../src/read/pdf/pdf.ts';
import { PdfWriter } from '../render/pdf-writer.ts';

/** A table of a row for labels and one for figures, three columns of 60 points from 100 on, rows of 20 from 720 down. */
async function cellsOf(drawn: (writer: PdfWriter) => readonly string[]): Promise<GridCell[]> {
  const writer = new PdfWriter('identity');
  const rules = [
    ...[100, 160, 220, 280].map((x) => `0.5 w ${x} 680 m ${x} 720 l S`),
    ...[680, 700, 720].map((y) => `0.5 w 100 ${y} m 280 ${y} l S`),
  ];
  const labels = ['一', '二', '三'].map((label, i) => writer.text(10, `1 0 0 1 ${125 + 60 * i} 706`, label));
  const content = [...rules, ...labels, ...drawn(writer)].join('\n');
  const bytes = writer.write([{ width: 595, height: 842, content }]);
  const { blocks } = await readPdf({ bytes, name: 'x.pdf' }, DEFAULT_LIMITS);
  const grid = blocks.find((b) => b.kind === 'grid');
  if (grid?.kind !== 'grid') throw new Error('no table was found');
  return grid.cells.filter((c) => c.row === 1);
}

const at = (x: number, text: string) => (w: PdfWriter) => w.text(10, `1 0 0 1 ${x} 686`, text);

describe('figures that run over a rule', () => {
  // A digit is five points wide here, so that these lie around the rule at 220.
  it('stay one number, in the cell of their middle, and both cells are marked', async () => {
    const cells = await cellsOf((w) => [at(192, '3057216')(w)]);
    expect(cells.map((c) => c.text)).toEqual(['', '3057216', '']);
    expect(cells.map((c) => c.marks ?? [])).toEqual([[], ['overlapping'], ['overlapping']]);
  });

  it('are marked where a digit touches the rule between two numbers', async () => {
    const cells = await cellsOf((w) => [at(205.2, '305')(w), at(220.2, '72')(w)]);
    expect(cells.filter((c) => c.marks?.includes('overlapping')).map((c) => c.column)).toEqual([1, 2]);
  });

  it('are two numbers, and safe, where there is room on both sides of the rule', async () => {
    const cells = await cellsOf((w) => [at(200, '305')(w), at(225, '72')(w)]);
    expect(cells.map((c) => c.text)).toEqual(['', '305', '72']);
    expect(cells.flatMap((c) => c.marks ?? [])).toEqual([]);
  });
});

describe('a label too long for its cell', () => {
  it('goes on below the rule, and its last line belongs to the cell above', async () => {
    const writer = new PdfWriter('identity');
    const content = [
      ...[100, 160, 220].map((x) => `0.5 w ${x} 660 m ${x} 720 l S`),
      ...[660, 696, 720].map((y) => `0.5 w 100 ${y} m 220 ${y} l S`),
      writer.text(10, '1 0 0 1 110 706', '不予公开'),
      writer.text(10, '1 0 0 1 110 691', '的'),
      writer.text(10, '1 0 0 1 110 668', '无法'),
      writer.text(10, '1 0 0 1 180 706', '4'),
      writer.text(10, '1 0 0 1 180 668', '7'),
    ].join('\n');
    const bytes = writer.write([{ width: 595, height: 842, content }]);
    const { blocks } = await readPdf({ bytes, name: 'x.pdf' }, DEFAULT_LIMITS);
    const grid = blocks.find((b) => b.kind === 'grid');
    const cells = grid?.kind === 'grid' ? grid.cells : [];
    expect(cells.map((c) => c.text)).toEqual(['不予公开\n的', '4', '无法', '7']);
  });
});
