import SevenZip, { type FileSystem, type SevenZipModuleFactory } from '7z-wasm';
import { ReadError, type ReadLimits, type Source } from '../document.ts';
import type { OpenArchive } from './archive.ts';

/** Where the archive and its files are in the file system of the program, which is in its memory alone. */
const ARCHIVE = '/archive';
const FILES = '/files';
/** No progress, names in UTF-8, and no question for a password. */
const QUIET = ['-bd', '-bsp0', '-sccUTF-8', '-p-', '-y'];

/**
 * A 7z or tar archive, read by 7-Zip compiled to WebAssembly: what goes wrong inside stays in its memory. All files are
 * unpacked at once, since a 7z packs them as one; before that their sizes are held against the limits.
 */
export async function openSevenZipArchive(
  source: Source,
  kind: '7z' | 'tar',
  limits: ReadLimits,
): Promise<OpenArchive> {
  // Else the program takes whatever it finds, a stream of any size among it.
  const type = `-t${kind}`;
  const listed = await run(source, ['l', '-slt', '-ba', type, ...QUIET, ARCHIVE]);
  if (listed.code !== 0) throw explain(listed.messages, source);
  const entries = entriesOf(listed.lines);
  if (entries.length > limits.archiveEntries)
    throw new ReadError('too_large', `${source.name} has more than ${limits.archiveEntries} entries`);
  if (entries.length > 0 && entries.every((entry) => entry.encrypted)) throw encrypted(source.name);
  const inflated = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (
    !(
      inflated <= limits.inflatedBytes &&
      inflated <= Math.max(2 ** 20, source.bytes.length * limits.inflateRatio)
    )
  )
    throw new ReadError(
      'too_large',
      `${source.name} would inflate to ${inflated} bytes, more than is allowed`,
    );
  const { files, messages } = await run(source, ['x', type, ...QUIET, `-o${FILES}`, ARCHIVE]);
  // ERROR: CRC Failed : some/file.html
  const damaged = new Set(messages.map((line) => /^ERROR: [^:]*? : (.*)$/u.exec(line)?.[1]));
  return {
    entries,
    read(index) {
      const { name, size, encrypted: locked } = entries[index]!;
      if (locked) throw encrypted(name);
      const bytes = contentOf(files, name);
      if (!bytes && !damaged.has(name))
        throw new ReadError(
          'unsupported',
          `${name} in ${source.name} has a name that cannot be read; unpack the archive and give its files`,
        );
      if (bytes?.length !== size || damaged.has(name))
        throw new ReadError('corrupt', `${name} in ${source.name} is damaged; download the archive again`);
      return bytes;
    },
  };
}

interface Entry {
  readonly name: string;
  readonly size: number;
  readonly encrypted: boolean;
}

/** The files among what `l -slt` lists: a block of `Key = value` lines for each entry. */
function entriesOf(lines: readonly string[]): Entry[] {
  // Of several files of one name the last is the file, as for every program that unpacks them.
  const entries = new Map<string, Entry>();
  for (const block of lines.join('\n').split(/\n\s*\n/u)) {
    const field = (key: string): string | undefined => new RegExp(`^${key} = (.*)$`, 'mu').exec(block)?.[1];
    const name = field('Path');
    if (!name || field('Folder') === '+' || /^D|\bd[-r]/u.test(field('Attributes') ?? '')) continue;
    entries.set(name, { name, size: Number(field('Size') || 0), encrypted: field('Encrypted') === '+' });
  }
  return [...entries.values()];
}

/** Null where nothing, or no file, was unpacked under that name. */
function contentOf(files: FileSystem, name: string): Uint8Array | null {
  try {
    const path = `${FILES}/${name}`;
    return files.isFile(files.lstat(path).mode) ? files.readFile(path) : null;
  } catch {
    return null;
  }
}

interface Run {
  readonly code: number;
  readonly lines: readonly string[];
  readonly messages: readonly string[];
  readonly files: FileSystem;
}

/** Each command has a program of its own: its memory is not fit for a second. */
async function run({ bytes, name }: Source, command: readonly string[]): Promise<Run> {
  const lines: string[] = [];
  const messages: string[] = [];
  // The package says that its default export is a namespace with one.
  const start = SevenZip as unknown as SevenZipModuleFactory;
  const program = await start({
    print: (line) => lines.push(line),
    printErr: (line) => messages.push(line),
    stdin: () => -1,
  });
  try {
    program.FS.writeFile(ARCHIVE, bytes);
    const code = (program.callMain as (args: string[]) => number)([...command]);
    return { code, lines, messages, files: program.FS };
  } catch (error) {
    // Thrown by the program where it has no memory left, or breaks off; where it would ask for a password, too.
    if (hidesNames(bytes)) throw encrypted(name);
    throw new ReadError('corrupt', `${name} could not be unpacked`, { cause: error });
  }
}

/** The coder of 7-Zip for AES with SHA-256, as the archive names it. */
const AES = Buffer.from([0x06, 0xf1, 0x07, 0x01]);
const ENCODED_HEADER = 0x17;

/** Whether the list of files in a 7z is encrypted itself: its last header is packed, and by that coder (7zFormat.txt). */
function hidesNames(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 32) return false;
  const at = 32 + Number(view.readBigUInt64LE(12));
  return view[at] === ENCODED_HEADER && view.subarray(at).includes(AES);
}

function explain(messages: readonly string[], { bytes, name }: Source): ReadError {
  const said = messages.join(' ');
  if (/password|encrypted/iu.test(said) || hidesNames(bytes)) return encrypted(name);
  if (/memory/iu.test(said))
    return new ReadError('too_large', `${name} needs more memory to unpack than is allowed`);
  return new ReadError('corrupt', `${name} is damaged or cut off; download it again`, {
    cause: new Error(said.trim()),
  });
}

function encrypted(name: string): ReadError {
  return new ReadError('encrypted', `${name} is protected by a password; ask the publisher for an open copy`);
}
