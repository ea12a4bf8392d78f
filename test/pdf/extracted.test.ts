import { describe, expect, it } from 'vitest';
import { extractReport } from '../../src/extract/extract.ts';
import { cellKey } from '../../src/form/form.ts';
import { DEFAULT_LIMITS, type Document } from '../../src/read/document.ts';
import { readOfd } from '../../src/read/ofd/ofd.ts';
import { readPdf } from '../../src/read/pdf/pdf.ts';
import { bodyOf, districtName } from '../render/bodies.ts';
import { expectedFacts } from '../render/expected.ts';
import { PLAIN_GALLEY } from '../render/galley.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { renderOfd } from '../render/ofd.ts';
import { type PdfStyle, PLAIN_PDF, renderPdf } from '../render/pdf.ts';
import type { ReportRecord } from '../render/record.ts';

const report = inventReport(51, bodyOf(districtName(3), 5), 2023, { ...NOTICE, zeros: 'mixed' }, 20_000);

/** Every cell as `state value`, those that a reader gives and those that the record prints. */
function facts(document: Document): Map<string, string> {
  const { tables } = extractReport(document, { document: 'report' });
  return new Map(
    tables.flatMap((t) => t.facts).map((f) => [cellKey(f.table, f.row, f.column), `${f.state} ${f.value}`]),
  );
}

function printed(record: ReportRecord): Map<string, string> {
  return new Map(expectedFacts(record).map((f) => [f.key, `${f.state} ${f.value}`]));
}

describe('facts extracted from drawn documents', () => {
  const styles: readonly [string, Partial<PdfStyle>][] = [
    ['a PDF', {}],
    [
      'a PDF whose pages cut rows and labels',
      { galley: { ...PLAIN_GALLEY, cut: 'lines', numberWidth: 1.8, offset: 40 } },
    ],
    ['a PDF without embedded fonts', { font: 'gbk' }],
    ['a PDF drawn letter by letter in any order', { text: 'shuffled letters', rules: 'cell edges' }],
    ['a PDF lying on its side under a watermark', { lying: true, watermark: 'slanted' }],
  ];
  const record = inventReport(52, bodyOf(districtName(8), 4), 2022, NOTICE, 400);

  it.each(styles)('are those that %s prints', async (_, style) => {
    const bytes = renderPdf(record, { ...PLAIN_PDF, ...style });
    expect(facts(await readPdf({ bytes, name: 'x.pdf' }, DEFAULT_LIMITS))).toEqual(printed(record));
  });

  it('are those that an OFD prints', async () => {
    const bytes = renderOfd(report);
    expect(facts(await readOfd({ bytes, name: 'x.ofd' }, DEFAULT_LIMITS))).toEqual(printed(report));
  });

  it.each(['none', 'vertical', 'horizontal', 'zebra'] as const)(
    'are never certain and wrong where the rules are "%s"',
    async (rules) => {
      const bytes = renderPdf(report, { ...PLAIN_PDF, rules });
      const document = await readPdf({ bytes, name: 'x.pdf' }, DEFAULT_LIMITS);
      const expected = printed(report);
      const wrong = extractReport(document, { document: 'report' })
        .tables.flatMap((t) => t.facts)
        .filter((f) => f.state === 'number' && f.confidence === 'certain')
        .filter((f) => expected.get(cellKey(f.table, f.row, f.column)) !== `number ${f.value}`);
      expect(wrong).toEqual([]);
    },
  );
});
