import {
  type Block,
  type Document,
  type Paragraph,
  type Picture,
  ReadError,
  type ReadLimits,
  type ReadNote,
  type Source,
} from '../document.ts';
import { beginsAsXml } from '../single-xml.ts';
import { TextFlow } from '../text-flow.ts';
import { CompoundFile } from './compound-file.ts';
import { embeddedPicture } from './embedded-picture.ts';
import { Paragraphs, type ParagraphText } from './paragraphs.ts';
import { definedCells } from './table-row.ts';
import { type Story, WordFile } from './word-file.ts';

/**
 * Reads DOC and WPS files of Word 97 and later from the binary structures themselves: tables become grids with their
 * merged cells; hidden and deleted text is left out. A table whose rows do not fit their definition becomes a run of
 * cells. Word 95 and earlier, and documents in one XML file (Word 2003), go through LibreOffice where it is installed.
 *
 * Throws `encrypted`, `corrupt`, `too_large`, or `unsupported` (other programs' OLE files; Word 95 without LibreOffice).
 */
export async function readDoc(source: Source, limits: ReadLimits): Promise<Document> {
  if (source.bytes.length > limits.inputBytes)
    throw new ReadError('too_large', `${source.name}: larger than ${limits.inputBytes} bytes.`);
  if (beginsAsXml(source.bytes)) {
    const read = await throughLibreOffice(source, limits);
    if (read) return read;
    throw new ReadError(
      'unsupported',
      `${source.name} is a document in one XML file (Word 2003, OpenDocument); open it in Word, WPS or LibreOffice and save it as DOCX. With LibreOffice installed it is read directly.`,
    );
  }
  const file = new CompoundFile(source.bytes);
  refuseOthers(file);
  try {
    return documentOf(new WordFile(file, limits.inflatedBytes / 8), limits);
  } catch (error) {
    if (error instanceof ReadError && error.failure === 'unsupported') {
      const read = await throughLibreOffice(source, limits);
      if (read) return read;
    }
    throw error;
  }
}

/** Null where LibreOffice is not installed. */
async function throughLibreOffice(source: Source, limits: ReadLimits): Promise<Document | null> {
  const { convert } = await import('../libreoffice.ts');
  const converted = await convert(source, 'doc', limits);
  if (!converted) return null;
  const read = documentOf(new WordFile(new CompoundFile(converted), limits.inflatedBytes / 8), limits);
  return { ...read, reader: 'doc/libreoffice' };
}

function refuseOthers(file: CompoundFile): void {
  const names = new Set(file.names.map((name) => name.toLowerCase()));
  if (names.has('encryptedpackage'))
    throw new ReadError(
      'encrypted',
      'The document is protected by a password. Ask the publisher for an open copy.',
    );
  if (names.has('worddocument')) return;
  if (names.has('workbook') || names.has('book'))
    throw new ReadError(
      'unsupported',
      'An Excel 97–2003 workbook (XLS, ET). Open it in Excel, WPS or LibreOffice and save it as XLSX.',
    );
  throw new ReadError(
    'unsupported',
    'An OLE file that holds no Word document. Open it in its own program and save it as DOCX or PDF.',
  );
}

const ROLES: Readonly<Record<Story, Paragraph['role'] | null>> = {
  main: null,
  footnotes: 'footnote',
  headers: 'header',
  comments: null,
  endnotes: 'footnote',
  text_boxes: null,
};

function documentOf(file: WordFile, limits: ReadLimits): Document {
  const blocks: Block[] = [];
  const pictures: Picture[] = [];
  const notes: ReadNote[] = [];
  const paragraphs = new Paragraphs(file);
  const counts = { paragraphs: 0, tables: 0, cells: 0 };
  for (const { story, start, end } of file.stories) {
    if (story === 'comments') continue;
    const flow = new TextFlow(counts, limits, notes);
    for (const paragraph of paragraphs.between(start, end)) {
      const { depth, closes, text, marks, isLostOn, groups } = paragraph;
      collectPictures(paragraph, file, flow.location(depth), pictures);
      if (closes === 'row') flow.endRow(depth, definedCells(groups));
      else flow.paragraph(depth, text, marks, ROLES[story] ?? paragraph.role, isLostOn);
      if (closes === 'cell') flow.endCell(depth);
    }
    flow.end();
    blocks.push(...flow.blocks);
  }
  return {
    container: 'doc',
    reader: 'doc/binary',
    blocks,
    charts: [],
    pictures,
    metadata: [],
    notes,
    pages: null,
  };
}

function collectPictures(paragraph: ParagraphText, file: WordFile, location: string, into: Picture[]): void {
  for (const place of paragraph.pictures) into.push({ ...embeddedPicture(file.data, place), location });
}
