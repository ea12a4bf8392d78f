export type ArchiveKind = 'zip' | 'rar' | '7z' | 'tar' | 'gzip';

const BEGINNINGS: readonly (readonly [ArchiveKind, string])[] = [
  ['zip', 'PK\x03\x04'],
  ['zip', 'PK\x05\x06'],
  ['rar', 'Rar!\x1a\x07'],
  ['7z', '7z\xbc\xaf\x27\x1c'],
  ['gzip', '\x1f\x8b\x08'],
];
/** Where the header of the first file in a tar says that it is one (POSIX.1-1988 and later). */
const TAR_AT = 257;

/** What kind of archive a file is by its first bytes; null where it is none. */
export function archiveKind(bytes: Uint8Array): ArchiveKind | null {
  const head = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  const known = BEGINNINGS.find(([, beginning]) => head.startsWith(beginning));
  if (known) return known[0];
  return Buffer.from(bytes.subarray(TAR_AT, TAR_AT + 5)).toString('latin1') === 'ustar' ? 'tar' : null;
}

/** Whether a file is named as archives of documents are; what it is only its bytes say. What a crawl fetched is none. */
export function isArchiveName(name: string): boolean {
  return /\.(?:zip|rar|7z|tar|tgz|gz)$/iu.test(name) && !/\.warc\.gz$/iu.test(name);
}
