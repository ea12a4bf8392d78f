import { TextDecoder } from 'node:util';

export interface Decoded {
  readonly text: string;
  /** The encoding used, as the WHATWG Encoding Standard names it. */
  readonly encoding: Charset;
  readonly from: 'bom' | 'http' | 'meta' | 'content';
  /** Characters that could not be decoded and stand as U+FFFD. */
  readonly undecodable: number;
}

export type Charset = 'utf-8' | 'gb18030' | 'big5' | 'utf-16le' | 'utf-16be';

/** Bytes that are searched for a declaration, as browsers and the portals' own generators do. */
const DECLARATION_BYTES = 4096;

/**
 * Decodes a page or a text file: byte order mark, then the charset of HTTP, then the page's own declaration, then
 * strict UTF-8, then GB 18030. A declaration is believed only where the bytes agree with it: pages of Chinese offices
 * say `gb2312` over UTF-8 and the reverse. Windows-1252 is never assumed, since it decodes anything, and wrongly.
 */
export function decode(bytes: Uint8Array, contentType?: string): Decoded {
  const marked = byteOrderMark(bytes);
  if (marked) return result(bytes.subarray(marked.length), marked.charset, 'bom');

  const http = contentType ? charsetOf(/charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(contentType)?.[1]) : null;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, DECLARATION_BYTES));
  const meta = charsetOf(declaredIn(head.toString('latin1')));
  const declared = http ?? meta;
  const from = http ? 'http' : 'meta';

  const wide = looksWide(bytes);
  if (wide) return result(bytes, wide, declared === wide ? from : 'content');

  const utf8 = strict(bytes, 'utf-8');
  if (utf8 !== null) {
    // Chinese text in GBK practically never forms valid three-byte sequences of UTF-8 all through.
    const proves = declared === 'utf-8' || declared === null || hasChinese(utf8);
    if (proves)
      return { text: utf8, encoding: 'utf-8', from: declared === 'utf-8' ? from : 'content', undecodable: 0 };
  }
  if (declared !== null && declared !== 'utf-8') {
    const text = strict(bytes, declared);
    if (text !== null) return { text, encoding: declared, from, undecodable: 0 };
  }
  const gb = strict(bytes, 'gb18030');
  if (gb !== null) return { text: gb, encoding: 'gb18030', from: 'content', undecodable: 0 };

  // Damaged somewhere: the encoding that damages least, the declared one first.
  const candidates: Charset[] = declared ? [declared] : [];
  for (const charset of ['utf-8', 'gb18030'] as const) if (charset !== declared) candidates.push(charset);
  let best: Decoded | undefined;
  for (const charset of candidates) {
    const attempt = result(bytes, charset, charset === declared ? from : 'content');
    if (!best || attempt.undecodable < best.undecodable) best = attempt;
  }
  return best as Decoded;
}

function result(bytes: Uint8Array, charset: Charset, from: Decoded['from']): Decoded {
  const text = new TextDecoder(charset).decode(bytes);
  let undecodable = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) undecodable++;
  return { text, encoding: charset, from, undecodable };
}

function strict(bytes: Uint8Array, charset: Charset): string | null {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function byteOrderMark(bytes: Uint8Array): { charset: Charset; length: number } | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { charset: 'utf-8', length: 3 };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { charset: 'utf-16le', length: 2 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { charset: 'utf-16be', length: 2 };
  if (bytes[0] === 0x84 && bytes[1] === 0x31 && bytes[2] === 0x95 && bytes[3] === 0x33)
    return { charset: 'gb18030', length: 4 };
  return null;
}

function declaredIn(head: string): string | undefined {
  const tags = /<meta\b[^>]*>/gi;
  for (let tag = tags.exec(head); tag; tag = tags.exec(head)) {
    const charset = /charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(tag[0])?.[1];
    if (charset) return charset;
  }
  return /^\s*<\?xml\b[^>]*\bencoding\s*=\s*["']([\w.:-]+)/i.exec(head)?.[1];
}

/** Names that pages use; anything else (latin1, ansi, x-user-defined) says nothing about a Chinese page. */
function charsetOf(label: string | undefined): Charset | null {
  switch (label?.toLowerCase()) {
    case 'utf-8':
    case 'utf8':
    case 'unicode-1-1-utf-8':
      return 'utf-8';
    case 'gb2312':
    case 'gb_2312':
    case 'gb_2312-80':
    case 'gbk':
    case 'x-gbk':
    case 'gb18030':
    case 'gb-18030':
    case 'cp936':
    case 'ms936':
    case 'windows-936':
    case 'hz-gb-2312':
      return 'gb18030';
    case 'big5':
    case 'big5-hkscs':
      return 'big5';
    default:
      // A declaration of UTF-16 that could be read as single bytes is false (HTML Standard, prescan).
      return null;
  }
}

function hasChinese(text: string): boolean {
  return /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/.test(text);
}

/** UTF-16 without a mark: every second byte of its ASCII is zero, which no other text has. */
function looksWide(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const length = Math.min(bytes.length, DECLARATION_BYTES) & ~1;
  if (length < 4) return null;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let at = 0; at < length; at += 2) {
    if (bytes[at] === 0) evenZeros++;
    if (bytes[at + 1] === 0) oddZeros++;
  }
  if (evenZeros + oddZeros === 0) return null;
  const charset = oddZeros > evenZeros ? 'utf-16le' : 'utf-16be';
  if (Math.min(evenZeros, oddZeros) > 0) return null;
  const sample = new TextDecoder(charset).decode(bytes.subarray(0, length));
  const plain = sample.match(/[\t\n\r\x20-\x7e\u00a0\u2000-\u206f\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/g);
  return (plain?.length ?? 0) >= sample.length * 0.95 ? charset : null;
}
