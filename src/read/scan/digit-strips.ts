import { height, type PixelBox, width } from './cell-ink.ts';
import type { Glyph } from './glyphs.ts';
import { type GrayImage, scale } from './image.ts';
import { type OcrWord, recognise } from './tesseract.ts';

/** A line of digits on a page: where its characters stand, and the page without its ruling lines. */
export interface NumberLine {
  readonly page: GrayImage;
  readonly glyphs: readonly Glyph[];
}

/** What Tesseract made of the digits of a line at one size; null where it cannot be told from its neighbours. */
export interface Vote {
  readonly digits: string | null;
  readonly confidence: number;
}

/** Heights in pixels at which Tesseract reads digits best; it errs differently at each. */
const HEIGHTS = [18, 19, 20, 21, 22];
const SLOTS = 5;

// Without the blank among the characters Tesseract runs all numbers of a strip together.
const CHARACTERS = '0123456789 ';

/** Reads the digits of every line once at each height, in one call of Tesseract. Signs and points are left out. */
export async function voteOnDigits(lines: readonly NumberLine[]): Promise<Vote[][]> {
  const strips: { picture: GrayImage; slots: { line: number; left: number; right: number }[] }[] = [];
  for (const high of HEIGHTS) {
    for (let first = 0; first < lines.length; first += SLOTS) {
      const group = lines.slice(first, first + SLOTS);
      strips.push(strip(group, first, high));
    }
  }
  const read = await recognise(
    strips.map(({ picture }) => picture),
    { language: 'eng', layout: 'line', characters: CHARACTERS, dpi: 150 },
  );
  const votes: Vote[][] = lines.map(() => []);
  for (const [index, { slots }] of strips.entries()) {
    const words = read[index] ?? [];
    for (const slot of slots) votes[slot.line]!.push(voteOf(words, slot, slots));
  }
  return votes;
}

function voteOf(
  words: readonly OcrWord[],
  slot: { left: number; right: number },
  slots: readonly { left: number; right: number }[],
): Vote {
  const mine: OcrWord[] = [];
  for (const word of words) {
    const touched = slots.filter(({ left, right }) => word.right > left && word.left < right);
    if (!touched.includes(slot as (typeof touched)[number])) continue;
    if (touched.length > 1) return { digits: null, confidence: 0 };
    mine.push(word);
  }
  mine.sort((a, b) => a.left - b.left);
  const digits = mine.map((word) => word.text).join('');
  return {
    digits: digits === '' ? null : digits,
    confidence: mine.length === 0 ? 0 : Math.min(...mine.map((word) => word.confidence)),
  };
}

function strip(
  group: readonly NumberLine[],
  first: number,
  high: number,
): { picture: GrayImage; slots: { line: number; left: number; right: number }[] } {
  const pieces = group.map((line) => digitsOnly(line, high));
  const margin = high;
  const gap = Math.round(high * 2.2);
  const across = pieces.reduce((sum, piece) => sum + piece.width, 0) + gap * (pieces.length - 1) + 2 * margin;
  const tall = Math.max(...pieces.map((piece) => piece.height)) + 2 * Math.round(margin * 0.6);
  const gray = new Uint8Array(across * tall).fill(255);
  const slots: { line: number; left: number; right: number }[] = [];
  let left = margin;
  for (const [index, piece] of pieces.entries()) {
    const top = Math.floor((tall - piece.height) / 2);
    for (let y = 0; y < piece.height; y++)
      gray.set(piece.gray.subarray(y * piece.width, (y + 1) * piece.width), (top + y) * across + left);
    slots.push({ line: first + index, left: left - gap * 0.3, right: left + piece.width + gap * 0.3 });
    left += piece.width + gap;
  }
  return { picture: { width: across, height: tall, gray }, slots };
}

/** The digits of a line, scaled so that they are `high` pixels, on white. */
export function digitsOnly({ page, glyphs }: NumberLine, high: number): GrayImage {
  const digits = glyphs.filter((glyph) => glyph.kind === 'digit');
  const top = Math.min(...digits.map((glyph) => glyph.top)) - 2;
  const bottom = Math.max(...digits.map((glyph) => glyph.bottom)) + 2;
  const left = Math.min(...digits.map((glyph) => glyph.left)) - 2;
  const right = Math.max(...digits.map((glyph) => glyph.right)) + 2;
  const piece = stretched(cut(page, digits, { left, top, right, bottom }));
  const factor = high / Math.max(1, bottom - top - 4);
  return scale(
    piece,
    Math.max(1, Math.round(piece.width * factor)),
    Math.max(1, Math.round(piece.height * factor)),
  );
}

/** The same with its darkest pixels black: thin strokes come out of a scanner grey. */
function stretched({ width, height, gray }: GrayImage): GrayImage {
  const sorted = Uint8Array.from(gray).sort();
  const dark = sorted[Math.floor(sorted.length * 0.04)]!;
  const light = Math.max(dark + 60, 235);
  const clear = gray.map((value) => Math.max(0, Math.min(255, ((value - dark) * 255) / (light - dark))));
  return { width, height, gray: clear };
}

/** A part of the page that shows only these glyphs. */
export function cut(page: GrayImage, glyphs: readonly PixelBox[], box: PixelBox): GrayImage {
  const gray = new Uint8Array(width(box) * height(box)).fill(255);
  for (const glyph of glyphs) {
    for (
      let y = Math.max(0, glyph.top - 1, box.top);
      y < Math.min(page.height, glyph.bottom + 1, box.bottom);
      y++
    ) {
      for (
        let x = Math.max(0, glyph.left - 1, box.left);
        x < Math.min(page.width, glyph.right + 1, box.right);
        x++
      )
        gray[(y - box.top) * width(box) + (x - box.left)] = page.gray[y * page.width + x]!;
    }
  }
  return { width: width(box), height: height(box), gray };
}
