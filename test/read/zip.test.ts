import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, ReadError } from '../../src/read/document.ts';
import { openZip } from '../../src/read/zip.ts';
import { failureOf } from './failure.ts';

const CENTRAL = [0x50, 0x4b, 0x01, 0x02];

function archive(files: Record<string, string>, level: 0 | 6 = 6): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])), {
    level,
  });
}

function centralHeader(zip: Uint8Array): DataView {
  for (let at = 0; at < zip.length - 4; at++)
    if (CENTRAL.every((byte, index) => zip[at + index] === byte))
      return new DataView(zip.buffer, zip.byteOffset + at);
  throw new Error('no central directory');
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('openZip', () => {
  it('gives the bytes of deflated and of stored entries', () => {
    for (const level of [0, 6] as const) {
      const zip = openZip(archive({ 'a/b.txt': '规章 13 件', 'c.txt': '' }, level), DEFAULT_LIMITS);
      expect(zip.names).toEqual(['a/b.txt', 'c.txt']);
      expect(text(zip.read('a/b.txt'))).toBe('规章 13 件');
      expect(zip.read('c.txt')).toHaveLength(0);
    }
  });

  it('finds a part whatever the case of its name', () => {
    const zip = openZip(archive({ 'Word/Document.xml': 'x' }), DEFAULT_LIMITS);
    expect(text(zip.read('word/document.xml'))).toBe('x');
  });

  it('refuses an entry whose checksum does not fit', () => {
    const bytes = archive({ 'a.txt': 'one two three' }, 0);
    const at = bytes.indexOf('t'.charCodeAt(0), 35);
    bytes[at] = 'T'.charCodeAt(0);
    const zip = openZip(bytes, DEFAULT_LIMITS);
    expect(failureOf(() => zip.read('a.txt'))).toBe('corrupt');
  });

  it('refuses an entry that inflates beyond the size it declares', () => {
    const bytes = archive({ 'a.txt': 'x'.repeat(100_000) });
    centralHeader(bytes).setUint32(24, 10, true);
    expect(failureOf(() => openZip(bytes, DEFAULT_LIMITS).read('a.txt'))).toBe('corrupt');
  });

  it('refuses before inflating what declares more than is allowed', () => {
    const bytes = archive({ 'a.txt': 'x'.repeat(5_000_000) });
    expect(
      failureOf(() => openZip(bytes, { ...DEFAULT_LIMITS, inflatedBytes: 1_000_000 }).read('a.txt')),
    ).toBe('too_large');
    expect(failureOf(() => openZip(bytes, DEFAULT_LIMITS).read('a.txt'))).toBe('too_large');
  });

  it('counts all entries that are read against one budget, and none twice', () => {
    const zip = openZip(archive({ a: 'x'.repeat(600), b: 'y'.repeat(600) }), {
      ...DEFAULT_LIMITS,
      inflatedBytes: 1000,
    });
    zip.read('a');
    zip.read('a');
    expect(failureOf(() => zip.read('b'))).toBe('too_large');
  });

  it('says that an entry is encrypted', () => {
    const bytes = archive({ 'a.txt': 'secret' });
    const header = centralHeader(bytes);
    header.setUint16(8, header.getUint16(8, true) | 1, true);
    expect(failureOf(() => openZip(bytes, DEFAULT_LIMITS).read('a.txt'))).toBe('encrypted');
  });

  it('refuses an entry that is there twice', () => {
    const bytes = archive({ 'a.txt': 'first', 'b.txt': 'second' });
    const copy = bytes.slice();
    for (let at = 0; at < copy.length - 5; at++)
      if (text(copy.subarray(at, at + 5)) === 'b.txt') copy[at] = 'a'.charCodeAt(0);
    expect(failureOf(() => openZip(copy, DEFAULT_LIMITS).read('a.txt'))).toBe('corrupt');
  });

  it('refuses an archive with too many entries or without a directory', () => {
    const bytes = archive(Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`${index}`, ''])));
    expect(failureOf(() => openZip(bytes, { ...DEFAULT_LIMITS, archiveEntries: 10 }))).toBe('too_large');
    expect(failureOf(() => openZip(bytes.subarray(0, bytes.length - 30), DEFAULT_LIMITS))).toBe('corrupt');
    expect(failureOf(() => openZip(new Uint8Array(), DEFAULT_LIMITS))).toBe('corrupt');
  });

  it('reads names in GBK, as Chinese archivers write them', () => {
    const bytes = archive({ 'abcd.txt': 'x' });
    // 年报 in GBK: C4 EA B1 A8.
    const gbk = [0xc4, 0xea, 0xb1, 0xa8];
    for (let at = 0; at < bytes.length - 4; at++)
      if (text(bytes.subarray(at, at + 4)) === 'abcd') bytes.set(gbk, at);
    expect(openZip(bytes, DEFAULT_LIMITS).names).toEqual(['年报.txt']);
  });

  it('throws nothing but ReadError for damaged archives', () => {
    const whole = archive({ 'a.txt': 'one two three'.repeat(50), 'b.txt': 'four' });
    for (let at = 0; at < whole.length; at++) {
      const damaged = whole.slice();
      damaged[at] = (damaged[at] as number) ^ 0xff;
      try {
        const zip = openZip(damaged, DEFAULT_LIMITS);
        for (const name of zip.names) zip.read(name);
      } catch (error) {
        expect(error).toBeInstanceOf(ReadError);
      }
    }
  });
});
