/**
 * Measures every stage and the whole, beside named peers, and writes docs/performance.md from what it found:
 *
 *   npm run bench -- [--parts readers,stages,store,whole] [--documents 60] [--store 10000] [--sizes 100,1000,10000]
 *                    [--given folder] [--reference]
 *
 * `--given` measures the whole over a folder of your own as well. Parts that are not run keep the figures of the run
 * before. The results go to bench/results/latest.json; with `--reference` to bench/results/reference.json, from which
 * the page, its picture and docs/scale.md are made.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writePages } from './pages.ts';
import { measureReaders } from './parts/readers.ts';
import { measureStages } from './parts/stages.ts';
import { measureStore } from './parts/store.ts';
import { measureWhole } from './parts/whole.ts';
import type { Results, WholeResult } from './results.ts';

const PARTS = ['readers', 'stages', 'store', 'whole'] as const;

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: PARTS.join(',') },
    documents: { type: 'string', default: '60' },
    store: { type: 'string', default: '10000' },
    sizes: { type: 'string', default: '100,1000,10000' },
    given: { type: 'string' },
    reference: { type: 'boolean', default: false },
  },
});
const parts = values.parts.split(',');
for (const part of parts) {
  if (!(PARTS as readonly string[]).includes(part)) {
    process.stderr.write(`--parts ${values.parts}: expected some of ${PARTS.join(', ')}; not ${part}\n`);
    process.exit(2);
  }
}

const folder = fileURLToPath(new URL('./results/', import.meta.url));
const file = `${folder}${values.reference ? 'reference' : 'latest'}.json`;
const earlier = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : null;
const results: Results = { ...earlier, ...surroundings() };
const say = (line: string) => process.stderr.write(`${line}\n`);

if (parts.includes('readers')) {
  say('Reading, with peers …');
  results.readers = await measureReaders(whole(values.documents));
  save();
}
if (parts.includes('stages') || parts.includes('store')) {
  say('Extracting and checking …');
  const { result, reports } = await measureStages(Math.max(60, whole(values.documents)));
  if (parts.includes('stages')) results.stages = result;
  save();
  if (parts.includes('store')) {
    say(`Storing and exporting ${values.store} reports …`);
    results.store = await measureStore(reports, whole(values.store));
    save();
  }
}
if (parts.includes('whole')) {
  const kept = new Map((results.whole ?? []).map((r) => [r.reports, r]));
  const take = (r: WholeResult) => {
    kept.set(r.reports, r);
    results.whole = [...kept.values()].sort((a, b) => a.reports - b.reports);
    save();
  };
  for (const size of values.sizes.split(',').map(whole)) {
    say(`extract over ${size} reports …`);
    take(await measureWhole(size, null));
  }
  if (values.given) {
    say(`extract over ${values.given} …`);
    take(await measureWhole(0, values.given));
  }
}
if (values.reference) writePages(results);
say(`→ ${file}`);

function save(): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

function surroundings(): Pick<Results, 'machine' | 'node' | 'load'> {
  return {
    machine: {
      processors: os.availableParallelism(),
      model: os.cpus()[0]?.model ?? 'unknown',
      memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    },
    node: process.version,
    load: Number((os.loadavg()[0] ?? 0).toFixed(1)),
  };
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new TypeError(`${text}: expected a whole number`);
  return Number(text);
}
