import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import PQueue from 'p-queue';
import type { Register } from '../agencies/register.ts';
import { checkReport } from '../check/engine.ts';
import type { Said, Saved, SaveItem, SourceProbe, Store } from '../dataset/store.ts';
import { EXTRACTOR_VERSION } from '../extract/extract.ts';
import type { Outcome, Report } from '../extract/report.ts';
import { applyTranscriptions } from '../extract/transcription.ts';
import { isArchiveName } from '../read/archive/archive-kind.ts';
import type { ReadFailure } from '../read/document.ts';
import { bindingOf, withConflict } from './binding.ts';
import type { Input } from './inputs.ts';
import { MemoryKeeper } from './memory.ts';
import type { ParseLimits } from './parsing/limits.ts';
import { ParserPool } from './parsing/pool.ts';
import type { ParseJob, Reply } from './parsing/protocol.ts';
import { scratchFolder } from './scratch.ts';
import { unreadReport } from './unread.ts';

/** Documents looked up in the store at once. */
const PROBE_BATCH = 500;
/** Readings committed at once: a kill costs at most these, and they are read again. */
const SAVE_BATCH = 64;
/** A commit is never further away than this, so that a slow folder is visible while it is read. */
const SAVE_EVERY_MS = 2000;

/** What reading needs of a store: a worker of a fleet collects the readings and commits them together with its job. */
export type ReadingStore = Pick<Store, 'knownSources' | 'touchSources' | 'transcriptions'> & {
  saveBatch(batch: readonly SaveItem[]): Promise<readonly Pick<Saved, 'document' | 'change'>[]>;
};

/** A document to be read, with what is known of it beforehand. */
export interface Arrival extends Input {
  readonly contentType?: string;
  readonly url?: string;
  readonly attachmentOf?: string;
  readonly agency?: string;
  /** Whose report it is by the word of a portal or a person. */
  readonly said?: Said;
  readonly year?: number;
  readonly publishedOn?: string;
  readonly from?: 'configured' | 'person' | 'register';
  /** Known from the archive or from the download: saves hashing. */
  readonly sha256?: string;
}

export type IngestEvent =
  | { readonly kind: 'found'; readonly total: number }
  | {
      readonly kind: 'read';
      readonly document: string;
      readonly outcome: Outcome;
      readonly reason: string | null;
    }
  | { readonly kind: 'unchanged'; readonly document: string };

export interface IngestOptions {
  /** Documents looked up at once; a source that arrives one by one (a crawl) wants 1. Default 500. */
  readonly lookUp?: number;
  /** Readings handed to the store at once. Default 64, and what there is every two seconds. */
  readonly saveAtOnce?: number;
  /** Parser processes that outlive this call; without them it has its own. */
  readonly pool?: ParserPool;
  readonly register: Register;
  readonly processes: number;
  readonly limits: ParseLimits;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: IngestEvent) => void;
  readonly onSaved?: (saved: Pick<Saved, 'document' | 'change'>, report: Report) => void;
  /** An archive is no document itself: called with those that it stands for, before any of them is met. */
  readonly onExpanded?: (archive: string, members: readonly string[]) => void;
  /** Called with every document that was read, before it is committed: keeps a copy of the original. */
  readonly keep?: (arrival: Arrival) => Promise<void>;
}

export interface IngestSummary {
  /** Documents met, members of archives counted singly. */
  readonly documents: number;
  readonly unchanged: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly failures: readonly {
    readonly document: string;
    readonly outcome: Outcome;
    readonly reason: string | null;
  }[];
  readonly changes: Readonly<Record<Saved['change'], number>>;
  /** Names of all documents met, for marking those that left. */
  readonly seen: ReadonlySet<string>;
  readonly aborted: boolean;
}

/** Outcomes that mean that a document could not be read; the command then ends with status 3. */
export const FAILURES: readonly Outcome[] = [
  'needs_ocr',
  'encrypted',
  'corrupt',
  'too_large',
  'timed_out',
  'crashed',
  'unsupported',
];

/**
 * Reads what is new or changed among `arrivals`, in parser processes, and commits it batch by batch. Killed at any
 * moment it loses no more than the batch in hand; run again it goes on from there.
 */
export async function ingest(
  store: ReadingStore,
  arrivals: AsyncIterable<Arrival>,
  options: IngestOptions,
): Promise<IngestSummary> {
  const pool = options.pool ?? new ParserPool(options.processes, options.limits);
  const spool = scratchFolder();
  const failure = new AbortController();
  const fail = (error: unknown) => failure.abort(error);
  const stop = AbortSignal.any([failure.signal, ...(options.signal ? [options.signal] : [])]);
  const saver = new Saver(store, options, fail);
  const tally = new Tally(options);
  const tasks = new Set<Promise<void>>();
  /** What is started is waited for before the run ends; its failure ends the run. */
  const start = (task: Promise<void>): Promise<void> => {
    const guarded = task.catch(fail).finally(() => tasks.delete(guarded));
    tasks.add(guarded);
    return guarded;
  };
  // One is unpacked while others are read: the members of all would fill the disk.
  const archives = new PQueue({ concurrency: options.processes + 1 });
  let unpacked = 0;

  const read = async (arrival: Arrival, known: string | undefined, isMember: boolean): Promise<void> => {
    const reply = await pool.run(jobOf(arrival, options.limits), stop);
    // What was read is kept, even if the run was stopped meanwhile.
    if (reply.kind === 'stopped' || failure.signal.aborted) return;
    if (reply.kind === 'archive') {
      // An archive in one that is open belongs to it; waiting for a place of its own it would wait for itself.
      await (isMember ? expand(arrival) : archives.add(() => expand(arrival)));
      return;
    }
    const sha256 =
      reply.kind === 'parsed' ? reply.sha256 : (known ?? (await hashOf(arrival, options.limits)));
    const item = await withTranscriptions(store, itemOf(arrival, sha256, reply, options.register));
    await options.keep?.(arrival);
    tally.read(item.report);
    await saver.add(item);
  };

  /** Unpacks an archive and reads what is in it. Its members lie on the disk until they are read. */
  const expand = async (arrival: Arrival): Promise<void> => {
    if (stop.aborted) return;
    unpacked += 1;
    const folder = path.join(spool, String(unpacked));
    await mkdir(folder);
    try {
      await expandInto(folder, arrival);
    } catch (error) {
      // First of all: what is read of a member that is gone must not be kept.
      fail(error);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  const expandInto = async (folder: string, arrival: Arrival): Promise<void> => {
    const reply = await pool.run(
      {
        kind: 'expand',
        file: arrival.file,
        document: arrival.document,
        name: path.basename(arrival.file),
        spool: folder,
        limits: options.limits.read,
      },
      stop,
    );
    if (reply.kind === 'stopped' || stop.aborted) return;
    if (reply.kind === 'document') {
      await admit([arrival]);
      return;
    }
    if (reply.kind !== 'expanded') {
      const failed =
        reply.kind === 'failed' ? reply : { failure: 'corrupt' as const, message: 'not an archive' };
      await unread(arrival, await hashOf(arrival, options.limits), failed.failure, failed.message);
      return;
    }
    options.onExpanded?.(
      arrival.document,
      [...reply.refused, ...reply.members].map((m) => `${arrival.document}/${m.path}`),
    );
    for (const refused of reply.refused) {
      const member = { ...arrival, document: `${arrival.document}/${refused.path}` };
      await unread(member, unhashed(member), refused.failure, refused.message);
    }
    const members = reply.members.map(
      (m): Arrival => ({
        ...arrival,
        file: m.file,
        document: `${arrival.document}/${m.path}`,
        size: m.size,
        mtime: 0,
        sha256: m.sha256,
      }),
    );
    // Members of the same bytes are one file.
    const uses = new Map<string, number>();
    for (const { file } of members) uses.set(file, (uses.get(file) ?? 0) + 1);
    const release = async ({ file }: Arrival): Promise<void> => {
      const left = (uses.get(file) ?? 0) - 1;
      uses.set(file, left);
      if (left === 0) await rm(file, { force: true });
    };
    await Promise.all(await admit(members, release));
  };

  const unread = async (
    arrival: Arrival,
    sha256: string,
    failure: ReadFailure,
    message: string,
  ): Promise<void> => {
    tally.met(arrival.document);
    const report = unreadReport(arrival.document, failure, message, arrival);
    tally.read(report);
    await saver.add(readingOf(arrival, sha256, report, options.register));
  };

  /**
   * Sorts out what the store already has; the rest is read. Resolves when reading has begun or waits, with what to wait
   * for. `release` is called with each member of an archive that is no longer needed.
   */
  const admit = async (
    batch: readonly Arrival[],
    release?: (member: Arrival) => Promise<void>,
  ): Promise<Promise<void>[]> => {
    for (const arrival of batch) tally.met(arrival.document);
    const verdicts = await store.knownSources(batch.map((a) => probeOf(a, a.sha256 ?? null)));
    const toHash = batch.filter((_, i) => verdicts[i] === 'hash_needed');
    const hashed = new Map<Arrival, string>();
    for (const arrival of toHash) {
      if (stop.aborted) return [];
      hashed.set(arrival, await hashOf(arrival, options.limits));
    }
    const second = await store.knownSources(toHash.map((a) => probeOf(a, hashed.get(a) ?? null)));
    const touched = toHash.filter((_, i) => second[i] === 'unchanged');
    if (touched.length > 0) await store.touchSources(touched);
    const begun: Promise<void>[] = [];
    for (const [i, arrival] of batch.entries()) {
      if (stop.aborted) break;
      const at = toHash.indexOf(arrival);
      if ((at >= 0 ? second[at] : verdicts[i]) === 'unchanged') {
        tally.unchanged(arrival.document);
        await release?.(arrival);
        continue;
      }
      await pool.room(options.processes * 4);
      const reading = read(arrival, arrival.sha256 ?? hashed.get(arrival), release !== undefined);
      begun.push(start(release ? reading.then(() => release(arrival)) : reading));
    }
    return begun;
  };

  try {
    let batch: Arrival[] = [];
    for await (const arrival of arrivals) {
      if (stop.aborted) break;
      // By its name only to save a round trip: an archive under another name is noticed when it is read.
      if (isArchiveName(arrival.file)) {
        void start(archives.add(() => expand(arrival)));
        await archives.onSizeLessThan(1);
        continue;
      }
      batch.push(arrival);
      if (batch.length >= (options.lookUp ?? PROBE_BATCH)) {
        await admit(batch);
        batch = [];
      }
    }
    if (!stop.aborted) await admit(batch);
    while (tasks.size > 0) await Promise.all([...tasks]);
    failure.signal.throwIfAborted();
    await saver.flush();
  } finally {
    // After a failure nobody waits for what is queued.
    failure.abort();
    while (tasks.size > 0) await Promise.all([...tasks]);
    saver.stop();
    if (!options.pool) await pool.close();
    await rm(spool, { recursive: true, force: true });
  }
  return tally.summary(saver.changes, options.signal?.aborted === true);
}

function jobOf(arrival: Arrival, limits: ParseLimits): ParseJob {
  return {
    kind: 'parse',
    file: arrival.file,
    document: arrival.document,
    name: path.posix.basename(arrival.document),
    limits: limits.read,
    ...(arrival.contentType === undefined ? {} : { contentType: arrival.contentType }),
    ...(arrival.agency === undefined ? {} : { agency: arrival.agency }),
    ...(arrival.year === undefined ? {} : { year: arrival.year }),
    ...(arrival.publishedOn === undefined ? {} : { publishedOn: arrival.publishedOn }),
    ...(arrival.from === undefined ? {} : { from: arrival.from }),
  };
}

function itemOf(arrival: Arrival, sha256: string, reply: Reply, register: Register): SaveItem {
  if (reply.kind !== 'parsed') {
    const failed =
      reply.kind === 'failed' ? reply : { failure: 'corrupt' as const, message: 'unexpected reply' };
    const report = unreadReport(arrival.document, failed.failure, failed.message, arrival);
    return readingOf(arrival, sha256, report, register);
  }
  const { report, checks, findings } = reply;
  return { ...readingOf(arrival, sha256, report, register), checks, findings };
}

/** What is stored of a document, the body that it is bound to included. */
export function readingOf(
  arrival: Arrival,
  sha256: string,
  report: Report,
  register: Register,
): Pick<SaveItem, 'source' | 'report' | 'agency'> {
  const { agency, conflict } = bindingOf(report, arrival.said ?? null, register);
  return { source: sourceOf(arrival, sha256), report: withConflict(report, conflict), agency };
}

/** Cells that a person entered for these very bytes stand in for what was read. */
async function withTranscriptions(store: ReadingStore, item: SaveItem): Promise<SaveItem> {
  const cells = await store.transcriptions(item.source.document, item.source.sha256);
  if (cells.length === 0) return item;
  const report = applyTranscriptions(item.report, cells);
  return { ...item, report, ...checkReport(report) };
}

function sourceOf(arrival: Arrival, sha256: string): SaveItem['source'] {
  return {
    document: arrival.document,
    sha256,
    size: arrival.size,
    mtime: arrival.mtime,
    url: arrival.url ?? null,
    attachmentOf: arrival.attachmentOf ?? null,
    said: arrival.said ?? null,
  };
}

function probeOf(arrival: Arrival, sha256: string | null): SourceProbe {
  return {
    document: arrival.document,
    size: arrival.size,
    mtime: arrival.mtime,
    sha256,
    extractorVersion: EXTRACTOR_VERSION,
    ...(arrival.said === undefined ? {} : { said: arrival.said }),
  };
}

async function hashOf(arrival: Arrival, limits: ParseLimits): Promise<string> {
  if (arrival.sha256) return arrival.sha256;
  // It will be refused for its size; reading a sparse terabyte for its hash would take hours.
  if (arrival.size > limits.read.inputBytes) return unhashed(arrival);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(arrival.file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Stands for the bytes of what was not read, so that two such documents are not taken for one. */
function unhashed(arrival: Pick<Arrival, 'document' | 'size'>): string {
  return `unread-${createHash('sha256').update(`${arrival.document}\n${arrival.size}`).digest('hex').slice(0, 32)}`;
}

/** Collects readings and commits them in batches, one commit at a time. */
class Saver {
  readonly #store: ReadingStore;
  readonly #options: IngestOptions;
  readonly changes: Record<Saved['change'], number> = { new: 0, reread: 0, revised: 0, unchanged: 0 };
  readonly #onError: (error: unknown) => void;
  readonly #memory = new MemoryKeeper();
  #waiting: SaveItem[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(store: ReadingStore, options: IngestOptions, onError: (error: unknown) => void) {
    this.#store = store;
    this.#options = options;
    this.#onError = onError;
  }

  async add(item: SaveItem): Promise<void> {
    this.#waiting.push(item);
    if (this.#waiting.length >= (this.#options.saveAtOnce ?? SAVE_BATCH)) await this.flush();
    else this.#timer ??= setTimeout(() => void this.flush().catch(this.#onError), SAVE_EVERY_MS);
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async flush(): Promise<void> {
    this.stop();
    const batch = this.#waiting;
    this.#waiting = [];
    const before = this.#writing;
    const write = async () => {
      await before;
      if (batch.length === 0) return;
      const saved = await this.#store.saveBatch(batch);
      saved.forEach((s, i) => {
        this.changes[s.change] += 1;
        const item = batch[i];
        if (item) this.#options.onSaved?.(s, item.report);
      });
      this.#memory.worked(batch.length);
    };
    this.#writing = write();
    await this.#writing;
  }
}

class Tally {
  readonly #options: IngestOptions;
  readonly #seen = new Set<string>();
  readonly #outcomes: Partial<Record<Outcome, number>> = {};
  readonly #failures: { document: string; outcome: Outcome; reason: string | null }[] = [];
  #unchanged = 0;

  constructor(options: IngestOptions) {
    this.#options = options;
  }

  met(document: string): void {
    this.#seen.add(document);
    this.#options.onEvent?.({ kind: 'found', total: this.#seen.size });
  }

  unchanged(document: string): void {
    this.#unchanged += 1;
    this.#options.onEvent?.({ kind: 'unchanged', document });
  }

  read(report: Report): void {
    const { document, outcome, outcomeReason: reason } = report;
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
    if (FAILURES.includes(outcome)) this.#failures.push({ document, outcome, reason });
    this.#options.onEvent?.({ kind: 'read', document, outcome, reason });
  }

  summary(changes: IngestSummary['changes'], aborted: boolean): IngestSummary {
    return {
      documents: this.#seen.size,
      unchanged: this.#unchanged,
      outcomes: this.#outcomes,
      failures: this.#failures.sort((a, b) => (a.document < b.document ? -1 : 1)),
      changes,
      seen: this.#seen,
      aborted,
    };
  }
}
