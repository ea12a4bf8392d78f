/** Encodes to GBK. Node decodes GBK but cannot write it; the table is what its decoder knows, read backwards. */
let table: Map<string, number> | null = null;

function gbkTable(): Map<string, number> {
  if (table) return table;
  table = new Map();
  const decoder = new TextDecoder('gbk', { fatal: true });
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail === 0x7f) continue;
      try {
        const char = decoder.decode(Uint8Array.of(lead, trail));
        if (char.length === 1 && !table.has(char)) table.set(char, (lead << 8) | trail);
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
  const bytes: number[] = [];
  for (const char of html) {
    const point = char.codePointAt(0)!;
    if (point < 0x80) {
      bytes.push(point);
      continue;
    }
    const code = known.get(char);
    if (code === undefined) for (const c of `&#${point};`) bytes.push(c.charCodeAt(0));
    else bytes.push(code >> 8, code & 0xff);
  }
  return Uint8Array.from(bytes);
}

/** A character in GBK; throws where GBK lacks it. */
export function gbkBytes(char: string): Uint8Array {
  const point = char.codePointAt(0)!;
  if (point < 0x80) return Uint8Array.of(point);
  const code = gbkTable().get(char);
  if (code === undefined) throw new RangeError(`GBK has no ${char}`);
  return Uint8Array.of(code >> 8, code & 0xff);
}
