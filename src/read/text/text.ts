import { decode } from '../charset.ts';
import {
  type Block,
  type Chart,
  DEFAULT_LIMITS,
  type Document,
  ReadError,
  type ReadLimits,
  type Source,
} from '../document.ts';
import { readBarred } from './barred.ts';
import { readHeader } from './header.ts';
import { splitLines, type TextLine } from './lines.ts';
import { readMarkdownTables } from './markdown.ts';
import { readParagraphCells } from './paragraph-cells.ts';
import { readSpaced } from './spaced.ts';
import { readTabbed } from './tabbed.ts';

/** What a layout makes of the lines it knows: blocks in their order, and between them lines that it leaves to others. */
export type Piece = Block | Chart | TextLine;

/**
 * One way in which tables are written down as text. Lines that are none of its tables come back as they are, so that
 * the next layout sees them.
 */
export type Layout = (lines: readonly TextLine[]) => Piece[];

/** Lines for each cell allowed: a cell to a line, an empty line between them, and as much again of text. */
const LINES_PER_CELL = 4;

/** In this order: a Markdown table also has bars, a table with bars may also have tabs. */
const LAYOUTS: readonly Layout[] = [
  readMarkdownTables,
  readBarred,
  readTabbed,
  readSpaced,
  readParagraphCells,
];

/**
 * Reads a text file: the dump of a page or of an office document. Cells whose boundaries are certain become grids or
 * runs of cells; everything else stays paragraphs, run-together digits included.
 *
 * Locations: `line=40`, counted from 1; `line=40;cell=3` for the third cell of a line.
 * @throws {ReadError}
 */
export function readText(source: Source, limits: ReadLimits = DEFAULT_LIMITS): Document {
  const { text, undecodable, encoding } = decode(source.bytes, source.contentType);
  const refuse = (what: string) => {
    throw new ReadError('too_large', `${source.name} has more ${what} than any report needs`);
  };
  if (count(text, '\n') + count(text, '\r') > limits.cells * LINES_PER_CELL) refuse('lines');
  if (count(text, '\t') > limits.cells || count(text, '|') > limits.cells * 2) refuse('table cells');
  const lines = splitLines(text);
  const header = readHeader(lines);
  let pieces: Piece[] = lines.slice(header.length);
  for (const layout of LAYOUTS) pieces = applyLayout(layout, pieces);

  const blocks: Block[] = [];
  const charts: Chart[] = [];
  let cells = 0;
  for (const piece of pieces) {
    if ('number' in piece) {
      if (piece.text.trim() === '') continue;
      const heading = /^\s{0,3}#{1,6}[ \t]+(\S.*)$/.exec(piece.text)?.[1];
      blocks.push({
        kind: 'paragraph',
        text: heading ?? piece.text,
        location: `line=${piece.number}`,
        reading: 'certain',
        ...(heading ? { role: 'heading' as const } : {}),
      });
    } else if ('series' in piece) charts.push(piece);
    else {
      if (piece.kind !== 'paragraph') cells += piece.cells.length;
      blocks.push(piece);
    }
  }
  if (cells > limits.cells)
    throw new ReadError(
      'too_large',
      `${source.name} has ${cells} table cells, more than the ${limits.cells} allowed`,
    );
  return {
    container: 'text',
    reader: 'text',
    blocks,
    charts,
    pictures: [],
    metadata: header.metadata,
    notes:
      undecodable > 0
        ? [
            {
              code: 'undecodable_characters',
              detail: `${undecodable} characters are not valid ${encoding}`,
              location: null,
            },
          ]
        : [],
    pages: null,
  };
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) found++;
  return found;
}

/** Gives each stretch of lines that no layout has taken yet to the next one. */
function applyLayout(layout: Layout, pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  let stretch: TextLine[] = [];
  const flush = () => {
    if (stretch.length > 0) for (const piece of layout(stretch)) result.push(piece);
    stretch = [];
  };
  for (const piece of pieces) {
    if ('number' in piece) stretch.push(piece);
    else {
      flush();
      result.push(piece);
    }
  }
  flush();
  return result;
}
