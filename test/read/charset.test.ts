import { describe, expect, it } from 'vitest';
import { decode } from '../../src/read/charset.ts';

/** 规章 in GBK (GB 2312 rows 25 and 53) and in Big5-free bytes, from the code tables. */
const GBK = Uint8Array.of(0xb9, 0xe6, 0xd5, 0xc2);
const utf8 = (text: string) => new TextEncoder().encode(text);
const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

function utf16(text: string, bigEndian: boolean): Uint8Array {
  const bytes = Buffer.from(text, 'utf16le');
  return new Uint8Array(bigEndian ? bytes.swap16() : bytes);
}

describe('decode', () => {
  it('believes a byte order mark before anything else', () => {
    expect(
      decode(join(Uint8Array.of(0xef, 0xbb, 0xbf), utf8('规章')), 'text/html; charset=gbk'),
    ).toMatchObject({
      text: '规章',
      from: 'bom',
    });
    expect(decode(join(Uint8Array.of(0xff, 0xfe), utf16('规章', false))).text).toBe('规章');
    expect(decode(join(Uint8Array.of(0xfe, 0xff), utf16('规章', true))).text).toBe('规章');
  });

  it('reads GBK under every name that it goes by', () => {
    for (const name of ['gb2312', 'GBK', 'gb18030', 'x-gbk'])
      expect(decode(GBK, `text/html; charset=${name}`)).toMatchObject({
        text: '规章',
        encoding: 'gb18030',
        from: 'http',
      });
    expect(decode(join(utf8('<meta charset="gb2312">'), GBK)).text).toBe('<meta charset="gb2312">规章');
    expect(
      decode(join(utf8("<META content='text/html; charset=gb2312' http-equiv=Content-Type>"), GBK)),
    ).toMatchObject({ encoding: 'gb18030', from: 'meta' });
  });

  it('reads an undeclared GBK page as GB 18030, never as Windows-1252', () => {
    expect(decode(GBK)).toMatchObject({ text: '规章', encoding: 'gb18030', from: 'content' });
    expect(decode(GBK, 'text/html; charset=iso-8859-1').text).toBe('规章');
  });

  it('drops a declaration that the bytes disprove', () => {
    expect(decode(join(utf8('<meta charset="utf-8">'), GBK)).text).toBe('<meta charset="utf-8">规章');
    // Eight bytes of UTF-8 that are valid GBK as well.
    expect(decode(utf8('<meta charset="gb2312">规章制度')).text).toBe('<meta charset="gb2312">规章制度');
    expect(decode(utf8('规章制度'), 'text/plain; charset=gbk').encoding).toBe('utf-8');
  });

  it('reads UTF-16 without a mark', () => {
    expect(decode(utf16('标题: 年报\n规章 13\n', false)).text).toBe('标题: 年报\n规章 13\n');
    expect(decode(utf16('标题: 年报\n规章 13\n', true)).text).toBe('标题: 年报\n规章 13\n');
  });

  it('reads characters that only GB 18030 has', () => {
    // 㐀 U+3400 is the four bytes 81 39 EE 39.
    expect(decode(join(GBK, Uint8Array.of(0x81, 0x39, 0xee, 0x39)), 'text/html; charset=gb2312').text).toBe(
      '规章㐀',
    );
  });

  it('takes the encoding that damages least where a file is cut inside a character, and counts the damage', () => {
    const cut = utf8('规章制度和规范性文件').subarray(0, 28);
    expect(decode(cut)).toMatchObject({ encoding: 'utf-8', undecodable: 1 });
    expect(decode(cut).text.startsWith('规章制度和规范性文')).toBe(true);
  });

  it('looks for a declaration in the first 4,096 bytes only', () => {
    const late = join(utf8(`${' '.repeat(5000)}<meta charset="big5">`), GBK);
    expect(decode(late).encoding).toBe('gb18030');
  });
});
