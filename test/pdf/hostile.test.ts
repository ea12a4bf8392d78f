import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type Document, type ReadLimits } from '../../src/read/document.ts';
import { readPdf } from '../../src/read/pdf/pdf.ts';
import { bodyOf, districtName } from '../render/bodies.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { PLAIN_PDF, renderPdf } from '../render/pdf.ts';
import { PdfWriter } from '../render/pdf-writer.ts';
import { printedRows, readRows } from './grids.ts';

const report = inventReport(31, bodyOf(districtName(3), 5), 2023, NOTICE, 400);

function read(bytes: Uint8Array, limits: Partial<ReadLimits> = {}): Promise<Document> {
  return readPdf({ bytes, name: 'x.pdf' }, { ...DEFAULT_LIMITS, ...limits });
}

function page(content: string): Uint8Array {
  return new PdfWriter('identity').write([{ width: 595, height: 842, content }]);
}

describe('the reader of PDF, given what is meant to harm it,', () => {
  it('refuses what is no PDF', async () => {
    await expect(read(Buffer.from('not a document'))).rejects.toMatchObject({ failure: 'corrupt' });
  });

  it('refuses a file cut in the middle, or reads what is left of it, and nothing else', async () => {
    const bytes = renderPdf(report);
    const printed = new Set(printedRows(report).map(String));
    for (const share of [0.1, 0.4, 0.7, 0.95]) {
      const part = bytes.slice(0, Math.floor(bytes.length * share));
      const outcome = await read(part).catch((error: { failure?: string }) => error.failure);
      if (typeof outcome === 'string') expect(['corrupt', 'needs_ocr', 'too_large']).toContain(outcome);
      else for (const row of readRows(outcome as Document)) expect(printed).toContain(String(row));
    }
  });

  it('refuses more pages than the limit allows', async () => {
    await expect(read(renderPdf(report), { pages: 1 })).rejects.toMatchObject({ failure: 'too_large' });
  });

  it('gives up on forms that unfold to millions of objects', async () => {
    const writer = new PdfWriter('identity');
    const depth = 22;
    writer.form('L0', 10, 10, '0 0 1 1 re f '.repeat(8));
    for (let i = 1; i <= depth; i++) writer.form(`L${i}`, 10, 10, `/L${i - 1} Do `.repeat(4));
    const bytes = writer.write([{ width: 595, height: 842, content: `/L${depth} Do` }]);
    await expect(read(bytes)).rejects.toMatchObject({ failure: 'too_large' });
  });

  it('gives up on millions of path operators', async () => {
    const bytes = page('0 0 m '.concat('1 1 l 2 2 l '.repeat(600_000), 'S'));
    expect(bytes.length).toBeLessThan(60_000);
    await expect(read(bytes)).rejects.toMatchObject({ failure: 'too_large' });
  });

  it('reads the next document after it gave up on one', async () => {
    await expect(read(page('0 0 m '.concat('1 1 l '.repeat(600_000), 'S')))).rejects.toThrow();
    expect(readRows(await read(renderPdf(report)))).toEqual(printedRows(report));
  });

  it('says that recognition is needed where the characters have no meaning', async () => {
    for (const font of ['garbled', 'unmapped'] as const)
      await expect(read(renderPdf(report, { ...PLAIN_PDF, font }))).rejects.toMatchObject({
        failure: 'needs_ocr',
      });
  });
});
