import { TextDecoder } from 'node:util';
import { constants, crc32, inflateRawSync } from 'node:zlib';
import { ReadError, type ReadLimits } from './document.ts';

/** One entry of the central directory. Sizes are what the archive claims, in bytes; `read` holds it to them. */
export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  readonly compressedSize: number;
  readonly encrypted: boolean;
  readonly directory: boolean;
}

export interface Zip {
  /** Names in the order of the central directory, with `/` between folders; directories left out. */
  readonly names: readonly string[];
  readonly entries: readonly ZipEntry[];
  has(name: string): boolean;
  /**
   * The inflated bytes of an entry, its CRC-32 checked.
   * @throws {ReadError} `corrupt` (no such entry, wrong CRC or size, ambiguous name), `encrypted`, `too_large`,
   * `unsupported` (a compression other than stored and deflate).
   */
  read(name: string): Uint8Array;
}

interface Located extends ZipEntry {
  readonly method: number;
  readonly crc: number;
  readonly offset: number;
  /** The name occurs twice: what one program shows need not be what another reads. */
  ambiguous: boolean;
}

const END = 0x06054b50;
const END_64_LOCATOR = 0x07064b50;
const END_64 = 0x06064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
/** Small parts of honest documents (empty XML templates) compress beyond any ratio; only size makes a ratio a threat. */
const RATIO_FLOOR = 1 << 20;
const LARGEST_PIECE = 1 << 22;

/**
 * Opens a ZIP archive in memory. Nothing is inflated before `read`; the sum of everything that is read is bounded by
 * `inflatedBytes`, each entry by `inflateRatio` and by the size it declares.
 * @throws {ReadError} `corrupt` where there is no readable directory, `too_large` for too many entries.
 */
export function openZip(
  bytes: Uint8Array,
  limits: Pick<ReadLimits, 'inflatedBytes' | 'inflateRatio' | 'archiveEntries'>,
): Zip {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const located = readDirectory(bytes, view, limits.archiveEntries);
  const byName = new Map<string, Located>();
  const byFoldedName = new Map<string, Located>();
  for (const entry of located) {
    const earlier = byName.get(entry.name);
    if (earlier) earlier.ambiguous = true;
    else byName.set(entry.name, entry);
    const folded = entry.name.toLowerCase();
    if (!byFoldedName.has(folded)) byFoldedName.set(folded, entry);
  }
  // Part names of Office packages are compared without regard to case (ECMA-376 part 2, 6.2.2.3).
  const find = (name: string) => byName.get(name) ?? byFoldedName.get(name.toLowerCase());
  const inflated = new Map<Located, Uint8Array>();
  let budget = limits.inflatedBytes;

  return {
    names: located.filter((entry) => !entry.directory).map((entry) => entry.name),
    entries: located,
    has: (name) => find(name) !== undefined,
    read(name) {
      const entry = find(name);
      if (!entry) throw new ReadError('corrupt', `the archive has no entry ${name}`);
      const known = inflated.get(entry);
      if (known) return known;
      if (entry.ambiguous) throw new ReadError('corrupt', `the archive holds ${name} more than once`);
      if (entry.encrypted)
        throw new ReadError('encrypted', `${name} is encrypted; save the document without a password`);
      if (entry.size > budget)
        throw new ReadError(
          'too_large',
          `${name} would inflate to ${entry.size} bytes, more than the ${limits.inflatedBytes} allowed for one document`,
        );
      if (entry.size > RATIO_FLOOR && entry.size > entry.compressedSize * limits.inflateRatio)
        throw new ReadError(
          'too_large',
          `${name} inflates ${Math.round(entry.size / Math.max(1, entry.compressedSize))} times, more than the ${limits.inflateRatio} allowed`,
        );
      const data = inflate(bytes, view, entry);
      budget -= data.length;
      inflated.set(entry, data);
      return data;
    },
  };
}

function inflate(bytes: Uint8Array, view: DataView, entry: Located): Uint8Array {
  const { offset, name } = entry;
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== LOCAL)
    throw new ReadError('corrupt', `${name} is not where the archive's directory says`);
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  const end = start + entry.compressedSize;
  if (end > bytes.length) throw new ReadError('corrupt', `the archive ends inside ${name}`);
  const raw = bytes.subarray(start, end);
  let data: Uint8Array;
  if (entry.method === STORED) data = raw;
  else if (entry.method === DEFLATED) {
    try {
      data = inflateRawSync(raw, {
        maxOutputLength: Math.max(1, entry.size),
        // In one piece where that is affordable; the default pieces of 16 KB are joined at some cost.
        chunkSize: Math.min(Math.max(64, entry.size + 1), LARGEST_PIECE),
        finishFlush: constants.Z_FINISH,
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ReadError('corrupt', `${name} does not inflate to the size it declares: ${why}`, {
        cause: error,
      });
    }
  } else throw new ReadError('unsupported', `${name} uses compression method ${entry.method}`);
  if (data.length !== entry.size)
    throw new ReadError(
      'corrupt',
      `${name} declares ${entry.size} bytes, but ${data.length} came out of the archive`,
    );
  if (crc32(data) !== entry.crc) throw new ReadError('corrupt', `${name} fails its checksum (CRC-32)`);
  return data;
}

function readDirectory(bytes: Uint8Array, view: DataView, most: number): Located[] {
  const end = findEnd(view);
  if (end < 0)
    throw new ReadError('corrupt', 'the archive has no directory at its end; the file was probably cut off');
  let count = view.getUint16(end + 10, true);
  let size = view.getUint32(end + 12, true);
  let offset = view.getUint32(end + 16, true);
  let directoryEnd = end;
  if (count === 0xffff || size === 0xffffffff || offset === 0xffffffff) {
    const locator = end - 20;
    if (locator >= 0 && view.getUint32(locator, true) === END_64_LOCATOR) {
      const end64 = toNumber(view.getBigUint64(locator + 8, true));
      if (end64 + 56 > view.byteLength || view.getUint32(end64, true) !== END_64)
        throw new ReadError('corrupt', 'the archive has no 64-bit directory where it says');
      count = toNumber(view.getBigUint64(end64 + 32, true));
      size = toNumber(view.getBigUint64(end64 + 40, true));
      offset = toNumber(view.getBigUint64(end64 + 48, true));
      directoryEnd = end64;
    }
  }
  if (count > most)
    throw new ReadError('too_large', `the archive has ${count} entries, more than the ${most} allowed`);
  // Bytes before the archive (a self-extractor, a stray header) shift every offset by the same amount.
  const shift = Math.max(0, directoryEnd - size - offset);
  const entries: Located[] = [];
  let at = offset + shift;
  for (let index = 0; index < count; index++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== CENTRAL)
      throw new ReadError('corrupt', 'the directory of the archive is damaged');
    const flags = view.getUint16(at + 8, true);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const commentLength = view.getUint16(at + 32, true);
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > view.byteLength) throw new ReadError('corrupt', 'the directory of the archive is damaged');
    const extra = new DataView(view.buffer, view.byteOffset + at + 46 + nameLength, extraLength);
    let entrySize = view.getUint32(at + 24, true);
    let compressedSize = view.getUint32(at + 20, true);
    let localOffset = view.getUint32(at + 42, true);
    const wide = extraField(extra, 0x0001);
    if (wide) {
      let place = 0;
      const take = (): number => {
        if (place + 8 > wide.byteLength)
          throw new ReadError('corrupt', 'the directory of the archive is damaged');
        place += 8;
        return toNumber(wide.getBigUint64(place - 8, true));
      };
      if (entrySize === 0xffffffff) entrySize = take();
      if (compressedSize === 0xffffffff) compressedSize = take();
      if (localOffset === 0xffffffff) localOffset = take();
    }
    const name = decodeName(bytes.subarray(at + 46, at + 46 + nameLength), (flags & 0x800) !== 0, extra);
    entries.push({
      name,
      size: entrySize,
      compressedSize,
      encrypted: (flags & 0x2041) !== 0,
      directory: name.endsWith('/'),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      offset: localOffset + shift,
      ambiguous: false,
    });
    at = next;
  }
  return entries;
}

function findEnd(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= lowest; at--) {
    if (view.getUint32(at, true) === END) return at;
  }
  return -1;
}

function extraField(extra: DataView, id: number): DataView | null {
  let at = 0;
  while (at + 4 <= extra.byteLength) {
    const length = extra.getUint16(at + 2, true);
    if (at + 4 + length > extra.byteLength) return null;
    if (extra.getUint16(at, true) === id)
      return new DataView(extra.buffer, extra.byteOffset + at + 4, length);
    at += 4 + length;
  }
  return null;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
let gb18030: TextDecoder | undefined;

function decodeName(raw: Uint8Array, markedUtf8: boolean, extra: DataView): string {
  const unicode = markedUtf8 ? null : extraField(extra, 0x7075);
  let name: string;
  if (unicode && unicode.byteLength > 5 && unicode.getUint32(1, true) === crc32(raw))
    name = tryUtf8(new Uint8Array(unicode.buffer, unicode.byteOffset + 5, unicode.byteLength - 5));
  else name = tryUtf8(raw);
  return name.replaceAll('\\', '/');
}

/** Chinese archivers write names in the system's code page without saying so. */
function tryUtf8(raw: Uint8Array): string {
  try {
    return utf8.decode(raw);
  } catch {
    gb18030 ??= new TextDecoder('gb18030');
    return gb18030.decode(raw);
  }
}

function toNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new ReadError('corrupt', 'the directory of the archive is damaged');
  return Number(value);
}
