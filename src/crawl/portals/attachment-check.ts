/** What the first bytes of a file say it is. */
export type FileSignature =
  | 'ole'
  | 'zip'
  | 'pdf'
  | 'rtf'
  | 'rar'
  | '7z'
  | 'jpeg'
  | 'png'
  | 'gif'
  | 'bmp'
  | 'tiff';

export type AttachmentVerdict =
  | { readonly ok: true; readonly signature: FileSignature | null }
  | {
      readonly ok: false;
      readonly why: 'captcha' | 'login' | 'html' | 'empty' | 'json_error';
      readonly reason: string;
    };

const signatures: readonly (readonly [FileSignature, readonly number[]])[] = [
  ['ole', [0xd0, 0xcf, 0x11, 0xe0]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['pdf', [0x25, 0x50, 0x44, 0x46]],
  ['rtf', [0x7b, 0x5c, 0x72, 0x74, 0x66]],
  ['rar', [0x52, 0x61, 0x72, 0x21]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf]],
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['png', [0x89, 0x50, 0x4e, 0x47]],
  ['gif', [0x47, 0x49, 0x46, 0x38]],
  ['bmp', [0x42, 0x4d]],
  ['tiff', [0x49, 0x49, 0x2a, 0x00]],
  ['tiff', [0x4d, 0x4d, 0x00, 0x2a]],
];

/**
 * Is this answer to an attachment address a file? Portals send their captcha, login and error pages with status 200
 * in its place, and such a page must never be stored as a document. `named` is the name or address of the file: one
 * that ends in `.htm` or `.html` may be HTML.
 */
export function checkAttachment(bytes: Uint8Array, named: string): AttachmentVerdict {
  if (bytes.length === 0)
    return { ok: false, why: 'empty', reason: 'the answer to the attachment address is empty' };
  const signature = signatureOf(bytes);
  if (signature !== null) return { ok: true, signature };
  const head = new TextDecoder('utf-8').decode(bytes.subarray(0, 8192));
  const start = head.replace(/^\ufeff/, '').trimStart();
  const markup = /^<(?:!doc|html|head|body|script|meta|\?xml[^>]*\?>\s*<!?(?:doctype|html))/i.test(start);
  if (markup && !/\.(?:html?|mht|xml)(?:$|[?#])/i.test(named)) {
    // The words may be in GBK, where none of them is legible as UTF-8.
    const words = head + new TextDecoder('gb18030').decode(bytes.subarray(0, 8192));
    if (/验证码|滑动|拖动滑块|captcha/i.test(words))
      return { ok: false, why: 'captcha', reason: 'a captcha page came in place of the attachment' };
    if (/登录|login|password/i.test(words))
      return { ok: false, why: 'login', reason: 'a login page came in place of the attachment' };
    return { ok: false, why: 'html', reason: 'an HTML page came in place of the attachment' };
  }
  if (/^\{\s*"(?:code|success|msg|message|error|status)"/.test(start))
    return {
      ok: false,
      why: 'json_error',
      reason: 'an error message in JSON came in place of the attachment',
    };
  return { ok: true, signature: null };
}

/** The signature at the start of a file; a few bytes of noise before `%PDF` are allowed, as PDF readers do. */
export function signatureOf(bytes: Uint8Array): FileSignature | null {
  for (const [name, magic] of signatures) {
    if (magic.every((byte, index) => bytes[index] === byte)) return name;
  }
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  return head.includes('%PDF-') && !/^\s*</.test(head) ? 'pdf' : null;
}
