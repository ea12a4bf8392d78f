import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type Grid } from '../../src/read/document.ts';
import { readPdf } from '../../src/read/pdf/pdf.ts';
import { corpus } from '../support/requires.ts';

/** The lines of a cell put together: a label cut by the width of its cell is one label. */
const joined = (text: string): string => text.replace(/\s/g, '');

function rows(grid: Grid): string[][] {
  const out: string[][] = Array.from({ length: grid.rows }, () => []);
  for (const cell of grid.cells) out[cell.row]!.push(joined(cell.text));
  return out;
}

describe.skipIf(corpus === null)('the published PDF report of 淮安市 for 2024', () => {
  const folder = path.join(corpus ?? '', 'reports/huaian-2024-pdf');

  it('yields every number of the three tables in its row and column', async () => {
    const truth = JSON.parse(readFileSync(path.join(folder, 'truth.json'), 'utf8')) as {
      t2: Record<string, string[]>;
      t3: Record<string, number[]>;
      t4: Record<string, number[]>;
    };
    const bytes = readFileSync(path.join(folder, 'szfgs2024.pdf'));
    const document = await readPdf({ bytes, name: 'szfgs2024.pdf' }, DEFAULT_LIMITS);
    const grids = document.blocks.filter((b) => b.kind === 'grid');
    expect(grids).toHaveLength(3);
    const [two, three, four] = grids.map(rows) as [string[][], string[][], string[][]];

    for (const [label, values] of Object.entries(truth.t2))
      expect(two.find((r) => r[0] === label)?.slice(1)).toEqual(values);

    const numbers = three.filter((r) => r.length >= 8).map((r) => r.slice(-7).map(Number));
    expect(numbers).toEqual(Object.values(truth.t3));
    const spans = grids[1]!.cells
      .filter((c) => c.rowSpan > 1 && c.row > 2)
      .map((c) => [joined(c.text), c.rowSpan]);
    expect(spans).toEqual([
      ['三、本年度办理结果', 22],
      ['（三）不予公开', 8],
      ['（四）无法提供', 3],
      ['（五）不予处理', 5],
      ['（六）其他处理', 3],
    ]);

    expect(four.at(-1)!.map(Number)).toEqual([
      ...truth.t4['review']!,
      ...truth.t4['litigation_direct']!,
      ...truth.t4['litigation_after_review']!,
    ]);
    expect(grids.flatMap((g) => g.cells.filter((c) => c.marks))).toEqual([]);
  });
});
