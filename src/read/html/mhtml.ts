/** The page inside an MHTML file (a saved web page, Word's `.mht`), and what its headers say of the charset. */
export function pageOfMhtml(bytes: Uint8Array): { bytes: Uint8Array; contentType: string } | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const headers = readHeaders(text.slice(0, 16_384));
  if (!/^multipart\//i.test(headers.fields.get('content-type') ?? '')) return null;
  const boundary = /boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(headers.fields.get('content-type') ?? '');
  const fence = boundary?.[1] ?? boundary?.[2];
  if (!fence) return null;
  for (const part of text.split(`--${fence}`).slice(1)) {
    const start = part.replace(/^\r?\n/, '');
    const { fields, length } = readHeaders(start);
    const type = fields.get('content-type') ?? '';
    if (/^multipart\//i.test(type)) {
      const inner = pageOfMhtml(new Uint8Array(Buffer.from(start, 'latin1')));
      if (inner) return inner;
    }
    if (!/^(?:text\/html|application\/xhtml\+xml)/i.test(type)) continue;
    const content = start.slice(length);
    const encoding = (fields.get('content-transfer-encoding') ?? '').trim().toLowerCase();
    return { bytes: decodeTransfer(content, encoding), contentType: type };
  }
  return null;
}

function readHeaders(text: string): { fields: Map<string, string>; length: number } {
  const end = /\r?\n\r?\n/.exec(text);
  const length = end ? end.index + end[0].length : text.length;
  const fields = new Map<string, string>();
  for (const line of text
    .slice(0, end?.index ?? text.length)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { fields, length };
}

function decodeTransfer(content: string, encoding: string): Uint8Array {
  if (encoding === 'base64') return new Uint8Array(Buffer.from(content, 'base64'));
  if (encoding === 'quoted-printable') {
    const plain = content
      .replace(/=[ \t]*\r?\n/g, '')
      .replace(/=([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
    return new Uint8Array(Buffer.from(plain, 'latin1'));
  }
  return new Uint8Array(Buffer.from(content, 'latin1'));
}
