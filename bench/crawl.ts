import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { EMPTY_REGISTER } from '../src/agencies/register.ts';
import { Archive } from '../src/crawl/archive/store.ts';
import { parsePortals } from '../src/crawl/config/load.ts';
import { crawlPortals } from '../src/crawl/crawl.ts';
import { openStore } from '../src/dataset/open-store.ts';
import { cellKey } from '../src/form/form.ts';
import { readCrawled } from '../src/run/crawling.ts';
import { finishRun } from '../src/run/extraction.ts';
import { DEFAULT_PARSE_LIMITS } from '../src/run/parsing/limits.ts';
import { impolite } from '../test/crawl/field.ts';
import { TestClock } from '../test/crawl/test-clock.ts';
import { numbersOf } from '../test/render/mutations.ts';
import { startReplica } from '../test/replicas/server.ts';
import type { SiteFamily } from '../test/replicas/site.ts';

/**
 * A crawl of many replica portals under a test clock, into an SQLite store:
 * `node --expose-gc bench/crawl.ts [portals 20] [bodies of each 100] [years 7]`. Says what was found, whether the servers
 * saw anything impolite, how much memory is held as it goes on, and how long the nights were. `--extract`: reads and
 * checks each report and writes the dataset, too, with `--processes` parsers (default 2), and holds the cells of the
 * dataset to what was printed.
 */
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { extract: { type: 'boolean', default: false }, processes: { type: 'string', default: '2' } },
});
const [portals = 20, bodies = 100, years = 7] = positionals.map(Number);
const systems: readonly SiteFamily[] = [
  'hanweb_jpage',
  'hanweb_jpaas',
  'hanweb_xxgk',
  'trs',
  'kaipu',
  'gkmlpt',
  'nfcms',
  'esogov',
  'vsb',
  'generic',
];
const clock = new TestClock('2026-06-01T14:00:00Z');
const replica = await startReplica({
  sites: Array.from({ length: portals }, (_, index) => ({
    host: `www.mou${index}.gov.cn`,
    family: systems[index % systems.length] ?? 'trs',
    agencies: bodies,
    years: { from: 2026 - years, to: 2025 },
    district: index,
  })),
  now: () => clock.now(),
});
const config = parsePortals(
  JSON.stringify({
    version: 1,
    defaults: {
      user_agent: 'GongkaiReportBot/1.0 (+https://example.org/bot)',
      limits: { pages_max: 1000 },
    },
    portals: [...replica.hosts.values()].map((host, index) => ({
      id: `p${index}`,
      base_url: `http://${host.host}`,
      allowed_hosts: [host.host],
      columns: [{ id: 'nb', url: host.columnUrl }],
    })),
  }),
);
const folder = mkdtempSync(path.join(tmpdir(), 'gongkai-bench-'));
const store = await openStore(path.join(folder, 'gongkai.sqlite'));
const say = (text: string) => process.stdout.write(`${text}\n`);
const began = performance.now();
let reports = 0;
for (let night = 1; ; night++) {
  const before = reports;
  const reader = flags.extract
    ? readCrawled(store, {
        register: EMPTY_REGISTER,
        processes: Number(flags.processes),
        limits: DEFAULT_PARSE_LIMITS,
        signal: new AbortController().signal,
      })
    : null;
  const crawl = crawlPortals(
    config,
    {
      state: store.crawl,
      archive: new Archive(path.join(folder, 'archive')),
      clock,
      onRequest: clock.onRequest,
      network: {
        allowLoopback: true,
        resolve: new Map([...replica.hosts.keys()].map((host) => [host, `127.0.0.1:${replica.port}`])),
      },
    },
    { parallel: 8 },
  );
  let step = await crawl.next();
  while (!step.done) {
    const { portal, url, version: n } = step.value;
    if (reader) await reader.take(step.value);
    else await store.crawl.commit({ taken: [{ portal, url, n }] });
    if (++reports % (reader ? 100 : 1000) === 0) {
      globalThis.gc?.();
      const { heapUsed, rss } = process.memoryUsage();
      say(
        `${reports} reports, heap ${Math.round(heapUsed / 1e6)} MB, resident ${Math.round(rss / 1e6)} MB, ${Math.round((performance.now() - began) / 1000)} s`,
      );
    }
    step = await crawl.next();
  }
  if (reader) {
    const { documents, outcomes, failures } = await reader.finish();
    say(`read ${documents} documents: ${JSON.stringify(outcomes)}, ${failures.length} failures`);
  }
  const { totals, startedAt, endedAt, portals: each } = step.value;
  const left = each.reduce((sum, portal) => sum + portal.left, 0);
  say(
    `night ${night}: ${startedAt} to ${endedAt}, ${totals.new} new, ${totals.failed} failed, ${totals.requests} requests, ${left} left`,
  );
  if (left === 0 || reports === before) break;
}
const expected = [...replica.hosts.values()].reduce(
  (sum, { site }) => sum + site.listed().filter(({ isReport }) => isReport).length,
  0,
);
const faults = impolite(replica.log);
say(`${reports} of ${expected} reports; ${faults.length} impolite requests of ${replica.log.length}`);
for (const fault of faults.slice(0, 10)) say(fault);
if (flags.extract) await holdToPrint();
await store.close();
await replica.close();
rmSync(folder, { recursive: true, force: true });

/** Writes the dataset and compares every cell with a whole number with the invented report behind it. */
async function holdToPrint(): Promise<void> {
  const read = performance.now();
  const { findings } = await finishRun(store, { register: EMPTY_REGISTER, output: folder });
  globalThis.gc?.();
  say(
    `checked and written in ${Math.round((performance.now() - read) / 1000)} s, findings ${JSON.stringify(findings)}, resident ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
  );
  // Every invented report is consistent, so that each of these accuses an office of a fault of ours.
  for await (const finding of store.findings({ severities: ['error', 'warning'] }))
    say(
      `accused: ${finding.agency} ${finding.year} (${finding.document}) ${finding.rule}: ${finding.messageEn}`,
    );
  const byTitle = new Map(
    [...replica.hosts.values()].flatMap(({ site }) =>
      site.reports().map((post) => [post.title, { site, post }] as const),
    ),
  );
  let cells = 0;
  let wrong = 0;
  let complete = 0;
  for await (const { report } of store.reports()) {
    const truth = byTitle.get(report.title ?? '');
    if (!truth || report.outcome !== 'complete') continue;
    complete++;
    byTitle.delete(report.title ?? '');
    const record = truth.site.record(truth.post);
    const facts = new Map(
      report.tables.flatMap((table) =>
        table.facts.map((fact) => [cellKey(fact.table, fact.row, fact.column), fact]),
      ),
    );
    for (const table of ['t2', 't3', 't4'] as const)
      for (const [key, value] of numbersOf(record, table)) {
        cells++;
        if (facts.get(key)?.value !== value && wrong++ < 10)
          say(`${report.title} ${key}: printed ${value}, read ${facts.get(key)?.value}`);
      }
  }
  say(
    `${complete} complete reports, ${cells} cells with whole numbers, ${wrong} read otherwise; ${byTitle.size} reports not in the dataset`,
  );
  for (const title of [...byTitle.keys()].slice(0, 5)) say(`not in the dataset: ${title}`);
}
