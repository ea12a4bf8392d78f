import { ReadError, type ReadLimits } from '../document.ts';
import { pictureSize } from '../picture-size.ts';
import { scale } from './image.ts';
import type { ScannedPage } from './scanned-page.ts';

/** A page is about this wide; a picture that does not say its resolution is taken for one. */
const PAGE_INCHES = 8.27;
/** Below this digits are too coarse to tell strokes apart; the picture is enlarged. */
const LEAST_DPI = 200;

/**
 * A PNG or JPEG picture as a page, null for other bytes. Its resolution is estimated from its width.
 * Throws `too_large` before decoding what has more pixels than allowed, `corrupt`.
 */
export async function decodePicture(bytes: Uint8Array, limits: ReadLimits): Promise<ScannedPage | null> {
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
  const gray = new Uint8Array(width * height);
  for (let pixel = 0; pixel < gray.length; pixel++) {
    const at = pixel * 4;
    const opacity = data[at + 3]! / 255;
    const light = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
    gray[pixel] = light * opacity + 255 * (1 - opacity) + 0.5;
  }
  const dpi = Math.min(width, height) / PAGE_INCHES;
  const factor = Math.min(4, Math.ceil(LEAST_DPI / dpi));
  if (factor <= 1) return { page: 1, width, height, dpi, gray };
  const large = scale({ width, height, gray }, width * factor, height * factor);
  return { page: 1, width: large.width, height: large.height, dpi: dpi * factor, gray: large.gray };
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, opacity. */
  readonly data: Uint8Array;
}

async function decodePng(bytes: Uint8Array): Promise<Pixels> {
  const { PNG } = await import('pngjs');
  try {
    return PNG.sync.read(Buffer.from(bytes));
  } catch (error) {
    throw new ReadError('corrupt', 'The PNG picture is damaged; download it again.', { cause: error });
  }
}

async function decodeJpeg(bytes: Uint8Array, limits: ReadLimits): Promise<Pixels> {
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
