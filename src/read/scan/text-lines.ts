import { boxAround, height, type PixelBox, width } from './cell-ink.ts';
import type { GrayImage } from './image.ts';
import type { OcrWord } from './tesseract.ts';

/** A line of writing on white with a margin, as Tesseract expects one. */
export function cutLine(page: GrayImage, line: PixelBox): GrayImage {
  const margin = Math.max(6, Math.round(height(line) * 0.35));
  const room = Math.max(1, Math.round(height(line) * 0.06));
  const box = boxAround([
    { left: line.left - room, top: line.top - room, right: line.right + room, bottom: line.bottom + room },
  ]);
  const across = width(box) + 2 * margin;
  const tall = height(box) + 2 * margin;
  const gray = new Uint8Array(across * tall).fill(255);
  for (let y = Math.max(0, box.top); y < Math.min(page.height, box.bottom); y++) {
    const from = Math.max(0, box.left);
    const to = Math.min(page.width, box.right);
    gray.set(
      page.gray.subarray(y * page.width + from, y * page.width + to),
      (y - box.top + margin) * across + margin + from - box.left,
    );
  }
  return { width: across, height: tall, gray };
}

/** Words of a line as text: a blank only between words in letters. */
export function joinWords(words: readonly OcrWord[]): string {
  let text = '';
  for (const word of words) {
    if (/[A-Za-z]$/.test(text) && /^[A-Za-z]/.test(word.text)) text += ' ';
    text += word.text;
  }
  return text;
}

/** How sure Tesseract is of the words of a line, each by its length; 0 to 1. */
export function confidence(words: readonly OcrWord[]): number {
  const letters = words.reduce((sum, word) => sum + word.text.length, 0);
  const sum = words.reduce((total, word) => total + word.confidence * word.text.length, 0);
  return letters === 0 ? 0 : Math.max(0, sum / letters / 100);
}
