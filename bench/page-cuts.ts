/**
 * Draws reports whose pages cut their tables anywhere, and counts cells that were read wrong without a mark.
 *
 *   node bench/page-cuts.ts [ruled|unruled|mixed] [documents] [first seed]
 *
 * `mixed`: with rules in any style, and text, fonts, watermarks, page numbers and turned pages of any kind.
 */
import { mixedTrial, trial } from '../test/pdf/cut-documents.ts';

const kind = process.argv[2] === 'unruled' || process.argv[2] === 'mixed' ? process.argv[2] : 'ruled';
const documents = Number(process.argv[3] ?? 1000);
const first = Number(process.argv[4] ?? 0);
const sum = { exact: 0, marked: 0, absent: 0, wrong: 0 };
for (let seed = first; seed < first + documents; seed++) {
  const found = await (kind === 'mixed' ? mixedTrial(seed) : trial(kind, seed));
  sum.exact += found.exact;
  sum.marked += found.marked;
  sum.absent += found.absent;
  sum.wrong += found.wrong.length;
  for (const line of found.wrong) console.log(`seed ${seed}: ${line}`);
}
console.log(`${documents} ${kind} documents: ${JSON.stringify(sum)}`);
