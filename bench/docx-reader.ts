/**
 * How much faster the DOCX table reader is than `mammoth.convertToHtml` on the same report, in the same process.
 *
 *     node bench/docx-reader.ts [report.docx]
 *
 * Without an argument a report from the test renderer is read. The ratio is printed last.
 */
import { readFileSync } from 'node:fs';
import mammoth from 'mammoth';
import { DEFAULT_LIMITS } from '../src/read/document.ts';
import { readDocx } from '../src/read/docx/docx.ts';

const [path] = process.argv.slice(2);
const bytes = path ? new Uint8Array(readFileSync(path)) : await invented();
const name = path ?? 'invented report';

const reader = await median(150, () => readDocx({ bytes, name }, DEFAULT_LIMITS));
const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const rendition = await median(15, () => mammoth.convertToHtml({ buffer }));

console.log(`${name}: ${bytes.length} bytes`);
console.log(`readDocx              ${reader.toFixed(2)} ms  (${Math.round(1000 / reader)} reports/s)`);
console.log(`mammoth.convertToHtml ${rendition.toFixed(2)} ms  (${Math.round(1000 / rendition)} reports/s)`);
console.log(`ratio ${(rendition / reader).toFixed(1)}`);

async function invented(): Promise<Uint8Array> {
  const { inventReport, NOTICE } = await import('../test/render/invent.ts');
  const { bodyOf, districtName } = await import('../test/render/bodies.ts');
  const { renderDocx } = await import('../test/render/docx.ts');
  return renderDocx(inventReport(1, bodyOf(districtName(1), 1), 2024, NOTICE, 400));
}

/** Milliseconds of processor time of the middle run, which other programs on the machine do not distort much. */
async function median(runs: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = -Math.ceil(runs / 3); run < runs; run++) {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    if (run >= 0) times.push((user + system) / 1000);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? 0;
}
