/**
 * Draws reports whose pages cut their tables anywhere, and counts cells that were read wrong without a mark.
 *
 *   node bench/page-cuts.ts [ruled|unruled] [documents] [first seed]
 */
import { type Ruling, trial } from '../test/pdf/cut-documents.ts';

const ruling: Ruling = process.argv[2] === 'unruled' ? 'unruled' : 'ruled';
const documents = Number(process.argv[3] ?? 1000);
const first = Number(process.argv[4] ?? 0);
const sum = { exact: 0, marked: 0, absent: 0, wrong: 0 };
for (let seed = first; seed < first + documents; seed++) {
  const found = await trial(ruling, seed);
  sum.exact += found.exact;
  sum.marked += found.marked;
  sum.absent += found.absent;
  sum.wrong += found.wrong.length;
  for (const line of found.wrong) console.log(line);
}
console.log(`${documents} ${ruling} documents: ${JSON.stringify(sum)}`);
