/** `charset`: the encoding by which the text was decoded, by its name in the WHATWG Encoding Standard. */
export interface Decoded {
  readonly text: string;
  readonly charset: string;
}

/**
 * Decodes a page: BOM, then the Content-Type's charset, then `<meta>` in the first 4,096 bytes, then UTF-8 if it is
 * valid, else gb18030. A declared charset that gives U+FFFD loses against one that decodes cleanly: portals declare
 * wrongly, and a title in mojibake matches nothing.
 */
export function decodePage(
  bytes: Uint8Array,
  contentType: string | null,
  configured: string | null = null,
): Decoded {
  const bom = byteOrderMark(bytes);
  if (bom) return { text: decode(bytes, bom), charset: bom };
  const declared = known(configured) ?? known(parameter(contentType)) ?? known(metaCharset(bytes)) ?? null;
  const candidates = [...new Set([...(declared ? [declared] : []), 'utf-8', 'gb18030'])];
  let best: (Decoded & { faults: number }) | null = null;
  for (const label of candidates) {
    const text = decode(bytes, label);
    const faults = count(text);
    if (faults === 0) return { text, charset: label };
    if (!best || faults < best.faults) best = { text, charset: label, faults };
  }
  return best ?? { text: '', charset: 'utf-8' };
}

function byteOrderMark(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return null;
}

function parameter(contentType: string | null): string | null {
  return /charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType ?? '')?.[1] ?? null;
}

function metaCharset(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096)).toString('latin1');
  return (
    /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1] ??
    /^\s*<\?xml[^>]+encoding\s*=\s*["']([\w-]+)/i.exec(head)?.[1] ??
    null
  );
}

/** What a Chinese page can be in. Servers say ISO-8859-1 of everything, and it decodes everything, wrongly. */
const believable = new Set(['utf-8', 'gb18030', 'big5', 'utf-16le', 'utf-16be']);

/** gb2312 and gbk are subsets of gb18030, and pages that say so use more than they declare. */
function known(label: string | null): string | null {
  if (label === null) return null;
  const name = label.toLowerCase();
  if (/^(gb2312|gbk|gb18030|x-gbk|gb_2312-80|cp936)$/.test(name)) return 'gb18030';
  try {
    const { encoding } = new TextDecoder(name);
    return believable.has(encoding) ? encoding : null;
  } catch {
    return null;
  }
}

function decode(bytes: Uint8Array, label: string): string {
  return new TextDecoder(label).decode(bytes);
}

function count(text: string): number {
  let faults = 0;
  for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', at + 1)) faults++;
  return faults;
}
