import { addressOf, byHand } from './add.ts';
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

/** What stands of the reports that people brought in when these documents are taken out of them. */
export interface WithoutFiles {
  readonly changes: readonly StateChange[];
  /** Documents that had been replaced by what is taken out, and stand again. */
  readonly restored: readonly string[];
}

/** What is known of documents beyond the versions that they came in. */
export interface Standing {
  /** The reports that a document, or what is in an archive, is or was last. */
  reportsOf(document: string): Iterable<string>;
  /** Another took its place. */
  isReplaced(document: string): boolean;
}

/**
 * New versions of the reports without these documents. Where none of the files that came together with them is left of a
 * report, what had been there before stands again: the newest earlier files of that report. Writes nothing.
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
  for (const versions of byUrl.values()) {
    const current = versions.at(-1);
    if (!current || current.supersededBy !== null) continue;
    const named = namesOf(current);
    if (!named.some(({ document }) => documents.has(document))) continue;
    const left = named.filter(({ document }) => !documents.has(document));
    const held = reportsOf(left, standing);
    const back = new Map<string, VersionFile>();
    for (const report of reportsOf(
      named.filter(({ document }) => documents.has(document)),
      standing,
    )) {
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
    const files = [...left, ...back.values()];
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
          run: `withdraw-${at.replace(/[:.]/g, '-')}`,
          files,
          supersededBy: null,
          taken: true,
        },
      ],
      supersede: [{ portal: byHand, url: current.url, n: current.n, by: String(current.n + 1) }],
    });
  }
  return { changes, restored };
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

function reportsOf(files: readonly { readonly document: string }[], standing: Standing): ReadonlySet<string> {
  return new Set(files.flatMap(({ document }) => [...standing.reportsOf(document)]));
}

function namesOf(version: ReportVersion): (VersionFile & { readonly document: string })[] {
  return version.files.map((file) => ({ ...file, document: documentName(version, file) }));
}

function personsWord({ hints }: ReportVersion): string | null {
  return hints.agencies.find(({ from }) => from === 'person')?.value ?? null;
}
