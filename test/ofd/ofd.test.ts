import { strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type Document } from '../../src/read/document.ts';
import { readOfd } from '../../src/read/ofd/ofd.ts';
import { markedCells, printedRows, readRows } from '../pdf/grids.ts';
import { bodyOf, districtName } from '../render/bodies.ts';
import { PLAIN_GALLEY } from '../render/galley.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { type OfdStyle, PLAIN_OFD, renderOfd } from '../render/ofd.ts';

const reports = [
  inventReport(21, bodyOf(districtName(3), 5), 2023, NOTICE, 20_000),
  inventReport(22, bodyOf(districtName(4), 9), 2020, { ...NOTICE, zeros: 'mixed' }, 400),
];

function read(bytes: Uint8Array): Promise<Document> {
  return readOfd({ bytes, name: 'report.ofd' }, DEFAULT_LIMITS);
}

async function expectExact(style: Partial<OfdStyle>): Promise<void> {
  for (const record of reports) {
    const document = await read(renderOfd(record, { ...PLAIN_OFD, ...style }));
    expect(readRows(document)).toEqual(printedRows(record));
    expect(markedCells(document)).toEqual([]);
  }
}

describe('the reader of OFD', () => {
  it('finds every cell of tables ruled by strokes', () => expectExact({}));
  it('finds every cell of tables ruled by thin filled shapes', () => expectExact({ rules: 'rectangles' }));
  it('reads parts with the standard namespace as default', () => expectExact({ namespace: '' }));
  it('reads advances that are written out one by one', () => expectExact({ deltas: 'each' }));
  it('applies the matrix of an object', () => expectExact({ scaled: true }));
  it('keeps what a template prints on every page out of the tables', () =>
    expectExact({ template: '某某文件管理系统' }));
  it('puts together tables that pages cut', () =>
    expectExact({ galley: { ...PLAIN_GALLEY, cut: 'lines', numberWidth: 2.2, offset: 40 } }));

  it('says where a cell stands, in points', async () => {
    const document = await read(renderOfd(reports[0]!));
    const grid = document.blocks.find((b) => b.kind === 'grid')!;
    expect(grid.location).toMatch(/^page=1;bbox=72\.\d,/);
  });

  it('reads the title that the document gives itself', async () => {
    const document = await read(renderOfd(reports[0]!));
    expect(document.metadata).toContainEqual({ name: 'Title', value: reports[0]!.title });
  });

  it('refuses an archive that names a part it does not have', async () => {
    const parts = unzipSync(renderOfd(reports[0]!));
    delete parts['Doc_0/Pages/Page_0/Content.xml'];
    await expect(read(zipSync(parts))).rejects.toMatchObject({ name: 'ReadError', failure: 'corrupt' });
  });

  it('refuses a part with a document type declaration', async () => {
    const parts = unzipSync(renderOfd(reports[0]!));
    parts['OFD.xml'] = strToU8('<!DOCTYPE x [<!ENTITY a "b">]><OFD/>');
    await expect(read(zipSync(parts))).rejects.toMatchObject({ name: 'ReadError', failure: 'corrupt' });
  });
});
