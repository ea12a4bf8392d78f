import { existsSync } from 'node:fs';
import {
  type Block,
  type Document,
  type Metadata,
  type Picture,
  ReadError,
  type ReadLimits,
  type ReadNote,
  type Source,
} from '../document.ts';
import { documentBlocks } from '../geometry/document-blocks.ts';
import type { Box } from '../geometry/page-geometry.ts';
import { inPageOrder } from '../page-order.ts';
import type { ScannedPage } from '../scan/scanned-page.ts';
import { isLegible } from './legible.ts';
import { type PageContent, readPageContent } from './page-content.ts';
import { type Engine, withPdf } from './pdfium.ts';
import { grayPage } from './render.ts';
import { allowance } from './veils.ts';

/** Resolution at which pages without text are rendered for recognition. */
const SCAN_DPI = 300;
/** More pictures of pages than this are no annual report. */
const MAX_SCANNED_PAGES = 40;
/** A picture from this share of its page on may hold a table. */
const TABLE_PICTURE = 0.1;
/** A page with a picture of this share and hardly any text is a scan. */
const PAGE_PICTURE = 0.3;
const HARDLY_ANY_TEXT = 20;

/**
 * Reads a PDF: text with its position and ruling lines become paragraphs and grids, each with page and box. Pages
 * that are pictures, whose text is an invisible layer or a broken mapping, are handed to the reader of scans.
 * @throws {ReadError} `encrypted`, `corrupt`, `too_large`; `needs_ocr` where pages are pictures and nothing on this
 * machine recognises text.
 */
export async function readPdf(source: Source, limits: ReadLimits): Promise<Document> {
  const { pages, metadata, scans, written } = await withPdf(source.bytes, (engine, document) => {
    const count = engine.call['FPDF_GetPageCount']!(document);
    if (count === 0) throw new ReadError('corrupt', 'the PDF has no pages');
    if (count > limits.pages)
      throw new ReadError(
        'too_large',
        `the PDF has ${count} pages, more than the ${limits.pages} that are read`,
      );
    const pages: PageContent[] = [];
    const allowed = allowance();
    for (let i = 0; i < count; i++) pages.push(readPageContent(engine, document, i, allowed));
    const metadata = readMetadata(engine, document);
    const pictured = pages.filter(isScan);
    const legible = isLegible(pages.filter((p) => !pictured.includes(p)));
    if (!legible && !canBeSeen(pages))
      throw new ReadError(
        'needs_ocr',
        'the characters of the PDF have no meaning, and its fonts are not in it, so its pages cannot be rendered either; print it again from the original',
      );
    const toScan = legible ? pictured : pages;
    if (toScan.length > MAX_SCANNED_PAGES)
      throw new ReadError(
        'too_large',
        `the PDF has ${toScan.length} pages without text; text is recognised on ${MAX_SCANNED_PAGES} at most`,
      );
    const scans =
      toScan.length > 0 && canScan() ? toScan.map((p) => grayPage(engine, document, p.page, SCAN_DPI)) : [];
    return { pages, metadata, scans, written: pages.filter((p) => !toScan.includes(p)) };
  });

  const notes: ReadNote[] = [];
  const laid = documentBlocks(written);
  let blocks: readonly Block[] = laid.blocks;
  notes.push(...laid.notes);
  const without = pages.length - written.length;
  if (without > 0) {
    const recognised = await recognise(scans, limits);
    if (recognised) blocks = inPageOrder(blocks, recognised);
    else if (!blocks.some((b) => b.kind === 'grid'))
      throw new ReadError(
        'needs_ocr',
        `${without} of ${pages.length} pages are pictures or have an unusable text layer; install tesseract with chi_sim to read them`,
      );
    for (const page of pages)
      if (!written.includes(page))
        notes.push({
          code: recognised ? 'page_recognised' : 'page_without_text',
          detail: recognised
            ? 'the page is a picture, or its text layer is not to be trusted; its text was recognised'
            : 'the page is a picture, or its text layer is not to be trusted; it was not read',
          location: `page=${page.page}`,
        });
  }
  // A report whose tables are pictures in the middle of its text.
  const pictures = written.filter((p) => p.picture && p.pictureShare >= TABLE_PICTURE);
  if (pictures.length > 0 && pictures.length <= MAX_SCANNED_PAGES && !blocks.some((b) => b.kind === 'grid')) {
    const shown = canScan()
      ? await withPdf(source.bytes, (engine, document) =>
          pictures.map((p) => onlyInside(grayPage(engine, document, p.page, SCAN_DPI), p.picture!)),
        )
      : [];
    const recognised = await recognise(shown, limits);
    const grids = recognised?.filter((b) => b.kind === 'grid') ?? [];
    blocks = inPageOrder(blocks, grids);
    for (const page of pictures)
      notes.push({
        code: recognised ? 'picture_recognised' : 'picture_not_read',
        detail: 'a picture on the page may hold a table',
        location: `page=${page.page}`,
      });
  } else {
    // Beside tables that were read, a picture is read only when one of the tables is missing.
    for (const page of pictures)
      if (page.pictureShare >= PAGE_PICTURE)
        notes.push({
          code: 'picture_not_read',
          detail: 'a large picture on the page may hold a table',
          location: `page=${page.page}`,
        });
  }
  return {
    container: 'pdf',
    reader: scans.length > 0 ? 'pdf/scan' : 'pdf/grid',
    blocks,
    charts: [],
    pictures: pages.flatMap((page) => picturesOf(page, source.bytes)),
    metadata,
    notes,
    pages: pages.length,
  };
}

/** Whether rendering shows the text: its fonts are in the document. */
function canBeSeen(pages: readonly PageContent[]): boolean {
  const all = pages.reduce((n, p) => n + p.text.length + p.unmapped, 0);
  return pages.reduce((n, p) => n + p.notEmbedded, 0) < 0.5 * all;
}

/** Hardly any text over a picture, or a text layer that is not shown: an OCR program put it there. */
function isScan(page: PageContent): boolean {
  const { pictureShare, invisible, ocrFont } = page;
  if (pictureShare < PAGE_PICTURE && invisible <= HARDLY_ANY_TEXT && !ocrFont) return false;
  const shown = page.text.reduce((n, b) => n + (b.text === ' ' ? 0 : 1), 0);
  if (pictureShare >= PAGE_PICTURE && shown < HARDLY_ANY_TEXT) return true;
  return (invisible > HARDLY_ANY_TEXT || ocrFont) && invisible > shown;
}

/** The page with nothing on it but what stands inside the box. */
function onlyInside(page: ScannedPage, box: Box): ScannedPage {
  const scale = page.dpi / 72;
  const gray = new Uint8Array(page.gray.length).fill(255);
  const x0 = Math.max(0, Math.floor(box.x0 * scale));
  const x1 = Math.min(page.width, Math.ceil(box.x1 * scale));
  for (let y = Math.max(0, Math.floor(box.y0 * scale)); y < Math.min(page.height, box.y1 * scale); y++)
    gray.set(page.gray.subarray(y * page.width + x0, y * page.width + x1), y * page.width + x0);
  const { page: number, width, height, dpi } = page;
  return { page: number, width, height, dpi, gray };
}

function picturesOf(page: PageContent, bytes: Uint8Array): Picture[] {
  const { picture } = page;
  if (!picture || page.pictureShare < TABLE_PICTURE) return [];
  const shown = () =>
    withPdf(bytes, (engine, document) =>
      onlyInside(grayPage(engine, document, page.page, SCAN_DPI), picture),
    );
  return [{ location: `page=${page.page}`, mime: null, width: null, height: null, shown }];
}

type ReadScannedPages = (pages: readonly ScannedPage[], limits: ReadLimits) => Promise<Block[]>;

function scanReader(): URL {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return new URL(`../scan/scan${extension}`, import.meta.url);
}

function canScan(): boolean {
  return existsSync(scanReader());
}

/** Null where nothing on this machine recognises text. */
async function recognise(scans: readonly ScannedPage[], limits: ReadLimits): Promise<Block[] | null> {
  if (scans.length === 0) return null;
  const { readScannedPages } = (await import(scanReader().href)) as { readScannedPages: ReadScannedPages };
  try {
    return await readScannedPages(scans, limits);
  } catch (error) {
    if (error instanceof ReadError && error.failure === 'needs_ocr') return null;
    throw error;
  }
}

const FIELDS = [
  'Title',
  'Author',
  'Subject',
  'Keywords',
  'Creator',
  'Producer',
  'CreationDate',
  'ModDate',
] as const;

function readMetadata(engine: Engine, document: number): Metadata[] {
  const { call, memory, scratch } = engine;
  const metadata: Metadata[] = [];
  for (const name of FIELDS) {
    new Uint8Array(memory.buffer).set(Buffer.from(`${name}\0`, 'latin1'), scratch);
    const length = call['FPDF_GetMetaText']!(document, scratch, 0, 0);
    // UTF-16 with a final zero.
    if (length <= 2 || length > 20_000) continue;
    const at = call['malloc']!(length);
    call['FPDF_GetMetaText']!(document, scratch, at, length);
    const value = Buffer.from(memory.buffer, at, length - 2)
      .toString('utf16le')
      .trim();
    call['free']!(at);
    if (value) metadata.push({ name, value });
  }
  return metadata;
}
