import {
  type Block,
  type Document,
  type Picture,
  ReadError,
  type ReadLimits,
  type Source,
} from '../document.ts';
import { decodePicture } from './decode-picture.ts';
import { readScannedPages } from './scan.ts';
import type { ScannedPage } from './scanned-page.ts';

/**
 * Reads a picture of a page (PNG, JPEG) as a scan.
 *
 * Throws `unsupported` for other kinds of picture, `needs_ocr` without Tesseract, `corrupt`, `too_large`.
 */
export async function readPicture(source: Source, limits: ReadLimits): Promise<Document> {
  const page = await decodePicture(source.bytes, limits);
  if (!page)
    throw new ReadError(
      'unsupported',
      `${source.name} is a picture of a kind that is not read; save it as PNG or JPEG`,
    );
  return {
    container: 'picture',
    reader: 'picture/ocr',
    blocks: await readScannedPages([page], limits),
    charts: [],
    pictures: [],
    metadata: [],
    notes: [],
    pages: 1,
  };
}

/**
 * Reads pictures that stand in a page or document for its text (a table pasted as an image, pages as images). Pictures
 * too small to hold a table, and those that cannot be had, are passed over. Places are those of the picture.
 */
export async function readPictures(pictures: readonly Picture[], limits: ReadLimits): Promise<Block[]> {
  const pages: ScannedPage[] = [];
  const locations = new Map<number, string>();
  for (const [index, picture] of pictures.entries()) {
    if (pages.length >= MOST_PICTURES) break;
    const page = await pixelsOf(picture, limits);
    if (!page || page.width < SMALLEST_PICTURE || page.height < SMALLEST_PICTURE / 3) continue;
    pages.push({ ...page, page: index + 1 });
    locations.set(index + 1, picture.location);
  }
  if (pages.length === 0) return [];
  const inPicture = (location: string) =>
    location.replace(/^page=(\d+)/, (_, page: string) => locations.get(Number(page)) ?? `picture=${page}`);
  return (await readScannedPages(pages, limits)).map((block): Block => {
    const location = inPicture(block.location);
    if (block.kind !== 'grid') return { ...block, location } as Block;
    const cells = block.cells.map((cell) => ({ ...cell, location: inPicture(cell.location) }));
    return { ...block, location, cells };
  });
}

/** Null for a picture that is damaged or of another kind: the document around it is read all the same. */
async function pixelsOf(picture: Picture, limits: ReadLimits): Promise<ScannedPage | null> {
  try {
    if (picture.shown) return await picture.shown();
    return picture.bytes ? await decodePicture(picture.bytes, limits) : null;
  } catch (error) {
    if (error instanceof ReadError) return null;
    throw error;
  }
}

/** More pictures than this are an album, not a report. */
const MOST_PICTURES = 40;
/** Pixels; less than a table's header takes. */
const SMALLEST_PICTURE = 300;
