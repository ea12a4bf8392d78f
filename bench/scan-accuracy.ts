/**
 * How well scans are read: reports are invented, printed with LibreOffice in several typefaces, rasterised, worn like
 * scans and read. Printed per resolution and wear: digits right, cells wrong without a mark (must be none), cells
 * marked though right.
 *
 *     node bench/scan-accuracy.ts [reports]
 */
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { DEFAULT_LIMITS } from '../src/read/document.ts';
import { readScannedPages } from '../src/read/scan/scan.ts';
import { convertAll } from '../test/read/converted.ts';
import { NO_SCORE, scoreTables } from '../test/read/scan-score.ts';
import { CLEAN, OFFICE_SCAN, rasterise, type Wear, worn } from '../test/read/scanned.ts';
import { bodyOf, districtName } from '../test/render/bodies.ts';
import { PLAIN_DOCX, renderDocx } from '../test/render/docx.ts';
import { inventReport, NOTICE } from '../test/render/invent.ts';
import { tableModels, tablesOf } from '../test/render/record.ts';

const TYPEFACES = [
  'Liberation Serif',
  'Noto Serif CJK SC',
  'WenQuanYi Zen Hei',
  'Noto Sans CJK SC',
  'DejaVu Sans',
];
const WEARS: Record<string, Wear> = {
  clean: CLEAN,
  'office scan': OFFICE_SCAN,
  'skewed 2°': { ...OFFICE_SCAN, skew: -2, seed: 2 },
  'noisy, pale': { ...OFFICE_SCAN, skew: 1.3, noise: 16, ink: 70, paper: 235, seed: 3 },
};

const reports = Number(process.argv[2] ?? 5);
const only = process.argv[3];
const records = Array.from({ length: reports }, (_, index) => {
  const habits = { ...NOTICE, emptyTotals: index % 4 === 3, subtotalColumn: index % 3 === 2 };
  return inventReport(
    index + 11,
    bodyOf(districtName(index), index),
    2019 + (index % 6),
    habits,
    8 * 7 ** (index % 5),
  );
});
const documents = records.map((record, index) => ({
  extension: 'docx',
  bytes: inTypeface(renderDocx(record, PLAIN_DOCX), TYPEFACES[index % TYPEFACES.length]!),
}));
const pdfs = convertAll('soffice', documents, 'pdf');
for (const dpi of [200, 300]) {
  for (const [name, wear] of Object.entries(WEARS)) {
    if (only && !`${dpi} ${name}`.includes(only)) continue;
    const score = NO_SCORE();
    let pages = 0;
    let milliseconds = 0;
    for (const [index, pdf] of pdfs.entries()) {
      const scans = rasterise('pdftoppm', pdf, dpi).map((page) => worn(page, wear));
      const started = performance.now();
      const blocks = await readScannedPages(scans, DEFAULT_LIMITS);
      milliseconds += performance.now() - started;
      pages += scans.length;
      const record = records[index]!;
      const models = tablesOf(record).flatMap((table) => tableModels(record, table));
      const before = score.wrongUnmarked.length + score.wrongMarked.length;
      scoreTables(models, blocks, score);
      const wrong = score.wrongUnmarked.length + score.wrongMarked.length - before;
      if (wrong > 3)
        console.log(
          `  ${TYPEFACES[index % TYPEFACES.length]}: ${wrong} wrong; grids ${blocks.flatMap((b) => (b.kind === 'grid' ? `${b.rows}×${b.columns}` : [])).join(' ')}, printed ${models.map((m) => `${m.rows.length}×${m.columns}`).join(' ')}`,
        );
    }
    const share = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;
    console.log(
      `${dpi} dpi, ${name}: digits ${score.digitsRight}/${score.digits} (${share(score.digitsRight, score.digits)}), ` +
        `cells ${score.cells}, wrong unmarked ${score.wrongUnmarked.length}, wrong marked ${score.wrongMarked.length}, ` +
        `right marked ${score.rightMarked.length} (${share(score.rightMarked.length, score.cells)}), ${((1000 * pages) / milliseconds).toFixed(2)} pages/s`,
    );
    for (const wrong of score.wrongUnmarked.slice(0, 10)) console.log(`    unmarked: ${wrong}`);
    for (const wrong of score.wrongMarked.slice(0, 10)) console.log(`    marked: ${wrong}`);
    console.log(`    needlessly marked: ${score.rightMarked.slice(0, 20).join(' ')}`);
  }
}

/** The same document in another typeface. */
function inTypeface(docx: Uint8Array, typeface: string): Uint8Array {
  const parts = unzipSync(docx);
  const fonts = `<w:rFonts w:ascii="${typeface}" w:hAnsi="${typeface}" w:eastAsia="${typeface}" w:cs="${typeface}"/>`;
  const part = strFromU8(parts['word/document.xml']!)
    .replaceAll('<w:rPr>', `<w:rPr>${fonts}`)
    .replace(/<w:r>(?!<w:rPr>)/g, `<w:r><w:rPr>${fonts}</w:rPr>`);
  return zipSync({ ...parts, 'word/document.xml': strToU8(part) });
}
