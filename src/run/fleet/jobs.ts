import { hostname } from 'node:os';
import { fromKysely, type JobWithMetadata, PgBoss } from 'pg-boss';
import type { CrawledReport } from '../../crawl/crawled.ts';
import type { Session } from '../../dataset/dialect.ts';
import type { SqlStore } from '../../dataset/sql-store.ts';

/** One pass over one portal. */
export interface CrawlJob {
  readonly portal: string;
  /** portals.yaml with this portal alone, as JSON: a worker needs no file of its own. */
  readonly configuration: string;
  /** Identifies the run in the crawl state. */
  readonly run: string;
  /** Put the next pass into the queue when this one is over, as the portal's calendar has it. */
  readonly repeat: boolean;
  readonly year?: number;
  readonly since?: string;
  readonly max?: number;
}

/** A report of a crawl with all its copies, or one file given by path. Paths are relative to the shared archive. */
export type ReadJob =
  | { readonly again?: true; readonly report: CrawledReport }
  | {
      /** Read it even if it is stored already: that nothing could read it. */
      readonly again?: true;
      readonly document: {
        readonly name: string;
        readonly path: string;
        readonly sha256: string;
        readonly size: number;
        readonly mtime: number;
      };
    };

/** Rules over years and bodies for everything that was stored since they were last run. */
export type RecheckJob = Record<string, never>;

export interface JobData {
  crawl: CrawlJob;
  read: ReadJob;
  recheck: RecheckJob;
}

export type JobKind = keyof JobData;
export type FleetJob<K extends JobKind = JobKind> = JobWithMetadata<JobData[K]>;
/** A job that was given up: what it was, and what it came to the last time. */
export type ParkedJob = JobWithMetadata<JobData[JobKind]>;

/** The job was taken from this worker, which was not heard of for too long: whatever it did for it must not be stored. */
export class ClaimLostError extends Error {
  override readonly name = 'ClaimLostError';
}

export const PARKED = 'parked';

const DAY = 86_400;

interface QueueSettings {
  readonly policy: string;
  readonly retryLimit: number;
  readonly expireInSeconds: number;
}

/**
 * A portal, a report: queued or worked on once at a time (the key of the job). The rules: one worker at a time, and one
 * more job for what comes meanwhile. A crawl goes on where it stopped, so it may be taken over often; a document that
 * takes a worker down again and again is set aside.
 */
const QUEUES: Readonly<Record<JobKind, QueueSettings>> = {
  crawl: { policy: 'exclusive', retryLimit: 50, expireInSeconds: DAY - 60 },
  read: { policy: 'exclusive', retryLimit: 11, expireInSeconds: 3600 },
  recheck: { policy: 'stately', retryLimit: 1000, expireInSeconds: DAY - 60 },
};

export const JOB_KINDS = Object.keys(QUEUES) as JobKind[];

export interface JobsOptions {
  /** Seconds without a sign of life after which a worker's jobs go to others. At least 10. */
  readonly heartbeatSeconds?: number;
  /** Name of this worker in the registry of the fleet; null for who only looks or enqueues. */
  readonly worker?: string | null;
  readonly onError?: (error: Error) => void;
}

/** The queues of a fleet: pg-boss over the database of the store. */
export class Jobs {
  readonly boss: PgBoss;
  readonly heartbeatSeconds: number;

  private constructor(boss: PgBoss, heartbeatSeconds: number) {
    this.boss = boss;
    this.heartbeatSeconds = heartbeatSeconds;
  }

  /** `address`: as given to `openStore`, password included. Makes or upgrades the queues. */
  static async open(address: string, schema: string, options: JobsOptions = {}): Promise<Jobs> {
    const heartbeatSeconds = options.heartbeatSeconds ?? 20;
    const working = typeof options.worker === 'string';
    const boss = new PgBoss({
      connectionString: address,
      schema,
      application_name: working ? `gongkai ${options.worker}` : 'gongkai',
      max: 4,
      schedule: false,
      supervise: working,
      // Together with the heartbeat the time until another worker takes over: well within a minute.
      superviseIntervalSeconds: Math.max(1, Math.round(heartbeatSeconds / 4)),
      monitorIntervalSeconds: Math.max(1, Math.round(heartbeatSeconds / 4)),
      registerInstance: working,
      instanceHeartbeatSeconds: Math.max(1, Math.round(heartbeatSeconds / 2)),
      ...(working ? { instanceName: options.worker as string } : {}),
    });
    boss.on('error', (error) => options.onError?.(error));
    await boss.start();
    // Longer pauses between attempts ride out a folder or a database that is away; short enough to take over in a minute.
    const retry = { retryDelay: 1, retryBackoff: true, retryDelayMax: 10 };
    const common = { heartbeatSeconds, ...retry, retentionSeconds: 400 * DAY };
    await boss.createQueue(PARKED, {
      policy: 'standard',
      retryLimit: 100,
      retentionSeconds: 3650 * DAY,
      deleteAfterSeconds: 0,
    });
    for (const kind of JOB_KINDS) {
      const { policy, ...settings } = QUEUES[kind];
      const deadLetter = kind === 'recheck' ? {} : { deadLetter: PARKED };
      await boss.createQueue(kind, { policy, ...common, ...settings, ...deadLetter });
      await boss.updateQueue(kind, { ...common, ...settings });
    }
    return new Jobs(boss, heartbeatSeconds);
  }

  /** False when a job with this key is queued or worked on already. */
  async send<K extends JobKind>(
    kind: K,
    data: JobData[K],
    options: { readonly key?: string; readonly inSeconds?: number; readonly session?: Session } = {},
  ): Promise<boolean> {
    const id = await this.boss.send(kind, data, {
      ...(options.key === undefined ? {} : { singletonKey: options.key }),
      ...(options.inSeconds === undefined ? {} : { startAfter: Math.ceil(options.inSeconds) }),
      ...(options.session ? { db: fromKysely(options.session.query) } : {}),
    });
    return id !== null;
  }

  async fetch<K extends JobKind>(kind: K, most: number): Promise<FleetJob<K>[]> {
    return (await this.boss.fetch(kind, { batchSize: most, includeMetadata: true })) as FleetJob<K>[];
  }

  async fetchParked(): Promise<ParkedJob[]> {
    return (await this.boss.fetch(PARKED, { includeMetadata: true })) as ParkedJob[];
  }

  /**
   * Completes the job inside the transaction that `store` is. Throws `ClaimLostError`, which undoes the transaction,
   * when the job is no longer this worker's.
   */
  async complete(
    job: JobWithMetadata<unknown>,
    store: SqlStore,
    output: object | null = null,
  ): Promise<void> {
    await store.database.write(async (session) => {
      const done = (await this.boss.complete(job.name, attempt(job), output, {
        db: fromKysely(session.query),
      })) as Settled;
      if (done.affected !== 1)
        throw new ClaimLostError(`the ${job.name} job ${job.id} was given to another worker`);
    });
  }

  /** Another attempt later, or, after the last one, set aside. */
  async fail(job: JobWithMetadata<unknown>, error: unknown): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    await this.boss.fail(job.name, attempt(job), { message });
  }

  /** Signs of life for these jobs; returns those that are no longer this worker's. */
  async alive(jobs: readonly JobWithMetadata<unknown>[]): Promise<JobWithMetadata<unknown>[]> {
    const lost: JobWithMetadata<unknown>[] = [];
    for (const [name, group] of Map.groupBy(jobs, (job) => job.name)) {
      const { settled } = (await this.boss.touch(name, group.map(attempt))) as Settled;
      const held = new Set(settled);
      lost.push(...group.filter((job) => !held.has(job.id)));
    }
    return lost;
  }

  async close(): Promise<void> {
    await this.boss.stop({ graceful: false, close: true });
  }
}

/** What pg-boss answers, beyond its types. */
interface Settled {
  readonly affected: number;
  readonly settled: readonly string[];
}

function attempt(job: JobWithMetadata<unknown>): { id: string; retryCount: number } {
  return { id: job.id, retryCount: job.retryCount };
}

/** Unique over the fleet and over restarts. */
export function workerName(): string {
  return `${hostname()}:${process.pid}`;
}
