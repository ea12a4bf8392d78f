import path from 'node:path';
import type { VersionFile } from './state.ts';

/** How the names of files begin that people bring in from their machines. No folder of documents is called so. */
export const ADDED = 'added/';

/** What tells a document from all others: its address, or the name that it was given when a person brought it in. */
export function documentName(
  report: { readonly title: string; readonly files: readonly Pick<VersionFile, 'url'>[] },
  file: Pick<VersionFile, 'url' | 'name' | 'document'>,
): string {
  if (file.document !== undefined) return file.document;
  // Files that were brought in before they were given names have those of their report's title, which is no key: two
  // bodies can have one name.
  if (isPath(file.url)) return `${ADDED}${report.title}/${fileName(file)}`.normalize('NFC');
  return addressName(report.files, file);
}

/**
 * Names for the files of a report that a person brought in; their paths are nobody's business. `key` is the report's own
 * and `taken` says of a name that another document has it.
 */
export function namedFiles(
  files: readonly VersionFile[],
  key: string,
  taken: (name: string, file: VersionFile) => boolean,
): VersionFile[] {
  const given = new Set<string>();
  return files.map((file) => {
    const own = `${key}/${fileName(file)}`;
    const wished = isPath(file.url) ? `${ADDED}${own}` : addressName(files, file);
    const base = !isPath(file.url) && taken(wished, file) ? `${file.url}#${own}` : wished;
    let document = base.normalize('NFC');
    for (let n = 2; given.has(document); n += 1) document = numbered(base, n).normalize('NFC');
    given.add(document);
    return { ...file, document };
  });
}

export function isPath(url: string): boolean {
  return url.startsWith('file:');
}

/** Files that were downloaded from one address keep their names: under one name the last would take the place of the others. */
function addressName(
  files: readonly Pick<VersionFile, 'url'>[],
  file: Pick<VersionFile, 'url' | 'name'>,
): string {
  const shared = files.filter(({ url }) => url === file.url).length > 1;
  return shared && file.name !== null ? `${file.url}#${file.name}`.normalize('NFC') : file.url;
}

function fileName(file: Pick<VersionFile, 'url' | 'name'>): string {
  return file.name ?? (path.posix.basename(new URL(file.url).pathname) || 'document');
}

function numbered(name: string, n: number): string {
  const { dir, name: stem, ext } = path.posix.parse(name);
  return `${dir}/${stem}~${n}${ext}`;
}
