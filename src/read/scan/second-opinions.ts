import { digitsOnly, type NumberLine } from './digit-strips.ts';
import type { GrayImage } from './image.ts';
import { recognise } from './tesseract.ts';

/** What is made of a line of digits read larger than before and without neighbours; empty for nothing. */
export interface SecondOpinions {
  /** Read as digits. */
  readonly digits: string;
  /** Read as Chinese, which knows a unit behind a number (5973万) for what it is and errs on other digits. */
  readonly text: string;
}

/** Pixels; Tesseract errs otherwise here than at the heights of the votes. */
const HIGH = 32;

export async function secondOpinions(lines: readonly NumberLine[]): Promise<SecondOpinions[]> {
  const pictures = lines.map((line) => onWhite(digitsOnly(line, HIGH)));
  const [digits, text] = await Promise.all([
    recognise(pictures, { language: 'eng', layout: 'line', characters: '0123456789 ', dpi: 150 }),
    recognise(pictures, { language: 'chi_sim', layout: 'line', dpi: 150 }),
  ]);
  return lines.map((_, index) => ({
    digits: (digits[index] ?? []).map((word) => word.text).join(''),
    text: (text[index] ?? []).map((word) => word.text).join(''),
  }));
}

function onWhite({ width, height, gray }: GrayImage): GrayImage {
  const across = width + 2 * HIGH;
  const above = Math.round(HIGH * 0.6);
  const white = new Uint8Array(across * (height + 2 * above)).fill(255);
  for (let y = 0; y < height; y++)
    white.set(gray.subarray(y * width, (y + 1) * width), (y + above) * across + HIGH);
  return { width: across, height: height + 2 * above, gray: white };
}
