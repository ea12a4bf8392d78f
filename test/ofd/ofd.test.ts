import { strToU8, unzipSync, zipSync } from 'fflate';
import { PNG } from 'pngjs';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type Document } from '../../src/read/document.ts';
import { readOfd } from '../../src/read/ofd/ofd.ts';
import { markedCells, printedRows, readRows } from '../pdf/grids.ts';
import { bodyOf, districtName } from '../render/bodies.ts';
import { PLAIN_GALLEY } from '../render/galley.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { emptyOfd, type OfdStyle, PLAIN_OFD, renderOfd, withPictures } from '../render/ofd.ts';

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

/** A white picture with a black corner, upper left. */
function cornered(width: number, height: number): Uint8Array {
  const image = new PNG({ width, height });
  image.data.fill(255);
  for (let y = 0; y < height / 4; y++)
    for (let x = 0; x < width / 4; x++) image.data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
  return PNG.sync.write(image);
}

describe('the pictures of an OFD', () => {
  const path = process.env['PATH'];
  afterEach(() => {
    process.env['PATH'] = path;
  });

  it.each([
    ['one picture a page', [[0, 0, 210, 297]]],
    ['strips', [0, 1, 2, 3, 4].map((i) => [0, i * 59.4, 210, 59.4])],
    ['a table and nothing else', [[20, 20, 170, 40]]],
  ] as [string, [number, number, number, number][]][])(
    'that are all there is (%s) need OCR, and without Tesseract it says so',
    async (_, boxes) => {
      process.env['PATH'] = '/nonexistent';
      const pictures = boxes.map((box, i) => ({ page: 0, name: `${i}.png`, bytes: cornered(200, 60), box }));
      await expect(read(withPictures(emptyOfd(1), pictures))).rejects.toMatchObject({
        failure: 'needs_ocr',
        message: expect.stringContaining('tesseract'),
      });
    },
  );

  it('of a kind that is not read are no empty success', async () => {
    const bytes = strToU8('II*\0 a TIFF');
    const ofd = withPictures(emptyOfd(1), [{ page: 0, name: 'a.tif', bytes, box: [0, 0, 210, 297] }]);
    await expect(read(ofd)).rejects.toMatchObject({ failure: 'needs_ocr' });
  });

  it('and characters drawn as shapes are no empty success, and an empty document is corrupt', async () => {
    const parts = unzipSync(emptyOfd(1));
    const page = 'Doc_0/Pages/Page_0/Content.xml';
    const shape =
      '<ofd:PathObject ID="9" Boundary="10 10 5 5"><ofd:AbbreviatedData>M 0 0 Q 2 2 4 0 C</ofd:AbbreviatedData></ofd:PathObject></ofd:Layer>';
    const outlined = {
      ...parts,
      [page]: strToU8(new TextDecoder().decode(parts[page]).replace('</ofd:Layer>', shape)),
    };
    await expect(read(zipSync(outlined))).rejects.toMatchObject({ failure: 'needs_ocr' });
    await expect(read(emptyOfd(1))).rejects.toMatchObject({ failure: 'corrupt' });
  });

  it.each([
    ['as it is', '100 0 0 50 0 0', [20, 30]],
    ['turned to the right', '0 50 -100 0 100 0', [120, 30]],
    ['upside down', '-100 0 0 -50 100 50', [120, 80]],
  ])('beside its text can be seen where they stand (%s)', async (_, matrix, corner) => {
    const ofd = withPictures(renderOfd(reports[1]!), [
      { page: 0, name: 'a.png', bytes: cornered(800, 400), box: [20, 30, 100, 50], matrix },
    ]);
    const document = await read(ofd);
    expect(document.pictures).toHaveLength(1);
    const page = (await document.pictures[0]!.shown!())!;
    expect(page.width / page.height).toBeCloseTo(210 / 297, 3);
    const at = (x: number, y: number) =>
      page.gray[Math.round((y * page.dpi) / 25.4) * page.width + Math.round((x * page.dpi) / 25.4)]!;
    const [x, y] = corner as [number, number];
    // Two millimetres inside the picture from its black corner, and from the opposite one.
    const inside = [x + (x === 20 ? 2 : -2), y + (y === 30 ? 2 : -2)] as const;
    expect(at(...inside)).toBeLessThan(40);
    expect(at(140 - inside[0], 110 - inside[1])).toBeGreaterThan(230);
    expect(at(15, 25)).toBe(255);
  });
});
