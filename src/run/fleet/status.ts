import { type FleetDatabase, hasFleet } from './database.ts';
import { type HostLease, HostLeases } from './host-leases.ts';
import type { JobData, ReadJob } from './jobs.ts';
import { JOB_KINDS, type JobKind, type Jobs, PARKED, type ParkedJob } from './jobs.ts';
import { attemptsOf, lastError } from './read-job.ts';
import { describe } from './worker.ts';

export interface FleetStatus {
  readonly jobs: readonly {
    readonly kind: JobKind;
    /** Due now. */
    readonly waiting: number;
    /** Due later: a portal outside its hours, the next run of a calendar. */
    readonly later: number;
    readonly active: number;
    /** Of the last seven days. */
    readonly done: number;
  }[];
  readonly workers: readonly {
    readonly name: string;
    readonly alive: boolean;
    readonly startedAt: string;
    readonly seenAt: string;
  }[];
  readonly leases: readonly HostLease[];
  readonly parked: readonly Parked[];
}

export interface Parked {
  readonly id: string;
  readonly kind: string;
  readonly about: string;
  readonly attempts: number;
  readonly reason: string;
  readonly at: string;
}

/** Workers that were stopped or died are shown for a day. */
const SHOWN_MS = 86_400_000;

export async function fleetStatus(fleet: FleetDatabase, jobs: Jobs): Promise<FleetStatus> {
  if (!(await hasFleet(fleet))) return { jobs: [], workers: [], leases: [], parked: [] };
  const counts = await fleet.store.database.read((session) =>
    session.arrays(
      `select name, state::text as state, start_after > now() as later, count(*)::integer as n
       from ${fleet.jobSchema}.job where output->>'again' is null group by 1, 2, 3`,
      [],
    ),
  );
  const count = (kind: JobKind, states: readonly string[], later: boolean | null) =>
    counts
      .filter(
        ([name, state, ahead]) =>
          name === kind &&
          states.includes(String(state)) &&
          (later === null || (ahead as unknown as boolean) === later),
      )
      .reduce((sum, row) => sum + Number(row[3]), 0);
  const instances = await jobs.boss.getInstances();
  const leases = await new HostLeases(fleet.store.database).list();
  return {
    jobs: JOB_KINDS.map((kind) => ({
      kind,
      waiting: count(kind, ['created', 'retry'], false),
      later: count(kind, ['created', 'retry'], true),
      active: count(kind, ['active'], null),
      done: count(kind, ['completed'], null),
    })),
    workers: instances
      .filter((i) => i.live || Date.now() - i.heartbeatOn.getTime() < SHOWN_MS)
      .map((i) => ({
        name: i.name ?? `${i.host}:${i.pid}`,
        alive: i.live,
        startedAt: i.startedOn.toISOString(),
        seenAt: i.heartbeatOn.toISOString(),
      })),
    leases: leases.filter((lease) => lease.worker !== null),
    parked: (await parkedJobs(jobs)).map(parkedOf),
  };
}

async function parkedJobs(jobs: Jobs): Promise<ParkedJob[]> {
  return (await jobs.boss.findJobs(PARKED, { limit: 1000 })) as ParkedJob[];
}

function parkedOf(job: ParkedJob): Parked {
  return {
    id: job.id,
    kind: job.sourceName ?? 'job',
    about: describe(job.sourceName ?? 'job', job),
    attempts: attemptsOf(job),
    reason: lastError(job),
    at: job.createdOn.toISOString(),
  };
}

/** Puts what was set aside back into its queue, with all its attempts. Returns how many. */
export async function retryParked(jobs: Jobs, ids: readonly string[]): Promise<number> {
  let n = 0;
  for (const job of await parkedJobs(jobs)) {
    if (ids.length > 0 && !ids.some((id) => job.id.startsWith(id))) continue;
    if (job.sourceName === 'read') {
      const { failures: _, ...data } = job.data as JobData['read'];
      await jobs.send('read', { ...data, again: true } as ReadJob, {
        key: `again ${job.sourceId ?? job.id}`,
      });
    } else if (job.sourceName === 'crawl') {
      const { failures: _, ...data } = job.data as JobData['crawl'];
      await jobs.send('crawl', data, { key: data.portal });
    }
    await jobs.boss.deleteJob(PARKED, job.id);
    n++;
  }
  return n;
}
