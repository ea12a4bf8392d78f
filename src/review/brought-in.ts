import { currentReportIds, withMembers } from '../dataset/reading-queries.ts';
import type { Store } from '../dataset/store.ts';

/** Under which the crawl's state keeps what people brought in. */
const BY_HAND = 'manual';

/** An archive that a person brought in. */
export interface BroughtInArchive {
  /** What it is known by. */
  readonly document: string;
  /** Its file, relative to the archive folder of the output. */
  readonly path: string;
  /** How many reports are in it. */
  readonly reports: number;
}

/** The archives that a person brought in which hold these documents, by document; what came by itself is left out. */
export async function archivesOf(
  store: Store,
  documents: readonly string[],
): Promise<ReadonlyMap<string, BroughtInArchive>> {
  const paths = new Map<string, string>();
  for await (const { files } of store.crawl.versions(BY_HAND))
    for (const { document, path } of files)
      if (document !== undefined && documents.some((member) => member.startsWith(`${document}/`)))
        paths.set(document, path);
  const archives = new Map<string, BroughtInArchive>();
  for (const [document, path] of paths) {
    const reports = await currentReportIds(store, await withMembers(store, [document]));
    const archive = { document, path, reports: new Set(reports.values()).size };
    for (const member of documents) if (member.startsWith(`${document}/`)) archives.set(member, archive);
  }
  return archives;
}
