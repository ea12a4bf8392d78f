/** One token of RTF. Text comes as bytes, since what they mean depends on the font. */
export type RtfToken =
  | { readonly kind: 'open' }
  | { readonly kind: 'close' }
  | { readonly kind: 'word'; readonly name: string; readonly value: number | null }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly escaped: boolean };

const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const QUOTE = 0x27;
const CR = 0x0d;
const LF = 0x0a;

/** The tokens of an RTF file; `\binN` data is passed over. Damaged escapes yield nothing. */
export function* rtfTokens(source: Uint8Array): Generator<RtfToken> {
  let at = 0;
  while (at < source.length) {
    const byte = source[at]!;
    if (byte === OPEN || byte === CLOSE) {
      yield byte === OPEN ? { kind: 'open' } : { kind: 'close' };
      at += 1;
    } else if (byte === BACKSLASH) {
      const next = source[at + 1] ?? 0;
      if (next === QUOTE) {
        const value = Number.parseInt(latin1(source, at + 2, at + 4), 16);
        if (!Number.isNaN(value)) yield { kind: 'bytes', bytes: Uint8Array.of(value), escaped: true };
        at += 4;
      } else if (isLetter(next)) {
        let end = at + 1;
        while (isLetter(source[end] ?? 0) && end - at < 40) end += 1;
        const name = latin1(source, at + 1, end);
        let stop = source[end] === 0x2d ? end + 1 : end;
        while (isDigit(source[stop] ?? 0) && stop - end < 12) stop += 1;
        const number = Number.parseInt(latin1(source, end, stop), 10);
        const value = Number.isNaN(number) ? null : number;
        at = source[stop] === 0x20 ? stop + 1 : stop;
        if (name === 'bin') at += Math.max(0, value ?? 0);
        else yield { kind: 'word', name, value };
      } else {
        // A line end after a backslash is a paragraph.
        const name = next === CR || next === LF ? 'par' : String.fromCharCode(next);
        if (name === '\\' || name === '{' || name === '}')
          yield { kind: 'bytes', bytes: Uint8Array.of(next), escaped: false };
        else yield { kind: 'word', name, value: null };
        at += 2;
      }
    } else if (byte === CR || byte === LF || byte === 0) {
      at += 1;
    } else {
      let end = at + 1;
      while (end < source.length && !isSpecial(source[end]!)) end += 1;
      yield { kind: 'bytes', bytes: source.subarray(at, end), escaped: false };
      at = end;
    }
  }
}

function isSpecial(byte: number): boolean {
  return byte === BACKSLASH || byte === OPEN || byte === CLOSE || byte === CR || byte === LF || byte === 0;
}

function isLetter(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
