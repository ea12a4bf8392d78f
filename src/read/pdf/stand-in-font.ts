/**
 * A font in which every character is the same box. PDFium leaves out text whose glyphs have no extent, and without
 * fonts on the machine that is every ideograph of a font that the PDF does not embed: a cell that says 无 would read
 * as blank. The text of such a font comes from its codes; the glyphs only have to exist.
 */
export function standInFont(): Uint8Array {
  const tables: [string, Uint8Array][] = [
    ['cmap', cmap()],
    ['glyf', glyf()],
    ['head', head()],
    ['hhea', words(0x0001, 0, 880, -120, 0, 1000, 0, 0, 1000, 1, 0, 0, 0, 0, 0, 0, 0, 1)],
    ['hmtx', words(1000, 0, 0)],
    // Glyph 0 and glyph 1, both the box.
    ['loca', words(0, 0, 0, GLYPH_LENGTH, 0, 2 * GLYPH_LENGTH)],
    ['maxp', words(0x0001, 0, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)],
  ];
  const header = 12 + 16 * tables.length;
  const size = tables.reduce((sum, [, data]) => sum + padded(data.length), header);
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  view.setUint32(0, 0x00010000);
  view.setUint16(4, tables.length);
  view.setUint16(6, 64);
  view.setUint16(8, 2);
  view.setUint16(10, 16 * tables.length - 64);
  let at = header;
  tables.forEach(([name, data], i) => {
    const record = 12 + 16 * i;
    for (let c = 0; c < 4; c++) out[record + c] = name.charCodeAt(c);
    view.setUint32(record + 8, at);
    view.setUint32(record + 12, data.length);
    out.set(data, at);
    at += padded(data.length);
  });
  return out;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

/** 16-bit big-endian words. */
function words(...values: number[]): Uint8Array {
  const out = new Uint8Array(values.length * 2);
  const view = new DataView(out.buffer);
  values.forEach((v, i) => {
    view.setUint16(2 * i, v & 0xffff);
  });
  return out;
}

/** Format 13: all characters from blank to the end of Unicode show glyph 1. */
function cmap(): Uint8Array {
  return words(0, 1, 3, 10, 0, 12, 13, 0, 0, 28, 0, 0, 0, 1, 0, 0x20, 0x10, 0xffff, 0, 1);
}

const GLYPH_LENGTH = 34;

/** One square on the em, four points, each coordinate two bytes. */
function glyf(): Uint8Array {
  const box = new Uint8Array(GLYPH_LENGTH);
  const view = new DataView(box.buffer);
  [1, 0, -120, 1000, 880, 3, 0].forEach((v, i) => {
    view.setInt16(2 * i, v);
  });
  // On the curve, coordinates as 16-bit differences.
  box.fill(1, 14, 18);
  [0, 1000, 0, -1000, -120, 0, 1000, 0].forEach((v, i) => {
    view.setInt16(18 + 2 * i, v);
  });
  const out = new Uint8Array(2 * GLYPH_LENGTH);
  out.set(box, 0);
  out.set(box, GLYPH_LENGTH);
  return out;
}

function head(): Uint8Array {
  return words(
    ...[0x0001, 0, 0x0001, 0, 0, 0, 0x5f0f, 0x3cf5, 0, 1000],
    ...[0, 0, 0, 0, 0, 0, 0, 0],
    ...[0, -120, 1000, 880, 0, 8, 2, 1, 0],
  );
}
