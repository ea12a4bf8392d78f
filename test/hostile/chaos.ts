import { parseArgs } from 'node:util';
import { readAmongBad } from './bad-documents.ts';
import { writeFigures } from './reliability.ts';

/**
 * The long runs: `npm run chaos -- [documents extract crawl export] [--points 100] [--seed 1] [--minutes 60]`. Each
 * writes its figures for docs/reliability.md. Ends with 1 when something is not as it must be.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    points: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '60' },
  },
});
const kills = {
  seed: Number(values.seed),
  points: Number(values.points),
  inARow: 10,
  until: Date.now() + Number(values.minutes) * 60_000,
};
const runs = {
  documents: async () => {
    const figures = await readAmongBad({ seed: kills.seed, documents: 300 });
    return { figures, faults: [...figures.wrong, ...(figures.parentMiB > 300 ? ['more than 300 MiB'] : [])] };
  },
  extract: () => killed('extract'),
  crawl: () => killed('crawl'),
  export: () => killed('export'),
};

async function killed(run: 'extract' | 'crawl' | 'export') {
  // Loaded when needed: what it draws with is not to count as the reader's memory.
  const { killCrawl, killExport, killExtract } = await import('./kills.ts');
  const kill = { extract: killExtract, crawl: killCrawl, export: killExport }[run];
  const figures = await kill({ ...kills, onProgress: (text) => process.stderr.write(`${run}: ${text}\n`) });
  return { figures, faults: figures.differences };
}

const chosen = positionals.length > 0 ? positionals : Object.keys(runs);
for (const name of chosen) {
  if (!(name in runs)) throw new Error(`${name}: expected some of ${Object.keys(runs).join(', ')}`);
  const run = name as keyof typeof runs;
  const { figures, faults } = await runs[run]();
  writeFigures(run, figures);
  process.stdout.write(`${run}: ${JSON.stringify(figures)}\n`);
  if (faults.length > 0) process.exitCode = 1;
}
