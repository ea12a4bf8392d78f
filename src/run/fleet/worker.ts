import PQueue from 'p-queue';
import type { Register } from '../../agencies/register.ts';
import { type Clock, systemClock } from '../../crawl/clock.ts';
import type { RunSummary } from '../../crawl/crawled.ts';
import type { CrawlDeps } from '../../crawl/deps.ts';
import type { Store } from '../../dataset/store.ts';
import type { ParseLimits } from '../parsing/limits.ts';
import { ParserPool } from '../parsing/pool.ts';
import { crawlOne } from './crawl-job.ts';
import { type FleetDatabase, fleetDatabase } from './database.ts';
import { HostLeases } from './host-leases.ts';
import { ClaimLostError, type FleetJob, JOB_KINDS, type JobKind, Jobs, PARKED, workerName } from './jobs.ts';
import { parkOne, readOne } from './read-job.ts';
import { recheckAll } from './recheck-job.ts';
import { SharedFolder } from './shared-folder.ts';

export interface WorkerOptions {
  /** Address of the store as given, password included: the queues have connections of their own. */
  readonly address: string;
  /** The shared folder; originals lie in its `archive/`. */
  readonly output: string;
  readonly register: Register;
  /** Parser processes. */
  readonly processes: number;
  /** Portals crawled at the same time. Default 6. */
  readonly portals?: number;
  readonly limits: ParseLimits;
  /** Aborted: nothing new is begun, what is being read is finished, and crawls go back into the queue. */
  readonly signal: AbortSignal;
  /** Ends by itself when nothing is left that is due within a minute. */
  readonly untilIdle?: boolean;
  readonly heartbeatSeconds?: number;
  /** How often an idle worker looks for work. Default 1000. */
  readonly pollMs?: number;
  readonly clock?: Clock;
  readonly network?: CrawlDeps['network'];
  readonly onProgress?: CrawlDeps['onProgress'];
  readonly onCrawled?: (summary: RunSummary) => Promise<void> | void;
  readonly onEvent?: (event: WorkerEvent) => void;
}

export type WorkerEvent =
  | { readonly kind: 'started'; readonly worker: string }
  | { readonly kind: 'begun' | 'done'; readonly job: JobKind; readonly about: string }
  /** The hosts of a portal are this worker's from now on. */
  | { readonly kind: 'leased'; readonly about: string }
  | {
      readonly kind: 'failed' | 'lost';
      readonly job: string;
      readonly about: string;
      readonly reason: string;
    }
  | { readonly kind: 'parked'; readonly about: string }
  | { readonly kind: 'trouble'; readonly reason: string };

interface InHand {
  readonly job: FleetJob;
  readonly stop: AbortController;
}

/** Seconds until a job is tried again that the shared folder was away for. */
const WHEN_AWAY = 5;

/** While documents keep coming, the rules run this often: once for all that came, rather than after each. */
const CHECK_EVERY_SECONDS = 30;

/** One worker of a fleet. Returns when it was told to stop and has put down what it held. */
export async function runWorker(store: Store, options: WorkerOptions): Promise<void> {
  const worker = workerName();
  const said = new Map<string, number>();
  /** What goes on for minutes is said once a minute rather than at every look. */
  const say = (event: WorkerEvent): void => {
    if (event.kind === 'trouble') {
      const last = said.get(event.reason);
      if (last !== undefined && Date.now() - last < 60_000) return;
      if (said.size > 100) said.clear();
      said.set(event.reason, Date.now());
    }
    options.onEvent?.(event);
  };
  const fleet = await fleetDatabase(store, true);
  const folder = await SharedFolder.open(fleet, options.output);
  const { archive } = folder;
  const jobs = await Jobs.open(options.address, fleet.jobSchema, {
    worker,
    ...(options.heartbeatSeconds === undefined ? {} : { heartbeatSeconds: options.heartbeatSeconds }),
    onError: (error) => say({ kind: 'trouble', reason: error.message }),
  });
  const pool = new ParserPool(options.processes, options.limits);
  const leases = new HostLeases(fleet.store.database, Math.min(20_000, jobs.heartbeatSeconds * 1000));
  const hand = new Set<InHand>();
  const stopped = new AbortController();
  const stopping = AbortSignal.any([options.signal, stopped.signal]);
  const common = { fleet, jobs, register: options.register };
  const crawling = {
    ...common,
    leases,
    output: options.output,
    worker,
    clock: options.clock ?? systemClock,
    onLeased: (portal: string) => say({ kind: 'leased', about: portal }),
    ...(options.network ? { network: options.network } : {}),
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    ...(options.onCrawled ? { onCrawled: options.onCrawled } : {}),
  };
  const saving = new PQueue({ concurrency: 2 });
  const reading = { ...common, archive, pool, saving, processes: options.processes, limits: options.limits };

  const work: { [K in JobKind]: (job: FleetJob<K>, lost: AbortSignal) => Promise<void> } = {
    crawl: (job, lost) => crawlOne(crawling, job, AbortSignal.any([lost, stopping])),
    read: (job, lost) => readOne(reading, job, lost),
    recheck: (job, lost) => recheckAll(fleet, jobs, options.register, job, AbortSignal.any([lost, stopping])),
  };
  const perform = async (kind: JobKind, job: FleetJob): Promise<void> => {
    const about = describe(kind, job);
    const mine: InHand = { job, stop: new AbortController() };
    hand.add(mine);
    say({ kind: 'begun', job: kind, about });
    try {
      await (work[kind] as (job: FleetJob, lost: AbortSignal) => Promise<void>)(job, mine.stop.signal);
      say({ kind: 'done', job: kind, about });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof ClaimLostError || mine.stop.signal.aborted)
        say({ kind: 'lost', job: kind, about, reason });
      else {
        if (!options.signal.aborted) say({ kind: 'failed', job: kind, about, reason });
        await putBack(job, error).catch(() => {});
      }
    } finally {
      hand.delete(mine);
    }
  };

  /** What failed because the shared folder is away is no failure of the job. */
  const putBack = async (job: FleetJob, error: unknown): Promise<void> => {
    if (await folder.isThere()) await jobs.fail(job, error, fleet.store);
    else await jobs.again(job, job.data, WHEN_AWAY, fleet.store, 'the shared folder was away');
  };

  const pollMs = options.pollMs ?? 1000;
  let away = false;
  /** Nothing is taken up while the shared folder is away. */
  const folderIsThere = async (): Promise<boolean> => {
    const there = await folder.isThere();
    if (!there && !away)
      say({ kind: 'trouble', reason: `the shared folder is away: ${archive.folder}; waiting for it` });
    away = !there;
    return there;
  };
  /** A queue that is served until the worker stops. A database that is away for a while is waited for. */
  const serve = async (kind: JobKind, most: number): Promise<void> => {
    const running = new Set<Promise<void>>();
    while (!stopping.aborted) {
      const room = most - running.size;
      let fetched: FleetJob[] = [];
      try {
        if (room > 0 && (kind === 'recheck' || (await folderIsThere())))
          fetched = await jobs.fetch(kind, room);
      } catch (error) {
        say({ kind: 'trouble', reason: error instanceof Error ? error.message : String(error) });
      }
      for (const job of fetched) {
        const task: Promise<void> = perform(kind, job).finally(() => running.delete(task));
        running.add(task);
      }
      if (running.size >= most) await Promise.race(running);
      else if (fetched.length === 0) await rest(pollMs, stopping, running);
    }
    await Promise.all(running);
  };
  const park = async (): Promise<void> => {
    for (const job of await jobs.fetchParked()) {
      say({ kind: 'parked', about: describe(job.sourceName ?? 'job', job) });
      await parkOne({ fleet, jobs, archive, register: options.register }, job);
    }
  };
  /** What follows from the state of the store rather than from a job, so that no death of a worker can lose it. */
  const tend = async (): Promise<void> => {
    while (!stopping.aborted) {
      try {
        await park();
        if ((await store.uncheckedAgencies()).length > 0) {
          if (await isTimeToCheck(fleet)) await jobs.send('recheck', {});
        } else if (options.untilIdle && hand.size === 0 && (await isIdle(fleet))) stopped.abort();
      } catch (error) {
        say({ kind: 'trouble', reason: error instanceof Error ? error.message : String(error) });
      }
      await rest(Math.max(pollMs, options.untilIdle ? 500 : 5000), stopping);
    }
  };
  /** Apart from everything else that may have to wait for something. */
  const takeOver = async (): Promise<void> => {
    while (!stopping.aborted) {
      try {
        await jobs.reclaim(fleet.store);
      } catch (error) {
        say({ kind: 'trouble', reason: error instanceof Error ? error.message : String(error) });
      }
      await rest(Math.max(pollMs, 2500), stopping);
    }
  };
  const beat = setInterval(
    () => {
      const held = [...hand];
      if (held.length === 0) return;
      jobs.alive(held.map(({ job }) => job)).then(
        (lost) => {
          for (const { job, stop } of held)
            if (lost.includes(job) && hand.size > 0)
              stop.abort(new ClaimLostError('the job was given to another worker'));
        },
        (error: unknown) => say({ kind: 'trouble', reason: String(error) }),
      );
    },
    (jobs.heartbeatSeconds * 1000) / 4,
  );
  say({ kind: 'started', worker });
  try {
    await Promise.all([
      serve('crawl', options.portals ?? 6),
      serve('read', options.processes + 1),
      serve('recheck', 1),
      tend(),
      takeOver(),
    ]);
  } finally {
    clearInterval(beat);
    await pool.close();
    await jobs.close();
  }
}

/** Nothing that is due within a minute is queued or worked on anywhere. */
async function isIdle({ store, jobSchema }: FleetDatabase): Promise<boolean> {
  const kinds = [...JOB_KINDS, PARKED].map((kind) => `'${kind}'`).join(',');
  const [row] = await store.database.read((session) =>
    session.arrays(
      `select exists (select 1 from ${jobSchema}.job where name in (${kinds})
         and (state = 'active'
           or (state in ('created', 'retry') and start_after < now() + interval '1 minute')))::integer as busy`,
      [],
    ),
  );
  return row?.[0] === 0;
}

/** Nobody is bringing anything, or the rules have not run for a while. */
async function isTimeToCheck({ store, jobSchema }: FleetDatabase): Promise<boolean> {
  const [row] = await store.database.read((session) =>
    session.arrays(
      `select
         exists (select 1 from ${jobSchema}.job
           where (name in ('read', 'crawl') and state = 'active')
              or (name = 'read' and state in ('created', 'retry') and start_after <= now()))::integer as busy,
         exists (select 1 from ${jobSchema}.job
           where name = 'recheck' and completed_on > now() - ?::integer * interval '1 second')::integer as lately`,
      [CHECK_EVERY_SECONDS],
    ),
  );
  return row?.[0] === 0 || row?.[1] === 0;
}

async function rest(
  ms: number,
  signal: AbortSignal,
  running: ReadonlySet<Promise<void>> = new Set(),
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let wake = () => {};
  const pause = new Promise<void>((resolve) => {
    wake = resolve;
    timer = setTimeout(resolve, ms);
    if (signal.aborted) resolve();
    signal.addEventListener('abort', wake, { once: true });
  });
  await Promise.race([pause, ...running]);
  clearTimeout(timer);
  signal.removeEventListener('abort', wake);
}

/** What a job is about, for a log. */
export function describe(kind: string, job: { readonly data: unknown }): string {
  const data = job.data as {
    portal?: string;
    report?: { title: string; address: string };
    document?: { name: string };
  };
  if (data.report) return `${data.report.title} ${data.report.address}`;
  return data.document?.name ?? data.portal ?? kind;
}
