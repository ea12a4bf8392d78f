import { ReadError } from '../document.ts';
import type { Box } from '../geometry/page-geometry.ts';
import { grayLevels } from '../scan/colours.ts';
import type { ScannedPage } from '../scan/scanned-page.ts';
import { type Engine, withPdf } from './pdfium.ts';

/** A rendered page, four bytes a pixel (red, green, blue, alpha), row by row. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface RenderedPage {
  readonly width: number;
  readonly height: number;
  /** A PNG file. */
  readonly png: Buffer;
  /** Text of the page is set in a font that the PDF does not embed: boxes, unless a `font` was given. */
  readonly fontMissing: boolean;
}

export interface RenderOptions {
  /** Pixels per point; 1 is 72 dots per inch. */
  readonly scale: number;
  /** A box to mark, in points, origin top left of the page as shown: what a `Location` says after `bbox=`. */
  readonly box?: Box;
  /** Draws what is set in fonts that the PDF does not embed; without it such characters are boxes. */
  readonly font?: Uint8Array;
}

const MAX_PIXELS = 100_000_000;
const BGRA = 4;
const ANNOTATIONS = 0x01;
const REVERSE_BYTE_ORDER = 0x10;

/**
 * Renders a page (from 1) at `dpi`, as it is shown: rotation and crop box applied, annotations drawn.
 * @throws {ReadError} like `readPdf`; `corrupt` where the page does not exist; `too_large` above 100 million pixels.
 */
export async function renderBitmap(bytes: Uint8Array, page: number, dpi: number): Promise<Bitmap> {
  return withPdf(bytes, (engine, document) => bitmapOf(engine, document, page, dpi / 72));
}

/** Renders a page (from 1) as a PNG, with one box of it marked: the place of a figure, for people to look at. */
export async function renderPage(
  bytes: Uint8Array,
  pageNumber: number,
  options: RenderOptions,
): Promise<RenderedPage> {
  const { width, height, data, fontMissing } = await withPdf(
    bytes,
    (engine, document) => ({
      ...bitmapOf(engine, document, pageNumber, options.scale),
      fontMissing: lacksFont(engine, document, pageNumber),
    }),
    options.font,
  );
  if (options.box) mark(data, width, height, options.box, options.scale);
  const { PNG } = await import('pngjs');
  const image = new PNG({ width, height });
  image.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { width, height, png: PNG.sync.write(image, { deflateLevel: 6, colorType: 2 }), fontMissing };
}

/** A page as grey picture for the reader of scans. Only to be called while the document is open. */
export function grayPage(engine: Engine, document: number, page: number, dpi: number): ScannedPage {
  const { width, height, data } = bitmapOf(engine, document, page, dpi / 72);
  return { page, width, height, dpi, ...grayLevels(data) };
}

function bitmapOf(engine: Engine, document: number, number: number, scale: number): Bitmap {
  const { call, memory } = engine;
  const count = call['FPDF_GetPageCount']!(document);
  if (!Number.isInteger(number) || number < 1 || number > count)
    throw new ReadError('corrupt', `page ${number} was asked for, the PDF has ${count}`);
  const page = call['FPDF_LoadPage']!(document, number - 1);
  if (page === 0) throw new ReadError('corrupt', `page ${number} of the PDF cannot be loaded`);
  try {
    const width = Math.max(1, Math.round(call['FPDF_GetPageWidthF']!(page) * scale));
    const height = Math.max(1, Math.round(call['FPDF_GetPageHeightF']!(page) * scale));
    if (width * height > MAX_PIXELS)
      throw new ReadError('too_large', `page ${number} would be ${width} × ${height} pixels`);
    const size = width * height * 4;
    const at = call['malloc']!(size);
    if (at === 0)
      throw new ReadError('too_large', `page ${number} does not fit into the memory of the PDF engine`);
    try {
      const bitmap = call['FPDFBitmap_CreateEx']!(width, height, BGRA, at, width * 4);
      new Uint8Array(memory.buffer, at, size).fill(255);
      call['FPDF_RenderPageBitmap']!(bitmap, page, 0, 0, width, height, 0, ANNOTATIONS | REVERSE_BYTE_ORDER);
      call['FPDFBitmap_Destroy']!(bitmap);
      return { width, height, data: new Uint8Array(memory.buffer.slice(at, at + size)) };
    } finally {
      call['free']!(at);
    }
  } finally {
    call['FPDF_ClosePage']!(page);
  }
}

const TEXT = 1;
const MOST_OBJECTS = 20_000;

/** Whether text of the page is set in a font that the document does not embed. Text inside forms is not looked at. */
function lacksFont({ call }: Engine, document: number, number: number): boolean {
  const page = call['FPDF_LoadPage']!(document, number - 1);
  if (page === 0) return false;
  try {
    const count = Math.min(call['FPDFPage_CountObjects']!(page), MOST_OBJECTS);
    for (let i = 0; i < count; i++) {
      const object = call['FPDFPage_GetObject']!(page, i);
      if (object === 0 || call['FPDFPageObj_GetType']!(object) !== TEXT) continue;
      const font = call['FPDFTextObj_GetFont']!(object);
      if (font !== 0 && call['FPDFFont_GetIsEmbedded']!(font) === 0) return true;
    }
    return false;
  } finally {
    call['FPDF_ClosePage']!(page);
  }
}

/** Tints the box and frames it. */
function mark(data: Uint8Array, width: number, height: number, box: Box, scale: number): void {
  const frame = Math.max(2, Math.round(1.5 * scale));
  const x0 = Math.max(0, Math.floor(box.x0 * scale) - frame);
  const y0 = Math.max(0, Math.floor(box.y0 * scale) - frame);
  const x1 = Math.min(width, Math.ceil(box.x1 * scale) + frame);
  const y1 = Math.min(height, Math.ceil(box.y1 * scale) + frame);
  for (let y = y0; y < y1; y++)
    for (let x = x0; x < x1; x++) {
      const at = (y * width + x) * 4;
      const edge = x < x0 + frame || x >= x1 - frame || y < y0 + frame || y >= y1 - frame;
      if (edge) {
        data[at] = 214;
        data[at + 1] = 40;
        data[at + 2] = 40;
      } else data[at + 2] = Math.round(data[at + 2]! * 0.45);
    }
}
