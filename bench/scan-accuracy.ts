/**
 * How well scans are read: reports are invented, printed with LibreOffice in several typefaces, rasterised, worn like
 * scans, faxes and photographs, and read. Printed per resolution and wear: digits right, cells wrong without a mark
 * (must be none), cells marked though right, and processor time a page (this program's and Tesseract's).
 *
 *     node bench/scan-accuracy.ts [reports] [part of "<dpi> <wear>"] [--tables]
 *
 * `--tables` leaves the prose out, which takes most of the time of OCR.
 */
import { readFileSync } from 'node:fs';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { DEFAULT_LIMITS } from '../src/read/document.ts';
import { readScannedPages } from '../src/read/scan/scan.ts';
import type { ScannedPage } from '../src/read/scan/scanned-page.ts';
import { convertAll } from '../test/read/converted.ts';
import { NO_SCORE, scoreTables } from '../test/read/scan-score.ts';
import {
  CLEAN,
  compressed,
  faxed,
  laid,
  OFFICE_SCAN,
  photographed,
  rasterise,
  sealed,
  worn,
} from '../test/read/scanned.ts';
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
const scan = (page: ScannedPage) => worn(page, OFFICE_SCAN);
const WEARS: Record<string, (page: ScannedPage) => ScannedPage> = {
  clean: (page) => worn(page, CLEAN),
  'office scan': scan,
  'skewed 2°': (page) => worn(page, { ...OFFICE_SCAN, skew: -2, seed: 2 }),
  'noisy, pale': (page) => worn(page, { ...OFFICE_SCAN, skew: 1.3, noise: 16, ink: 70, paper: 235, seed: 3 }),
  pale: (page) => worn(page, { ...OFFICE_SCAN, skew: 0.4, noise: 6, ink: 130, paper: 240, seed: 3 }),
  'JPEG of quality 30': (page) => compressed(scan(page), 30),
  'black and white': (page) => faxed(worn(page, { ...OFFICE_SCAN, noise: 4 }), 185),
  'fax, hairlines broken': (page) => faxed(worn(page, { ...OFFICE_SCAN, noise: 14 }), 150),
  'fax, hairlines lost': (page) => faxed(worn(page, { ...OFFICE_SCAN, noise: 14 }), 135),
  photograph: (page) =>
    compressed(photographed(worn(page, { ...OFFICE_SCAN, skew: 0.5 }), 0.03, 0.01, 0.5), 60),
  'upside down': (page) => laid(scan(page), 180),
  'on its side': (page) => laid(scan(page), 90),
  'under a seal': (page) => sealed(scan(page), 5, 5),
};

const [given, only] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const reports = Number(given ?? 5);
const tablesOnly = process.argv.includes('--tables');
const records = Array.from({ length: reports }, (_, index) => {
  const habits = { ...NOTICE, emptyTotals: index % 4 === 3, subtotalColumn: index % 3 === 2 };
  const body = bodyOf(districtName(index), index);
  const record = inventReport(index + 11, body, 2019 + (index % 6), habits, 8 * 7 ** (index % 5));
  return tablesOnly
    ? {
        ...record,
        preamble: [],
        sections: record.sections.map((section) => ({ ...section, paragraphs: [] })),
      }
    : record;
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
    let seconds = 0;
    for (const [index, pdf] of pdfs.entries()) {
      const scans = rasterise('pdftoppm', pdf, dpi).map(wear);
      const started = processorSeconds();
      const blocks = await readScannedPages(scans, DEFAULT_LIMITS);
      seconds += processorSeconds() - started;
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
        `right marked ${score.rightMarked.length} (${share(score.rightMarked.length, score.cells)}), ${(seconds / pages).toFixed(2)} s of processor time a page`,
    );
    for (const wrong of score.wrongUnmarked.slice(0, 10)) console.log(`    unmarked: ${wrong}`);
    for (const wrong of score.wrongMarked.slice(0, 10)) console.log(`    marked: ${wrong}`);
    console.log(`    needlessly marked: ${score.rightMarked.slice(0, 20).join(' ')}`);
  }
}

/** Of this process and of the programs that it ran and that have ended (proc(5)). */
function processorSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]!.split(' ');
  return [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0) / 100;
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
