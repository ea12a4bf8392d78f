import { stat } from 'node:fs/promises';
import type PQueue from 'p-queue';
import type { Register } from '../../agencies/register.ts';
import type { Archive } from '../../crawl/archive/store.ts';
import type { StateChange } from '../../crawl/state.ts';
import { withMembers } from '../../dataset/reading-queries.ts';
import type { SaveItem, SourceProbe } from '../../dataset/store.ts';
import { EXTRACTOR_VERSION } from '../../extract/extract.ts';
import { arrivalsOf, documentNameOf, readCrawled } from '../crawling.ts';
import { type Arrival, ingest, readingOf } from '../ingest.ts';
import type { ParseLimits } from '../parsing/limits.ts';
import type { ParserPool } from '../parsing/pool.ts';
import { unreadReport } from '../unread.ts';
import { type FleetDatabase, whileSaving } from './database.ts';
import { type FleetJob, type Jobs, type ParkedJob, type ReadJob, WORKER_DIED } from './jobs.ts';

/** Readings of one job that are kept in memory; an archive with more is committed in parts, the job with the last. */
const MOST_HELD = 256;

export interface Reading {
  readonly fleet: FleetDatabase;
  readonly jobs: Jobs;
  readonly archive: Archive;
  readonly register: Register;
  readonly pool: ParserPool;
  /** Commits at the same time: fewer than there are connections, since they may have to wait for the rules. */
  readonly saving: PQueue;
  readonly processes: number;
  readonly limits: ParseLimits;
}

/**
 * Reads the documents of one job. Readings, facts, findings, the mark in the crawl state and the completion of the job
 * are one transaction: a worker that dies before it leaves nothing, and after it nothing is left to do.
 */
export async function readOne(reading: Reading, job: FleetJob<'read'>, signal: AbortSignal): Promise<void> {
  const { fleet, jobs, register, processes, limits, pool } = reading;
  const { store } = fleet;
  const files = 'report' in job.data ? job.data.report.documents : [job.data.document];
  await present(files, reading.archive);
  let held: SaveItem[] = [];
  const changes: StateChange[] = [];
  const replaced: (readonly [readonly string[], readonly string[]])[] = [];
  const commit = async (last: boolean): Promise<void> => {
    const items = held;
    held = [];
    if (signal.aborted) return;
    // A file that went away while it was read is no fault of the document.
    if (items.some(({ report }) => report.outcome === 'crashed')) await present(files, reading.archive);
    const save = () =>
      store.transaction(async (inside) => {
        await inside.database.write((session) => whileSaving(session, fleet));
        if (items.length > 0) await inside.saveBatch(items);
        if (!last) return;
        for (const [gone, present] of replaced) await inside.markReplaced(gone, present);
        for (const change of changes) await inside.crawl.commit(change);
        await jobs.complete(job, inside);
      });
    await reading.saving.add(save);
  };
  const collecting = {
    knownSources: job.data.again
      ? async (all: readonly SourceProbe[]) => all.map(() => 'outdated' as const)
      : store.knownSources,
    touchSources: (sources: Parameters<typeof store.touchSources>[0]) => store.touchSources(sources),
    transcriptions: store.transcriptions,
    saveBatch: async (items: readonly SaveItem[]) => {
      held.push(...items);
      if (held.length >= MOST_HELD) await commit(false);
      return items.map((item) => ({ document: item.source.document, change: 'new' as const }));
    },
    markReplaced: async (gone: Iterable<string>, present: Iterable<string>) => {
      replaced.push([[...gone], [...present]]);
    },
    crawl: {
      commit: async (change: StateChange) => {
        changes.push(change);
      },
    },
  };
  const options = { register, processes, limits, pool, signal, saveAtOnce: 1 };
  if ('report' in job.data) {
    const reader = readCrawled(store, { ...options, into: collecting });
    await reader.take(withFiles(job.data.report, reading.archive));
    await reader.finish();
  } else {
    await ingest(collecting, only(arrivalOf(job.data.document, reading.archive)), { ...options, lookUp: 1 });
  }
  await commit(true);
}

/**
 * What was given up is part of the dataset: each document that no attempt has read comes out as `crashed`, with the
 * reason. The job stays in its queue as the record of it.
 */
export async function parkOne(
  { fleet, jobs, archive, register }: Pick<Reading, 'fleet' | 'jobs' | 'archive' | 'register'>,
  job: ParkedJob,
): Promise<void> {
  const { store } = fleet;
  const reason = `set aside after ${attemptsOf(job)} attempts of the fleet: ${lastError(job)}`;
  const items: SaveItem[] = [];
  const changes: StateChange[] = [];
  const replaced: (readonly [readonly string[], readonly string[]])[] = [];
  if (job.sourceName === 'read') {
    const data = job.data as ReadJob;
    const crawled = 'report' in data ? withFiles(data.report, archive) : null;
    const documents = crawled
      ? arrivalsOf(crawled, register).read
      : 'document' in data
        ? [arrivalOf(data.document, archive)]
        : [];
    const verdicts = await store.knownSources(
      documents.map((d) => ({ ...d, sha256: d.sha256 ?? '', extractorVersion: EXTRACTOR_VERSION })),
    );
    for (const [i, d] of documents.entries()) {
      if (verdicts[i] === 'unchanged') continue;
      items.push(readingOf(d, d.sha256 ?? '', unreadReport(d.document, 'crashed', reason, d), register));
    }
    if (crawled) {
      const { portal, url, version: n } = crawled;
      changes.push({ taken: [{ portal, url, n }] });
      const name = (file: (typeof crawled.replaced)[number]) => documentNameOf(crawled, file);
      if (crawled.replaced.length > 0)
        replaced.push([await withMembers(store, crawled.replaced.map(name)), crawled.documents.map(name)]);
    }
  }
  await store.transaction(async (inside) => {
    await inside.database.write((session) => whileSaving(session, fleet));
    if (items.length > 0) await inside.saveBatch(items);
    for (const [gone, present] of replaced) await inside.markReplaced(gone, present);
    for (const change of changes) await inside.crawl.commit(change);
    await jobs.complete(job, inside, { reason });
  });
}

/** What the last attempt came to, as pg-boss keeps it. */
export function lastError(job: Pick<ParkedJob, 'sourceOutput'>): string {
  const message = ended(job).message;
  if (message === WORKER_DIED || message === 'job heartbeat timeout')
    return 'whatever worker read it died, and no other cause was seen';
  return typeof message === 'string' ? message : 'no reason is known';
}

/** Failures that a living worker saw, or else the deaths that the job outlived. */
export function attemptsOf(job: Pick<ParkedJob, 'sourceOutput' | 'sourceRetryCount'>): number {
  const { failures } = ended(job);
  return typeof failures === 'number' ? failures : (job.sourceRetryCount ?? 0) + 1;
}

function ended({ sourceOutput }: Pick<ParkedJob, 'sourceOutput'>): { message?: unknown; failures?: unknown } {
  const output = sourceOutput as { message?: unknown; value?: object } | null;
  return output?.value ?? output ?? {};
}

/**
 * Throws unless every file is in the shared folder with its size. Without this a folder that is away would make
 * documents that nobody could read.
 */
async function present(
  files: readonly { readonly path: string; readonly bytes?: number; readonly size?: number }[],
  archive: Archive,
): Promise<void> {
  for (const file of files) {
    const { size } = await stat(archive.absolute(file.path)).catch((error: NodeJS.ErrnoException) => {
      throw new Error(`${file.path} is not in the archive of the shared folder (${error.code})`);
    });
    const expected = file.bytes ?? file.size;
    if (size !== expected)
      throw new Error(`${file.path} in the archive of the shared folder has ${size} bytes, not ${expected}`);
  }
}

function withFiles(report: Extract<ReadJob, { report: unknown }>['report'], archive: Archive) {
  return {
    ...report,
    documents: report.documents.map((d) => ({ ...d, file: archive.absolute(d.path) })),
  };
}

function arrivalOf(d: Extract<ReadJob, { document: unknown }>['document'], archive: Archive): Arrival {
  return {
    file: archive.absolute(d.path),
    document: d.name,
    size: d.size,
    mtime: d.mtime,
    sha256: d.sha256,
  };
}

async function* only<T>(value: T): AsyncGenerator<T> {
  yield value;
}
