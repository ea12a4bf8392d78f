import type { Turn } from '../geometry/place.ts';
import { boxAround, height, type PixelBox, width } from './cell-ink.ts';
import type { CellReading } from './cell-readings.ts';
import type { GrayImage } from './image.ts';
import type { TextLine } from './page-text.ts';
import type { PreparedPage } from './prepared-page.ts';
import type { ScannedPage } from './scanned-page.ts';
import { type OcrWord, recognise } from './tesseract.ts';
import { cutLine } from './text-lines.ts';

export type Quarters = Turn['angle'];

/** Below this mean confidence in its Chinese a page may lie on its side or upside down. */
const SUSPICIOUS = 0.62;
/** Fewer characters say nothing. */
const FEW = 8;
/** By so much another way up must read better. */
const CLEARLY = 1.5;
const SAMPLES = 6;
const TURNS: readonly Quarters[] = [0, 90, 180, 270];

/** Whether what was read of a page is so poor that it may not stand upright. */
export function mayBeTurned(cells: readonly CellReading[], text: readonly TextLine[]): boolean {
  let letters = 0;
  let sum = 0;
  const count = (line: string, score: number) => {
    // A page of nothing but figures, upright, has its labels elsewhere; one on its side reads as odd marks.
    const length = line.replace(/\s/g, '').length;
    letters += length;
    sum += length * score;
  };
  for (const cell of cells)
    if (!/^[\d\s.,—/-]*$/.test(cell.text) || cell.doubtful) count(cell.text || '?', cell.score);
  for (const line of text) count(line.text, line.score);
  return letters >= FEW && sum / letters < SUSPICIOUS;
}

/**
 * How far each page has to be turned (degrees clockwise) to be read: some of its writing is read all four ways up,
 * and the way that gives by far the most Chinese wins.
 */
export async function quarterTurns(pages: readonly PreparedPage[]): Promise<Quarters[]> {
  const samples = pages.map(samplesOf);
  const pictures = samples.flatMap((ofPage) =>
    ofPage.flatMap((sample) => TURNS.map((angle) => turnedBy(sample, angle))),
  );
  const words = await recognise(pictures, {
    language: 'chi_sim',
    layout: 'block',
    dpi: pages[0]?.dpi ?? 300,
  });
  let next = 0;
  return samples.map((ofPage) => {
    const scores = new Map<Quarters, number>(TURNS.map((angle) => [angle, 0]));
    for (const _ of ofPage)
      for (const angle of TURNS) scores.set(angle, scores.get(angle)! + chinese(words[next++] ?? []));
    const [best, ...others] = [...scores].sort((a, b) => b[1] - a[1]);
    return best!.at(1)! > CLEARLY * (others[0]?.[1] ?? 0) && best!.at(1)! > FEW / 4 ? best![0] : 0;
  });
}

/** The page turned clockwise. */
export function turnedPage(page: ScannedPage, angle: Quarters): ScannedPage {
  if (angle === 0) return page;
  const { width: wide, height: high } = page;
  const gray = turnedBy({ width: wide, height: high, gray: page.gray }, angle);
  const redless = page.redless
    ? { redless: turnedBy({ width: wide, height: high, gray: page.redless }, angle).gray }
    : {};
  return { page: page.page, dpi: page.dpi, ...gray, ...redless };
}

/** How many Han characters were read, each for as much as it is sure. */
function chinese(words: readonly OcrWord[]): number {
  return words.reduce((sum, word) => {
    const han = word.text.match(/\p{Script=Han}/gu)?.length ?? 0;
    return sum + (han * Math.max(0, word.confidence)) / 100;
  }, 0);
}

/** The cells with the most ink, else the middle of the page. */
function samplesOf({ image, cells, tables }: PreparedPage): GrayImage[] {
  const inky = cells
    .filter((cell) => cell.ink.lines.length > 0)
    .map((cell) => ({
      box: boxAround(cell.ink.lines),
      area: area(cell.ink.lines.flatMap((line) => line.components)),
    }))
    .sort((a, b) => b.area - a.area)
    .slice(0, SAMPLES);
  if (inky.length >= 3) return inky.map(({ box }) => cutLine(image, box));
  const middle: PixelBox = {
    left: Math.round(image.width * 0.1),
    right: Math.round(image.width * 0.9),
    top: Math.round(image.height * 0.1),
    bottom: Math.round(image.height * (tables.length > 0 ? 0.9 : 0.5)),
  };
  return width(middle) > 0 && height(middle) > 0 ? [cutLine(image, middle)] : [];
}

function area(parts: readonly { readonly area: number }[]): number {
  return parts.reduce((sum, part) => sum + part.area, 0);
}

function turnedBy({ width: wide, height: high, gray }: GrayImage, angle: Quarters): GrayImage {
  if (angle === 0) return { width: wide, height: high, gray };
  const turned = new Uint8Array(gray.length);
  if (angle === 180) {
    for (let at = 0; at < gray.length; at++) turned[gray.length - 1 - at] = gray[at]!;
    return { width: wide, height: high, gray: turned };
  }
  for (let y = 0; y < high; y++)
    for (let x = 0; x < wide; x++) {
      const at = angle === 90 ? x * high + (high - 1 - y) : (wide - 1 - x) * high + y;
      turned[at] = gray[y * wide + x]!;
    }
  return { width: high, height: wide, gray: turned };
}
