import { gunzipSync } from 'node:zlib';
import { ReadError, type ReadLimits, type Source } from '../document.ts';

/** The one file in a gzip. Throws `too_large` or `corrupt`. */
export function gunzip(source: Source, limits: ReadLimits): Source {
  const most = Math.min(limits.inflatedBytes, Math.max(2 ** 20, source.bytes.length * limits.inflateRatio));
  try {
    const bytes = gunzipSync(source.bytes, { maxOutputLength: most });
    return { bytes, name: source.name.replace(/\.tgz$/iu, '.tar').replace(/\.gz$/iu, '') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new ReadError('too_large', `${source.name} would inflate to more than the ${most} bytes allowed`);
    throw new ReadError('corrupt', `${source.name} is damaged; download it again`, { cause: error });
  }
}
