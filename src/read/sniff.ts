import { archiveKind } from './archive/archive-kind.ts';
import { decode } from './charset.ts';
import { type Container, DEFAULT_LIMITS, ReadError } from './document.ts';
import { beginsAsJson } from './html/json-answer.ts';
import { isCompoundFile, rootStreamNames } from './ole.ts';
import { officeXml } from './single-xml.ts';
import { delimiterOf } from './spreadsheet/delimited.ts';
import { openZip } from './zip.ts';

/** How far a look goes for what needs no more than the beginning. */
const HEAD = 64 * 1024;

/**
 * What a file is by its content; names and declared types lie too often (HTML, RTF and DOCX under `.doc` are common).
 * Never throws: what cannot be told is `unknown`, and a damaged container is named as what it set out to be.
 */
export function sniff(bytes: Uint8Array): Container | 'unknown' {
  if (bytes.length === 0) return 'unknown';
  if (startsWith(bytes, 'PK\x03\x04') || startsWith(bytes, 'PK\x05\x06')) return sniffZip(bytes);
  if (isCompoundFile(bytes)) return sniffCompound(bytes);
  if (startsWith(bytes, '\x89PNG\r\n\x1a\n') || startsWith(bytes, '\xff\xd8\xff')) return 'picture';
  if (/^(?:GIF8[79]a|BM.{4}\0\0\0\0|II\*\0|MM\0\*|RIFF.{4}WEBP)/s.test(latin1(bytes, 16))) return 'picture';
  if (archiveKind(bytes) !== null) return 'archive';
  const head = latin1(bytes, 1024);
  // Junk before the header is tolerated by every viewer (ISO 32000-2, annex H of earlier editions).
  if (head.includes('%PDF-')) return 'pdf';
  if (/^(?:\xef\xbb\xbf)?\s*\{\\rtf/.test(head)) return 'rtf';
  const zipAt = head.indexOf('PK\x03\x04');
  if (zipAt > 0 && sniffZip(bytes) !== 'archive') return sniffZip(bytes);
  return sniffText(bytes);
}

/** An Office document behind a password: an OLE file that wraps the encrypted package (MS-OFFCRYPTO). */
export function isEncryptedPackage(bytes: Uint8Array): boolean {
  return isCompoundFile(bytes) && rootStreamNames(bytes).has('encryptedpackage');
}

function sniffZip(bytes: Uint8Array): Container {
  let names: readonly string[];
  let mime = '';
  try {
    const zip = openZip(bytes, DEFAULT_LIMITS);
    names = zip.names.map((name) => name.toLowerCase());
    const entry = zip.entries.find(({ name }) => name === 'mimetype');
    if (entry && entry.size < 200 && !entry.encrypted)
      mime = Buffer.from(zip.read('mimetype')).toString('latin1');
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    // Cut off or damaged: the local headers at the beginning still tell what it was.
    names = localNames(bytes);
    mime = /mimetype(application\/[\w.+-]+)/.exec(latin1(bytes, 200))?.[1] ?? '';
  }
  if (mime.startsWith('application/vnd.oasis.opendocument.text')) return 'odt';
  if (mime.startsWith('application/vnd.oasis.opendocument.spreadsheet')) return 'spreadsheet';
  if (names.includes('ofd.xml')) return 'ofd';
  const has = (folder: string) => names.some((name) => name.startsWith(folder));
  if (names.includes('[content_types].xml') || names.includes('_rels/.rels')) {
    if (has('word/')) return 'docx';
    if (has('xl/')) return 'spreadsheet';
  }
  if (names.includes('word/document.xml')) return 'docx';
  if (names.includes('xl/workbook.xml')) return 'spreadsheet';
  return 'archive';
}

function localNames(bytes: Uint8Array): string[] {
  const names: string[] = [];
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf('PK\x03\x04', 0, 'latin1'); at >= 0 && names.length < 1000; ) {
    if (at + 30 > buffer.length) break;
    const length = buffer.readUInt16LE(at + 26);
    names.push(buffer.toString('latin1', at + 30, at + 30 + length).toLowerCase());
    at = buffer.indexOf('PK\x03\x04', at + 30 + length, 'latin1');
  }
  return names;
}

function sniffCompound(bytes: Uint8Array): Container | 'unknown' {
  const names = rootStreamNames(bytes);
  if (names.has('encryptedpackage')) return 'docx';
  if (names.has('worddocument')) return 'doc';
  if (names.has('workbook') || names.has('book')) return 'spreadsheet';
  if (names.size > 0) return 'unknown';
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.includes(Buffer.from('WordDocument', 'utf16le'))) return 'doc';
  if (buffer.includes(Buffer.from('Workbook', 'utf16le'))) return 'spreadsheet';
  return 'unknown';
}

function sniffText(bytes: Uint8Array): Container | 'unknown' {
  const { text } = decode(bytes.length > HEAD ? bytes.subarray(0, HEAD) : bytes);
  if (/^(?:[\w-]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){0,12}?Content-Type:\s*multipart\/related/i.test(text))
    return 'html';
  const start = text.replace(/^[\s\ufeff]+/, '').slice(0, 400);
  if (/^<\?xml\b/.test(start)) {
    if (/<html\b/i.test(text)) return 'html';
    return officeXml(text) ?? 'unknown';
  }
  if (
    /^<(?:!doctype\s+html|html|head|body|meta|title|table|tbody|tr|td|div|p|span|script|style|link|center|font|article|section|h[1-6]|b|strong|br|form|input|ul)\b/i.test(
      start,
    )
  )
    return 'html';
  if (/^<!(?:--|\[)/.test(start) && /<\w+[^>]*>/.test(text)) return 'html';
  const tags = text.match(/<\/?(?:html|body|table|tr|td|th|p|div|span|h[1-6])\b[^<>]*>/gi)?.length ?? 0;
  if (tags >= 6 && /<\/(?:table|td|p|div|span|body)\s*>/i.test(text)) return 'html';
  // Markup inside a script's string: `\u003Ctable`, `<td style=\"`.
  const escaped = text.match(/\\u003c\/?(?:table|tr|td|p|div|span)\b/gi)?.length ?? 0;
  if (escaped >= 6) return 'html';
  // A JSON answer writes `<\/p>`, or the brackets as entities.
  const inJson = beginsAsJson(text)
    ? text.match(/(?:<|&lt;)(?:\\?\/)?(?:table|tr|td|p|div|span)\b/gi)?.length
    : 0;
  if ((inJson ?? 0) >= 6) return 'html';
  let odd = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (
      code === 0xfffd ||
      (code < 0x20 && code !== 9 && code !== 10 && code !== 13 && code !== 12 && code !== 11)
    )
      odd++;
  }
  if (odd > Math.max(4, text.length * 0.02)) return 'unknown';
  return delimiterOf(text) === null ? 'text' : 'spreadsheet';
}

function startsWith(bytes: Uint8Array, signature: string): boolean {
  return latin1(bytes, signature.length) === signature;
}

function latin1(bytes: Uint8Array, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.length)).toString('latin1');
}
