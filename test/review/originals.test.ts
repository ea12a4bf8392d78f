import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/read/document.ts';
import { renderDocx } from '../../src/read/docx/rendition.ts';
import { parseHtml, textOf } from '../../src/read/html/tree.ts';
import { readDocument } from '../../src/read/read.ts';
import { tableCell } from '../../src/review/originals/place.ts';
import { cellAt, clean, mammothCellAt } from '../../src/review/originals/safe-tree.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../../fixtures');

function squeezed(text: string): string {
  return text.replace(/[\s\u00a0\u200b-\u200d]+/gu, '');
}

test.each([
  ['2022/yingjiju.docx', 'docx'],
  ['2022/jiaoyuju.docx', 'docx'],
  ['2023/quzhengfu.docx', 'docx'],
  ['2022/minzhengju.html', 'html'],
  ['2023/jiaoyuju.html', 'html'],
  ['2022/quzhengfu.html', 'html'],
])('every cell of %s is found again where its reader saw it', async (name, container) => {
  const bytes = readFileSync(path.join(FIXTURES, name));
  const document = await readDocument({ bytes, name });
  const tree = await parseHtml(
    container === 'docx' ? await renderDocx({ bytes, name }) : bytes.toString('utf8'),
    DEFAULT_LIMITS,
  );
  let compared = 0;
  const wrong: string[] = [];
  for (const block of document.blocks) {
    if (block.kind !== 'grid') continue;
    for (const cell of block.cells) {
      const at = tableCell(cell.location);
      if (!at) throw new Error(`${cell.location} is no cell of a table`);
      const element = container === 'docx' ? mammothCellAt(tree, at) : cellAt(tree, at);
      compared += 1;
      // Numbering that Word adds by itself is read, but stands in no text of the rendition.
      const [shown, read] = [squeezed(element ? textOf(element) : '∅'), squeezed(cell.text)];
      if (!(shown === read || (shown !== '∅' && /\D/u.test(read) && read.endsWith(shown))))
        wrong.push(`${cell.location}: ${read} / ${shown}`);
    }
  }
  expect(compared).toBeGreaterThan(200);
  expect(wrong).toEqual([]);
});

test('rows and cells are counted as browsers count them', async () => {
  const tree = await parseHtml(
    '<table><tr><td><table><tr><td>inner</td></tr></table></td></tr></table><table><tfoot><tr><td>last</td></tr></tfoot><tbody><tr><th>a</th><td>b</td></tr></tbody><thead><tr><td>first</td></tr></thead></table>',
    DEFAULT_LIMITS,
  );
  const text = (table: number, row: number, cell: number) => {
    const element = cellAt(tree, { inScript: false, table, row, cell });
    return element ? textOf(element) : null;
  };
  expect(text(2, 1, 1)).toBe('inner');
  expect(text(3, 1, 1)).toBe('first');
  expect(text(3, 2, 2)).toBe('b');
  expect(text(3, 3, 1)).toBe('last');
  expect(text(3, 4, 1)).toBeNull();
  expect(text(4, 1, 1)).toBeNull();
});

test('what Word counts and mammoth leaves out is counted', async () => {
  // Word: row 1 = A, B, C; row 2 = (A goes on), D, E; row 3 = (A goes on), (D goes on), F.
  const tree = await parseHtml(
    '<table><tr><td rowspan="3">A</td><td>B</td><td>C</td></tr><tr><td rowspan="2">D</td><td>E</td></tr><tr><td>F</td></tr></table>',
    DEFAULT_LIMITS,
  );
  const text = (row: number, cell: number) => {
    const element = mammothCellAt(tree, { inScript: false, table: 1, row, cell });
    return element ? textOf(element) : null;
  };
  expect([text(1, 1), text(1, 2), text(1, 3)]).toEqual(['A', 'B', 'C']);
  expect([text(2, 1), text(2, 2), text(2, 3)]).toEqual(['A', 'D', 'E']);
  expect([text(3, 1), text(3, 2), text(3, 3)]).toEqual(['A', 'D', 'F']);
  expect(text(3, 4)).toBeNull();
});

test('a foreign page keeps its text and its spans and nothing else', async () => {
  const tree = await parseHtml(
    '<div class="x" style="color:red" onclick="y()">甲<script>z()</script><form><td colspan="2" rowspan="-1" width="9">乙</td></form><custom>丙</custom><img src="u"></div>',
    DEFAULT_LIMITS,
  );
  expect(clean(tree, new Map(), null).text).toBe('<div>甲<td colspan="2">乙</td>丙</div>');
});
