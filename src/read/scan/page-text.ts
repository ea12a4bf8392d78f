import type { Box } from '../geometry/page-geometry.ts';
import { boxAround } from './cell-ink.ts';
import type { GrayImage } from './image.ts';
import type { PreparedPage } from './prepared-page.ts';
import { type OcrWord, recognise } from './tesseract.ts';
import { confidence, joinWords } from './text-lines.ts';

/** A line outside the tables; points. */
export interface TextLine extends Box {
  readonly text: string;
  /** 0 to 1. */
  readonly score: number;
}

/** What is written outside the tables of each page. */
export async function pageText(pages: readonly PreparedPage[]): Promise<TextLine[][]> {
  const words = await recognise(pages.map(withoutTables), {
    language: 'chi_sim',
    layout: 'page',
    dpi: pages[0]?.dpi ?? 300,
  });
  return pages.map((page, index) => {
    const point = 72 / page.dpi;
    return linesOf(words[index] ?? []).map((line): TextLine => {
      const box = boxAround(line);
      return {
        // Boxes of single words overlap and differ in height; only Tesseract knows their order.
        text: joinWords(line),
        score: confidence(line),
        x0: box.left * point,
        y0: box.top * point,
        x1: box.right * point,
        y1: box.bottom * point,
      };
    });
  });
}

function linesOf(words: readonly OcrWord[]): OcrWord[][] {
  const lines = new Map<string, OcrWord[]>();
  for (const word of words) {
    const line = lines.get(word.line);
    if (line) line.push(word);
    else lines.set(word.line, [word]);
  }
  return [...lines.values()];
}

function withoutTables({ image, tables }: PreparedPage): GrayImage {
  const gray = Uint8Array.from(image.gray);
  for (const table of tables)
    for (let y = Math.max(0, table.top - 2); y < Math.min(image.height, table.bottom + 2); y++)
      gray.fill(
        255,
        y * image.width + Math.max(0, table.left - 2),
        y * image.width + Math.min(image.width, table.right + 2),
      );
  return { width: image.width, height: image.height, gray };
}
