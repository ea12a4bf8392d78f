import { ReadError, type ReadFailure, type ReadLimits, type Source } from '../document.ts';
import { sniff } from '../sniff.ts';
import { archiveKind } from './archive-kind.ts';
import { claimsToBeDocument, entryPath, isLitter, partsOfPages } from './entry-path.ts';

/** A document found in an archive. */
export interface ArchivedDocument {
  /** Its place, with `/` between folders and after an inner archive: `附件.zip/某某县/report.doc`. Never leads outside. */
  readonly path: string;
  /** `name` is the last part of `path`. */
  readonly source: Source;
}

/** An entry that might have been a document and could not be taken out. */
export interface RefusedEntry {
  readonly path: string;
  readonly failure: ReadFailure;
  readonly message: string;
}

export interface ExpandedArchive {
  /** In the order of the archive's directory. */
  readonly documents: readonly ArchivedDocument[];
  readonly refused: readonly RefusedEntry[];
  /** Paths of entries that are no documents: programs, style sheets, what file managers leave behind. */
  readonly ignored: readonly string[];
}

/** What a kind of archive offers: its entries, and the checked bytes of one. */
export interface OpenArchive {
  readonly entries: readonly { readonly name: string; readonly size: number }[];
  /** Throws a ReadError where the entry is damaged, encrypted or too large. */
  read(index: number): Uint8Array;
}

/** An archive inside the archive is opened, one inside that is not. */
const DEEPEST = 1;

/**
 * Takes the documents out of a ZIP, RAR, 7z or tar archive, packed by gzip or not, and out of archives directly inside it.
 * Checksums are verified; the limits hold for the archive and all that is inside it together.
 *
 * Throws `encrypted`, `corrupt` and `too_large` where the archive as a whole cannot be opened, `unsupported` where it is
 * none of these; a single bad entry is `refused`.
 */
export async function expandArchive(source: Source, limits: ReadLimits): Promise<ExpandedArchive> {
  if (source.bytes.length > limits.inputBytes)
    throw new ReadError(
      'too_large',
      `${source.name} has ${source.bytes.length} bytes, more than the ${limits.inputBytes} allowed`,
    );
  const found: Found = {
    documents: [],
    refused: [],
    ignored: [],
    bytesLeft: limits.inflatedBytes,
    entriesLeft: limits.archiveEntries,
  };
  await expand(source, '', 0, limits, found);
  const { documents, refused, ignored } = found;
  return { documents, refused, ignored };
}

interface Found {
  readonly documents: ArchivedDocument[];
  readonly refused: RefusedEntry[];
  readonly ignored: string[];
  bytesLeft: number;
  entriesLeft: number;
}

async function expand(
  source: Source,
  prefix: string,
  depth: number,
  limits: ReadLimits,
  found: Found,
): Promise<void> {
  const archive = await open(source, {
    ...limits,
    inflatedBytes: found.bytesLeft,
    archiveEntries: found.entriesLeft,
  });
  found.entriesLeft -= archive.entries.length;
  if (found.entriesLeft < 0)
    throw new ReadError(
      'too_large',
      `${source.name} has more than ${limits.archiveEntries} entries; unpack it and read its documents one by one`,
    );
  const taken = new Set<string>();
  const paths = archive.entries.map((entry) => unused(`${prefix}${entryPath(entry.name)}`, taken));
  const isPartOfPage = partsOfPages(paths);
  for (const [index, path] of paths.entries()) {
    if (isLitter(path) || isPartOfPage(path)) {
      found.ignored.push(path);
      continue;
    }
    try {
      const bytes = archive.read(index);
      found.bytesLeft -= bytes.length;
      const inner: Source = { bytes, name: path.slice(path.lastIndexOf('/') + 1) };
      const kind = sniff(bytes);
      if (kind === 'unknown' && claimsToBeDocument(path)) throw nothingInIt(path, bytes);
      if (kind === 'unknown') found.ignored.push(path);
      else if (kind !== 'archive') found.documents.push({ path, source: inner });
      else if (depth < DEEPEST) await expand(inner, `${path}/`, depth + 1, limits, found);
      else
        throw new ReadError(
          'unsupported',
          `${path} is an archive inside an archive inside an archive; unpack it and read its documents one by one`,
        );
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      found.refused.push({ path, failure: error.failure, message: error.message });
    }
  }
}

function nothingInIt(path: string, bytes: Uint8Array): ReadError {
  return bytes.length === 0
    ? new ReadError('corrupt', `${path} is empty; pack the archive again`)
    : new ReadError('unsupported', `${path} is none of the formats that can be read, whatever its name says`);
}

async function open(source: Source, limits: ReadLimits): Promise<OpenArchive> {
  const kind = archiveKind(source.bytes);
  switch (kind) {
    case 'zip':
      return (await import('./zip-archive.ts')).openZipArchive(source, limits);
    case 'rar':
      return (await import('./rar-archive.ts')).openRarArchive(source, limits);
    case '7z':
    case 'tar':
      return (await import('./seven-zip-archive.ts')).openSevenZipArchive(source, kind, limits);
    case 'gzip': {
      const unpacked = (await import('./gunzip.ts')).gunzip(source, limits);
      // A tar that was packed is one archive, and not one inside another.
      if (archiveKind(unpacked.bytes) === 'tar') return open(unpacked, limits);
      return {
        entries: [{ name: unpacked.name, size: unpacked.bytes.length }],
        read: () => unpacked.bytes,
      };
    }
    default:
      throw new ReadError(
        'unsupported',
        `${source.name} is no archive that is read (ZIP, RAR, 7z, tar, gzip); unpack it, or pack it again as ZIP`,
      );
  }
}

/** Two entries may end at one path once `..` is gone; the second gets a number. */
function unused(path: string, taken: Set<string>): string {
  let free = path;
  for (let number = 2; taken.has(free); number++) free = path.replace(/(\.[^./]*)?$/, `-${number}$1`);
  taken.add(free);
  return free;
}
