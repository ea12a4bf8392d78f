/**
 * Speed and memory of the PDF reader on one core, against the parts it could be made of.
 *
 *   node bench/pdf-reader.ts [folder of PDFs] [--rounds N]
 *
 * Without a folder it draws reports itself. Prints documents per second for: this reader, with all geometry; the text
 * of PDFium alone; the text of pdf.js (pdf-parse `getText`); the tables of pdf-parse (`getTable`); `pdftotext -layout`
 * as a process per file. Then reads 2,000 documents and prints the memory on the way.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_LIMITS } from '../src/read/document.ts';
import { readPdf } from '../src/read/pdf/pdf.ts';
import { withPdf } from '../src/read/pdf/pdfium.ts';
import { bodyOf, districtName } from '../test/render/bodies.ts';
import { inventReport, NOTICE } from '../test/render/invent.ts';
import { renderPdf } from '../test/render/pdf.ts';

const folder = process.argv[2]?.startsWith('--') ? undefined : process.argv[2];
const at = process.argv.indexOf('--rounds');
const rounds = at > 0 ? Number(process.argv[at + 1]) : 10;

const files = folder
  ? readdirSync(folder)
      .filter((name) => name.endsWith('.pdf'))
      .map((name) => readFileSync(path.join(folder, name)))
  : Array.from({ length: 20 }, (_, i) =>
      Buffer.from(renderPdf(inventReport(i, bodyOf(districtName(i), i), 2023, NOTICE, 400))),
    );

async function measure(name: string, read: (bytes: Buffer) => unknown): Promise<void> {
  await read(files[0]!);
  const times: number[] = [];
  let failed = 0;
  for (let round = 0; round < rounds; round++) {
    const from = performance.now();
    for (const bytes of files) {
      try {
        await read(bytes);
      } catch {
        failed++;
      }
    }
    times.push(performance.now() - from);
  }
  const best = Math.min(...times) / files.length;
  const fault = failed ? `  (${failed / rounds} of ${files.length} failed)` : '';
  console.log(
    `${name.padEnd(28)} ${best.toFixed(1).padStart(8)} ms  ${(1000 / best).toFixed(1).padStart(7)} /s${fault}`,
  );
}

console.log(`${files.length} documents, ${rounds} rounds, the best one counts`);
await measure('this reader', (bytes) => readPdf({ bytes, name: 'x.pdf' }, DEFAULT_LIMITS));
await measure('PDFium, text only', (bytes) =>
  withPdf(bytes, ({ call }, document) => {
    const count = call['FPDF_GetPageCount']!(document);
    for (let i = 0; i < count; i++) {
      const page = call['FPDF_LoadPage']!(document, i);
      const text = call['FPDFText_LoadPage']!(page);
      call['FPDFText_CountChars']!(text);
      call['FPDFText_ClosePage']!(text);
      call['FPDF_ClosePage']!(page);
    }
  }),
);
const { PDFParse } = await import('pdf-parse');
await measure('pdf.js, text (pdf-parse)', async (bytes) => {
  const parser = new PDFParse({ data: new Uint8Array(bytes) });
  await parser.getText();
  await parser.destroy();
});
await measure('pdf-parse getTable', async (bytes) => {
  const parser = new PDFParse({ data: new Uint8Array(bytes) });
  try {
    await parser.getTable();
  } finally {
    await parser.destroy();
  }
});
const scratch = mkdtempSync(path.join(tmpdir(), 'gongkai-bench-'));
const input = path.join(scratch, 'x.pdf');
if (spawnSync('pdftotext', ['-v']).status !== null)
  await measure('pdftotext -layout, process', (bytes) => {
    writeFileSync(input, bytes);
    spawnSync('pdftotext', ['-layout', input, path.join(scratch, 'x.txt')]);
  });
rmSync(scratch, { recursive: true });

for (let i = 1; i <= 2000; i++) {
  await readPdf({ bytes: files[i % files.length]!, name: 'x.pdf' }, DEFAULT_LIMITS);
  if (i % 400 === 0) {
    globalThis.gc?.();
    console.log(`after ${i} documents: ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB resident`);
  }
}
