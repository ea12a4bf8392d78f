import type { ReadLimits } from '../document.ts';
import { pictureSize } from '../picture-size.ts';
import type { Zip } from '../zip.ts';

/**
 * How far a picture can be seen through: `opaque` where it cannot, or nobody knows; else where.
 * Places in it go from 0 to 1, from its upper left corner.
 */
export type Opacity = 'opaque' | { readonly at: (u: number, v: number) => number };

/** Sides in pixels of the table in which it is kept, at most. */
const FINEST = 512;

/** The opacities of the pictures of one document. */
export class Opacities {
  readonly #zip: Zip;
  readonly #known = new Map<string, Promise<Opacity>>();
  /** So many are decoded for it in all. */
  #pixels: number;

  constructor(zip: Zip, limits: Pick<ReadLimits, 'imagePixels'>) {
    this.#zip = zip;
    this.#pixels = limits.imagePixels;
  }

  /** Of an entry of the archive; undefined where there is none. */
  async of(entry: string | undefined): Promise<Opacity> {
    if (entry === undefined) return 'opaque';
    const opacity = this.#known.get(entry) ?? this.#look(this.#zip.read(entry));
    this.#known.set(entry, opacity);
    return opacity;
  }

  /** Kinds other than PNG (JPEG, bitmaps) are opaque or are not read. */
  async #look(bytes: Uint8Array): Promise<Opacity> {
    const size = pictureSize(bytes);
    if (size?.mime !== 'image/png' || !mayBeTransparent(bytes)) return 'opaque';
    const pixels = size.width * size.height;
    if (!(pixels > 0 && pixels <= this.#pixels)) return 'opaque';
    this.#pixels -= pixels;
    const { PNG } = await import('pngjs');
    let data: Uint8Array;
    try {
      data = PNG.sync.read(Buffer.from(bytes)).data;
    } catch {
      return 'opaque';
    }
    const [width, height] = [Math.min(FINEST, size.width), Math.min(FINEST, size.height)];
    const alpha = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      const row = Math.floor(((y + 0.5) * size.height) / height) * size.width;
      for (let x = 0; x < width; x++)
        alpha[y * width + x] = data[(row + Math.floor(((x + 0.5) * size.width) / width)) * 4 + 3]!;
    }
    const nearest = (share: number, count: number): number =>
      Math.min(count - 1, Math.max(0, Math.floor(share * count)));
    return { at: (u, v) => alpha[nearest(v, height) * width + nearest(u, width)]! };
  }
}

/** The kinds of PNG with a channel of opacity, or with a colour that is transparent. */
function mayBeTransparent(bytes: Uint8Array): boolean {
  const kind = bytes[25];
  if (kind === 4 || kind === 6) return true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const name = view.getUint32(at + 4);
    if (name === 0x74524e53) return true; // tRNS
    if (name === 0x49444154) return false; // IDAT
    at += 12 + view.getUint32(at);
  }
  return false;
}
