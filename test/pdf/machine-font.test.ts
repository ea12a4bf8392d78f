import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { faceOf, lookFor } from '../../src/read/pdf/machine-font.ts';
import { renderBitmap, renderPage } from '../../src/read/pdf/render.ts';
import { standInFont } from '../../src/read/pdf/stand-in-font.ts';

const FIXTURE = readFileSync(path.resolve(import.meta.dirname, '../../fixtures/2023/caizhengju.pdf'));

/** Fonts behind one another, each with the offsets of its tables moved to where they then are. */
function collection(fonts: readonly Uint8Array[]): Uint8Array {
  const header = 12 + 4 * fonts.length;
  const out = new Uint8Array(header + fonts.reduce((n, f) => n + f.length, 0));
  const view = new DataView(out.buffer);
  view.setUint32(0, 0x74746366);
  view.setUint32(4, 0x00010000);
  view.setUint32(8, fonts.length);
  let at = header;
  fonts.forEach((font, i) => {
    view.setUint32(12 + 4 * i, at);
    out.set(font, at);
    for (let t = 0; t < view.getUint16(at + 4); t++) {
      const offset = at + 12 + 16 * t + 8;
      view.setUint32(offset, view.getUint32(offset) + at);
    }
    at += font.length;
  });
  return out;
}

test('a face of a collection becomes a font of its own, with the same tables', () => {
  const font = standInFont();
  expect(faceOf(collection([font, font]))).toEqual(font);
  expect(faceOf(font)).toBe(font);
});

test('a damaged collection is no font', () => {
  expect(faceOf(collection([standInFont()]).subarray(0, 40))).toBeNull();
});

test('the first known name that holds a font is taken, wherever it lies below the folders', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-fonts-'));
  try {
    mkdirSync(path.join(folder, 'deep'));
    writeFileSync(path.join(folder, 'unknown.ttf'), standInFont());
    expect(await lookFor([folder, path.join(folder, 'nowhere')])).toBeNull();
    writeFileSync(path.join(folder, 'wqy-zenhei.ttc'), collection([standInFont()]).subarray(0, 40));
    writeFileSync(path.join(folder, 'deep', 'uming.ttc'), collection([standInFont()]));
    expect(await lookFor([folder])).toEqual(standInFont());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a page whose fonts are not embedded says so, and what is read is drawn with the stand-in whatever was shown', async () => {
  const before = await renderBitmap(FIXTURE, 1, 36);
  // Another font than the stand-in, although its glyphs are the same: an engine of its own.
  const shown = await renderPage(FIXTURE, 1, { scale: 0.5, font: standInFont() });
  expect(shown.fontMissing).toBe(true);
  expect((await renderBitmap(FIXTURE, 1, 36)).data).toEqual(before.data);
});
