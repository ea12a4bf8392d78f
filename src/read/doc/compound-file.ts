import { ReadError } from '../document.ts';
import { isCompoundFile } from '../ole.ts';

const FREE = 0xffffffff;
const LARGEST_SECTOR = 0xfffffffa;
const HEADER_FAT_ENTRIES = 109;
const ENTRY_BYTES = 128;
const STORAGE = 1;
const STREAM = 2;
const ROOT = 5;

interface Entry {
  readonly name: string;
  readonly kind: number;
  readonly start: number;
  readonly size: number;
}

/**
 * The streams of a compound file ([MS-CFB]), the container of DOC, WPS and XLS. Chains are followed at most once per
 * sector, so a file cannot name more bytes than it has; a chain that breaks yields `corrupt`.
 */
export class CompoundFile {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #shift: number;
  readonly #miniShift: number;
  readonly #miniCutoff: number;
  readonly #fat: readonly number[];
  readonly #miniFat: readonly number[];
  readonly #mini: Uint8Array;
  readonly #entries: readonly Entry[];

  /** Throws `corrupt` where the header, the allocation table or the directory is damaged. */
  constructor(bytes: Uint8Array) {
    if (bytes.length < 512 || !isCompoundFile(bytes))
      throw new ReadError('corrupt', 'Not an OLE compound file: its header is missing.');
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#shift = this.#view.getUint16(30, true);
    this.#miniShift = this.#view.getUint16(32, true);
    if ((this.#shift !== 9 && this.#shift !== 12) || this.#miniShift < 4 || this.#miniShift > this.#shift)
      throw new ReadError('corrupt', 'The OLE header states an impossible sector size.');
    this.#miniCutoff = this.#view.getUint32(56, true);
    this.#fat = this.#allocationTable();
    this.#entries = this.#directory();
    this.#miniFat = words(this.#chain(this.#view.getUint32(60, true)));
    const root = this.#entries.find((entry) => entry.kind === ROOT);
    this.#mini = root && root.start < LARGEST_SECTOR ? this.#chain(root.start) : new Uint8Array(0);
  }

  /** Names of all streams and storages, as stored. */
  get names(): readonly string[] {
    return this.#entries.map((entry) => entry.name);
  }

  /** The bytes of a stream, or null where the file has none of that name (compared without regard to case). */
  stream(name: string): Uint8Array | null {
    const wanted = name.toLowerCase();
    const entry = this.#entries.find((one) => one.kind === STREAM && one.name.toLowerCase() === wanted);
    if (!entry) return null;
    if (entry.size === 0) return new Uint8Array(0);
    const whole = entry.size < this.#miniCutoff ? this.#miniChain(entry.start) : this.#chain(entry.start);
    return whole.subarray(0, Math.min(entry.size, whole.length));
  }

  #sector(number: number): Uint8Array {
    const start = (number + 1) * 2 ** this.#shift;
    if (number >= LARGEST_SECTOR || start >= this.#bytes.length)
      throw new ReadError('corrupt', 'The OLE file ends before its data does; it was cut off in transfer.');
    return this.#bytes.subarray(start, start + 2 ** this.#shift);
  }

  #allocationTable(): number[] {
    const perSector = 2 ** this.#shift / 4;
    const sectors: number[] = [];
    for (let index = 0; index < HEADER_FAT_ENTRIES; index++) {
      const sector = this.#view.getUint32(76 + index * 4, true);
      if (sector < LARGEST_SECTOR) sectors.push(sector);
    }
    const seen = new Set<number>();
    let next = this.#view.getUint32(68, true);
    while (next < LARGEST_SECTOR) {
      if (seen.has(next)) throw new ReadError('corrupt', 'The OLE allocation table runs in a circle.');
      seen.add(next);
      const table = words(this.#sector(next));
      for (const sector of table.slice(0, perSector - 1)) if (sector < LARGEST_SECTOR) sectors.push(sector);
      next = table[perSector - 1] ?? FREE;
    }
    if (sectors.length * 2 ** this.#shift > this.#bytes.length)
      throw new ReadError('corrupt', 'The OLE allocation table is larger than the file.');
    const fat: number[] = [];
    for (const sector of sectors) for (const value of words(this.#sector(sector))) fat.push(value);
    return fat;
  }

  #chain(start: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (let sector = start; sector < LARGEST_SECTOR; sector = this.#fat[sector] ?? FREE) {
      const part = this.#sector(sector);
      parts.push(part);
      length += part.length;
      if (length > this.#bytes.length) throw new ReadError('corrupt', 'An OLE stream runs in a circle.');
    }
    return join(parts, length);
  }

  #miniChain(start: number): Uint8Array {
    const size = 2 ** this.#miniShift;
    const parts: Uint8Array[] = [];
    let length = 0;
    for (let sector = start; sector < LARGEST_SECTOR; sector = this.#miniFat[sector] ?? FREE) {
      const part = this.#mini.subarray(sector * size, (sector + 1) * size);
      if (part.length === 0) throw new ReadError('corrupt', 'A small OLE stream points outside the file.');
      parts.push(part);
      length += part.length;
      if (length > this.#mini.length) throw new ReadError('corrupt', 'A small OLE stream runs in a circle.');
    }
    return join(parts, length);
  }

  #directory(): Entry[] {
    const bytes = this.#chain(this.#view.getUint32(48, true));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const entries: Entry[] = [];
    for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
      const kind = bytes[at + 66] ?? 0;
      if (kind !== STORAGE && kind !== STREAM && kind !== ROOT) continue;
      const nameBytes = Math.min(64, Math.max(2, view.getUint16(at + 64, true)));
      const name = new TextDecoder('utf-16le').decode(bytes.subarray(at, at + nameBytes - 2));
      entries.push({
        name,
        kind,
        start: view.getUint32(at + 116, true),
        size: view.getUint32(at + 120, true),
      });
    }
    return entries;
  }
}

function words(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) values.push(view.getUint32(at, true));
  return values;
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
