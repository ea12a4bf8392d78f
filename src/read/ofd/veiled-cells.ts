import { type Block, type GridCell, ReadError, type ReadLimits } from '../document.ts';
import { intersection } from '../geometry/intersection.ts';
import { determinant } from '../geometry/matrix.ts';
import type { Box } from '../geometry/page-geometry.ts';
import { decodePixels, type Pixels } from '../scan/decode-picture.ts';
import type { Zip } from '../zip.ts';
import type { Media } from './media.ts';
import { type OfdPage, type PlacedPicture, POINTS } from './page.ts';

/** Points between the rules of a cell and what is looked at in it. */
const INSET = 2;
/** Points between the places that are looked at; a stroke of a digit is broader. */
const STEP = 0.6;
/** Parts of 255 between the darkest place and its surroundings from which on it may be a stroke. */
const CONTRAST = 60;
/** Places that must be so dark: a point of dust has fewer. */
const STROKE = 6;
const MOST_PLACES = 5_000_000;
/** Millimetres across the seals of public bodies (42 or 45, GA/T 1106), with some of what is around them. */
const SEAL = { from: 30, to: 62 };

/**
 * Marks the blank cells in which a picture shows something: one that is seen through, or on which the page is written. What a
 * cell says itself stands; whether the picture changes that is another question.
 */
export async function markVeiledCells(
  blocks: readonly Block[],
  pages: readonly OfdPage[],
  mediaOf: (page: OfdPage) => Media,
  zip: Zip,
  limits: ReadLimits,
): Promise<Block[]> {
  const inks = new Inks(zip, limits);
  const byNumber = new Map(
    pages.filter(({ pictures }) => pictures.length > 0).map((page) => [page.number, page]),
  );
  if (byNumber.size === 0) return [...blocks];
  const marked: Block[] = [];
  for (const block of blocks) {
    if (block.kind !== 'grid') {
      marked.push(block);
      continue;
    }
    const cells: GridCell[] = [];
    for (const cell of block.cells) {
      const veiled = isBlank(cell) && (await isVeiled(cell, byNumber, mediaOf, inks));
      cells.push(veiled ? { ...cell, marks: [...(cell.marks ?? []), 'picture'] } : cell);
    }
    marked.push({ ...block, cells });
  }
  return marked;
}

function isBlank({ text, marks }: GridCell): boolean {
  return text.trim() === '' && !marks?.includes('picture');
}

async function isVeiled(
  { location }: GridCell,
  pages: ReadonlyMap<number, OfdPage>,
  mediaOf: (page: OfdPage) => Media,
  inks: Inks,
): Promise<boolean> {
  for (const [, number, x0, y0, x1, y1] of location.matchAll(
    /page=(\d+);bbox=([-\d.]+),([-\d.]+),([-\d.]+),([-\d.]+)/g,
  )) {
    const page = pages.get(Number(number));
    if (!page) continue;
    const box = {
      x0: Number(x0) + INSET,
      y0: Number(y0) + INSET,
      x1: Number(x1) - INSET,
      y1: Number(y1) - INSET,
    };
    for (const picture of page.pictures) {
      const common = intersection(box, picture.box);
      if (!(common.x1 > common.x0 && common.y1 > common.y0)) continue;
      if (await inks.shows(picture, mediaOf(page).get(picture.resource), common)) return true;
    }
  }
  return false;
}

/** A red picture of the size of a seal is seen for what it is, also where it reaches over blank cells. */
function isSeal({ box }: PlacedPicture, { redless }: Pixels): boolean {
  return [box.x1 - box.x0, box.y1 - box.y0].every(
    (side) => redless !== undefined && side >= SEAL.from * POINTS && side <= SEAL.to * POINTS,
  );
}

/** What the pictures of a document paint on paper. */
class Inks {
  readonly #zip: Zip;
  readonly #limits: ReadLimits;
  readonly #known = new Map<string, Pixels | null>();
  #pixels: number;
  #places = 0;

  constructor(zip: Zip, limits: ReadLimits) {
    this.#zip = zip;
    this.#limits = limits;
    this.#pixels = limits.imagePixels;
  }

  /** Whether a picture shows something within a part of its box. */
  async shows(picture: PlacedPicture, entry: string | undefined, { x0, y0, x1, y1 }: Box): Promise<boolean> {
    if (entry === undefined) return false;
    const pixels = await this.#of(entry);
    if (!pixels) return false;
    const [a, b, c, d, e, f] = picture.matrix;
    const size = determinant(picture.matrix);
    if (!(Math.abs(size) > 1e-9)) return false;
    const levels = isSeal(picture, pixels) ? pixels.redless! : pixels.gray;
    this.#places += ((x1 - x0) / STEP + 1) * ((y1 - y0) / STEP + 1);
    // More is not looked at: nobody knows what it shows.
    if (this.#places > MOST_PLACES) return true;
    const found: number[] = [];
    for (let y = y0; y <= y1; y += STEP)
      for (let x = x0; x <= x1; x += STEP) {
        const [dx, dy] = [x / POINTS - e, y / POINTS - f];
        const u = Math.floor(((d * dx - c * dy) / size) * pixels.width);
        const v = Math.floor(((a * dy - b * dx) / size) * pixels.height);
        if (u < 0 || u >= pixels.width || v < 0 || v >= pixels.height) continue;
        found.push(((255 - levels[v * pixels.width + u]!) * picture.alpha) / 255);
      }
    const ground = found.reduce((least, darkness) => Math.min(least, darkness), 255);
    return found.filter((darkness) => darkness - ground >= CONTRAST).length >= STROKE;
  }

  async #of(entry: string): Promise<Pixels | null> {
    let pixels = this.#known.get(entry);
    if (pixels === undefined) {
      pixels = await this.#decode(entry);
      this.#known.set(entry, pixels);
    }
    return pixels;
  }

  /** Null for kinds that are not read, as for what is damaged or too large. */
  async #decode(entry: string): Promise<Pixels | null> {
    try {
      const pixels = await decodePixels(this.#zip.read(entry), {
        ...this.#limits,
        imagePixels: this.#pixels,
      });
      this.#pixels -= pixels ? pixels.width * pixels.height : 0;
      return pixels;
    } catch (error) {
      if (error instanceof ReadError) return null;
      throw error;
    }
  }
}
