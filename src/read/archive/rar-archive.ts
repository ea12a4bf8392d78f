import { createExtractorFromData, UnrarError } from 'node-unrar-js';
import { ReadError, type ReadLimits, type Source } from '../document.ts';
import type { OpenArchive } from './archive.ts';

/**
 * A RAR archive (versions 4 and 5), read by the official unrar compiled to WebAssembly: what goes wrong inside stays
 * in its memory. Volumes of a split archive are refused.
 */
export async function openRarArchive(source: Source, limits: ReadLimits): Promise<OpenArchive> {
  const { bytes } = source;
  const extractor = await createExtractorFromData({ data: Uint8Array.from(bytes).buffer });
  const checked = <Value>(work: () => Value): Value => {
    try {
      return work();
    } catch (error) {
      throw explain(error, source.name);
    }
  };
  const headers = checked(() => {
    const list = extractor.getFileList();
    if (list.arcHeader.flags.volume)
      throw new ReadError(
        'unsupported',
        `${source.name} is one part of a split RAR archive; join and unpack it first`,
      );
    return [...list.fileHeaders].filter((header) => !header.flags.directory);
  });
  if (headers.length > limits.archiveEntries)
    throw new ReadError('too_large', `${source.name} has more than ${limits.archiveEntries} entries`);
  if (headers.length > 0 && headers.every((header) => header.flags.encrypted))
    throw new ReadError(
      'encrypted',
      `${source.name} is protected by a password; ask the publisher for an open copy`,
    );
  const inflated = headers.reduce((sum, header) => sum + header.unpSize, 0);
  if (inflated > limits.inflatedBytes || inflated > Math.max(2 ** 20, bytes.length * limits.inflateRatio))
    throw new ReadError(
      'too_large',
      `${source.name} would inflate to ${inflated} bytes, more than is allowed`,
    );
  return {
    entries: headers.map(({ name, unpSize }) => ({ name, size: unpSize })),
    read(index) {
      const header = headers[index]!;
      if (header.flags.encrypted)
        throw new ReadError(
          'encrypted',
          `${header.name} is protected by a password; ask the publisher for an open copy`,
        );
      const [file] = checked(() => [...extractor.extract({ files: [header.name] }).files]);
      if (!file?.extraction || file.extraction.length !== header.unpSize)
        throw new ReadError('corrupt', `${header.name} does not unpack to the size that the archive states`);
      return file.extraction;
    },
  };
}

function explain(error: unknown, name: string): ReadError {
  if (error instanceof ReadError) return error;
  if (!(error instanceof UnrarError))
    return new ReadError('corrupt', `${name} could not be unpacked`, { cause: error });
  if (error.reason === 'ERAR_MISSING_PASSWORD' || error.reason === 'ERAR_BAD_PASSWORD')
    return new ReadError(
      'encrypted',
      `${name} is protected by a password; ask the publisher for an open copy`,
    );
  if (error.reason === 'ERAR_NO_MEMORY')
    return new ReadError('too_large', `${name} needs more memory to unpack than is allowed`);
  return new ReadError('corrupt', `${name} is damaged (${error.reason}); download it again`, {
    cause: error,
  });
}
