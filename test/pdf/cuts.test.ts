import { describe, expect, it } from 'vitest';
import { extractReport } from '../../src/extract/extract.ts';
import { cellKey } from '../../src/form/form.ts';
import { DEFAULT_LIMITS, type GridCell } from '../../src/read/document.ts';
import { readPdf } from '../../src/read/pdf/pdf.ts';
import { bodyOf, districtName } from '../render/bodies.ts';
import { expectedFacts } from '../render/expected.ts';
import { PLAIN_GALLEY, setSheets } from '../render/galley.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { PLAIN_PDF, renderPdf } from '../render/pdf.ts';
import { PdfWriter } from '../render/pdf-writer.ts';
import { mixedTrial, type Ruling, trial } from './cut-documents.ts';

/** Seeds that once gave a wrong cell, and some that never did; `node bench/page-cuts.ts` draws thousands. */
const seeds: Record<Ruling, readonly number[]> = {
  ruled: [0, 1, 2, 3, 4, 5, 95, 554, 762],
  unruled: [0, 1, 2, 3, 4, 5, 678, 1_002_490],
};

describe.each(['ruled', 'unruled'] as const)('pages that cut %s tables anywhere', (ruling) => {
  it('leave no cell wrong without a mark', async () => {
    let exact = 0;
    for (const seed of seeds[ruling]) {
      const found = await trial(ruling, seed);
      expect(found.wrong).toEqual([]);
      exact += found.exact;
    }
    expect(exact).toBeGreaterThan(ruling === 'ruled' ? 1500 : 200);
  });
});

describe('ruled tables', () => {
  // A label over blank figures under the head; labels in columns of two characters, cut above blanks.
  it.each([57, 174, 3294, 3392, 5773, 20409])('are read whole where a page cuts them (%i)', async (seed) => {
    const found = await trial('ruled', seed);
    expect(found).toMatchObject({ marked: 0, absent: 0, wrong: [] });
    expect(found.exact).toBeGreaterThan(150);
  });
});

describe('pages drawn in a mixture of styles', () => {
  /** The first eight were wrong: watermarks over rules, page numbers inside low pages, labels cut beside blanks. */
  const mixed = [52, 72, 148, 206, 210, 246, 259, 130, 0, 1, 2, 3, 4, 5, 6, 7];

  it.each(mixed)('leave no cell wrong without a mark (%i)', async (seed) => {
    const found = await mixedTrial(seed);
    expect(found.wrong).toEqual([]);
    // A page number inside a cell is a doubtful cell, a label of which nothing proves that it goes on two doubtful rows.
    expect(found.marked + found.absent).toBeLessThan(5);
    expect(found.exact).toBeGreaterThan(150);
  });
});

/** What is read of table 三 beside what the record prints, for a table whose figures fit their columns and are never blank. */
async function tableThree(rules: 'none' | 'horizontal', offset: number, labelWidth: number) {
  const habits = { ...NOTICE, zeros: 'digit' } as const;
  const record = inventReport(40 + offset, bodyOf(districtName(2), 3), 2023, habits, 400);
  const galley = { ...PLAIN_GALLEY, cut: 'lines', offset, labelWidth } as const;
  const document = await readPdf(
    { bytes: renderPdf(record, { ...PLAIN_PDF, rules, galley }), name: 'x.pdf' },
    DEFAULT_LIMITS,
  );
  const printed = expectedFacts(record).filter((f) => f.key.startsWith('t3/'));
  const facts = extractReport(document, { document: 'x' }).tables.find((t) => t.table === 't3')?.facts ?? [];
  const read = facts.map((f) => ({
    key: cellKey(f.table, f.row, f.column),
    value: f.value,
    safe: f.confidence === 'certain' && !f.doubtful,
  }));
  return { printed: printed.map((f) => ({ key: f.key, value: f.value, safe: true })), read };
}

describe('a table without rules', () => {
  it.each(['none', 'horizontal'] as const)(
    'is read wherever a page cuts its labels (rules: %s)',
    async (rules) => {
      let refused = 0;
      const offsets = Array.from({ length: 28 }, (_, i) => 23 * i);
      for (const [i, offset] of offsets.entries()) {
        const { printed, read } = await tableThree(rules, offset, i % 2 === 0 ? 2.4 : 4);
        const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);
        if (read.some((f) => f.value === null)) refused++;
        else expect(read.sort(byKey)).toEqual(printed.sort(byKey));
      }
      // Those whose head is cut.
      expect(refused).toBeLessThanOrEqual(2);
    },
  );

  /** Two rows on either page; the first page ends with a label without figures, beside the first figures of the next is `first`. */
  async function readAcross(last: string, first: string): Promise<GridCell[]> {
    const writer = new PdfWriter('identity');
    const row = (y: number, label: string, ...figures: string[]): string[] => [
      writer.text(10, `1 0 0 1 80 ${y}`, label),
      ...figures.map((figure, i) => writer.text(10, `1 0 0 1 ${220 + 60 * i} ${y}`, figure)),
    ];
    const pages = [
      [...row(760, '项目', '甲', '乙'), ...row(720, '1.子丑寅卯辰', '3', '4'), ...row(60, last)],
      [...row(780, first, '5', '6'), ...row(740, '四、结转', '8', '9')],
    ].map((content) => ({ width: 400, height: 842, content: content.join('\n') }));
    const { blocks } = await readPdf({ bytes: writer.write(pages), name: 'x.pdf' }, DEFAULT_LIMITS);
    return blocks.flatMap((b) => (b.kind === 'grid' ? b.cells : []));
  }

  it('has one row where the label goes on below the break and had no room above', async () => {
    const cells = await readAcross('2.寅卯辰巳午未', '申酉');
    expect(cells.filter((c) => c.row === 2).map((c) => c.text)).toEqual(['2.寅卯辰巳午未\n申酉', '5', '6']);
    expect(cells.flatMap((c) => c.marks ?? [])).toEqual([]);
  });

  it.each([
    ['2.寅卯', '合计'],
    ['2.寅卯辰巳午未', '3.申酉'],
    ['寅卯辰巳午未', '申酉'],
  ])(
    'keeps %s at the end of a page apart from %s, which may be the label of another row',
    async (last, first) => {
      const cells = await readAcross(last, first);
      expect(cells.filter((c) => c.text.includes(last) && c.text.includes(first))).toEqual([]);
      expect(cells.filter((c) => c.text === '5' && !c.marks?.length)).toEqual([]);
    },
  );
});

describe('the drawn pages', () => {
  it('come to an end where a row under a repeated head is taller than a page', () => {
    const record = inventReport(5, bodyOf(districtName(2), 3), 2023, NOTICE, 20_000);
    const galley = { ...PLAIN_GALLEY, repeatHead: true, height: 330, labelWidth: 6, numberWidth: 3.4 };
    const sheets = setSheets(record, galley);
    const plain = setSheets(record, PLAIN_GALLEY);
    const characters = (all: typeof sheets): number =>
      all.flatMap((s) => s.texts).reduce((n, t) => n + t.text.length, 0);
    expect(characters(sheets)).toBeGreaterThanOrEqual(characters(plain));
    expect(sheets.length).toBeLessThan(100);
  });
});
