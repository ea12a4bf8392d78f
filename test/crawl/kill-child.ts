import { Archive } from '../../src/crawl/archive/store.ts';
import { parsePortals } from '../../src/crawl/config/load.ts';
import { crawlPortals } from '../../src/crawl/crawl.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import { surroundings } from './one-portal.ts';
import { TestClock } from './test-clock.ts';

/**
 * A crawl in a process of its own, so that it can be killed: `store archive port configuration start run`. It says
 * `request` on standard output before each request, and `done` at the end.
 */
const [store, folder, port, configuration, start, run] = process.argv.slice(2);
if (!store || !folder || !configuration || !start || !run) throw new Error('six arguments are expected');
const clock = new TestClock(start);
const config = parsePortals(configuration);
const opened = await openStore(store);
const crawl = crawlPortals(
  config,
  {
    state: opened.crawl,
    archive: new Archive(folder),
    ...surroundings(config, clock, port, () => process.stdout.write('request\n')),
  },
  { run },
);
for await (const { portal, url, version } of crawl)
  await opened.crawl.commit({ taken: [{ portal, url, n: version }] });
await opened.close();
process.stdout.write('done\n');
