import { ReadError } from '../document.ts';
import type { CompoundFile } from './compound-file.ts';
import { modifiers, unsigned16, unsigned32 } from './property-modifiers.ts';

/** Places in the file information block ([MS-DOC] 2.5) of Word 97 and later. */
const FIB = {
  magic: 0xa5ec,
  oldestVersion: 0x00c1,
  version: 2,
  flags: 10,
  textLengths: 0x4c,
  styles: 0xa2,
  characterPages: 0xfa,
  paragraphPages: 0x102,
  pieces: 0x1a2,
} as const;
const ENCRYPTED = 0x0100;
const TABLE_STREAM_1 = 0x0200;
const PAGE = 512;
const COMPRESSED = 0x40000000;
const HUGE_PROPERTIES = 0x6646;
const HUGE_PROPERTIES_OLD = 0x6645;

/** A stretch of the file in one formatting; `group` is its property modifiers. */
export interface FormattedStretch {
  readonly start: number;
  readonly end: number;
  readonly style: number;
  readonly group: Uint8Array;
}

/** A stretch of text that lies together in the file. */
interface Piece {
  readonly firstCharacter: number;
  readonly endCharacter: number;
  readonly offset: number;
  readonly bytesPerCharacter: 1 | 2;
  readonly group: Uint8Array;
}

export type Story = 'main' | 'footnotes' | 'headers' | 'comments' | 'endnotes' | 'text_boxes';

/** A run of characters of one piece in one character formatting. */
export interface TextRun {
  readonly text: string;
  /** Character formatting, then what the piece adds to it. */
  readonly groups: readonly Uint8Array[];
}

/**
 * The text of a Word 97–2003 document with its formatting, as the binary file states them: piece table, formatted
 * disk pages, style sheet. Nothing is interpreted here.
 */
export class WordFile {
  readonly text: string;
  readonly stories: readonly { readonly story: Story; readonly start: number; readonly end: number }[];
  readonly styleSheet: Uint8Array;
  readonly data: Uint8Array;
  readonly #pieces: readonly Piece[];
  readonly #paragraphs: readonly FormattedStretch[];
  readonly #characters: readonly FormattedStretch[];

  /**
   * Throws `encrypted`; `unsupported` for Word 6 and 95 and for other programs' files; `corrupt` where the structures
   * do not fit the file; `too_large` beyond `maximumCharacters`.
   */
  constructor(file: CompoundFile, maximumCharacters: number) {
    const main = file.stream('WordDocument');
    if (!main) throw new ReadError('unsupported', 'The OLE file holds no Word document.');
    if (main.length < 0x1aa) throw new ReadError('corrupt', 'The Word document ends within its first block.');
    if (unsigned16(main, 0) !== FIB.magic || unsigned16(main, FIB.version) < FIB.oldestVersion)
      throw new ReadError(
        'unsupported',
        'Written by Word 95 or earlier. Open it in Word, WPS or LibreOffice and save it as DOCX; with LibreOffice installed it is read directly.',
      );
    const flags = unsigned16(main, FIB.flags);
    if (flags & ENCRYPTED)
      throw new ReadError(
        'encrypted',
        'The document is protected by a password. Ask the publisher for an open copy.',
      );
    const table = file.stream(flags & TABLE_STREAM_1 ? '1Table' : '0Table');
    if (!table) throw new ReadError('corrupt', 'The Word document lost the stream that describes its text.');
    this.data = file.stream('Data') ?? new Uint8Array(0);

    this.#pieces = readPieces(part(table, main, FIB.pieces), main.length);
    this.text = decodePieces(this.#pieces, main, maximumCharacters);
    this.stories = readStories(main, this.text.length);
    this.styleSheet = part(table, main, FIB.styles);
    this.#characters = readPages(part(table, main, FIB.characterPages), main, characterPage);
    this.#paragraphs = readPages(part(table, main, FIB.paragraphPages), main, paragraphPage).map((stretch) =>
      withHugeProperties(stretch, this.data),
    );
  }

  /** Paragraph formatting of the paragraph that ends with the character at `index`, and what its piece adds. */
  paragraphAt(index: number): { readonly style: number; readonly groups: readonly Uint8Array[] } {
    const piece = this.#pieceAt(index);
    if (!piece) return { style: 0, groups: [] };
    const stretch = find(this.#paragraphs, fileOffset(piece, index));
    return { style: stretch?.style ?? 0, groups: [stretch?.group ?? NOTHING, piece.group] };
  }

  /** The runs of the characters from `start` up to, not including, `end`. */
  *runs(start: number, end: number): Generator<TextRun> {
    let at = start;
    while (at < end) {
      const piece = this.#pieceAt(at);
      if (!piece) return;
      const offset = fileOffset(piece, at);
      const stretch = find(this.#characters, offset);
      const bound = stretch
        ? at + Math.max(1, Math.ceil((stretch.end - offset) / piece.bytesPerCharacter))
        : piece.endCharacter;
      const stop = Math.min(end, piece.endCharacter, bound);
      yield { text: this.text.slice(at, stop), groups: [stretch?.group ?? NOTHING, piece.group] };
      at = stop;
    }
  }

  #pieceAt(index: number): Piece | undefined {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const piece = this.#pieces[middle]!;
      if (index < piece.firstCharacter) high = middle - 1;
      else if (index >= piece.endCharacter) low = middle + 1;
      else return piece;
    }
    return undefined;
  }
}

const NOTHING: Uint8Array = new Uint8Array(0);

function fileOffset(piece: Piece, character: number): number {
  return piece.offset + (character - piece.firstCharacter) * piece.bytesPerCharacter;
}

function part(table: Uint8Array, main: Uint8Array, place: number): Uint8Array {
  const start = unsigned32(main, place);
  const length = unsigned32(main, place + 4);
  if (start + length > table.length)
    throw new ReadError(
      'corrupt',
      'A part of the Word document lies outside the file; it was cut off or damaged.',
    );
  return table.subarray(start, start + length);
}

function readPieces(clx: Uint8Array, mainLength: number): Piece[] {
  const added: Uint8Array[] = [];
  let at = 0;
  while (clx[at] === 1) {
    const size = unsigned16(clx, at + 1);
    added.push(clx.subarray(at + 3, at + 3 + size));
    at += 3 + size;
  }
  if (clx[at] !== 2) throw new ReadError('corrupt', 'The Word document lost its piece table.');
  const plc = clx.subarray(at + 5, at + 5 + unsigned32(clx, at + 1));
  const count = Math.floor((plc.length - 4) / 12);
  const pieces: Piece[] = [];
  for (let index = 0; index < count; index++) {
    const firstCharacter = unsigned32(plc, index * 4);
    const endCharacter = unsigned32(plc, index * 4 + 4);
    const descriptor = (count + 1) * 4 + index * 8;
    const place = unsigned32(plc, descriptor + 2);
    const compressed = (place & COMPRESSED) !== 0;
    const offset = compressed ? (place & 0x3fffffff) >>> 1 : place & 0x3fffffff;
    const bytesPerCharacter = compressed ? 1 : 2;
    const modifier = unsigned16(plc, descriptor + 6);
    if (endCharacter <= firstCharacter || firstCharacter !== (pieces.at(-1)?.endCharacter ?? 0)) {
      throw new ReadError('corrupt', 'The piece table of the Word document is out of order.');
    }
    if (offset + (endCharacter - firstCharacter) * bytesPerCharacter > mainLength)
      throw new ReadError(
        'corrupt',
        'Text of the Word document lies outside the file; it was cut off or damaged.',
      );
    const group = modifier & 1 ? (added[modifier >> 1] ?? NOTHING) : shortModifier(modifier);
    pieces.push({ firstCharacter, endCharacter, offset, bytesPerCharacter, group });
  }
  if (pieces.length === 0) throw new ReadError('corrupt', 'The Word document has no text pieces.');
  return pieces;
}

/** The few one-byte modifiers of [MS-DOC] 2.9.210 that hide, delete or strike text, or move it in or out of a table. */
const SHORT_MODIFIERS: ReadonlyMap<number, number> = new Map([
  [0x18, 0x2416],
  [0x19, 0x2417],
  [0x41, 0x0800],
  [0x57, 0x0837],
  [0x5c, 0x083c],
  [0x68, 0x2a48],
  [0x73, 0x2a53],
]);

function shortModifier(modifier: number): Uint8Array {
  const code = SHORT_MODIFIERS.get((modifier >> 1) & 0x7f);
  return code === undefined ? NOTHING : Uint8Array.of(code & 0xff, code >> 8, modifier >> 8);
}

function decodePieces(pieces: readonly Piece[], main: Uint8Array, maximum: number): string {
  if ((pieces.at(-1)?.endCharacter ?? 0) > maximum)
    throw new ReadError('too_large', `The Word document has more than ${maximum} characters.`);
  const western = new TextDecoder('windows-1252');
  const wide = new TextDecoder('utf-16le', { ignoreBOM: true });
  let text = '';
  for (const piece of pieces) {
    const bytes = main.subarray(piece.offset, fileOffset(piece, piece.endCharacter));
    const decoded = piece.bytesPerCharacter === 1 ? western.decode(bytes) : wide.decode(bytes);
    if (decoded.length !== piece.endCharacter - piece.firstCharacter)
      throw new ReadError('corrupt', 'A piece of the Word document is not text.');
    text += decoded;
  }
  return text;
}

function readStories(main: Uint8Array, length: number): { story: Story; start: number; end: number }[] {
  const order: readonly (Story | null)[] = [
    'main',
    'footnotes',
    'headers',
    null,
    'comments',
    'endnotes',
    'text_boxes',
  ];
  const stories: { story: Story; start: number; end: number }[] = [];
  let start = 0;
  for (const [index, story] of order.entries()) {
    const end = start + unsigned32(main, FIB.textLengths + index * 4);
    if (end > length) throw new ReadError('corrupt', 'The Word document states more text than it holds.');
    if (story !== null && end > start) stories.push({ story, start, end });
    start = end;
  }
  return stories;
}

type PageReader = (page: Uint8Array) => Iterable<FormattedStretch>;

function readPages(plc: Uint8Array, main: Uint8Array, read: PageReader): FormattedStretch[] {
  const count = Math.floor((plc.length - 4) / 8);
  const seen = new Set<number>();
  const stretches: FormattedStretch[] = [];
  for (let index = 0; index < count; index++) {
    const number = unsigned32(plc, (count + 1) * 4 + index * 4) & 0x3fffff;
    if (seen.has(number)) continue;
    seen.add(number);
    const page = main.subarray(number * PAGE, number * PAGE + PAGE);
    if (page.length < PAGE)
      throw new ReadError('corrupt', 'Formatting of the Word document lies outside the file.');
    for (const stretch of read(page)) if (stretch.end > stretch.start) stretches.push(stretch);
  }
  return stretches.sort((a, b) => a.start - b.start);
}

function* characterPage(page: Uint8Array): Generator<FormattedStretch> {
  const count = page[PAGE - 1] ?? 0;
  for (let index = 0; index < count; index++) {
    const place = (page[(count + 1) * 4 + index] ?? 0) * 2;
    const group = place === 0 ? NOTHING : page.subarray(place + 1, place + 1 + (page[place] ?? 0));
    yield { start: unsigned32(page, index * 4), end: unsigned32(page, index * 4 + 4), style: 0, group };
  }
}

function* paragraphPage(page: Uint8Array): Generator<FormattedStretch> {
  const count = page[PAGE - 1] ?? 0;
  for (let index = 0; index < count; index++) {
    let place = (page[(count + 1) * 4 + index * 13] ?? 0) * 2;
    let style = 0;
    let group: Uint8Array = NOTHING;
    if (place > 0) {
      const words = page[place] ?? 0;
      const size = words === 0 ? (page[place + 1] ?? 0) * 2 : words * 2 - 1;
      place += words === 0 ? 2 : 1;
      style = unsigned16(page, place);
      group = page.subarray(place + 2, Math.min(PAGE - 1, place + size));
    }
    yield { start: unsigned32(page, index * 4), end: unsigned32(page, index * 4 + 4), style, group };
  }
}

/** Rows with many cells do not fit a page: their properties are in the data stream, a modifier says where. */
function withHugeProperties(stretch: FormattedStretch, data: Uint8Array): FormattedStretch {
  for (const { code, operand } of modifiers(stretch.group)) {
    if (code !== HUGE_PROPERTIES && code !== HUGE_PROPERTIES_OLD) continue;
    const place = unsigned32(operand, 0);
    const size = unsigned16(data, place);
    return { ...stretch, group: data.subarray(place + 2, place + 2 + size) };
  }
  return stretch;
}

function find(stretches: readonly FormattedStretch[], offset: number): FormattedStretch | undefined {
  let low = 0;
  let high = stretches.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const stretch = stretches[middle]!;
    if (offset < stretch.start) high = middle - 1;
    else if (offset >= stretch.end) low = middle + 1;
    else return stretch;
  }
  return undefined;
}
