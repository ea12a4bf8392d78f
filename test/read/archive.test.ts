import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import SevenZip, { type SevenZipModuleFactory } from '7z-wasm';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { expandArchive } from '../../src/read/archive/archive.ts';
import { entryPath } from '../../src/read/archive/entry-path.ts';
import { DEFAULT_LIMITS, ReadError, type ReadLimits } from '../../src/read/document.ts';

const page = (text: string) => new TextEncoder().encode(`<html><body><p>${text}</p></body></html>`);
const expand = (bytes: Uint8Array, limits: Partial<ReadLimits> = {}) =>
  expandArchive({ bytes, name: 'archive.zip' }, { ...DEFAULT_LIMITS, ...limits });
const failure = (error: unknown) => (error instanceof ReadError ? error.failure : error);

/** 「某某县年报.html」 in GBK. */
const GBK_NAME = Uint8Array.of(
  0xc4,
  0xb3,
  0xc4,
  0xb3,
  0xcf,
  0xd8,
  0xc4,
  0xea,
  0xb1,
  0xa8,
  ...Buffer.from('.html'),
);

describe('a ZIP archive', () => {
  it('gives its documents with their folders, and leaves out what file managers leave behind', async () => {
    const bytes = zipSync({
      '某某县/2024年报.html': page('甲'),
      '__MACOSX/某某县/._2024年报.html': page('乙'),
      '某某县/.DS_Store': new Uint8Array(10),
      '某某县/Thumbs.db': new Uint8Array(10),
      '某某县/~$2024年报.doc': new Uint8Array(10),
      'setup.exe': Uint8Array.of(0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0xff, 0xff, 0, 0),
    });
    const { documents, refused, ignored } = await expand(bytes);
    expect(documents.map(({ path, source }) => [path, source.name])).toEqual([
      ['某某县/2024年报.html', '2024年报.html'],
    ]);
    expect(Buffer.from(documents[0]!.source.bytes)).toEqual(Buffer.from(page('甲')));
    expect(refused).toEqual([]);
    expect(ignored).toHaveLength(5);
  });

  it('leaves out shortcuts and the parts of saved pages by their names, whatever they hold', async () => {
    const text = new TextEncoder().encode('[InternetShortcut]\r\nURL=http://example.invalid/\r\n');
    const bytes = zipSync({
      '打开网站.url': text,
      '快捷方式.lnk': Uint8Array.of(0x4c, 0, 0, 0, 1, 0x14, 2, 0),
      '年报_files/top.html': page('甲'),
      '年报.files/image001.png': Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      'style.css': new TextEncoder().encode('td { color: red }'),
      'System Volume Information/a.txt': text,
      '.localized': text,
      年报: page('乙'),
      '年报.HTM': page('丙'),
    });
    const { documents, refused, ignored } = await expand(bytes);
    expect(documents.map(({ path }) => path)).toEqual(['年报', '年报.HTM']);
    expect([refused, ignored.length]).toEqual([[], 7]);
  });

  it('takes a folder for the parts of a page only beside that page, and a document whose name begins with a dot', async () => {
    const { documents, ignored } = await expand(
      zipSync({
        '附件_files/2024年报.html': page('甲'),
        '各乡镇.files/某某乡.html': page('乙'),
        '.某某镇.html': page('丙'),
        '._某某镇.html': page('丙'),
      }),
    );
    expect(documents.map(({ path }) => path)).toEqual([
      '附件_files/2024年报.html',
      '各乡镇.files/某某乡.html',
      '.某某镇.html',
    ]);
    expect(ignored).toEqual(['._某某镇.html']);
  });

  it('knows documents by what they hold when they have no ending or a wrong one', async () => {
    const rtf = new TextEncoder().encode('{\\rtf1\\ansi text}');
    const bytes = zipSync({
      年报: page('甲'),
      '年报.dat': rtf,
      '2024年度.年报': zipSync({ 丙: page('丙') }),
    });
    const { documents } = await expand(bytes);
    expect(documents.map(({ path }) => path)).toEqual(['年报', '年报.dat', '2024年度.年报/丙']);
  });

  it('says so of an entry that has the name of a document and is none', async () => {
    const noise = Uint8Array.from({ length: 400 }, (_, i) => (i * 151 + 7) & 0xff);
    const { documents, refused } = await expand(zipSync({ '空.doc': new Uint8Array(0), '年报.pdf': noise }));
    expect(documents).toEqual([]);
    expect(refused).toMatchObject([
      { path: '空.doc', failure: 'corrupt' },
      { path: '年报.pdf', failure: 'unsupported' },
    ]);
  });

  it('reads names in GBK that no flag declares', async () => {
    const { documents } = await expand(storedZip([{ name: GBK_NAME, data: page('甲') }]));
    expect(documents.map(({ path }) => path)).toEqual(['某某县年报.html']);
  });

  it('opens archives directly inside it, and says that it does not go deeper', async () => {
    const inmost = zipSync({ '丙.html': page('丙') });
    const inner = zipSync({ '乙.html': page('乙'), '丙.zip': inmost });
    const { documents, refused } = await expand(zipSync({ '甲.html': page('甲'), '附件.zip': inner }));
    expect(documents.map(({ path }) => path)).toEqual(['甲.html', '附件.zip/乙.html']);
    expect(refused).toMatchObject([{ path: '附件.zip/丙.zip', failure: 'unsupported' }]);
  });

  it('keeps paths inside, and both documents when two paths become one', async () => {
    const { documents } = await expand(
      zipSync({ '../../etc/a.html': page('甲'), 'etc/a.html': page('乙'), 'C:\\b.html': page('丙') }),
    );
    expect(documents.map(({ path }) => path)).toEqual(['etc/a.html', 'etc/a-2.html', 'C/b.html']);
  });

  it('refuses the one entry whose checksum is wrong and gives the others', async () => {
    const bytes = storedZip([
      { name: Buffer.from('a.html'), data: page('甲'), crc: 1 },
      { name: Buffer.from('b.html'), data: page('乙') },
    ]);
    const { documents, refused } = await expand(bytes);
    expect(documents.map(({ path }) => path)).toEqual(['b.html']);
    expect(refused).toMatchObject([{ path: 'a.html', failure: 'corrupt' }]);
  });

  it('holds the limits over inner archives together', async () => {
    const big = (text: string) => page(text.repeat(30_000));
    const inner = zipSync({ '乙.html': big('乙'), '丙.html': big('丙') });
    const { documents, refused } = await expand(zipSync({ '甲.html': big('甲'), '附件.zip': inner }), {
      inflatedBytes: 200_000,
    });
    expect(documents.map(({ path }) => path)).toEqual(['甲.html', '附件.zip/乙.html']);
    expect(refused).toMatchObject([{ path: '附件.zip/丙.html', failure: 'too_large' }]);
    expect(await expand(zipSync({ a: page(''), b: page('') }), { archiveEntries: 1 }).catch(failure)).toBe(
      'too_large',
    );
  });

  it('is corrupt when it was cut off', async () => {
    const bytes = zipSync({ 'a.html': page('甲') });
    expect(await expand(bytes.subarray(0, bytes.length - 30)).catch(failure)).toBe('corrupt');
  });
});

describe('a RAR archive', () => {
  it('gives its documents', async () => {
    const { documents } = await expand(storedRar('report.html', page('甲')));
    expect(documents).toHaveLength(1);
    expect(documents[0]).toMatchObject({ path: 'report.html' });
    expect(Buffer.from(documents[0]!.source.bytes)).toEqual(Buffer.from(page('甲')));
  });

  it('does not give an entry that fails its checksum', async () => {
    const { documents, refused } = await expand(storedRar('report.html', page('甲'), 1));
    expect(documents).toEqual([]);
    expect(refused).toMatchObject([{ path: 'report.html', failure: 'corrupt' }]);
  });
});

describe('a 7z archive', () => {
  const report = { '某某县/2024年报.html': page('甲'), '某某县/附件/说明.exe': Uint8Array.of(0x4d, 0x5a, 0) };

  it('gives its documents with their folders', async () => {
    const { documents, refused, ignored } = await expand(await packed('7z', report));
    expect(documents.map(({ path, source }) => [path, source.name])).toEqual([
      ['某某县/2024年报.html', '2024年报.html'],
    ]);
    expect(Buffer.from(documents[0]!.source.bytes)).toEqual(Buffer.from(page('甲')));
    expect([refused, ignored]).toEqual([[], ['某某县/附件/说明.exe']]);
  });

  it('is opened inside another archive', async () => {
    const { documents } = await expand(zipSync({ '附件.7z': await packed('7z', report) }));
    expect(documents.map(({ path }) => path)).toEqual(['附件.7z/某某县/2024年报.html']);
  });

  it('does not give a file that fails its checksum, and gives the others', async () => {
    const bytes = await packed('7z', { 'a.html': page('甲'), 'b.html': page('乙') }, ['-mx0', '-ms=off']);
    // Stored as it is: a byte of the first file is another one.
    bytes[Buffer.from(bytes).indexOf(page('甲').slice(0, 20)) + 3]! ^= 1;
    const { documents, refused } = await expand(bytes);
    expect(documents.map(({ path }) => path)).toEqual(['b.html']);
    expect(refused).toMatchObject([{ path: 'a.html', failure: 'corrupt' }]);
  });

  it.each([
    ['files', []],
    ['files and names', ['-mhe=on']],
  ])('says so where a password protects its %s', async (_, options) => {
    const bytes = await packed('7z', report, ['-psecret', ...options]);
    expect(await expand(bytes).catch(failure)).toBe('encrypted');
  });

  it('is refused when it was cut off, and before it is unpacked when that would be too much', async () => {
    const bytes = await packed('7z', { 'a.html': page('甲'.repeat(2_000_000)) });
    expect(bytes.length).toBeLessThan(10_000);
    expect(await expand(bytes.subarray(0, bytes.length - 9)).catch(failure)).toBe('corrupt');
    expect(await expand(bytes, { inflateRatio: 100 }).catch(failure)).toBe('too_large');
    expect(
      await expand(await packed('7z', { a: page(''), b: page('') }), { archiveEntries: 1 }).catch(failure),
    ).toBe('too_large');
  });
});

describe('a tar archive', () => {
  const report = { '某某县/2024年报.html': page('甲'), '某某县/2023年报.html': page('乙') };

  it.each([
    ['as it is', (tar: Uint8Array) => tar],
    ['packed by gzip', gzipSync],
  ])('gives its documents (%s)', async (_, pack) => {
    const { documents } = await expand(pack(await packed('tar', report)));
    expect(documents.map(({ path }) => path).sort()).toEqual(Object.keys(report).sort());
  });

  it('gives of two files of one name the last, as programs that unpack do', async () => {
    const first = await packed('tar', { 'a.html': page('甲') });
    const second = await packed('tar', { 'a.html': page('乙乙') });
    const end = Buffer.from(first).lastIndexOf('</html>') + 512;
    const { documents } = await expand(Buffer.concat([first.slice(0, end - (end % 512)), second]));
    expect(documents.map(({ source }) => Buffer.from(source.bytes).toString())).toEqual([
      Buffer.from(page('乙乙')).toString(),
    ]);
  });

  it('calls a file whose name cannot be told unread, and not damaged', async () => {
    const bytes = Buffer.from(await packed('tar', { 'xxxxxxxxxx.html': page('甲') }));
    Buffer.from(GBK_NAME).copy(bytes, bytes.indexOf('xxxxxxxxxx.html'));
    // The sum of the header's bytes, its own field taken as blanks (POSIX.1).
    const header = bytes.subarray(0, 512);
    header.fill(' ', 148, 156);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    const { documents, refused } = await expand(bytes);
    expect(documents.length + refused.length).toBe(1);
    expect(refused.map(({ failure }) => failure)).not.toContain('corrupt');
  });

  it('packed by gzip is one archive, in which another is opened', async () => {
    const inner = await packed('tar', { '附件.zip': zipSync(report) });
    const { documents } = await expand(gzipSync(inner));
    expect(documents).toHaveLength(2);
  });
});

describe('a gzip', () => {
  it('gives the one document in it', async () => {
    const { documents } = await expandArchive(
      { bytes: gzipSync(page('甲')), name: '2024年报.html.gz' },
      DEFAULT_LIMITS,
    );
    expect(documents.map(({ path }) => path)).toEqual(['2024年报.html']);
  });

  it('is refused where it would inflate to too much, or is damaged', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    expect(await expand(bomb, { inflateRatio: 100 }).catch(failure)).toBe('too_large');
    expect(await expand(gzipSync(page('甲')).subarray(0, 30)).catch(failure)).toBe('corrupt');
  });
});

/** An archive of the kind, written by 7-Zip. */
async function packed(
  kind: '7z' | 'tar',
  files: Readonly<Record<string, Uint8Array>>,
  options: readonly string[] = [],
): Promise<Uint8Array> {
  const start = SevenZip as unknown as SevenZipModuleFactory;
  const program = await start({ print: () => {}, printErr: () => {} });
  const folders = Object.keys(files).flatMap((name) =>
    name
      .split('/')
      .slice(0, -1)
      .map((_, i, parts) => parts.slice(0, i + 1).join('/')),
  );
  for (const folder of ['', ...new Set(folders)]) program.FS.mkdir(`/in/${folder}`);
  for (const [name, data] of Object.entries(files)) program.FS.writeFile(`/in/${name}`, data);
  program.FS.chdir('/in');
  program.callMain(['a', `-t${kind}`, '-sccUTF-8', ...options, `/packed.${kind}`, '.']);
  return Uint8Array.from(program.FS.readFile(`/packed.${kind}`));
}

describe('the path of an entry', () => {
  it('never leads outside and never is empty, whatever the name', () => {
    const part = fc.constantFrom('..', '.', '', '/', '\\', 'C:', 'a', '年报.doc', '\u202e', ' ', '...');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const path = entryPath(parts.join('/'));
        expect(path).not.toMatch(/^\/|(^|\/)\.+(\/|$)|\\|:/);
        expect(path).not.toBe('');
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

/** A ZIP written by hand, for names and checksums that no library writes. */
function storedZip(entries: { name: Uint8Array; data: Uint8Array; crc?: number }[]): Uint8Array {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, data, crc } of entries) {
    const packed = deflateRawSync(data);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc ?? crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(name.length, 22);
    locals.push(Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, rest, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** A RAR 4 archive with one stored file. */
function storedRar(name: string, data: Uint8Array, crc = crc32(data)): Uint8Array {
  const header = (kind: number, flags: number, body: Buffer) => {
    const head = Buffer.alloc(7);
    head.writeUInt8(kind, 2);
    head.writeUInt16LE(flags, 3);
    head.writeUInt16LE(7 + body.length, 5);
    const whole = Buffer.concat([head, body]);
    whole.writeUInt16LE(crc32(whole.subarray(2)) & 0xffff, 0);
    return whole;
  };
  const file = Buffer.alloc(25 + name.length);
  file.writeUInt32LE(data.length, 0);
  file.writeUInt32LE(data.length, 4);
  file.writeUInt32LE(crc, 9);
  file.writeUInt8(20, 17);
  file.writeUInt8(0x30, 18);
  file.writeUInt16LE(name.length, 19);
  file.write(name, 25, 'latin1');
  return Buffer.concat([
    Buffer.from('Rar!\x1a\x07\x00', 'latin1'),
    header(0x73, 0, Buffer.alloc(6)),
    header(0x74, 0x8000, file),
    data,
    header(0x7b, 0x4000, Buffer.alloc(0)),
  ]);
}
