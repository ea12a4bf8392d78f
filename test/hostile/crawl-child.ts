import path from 'node:path';
import { EMPTY_REGISTER } from '../../src/agencies/register.ts';
import { Archive } from '../../src/crawl/archive/store.ts';
import { parsePortals } from '../../src/crawl/config/load.ts';
import { crawlPortals } from '../../src/crawl/crawl.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import { readCrawled } from '../../src/run/crawling.ts';
import { finishRun } from '../../src/run/extraction.ts';
import { withOutputLock } from '../../src/run/lock.ts';
import { DEFAULT_PARSE_LIMITS } from '../../src/run/parsing/limits.ts';
import { surroundings } from '../crawl/one-portal.ts';
import { TestClock } from '../crawl/test-clock.ts';

/**
 * What `gongkai crawl` does, without waiting between requests and in a process that can be killed:
 * `output port configuration start run`.
 */
const [output, port, configuration, start, run] = process.argv.slice(2);
if (!output || !configuration || !start || !run) throw new Error('five arguments are expected');
const clock = new TestClock(start);
const config = parsePortals(configuration);
await withOutputLock(output, 'crawl', async () => {
  const store = await openStore(path.join(output, 'gongkai.sqlite'));
  const reader = readCrawled(store, {
    register: EMPTY_REGISTER,
    processes: 1,
    limits: DEFAULT_PARSE_LIMITS,
  });
  const pass = crawlPortals(
    config,
    {
      state: store.crawl,
      archive: new Archive(path.join(output, 'archive')),
      ...surroundings(config, clock, port, () => process.stdout.write('step\n')),
    },
    { run },
  );
  for await (const report of pass) await reader.take(report);
  await reader.finish();
  process.stdout.write('step\n');
  await finishRun(store, { register: EMPTY_REGISTER, output });
  process.stdout.write('step\n');
  await store.close();
});
process.stdout.write('done\n');
