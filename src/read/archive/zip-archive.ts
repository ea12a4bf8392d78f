import { ReadError, type ReadLimits, type Source } from '../document.ts';
import { openZip } from '../zip.ts';
import type { OpenArchive } from './archive.ts';

/** A ZIP archive; names are UTF-8 or GBK as the archiver wrote them, checksums are verified on `read`. */
export function openZipArchive(source: Source, limits: ReadLimits): OpenArchive {
  const zip = openZip(source.bytes, limits);
  const entries = zip.entries.filter((entry) => !entry.directory);
  if (entries.length > 0 && entries.every((entry) => entry.encrypted))
    throw new ReadError(
      'encrypted',
      `${source.name} is protected by a password; ask the publisher for an open copy`,
    );
  return { entries, read: (index) => zip.read(entries[index]!.name) };
}
