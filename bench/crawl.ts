import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Archive } from '../src/crawl/archive/store.ts';
import { parsePortals } from '../src/crawl/config/load.ts';
import { crawlPortals } from '../src/crawl/crawl.ts';
import { openStore } from '../src/dataset/open-store.ts';
import { impolite } from '../test/crawl/field.ts';
import { TestClock } from '../test/crawl/test-clock.ts';
import { startReplica } from '../test/replicas/server.ts';
import type { SiteFamily } from '../test/replicas/site.ts';

/**
 * A crawl of many replica portals under a test clock, into an SQLite store:
 * `node --expose-gc bench/crawl.ts [portals 20] [bodies of each 100] [years 7]`. Says what was found, whether the servers
 * saw anything impolite, how much memory is held as it goes on, and how long the nights were.
 */
const [portals = 20, bodies = 100, years = 7] = process.argv.slice(2).map(Number);
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
    await store.crawl.commit({ taken: [{ portal, url, n }] });
    if (++reports % 1000 === 0) {
      globalThis.gc?.();
      const { heapUsed, rss } = process.memoryUsage();
      say(
        `${reports} reports, heap ${Math.round(heapUsed / 1e6)} MB, resident ${Math.round(rss / 1e6)} MB, ${Math.round((performance.now() - began) / 1000)} s`,
      );
    }
    step = await crawl.next();
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
await store.close();
await replica.close();
rmSync(folder, { recursive: true, force: true });
