import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
