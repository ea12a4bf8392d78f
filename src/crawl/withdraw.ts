import { addressOf, byHand } from './add.ts';
import type { CrawledReport } from './crawled.ts';
import { documentName, isPath } from './document-name.ts';
import type { CrawlState, ReportVersion, StateChange, VersionFile } from './state.ts';

/** A file that a person brought in, now or before. */
export interface AddedFile {
  readonly document: string;
  /** As the person gave them. */
  readonly agency: string | null;
  readonly year: number | null;
  /** ISO 8601, UTC. */
  readonly addedAt: string;
  /** Where it came from; null for a file of somebody's machine. */
  readonly address: string | null;
  readonly sha256: string;
  /** The original, relative to the archive folder. */
  readonly path: string;
}

/** Every file that people brought in, each document once as it was brought in last, in the order of bodies and years. */
export async function addedFiles(state: CrawlState): Promise<AddedFile[]> {
  const files = new Map<string, AddedFile>();
  for await (const version of state.versions(byHand))
    for (const file of version.files) {
      const { url, sha256, path } = file;
      const document = documentName(version, file);
      const before = files.get(document);
      // A version that only stands for what was left of another is as old as that.
      const addedAt = before?.sha256 === sha256 ? before.addedAt : version.fetchedAt;
      files.set(document, {
        document,
        agency: personsWord(version),
        year: version.hints.year,
        addedAt,
        address: isPath(url) ? null : url,
        sha256,
        path,
      });
    }
  return [...files.values()];
}

/** A file with what it is known by. */
export type NamedFile = VersionFile & { readonly document: string };

/** How the runs of such versions begin. */
const WITHDRAWAL = 'withdraw-';

/** What stands of the reports that people brought in when these documents are taken out of them. */
export interface WithoutFiles {
  readonly changes: readonly StateChange[];
  /** Documents that had been replaced by what is taken out, and stand again. */
  readonly restored: readonly string[];
  /** Files that had been replaced by others of their name, are to be read again. Their versions wait for it, untaken. */
  readonly reread: readonly NamedFile[];
}

/** What is known of documents beyond the versions that they came in. */
export interface Standing {
  /** The reports that a document, or what is in an archive, is or was last. */
  reportsOf(document: string): Iterable<string>;
  /** Another took its place. */
  isReplaced(document: string): boolean;
  /** Whether these bytes can be read again, and the report that they were; null where that is not known. */
  earlierBytes(file: NamedFile): Promise<{ readonly report: string | null } | null>;
}

/**
 * New versions of the reports without these documents. Where none of the files that came together with them is left of a
 * report, what had been there before stands again: the newest earlier files of that report, and of a document itself the
 * bytes that it had before. Writes nothing.
 */
export async function withoutFiles(
  state: CrawlState,
  documents: ReadonlySet<string>,
  at: string,
  standing: Standing,
): Promise<WithoutFiles> {
  const byUrl = new Map<string, ReportVersion[]>();
  for await (const version of state.versions(byHand))
    byUrl.set(version.url, [...(byUrl.get(version.url) ?? []), version]);
  const changes: StateChange[] = [];
  const restored: string[] = [];
  const reread: NamedFile[] = [];
  for (const versions of byUrl.values()) {
    const current = versions.at(-1);
    if (!current || current.supersededBy !== null) continue;
    const named = namesOf(current);
    const taken = named.filter(({ document }) => documents.has(document));
    if (taken.length === 0) continue;
    const left = named.filter(({ document }) => !documents.has(document));
    const held = reportsOf(left, standing);
    const again: NamedFile[] = [];
    for (const file of taken) {
      const before = bytesBefore(versions, file);
      const earlierBytes = before && (await standing.earlierBytes(before));
      if (!earlierBytes) continue;
      const { report } = earlierBytes;
      if (report === null ? left.length > 0 : held.has(report)) continue;
      again.push(before);
      // What is not known may be any report.
      for (const each of report === null ? reportsOf(taken, standing) : [report]) held.add(each);
    }
    reread.push(...again);
    const back = new Map<string, VersionFile>();
    for (const report of reportsOf(taken, standing)) {
      if (held.has(report)) continue;
      const before = earlier(versions, byUrl)
        .map((version) =>
          namesOf(version).filter(
            ({ document }) =>
              !documents.has(document) &&
              standing.isReplaced(document) &&
              new Set(standing.reportsOf(document)).has(report),
          ),
        )
        .find((some) => some.length > 0);
      for (const file of before ?? []) back.set(file.document, file);
    }
    restored.push(...back.keys());
    const files = [...left, ...again, ...back.values()];
    changes.push({
      versions: [
        {
          ...current,
          n: current.n + 1,
          // Of nothing there is no other publication.
          reportKey: files.length > 0 ? current.reportKey : null,
          attachmentShas: [...new Set(files.map(({ sha256 }) => sha256))].sort(),
          rawSha: files[0]?.sha256 ?? '',
          fetchedAt: at,
          run: `${WITHDRAWAL}${at.replace(/[:.]/g, '-')}`,
          files,
          supersededBy: null,
          taken: again.length === 0,
        },
      ],
      supersede: [{ portal: byHand, url: current.url, n: current.n, by: String(current.n + 1) }],
    });
  }
  return { changes, restored, reread };
}

/**
 * Reports of which a file waits to be read that stood before what was withdrawn, those of a process that was killed
 * included.
 */
export async function* waitingToStandAgain(
  state: CrawlState,
  absolute: (path: string) => string,
): AsyncGenerator<CrawledReport> {
  for await (const version of state.untaken(byHand)) {
    if (!isWithdrawal(version) || version.supersededBy !== null) continue;
    yield {
      ...version,
      group: `${byHand} ${version.url}`,
      version: version.n,
      change: 'again',
      portalName: 'brought in by hand',
      documents: version.files.map((file) => ({ ...file, file: absolute(file.path) })),
      event: null,
      replaced: [],
    };
  }
}

function isWithdrawal({ run }: ReportVersion): boolean {
  return run.startsWith(WITHDRAWAL);
}

/** The file of the same name whose place this one took; none where a person has withdrawn that. */
function bytesBefore(versions: readonly ReportVersion[], file: NamedFile): NamedFile | undefined {
  const withdrawn = new Set<string>();
  let before: NamedFile | undefined;
  let held: readonly NamedFile[] = [];
  for (const version of versions) {
    const now = namesOf(version).filter(({ document }) => document === file.document);
    if (isWithdrawal(version)) {
      for (const { sha256 } of held) if (!now.some((other) => other.sha256 === sha256)) withdrawn.add(sha256);
    } else {
      for (const { sha256 } of now) withdrawn.delete(sha256);
      const comes = now.some(({ sha256 }) => sha256 === file.sha256);
      const stood = held.some(({ sha256 }) => sha256 === file.sha256);
      if (comes && !stood) before = held.at(-1);
    }
    held = now;
  }
  return before && !withdrawn.has(before.sha256) ? before : undefined;
}

/** Newest first; last those that were brought in under the body's name, before the register had it. */
function earlier(
  versions: readonly ReportVersion[],
  byUrl: ReadonlyMap<string, readonly ReportVersion[]>,
): readonly ReportVersion[] {
  const [first] = versions;
  const name = first && personsWord(first);
  const byName = !name || first.hints.year === null ? '' : addressOf(name, first.hints.year);
  const others = byName === first?.url ? [] : (byUrl.get(byName) ?? []);
  return [...versions.slice(0, -1).reverse(), ...others.toReversed()];
}

function reportsOf(files: readonly { readonly document: string }[], standing: Standing): Set<string> {
  return new Set(files.flatMap(({ document }) => [...standing.reportsOf(document)]));
}

function namesOf(version: ReportVersion): NamedFile[] {
  return version.files.map((file) => ({ ...file, document: documentName(version, file) }));
}

function personsWord({ hints }: ReportVersion): string | null {
  return hints.agencies.find(({ from }) => from === 'person')?.value ?? null;
}
