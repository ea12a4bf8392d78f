import { randomUUID } from 'node:crypto';
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

/** How often a living worker has seen a job fail. Deaths of workers are counted apart, by the queue. */
interface Tried {
  readonly failures?: number;
}

export interface JobData {
  crawl: CrawlJob & Tried;
  read: ReadJob & Tried;
  recheck: RecheckJob & Tried;
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

/** What stands in the queue as the end of an attempt whose worker was not heard of any more. */
export const WORKER_DIED = 'the worker died';

const DAY = 86_400;

interface QueueSettings {
  readonly policy: string;
  /** Failures that a living worker has seen until a job is set aside. */
  readonly failures: number;
  /** Deaths of workers that a job outlives. */
  readonly retryLimit: number;
  readonly expireInSeconds: number;
}

/**
 * A portal, a report: queued or worked on once at a time (the key of the job). The rules: one worker at a time, and one
 * more job for what comes meanwhile.
 *
 * A document is blamed for what somebody has seen: its parser process died twice (then it is stored as `crashed`), or
 * a living worker failed on it. That a worker died with it in hand says nothing of the document, since whatever kills
 * workers kills them with something in hand; it is tried again at once, and set aside only after so many deaths that
 * otherwise nothing would ever stop them.
 */
const QUEUES: Readonly<Record<JobKind, QueueSettings>> = {
  crawl: { policy: 'exclusive', failures: 50, retryLimit: 1000, expireInSeconds: DAY - 60 },
  read: { policy: 'exclusive', failures: 5, retryLimit: 50, expireInSeconds: 3600 },
  recheck: {
    policy: 'stately',
    failures: Number.POSITIVE_INFINITY,
    retryLimit: 1000,
    expireInSeconds: DAY - 60,
  },
};

/** Seconds until the next attempt after so many failures. */
function pauseAfter(failures: number): number {
  return Math.min(60, 2 ** failures);
}

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
  readonly #schema: string;

  private constructor(boss: PgBoss, schema: string, heartbeatSeconds: number) {
    this.boss = boss;
    this.#schema = schema;
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
      // Tidying and statistics, which walk through the queues. What dead workers held is found by `reclaim`.
      superviseIntervalSeconds: 30,
      monitorIntervalSeconds: 30,
      registerInstance: working,
      instanceHeartbeatSeconds: Math.max(1, Math.round(heartbeatSeconds / 2)),
      ...(working ? { instanceName: options.worker as string } : {}),
    });
    boss.on('error', (error) => options.onError?.(error));
    await boss.start();
    // After a death at once; pauses after failures are in `fail`.
    const retry = { retryDelay: 0, retryBackoff: false };
    const common = { heartbeatSeconds, ...retry, retentionSeconds: 400 * DAY };
    await boss.createQueue(PARKED, {
      policy: 'standard',
      retryLimit: 100,
      retentionSeconds: 3650 * DAY,
      deleteAfterSeconds: 0,
    });
    for (const kind of JOB_KINDS) {
      const { policy, retryLimit, expireInSeconds } = QUEUES[kind];
      const settings = { retryLimit, expireInSeconds };
      const deadLetter = kind === 'recheck' ? {} : { deadLetter: PARKED };
      await boss.createQueue(kind, { policy, ...common, ...settings, ...deadLetter });
      await boss.updateQueue(kind, { ...common, ...settings });
    }
    return new Jobs(boss, schema, heartbeatSeconds);
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
      if (done.affected !== 1) throw lost(job);
    });
  }

  /**
   * A living worker failed: another attempt later, or, after the last one, set aside. Throws `ClaimLostError` when the
   * job is no longer this worker's.
   */
  async fail(job: JobWithMetadata<unknown>, error: unknown, store: SqlStore): Promise<void> {
    const kind = job.name as JobKind;
    const message = error instanceof Error ? error.message : String(error);
    const data = job.data as JobData[JobKind];
    const failures = (data.failures ?? 0) + 1;
    if (failures < QUEUES[kind].failures) {
      await this.again(job, { ...data, failures } as JobData[JobKind], pauseAfter(failures), store, message);
      return;
    }
    await store.transaction(async (inside) => {
      await inside.database.write(async (session) => {
        // The last attempt, whatever the queue would allow.
        await session.arrays(
          `update ${this.#schema}.job set retry_limit = retry_count where name = ? and id = ?::uuid and state = 'active'`,
          [job.name, job.id],
        );
        const done = (await this.boss.fail(
          job.name,
          attempt(job),
          { message, failures },
          { db: fromKysely(session.query) },
        )) as Settled;
        if (done.affected !== 1) throw lost(job);
      });
    });
  }

  /** Back into the queue, as a new job with its deaths forgotten. Throws `ClaimLostError` like `complete`. */
  async again<K extends JobKind>(
    job: JobWithMetadata<unknown>,
    data: JobData[K],
    inSeconds: number,
    store: SqlStore,
    reason: string | null = null,
  ): Promise<void> {
    await store.transaction(async (inside) => {
      await this.complete(job, inside, { again: true, reason });
      await inside.database.write((session) =>
        this.send(job.name as K, data, {
          ...(job.singletonKey ? { key: job.singletonKey } : {}),
          inSeconds,
          session,
        }),
      );
    });
  }

  /**
   * Gives the jobs of workers that were not heard of for the heartbeat to others, at once. Every worker looks itself,
   * so that nothing is waited for but the heartbeat. Returns how many.
   */
  async reclaim(store: SqlStore): Promise<number> {
    const rows = await store.database.read((session) =>
      session.arrays(
        `select name, id::text, retry_count from ${this.#schema}.job
         where name in (${[...JOB_KINDS, PARKED].map((kind) => `'${kind}'`).join(',')}) and state = 'active'
           and heartbeat_on + heartbeat_seconds * interval '1 second' < clock_timestamp()`,
        [],
      ),
    );
    for (const [name, gone] of Map.groupBy(rows, ([name]) => String(name)))
      await this.boss.fail(
        name,
        gone.map(([, id, retryCount]) => ({ id: String(id), retryCount: Number(retryCount) })),
        { message: WORKER_DIED },
      );
    return rows.length;
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

function lost(job: JobWithMetadata<unknown>): ClaimLostError {
  return new ClaimLostError(`the ${job.name} job ${job.id} was given to another worker`);
}

/** Unique over the fleet and over restarts: a container that starts again has the name and number of the one before. */
export function workerName(): string {
  return `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
}
