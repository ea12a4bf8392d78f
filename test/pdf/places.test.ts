import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/read/document.ts';
import type { Box } from '../../src/read/geometry/page-geometry.ts';
import { readPdf } from '../../src/read/pdf/pdf.ts';
import { renderBitmap } from '../../src/read/pdf/render.ts';
import { PdfWriter } from '../render/pdf-writer.ts';

/** What is dark on the page as it is rendered, a pixel a point. */
async function inkOf(bytes: Uint8Array): Promise<Box> {
  const { width, height, data } = await renderBitmap(bytes, 1, 72);
  const box = { x0: width, y0: height, x1: 0, y1: 0 };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (data[4 * (y * width + x)]! < 100) {
        box.x0 = Math.min(box.x0, x);
        box.y0 = Math.min(box.y0, y);
        box.x1 = Math.max(box.x1, x + 1);
        box.y1 = Math.max(box.y1, y + 1);
      }
  return box;
}

async function placeOf(bytes: Uint8Array): Promise<Box> {
  const { blocks } = await readPdf({ bytes, name: 'x.pdf' }, DEFAULT_LIMITS);
  const [x0, y0, x1, y1] = /bbox=(.*)$/.exec(blocks[0]!.location)![1]!.split(',').map(Number);
  return { x0: x0!, y0: y0!, x1: x1!, y1: y1! };
}

const crops = ['', '/CropBox [50 60 400 800]', '/UserUnit 2', '/CropBox [50 60 400 800] /UserUnit 1.5'];

describe('the place of a text', () => {
  it.each([0, 90, 180, 270].flatMap((rotate) => crops.map((entries) => [rotate, entries] as const)))(
    'is where the rendered page shows it, turned by %i degrees with the entries "%s"',
    async (rotate, entries) => {
      const writer = new PdfWriter('unicode');
      // Without an embedded font every character is rendered as a box that fills its em square.
      const content = writer.text(20, '1 0 0 1 100 600', '规章规章');
      const bytes = writer.write([{ width: 500, height: 842, rotate, entries, content }]);
      const [ink, place] = [await inkOf(bytes), await placeOf(bytes)];
      for (const side of ['x0', 'y0', 'x1', 'y1'] as const)
        expect(Math.abs(ink[side] - place[side]), `${side} ${JSON.stringify({ ink, place })}`).toBeLessThan(
          3,
        );
    },
  );
});
