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

/** The first half of them warms up. */
const TURNS = 12;

const [path] = process.argv.slice(2);
const bytes = path ? new Uint8Array(readFileSync(path)) : await invented();
const name = path ?? 'invented report';

const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const times = { reader: [] as number[], mammoth: [] as number[] };
// In turns, so that both see the same machine; the first runs of a turn are not counted, since they pay for what the
// other left to collect.
for (let turn = 0; turn < TURNS; turn++) {
  const read = () => readDocx({ bytes, name }, DEFAULT_LIMITS);
  await processorTime(30, read);
  const readerTime = await processorTime(60, read);
  const convert = () => mammoth.convertToHtml({ buffer });
  await processorTime(2, convert);
  const mammothTime = await processorTime(4, convert);
  if (turn < TURNS / 2) continue;
  times.reader.push(readerTime);
  times.mammoth.push(mammothTime);
}
const reader = median(times.reader);
const rendition = median(times.mammoth);

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

/** Milliseconds of processor time of one run, which other programs on the machine distort less than the clock. */
async function processorTime(runs: number, work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  for (let run = 0; run < runs; run++) await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / runs;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
