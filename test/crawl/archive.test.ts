import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archiveExtension } from '../../src/crawl/archive/extension.ts';
import { Archive } from '../../src/crawl/archive/store.ts';
import { exportWarc } from '../../src/crawl/archive/warc.ts';
import { servedName } from '../../src/crawl/attachment-fetch.ts';
import { MemoryState } from './memory-state.ts';

let folder: string;
let archive: Archive;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gongkai-archive-'));
  archive = new Archive(folder);
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

// The SHA-256 of "abc" stands in FIPS 180-4.
const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

test('bytes lie under their hash, read-only, and nothing half-written is left', async () => {
  const put = await archive.put(Buffer.from('abc'), 'pdf');
  expect(put).toEqual({ sha256: abc, path: `ba/${abc}.pdf`, bytes: 3, known: false });
  expect(await readFile(path.join(folder, 'ba', `${abc}.pdf`), 'utf8')).toBe('abc');
  expect((await stat(archive.absolute(put.path))).mode & 0o222).toBe(0);
  expect(await readdir(path.join(folder, '.partial'))).toEqual([]);
});

test('the same bytes are kept once, whatever name they come under, and never written again', async () => {
  const first = await archive.put(Buffer.from('abc'), 'pdf');
  const { mtimeMs, ino } = await stat(archive.absolute(first.path));
  expect(await archive.put(Buffer.from('abc'), 'docx')).toEqual({ ...first, known: true });
  expect(await stat(archive.absolute(first.path))).toMatchObject({ mtimeMs, ino });
});

test('many at once of the same bytes leave one whole file', async () => {
  const bytes = Buffer.alloc(200_000, 7);
  const all = await Promise.all(Array.from({ length: 8 }, () => archive.put(bytes, 'bin')));
  expect(new Set(all.map(({ path }) => path)).size).toBe(1);
  expect((await archive.read(all[0]?.path ?? '')).length).toBe(200_000);
});

test('what a killed process left behind goes after a day, not before', async () => {
  await archive.prepare(Date.now());
  const left = path.join(folder, '.partial', 'left');
  await writeFile(left, 'half');
  await archive.prepare(Date.now());
  expect(await readdir(path.join(folder, '.partial'))).toEqual(['left']);
  await utimes(left, new Date(0), new Date(0));
  await archive.prepare(Date.now());
  expect(await readdir(path.join(folder, '.partial'))).toEqual([]);
});

test('an extension that tries to leave the folder is none', async () => {
  expect((await archive.put(Buffer.from('abc'), '/../../x')).path).toBe(`ba/${abc}`);
});

test.each([
  ['%PDF-1.7', ['x.doc'], false, 'pdf'],
  ['PK\x03\x04 word/document.xml', ['x.doc'], false, 'docx'],
  ['PK\x03\x04 OFD.xml', [null, '/a/b.ofd'], false, 'ofd'],
  ['PK\x03\x04', ['x.zip'], false, 'zip'],
  ['\xd0\xcf\x11\xe0', ['报告.wps'], false, 'wps'],
  ['\xd0\xcf\x11\xe0', ['downfile.jsp?x=1'], false, 'doc'],
  ['\xff\xd8\xff', [null], false, 'jpg'],
  ['<html>', ['x.pdf'], true, 'html'],
  ['text', ['x.exe'], false, 'bin'],
])('%j named %j is archived as .%s', (bytes, names, isPage, extension) => {
  expect(archiveExtension(Buffer.from(bytes, 'latin1'), names, isPage)).toBe(extension);
});

test.each([
  ["attachment; filename*=UTF-8''%E5%B9%B4%E6%8A%A5.docx", '年报.docx'],
  ['attachment; filename="%E5%B9%B4%E6%8A%A5.docx"', '年报.docx'],
  [`attachment; filename="${Buffer.from('年报.docx').toString('latin1')}"`, '年报.docx'],
  [`attachment; filename=${Buffer.from([0xc4, 0xea, 0xb1, 0xa8]).toString('latin1')}.doc`, '年报.doc'],
  ['attachment', null],
  [undefined, null],
])('the name in Content-Disposition %j', (header, name) => {
  expect(servedName(header)).toBe(name);
});

test('the exchanges go out as WARC, the same bytes every time', async () => {
  const state = new MemoryState();
  const body = await archive.put(Buffer.from('<p>年报</p>'), 'html');
  await state.commit({
    exchanges: [
      {
        run: 'r',
        portal: 'p',
        url: 'https://www.moumou.gov.cn/a?b=1',
        method: 'GET',
        requestHeaders: { 'user-agent': 'GongkaiReportBot/1.0' },
        status: 200,
        responseHeaders: {
          'content-type': 'text/html',
          'content-encoding': 'gzip',
          'set-cookie': 'a=1\nb=2',
        },
        fetchedAt: '2026-06-01T15:00:00.000Z',
        sha256: body.sha256,
        path: body.path,
        bytes: body.bytes,
      },
    ],
  });
  const write = async () => {
    const output = new PassThrough();
    const chunks: Buffer[] = [];
    output.on('data', (chunk) => chunks.push(chunk));
    expect(await exportWarc(state, archive, { portal: 'p' }, output, 'gongkai')).toBe(1);
    return Buffer.concat(chunks);
  };
  const packed = await write();
  expect(await write()).toEqual(packed);
  const text = gunzipSync(packed).toString();
  expect(text.match(/^WARC-Type: \w+/gm)).toEqual([
    'WARC-Type: warcinfo',
    'WARC-Type: response',
    'WARC-Type: request',
  ]);
  expect(text).toContain('WARC-Target-URI: https://www.moumou.gov.cn/a?b=1\r\n');
  expect(text).toContain(
    'HTTP/1.1 200 \r\ncontent-type: text/html\r\nX-Archive-Orig-content-encoding: gzip\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 13\r\n\r\n<p>年报</p>\r\n\r\n',
  );
  expect(text).toContain(
    'GET /a?b=1 HTTP/1.1\r\nHost: www.moumou.gov.cn\r\nuser-agent: GongkaiReportBot/1.0\r\n\r\n',
  );
  for (const record of text.split(/(?=WARC\/1\.1\r\n)/)) {
    const length = Number(/^Content-Length: (\d+)\r\n\r\n/m.exec(record)?.[1]);
    const start = record.indexOf('\r\n\r\n') + 4;
    expect(Buffer.byteLength(record.slice(start)) - 4).toBe(length);
  }
});
