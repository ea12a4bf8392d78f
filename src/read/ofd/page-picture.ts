import { ReadError, type ReadLimits } from '../document.ts';
import { decodePixels, type Pixels } from '../scan/decode-picture.ts';
import { scale } from '../scan/image.ts';
import type { ScannedPage } from '../scan/scanned-page.ts';
import type { Zip } from '../zip.ts';
import type { Media } from './media.ts';
import type { OfdPage, PlacedPicture } from './page.ts';

const MILLIMETRES = 25.4;
/** A page is put together at the resolution of its pictures, within these. */
const COARSEST = 150;
const FINEST = 300;

/**
 * What the pictures of a page show, put together as they stand on it; null where one of them is missing or of a kind
 * that is not read. Throws `too_large`, `corrupt`.
 */
export async function pagePicture(
  page: OfdPage,
  pictures: readonly PlacedPicture[],
  zip: Zip,
  media: Media,
  limits: ReadLimits,
): Promise<ScannedPage | null> {
  const decoded: { readonly placed: PlacedPicture; readonly pixels: Pixels }[] = [];
  for (const placed of pictures) {
    const entry = media.get(placed.resource);
    const pixels = entry === undefined ? null : await decodePixels(zip.read(entry), limits);
    if (!pixels) return null;
    decoded.push({ placed, pixels });
  }
  const finest = Math.max(...decoded.map(({ placed, pixels }) => resolution(placed, pixels)));
  const dpi = Math.round(Math.min(FINEST, Math.max(COARSEST, finest)));
  const width = Math.max(1, Math.round((page.millimetres.width * dpi) / MILLIMETRES));
  const height = Math.max(1, Math.round((page.millimetres.height * dpi) / MILLIMETRES));
  if (width * height > limits.imagePixels)
    throw new ReadError('too_large', `a page of the OFD would be ${width} × ${height} pixels`);
  const paper = { width, height, gray: new Uint8Array(width * height).fill(255) };
  const redless = decoded.some(({ pixels }) => pixels.redless)
    ? { redless: new Uint8Array(width * height).fill(255) }
    : {};
  for (const { placed, pixels } of decoded) {
    const shrink = Math.min(1, dpi / resolution(placed, pixels));
    lay(paper.gray, width, height, dpi, placed, smaller(pixels, pixels.gray, shrink));
    if (redless.redless)
      lay(
        redless.redless,
        width,
        height,
        dpi,
        placed,
        smaller(pixels, pixels.redless ?? pixels.gray, shrink),
      );
  }
  return { page: page.number, dpi, ...paper, ...redless };
}

/** Pixels an inch along the picture's own width. */
function resolution({ matrix }: PlacedPicture, { width }: Pixels): number {
  const across = Math.hypot(matrix[0], matrix[1]);
  return across > 0 ? (width * MILLIMETRES) / across : COARSEST;
}

interface Gray {
  readonly width: number;
  readonly height: number;
  readonly gray: Uint8Array;
}

/** Sampling a picture much finer than the page would lose its thin strokes. */
function smaller({ width, height }: Pixels, gray: Uint8Array, factor: number): Gray {
  if (factor > 0.95) return { width, height, gray };
  return scale(
    { width, height, gray },
    Math.max(1, Math.round(width * factor)),
    Math.max(1, Math.round(height * factor)),
  );
}

/** Lays a picture on the page: its unit square goes where the matrix puts it, in millimetres. */
function lay(
  page: Uint8Array,
  width: number,
  height: number,
  dpi: number,
  placed: PlacedPicture,
  picture: Gray,
): void {
  const [a, b, c, d, e, f] = placed.matrix;
  const area = a * d - b * c;
  if (Math.abs(area) < 1e-9) return;
  const step = MILLIMETRES / dpi;
  const xs = [e, e + a, e + c, e + a + c];
  const ys = [f, f + b, f + d, f + b + d];
  const fromX = Math.max(0, Math.floor(Math.min(...xs) / step));
  const toX = Math.min(width, Math.ceil(Math.max(...xs) / step));
  const fromY = Math.max(0, Math.floor(Math.min(...ys) / step));
  const toY = Math.min(height, Math.ceil(Math.max(...ys) / step));
  const last = { x: picture.width - 1, y: picture.height - 1 };
  for (let y = fromY; y < toY; y++)
    for (let x = fromX; x < toX; x++) {
      const dx = (x + 0.5) * step - e;
      const dy = (y + 0.5) * step - f;
      const u = (d * dx - c * dy) / area;
      const v = (a * dy - b * dx) / area;
      if (u < 0 || u > 1 || v < 0 || v > 1) continue;
      const sx = Math.min(last.x, Math.max(0, u * picture.width - 0.5));
      const sy = Math.min(last.y, Math.max(0, v * picture.height - 0.5));
      const left = Math.floor(sx);
      const top = Math.floor(sy);
      const right = Math.min(last.x, left + 1);
      const lower = Math.min(last.y, top + 1);
      const row = (at: number) =>
        picture.gray[at * picture.width + left]! * (1 - sx + left) +
        picture.gray[at * picture.width + right]! * (sx - left);
      page[y * width + x] = row(top) * (1 - sy + top) + row(lower) * (sy - top) + 0.5;
    }
}
