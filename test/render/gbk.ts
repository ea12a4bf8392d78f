/** Encodes to GBK. Node decodes GBK but cannot write it; the table is what its decoder knows, read backwards. */
let table: Uint16Array | null = null;

/** By UTF-16 code unit: the two bytes of the character, 0 where GBK has none. */
function gbkTable(): Uint16Array {
  if (table) return table;
  table = new Uint16Array(65_536);
  const decoder = new TextDecoder('gbk', { fatal: true });
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail === 0x7f) continue;
      try {
        const char = decoder.decode(Uint8Array.of(lead, trail));
        if (char.length === 1) table[char.charCodeAt(0)] ||= (lead << 8) | trail;
      } catch {
        // Unassigned.
      }
    }
  }
  return table;
}

/** What GBK lacks is written as a numeric character reference, as web editors do. */
export function encodeGbkHtml(html: string): Uint8Array {
  const known = gbkTable();
  const longestReference = '&#65535;'.length;
  let unknown = 0;
  for (let i = 0; i < html.length; i += 1) {
    const unit = html.charCodeAt(i);
    if (unit >= 0x80 && known[unit] === 0) unknown += 1;
  }
  const bytes = Buffer.allocUnsafe(html.length * 2 + unknown * longestReference);
  let at = 0;
  for (let i = 0; i < html.length; i += 1) {
    const unit = html.charCodeAt(i);
    const code = known[unit]!;
    if (unit < 0x80) {
      bytes[at] = unit;
      at += 1;
    } else if (code !== 0) {
      at = bytes.writeUInt16BE(code, at);
    } else {
      at += bytes.write(`&#${unit};`, at, 'latin1');
    }
  }
  return bytes.subarray(0, at);
}

/** A character in GBK; throws where GBK lacks it. */
export function gbkBytes(char: string): Uint8Array {
  const unit = char.charCodeAt(0);
  if (unit < 0x80) return Uint8Array.of(unit);
  const code = gbkTable()[unit]!;
  if (code === 0) throw new RangeError(`GBK has no ${char}`);
  return Uint8Array.of(code >> 8, code & 0xff);
}
