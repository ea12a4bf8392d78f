import type { Mark } from '../document.ts';
import type { CellGround } from '../edge-table.ts';
import { isLost, mayHideDigits } from '../faint-ink.ts';
import { LONGEST_INSTRUCTION, showsItsInstruction } from '../word-field.ts';
import { type CharacterFormat, characterFormat } from './character-format.ts';
import { modifiers, unsigned32 } from './property-modifiers.ts';
import { readStyles, type Style } from './style-sheet.ts';
import type { WordFile } from './word-file.ts';

/** A paragraph as a reader of the printed document sees it, and its part in a table. */
export interface ParagraphText {
  readonly text: string;
  readonly marks: readonly Mark[];
  /** Whether its digits cannot be told from the ground of the cell in which it stands; null where they always can. */
  readonly isLostOn: ((ground: CellGround) => boolean) | null;
  readonly role: 'title' | 'heading' | null;
  /** Places of its pictures in the data stream; null for a floating one. */
  readonly pictures: readonly (number | null)[];
  /** 0 outside tables, 1 in a table, 2 in a table within a cell, … */
  readonly depth: number;
  /** What the character that closes the paragraph closes. */
  readonly closes: 'paragraph' | 'cell' | 'row';
  /** Paragraph properties; those of a row's end define its cells. */
  readonly groups: readonly Uint8Array[];
}

const CELL_MARK = 0x07;
const PARAGRAPH_MARK = 0x0d;
const SECTION_OR_PAGE_BREAK = 0x0c;

const IN_TABLE = 0x2416;
const ROW_END = 0x2417;
const DEPTH = 0x6649;
const DEPTH_CHANGE = 0x664a;
const INNER_CELL = 0x244b;
const INNER_ROW_END = 0x244c;

/** Word itself stops at about thirty. */
const DEEPEST = 64;

const FIELD_BEGIN = '\x13';
const FIELD_RESULT = '\x14';
const FIELD_END = '\x15';

/** Looks of a paragraph that are told apart. */
const MOST_INKS = 50;

function isAlike(a: CharacterFormat, b: CharacterFormat): boolean {
  return a.colour === b.colour && a.ground === b.ground;
}

function isFaint(colour: number | null, ground: CellGround): boolean {
  return colour !== null && ground !== 'other' && isLost(colour, ground);
}

/** Walks the paragraphs of a Word file. */
export class Paragraphs {
  readonly #file: WordFile;
  readonly #styles: ReadonlyMap<number, Style>;
  readonly #plain = new Map<number, CharacterFormat>();

  constructor(file: WordFile) {
    this.#file = file;
    this.#styles = readStyles(file.styleSheet);
  }

  /** The paragraphs of the characters from `start` up to, not including, `end`. */
  *between(start: number, end: number): Generator<ParagraphText> {
    const { text } = this.#file;
    // Field instructions (TOC, HYPERLINK, PAGE) are not printed; one may go over several paragraphs.
    const fields: Field[] = [];
    let from = start;
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code !== PARAGRAPH_MARK && code !== CELL_MARK && code !== SECTION_OR_PAGE_BREAK) continue;
      yield this.#paragraph(from, at, code, fields);
      if (code === CELL_MARK) fields.length = 0;
      from = at + 1;
    }
    if (from < end) yield this.#paragraph(from, end, PARAGRAPH_MARK, fields);
  }

  #paragraph(start: number, end: number, closing: number, fields: Field[]): ParagraphText {
    const { style, groups } = this.#file.paragraphAt(Math.min(end, this.#file.text.length - 1));
    const place = placeInTable(groups, closing);
    const marks = new Set<Mark>();
    const pictures: (number | null)[] = [];
    let text = '';
    const inks: CharacterFormat[] = [];
    let plain = false;
    for (const run of this.#file.runs(start, end)) {
      const format = this.#format(style, run.groups);
      if (format.hidden || format.deleted) {
        trackFields(run.text, fields);
        continue;
      }
      const printed = printedText(run.text, fields, format, marks, pictures);
      if (printed.trim() !== '') {
        if (format.struck) marks.add('struck');
        if (format.superscript) marks.add('superscript');
        if (format.subscript) marks.add('subscript');
        if (format.colour === null) plain = true;
        else if (inks.length < MOST_INKS && !inks.some((ink) => isAlike(ink, format))) inks.push(format);
      }
      text += printed;
    }
    const isLostOn = (ground: CellGround): boolean => {
      const ink = { faint: false, plain };
      for (const { colour, ground: own } of inks)
        ink[isFaint(colour, own ?? ground) ? 'faint' : 'plain'] = true;
      return mayHideDigits(text, ink, place.depth > 0);
    };
    const coloured = inks.length > 0;
    if (coloured && isLostOn(null)) marks.add('overlapping');
    return {
      text,
      marks: [...marks],
      isLostOn: coloured && place.depth > 0 ? isLostOn : null,
      pictures,
      role: this.#styles.get(style)?.role ?? null,
      groups,
      ...place,
    };
  }

  #format(style: number, groups: readonly Uint8Array[]): CharacterFormat {
    if (groups.some((group) => group.length > 0)) return characterFormat(this.#styles, style, groups);
    const known = this.#plain.get(style);
    if (known) return known;
    const format = characterFormat(this.#styles, style, []);
    this.#plain.set(style, format);
    return format;
  }
}

function placeInTable(
  groups: readonly Uint8Array[],
  closing: number,
): Pick<ParagraphText, 'depth' | 'closes'> {
  let inTable = false;
  let rowEnd = false;
  let depth = 0;
  let innerCell = false;
  let innerRowEnd = false;
  for (const group of groups) {
    for (const { code, operand } of modifiers(group)) {
      const value = operand[0] ?? 0;
      if (code === IN_TABLE) inTable = value !== 0;
      else if (code === ROW_END) rowEnd = value !== 0;
      else if (code === DEPTH) depth = unsigned32(operand, 0) | 0;
      else if (code === DEPTH_CHANGE) depth += unsigned32(operand, 0) | 0;
      else if (code === INNER_CELL) innerCell = value !== 0;
      else if (code === INNER_ROW_END) innerRowEnd = value !== 0;
    }
  }
  if (!inTable && closing !== CELL_MARK) return { depth: 0, closes: 'paragraph' };
  depth = Math.min(Math.max(1, depth), DEEPEST);
  if (depth > 1) {
    const closes = innerRowEnd ? 'row' : innerCell ? 'cell' : 'paragraph';
    return { depth, closes };
  }
  if (closing !== CELL_MARK) return { depth, closes: 'paragraph' };
  return { depth, closes: rowEnd ? 'row' : 'cell' };
}

interface Field {
  /** Until its result begins. */
  inInstruction: boolean;
  instruction: string;
}

function trackFields(text: string, fields: Field[]): void {
  for (const character of text) trackField(character, fields);
}

/** The field that the character ends. */
function trackField(character: string, fields: Field[]): Field | undefined {
  const field = fields.at(-1);
  if (character === FIELD_BEGIN) fields.push({ inInstruction: true, instruction: '' });
  else if (character === FIELD_RESULT && field) field.inInstruction = false;
  else if (character === FIELD_END) return fields.pop();
  else if (field?.inInstruction && field.instruction.length < LONGEST_INSTRUCTION)
    field.instruction += character;
  return undefined;
}

const PRINTED: Readonly<Record<string, string>> = {
  '\x0b': '\n',
  '\x0e': '\n',
  '\x1e': '-',
  '\x1f': '',
  '\t': '\t',
  '\n': '\n',
};

function printedText(
  raw: string,
  fields: Field[],
  format: CharacterFormat,
  marks: Set<Mark>,
  pictures: (number | null)[],
): string {
  if (fields.length === 0 && !/[\x00-\x1f]/.test(raw)) return raw;
  let text = '';
  for (const character of raw) {
    const ended = trackField(character, fields);
    if (fields.some((field) => field.inInstruction)) continue;
    if (ended && showsItsInstruction(ended.instruction)) marks.add('picture');
    if (character >= ' ') text += character;
    else if (character === '\x01' || character === '\x08') {
      marks.add('picture');
      pictures.push(character === '\x01' ? format.picture : null);
    } else if (character === '\x02') marks.add('footnote_mark');
    else text += PRINTED[character] ?? '';
  }
  return text;
}
