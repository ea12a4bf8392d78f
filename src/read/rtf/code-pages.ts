import { TextDecoder } from 'node:util';

/** Encodings by the number of the Windows code page, as `\ansicpg` and `\cpg` state it. */
const BY_CODE_PAGE: Readonly<Record<number, string>> = {
  932: 'shift_jis',
  936: 'gb18030',
  949: 'euc-kr',
  950: 'big5',
  1250: 'windows-1250',
  1251: 'windows-1251',
  1252: 'windows-1252',
  1253: 'windows-1253',
  1254: 'windows-1254',
  1255: 'windows-1255',
  1256: 'windows-1256',
  1257: 'windows-1257',
  1258: 'windows-1258',
  10008: 'gb18030',
  54936: 'gb18030',
  65001: 'utf-8',
};

/** Code pages by `\fcharset`; those that are missing (0 ANSI, 1 default, 2 symbol) follow the document. */
const BY_CHARSET: Readonly<Record<number, number>> = {
  128: 932,
  129: 949,
  134: 936,
  136: 950,
  161: 1253,
  162: 1254,
  163: 1258,
  177: 1255,
  178: 1256,
  186: 1257,
  204: 1251,
  238: 1250,
};

const decoders = new Map<string, TextDecoder>();

/** Decodes the bytes of a run in a code page; one that is not known counts as Western. */
export function decodeBytes(bytes: Uint8Array, codePage: number): string {
  const label = BY_CODE_PAGE[codePage] ?? 'windows-1252';
  let decoder = decoders.get(label);
  if (!decoder) {
    decoder = new TextDecoder(label);
    decoders.set(label, decoder);
  }
  return decoder.decode(bytes);
}

export function codePageOfCharset(charset: number): number | null {
  return BY_CHARSET[charset] ?? null;
}

/** Whether this byte is the first of two in the code page. */
export function leadsPair(byte: number, codePage: number): boolean {
  if (codePage === 936 || codePage === 949 || codePage === 950 || codePage === 54936 || codePage === 10008)
    return byte >= 0x81 && byte <= 0xfe;
  if (codePage === 932) return (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
  return false;
}
