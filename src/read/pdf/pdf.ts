import { type Document, type Metadata, ReadError, type ReadLimits, type Source } from '../document.ts';
import { documentBlocks } from '../geometry/document-blocks.ts';
import { type PageContent, readPageContent } from './page-content.ts';
import { type Engine, withPdf } from './pdfium.ts';

/**
 * Reads a PDF: text with its position and ruling lines become paragraphs and grids, each with page and box.
 * @throws {ReadError} `encrypted`, `corrupt`, `too_large`, `needs_ocr`.
 */
export async function readPdf(source: Source, limits: ReadLimits): Promise<Document> {
  const { pages, metadata } = await withPdf(source.bytes, (engine, document) => {
    const count = engine.call['FPDF_GetPageCount']!(document);
    if (count > limits.pages)
      throw new ReadError(
        'too_large',
        `the PDF has ${count} pages, more than the ${limits.pages} that are read`,
      );
    const pages: PageContent[] = [];
    for (let i = 0; i < count; i++) pages.push(readPageContent(engine, document, i));
    return { pages, metadata: readMetadata(engine, document) };
  });
  const { blocks, notes } = documentBlocks(pages);
  return {
    container: 'pdf',
    reader: 'pdf/grid',
    blocks,
    charts: [],
    pictures: [],
    metadata,
    notes,
    pages: pages.length,
  };
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
  const { call, memory } = engine;
  const metadata: Metadata[] = [];
  for (const field of FIELDS) {
    new Uint8Array(memory.buffer).set(Buffer.from(`${field}\0`, 'latin1'), engine.scratch);
    const length = call['FPDF_GetMetaText']!(document, engine.scratch, 0, 0);
    if (length <= 2 || length > 20_000) continue;
    const at = call['malloc']!(length);
    new Uint8Array(memory.buffer).set(Buffer.from(`${field}\0`, 'latin1'), engine.scratch);
    call['FPDF_GetMetaText']!(document, engine.scratch, at, length);
    const value = Buffer.from(memory.buffer, at, length - 2).toString('utf16le');
    call['free']!(at);
    metadata.push({ name: field, value });
  }
  return metadata;
}
