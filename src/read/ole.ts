/**
 * Names of the streams and storages directly below the root of an OLE compound file (MS-CFB), lower-cased; empty
 * where the directory cannot be followed. Enough to tell what kind of document it is without reading it.
 */
export function rootStreamNames(bytes: Uint8Array): ReadonlySet<string> {
  const names = new Set<string>();
  if (!isCompoundFile(bytes) || bytes.length < 1024) return names;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shift = view.getUint16(30, true);
  if (shift !== 9 && shift !== 12) return names;
  const sectorSize = 1 << shift;
  const sectors = Math.floor(bytes.length / sectorSize);
  const fatEntry = (sector: number): number => {
    const perSector = sectorSize / 4;
    const fatSector = fatSectorAt(view, sectorSize, Math.floor(sector / perSector));
    const at = (fatSector + 1) * sectorSize + (sector % perSector) * 4;
    return fatSector < sectors && at + 4 <= bytes.length ? view.getUint32(at, true) : END_OF_CHAIN;
  };
  const entries: number[] = [];
  const seen = new Set<number>();
  let sector = view.getUint32(48, true);
  while (sector < sectors && !seen.has(sector) && seen.size < MOST_DIRECTORY_SECTORS) {
    seen.add(sector);
    const start = (sector + 1) * sectorSize;
    for (let at = start; at + 128 <= Math.min(start + sectorSize, bytes.length); at += 128) entries.push(at);
    sector = fatEntry(sector);
  }
  const root = entries[0];
  if (root === undefined) return names;
  // The children of the root form a tree of siblings.
  const waiting = [view.getUint32(root + 76, true)];
  const visited = new Set<number>();
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const at = entries[id];
    if (at === undefined || visited.has(id)) continue;
    visited.add(id);
    const length = Math.min(64, view.getUint16(at + 64, true));
    let name = '';
    for (let place = 0; place + 2 < length; place += 2)
      name += String.fromCharCode(view.getUint16(at + place, true));
    names.add(name.toLowerCase());
    waiting.push(view.getUint32(at + 68, true), view.getUint32(at + 72, true));
  }
  return names;
}

export function isCompoundFile(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte);
}

const SIGNATURE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const END_OF_CHAIN = 0xfffffffe;
const MOST_DIRECTORY_SECTORS = 4096;

/** The first 109 FAT sectors stand in the header, which covers files of 7 MB; further ones are chained. */
function fatSectorAt(view: DataView, sectorSize: number, index: number): number {
  if (index < 109) return view.getUint32(76 + index * 4, true);
  const perSector = sectorSize / 4 - 1;
  let block = Math.floor((index - 109) / perSector);
  let sector = view.getUint32(68, true);
  while (block > 0) {
    const link = (sector + 2) * sectorSize - 4;
    if (link + 4 > view.byteLength) return END_OF_CHAIN;
    sector = view.getUint32(link, true);
    block--;
  }
  const at = (sector + 1) * sectorSize + ((index - 109) % perSector) * 4;
  return at + 4 <= view.byteLength ? view.getUint32(at, true) : END_OF_CHAIN;
}
