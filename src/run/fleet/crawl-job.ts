import type { Register } from '../../agencies/register.ts';
import { type Clock, iso } from '../../crawl/clock.ts';
import type { PortalConfig } from '../../crawl/config/config.ts';
import { parsePortals } from '../../crawl/config/load.ts';
import { untilOpen } from '../../crawl/config/window.ts';
import { crawlPortals } from '../../crawl/crawl.ts';
import type { CrawledReport, RunSummary } from '../../crawl/crawled.ts';
import type { CrawlDeps } from '../../crawl/deps.ts';
import { nextStart } from '../../crawl/schedule.ts';
import { crawlDeps } from '../crawling.ts';
import type { FleetDatabase } from './database.ts';
import { type HostLeases, HostsBusyError } from './host-leases.ts';
import type { FleetJob, Jobs } from './jobs.ts';
import { LeasedHostGroups } from './leased-host-groups.ts';

/** Seconds until a crawl whose hosts another worker has is tried again. */
const WHEN_BUSY = 5;

export interface Crawling {
  readonly fleet: FleetDatabase;
  readonly jobs: Jobs;
  readonly leases: HostLeases;
  readonly output: string;
  readonly register: Register;
  readonly worker: string;
  readonly clock: Clock;
  readonly network?: CrawlDeps['network'];
  readonly onLeased?: (portal: string) => void;
  readonly onProgress?: CrawlDeps['onProgress'];
  readonly onCrawled?: (summary: RunSummary) => Promise<void> | void;
}

/**
 * One pass over one portal, under leases on its hosts. Each report that comes is a job of its own at once. A crawl that
 * must wait, for its hours or for a host that another worker has, goes back into the queue rather than keep a worker.
 */
export async function crawlOne(
  crawling: Crawling,
  job: FleetJob<'crawl'>,
  signal: AbortSignal,
): Promise<void> {
  const { fleet, leases, worker, clock } = crawling;
  const [portal] = parsePortals(job.data.configuration).portals;
  if (!portal) throw new Error('the job names no portal');
  const closed = untilOpen(portal.politeness.window, clock.now(), portal.timezone);
  if (closed > 0) return await again(crawling, job, closed / 1000);

  let groups: LeasedHostGroups;
  const owner = `${worker} ${job.id} ${job.retryCount}`;
  try {
    groups = await LeasedHostGroups.take(leases, owner, { worker, portal: portal.id }, portal, clock);
  } catch (error) {
    if (error instanceof HostsBusyError) return await again(crawling, job, WHEN_BUSY);
    throw error;
  }
  crawling.onLeased?.(portal.id);
  const run = await fleet.store.beginRun('crawl', iso(clock.now()));
  let summary: RunSummary;
  try {
    summary = await pass(crawling, job, portal, groups, AbortSignal.any([signal, groups.lost]));
    groups.lost.throwIfAborted();
  } catch (error) {
    await fleet.store.endRun(run, iso(clock.now()), { portal: portal.id, stopped: String(error) });
    // Another worker has a machine that this portal turned out to share.
    if (error instanceof HostsBusyError) return await again(crawling, job, WHEN_BUSY);
    throw error;
  } finally {
    await groups.close();
  }
  await fleet.store.endRun(run, iso(clock.now()), { ...summary });
  if (signal.aborted) return await again(crawling, job, 0);
  const skipped = summary.portals[0]?.outcome === 'skipped';
  if (skipped) return await again(crawling, job, 60);
  await finish(crawling, job, portal, summary);
  await crawling.onCrawled?.(summary);
}

async function pass(
  crawling: Crawling,
  job: FleetJob<'crawl'>,
  portal: PortalConfig,
  groups: LeasedHostGroups,
  signal: AbortSignal,
): Promise<RunSummary> {
  const { fleet, output, register, clock, network, onProgress } = crawling;
  const { year, since, max } = job.data;
  const crawl = crawlPortals(
    parsePortals(job.data.configuration),
    {
      ...crawlDeps(fleet.store, output, register, {
        signal,
        clock,
        ...(network ? { network } : {}),
        ...(onProgress ? { onProgress } : {}),
      }),
      groups,
      owner: `fleet:${job.id}:${job.retryCount}`,
      // The queue gives a portal to one worker at a time: the lock of another is that of one that lost it.
      isDead: (holder) => holder.startsWith('fleet:'),
    },
    {
      run: job.data.run,
      portals: [portal.id],
      outsideWindow: 'skip',
      ...(year === undefined ? {} : { year }),
      ...(since === undefined ? {} : { since }),
      ...(max === undefined ? {} : { max }),
    },
  );
  for (;;) {
    const step = await crawl.next();
    if (step.done) return step.value;
    await handOn(crawling.jobs, step.value);
  }
}

/**
 * A report whose job is lost between the crawl state and the queue is not lost: it stays `untaken` in the crawl state,
 * and the next pass hands it on. One that is in the queue already is not queued twice.
 */
async function handOn(jobs: Jobs, report: CrawledReport): Promise<void> {
  const { portal, url, version } = report;
  await jobs.send(
    'read',
    { report: { ...report, documents: report.documents.map((d) => ({ ...d, file: '' })) } },
    { key: `${portal} ${version} ${url}` },
  );
}

/** Back into the queue, as a new job: waiting is no failed attempt. */
async function again(crawling: Crawling, job: FleetJob<'crawl'>, inSeconds: number): Promise<void> {
  await crawling.jobs.again(job, job.data, inSeconds, crawling.fleet.store);
}

async function finish(
  crawling: Crawling,
  job: FleetJob<'crawl'>,
  portal: PortalConfig,
  summary: RunSummary,
): Promise<void> {
  const { fleet, clock } = crawling;
  const [own] = summary.portals;
  const unfinished = (own?.left ?? 0) > 0 && /window_closed/.test(own?.reason ?? '');
  if (!job.data.repeat && !unfinished) {
    await fleet.store.transaction((inside) => crawling.jobs.complete(job, inside, { outcome: own?.outcome }));
    return;
  }
  const at = await nextStart(portal, fleet.store.crawl, clock.now());
  const run = iso(at).replace(/[:.]/g, '-');
  const { failures: _, ...data } = job.data;
  await crawling.jobs.again(
    job,
    { ...data, run: `${run}-${portal.id}` },
    Math.max(0, at - clock.now()) / 1000,
    fleet.store,
  );
}
