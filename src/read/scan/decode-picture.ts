import { ReadError, type ReadLimits } from '../document.ts';
import { pictureSize } from '../picture-size.ts';
import { type GrayLevels, grayLevels } from './colours.ts';
import { scale } from './image.ts';
import type { ScannedPage } from './scanned-page.ts';

/** A page is about this wide; a picture that does not say its resolution is taken for one. */
const PAGE_INCHES = 8.27;
/** A4 and Letter on their sides are less broad for their height. */
const BROADEST_PAGE = 1.5;
/** Below this digits are too coarse to tell strokes apart; the picture is enlarged. */
const LEAST_DPI = 200;

/** A picture in grey. */
export interface Pixels extends GrayLevels {
  readonly width: number;
  readonly height: number;
}

/**
 * A PNG or JPEG picture as a page, null for other bytes. Its resolution is estimated from its width.
 * Throws `too_large` before decoding what has more pixels than allowed, `corrupt`.
 */
export async function decodePicture(bytes: Uint8Array, limits: ReadLimits): Promise<ScannedPage | null> {
  const pixels = await decodePixels(bytes, limits);
  if (!pixels) return null;
  // Broader than a page laid on its side, it is cut out of an upright one: a table in its whole width.
  const cutOut = pixels.width > BROADEST_PAGE * pixels.height;
  const dpi = (cutOut ? pixels.width : Math.min(pixels.width, pixels.height)) / PAGE_INCHES;
  return enlarged({ page: 1, dpi, ...pixels }, Math.min(4, Math.ceil(LEAST_DPI / dpi)));
}

/** A PNG or JPEG picture, null for other bytes. Throws like `decodePicture`. */
export async function decodePixels(bytes: Uint8Array, limits: ReadLimits): Promise<Pixels | null> {
  const size = pictureSize(bytes);
  if (!size) return null;
  if (size.width * size.height > limits.imagePixels)
    throw new ReadError(
      'too_large',
      `The picture has ${size.width} × ${size.height} pixels, more than the ${limits.imagePixels} allowed.`,
    );
  if (size.width === 0 || size.height === 0) throw new ReadError('corrupt', 'The picture has no pixels.');
  const { width, height, data } =
    size.mime === 'image/png' ? await decodePng(bytes) : await decodeJpeg(bytes, limits);
  return { width, height, ...grayLevels(data) };
}

function enlarged(page: ScannedPage, factor: number): ScannedPage {
  if (factor <= 1) return page;
  const width = page.width * factor;
  const height = page.height * factor;
  const larger = (gray: Uint8Array) =>
    scale({ width: page.width, height: page.height, gray }, width, height).gray;
  return {
    page: page.page,
    width,
    height,
    dpi: page.dpi * factor,
    gray: larger(page.gray),
    ...(page.redless ? { redless: larger(page.redless) } : {}),
  };
}

interface Decoded {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, opacity. */
  readonly data: Uint8Array;
}

async function decodePng(bytes: Uint8Array): Promise<Decoded> {
  const { PNG } = await import('pngjs');
  try {
    return PNG.sync.read(Buffer.from(bytes));
  } catch (error) {
    throw new ReadError('corrupt', 'The PNG picture is damaged; download it again.', { cause: error });
  }
}

async function decodeJpeg(bytes: Uint8Array, limits: ReadLimits): Promise<Decoded> {
  const { decode } = await import('jpeg-js');
  try {
    return decode(bytes, {
      useTArray: true,
      formatAsRGBA: true,
      maxResolutionInMP: limits.imagePixels / 1e6,
      maxMemoryUsageInMB: 1024,
    });
  } catch (error) {
    throw new ReadError('corrupt', 'The JPEG picture is damaged; download it again.', { cause: error });
  }
}
