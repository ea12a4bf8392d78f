import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type Document } from '../../src/read/document.ts';
import { readPdf } from '../../src/read/pdf/pdf.ts';
import { bodyOf, districtName } from '../render/bodies.ts';
import { PLAIN_GALLEY } from '../render/galley.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { type PdfStyle, PLAIN_PDF, renderPdf } from '../render/pdf.ts';
import { Random } from '../render/random.ts';
import type { ReportRecord } from '../render/record.ts';
import { RULED } from './cut-documents.ts';
import { markedCells, printedRows, readRows } from './grids.ts';

const large = inventReport(11, bodyOf(districtName(3), 5), 2023, NOTICE, 20_000);
const earlier = inventReport(12, bodyOf(districtName(4), 9), 2019, { ...NOTICE, zeros: 'blank' }, 400);
const worded = inventReport(
  13,
  bodyOf(districtName(7), 2),
  2024,
  { ...NOTICE, zeros: 'mixed', threeTables: true, subtotalColumn: true },
  400,
);
const reports = [large, earlier, worded];

async function read(record: ReportRecord, style: Partial<PdfStyle>): Promise<Document> {
  const bytes = renderPdf(record, { ...PLAIN_PDF, ...style });
  return readPdf({ bytes, name: 'report.pdf' }, DEFAULT_LIMITS);
}

async function expectExact(style: Partial<PdfStyle>): Promise<void> {
  for (const record of reports) {
    const document = await read(record, style);
    expect(readRows(document)).toEqual(printedRows(record));
    expect(markedCells(document)).toEqual([]);
  }
}

describe('the reader of PDF', () => {
  it.each(RULED)('finds every cell of tables whose rules are drawn as %s', async (rules) => {
    await expectExact({ rules });
  });

  it.each(['lines', 'letters', 'shuffled letters', 'twice', 'offset twice'] as const)(
    'reads text drawn as %s in its order on the page',
    async (text) => {
      await expectExact({ text });
    },
  );

  it.each(['unicode', 'gbk', 'identity', 'type3'] as const)(
    'reads the codes of a font stored as %s',
    async (font) => {
      const document = await read(large, { font, text: 'letters' });
      expect(readRows(document)).toEqual(printedRows(large));
      expect(markedCells(document)).toEqual([]);
    },
  );

  it.each([90, 180, 270] as const)('reads pages that are shown turned by %i degrees', async (rotate) => {
    await expectExact({ rotate });
  });

  it('reads pages whose content lies on its side', async () => {
    await expectExact({ lying: true });
  });

  it('reads landscape pages', async () => {
    await expectExact({ galley: { ...PLAIN_GALLEY, width: 842, height: 595 } });
  });

  it('reads what is drawn inside a scaled form', async () => {
    await expectExact({ form: true });
  });

  it.each(['slanted', 'level'] as const)('keeps a %s watermark out of the cells', async (watermark) => {
    await expectExact({ watermark });
  });

  it.each(['foot', 'over the table'] as const)(
    'keeps page numbers at the %s out of the cells',
    async (pageNumbers) => {
      await expectExact({ pageNumbers });
    },
  );

  it.each([0, 15, 35, 60, 90, 140])(
    'puts together what a page break cuts, %i points further down',
    async (offset) => {
      await expectExact({ galley: { ...PLAIN_GALLEY, offset } });
    },
  );

  it('never takes a blank below a heading for a part of the heading, wherever the page ends', async () => {
    for (let offset = 0; offset < 240; offset += 8) {
      const document = await read(earlier, { galley: { ...PLAIN_GALLEY, offset } });
      expect(readRows(document)).toEqual(printedRows(earlier));
    }
  });

  it.each([0, 22, 47, 80])(
    'puts rows together whose digits and labels a page break parts, %i points further down',
    async (offset) => {
      const galley = { ...PLAIN_GALLEY, cut: 'lines', numberWidth: 2.2, offset } as const;
      await expectExact({ galley });
      await expectExact({ galley, openCuts: true });
    },
  );

  it.each([0, 40, 120])(
    'leaves out the head that every page repeats, %i points further down',
    async (offset) => {
      await expectExact({ galley: { ...PLAIN_GALLEY, repeatHead: true, offset } });
    },
  );

  it('joins digits that wrap in narrow columns as lines of one cell', async () => {
    const document = await read(large, { galley: { ...PLAIN_GALLEY, numberWidth: 1.6 } });
    expect(readRows(document)).toEqual(printedRows(large));
  });

  const unruled = ['none', 'vertical', 'horizontal', 'zebra'] as const;

  it.each(unruled)(
    'finds every cell of tables with the rules "%s" by how their texts align',
    async (rules) => {
      const habits = { ...NOTICE, threeTables: true, subtotalColumn: true };
      const three = inventReport(14, bodyOf(districtName(7), 2), 2019, habits, 400);
      for (const record of [large, three]) {
        for (const offset of [0, 60, 140]) {
          const document = await read(record, { rules, galley: { ...PLAIN_GALLEY, offset } });
          expect(readRows(document)).toEqual(printedRows(record));
          expect(markedCells(document)).toEqual([]);
        }
      }
    },
  );

  it.each(unruled)('leaves out the repeated heads of tables with the rules "%s"', async (rules) => {
    const document = await read(large, { rules, galley: { ...PLAIN_GALLEY, repeatHead: true, offset: 40 } });
    expect(readRows(document)).toEqual(printedRows(large));
  });

  it.each(unruled)(
    'refuses tables with the rules "%s" whose cells are blank or whose digits wrap',
    async (rules) => {
      const narrow = { ...PLAIN_GALLEY, numberWidth: 1.6 };
      for (const document of [await read(earlier, { rules }), await read(large, { rules, galley: narrow })]) {
        expect(document.notes.map((n) => n.code)).toContain('table_without_rules');
        const printed = new Set([...printedRows(earlier), ...printedRows(large)].map((row) => row.join('|')));
        expect(readRows(document).filter((row) => !printed.has(row.join('|')))).toEqual([]);
      }
    },
  );

  it('never shows a wrong cell of tables without rules, however they are set', async () => {
    for (let seed = 0; seed < 24; seed++) {
      const random = Random.of('unruled', seed);
      const zeros = random.pick(['digit', 'dash', 'blank', 'mixed'] as const);
      const notice = {
        ...NOTICE,
        zeros,
        threeTables: random.chance(0.3),
        subtotalColumn: random.chance(0.2),
      };
      const record = inventReport(700 + seed, bodyOf(districtName(3), 5), 2019 + (seed % 6), notice, 20_000);
      const galley = {
        ...PLAIN_GALLEY,
        align: random.pick(['top', 'middle'] as const),
        offset: random.integer(0, 300),
        numberWidth: random.pick([2.4, 2.8, 3.4]),
      };
      const document = await read(record, { rules: random.pick(unruled), galley });
      const printed = new Set(printedRows(record).map((row) => row.join('|')));
      const wrong = document.blocks.flatMap((block) => {
        if (block.kind !== 'grid') return [];
        const rows = Array.from({ length: block.rows }, (_, r) => block.cells.filter((c) => c.row === r));
        return rows
          .filter((row) => row.every((c) => !c.marks?.length))
          .map((row) => row.map((c) => c.text.replace(/\s/g, '')).join('|'))
          .filter((row) => !printed.has(row));
      });
      expect(wrong).toEqual([]);
    }
  });

  it('gives every cell the place where the page shows it, whatever the rotation', async () => {
    const [plain, turned] = await Promise.all([read(large, {}), read(large, { rotate: 90 })]);
    const places = (d: Document): string[] =>
      d.blocks.flatMap((b) => (b.kind === 'grid' ? b.cells.map((c) => c.location) : []));
    expect(places(turned)).toEqual(places(plain));
    expect(places(plain)[0]).toMatch(/^page=\d+;bbox=\d+\.\d,\d+\.\d,\d+\.\d,\d+\.\d$/);
  });
});
