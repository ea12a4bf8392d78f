import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../src/read/read.ts';
import { isEncryptedPackage, sniff } from '../../src/read/sniff.ts';
import { failureOfPromise } from './failure.ts';

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const utf8 = (text: string) => new TextEncoder().encode(text);

function zip(files: Record<string, string>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
}

/** A compound file with the named streams below its root, their contents left out (MS-CFB 2.2, 2.6). */
function compound(...names: string[]): Uint8Array {
  const bytes = new Uint8Array(512 * 4);
  const view = new DataView(bytes.buffer);
  bytes.set([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
  view.setUint16(30, 9, true);
  view.setUint32(48, 1, true);
  view.setUint32(68, 0xfffffffe, true);
  for (let index = 0; index < 109; index++)
    view.setUint32(76 + index * 4, index === 0 ? 0 : 0xffffffff, true);
  view.setUint32(512, 0xfffffffd, true);
  view.setUint32(516, 0xfffffffe, true);
  const entry = (index: number, name: string, right: number, child: number) => {
    const at = 1024 + index * 128;
    for (let place = 0; place < name.length; place++)
      view.setUint16(at + place * 2, name.charCodeAt(place), true);
    view.setUint16(at + 64, name.length * 2 + 2, true);
    view.setUint32(at + 68, 0xffffffff, true);
    view.setUint32(at + 72, right, true);
    view.setUint32(at + 76, child, true);
  };
  entry(0, 'Root Entry', 0xffffffff, 1);
  names.forEach((name, index) => {
    entry(index + 1, name, index + 1 < names.length ? index + 2 : 0xffffffff, 0xffffffff);
  });
  return bytes;
}

describe('sniff', () => {
  it.each([
    ['docx', zip({ '[Content_Types].xml': '', 'word/document.xml': '' })],
    ['spreadsheet', zip({ '[Content_Types].xml': '', 'xl/workbook.xml': '' })],
    ['odt', zip({ mimetype: 'application/vnd.oasis.opendocument.text', 'content.xml': '' })],
    ['spreadsheet', zip({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet' })],
    ['ofd', zip({ 'OFD.xml': '', 'Doc_0/Document.xml': '' })],
    ['archive', zip({ '年报.docx': '', 'b.pdf': '' })],
    ['archive', ascii('Rar!\x1a\x07\x00rest')],
    ['archive', ascii("7z\xbc\xaf'\x1crest")],
    ['doc', compound('WordDocument', '1Table')],
    ['spreadsheet', compound('\x05SummaryInformation', 'Workbook')],
    ['pdf', ascii('%PDF-1.7\n')],
    ['pdf', ascii('\r\n\xef\xbb\xbf%PDF-1.4\n')],
    ['rtf', ascii('{\\rtf1\\ansi')],
    ['picture', ascii('\x89PNG\r\n\x1a\n....')],
    ['picture', ascii('\xff\xd8\xff\xe0....')],
    ['html', utf8('\ufeff  <!DOCTYPE html><html>')],
    ['html', utf8('<html xmlns:o="urn:schemas-microsoft-com:office:office">')],
    ['html', utf8('<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html>')],
    ['html', utf8('<p class=MsoNormal>年报')],
    ['html', utf8('年报 <table><tr><td>1</td></tr></table><p>a</p>')],
    ['html', new Uint8Array(Buffer.from('\ufeff<html><body>年报</body>', 'utf16le'))],
    [
      'html',
      ascii('MIME-Version: 1.0\r\nX-A: b\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x'),
    ],
    ['html', utf8(`{"content":"${'\\u003Cp\\u003E规章\\u003C/p\\u003E'.repeat(5)}"}`)],
    ['text', utf8('标题: 年报\n规章\t13')],
    ['text', Uint8Array.of(0xb9, 0xe6, 0xd5, 0xc2, 0x0a)],
    ['text', utf8('| 规章 | 0 |\n|---|---|\n| a<br>b | 1 |')],
    ['unknown', new Uint8Array()],
    ['unknown', Uint8Array.from({ length: 4000 }, (_, index) => (index * 7919) % 32)],
    ['unknown', utf8('<?xml version="1.0"?><other/>')],
  ] as const)('tells %s by its content', (container, bytes) => {
    expect(sniff(bytes)).toBe(container);
  });

  it('says what a cut file set out to be', () => {
    const whole = zip({ '[Content_Types].xml': 'x', 'word/document.xml': 'y'.repeat(200) });
    expect(sniff(whole.subarray(0, whole.length - 40))).toBe('docx');
  });

  it('knows a Word file with an embedded workbook from a workbook', () => {
    const bytes = compound('WordDocument', 'ObjectPool');
    bytes.set(Buffer.from('Workbook', 'utf16le'), 1024 + 5 * 128);
    expect(sniff(bytes)).toBe('doc');
  });
});

describe('readDocument', () => {
  it('says what cannot be read and why', async () => {
    const failure = (bytes: Uint8Array) => failureOfPromise(readDocument({ bytes, name: 'x.docx' }));
    expect(isEncryptedPackage(compound('EncryptionInfo', 'EncryptedPackage'))).toBe(true);
    expect(await failure(compound('EncryptionInfo', 'EncryptedPackage'))).toBe('encrypted');
    expect(await failure(new Uint8Array())).toBe('corrupt');
    expect(await failure(zip({ 'a.docx': '' }))).toBe('unsupported');
    expect(await failure(utf8('<?xml version="1.0"?><other/>'))).toBe('unsupported');
  });

  it('refuses more bytes than are allowed without looking at them', async () => {
    const limits = { ...(await import('../../src/read/document.ts')).DEFAULT_LIMITS, inputBytes: 10 };
    expect(
      await failureOfPromise(readDocument({ bytes: utf8('<html>年报</html>'), name: 'x' }, limits)),
    ).toBe('too_large');
  });

  it('goes by the content where the name says something else', async () => {
    const document = await readDocument({ bytes: utf8('规章 | 0 |'), name: '年报.pdf' });
    expect(document.container).toBe('text');
  });
});
