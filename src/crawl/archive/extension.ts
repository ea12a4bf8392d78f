import { signatureOf } from '../portals/attachment-check.ts';

const documentNames =
  /\.(docx?|xlsx?|pdf|wps|et|ofd|rtf|odt|ods|zip|rar|7z|html?|txt|csv|jpe?g|png|gif|bmp|tiff?)$/i;

/**
 * The extension under which bytes are archived: from their signature, and only where that leaves several from the names
 * under which they came. A portal's `.doc` is often a DOCX or a PDF.
 */
export function archiveExtension(
  bytes: Uint8Array,
  names: readonly (string | null)[],
  isPage: boolean,
): string {
  if (isPage)
    return /^[\s\ufeff]*[{[]/.test(new TextDecoder().decode(bytes.subarray(0, 64))) ? 'json' : 'html';
  const named = names
    .map((name) => documentNames.exec((name ?? '').replace(/[?#].*$/, ''))?.[1]?.toLowerCase())
    .find((extension) => extension !== undefined);
  switch (signatureOf(bytes)) {
    case 'pdf':
      return 'pdf';
    case 'rtf':
      return 'rtf';
    case 'rar':
      return 'rar';
    case '7z':
      return '7z';
    case 'jpeg':
      return 'jpg';
    case 'png':
      return 'png';
    case 'gif':
      return 'gif';
    case 'bmp':
      return 'bmp';
    case 'tiff':
      return 'tif';
    case 'ole':
      return named && /^(doc|wps|xls|et)$/.test(named) ? named : 'doc';
    case 'zip':
      return zipKind(bytes) ?? (named && /^(docx|xlsx|ofd|odt|ods|zip)$/.test(named) ? named : 'zip');
    default:
      return named ?? 'bin';
  }
}

/** OOXML, OFD and OpenDocument are told apart by the names of their entries. */
function zipKind(bytes: Uint8Array): string | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  if (text.includes('word/document.xml')) return 'docx';
  if (text.includes('xl/workbook.xml')) return 'xlsx';
  if (text.includes('OFD.xml')) return 'ofd';
  return null;
}
