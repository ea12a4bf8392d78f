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
import type { DefinedCell } from '../edge-table.ts';
import { isLost, mayHideDigits } from '../faint-ink.ts';
import { TextFlow } from '../text-flow.ts';
import { LONGEST_INSTRUCTION, showsItsInstruction } from '../word-field.ts';
import { codePageOfCharset, decodeBytes, leadsPair } from './code-pages.ts';
import { type RtfToken, rtfTokens } from './tokens.ts';

/**
 * Reads RTF (also what calls itself .doc): text in any code page, tables from their row definitions with merged cells,
 * hidden and deleted text left out.
 *
 * Throws `corrupt` where it is no RTF or ends within its text, `too_large` beyond the limits.
 */
export async function readRtf(source: Source, limits: ReadLimits): Promise<Document> {
  if (source.bytes.length > limits.inputBytes)
    throw new ReadError('too_large', `${source.name}: larger than ${limits.inputBytes} bytes.`);
  return new RtfReader(limits).read(source);
}

/** What holds until the group ends. */
interface State {
  destination:
    | 'text'
    | 'skip'
    | 'fonts'
    | 'colours'
    | 'picture'
    | 'box'
    | 'footnote'
    | 'list_number'
    | 'instruction'
    | 'object';
  font: number;
  unicodeFallback: number;
  hidden: boolean;
  deleted: boolean;
  struck: boolean;
  /** `\super` and `\sub`. */
  alignment: 'superscript' | 'subscript' | null;
  /** `\up` and, negative, `\dn`: half points above the line. */
  position: number;
  /** Indexes into the table of colours; 0 says nothing. */
  colour: number;
  background: number;
  paragraphBackground: number;
  inTable: boolean;
  nesting: number;
  definesNestedRow: boolean;
  heading: boolean;
  /** Pieces of text printed before the embedded object began. */
  printedBefore: number;
}

/** Main text, or what stands in a text box or footnote. */
interface Story {
  readonly role: Paragraph['role'] | null;
  readonly flow: TextFlow;
  text: string;
  marks: Set<Mark>;
  faint: boolean;
  plain: boolean;
  /** Cells of the open row that have ended. */
  cellsEnded: number;
  row: RowDefinition;
  /** Rows of a table within a cell are defined after their cells, between the outer row's definition and its end. */
  nestedRow: RowDefinition;
}

interface RowDefinition {
  cells: DefinedCell[];
  /** Of each cell, as an index into the table of colours. */
  backgrounds: number[];
  background: number;
  left: number;
  joinsLeft: boolean;
  joinsAbove: boolean;
}

/** Groups whose content is not printed, or is printed elsewhere. */
const NOT_TEXT = new Set(
  'stylesheet info listtable listoverridetable revtbl rsidtbl generator xmlnstbl datafield objdata themedata colorschememapping latentstyles datastore header headerl headerr headerf footer footerl footerr footerf ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn annotation atnid atnauthor nonshppict shprslt bkmkstart bkmkend pgdsctbl wgrffmtfilter mmath filetbl pntxta pntxtb template comment docvar private1 do nonesttables'.split(
    ' ',
  ),
);
/** Groups behind `\*` that hold printed text all the same. */
const KNOWN_IGNORABLE = new Set([
  'shppict',
  'shpinst',
  'footnote',
  'nesttableprops',
  'pnseclvl',
  'field',
  'fldinst',
]);
/** Groups that show something which is not read. */
const DRAWN = new Set(['shpinst', 'do', 'mmath']);
/** Groups whose bytes are no text of the document, though something is done with some of them. */
const SILENT: ReadonlySet<State['destination']> = new Set(['skip', 'fonts', 'colours', 'picture', 'object']);

const SYMBOLS: Readonly<Record<string, string>> = {
  '~': '\u00a0',
  '-': '',
  _: '-',
  tab: '\t',
  line: '\n',
  emdash: '—',
  endash: '–',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  bullet: '•',
  emspace: '\u2003',
  enspace: '\u2002',
  qmspace: '\u2005',
  zwj: '',
  zwnj: '',
  zwbo: '',
  zwnbo: '',
};

const CHANNELS: readonly string[] = ['red', 'green', 'blue'];
const ENTRY_END = 0x3b;
const MOST_COLOURS = 10_000;
/** Half points that a line may be moved by without its text being raised beside another. */
const SLIGHTLY = 2;

class RtfReader {
  readonly #limits: ReadLimits;
  readonly #states: State[] = [];
  readonly #fonts = new Map<number, number>();
  readonly #notes: ReadNote[] = [];
  readonly #pictures: Picture[] = [];
  /** What stands in text boxes and footnotes, behind the main text. */
  readonly #aside: Block[] = [];
  readonly #stories: Story[] = [];
  #state: State = {
    destination: 'text',
    font: 0,
    unicodeFallback: 1,
    hidden: false,
    deleted: false,
    struck: false,
    alignment: null,
    position: 0,
    colour: 0,
    background: 0,
    paragraphBackground: 0,
    inTable: false,
    nesting: 1,
    definesNestedRow: false,
    heading: false,
    printedBefore: 0,
  };
  #codePage = 1252;
  #defaultFont = 0;
  #definedFont = 0;
  /** Red, green and blue; null for an entry that leaves the colour to the program. */
  readonly #colours: ([number, number, number] | null)[] = [];
  #definedColour: [number, number, number] | null = null;
  /** Bytes that wait for the rest of their character. */
  #pending: number[] = [];
  #toSkip = 0;
  #ignorable = false;
  readonly #counts = { paragraphs: 0, tables: 0, cells: 0 };
  #hex = '';
  #mime: string | null = null;
  #instruction = '';
  #printed = 0;

  constructor(limits: ReadLimits) {
    this.#limits = limits;
  }

  read(source: Source): Document {
    this.#stories.push(this.#newStory(null));
    let closed = false;
    for (const token of rtfTokens(source.bytes)) {
      this.#take(token);
      if (token.kind === 'close' && this.#states.length === 0) {
        closed = true;
        break;
      }
    }
    if (!closed)
      throw new ReadError(
        'corrupt',
        `${source.name}: the RTF file ends within its text; it was cut off in transfer.`,
      );
    this.#flushBytes();
    const main = this.#stories[0]!;
    this.#endStory(main);
    const blocks = [...main.flow.blocks, ...this.#aside];
    return {
      container: 'rtf',
      reader: 'rtf/tables',
      blocks,
      charts: [],
      pictures: this.#pictures,
      metadata: [],
      notes: this.#notes,
      pages: null,
    };
  }

  get #story(): Story {
    return this.#stories.at(-1)!;
  }

  #take(token: RtfToken): void {
    if (token.kind === 'bytes') {
      this.#bytes(token.bytes, token.escaped);
      return;
    }
    if (token.kind === 'word' && token.name === 'u' && this.#state.destination !== 'skip') {
      this.#flushBytes();
      const code = token.value ?? 0;
      this.#print(String.fromCharCode(code & 0xffff));
      this.#toSkip = this.#state.unicodeFallback;
      return;
    }
    this.#flushBytes();
    if (token.kind === 'open') this.#open();
    else if (token.kind === 'close') this.#close();
    else if (token.name === '*') this.#ignorable = true;
    else {
      const ignorable = this.#ignorable;
      this.#ignorable = false;
      // A control word stands for one of the characters that repeat a \u for readers without Unicode.
      if (this.#toSkip > 0 && SYMBOLS[token.name] !== undefined) this.#toSkip -= 1;
      else this.#word(token.name, token.value, ignorable);
    }
  }

  #open(): void {
    this.#toSkip = 0;
    if (this.#states.length >= this.#limits.nesting)
      throw new ReadError('too_large', `The RTF file nests groups deeper than ${this.#limits.nesting}.`);
    this.#states.push(this.#state);
    this.#state = { ...this.#state };
  }

  #close(): void {
    this.#toSkip = 0;
    this.#ignorable = false;
    const { destination: ended, printedBefore } = this.#state;
    const before = this.#states.pop();
    if (!before) return;
    const own = ended !== before.destination;
    this.#state = before;
    if (!own) return;
    if (ended === 'box' || ended === 'footnote') {
      const story = this.#stories.pop()!;
      this.#endStory(story);
      this.#aside.push(...story.flow.blocks);
    } else if (ended === 'picture') this.#endPicture();
    else if (ended === 'instruction') {
      if (showsItsInstruction(this.#instruction)) this.#drawn();
    } else if (ended === 'object' && this.#printed === printedBefore) this.#drawn();
  }

  #word(name: string, value: number | null, ignorable: boolean): void {
    const state = this.#state;
    if (state.destination === 'skip') return;
    if (DRAWN.has(name)) this.#drawn();
    if (NOT_TEXT.has(name) || (ignorable && !KNOWN_IGNORABLE.has(name))) {
      state.destination = 'skip';
      return;
    }
    if (state.destination === 'instruction') return;
    if (state.destination === 'object') {
      if (name === 'result') state.destination = 'text';
      return;
    }
    if (state.destination === 'fonts') {
      if (name === 'f') this.#definedFont = value ?? 0;
      else if (name === 'fcharset') {
        const page = codePageOfCharset(value ?? 0);
        if (page !== null) this.#fonts.set(this.#definedFont, page);
      } else if (name === 'cpg' && value) this.#fonts.set(this.#definedFont, value);
      return;
    }
    if (state.destination === 'colours') {
      const channel = CHANNELS.indexOf(name);
      if (channel < 0) return;
      this.#definedColour ??= [0, 0, 0];
      this.#definedColour[channel] = value ?? 0;
      return;
    }
    if (state.destination === 'picture') {
      if (name === 'pngblip') this.#mime = 'image/png';
      else if (name === 'jpegblip') this.#mime = 'image/jpeg';
      return;
    }
    const symbol = SYMBOLS[name];
    if (symbol !== undefined) this.#print(symbol);
    else if (!this.#characterProperty(name, value)) this.#structure(name, value);
  }

  #characterProperty(name: string, value: number | null): boolean {
    const state = this.#state;
    const on = value !== 0;
    if (name === 'v') state.hidden = on;
    else if (name === 'deleted') state.deleted = on;
    else if (name === 'strike' || name === 'striked') state.struck = on;
    else if (name === 'super') state.alignment = 'superscript';
    else if (name === 'sub') state.alignment = 'subscript';
    else if (name === 'nosupersub') state.alignment = null;
    else if (name === 'up') state.position = value ?? 6;
    else if (name === 'dn') state.position = -(value ?? 6);
    else if (name === 'cf') state.colour = value ?? 0;
    else if (name === 'highlight' || name === 'chcbpat' || name === 'cb') state.background = value ?? 0;
    else if (name === 'cbpat') state.paragraphBackground = value ?? 0;
    else if (name === 'plain') {
      Object.assign(state, {
        hidden: false,
        deleted: false,
        struck: false,
        alignment: null,
        position: 0,
        colour: 0,
        background: 0,
      });
      state.font = this.#defaultFont;
    } else if (name === 'f') state.font = value ?? 0;
    else if (name === 'uc') state.unicodeFallback = Math.max(0, value ?? 1);
    else return false;
    return true;
  }

  #structure(name: string, value: number | null): void {
    const state = this.#state;
    const story = this.#story;
    switch (name) {
      case 'ansicpg':
        this.#codePage = value ?? 1252;
        break;
      case 'mac':
        this.#codePage = 10000;
        break;
      case 'deff':
        this.#defaultFont = value ?? 0;
        state.font = this.#defaultFont;
        break;
      case 'fonttbl':
        state.destination = 'fonts';
        break;
      case 'colortbl':
        state.destination = 'colours';
        break;
      case 'pict':
        state.destination = 'picture';
        this.#hex = '';
        this.#mime = null;
        break;
      case 'fldinst':
        state.destination = 'instruction';
        this.#instruction = '';
        break;
      case 'object':
        state.destination = 'object';
        state.printedBefore = this.#printed;
        break;
      case 'shptxt':
        state.destination = 'box';
        state.inTable = false;
        state.nesting = 1;
        this.#stories.push(this.#newStory(null));
        break;
      case 'footnote':
        story.marks.add('footnote_mark');
        state.destination = 'footnote';
        state.inTable = false;
        this.#stories.push(this.#newStory('footnote'));
        break;
      case 'shpinst':
        // Properties of the shape; its text is a group of its own within.
        break;
      case 'sp':
        state.destination = 'skip';
        break;
      case 'chftn':
        if (story.role === null) story.marks.add('footnote_mark');
        break;
      case 'pard':
        state.inTable = false;
        state.nesting = 1;
        state.paragraphBackground = 0;
        state.heading = false;
        break;
      case 'intbl':
        state.inTable = true;
        break;
      case 'itap':
        state.nesting = value ?? 1;
        if (state.nesting >= 1 && value !== null) state.inTable = true;
        if (value === 0) state.inTable = false;
        break;
      case 'outlinelevel':
        state.heading = (value ?? 9) < 9;
        break;
      case 'par':
      case 'sect':
      case 'page':
        this.#endParagraph();
        break;
      case 'nestcell':
        this.#endCell(Math.max(2, state.nesting));
        break;
      case 'nesttableprops':
        state.definesNestedRow = true;
        break;
      case 'nestrow':
        story.flow.endRow(Math.max(2, state.nesting), story.nestedRow.cells);
        break;
      case 'cell':
        this.#endCell(1);
        break;
      case 'row':
        story.cellsEnded = 0;
        story.flow.endRow(1, story.row.cells);
        break;
      default:
        this.#rowDefinition(name, value);
    }
  }

  #rowDefinition(name: string, value: number | null): void {
    const row = this.#state.definesNestedRow ? this.#story.nestedRow : this.#story.row;
    if (name === 'trowd') Object.assign(row, newRow());
    else if (name === 'trleft') row.left = value ?? 0;
    else if (name === 'clmrg') row.joinsLeft = true;
    else if (name === 'clvmrg') row.joinsAbove = true;
    else if (name === 'clcbpat') row.background = value ?? 0;
    else if (name === 'cellx') {
      if (row.cells.length > this.#limits.cells)
        throw new ReadError('too_large', 'A row of the RTF file defines more cells than are allowed.');
      const right = value ?? 0;
      const left = row.cells.at(-1)?.right ?? Math.min(row.left, right - 1);
      row.cells.push({ left, right, joinsLeft: row.joinsLeft, joinsAbove: row.joinsAbove });
      row.backgrounds.push(row.background);
      row.joinsLeft = false;
      row.joinsAbove = false;
      row.background = 0;
    }
  }

  #bytes(bytes: Uint8Array, escaped: boolean): void {
    const { destination } = this.#state;
    if (destination === 'skip' || destination === 'fonts') return;
    if (destination === 'colours') {
      for (const byte of bytes) if (byte === ENTRY_END) this.#endColour();
      return;
    }
    if (destination === 'picture') {
      this.#hex += asciiText(bytes);
      return;
    }
    let rest = bytes;
    if (this.#toSkip > 0) {
      const skipped = Math.min(this.#toSkip, bytes.length);
      this.#toSkip -= skipped;
      rest = bytes.subarray(skipped);
    }
    if (rest.length === 0) return;
    if (!escaped && this.#pending.length === 0 && rest.every((byte) => byte < 0x80)) {
      this.#print(asciiText(rest));
      return;
    }
    for (const byte of rest) this.#pending.push(byte);
    if (!escaped && !this.#endsWithin()) this.#flushBytes();
  }

  /** Whether the pending bytes end with the first half of a character. */
  #endsWithin(): boolean {
    const page = this.#page();
    let within = false;
    for (const byte of this.#pending) within = !within && leadsPair(byte, page);
    return within;
  }

  #flushBytes(): void {
    if (this.#pending.length === 0) return;
    const bytes = Uint8Array.from(this.#pending);
    this.#pending = [];
    this.#print(decodeBytes(bytes, this.#page()));
  }

  #page(): number {
    return this.#fonts.get(this.#state.font) ?? this.#codePage;
  }

  #print(text: string): void {
    const state = this.#state;
    if (SILENT.has(state.destination)) return;
    if (state.destination === 'instruction') {
      if (this.#instruction.length < LONGEST_INSTRUCTION) this.#instruction += text;
      return;
    }
    if (state.hidden || state.deleted) return;
    const story = this.#story;
    if (text.trim() !== '') {
      this.#printed += 1;
      if (state.struck) story.marks.add('struck');
      if (state.alignment) story.marks.add(state.alignment);
      if (state.position > SLIGHTLY) story.marks.add('superscript');
      if (state.position < -SLIGHTLY) story.marks.add('subscript');
      if (this.#isFaint()) story.faint = true;
      else story.plain = true;
    }
    story.text += text;
  }

  #endColour(): void {
    if (this.#colours.length < MOST_COLOURS) this.#colours.push(this.#definedColour);
    this.#definedColour = null;
  }

  /** Whether the text cannot be told from the nearest of what stands behind it. */
  #isFaint(): boolean {
    const state = this.#state;
    const ink = this.#colour(state.colour);
    if (ink === null) return false;
    const { row, cellsEnded } = this.#story;
    const ofCell = this.#depth() === 1 ? (row.backgrounds[cellsEnded] ?? 0) : 0;
    for (const index of [state.background, state.paragraphBackground, ofCell]) {
      const ground = this.#colour(index);
      if (ground !== null) return isLost(ink, ground);
    }
    return isLost(ink, null);
  }

  /** Null for what is left to the program. */
  #colour(index: number): number | null {
    const [red, green, blue] = this.#colours[index] ?? [];
    return red === undefined ? null : (red << 16) | ((green ?? 0) << 8) | (blue ?? 0);
  }

  #endCell(depth: number): void {
    const story = this.#story;
    story.flow.paragraph(depth, story.text, marksOf(story, true), null);
    this.#emptyParagraph(story);
    if (depth === 1) story.cellsEnded += 1;
    story.flow.endCell(depth);
  }

  #endParagraph(): void {
    const story = this.#story;
    const role = story.role ?? (this.#state.heading ? 'heading' : null);
    const depth = this.#depth();
    story.flow.paragraph(depth, story.text, marksOf(story, depth > 0), role);
    this.#emptyParagraph(story);
  }

  #emptyParagraph(story: Story): void {
    story.text = '';
    story.marks = new Set();
    story.faint = false;
    story.plain = false;
  }

  #depth(): number {
    const story = this.#story;
    // A footnote to a table's cell is said to be in the table too.
    const elsewhere = story !== this.#stories[0] && story.row.cells.length === 0;
    return this.#state.inTable && !elsewhere ? Math.max(1, this.#state.nesting) : 0;
  }

  #newStory(role: Paragraph['role'] | null): Story {
    const flow = new TextFlow(this.#counts, this.#limits, this.#notes);
    return {
      role,
      flow,
      text: '',
      marks: new Set(),
      faint: false,
      plain: false,
      cellsEnded: 0,
      row: newRow(),
      nestedRow: newRow(),
    };
  }

  #endStory(story: Story): void {
    if (story.text.trim() !== '') story.flow.paragraph(0, story.text, marksOf(story, false), story.role);
    story.flow.end();
  }

  /** Something that is not read is shown here. */
  #drawn(): void {
    if (!this.#state.hidden && !this.#state.deleted) this.#story.marks.add('picture');
  }

  #endPicture(): void {
    const hex = this.#hex.replace(/[^0-9a-f]/gi, '');
    this.#hex = '';
    const story = this.#story;
    this.#drawn();
    const location = story.flow.location(this.#depth());
    const bytes = this.#mime && hex.length > 0 ? { bytes: new Uint8Array(Buffer.from(hex, 'hex')) } : {};
    this.#pictures.push({ location, mime: this.#mime, width: null, height: null, ...bytes });
  }
}

function marksOf(story: Story, inCell: boolean): Mark[] {
  if (mayHideDigits(story.text, story, inCell)) story.marks.add('overlapping');
  return [...story.marks];
}

function asciiText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function newRow(): RowDefinition {
  return { cells: [], backgrounds: [], background: 0, left: 0, joinsLeft: false, joinsAbove: false };
}
