import {
  type Block,
  type Document,
  type Mark,
  type Paragraph,
  type Picture,
  ReadError,
  type ReadLimits,
  type ReadNote,
  type Source,
} from '../document.ts';
import { EdgeTable } from '../edge-table.ts';
import { CompoundFile } from './compound-file.ts';
import { embeddedPicture } from './embedded-picture.ts';
import { Paragraphs, type ParagraphText } from './paragraphs.ts';
import { definedCells } from './table-row.ts';
import { type Story, WordFile } from './word-file.ts';

/**
 * Reads DOC and WPS files of Word 97 and later from the binary structures themselves: tables become grids with their
 * merged cells; hidden and deleted text is left out. A table whose rows do not fit their definition becomes a run of
 * cells. Word 95 and earlier go through LibreOffice where it is installed.
 *
 * Throws `encrypted`, `corrupt`, `too_large`, or `unsupported` (other programs' OLE files; Word 95 without LibreOffice).
 */
export async function readDoc(source: Source, limits: ReadLimits): Promise<Document> {
  if (source.bytes.length > limits.inputBytes)
    throw new ReadError('too_large', `${source.name}: larger than ${limits.inputBytes} bytes.`);
  const file = new CompoundFile(source.bytes);
  refuseOthers(file);
  try {
    return documentOf(new WordFile(file, limits.inflatedBytes / 8), limits);
  } catch (error) {
    if (error instanceof ReadError && error.failure === 'unsupported') {
      const { convert } = await import('../libreoffice.ts');
      const converted = await convert(source, 'doc', limits);
      if (converted) {
        const read = documentOf(new WordFile(new CompoundFile(converted), limits.inflatedBytes / 8), limits);
        return { ...read, reader: 'doc/libreoffice' };
      }
    }
    throw error;
  }
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
  let cells = 0;
  let number = 0;
  let tables = 0;
  for (const { story, start, end } of file.stories) {
    if (story === 'comments') continue;
    let table: EdgeTable | null = null;
    const closeTable = () => {
      if (table) blocks.push(...table.finish(notes));
      table = null;
    };
    for (const paragraph of paragraphs.between(start, end)) {
      if (paragraph.depth > 0) {
        if (!table) table = new EdgeTable(++tables);
        if (addToTable(table, paragraph)) cells += 1;
        if (cells > limits.cells)
          throw new ReadError('too_large', `The document has more than ${limits.cells} table cells.`);
        collectPictures(paragraph, file, table.location, pictures);
        continue;
      }
      closeTable();
      number += 1;
      const location = `paragraph=${number}`;
      collectPictures(paragraph, file, location, pictures);
      if (paragraph.text.trim() !== '') blocks.push(block(paragraph, location, ROLES[story] ?? undefined));
    }
    closeTable();
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

/** Returns whether the paragraph closed a cell. */
function addToTable(table: EdgeTable, { closes, depth, text, marks, groups }: ParagraphText): boolean {
  if (closes === 'row') {
    table.closeRow(definedCells(groups));
    return false;
  }
  if (closes !== 'inner_row') table.addParagraph(text, depth > 1 ? [...marks, 'nested_table'] : marks);
  if (closes !== 'cell') return false;
  table.closeCell();
  return true;
}

function block(paragraph: ParagraphText, location: string, storyRole: Paragraph['role']): Paragraph {
  const role = storyRole ?? paragraph.role ?? undefined;
  const marks: readonly Mark[] = paragraph.marks;
  return {
    kind: 'paragraph',
    text: paragraph.text,
    location,
    reading: 'certain',
    ...(role ? { role } : {}),
    ...(marks.length > 0 ? { marks } : {}),
  };
}

function collectPictures(paragraph: ParagraphText, file: WordFile, location: string, into: Picture[]): void {
  for (const place of paragraph.pictures) into.push({ ...embeddedPicture(file.data, place), location });
}
