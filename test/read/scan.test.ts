import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, ReadError } from '../../src/read/document.ts';
import { areStrokesBroken } from '../../src/read/scan/broken-strokes.ts';
import { cellInk } from '../../src/read/scan/cell-ink.ts';
import { digitSpacing, lineShape, numberBeforeUnit, numberGlyphs } from '../../src/read/scan/glyphs.ts';
import { rotate } from '../../src/read/scan/image.ts';
import { inkOf, inkThresholds } from '../../src/read/scan/ink.ts';
import { holdsSeveralNumbers } from '../../src/read/scan/lost-rules.ts';
import { readPicture, readPictures } from '../../src/read/scan/picture.ts';
import { preparePage } from '../../src/read/scan/prepared-page.ts';
import { turnedPage } from '../../src/read/scan/quarter-turns.ts';
import { rulingLines } from '../../src/read/scan/ruling-lines.ts';
import { readScannedPages } from '../../src/read/scan/scan.ts';
import type { ScannedPage } from '../../src/read/scan/scanned-page.ts';
import { skewOf } from '../../src/read/scan/skew.ts';
import { recognise } from '../../src/read/scan/tesseract.ts';
import { joined } from '../../src/read/scan/units.ts';
import { bodyOf } from '../render/bodies.ts';
import { PLAIN_DOCX, renderDocx } from '../render/docx.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { type ReportRecord, tableModels, tablesOf } from '../render/record.ts';
import { program } from '../support/requires.ts';
import { convertAll } from './converted.ts';
import { NO_SCORE, scoreTables } from './scan-score.ts';
import {
  faxed,
  inColours,
  inRed,
  laid,
  OFFICE_SCAN,
  photographed,
  rasterise,
  sealed,
  ticked,
  worn,
} from './scanned.ts';

const soffice = program('soffice');
const tesseract = program('tesseract');
const pdftoppm = program('pdftoppm');
const failure = (error: unknown) => (error instanceof ReadError ? error.failure : error);

/** A white page with rules: `[x0, y0, x1, y1]` in pixels, 2 thick. */
function ruledPage(width: number, height: number, rules: readonly (readonly number[])[]): ScannedPage {
  const gray = new Uint8Array(width * height).fill(255);
  for (const [x0, y0, x1, y1] of rules as [number, number, number, number][])
    for (let y = y0; y <= Math.max(y1, y0 + 1); y++)
      for (let x = x0; x <= Math.max(x1, x0 + 1); x++) gray[y * width + x] = 0;
  return { page: 1, width, height, dpi: 200, gray };
}

const TABLE = [
  [100, 100, 500, 100],
  [100, 160, 500, 160],
  [100, 220, 500, 220],
  [100, 100, 100, 220],
  [500, 100, 500, 220],
  [300, 160, 300, 220],
];

describe('a page before OCR', () => {
  it.each([-2, -0.7, 0, 0.3, 1.5, 2])('is found to be turned by %f°', (degrees) => {
    const page = ruledPage(800, 600, TABLE);
    const turned = rotate(page, (degrees * Math.PI) / 180);
    const found = (skewOf(inkOf(turned, inkThresholds(turned).faint)) * 180) / Math.PI;
    expect(Math.abs(found - degrees)).toBeLessThan(0.12);
  });

  it('shows its rules, a short one between two others among them, and no stroke that ends free', () => {
    const page = ruledPage(800, 600, [...TABLE, [400, 175, 400, 205]]);
    const { horizontal, vertical } = rulingLines(inkOf(page, 128), 200);
    expect(horizontal.map((rule) => Math.round(rule.at))).toEqual([101, 161, 221]);
    expect(vertical.map((rule) => Math.round(rule.at)).sort((a, b) => a - b)).toEqual([101, 301, 501]);
  });

  it('has no ink in an empty cell, specks left aside, and unexplained ink where there is a larger bit', () => {
    const ink = inkOf(ruledPage(100, 100, []), 128);
    const cell = { left: 5, top: 5, right: 95, bottom: 95 };
    const mask = new Uint8Array(ink.ink.length);
    ink.ink[50 * 100 + 50] = 1;
    expect(cellInk(ink, mask, cell, 200)).toEqual({ lines: [], unexplained: false });
    for (let y = 50; y < 54; y++) for (let x = 50; x < 54; x++) ink.ink[y * 100 + x] = 1;
    expect(cellInk(ink, mask, cell, 200)).toEqual({ lines: [], unexplained: true });
  });

  it('tells a dash and a slash from digits by their shape', () => {
    const shape = (paint: (x: number, y: number) => boolean) => {
      const ink = inkOf(ruledPage(100, 100, []), 128);
      for (let y = 0; y < 100; y++) for (let x = 0; x < 100; x++) if (paint(x, y)) ink.ink[y * 100 + x] = 1;
      const { lines } = cellInk(ink, new Uint8Array(10_000), { left: 5, top: 5, right: 95, bottom: 95 }, 200);
      return lineShape(lines[0]!, ink);
    };
    expect(shape((x, y) => y >= 49 && y < 52 && x > 40 && x < 60)).toEqual({ kind: 'stroke', text: '—' });
    const slash = (x: number, y: number) => y > 40 && y < 60 && Math.abs(x - (60 - (y - 40) / 2)) < 1.6;
    expect(shape(slash)).toEqual({ kind: 'stroke', text: '/' });
    expect(shape((x, y) => y > 40 && y < 60 && x > 49 && x < 53)).toMatchObject({ kind: 'number' });
  });
});

describe('a table on a page', () => {
  const cellsOf = (page: ScannedPage) => preparePage(page).cells;

  it('is the same when the page was photographed from below', () => {
    const rules = [
      ...[100, 400, 700, 1000, 1300].map((y) => [100, y, 1300, y]),
      ...[100, 340, 580, 820, 1060, 1300].map((x) => [x, 100, x, 1300]),
    ];
    const page = ruledPage(1400, 1400, rules);
    expect(cellsOf(page)).toHaveLength(20);
    const photograph = photographed(page, 0.04, 0.01, 0.6);
    const prepared = preparePage({ ...photograph, gray: photograph.gray });
    expect(prepared.cells).toHaveLength(20);
    expect(prepared.lean).not.toBeNull();
    const widths = prepared.cells.map(({ box }) => box.x1 - box.x0);
    expect(Math.max(...widths) / Math.min(...widths)).toBeLessThan(1.1);
  });

  it('is found where black and white left only dots of its hairlines, and nothing in it is sure', () => {
    const page = ruledPage(900, 700, [...TABLE, [700, 100, 700, 600]]);
    const gray = page.gray.map((level, at) =>
      level === 0 && ((at % 900) + Math.floor(at / 900)) % 5 > 2 ? 255 : level,
    );
    const cells = cellsOf({ ...page, gray });
    expect(cells.length).toBeGreaterThanOrEqual(2);
    expect(cells.every((cell) => cell.unsure)).toBe(true);
  });

  const strokes = [
    [299, 120, 301, 140],
    [200, 180, 202, 205],
    [400, 180, 402, 205],
  ];

  it('has the cells of its torn hairlines, and no rule where digits stand one below the other', () => {
    const rows = [100, 143, 186, 229, 272, 315, 358];
    const columns = [100, 260, 420, 580];
    const page = ruledPage(900, 700, []);
    for (const y of rows) page.gray.fill(0, y * 900 + 100, y * 900 + 581);
    for (const x of columns) for (let y = 100; y <= 358; y++) page.gray[y * 900 + x] = 0;
    for (const top of rows.slice(0, -1))
      for (const left of columns.slice(0, -1))
        for (let y = top + 10; y < top + 33; y++) page.gray.fill(0, y * 900 + left + 80, y * 900 + left + 83);
    const fax = faxed(worn(page, { ...OFFICE_SCAN, noise: 14, dust: 0, seed: 2 }), 160);
    const cells = cellsOf(fax);
    expect(cells.map((cell) => cell.ink.lines.length)).toEqual(Array(18).fill(1));
    expect(cells.every((cell) => cell.unsure)).toBe(true);
  });

  it('has no sure cell when rules of it were lost, whichever, though those that are left are whole', () => {
    const rows = [100, 160, 220, 280];
    const columns = [100, 220, 340, 460, 580];
    const across = rows.map((y) => [100, y, 580, y]);
    const upright = columns.map((x) => [x, 100, x, 280]);
    // Of the cells in the middle one row is blank, so that no cell of what is left holds two numbers.
    const ones = columns.slice(0, -1).map((x) => [x + 50, 240, x + 52, 262]);
    const whole = cellsOf(ruledPage(900, 700, [...across, ...upright, ...ones]));
    expect(whole.map((cell) => cell.unsure)).toEqual(Array(12).fill(false));
    for (const lost of [
      [across[0]!, upright[0]!],
      [across[1]!, upright[4]!],
      [across[3]!, across[0]!],
      [upright[0]!, upright[4]!],
    ]) {
      const left = [...across, ...upright].filter((rule) => !lost.includes(rule));
      const cells = cellsOf(ruledPage(900, 700, [...left, ...ones]));
      expect(cells.every((cell) => cell.unsure)).toBe(true);
    }
  });

  it('has no sure number in a cell of two columns or rows when it stands in the middle of one of them', () => {
    const one = (x: number, y: number) => [x, y, x + 2, y + 20];
    const unsure = (x: number) =>
      cellsOf(ruledPage(900, 700, [...TABLE, one(x, 120), one(200, 180), one(400, 180)])).map(
        (cell) => cell.unsure,
      );
    expect(unsure(299)).toEqual([false, false, false]);
    expect(unsure(199)).toEqual([true, false, false]);
  });

  it('keeps its rules and ink under a red seal, and what is as dark there as elsewhere is sure', () => {
    const page = ruledPage(900, 700, [...TABLE, ...strokes]);
    const plain = cellsOf(page);
    const under = cellsOf(sealed(page, 1.3, 1, 0.8));
    expect(under).toHaveLength(plain.length);
    expect(under.map((cell) => cell.ink.lines.length)).toEqual([1, 1, 1]);
    expect(under.filter((cell) => cell.red).length).toBeGreaterThanOrEqual(2);
    expect(under.filter((cell) => cell.unsure)).toEqual([]);
  });

  it('has no sure cell where red ink is no seal: too small, a ring around a number, a stroke by hand', () => {
    const page = ruledPage(900, 700, [...TABLE, ...strokes]);
    const reds = [
      sealed(page, 1.3, 0.9, 0.4),
      inRed(page, (x, y) => Math.abs(Math.hypot(x - 260, y - 200) - 160) < 3),
      inRed(page, (x, y) => Math.abs(y - 130) < 2 && x > 140 && x < 300),
    ];
    for (const corrected of reds) {
      const red = cellsOf(corrected).filter((cell) => cell.red);
      expect(red.length).toBeGreaterThan(0);
      expect(red.every((cell) => cell.unsure)).toBe(true);
    }
  });

  it('takes no fringe of black for red ink where the colours of a scanner stand a pixel apart', () => {
    const page = ruledPage(900, 700, [...TABLE, ...strokes]);
    const apart = inColours(page, (at) => [page.gray[at + 1] ?? 255, page.gray[at]!, page.gray[at]!]);
    expect(apart.redless).toBeDefined();
    expect(cellsOf(apart).map((cell) => [cell.ink.lines.length, cell.red])).toEqual(
      Array(3).fill([1, false]),
    );
    const struck = inRed(page, (x, y) => Math.abs(y - 130) < 2 && x > 120 && x < 180);
    expect(cellsOf(struck).filter((cell) => cell.red && cell.unsure)).toHaveLength(1);
  });

  it('has no sure cell where ink under a seal is paler than elsewhere: it may be what is left of the seal', () => {
    const page = ruledPage(900, 700, [...TABLE, ...strokes]);
    const seal = sealed(page, 1.3, 1, 0.8);
    const redless = Uint8Array.from(seal.redless!);
    for (let y = 175; y < 205; y++) for (let x = 240; x < 243; x++) redless[y * 900 + x] = 100;
    const [, left, right] = cellsOf({ ...seal, redless });
    expect(left).toMatchObject({ red: true, unsure: true });
    expect(right).toMatchObject({ red: true, unsure: false });
  });

  it('printed in red is read, not taken for a seal', () => {
    const page = ruledPage(900, 700, TABLE);
    const gray = page.gray.map((level) => (level === 0 ? 90 : 255));
    const redless = page.gray.map(() => 255);
    expect(cellsOf({ ...page, gray, redless })).toHaveLength(3);
  });

  it('has no blank cell where ink was not read', () => {
    const ticks = ticked(ruledPage(900, 700, TABLE), { x0: 45, y0: 60, x1: 100, y1: 78 });
    const inky = cellsOf(ticks).filter((cell) => cell.ink.lines.length > 0 || cell.ink.unexplained);
    expect(inky).toHaveLength(1);
  });
});

describe('the strokes of a page in black and white', () => {
  const labels = (...scores: number[]) => scores.map((score) => [{ text: '总计', score }]);
  const numbers = Array.from({ length: 20 }, () => [{ text: '7', score: 0.99 }]);

  it('are broken when half of its labels are read badly, however sure the digits are', () => {
    expect(areStrokesBroken([...numbers, ...labels(0.2, 0.4, 0.5, 0.7, 0.9, 0.95)])).toBe(true);
    expect(areStrokesBroken([...numbers, ...labels(0.2, 0.4, 0.85, 0.9, 0.9, 0.95)])).toBe(false);
    expect(areStrokesBroken([...numbers, ...labels(0.2, 0.4)])).toBe(false);
  });
});

describe('a page on its side', () => {
  it.each([90, 180, 270] as const)('turned by %i° comes back as it was', (angle) => {
    const page = ruledPage(80, 60, [[10, 10, 40, 10]]);
    const back = turnedPage(laid(page, angle), ((360 - angle) % 360) as 90 | 180 | 270);
    expect([back.width, back.height]).toEqual([80, 60]);
    expect(Buffer.compare(back.gray, page.gray)).toBe(0);
  });
});

describe('a line of a cell', () => {
  const inked = (paint: (x: number, y: number) => boolean) => {
    const ink = inkOf(ruledPage(100, 100, []), 128);
    for (let y = 0; y < 100; y++) for (let x = 0; x < 100; x++) if (paint(x, y)) ink.ink[y * 100 + x] = 1;
    const { lines } = cellInk(ink, new Uint8Array(10_000), { left: 5, top: 5, right: 95, bottom: 95 }, 200);
    return [lines[0]!, ink] as const;
  };
  const painted = (paint: (x: number, y: number) => boolean) => lineShape(...inked(paint));
  const bar = (x: number, y: number) => y > 40 && y < 60 && x >= 60 && x < 64;

  it('begins with a plus as high as its digits', () => {
    const plus = (x: number, y: number) =>
      (y > 48 && y < 52 && x > 30 && x < 48) || (x > 37 && x < 41 && y > 40 && y < 60);
    expect(painted((x, y) => plus(x, y) || bar(x, y))).toMatchObject({
      kind: 'number',
      glyphs: [{ kind: 'plus' }, { kind: 'digit' }],
    });
  });

  it('keeps a point in a number, and leaves dust away from it aside', () => {
    const second = (x: number, y: number) => y > 40 && y < 60 && x >= 76 && x < 80;
    const speck = (at: number) => (x: number, y: number) => y > 56 && y < 60 && x >= at && x < at + 3;
    const kinds = (dust: (x: number, y: number) => boolean) => {
      const shape = painted((x, y) => bar(x, y) || second(x, y) || dust(x, y));
      return shape.kind === 'number' ? shape.glyphs.map(({ kind }) => kind) : shape.kind;
    };
    expect(kinds(speck(68))).toEqual(['digit', 'dot', 'digit']);
    expect(kinds(speck(44))).toEqual(['digit', 'digit']);
    expect(kinds(speck(90))).toEqual(['digit', 'digit']);
    // Never sure: see the reading of its points.
    expect(kinds(speck(54))).toEqual(['dot', 'digit', 'digit']);
  });

  it('has no digit made higher by dust below it', () => {
    const dust = (x: number, y: number) => y >= 64 && y < 66 && x >= 60 && x < 63;
    expect(painted((x, y) => bar(x, y) || dust(x, y))).toMatchObject({
      kind: 'number',
      glyphs: [{ kind: 'digit', top: 41, bottom: 60 }],
    });
  });

  it('parts a minus from the digit that it runs into, and is never sure of it', () => {
    const minus = (x: number, y: number) => x >= 52 && x < 60 && y >= 49 && y < 52;
    const [line, ink] = inked(
      (x, y) => minus(x, y) || (y > 40 && y < 60 && x >= 60 && x < 72 && (x < 63 || x > 68 || y > 56)),
    );
    const glyphs = numberGlyphs(line, ruledPage(100, 100, []), ink, digitSpacing([]));
    expect(glyphs).toMatchObject([
      { kind: 'minus', left: 52, right: 60, touchesRule: true },
      { kind: 'digit', left: 60, right: 72, touchesRule: true },
    ]);
  });

  it('is parted before a unit, which is higher than digits, set apart or not, and not before digits run together', () => {
    const digits = (x: number, y: number) =>
      y >= 40 && y < 60 && ((x >= 10 && x < 14) || (x >= 22 && x < 26));
    const point = (x: number, y: number) => x >= 17 && x < 20 && y >= 57 && y < 60;
    const block = (left: number, top: number, bottom: number) => (x: number, y: number) =>
      y >= top && y < bottom && x >= left && x < left + 24 && (x < left + 3 || y < top + 3 || y === 50);
    const parted = (...others: ((x: number, y: number) => boolean)[]) =>
      numberBeforeUnit(...inked((x, y) => [digits, ...others].some((paint) => paint(x, y))));
    for (const left of [30, 42]) {
      const parts = parted(point, block(left, 38, 62));
      expect(parts?.glyphs.map(({ kind }) => kind)).toEqual(['digit', 'dot', 'digit']);
      expect(parts?.unit).toEqual({ left, top: 38, right: left + 24, bottom: 62 });
    }
    expect(parted(block(30, 40, 60))).toBeNull();
    expect(parted()).toBeNull();
    // As far off as digits are high, it may stand in another cell.
    expect(parted(block(60, 38, 62))).toBeNull();
  });

  it('with a unit is sure only where its digits are and the line was read the same in one piece', () => {
    const number = {
      text: '83.7',
      score: 0.95,
      doubtful: false,
      looksLikeDigits: true,
      votedFor: true,
      alternatives: ['33.7'],
    };
    expect(joined(number, '万', '83.7万')).toMatchObject({ text: '83.7万', doubtful: false });
    for (const whole of ['88.7万', '83.7王', '837万', '83.7', ''])
      expect(joined(number, '万', whole)).toMatchObject({ text: '83.7万', doubtful: true, score: 0.5 });
    expect(joined({ ...number, doubtful: true }, '万', '83.7万').doubtful).toBe(true);
    expect(joined(number, '万', '88.7万').alternatives).toEqual(['33.7万', '88.7万']);
  });

  it('with a second number below it, or far off in it, shows that a rule was not found; one that fills it does not', () => {
    const line = (text: string, left: number, ...digits: number[]) => {
      const glyphs = digits.map((x) => {
        const box = { left: left + x, right: left + x + 10, top: 0, bottom: 20 };
        return { ...box, kind: 'digit' as const, touchesRule: false };
      });
      const ink = { left, right: glyphs.at(-1)!.right, top: 0, bottom: 20, components: [] };
      return { ink, shape: { kind: 'number' as const, glyphs }, text };
    };
    const label = { ...line('一', 0, 0), shape: { kind: 'text' as const } };
    const stroke = { ...line('—', 0, 0), shape: { kind: 'stroke' as const, text: '—' as const } };
    const wide = 120;
    for (const several of [
      [line('0', 0, 0), line('0', 0, 0)],
      [line('17', 0, 0, 14), line('5', 0, 0)],
      [line('1', 0, 0), stroke],
      [line('12', 0, 0, 40)],
    ])
      expect(holdsSeveralNumbers(wide, several)).toBe(true);
    for (const one of [
      [line('17', 0, 0, 14)],
      [line('1738152', 0, 0, 14, 28, 42, 56, 70, 84), line('5', 0, 0)],
      [label, line('1', 0, 0)],
      [stroke],
    ])
      expect(holdsSeveralNumbers(wide, one)).toBe(false);
  });

  it('of two broad characters that run into each other is no dash', () => {
    const broad = (x: number, y: number) =>
      x > 20 && x < 80 && y > 35 && y < 63 && (x % 9 < 3 || y % 9 < 3 || y === 50);
    expect(painted(broad).kind).toBe('text');
  });
});

describe('a picture file', () => {
  const read = (bytes: Uint8Array, limits = DEFAULT_LIMITS) =>
    readPicture({ bytes, name: 'page.png' }, limits).catch(failure);
  const png = (width: number, height: number) => PNG.sync.write(new PNG({ width, height }));

  it('is refused by its header when it has too many pixels, before it is decoded', async () => {
    const bytes = png(40, 40);
    bytes.writeUInt32BE(60_000, 16);
    bytes.writeUInt32BE(60_000, 20);
    expect(await read(bytes)).toBe('too_large');
  });

  it('is corrupt when it was cut off, unsupported when of another kind', async () => {
    const whole = png(400, 400);
    expect(await read(whole.subarray(0, 60))).toBe('corrupt');
    const photo = jpeg.encode({ width: 64, height: 64, data: Buffer.alloc(64 * 64 * 4, 200) }, 80).data;
    expect(await read(photo.subarray(0, 300))).toBe('corrupt');
    expect(await read(new TextEncoder().encode('GIF89a'))).toBe('unsupported');
  });

  it('that is too small for a table costs no OCR', async () => {
    const picture = { location: 'picture=1', mime: 'image/png', width: 40, height: 40, bytes: png(40, 40) };
    expect(await readPictures([picture], DEFAULT_LIMITS)).toEqual([]);
  });
});

describe('without Tesseract', () => {
  const programs = process.env['PATH'];
  afterEach(() => {
    process.env['PATH'] = programs;
  });

  it('says that it needs OCR and what to install', async () => {
    process.env['PATH'] = '/nonexistent';
    await expect(readScannedPages([ruledPage(800, 600, TABLE)], DEFAULT_LIMITS)).rejects.toMatchObject({
      failure: 'needs_ocr',
      message: expect.stringContaining('tesseract-ocr-chi-sim'),
    });
  });
});

describe('Tesseract', () => {
  const programs = process.env['PATH'];
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'gongkai-test-'));
    // Dies on lists with a picture 13 pixels wide, else gives for each picture its width as a word.
    writeFileSync(
      path.join(folder, 'tesseract'),
      `#!/bin/sh
page=0
while read -r picture; do
  page=$((page + 1))
  width=$(sed -n 2p "$picture" | cut -d ' ' -f 1)
  if [ "$width" = 13 ]; then kill -FPE $$; fi
  printf '5\\t%s\\t1\\t1\\t1\\t1\\t0\\t0\\t1\\t1\\t90\\t%s\\n' $page "$width" >> "$2.tsv"
done < "$1"
`,
      { mode: 0o755 },
    );
    process.env['PATH'] = `${folder}:${programs}`;
  });
  afterEach(() => {
    process.env['PATH'] = programs;
    rmSync(folder, { recursive: true, force: true });
  });

  const pictures = (...widths: number[]) =>
    widths.map((width) => ({ width, height: 1, gray: new Uint8Array(width).fill(255) }));
  const options = { language: 'eng', layout: 'line', dpi: 200 } as const;

  it('that dies on a picture reads the others, and nothing of that one', async () => {
    const words = await recognise(pictures(11, 12, 13, 14, 15), options);
    expect(words.map((ofOne) => ofOne.map(({ text }) => text))).toEqual([['11'], ['12'], [], ['14'], ['15']]);
  });

  it('that dies on all of them is taken for broken', async () => {
    const all = pictures(...Array<number>(12).fill(13));
    expect(await recognise(all, options).catch(failure)).toBe('crashed');
  });
});

describe.skipIf(!soffice || !tesseract || !pdftoppm)('a scanned report', () => {
  const invented = inventReport(21, bodyOf('某某区', 2), 2023, NOTICE, 900);
  // Prose takes most of the time of OCR and is not what is tested.
  const record: ReportRecord = {
    ...invented,
    preamble: [],
    sections: invented.sections.map((section) => ({ ...section, paragraphs: [] })),
  };
  const models = tablesOf(record).flatMap((table) => tableModels(record, table));
  const print = () =>
    convertAll(soffice!, [{ extension: 'docx', bytes: renderDocx(record, PLAIN_DOCX) }], 'pdf')[0]!;

  it('at 200 dpi, skewed and noisy, has its digits right and no wrong cell without a mark', async () => {
    const pages = rasterise(pdftoppm!, print(), 200).map((page) => worn(page, { ...OFFICE_SCAN, skew: 1.6 }));
    const blocks = await readScannedPages(pages, DEFAULT_LIMITS);
    const score = scoreTables(models, blocks, NO_SCORE());
    expect(score.wrongUnmarked).toEqual([]);
    expect(score.digitsRight / score.digits).toBeGreaterThanOrEqual(0.995);
    expect(score.rightMarked.length / score.cells).toBeLessThanOrEqual(0.05);
    for (const block of blocks) {
      if (block.kind === 'paragraph') expect(block.reading).toBe('ocr');
      if (block.kind !== 'grid') continue;
      for (const cell of block.cells) {
        expect(cell.reading).toBe('ocr');
        expect(cell.score).toBeGreaterThanOrEqual(0);
        expect(cell.score).toBeLessThanOrEqual(1);
        expect(cell.location).toMatch(/^page=\d+;bbox=/);
      }
    }
  });

  it('as a fax that has lost nearly all of its hairlines has no sure cell', () => {
    const [page] = rasterise(pdftoppm!, print(), 200);
    const { cells } = preparePage(faxed(worn(page!, { ...OFFICE_SCAN, noise: 14 }), 135));
    expect(cells.length).toBeGreaterThan(20);
    expect(cells.filter((cell) => !cell.unsure)).toEqual([]);
  });

  it('at 300 dpi is exact', async () => {
    const blocks = await readScannedPages(
      rasterise(pdftoppm!, print(), 300).map((page) => worn(page, OFFICE_SCAN)),
      DEFAULT_LIMITS,
    );
    const score = scoreTables(models, blocks, NO_SCORE());
    expect([score.digitsRight, score.wrongUnmarked, score.wrongMarked]).toEqual([score.digits, [], []]);
  });
});
