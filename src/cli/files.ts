import { readFile, writeFile } from 'node:fs/promises';
import { UsageError } from './exit.ts';

/** Files that the user names. `name`: the flag or argument as typed, for the message. Both throw UsageError. */

export async function readGiven(name: string, file: string): Promise<Buffer> {
  return await readFile(file).catch((error: unknown) => {
    throw new UsageError(`${name} ${file}: ${refusal(error)}`);
  });
}

export async function writeGiven(
  name: string,
  file: string,
  text: string | AsyncIterable<string>,
): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw new UsageError(`${name} ${file}: ${refusal(error)}`);
  });
}

/** A sheet as text: Excel on a Chinese Windows saves CSV as GBK. */
export function decodeSheet(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

/** In words what the system said; a full disk and what else is nobody's mistake is thrown on. */
function refusal(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EISDIR':
      return 'this is a folder; a file is expected';
    case 'ENOTDIR':
      return 'a part of this path is a file, not a folder';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    default:
      throw error;
  }
}
