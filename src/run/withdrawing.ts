import { existsSync } from 'node:fs';
import path from 'node:path';
import { isAnnualReport } from '../agencies/coverage.ts';
import { byHand } from '../crawl/add.ts';
import { Archive } from '../crawl/archive/store.ts';
import { fileKey } from '../crawl/attachment-fetch.ts';
import type { CrawledReport } from '../crawl/crawled.ts';
import { addressKey } from '../crawl/portals/addresses.ts';
import { type AddedFile, addedFiles, waitingToStandAgain, withoutFiles } from '../crawl/withdraw.ts';
import type { Shape } from '../dataset/export/export.ts';
import { currentFindings } from '../dataset/finding-queries.ts';
import {
  currentReportIds,
  type DocumentState,
  portalServing,
  reportOfBytes,
  statesOf,
  withMembers,
} from '../dataset/reading-queries.ts';
import type { Store } from '../dataset/store.ts';
import type { AddOptions } from './adding.ts';
import { documentNameOf, readCrawled } from './crawling.ts';
import { finishRun, type RunResult } from './extraction.ts';

/** A file that a person brought in, and how it stands. */
export interface AddedDocument extends AddedFile, DocumentState {
  /** The body and the year of the report that it is or was. */
  readonly agency: string | null;
  readonly year: number | null;
}

/** What people brought in. A file that was never read to its end is not in the dataset and is left out. */
export async function addedDocuments(store: Store): Promise<AddedDocument[]> {
  const files = await addedFiles(store.crawl);
  const states = await statesOf(
    store,
    files.map(({ document }) => document),
  );
  return files.flatMap((file) => {
    const state = states.get(file.document);
    if (!state) return [];
    return [{ ...file, ...state, agency: state.agency ?? file.agency, year: state.year ?? file.year }];
  });
}

/** A document that cannot be withdrawn, with what to do instead. */
export class WithdrawalError extends Error {
  override readonly name = 'WithdrawalError';
  readonly document: string;
  /** `found`: by `extract` or `crawl`, in a folder or a portal; `part`: of an archive that was brought in as a whole. */
  readonly why: 'unknown' | 'found' | 'portal' | 'part';
  constructor(document: string, why: WithdrawalError['why'], message: string) {
    super(message);
    this.document = document;
    this.why = why;
  }
}

/** An earlier file of a document that was withdrawn. */
export interface Returned {
  readonly document: string;
  readonly sha256: string;
  /** The original, relative to the archive folder. */
  readonly path: string;
}

export interface Withdrawal {
  readonly withdrawn: readonly (AddedDocument & {
    /** The document from which the report's numbers are taken now; null where it is in the dataset no more. */
    readonly insteadNow: string | null;
    /** They were taken from this document. */
    readonly wasTaken: boolean;
    /** An annual report, so that one may be missed; false for a notice that came with it. */
    readonly isReport: boolean;
  })[];
  /** Documents that stand again: what was withdrawn had taken their place. */
  readonly restored: readonly string[];
  /** Files that stand again under the name of what was withdrawn, which had taken their place. */
  readonly reread: readonly Returned[];
  /** Were withdrawn before. */
  readonly already: readonly string[];
}

/**
 * What would be withdrawn, in the order given.
 * @throws {WithdrawalError} for a document that nobody brought in by hand, or that a portal serves as well
 */
export async function findAdded(store: Store, documents: readonly string[]): Promise<AddedDocument[]> {
  const added = new Map((await addedDocuments(store)).map((each) => [each.document, each]));
  const found: AddedDocument[] = [];
  for (const given of new Set(documents.map((d) => d.normalize('NFC')))) {
    const known = added.get(given);
    if (!known) throw await refused(store, given, [...added.keys()]);
    if (known.address !== null) {
      const { address } = known;
      const portal = await portalServing(store, [addressKey(address), fileKey(address)], byHand);
      if (portal !== null)
        throw new WithdrawalError(
          given,
          'portal',
          `the portal ${portal} publishes it as well, and the crawl has found it there; it stays`,
        );
    }
    found.push(known);
  }
  return found;
}

async function refused(store: Store, document: string, added: readonly string[]): Promise<WithdrawalError> {
  const whole = added.find((name) => document.startsWith(`${name}/`));
  if (whole !== undefined)
    return new WithdrawalError(document, 'part', `it is a part of ${whole}; take that back as a whole`);
  return (await store.source(document)) === null
    ? new WithdrawalError(document, 'unknown', 'no such document was brought in by hand')
    : new WithdrawalError(
        document,
        'found',
        'it was not brought in by hand but found by “extract” or “crawl”; what leaves the folder or the portal is marked as gone by itself',
      );
}

export interface Withdrawing {
  readonly person: string;
  /** Why. */
  readonly note: string | null;
  readonly now: Date;
}

/** What is needed to read a file again that comes back. */
export type ReadingAgain = Pick<AddOptions, 'output' | 'register' | 'processes' | 'limits' | 'signal'>;

/** Takes back what was brought in by hand, checks what that changes, and rebuilds the dataset. */
export async function withdrawByHand(
  store: Store,
  documents: readonly string[],
  options: Withdrawing &
    ReadingAgain & {
      readonly formats?: readonly Shape[] | undefined;
      readonly onStage?: (stage: string) => void;
    },
): Promise<Withdrawal & Pick<RunResult, 'change' | 'files'>> {
  const before = await currentFindings(store);
  const { run, ...withdrawal } = await takeBackByHand(store, documents, options);
  const { change, files } = await finishRun(store, options, { before, run });
  return { ...withdrawal, change, files };
}

/**
 * The same up to the store. What is taken back leaves its report, and what it had taken the place of stands again. The
 * original stays in the archive, the reading in the store as superseded, and the run says who withdrew what and why.
 * @throws {WithdrawalError} before anything is changed
 */
export async function takeBackByHand(
  store: Store,
  documents: readonly string[],
  options: Withdrawing & ReadingAgain,
): Promise<Withdrawal & { readonly run: number }> {
  const { person, note, now } = options;
  const given = await findAdded(store, documents);
  const leaving = given.filter(({ state }) => state !== 'withdrawn');
  const at = now.toISOString();
  const run = await store.beginRun('withdraw', at);
  const roles = new Map<string, { readonly wasTaken: boolean; readonly isReport: boolean }>();
  for (const { document, reportId, state } of leaving) {
    const stored = await store.report(reportId);
    const parts = await withMembers(store, [document]);
    roles.set(document, {
      wasTaken: state === 'present' && stored !== null && parts.includes(stored.document),
      isReport: stored !== null && isAnnualReport(stored.report),
    });
  }
  const archive = new Archive(path.join(options.output, 'archive'));
  const restored = leaving.length === 0 ? [] : await takeBack(store, leaving, at, archive);
  const reread = await readAgain(store, archive, options);
  const withdrawn: Withdrawal['withdrawn'][number][] = [];
  for (const each of leaving)
    withdrawn.push({
      ...each,
      insteadNow: (await store.report(each.reportId))?.document ?? null,
      wasTaken: roles.get(each.document)?.wasTaken ?? false,
      isReport: roles.get(each.document)?.isReport ?? false,
    });
  await store.endRun(run, at, {
    withdrawn: withdrawn.map(({ document, sha256, agency, year, reportId }) => {
      return { document, sha256, agency, year, reportId };
    }),
    restored,
    reread: reread.map(({ document, sha256 }) => ({ document, sha256 })),
    person,
    note,
  });
  const already = given.flatMap(({ state, document }) => (state === 'withdrawn' ? [document] : []));
  return { withdrawn, restored, reread, already, run };
}

/** In one piece: after a kill in between, what was replaced would stand in the dataset and in no version, or the reverse. */
async function takeBack(
  store: Store,
  leaving: readonly AddedDocument[],
  at: string,
  archive: Archive,
): Promise<readonly string[]> {
  const names = new Set(leaving.map(({ document }) => document));
  const reports = new Map<string, Iterable<string>>();
  const replaced = new Set<string>();
  for (const { document, state } of await addedDocuments(store)) {
    const parts = await currentReportIds(store, await withMembers(store, [document]));
    reports.set(document, new Set(parts.values()));
    if (state === 'replaced') replaced.add(document);
  }
  return await store.transaction(async (inside) => {
    const { changes, restored } = await withoutFiles(inside.crawl, names, at, {
      // What turned out to be the report of another body has never left.
      reportsOf: (document) => reports.get(document) ?? [],
      isReplaced: (document) => replaced.has(document),
      earlierBytes: async ({ document, sha256, path: original }) =>
        existsSync(archive.absolute(original))
          ? { report: await reportOfBytes(inside, document, sha256) }
          : null,
    });
    for (const change of changes) await inside.crawl.commit(change);
    await inside.withdraw(names);
    await inside.markReplaced([], restored);
    return restored;
  });
}

/** Reads what stands again under the name of what was withdrawn. Returns what could be stored of it. */
async function readAgain(
  store: Store,
  archive: Archive,
  options: ReadingAgain,
): Promise<readonly Returned[]> {
  const waiting: CrawledReport[] = [];
  for await (const report of waitingToStandAgain(store.crawl, (file) => archive.absolute(file)))
    waiting.push(report);
  if (waiting.length === 0) return [];
  const { register, processes, limits, signal } = options;
  const withdrawn = new Set(
    (await addedDocuments(store)).flatMap(({ document, state }) => (state === 'withdrawn' ? [document] : [])),
  );
  const reader = readCrawled(store, { register, processes, limits, signal });
  const files = waiting.flatMap((report) =>
    report.documents.flatMap(({ sha256, path: original, ...file }) => {
      const document = documentNameOf(report, file);
      return withdrawn.has(document) ? [{ document, sha256, path: original }] : [];
    }),
  );
  for (const report of waiting)
    await reader.take({
      ...report,
      documents: report.documents.filter((file) => withdrawn.has(documentNameOf(report, file))),
    });
  await reader.finish();
  const states = await statesOf(
    store,
    files.map(({ document }) => document),
  );
  return files.filter(({ document }) => states.get(document)?.state === 'present');
}
