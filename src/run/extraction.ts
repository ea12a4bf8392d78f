import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Register } from '../agencies/register.ts';
import type { Severity } from '../check/finding.ts';
import { archiveExtension } from '../crawl/archive/extension.ts';
import { Archive } from '../crawl/archive/store.ts';
import type { Shape } from '../dataset/export/export.ts';
import { currentFindings, findingCounts, noteFindingChanges } from '../dataset/finding-queries.ts';
import { documentsWith, type Unread } from '../dataset/reading-queries.ts';
import type { FindingsChange, Store, StoredFinding } from '../dataset/store.ts';
import { type Arrival, FAILURES, type IngestSummary, ingest } from './ingest.ts';
import type { Inputs } from './inputs.ts';
import type { Memory, Root } from './naming.ts';
import type { ParseLimits } from './parsing/limits.ts';
import { publish } from './publish.ts';
import { recheck } from './recheck.ts';

export interface ExtractionOptions {
  readonly register: Register;
  readonly processes: number;
  readonly limits: ParseLimits;
  readonly output: string;
  /** Keep a copy of every original. */
  readonly archive: boolean;
  /** Shapes of the dataset; default CSV and Parquet. */
  readonly formats?: readonly Shape[] | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number, document: string) => void;
  readonly onStage?: (stage: string) => void;
  /** Reports written to the dataset so far, and of all. */
  readonly onWritten?: (reports: number, of: number) => void;
}

export interface RunResult {
  readonly ingest: IngestSummary;
  /** Documents that were met and cannot be read, in this run or, unchanged since, in an earlier one. */
  readonly unreadable: readonly Unread[];
  /** Documents of earlier runs that are no longer where they were. */
  readonly missing: readonly string[];
  readonly findings: Readonly<Partial<Record<Severity, number>>>;
  /** What the run changed of the findings, by reading and by the rules over years and bodies. */
  readonly change: FindingsChange;
  /** The gravest open findings, for the summary. */
  readonly worst: readonly StoredFinding[];
  /** Files written. */
  readonly files: readonly string[];
}

const WORST = 8;

/** Runs looked through; each remembers what those before it were given. */
const RUNS = 200;

/** What earlier runs were given, for the names of documents. */
export async function memoryOf(store: Store): Promise<Memory> {
  const roots: Root[] = [];
  for (const run of await store.runs(RUNS)) {
    const given = run.summary?.['roots'];
    if (!Array.isArray(given)) continue;
    for (const { prefix, absolute } of given as Partial<Root>[])
      if (typeof prefix === 'string' && typeof absolute === 'string') roots.push({ prefix, absolute });
  }
  return { roots, size: async (document) => (await store.source(document))?.size ?? null };
}

/** The main job: read what is new, check it with all rules, rebuild the dataset. */
export async function runExtraction(
  store: Store,
  inputs: Inputs,
  options: ExtractionOptions,
): Promise<RunResult> {
  const run = await store.beginRun('extract', new Date().toISOString(), { roots: inputs.roots });
  const before = await currentFindings(store);
  const archive = options.archive ? new Archive(path.join(options.output, 'archive')) : null;
  await archive?.prepare(Date.now());
  let done = 0;
  let total = 0;
  const summary = await ingest(store, inputs.files, {
    register: options.register,
    processes: options.processes,
    limits: options.limits,
    ...(options.signal ? { signal: options.signal } : {}),
    ...(archive ? { keep: (arrival) => keepOriginal(archive, arrival) } : {}),
    onEvent: (event) => {
      if (event.kind === 'found') total = event.total;
      else done += 1;
      options.onProgress?.(done, total, event.kind === 'found' ? '' : event.document);
    },
  });
  const missing = summary.aborted ? [] : await store.markMissing(inputs.covered, summary.seen, inputs.unseen);
  const unreadable = (await documentsWith(store, FAILURES)).filter((d) => summary.seen.has(d.document));
  const finished = await finishRun(store, options, { before, run });
  // Where the originals lie stays in the store alone: the dataset names documents relative to what was given.
  await store.endRun(run, new Date().toISOString(), {
    roots: inputs.roots,
    documents: summary.documents,
    unchanged: summary.unchanged,
    outcomes: summary.outcomes,
    failures: unreadable.length,
    missing: missing.length,
    findings: finished.findings,
    added: finished.change.added.length,
    gone: finished.change.gone.length,
    aborted: summary.aborted,
  });
  return { ingest: summary, unreadable, missing, ...finished };
}

async function keepOriginal(archive: Archive, arrival: Arrival): Promise<void> {
  const bytes = await readFile(arrival.file);
  await archive.put(
    bytes,
    archiveExtension(bytes, [arrival.document], /\.s?html?$/iu.test(arrival.document)),
  );
}

/**
 * What follows every command that stored something: rules over years and agencies, then the dataset files. `before`:
 * the findings before anything was stored, without which only those count that the rules over years and bodies changed.
 */
export async function finishRun(
  store: Store,
  options: Pick<ExtractionOptions, 'register' | 'output' | 'signal' | 'onStage' | 'onWritten' | 'formats'>,
  since: { readonly before?: ReadonlySet<string>; readonly run?: number } = {},
): Promise<Omit<RunResult, 'ingest' | 'unreadable' | 'missing'>> {
  options.onStage?.('Checking across years and bodies …');
  const rechecked = await recheck(store, options.register, await store.uncheckedAgencies(), {
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const change = since.before ? difference(since.before, await currentFindings(store)) : rechecked;
  if (since.run !== undefined) await noteFindingChanges(store, since.run, change);
  options.onStage?.('Writing the dataset …');
  const { files } = await publish(store, options.output, {
    ...(options.formats ? { to: options.formats } : {}),
    ...(options.onWritten ? { onProgress: options.onWritten } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.onStage ? { onWait: options.onStage } : {}),
  });
  const findings: Partial<Record<Severity, number>> = {};
  const worst: StoredFinding[] = [];
  for (const { gravity, count } of await findingCounts(store)) {
    const severity = gravity === 'doubt' ? 'info' : gravity;
    findings[severity] = (findings[severity] ?? 0) + count;
  }
  for await (const finding of store.findings({ severities: ['error', 'warning'], states: ['open'] })) {
    worst.push(finding);
    if (worst.length >= WORST) break;
  }
  return { findings, change, worst, files };
}

function difference(before: ReadonlySet<string>, after: ReadonlySet<string>): FindingsChange {
  const added = [...after].filter((id) => !before.has(id)).sort();
  const gone = [...before].filter((id) => !after.has(id)).sort();
  return { added, gone, unchanged: after.size - added.length };
}
