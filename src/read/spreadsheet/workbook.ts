import type { Mark, ReadLimits } from '../document.ts';
import { ReadError } from '../document.ts';
import { type Relationship, readRelationships } from '../docx/package.ts';
import { decodeXml, parseXml, XmlError } from '../docx/xml.ts';
import { mayHideDigits } from '../faint-ink.ts';
import type { Zip } from '../zip.ts';
import { type CellInk, colourIn, themeColours } from './cell-colours.ts';
import { type CellLook, isFaintOn, type Looks, readLooks } from './cell-looks.ts';
import { Conditions } from './conditions.ts';
import { type Area, DrawnAreas } from './drawn-areas.ts';

/** A cell that the file states; rows and columns count from 0. */
export interface SheetCell {
  readonly row: number;
  readonly column: number;
  readonly text: string;
  readonly marks: readonly Mark[];
}

export interface Sheet {
  readonly name: string;
  readonly cells: readonly SheetCell[];
  readonly merges: readonly {
    readonly row: number;
    readonly column: number;
    readonly rows: number;
    readonly columns: number;
  }[];
  readonly hiddenRows: ReadonlySet<number>;
  readonly hiddenColumns: ReadonlySet<number>;
  /** Where something is drawn over the cells. */
  readonly drawn: readonly Area[];
}

interface RichText {
  readonly text: string;
  readonly marks: readonly Mark[];
  /** Colours of its runs; null for that of the cell. */
  readonly inks?: ReadonlySet<CellInk | null>;
}

/** The visible sheets of an XLSX workbook (ECMA-376 part 1, 18), in order. Throws XmlError where a part is damaged. */
export function readWorkbook(zip: Zip, limits: ReadLimits): Sheet[] {
  const related = readRelationships(zip, 'xl/workbook.xml', limits);
  const part = (type: string, usual: string): string | null => {
    const name = [...related.values()].find((one) => one.type === type)?.target ?? usual;
    return zip.has(name) ? xml(zip, name) : null;
  };
  let theme = themeColours(null, limits);
  try {
    theme = themeColours(part('theme', 'xl/theme/theme1.xml'), limits);
  } catch (error) {
    // The numbers do not depend on it.
    if (!(error instanceof XmlError) && !(error instanceof ReadError && error.failure !== 'too_large'))
      throw error;
  }
  const looks = readLooks(part('styles', 'xl/styles.xml'), theme, limits);
  const strings = zip.has('xl/sharedStrings.xml') ? sharedStrings(zip, looks, limits) : [];
  return sheetParts(zip, related, limits).map(({ name, part }) =>
    readSheet(zip, name, part, strings, looks, limits),
  );
}

function xml(zip: Zip, part: string): string {
  return decodeXml(zip.read(part), part).replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, '');
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);

function sheetParts(
  zip: Zip,
  related: ReadonlyMap<string, Relationship>,
  limits: ReadLimits,
): { name: string; part: string }[] {
  const sheets: { name: string; part: string }[] = [];
  parseXml(
    xml(zip, 'xl/workbook.xml'),
    {
      open(name, attributes) {
        if (local(name) !== 'sheet' || (attributes['state'] ?? 'visible') !== 'visible') return;
        const part =
          related.get(attributes['r:id'] ?? '')?.target ?? `xl/worksheets/sheet${sheets.length + 1}.xml`;
        if (zip.has(part)) sheets.push({ name: attributes['name'] ?? '', part });
      },
    },
    limits.xmlDepth,
  );
  return sheets;
}

/** Colours of one string; of more it is not known whether they show. */
const MOST_INKS = 16;

/** Collects the runs of a string; phonetic guides are not part of it. */
class RichTextBuilder {
  #text = '';
  #marks = new Set<Mark>();
  #run = new Set<Mark>();
  #inText = false;
  #inGuide = 0;
  #ink: CellInk | null = null;
  #inks: Set<CellInk | null> | null = null;
  readonly #looks: Looks;

  constructor(looks: Looks) {
    this.#looks = looks;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'rPh') this.#inGuide += 1;
    else if (name === 't') this.#inText = true;
    else if (name === 'r') {
      this.#run = new Set();
      this.#ink = null;
    } else if (name === 'color') this.#ink = colourIn(attributes, this.#looks.palette);
    else if (name === 'strike' && attributes['val'] !== '0' && attributes['val'] !== 'false')
      this.#run.add('struck');
    else if (name === 'vertAlign' && attributes['val'] === 'superscript') this.#run.add('superscript');
    else if (name === 'vertAlign' && attributes['val'] === 'subscript') this.#run.add('subscript');
  }

  close(name: string): void {
    if (name === 'rPh') this.#inGuide -= 1;
    else if (name === 't') this.#inText = false;
    else if (name === 'r') {
      this.#run = new Set();
      this.#ink = null;
    }
  }

  write(text: string): void {
    if (!this.#inText || this.#inGuide > 0) return;
    this.#text += text;
    if (text.trim() === '') return;
    for (const mark of this.#run) this.#marks.add(mark);
    this.#inks ??= new Set();
    if (this.#inks.size < MOST_INKS) this.#inks.add(this.#ink);
    else if (!this.#inks.has(this.#ink)) this.#marks.add('overlapping');
  }

  take(): RichText {
    const inks = this.#inks;
    const taken = { text: this.#text, marks: [...this.#marks], ...(inks ? { inks } : {}) };
    this.#text = '';
    this.#marks = new Set();
    this.#run = new Set();
    this.#ink = null;
    this.#inks = null;
    return taken;
  }
}

function sharedStrings(zip: Zip, looks: Looks, limits: ReadLimits): RichText[] {
  const strings: RichText[] = [];
  const builder = new RichTextBuilder(looks);
  parseXml(
    xml(zip, 'xl/sharedStrings.xml'),
    {
      open: (name, attributes) => builder.open(local(name), attributes),
      close(name) {
        builder.close(local(name));
        if (local(name) === 'si') strings.push(builder.take());
      },
      text: (text) => builder.write(text),
    },
    limits.xmlDepth,
  );
  return strings;
}

function readSheet(
  zip: Zip,
  name: string,
  part: string,
  strings: readonly RichText[],
  looks: Looks,
  limits: ReadLimits,
): Sheet {
  const cells: SheetCell[] = [];
  const merges: { row: number; column: number; rows: number; columns: number }[] = [];
  const hiddenRows = new Set<number>();
  const hiddenColumns = new Set<number>();
  const inline = new RichTextBuilder(looks);
  const conditions = new Conditions(looks, areaOf);
  const stored = new Map<SheetCell, { value: number | null; look: CellLook; runs: RichText['inks'] }>();
  const drawn = new DrawnAreas();
  let row = -1;
  let column = -1;
  let open: Stored | null = null;
  let showsZeros: boolean | null = null;
  let inValue = false;
  parseXml(
    xml(zip, part),
    {
      open(qualified, attributes) {
        const tag = local(qualified);
        conditions.open(tag, attributes);
        if (conditions.isOpen) return;
        if (drawn.inCorner) drawn.open(tag, attributes);
        else if (tag === 'row') {
          row = attributes['r'] ? Number(attributes['r']) - 1 : row + 1;
          column = -1;
          if (isHidden(attributes, 'ht')) hiddenRows.add(row);
        } else if (tag === 'col' && isHidden(attributes, 'width')) {
          const last = Math.min(Number(attributes['max']), Number(attributes['min']) + 16_384);
          for (let at = Number(attributes['min']); at <= last; at++) hiddenColumns.add(at - 1);
        } else if (tag === 'c') {
          const place = reference(attributes['r'] ?? '');
          column = place ? place.column : column + 1;
          if (place) row = place.row;
          open = {
            type: attributes['t'] ?? 'n',
            style: Number(attributes['s'] ?? 0),
            value: '',
            formula: false,
          };
        } else if (tag === 'sheetView') showsZeros ??= !OFF.has(attributes['showZeros'] ?? '');
        else if (tag === 'f' && open) open.formula = true;
        else if (tag === 'v') inValue = true;
        else if (tag === 'mergeCell') {
          const [from, to] = (attributes['ref'] ?? '').split(':').map(reference);
          if (from && to)
            merges.push({ ...from, rows: to.row - from.row + 1, columns: to.column - from.column + 1 });
        } else {
          inline.open(tag, attributes);
          drawn.open(tag, attributes);
        }
      },
      close(qualified) {
        const tag = local(qualified);
        if (conditions.isOpen) conditions.close(tag);
        else if (tag === 'v') inValue = false;
        else if (tag === 'c' && open) {
          if (cells.length >= limits.cells)
            throw new ReadError('too_large', `The sheet ${name} has more than ${limits.cells} cells.`);
          const look = looks.cells[open.style];
          const { text, marks, inks } = shownIn(open, inline.take(), strings, look, showsZeros ?? true);
          const value = open.type === 'n' ? Number(open.value) : null;
          const all = new Set(marks);
          if (look?.struck && text !== '') all.add('struck');
          if (
            look &&
            (isLostIn(text, look, inksOf(look, value, inks)) || (look.filled && /\p{Nd}/u.test(text)))
          )
            all.add('overlapping');
          // A number that its format hides keeps its place in the table.
          const keeps = open.type === 'n' && open.value !== '';
          if (text !== '' || all.size > 0 || keeps) {
            const cell = { row, column, text, marks: [...all] };
            cells.push(cell);
            if (look) stored.set(cell, { value, look, runs: inks });
          }
          open = null;
        } else {
          inline.close(tag);
          drawn.close(tag);
        }
      },
      text(text) {
        if (conditions.isOpen) conditions.text(text);
        else if (inValue && open) open.value += text;
        else {
          inline.write(text);
          drawn.text(text);
        }
      },
    },
    limits.xmlDepth,
  );
  const areas = drawn.areas.concat(drawingsOf(zip, part, limits));
  // Conditions stand behind the cells.
  const settled = cells.map((cell) => {
    const { value, look, runs } = stored.get(cell) ?? {};
    if (!look || cell.marks.includes('overlapping') || !(value !== null || /\p{Nd}/u.test(cell.text)))
      return cell;
    const inks = inksOf(look, value ?? null, runs);
    const hides = conditions.mayHide(cell.row, cell.column, value ?? null, cell.text, look, inks);
    return hides ? { ...cell, marks: [...cell.marks, 'overlapping' as const] } : cell;
  });
  return { name, cells: settled, merges, hiddenRows, hiddenColumns, drawn: areas };
}

function isHidden(attributes: Readonly<Record<string, string>>, size: 'ht' | 'width'): boolean {
  const { hidden } = attributes;
  return (
    hidden === '1' || hidden === 'true' || (attributes[size] !== undefined && Number(attributes[size]) === 0)
  );
}

/** The colours in which a cell may show what it holds; of a number that of its format comes before that of its font. */
function inksOf(
  { colour, format }: CellLook,
  value: number | null,
  runs: RichText['inks'],
): ReadonlySet<CellInk> {
  const ofFormat = format.colour(value);
  if (ofFormat !== null && value !== null) return new Set([ofFormat]);
  const inks = new Set<CellInk>();
  for (const run of runs ?? [null]) inks.add(run ?? colour);
  if (ofFormat !== null) inks.add(ofFormat);
  return inks;
}

/** Whether digits of a cell may be in the colour of what is behind them. */
function isLostIn(text: string, { ground }: CellLook, inks: ReadonlySet<CellInk>): boolean {
  const ink = { faint: false, plain: false };
  for (const one of inks) ink[isFaintOn(one, ground) ? 'faint' : 'plain'] = true;
  return mayHideDigits(text, ink, true);
}

function areaOf(references: string): Area | null {
  const [from, to = from] = references.split(':').map(reference);
  if (!from || !to) return null;
  return { ...from, rows: to.row - from.row + 1, columns: to.column - from.column + 1 };
}

function drawingsOf(zip: Zip, sheet: string, limits: ReadLimits): readonly Area[] {
  let areas: readonly Area[] = [];
  for (const { type, target, external } of readRelationships(zip, sheet, limits).values()) {
    if (type !== 'drawing' || external || !zip.has(target)) continue;
    const drawn = new DrawnAreas();
    parseXml(
      xml(zip, target),
      {
        open: (name, attributes) => drawn.open(local(name), attributes),
        close: (name) => drawn.close(local(name)),
        text: (text) => drawn.text(text),
      },
      limits.xmlDepth,
    );
    areas = areas.concat(drawn.areas);
  }
  return areas;
}

/** What the file has of a cell. */
interface Stored {
  readonly type: string;
  readonly style: number;
  value: string;
  formula: boolean;
}

const OFF: ReadonlySet<string> = new Set(['0', 'false']);

function shownIn(
  cell: Stored,
  inline: RichText,
  strings: readonly RichText[],
  look: CellLook | undefined,
  showsZeros: boolean,
): RichText {
  // A formula that no program has computed shows nothing here and a number in Excel.
  if (cell.formula && cell.value === '') return { text: '', marks: ['low_confidence'] };
  switch (cell.type) {
    case 's':
      return formatted(strings[Number(cell.value)] ?? { text: '', marks: ['low_confidence'] }, look);
    case 'inlineStr':
      return formatted(inline, look);
    case 'b':
      return { text: cell.value === '1' ? 'TRUE' : 'FALSE', marks: [] };
    case 'n':
      return cell.value.trim() === '' ? PLAIN_BLANK : shownNumber(cell.value.trim(), look, showsZeros);
    case 'd':
      return NOT_KNOWN;
    default:
      return formatted({ text: cell.value, marks: [] }, look);
  }
}

const PLAIN_BLANK: RichText = { text: '', marks: [] };
/** The cell shows something that is no text of the file, as a picture does. */
const NOT_KNOWN: RichText = { text: '', marks: ['picture'] };
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

function shownNumber(value: string, look: CellLook | undefined, showsZeros: boolean): RichText {
  const number = Number(value);
  if (!NUMBER.test(value) || !Number.isFinite(number)) return NOT_KNOWN;
  if (number === 0 && !showsZeros) return PLAIN_BLANK;
  const text = look?.format.number(number) ?? null;
  return text === null ? NOT_KNOWN : { text, marks: [] };
}

function formatted(shown: RichText, look: CellLook | undefined): RichText {
  if (shown.text === '' || look === undefined) return shown;
  const text = look.format.text(shown.text);
  return text === null ? NOT_KNOWN : { ...shown, text };
}

function reference(text: string): { row: number; column: number } | null {
  const match = /^\$?([A-Z]{1,3})\$?(\d{1,7})$/.exec(text);
  if (!match) return null;
  let column = 0;
  for (const letter of match[1]!) column = column * 26 + letter.charCodeAt(0) - 64;
  return { row: Number(match[2]) - 1, column: column - 1 };
}
