import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import jpeg from 'jpeg-js';
import { grayLevels } from '../../src/read/scan/colours.ts';
import { type GrayImage, rotate } from '../../src/read/scan/image.ts';
import type { ScannedPage } from '../../src/read/scan/scanned-page.ts';
import { Random } from '../render/random.ts';

/** The pages of a PDF as grey pictures, by `pdftoppm`. */
export function rasterise(pdftoppm: string, pdf: Uint8Array, dpi: number): ScannedPage[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'gongkai-test-'));
  try {
    const input = path.join(folder, 'in.pdf');
    writeFileSync(input, pdf);
    execFileSync(pdftoppm, ['-r', String(dpi), '-gray', input, path.join(folder, 'page')]);
    const files = readdirSync(folder).filter((name) => name.endsWith('.pgm'));
    return files.sort().map((name, index) => {
      const bytes = readFileSync(path.join(folder, name));
      const head = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 40).toString('latin1'))!;
      const gray = Uint8Array.from(bytes.subarray(head[0].length));
      return { page: index + 1, width: Number(head[1]), height: Number(head[2]), dpi, gray };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a scanner does to a page. */
export interface Wear {
  readonly seed: number;
  /** Degrees. */
  readonly skew: number;
  /** How often neighbouring pixels are averaged. */
  readonly blur: number;
  /** Standard deviation in grey levels. */
  readonly noise: number;
  /** Specks of dust on a page. */
  readonly dust: number;
  /** Grey of the paper and of the ink. */
  readonly paper: number;
  readonly ink: number;
}

export const CLEAN: Wear = { seed: 1, skew: 0, blur: 0, noise: 0, dust: 0, paper: 255, ink: 0 };
export const OFFICE_SCAN: Wear = { seed: 1, skew: 0.6, blur: 1, noise: 8, dust: 40, paper: 244, ink: 35 };

/** The page as it comes out of a scanner; the same for the same wear. */
export function worn(page: ScannedPage, wear: Wear): ScannedPage {
  let image: GrayImage = wear.skew === 0 ? page : rotate(page, (wear.skew * Math.PI) / 180);
  for (let time = 0; time < wear.blur; time++) image = blurred(image);
  const random = Random.of('wear', wear.seed, page.page);
  const { width, height } = image;
  const gray = new Uint8Array(image.gray.length);
  for (let at = 0; at < gray.length; at++) {
    const light = wear.ink + (image.gray[at]! / 255) * (wear.paper - wear.ink);
    const noise = wear.noise === 0 ? 0 : wear.noise * normal(random);
    gray[at] = Math.max(0, Math.min(255, Math.round(light + noise)));
  }
  for (let speck = 0; speck < wear.dust; speck++) {
    const x = random.integer(2, width - 4);
    const y = random.integer(2, height - 4);
    const size = random.integer(1, 2);
    for (let dy = 0; dy < size; dy++)
      for (let dx = 0; dx < size; dx++) gray[(y + dy) * width + x + dx] = wear.ink + 60;
  }
  return { ...page, gray };
}

/** Nearly normal: the sum of four even choices. */
function normal(random: Random): number {
  return (random.next() + random.next() + random.next() + random.next() - 2) * 1.732;
}

function blurred({ width, height, gray }: GrayImage): GrayImage {
  const soft = Uint8Array.from(gray);
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      soft[at] =
        (4 * gray[at]! +
          2 * (gray[at - 1]! + gray[at + 1]! + gray[at - width]! + gray[at + width]!) +
          gray[at - width - 1]! +
          gray[at - width + 1]! +
          gray[at + width - 1]! +
          gray[at + width + 1]!) /
        16;
    }
  return { width, height, gray: soft };
}

/** The page after JPEG compression: 0 (worst) to 100. */
export function compressed(page: ScannedPage, quality: number): ScannedPage {
  const { width, height } = page;
  const data = Buffer.alloc(width * height * 4, 255);
  for (let at = 0; at < page.gray.length; at++) data.fill(page.gray[at]!, at * 4, at * 4 + 3);
  const decoded = jpeg.decode(jpeg.encode({ width, height, data }, quality).data, {
    maxMemoryUsageInMB: 2048,
  });
  return { ...page, ...grayLevels(decoded.data) };
}

/** Black and white only, as from a fax or a scanner set to text. */
export function faxed(page: ScannedPage, threshold = 150): ScannedPage {
  return { ...page, gray: page.gray.map((level) => (level > threshold ? 255 : 0)) };
}

/**
 * The page as a photograph: its upper edge `keystone` (share of the width) shorter than the lower one, leaning by
 * `lean`, and lit from one side down to `shade` (0 to 1) at the other.
 */
export function photographed(page: ScannedPage, keystone: number, lean: number, shade: number): ScannedPage {
  const { width, height } = page;
  const gray = new Uint8Array(width * height).fill(120);
  for (let y = 0; y < height; y++) {
    const v = y / height;
    const share = 1 - keystone * (1 - v);
    for (let x = 0; x < width; x++) {
      const light = 1 - (1 - shade) * (x / width) * (0.5 + 0.5 * v);
      const sx = (x - width / 2 - lean * width * (v - 0.5)) / share + width / 2;
      const sy = y + lean * height * (x / width - 0.5) * 0.5;
      const left = Math.floor(sx);
      const top = Math.floor(sy);
      if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) continue;
      const at = top * width + left;
      const across = (i: number) => page.gray[i]! * (left + 1 - sx) + page.gray[i + 1]! * (sx - left);
      const level = across(at) * (top + 1 - sy) + across(at + width) * (sy - top);
      gray[y * width + x] = Math.min(255, level * light + 0.5);
    }
  }
  return { ...page, gray };
}

/** The page laid into the scanner on its side or upside down; degrees clockwise. */
export function laid(page: ScannedPage, angle: 90 | 180 | 270): ScannedPage {
  const { width, height } = page;
  const gray = new Uint8Array(page.gray.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = page.gray[y * width + x]!;
      if (angle === 180) gray[(height - 1 - y) * width + width - 1 - x] = value;
      else if (angle === 90) gray[x * height + height - 1 - y] = value;
      else gray[(width - 1 - x) * height + y] = value;
    }
  return angle === 180 ? { ...page, gray } : { ...page, width: height, height: width, gray };
}

/** A round seal in red over the page: a ring, a star of rays, and strokes along the ring. Inches. */
export function sealed(page: ScannedPage, x: number, y: number, radius = 0.8): ScannedPage {
  return inRed(page, (px, py) => {
    const dx = px / page.dpi - x;
    const dy = py / page.dpi - y;
    const away = Math.hypot(dx, dy) / radius;
    const angle = Math.atan2(dy, dx);
    const ring = away > 0.93 && away <= 1;
    const star = away < 0.28 * (1 + 0.5 * Math.cos(5 * angle));
    const letters = away > 0.62 && away < 0.85 && Math.sin(28 * angle) > 0.3;
    return ring || star || letters;
  });
}

/** The page with red ink over it where `isRed` says so of a pixel. */
export function inRed(page: ScannedPage, isRed: (x: number, y: number) => boolean): ScannedPage {
  return inColours(page, (at) => {
    const level = page.gray[at]! / 255;
    const red = isRed(at % page.width, Math.floor(at / page.width));
    return red ? [level * 214, level * 48, level * 56] : [page.gray[at]!, page.gray[at]!, page.gray[at]!];
  });
}

/** The page as it is read from colours, pixel by pixel. */
export function inColours(
  page: ScannedPage,
  colour: (at: number) => readonly [red: number, green: number, blue: number],
): ScannedPage {
  const data = new Uint8Array(page.gray.length * 4).fill(255);
  for (let at = 0; at < page.gray.length; at++) data.set(colour(at), at * 4);
  return { ...page, ...grayLevels(data) };
}

/** A tick by hand in ink, in a box of the page in points. */
export function ticked(
  page: ScannedPage,
  box: { x0: number; y0: number; x1: number; y1: number },
): ScannedPage {
  const gray = Uint8Array.from(page.gray);
  const scale = page.dpi / 72;
  const size = Math.min(box.x1 - box.x0, box.y1 - box.y0, 14) * scale * 0.8;
  const left = ((box.x0 + box.x1) / 2) * scale - size / 2;
  const top = ((box.y0 + box.y1) / 2) * scale - size / 2;
  const stroke = (x0: number, y0: number, x1: number, y1: number) => {
    for (let t = 0; t <= 1; t += 0.002)
      for (let dy = 0; dy < 3; dy++)
        for (let dx = 0; dx < 3; dx++) {
          const px = Math.round(left + (x0 + (x1 - x0) * t) * size) + dx;
          const py = Math.round(top + (y0 + (y1 - y0) * t) * size) + dy;
          gray[py * page.width + px] = 40;
        }
  };
  stroke(0, 0.5, 0.35, 1);
  stroke(0.35, 1, 1, 0);
  return { ...page, gray };
}
