import { readdir, readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/**
 * A Chinese font that this machine has, for drawing pages whose PDF embeds none. Only for pictures that people look at:
 * what is read must not depend on the machine, and never uses it.
 */

/** Beginnings of file names, the most suitable first: plain weights of fonts that hold GB 18030. */
const PREFERRED = [
  'simsun',
  'msyh.',
  'notosanscjk-regular',
  'notosanscjksc-regular',
  'notosanssc-regular',
  'sourcehansans-regular',
  'sourcehansanssc-regular',
  'sourcehansanscn-regular',
  'pingfang',
  'hiragino sans gb',
  'stheiti light',
  'songti',
  'simhei',
  'deng.',
  'wqy-microhei',
  'wqy-zenhei',
  'notoserifcjk-regular',
  'notosansscvf',
  'droidsansfallback',
  'uming',
];
const MOST_BYTES = 64 * 2 ** 20;
const MOST_FILES = 20_000;
const MOST_FACES = 64;

let found: Promise<Uint8Array | null> | undefined;

/** One face as a font file of its own; null where the machine has none that is known here. Looked for once. */
export function machineFont(): Promise<Uint8Array | null> {
  found ??= lookFor(fontFolders());
  return found;
}

/** The most suitable Chinese font below these folders. */
export async function lookFor(folders: readonly string[]): Promise<Uint8Array | null> {
  const candidates: { readonly file: string; readonly rank: number }[] = [];
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true }).catch(() => [] as string[]);
    for (const name of names.slice(0, MOST_FILES)) {
      const base = path.basename(name).toLowerCase();
      if (!/\.(?:ttf|otf|ttc|otc)$/u.test(base)) continue;
      const rank = PREFERRED.findIndex((p) => base.startsWith(p));
      if (rank >= 0) candidates.push({ file: path.join(folder, name), rank });
    }
  }
  candidates.sort((a, b) => a.rank - b.rank || (a.file < b.file ? -1 : 1));
  for (const { file } of candidates) {
    const info = await stat(file).catch(() => null);
    if (!info?.isFile() || info.size > MOST_BYTES) continue;
    const bytes = await readFile(file).catch(() => null);
    const face = bytes && faceOf(bytes);
    if (face) return face;
  }
  return null;
}

function fontFolders(): string[] {
  const home = os.homedir();
  if (process.platform === 'win32')
    return [
      path.join(process.env['WINDIR'] ?? 'C:\\Windows', 'Fonts'),
      path.join(process.env['LOCALAPPDATA'] ?? home, 'Microsoft', 'Windows', 'Fonts'),
    ];
  if (process.platform === 'darwin')
    return ['/System/Library/Fonts', '/Library/Fonts', path.join(home, 'Library', 'Fonts')];
  return [
    '/usr/share/fonts',
    '/usr/local/share/fonts',
    path.join(home, '.local', 'share', 'fonts'),
    path.join(home, '.fonts'),
  ];
}

const COLLECTION = 0x74746366;
const NAME = 0x6e616d65;
/** Of a collection, the face for simplified characters; its name ends so. */
const SIMPLIFIED = /(?:sc|gb|hans)(?:[-_ ]?(?:regular|light|w3))?$/iu;

/** The simplified Chinese face of a collection, else its first, with its tables alone; a single font as it is. */
export function faceOf(bytes: Uint8Array): Uint8Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (view.getUint32(0) !== COLLECTION) return bytes;
    const faces = Array.from({ length: Math.min(view.getUint32(8), MOST_FACES) }, (_, i) =>
      view.getUint32(12 + 4 * i),
    );
    const chosen = faces.find((at) => SIMPLIFIED.test(postScriptName(view, at))) ?? faces[0];
    return chosen === undefined ? null : single(bytes, view, chosen);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

interface Table {
  readonly tag: number;
  readonly checksum: number;
  readonly offset: number;
  readonly length: number;
}

function tablesOf(view: DataView, face: number): Table[] {
  return Array.from({ length: view.getUint16(face + 4) }, (_, i) => {
    const at = face + 12 + 16 * i;
    return {
      tag: view.getUint32(at),
      checksum: view.getUint32(at + 4),
      offset: view.getUint32(at + 8),
      length: view.getUint32(at + 12),
    };
  });
}

function postScriptName(view: DataView, face: number): string {
  const table = tablesOf(view, face).find((t) => t.tag === NAME);
  if (!table) return '';
  const strings = table.offset + view.getUint16(table.offset + 4);
  for (let i = 0; i < view.getUint16(table.offset + 2); i++) {
    const record = table.offset + 6 + 12 * i;
    if (view.getUint16(record + 6) !== 6) continue;
    const at = strings + view.getUint16(record + 10);
    let name = '';
    // ASCII by definition, in one byte or in two.
    for (let k = 0; k < view.getUint16(record + 8); k++) {
      const code = view.getUint8(at + k);
      if (code !== 0) name += String.fromCharCode(code);
    }
    return name;
  }
  return '';
}

function single(bytes: Uint8Array, view: DataView, face: number): Uint8Array {
  const tables = tablesOf(view, face);
  const header = 12 + 16 * tables.length;
  const out = new Uint8Array(tables.reduce((n, t) => n + ((t.length + 3) & ~3), header));
  out.set(bytes.subarray(face, face + 12));
  const written = new DataView(out.buffer);
  let at = header;
  tables.forEach((t, i) => {
    if (t.offset + t.length > bytes.length) throw new RangeError('a table ends beyond the font');
    const record = 12 + 16 * i;
    [t.tag, t.checksum, at, t.length].forEach((value, k) => {
      written.setUint32(record + 4 * k, value);
    });
    out.set(bytes.subarray(t.offset, t.offset + t.length), at);
    at += (t.length + 3) & ~3;
  });
  return out;
}
