import type { Mark, ReadLimits } from '../document.ts';
import { ReadError } from '../document.ts';
import { decodeXml, parseXml } from '../docx/xml.ts';
import type { Zip } from '../zip.ts';

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
}

interface RichText {
  readonly text: string;
  readonly marks: readonly Mark[];
}

/** The visible sheets of an XLSX workbook (ECMA-376 part 1, 18), in order. Throws XmlError where a part is damaged. */
export function readWorkbook(zip: Zip, limits: ReadLimits): Sheet[] {
  const strings = zip.has('xl/sharedStrings.xml') ? sharedStrings(zip, limits) : [];
  const struck = zip.has('xl/styles.xml') ? struckStyles(zip, limits) : new Set<number>();
  return sheetParts(zip, limits).map(({ name, part }) => readSheet(zip, name, part, strings, struck, limits));
}

function xml(zip: Zip, part: string): string {
  return decodeXml(zip.read(part), part).replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, '');
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);

function sheetParts(zip: Zip, limits: ReadLimits): { name: string; part: string }[] {
  const targets = new Map<string, string>();
  if (zip.has('xl/_rels/workbook.xml.rels'))
    parseXml(
      xml(zip, 'xl/_rels/workbook.xml.rels'),
      {
        open(name, attributes) {
          if (local(name) === 'Relationship' && attributes['Id'] && attributes['Target'])
            targets.set(attributes['Id'], attributes['Target']);
        },
      },
      limits.xmlDepth,
    );
  const sheets: { name: string; part: string }[] = [];
  parseXml(
    xml(zip, 'xl/workbook.xml'),
    {
      open(name, attributes) {
        if (local(name) !== 'sheet' || (attributes['state'] ?? 'visible') !== 'visible') return;
        const target = targets.get(attributes['r:id'] ?? '') ?? `worksheets/sheet${sheets.length + 1}.xml`;
        const part = target.startsWith('/') ? target.slice(1) : `xl/${target}`;
        if (zip.has(part)) sheets.push({ name: attributes['name'] ?? '', part });
      },
    },
    limits.xmlDepth,
  );
  return sheets;
}

/** Collects the runs of a string; phonetic guides are not part of it. */
class RichTextBuilder {
  #text = '';
  #marks = new Set<Mark>();
  #run = new Set<Mark>();
  #inText = false;
  #inGuide = 0;

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'rPh') this.#inGuide += 1;
    else if (name === 't') this.#inText = true;
    else if (name === 'r') this.#run = new Set();
    else if (name === 'strike' && attributes['val'] !== '0' && attributes['val'] !== 'false')
      this.#run.add('struck');
    else if (name === 'vertAlign' && attributes['val'] === 'superscript') this.#run.add('superscript');
    else if (name === 'vertAlign' && attributes['val'] === 'subscript') this.#run.add('subscript');
  }

  close(name: string): void {
    if (name === 'rPh') this.#inGuide -= 1;
    else if (name === 't') this.#inText = false;
    else if (name === 'r') this.#run = new Set();
  }

  write(text: string): void {
    if (!this.#inText || this.#inGuide > 0) return;
    this.#text += text;
    if (text.trim() !== '') for (const mark of this.#run) this.#marks.add(mark);
  }

  take(): RichText {
    const taken = { text: this.#text, marks: [...this.#marks] };
    this.#text = '';
    this.#marks = new Set();
    this.#run = new Set();
    return taken;
  }
}

function sharedStrings(zip: Zip, limits: ReadLimits): RichText[] {
  const strings: RichText[] = [];
  const builder = new RichTextBuilder();
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

/** Cell formats whose font is struck through. */
function struckStyles(zip: Zip, limits: ReadLimits): Set<number> {
  const struckFonts = new Set<number>();
  const struck = new Set<number>();
  let fonts = -1;
  let formats = -1;
  let within = '';
  parseXml(
    xml(zip, 'xl/styles.xml'),
    {
      open(qualified, attributes) {
        const name = local(qualified);
        if (name === 'fonts' || name === 'cellXfs' || name === 'cellStyleXfs' || name === 'dxfs')
          within = name;
        else if (within === 'fonts' && name === 'font') fonts += 1;
        else if (within === 'fonts' && name === 'strike' && attributes['val'] !== '0') struckFonts.add(fonts);
        else if (within === 'cellXfs' && name === 'xf') {
          formats += 1;
          if (struckFonts.has(Number(attributes['fontId']))) struck.add(formats);
        }
      },
      close(qualified) {
        if (local(qualified) === within) within = '';
      },
    },
    limits.xmlDepth,
  );
  return struck;
}

function readSheet(
  zip: Zip,
  name: string,
  part: string,
  strings: readonly RichText[],
  struck: ReadonlySet<number>,
  limits: ReadLimits,
): Sheet {
  const cells: SheetCell[] = [];
  const merges: { row: number; column: number; rows: number; columns: number }[] = [];
  const hiddenRows = new Set<number>();
  const hiddenColumns = new Set<number>();
  const inline = new RichTextBuilder();
  let row = -1;
  let column = -1;
  let open: { type: string; style: number; value: string; formula: boolean } | null = null;
  let inValue = false;
  parseXml(
    xml(zip, part),
    {
      open(qualified, attributes) {
        const tag = local(qualified);
        if (tag === 'row') {
          row = attributes['r'] ? Number(attributes['r']) - 1 : row + 1;
          column = -1;
          if (attributes['hidden'] === '1' || attributes['hidden'] === 'true') hiddenRows.add(row);
        } else if (tag === 'col' && (attributes['hidden'] === '1' || attributes['hidden'] === 'true')) {
          const last = Math.min(Number(attributes['max']), Number(attributes['min']) + 16_384);
          for (let at = Number(attributes['min']); at <= last; at++) hiddenColumns.add(at - 1);
        } else if (tag === 'c') {
          const place = reference(attributes['r'] ?? '');
          column = place ? place.column : column + 1;
          if (place) row = place.row;
          open = {
            type: attributes['t'] ?? 'n',
            style: Number(attributes['s'] ?? -1),
            value: '',
            formula: false,
          };
        } else if (tag === 'f' && open) open.formula = true;
        else if (tag === 'v') inValue = true;
        else if (tag === 'mergeCell') {
          const [from, to] = (attributes['ref'] ?? '').split(':').map(reference);
          if (from && to)
            merges.push({ ...from, rows: to.row - from.row + 1, columns: to.column - from.column + 1 });
        } else inline.open(tag, attributes);
      },
      close(qualified) {
        const tag = local(qualified);
        if (tag === 'v') inValue = false;
        else if (tag === 'c' && open) {
          if (cells.length >= limits.cells)
            throw new ReadError('too_large', `The sheet ${name} has more than ${limits.cells} cells.`);
          const { text, marks } = shownIn(open, inline.take(), strings);
          const all = new Set(marks);
          if (struck.has(open.style) && text !== '') all.add('struck');
          if (text !== '' || all.size > 0) cells.push({ row, column, text, marks: [...all] });
          open = null;
        } else inline.close(tag);
      },
      text(text) {
        if (inValue && open) open.value += text;
        else inline.write(text);
      },
    },
    limits.xmlDepth,
  );
  return { name, cells, merges, hiddenRows, hiddenColumns };
}

function shownIn(
  cell: { readonly type: string; readonly value: string; readonly formula: boolean },
  inline: RichText,
  strings: readonly RichText[],
): RichText {
  // A formula that no program has computed shows nothing here and a number in Excel.
  if (cell.formula && cell.value === '') return { text: '', marks: ['low_confidence'] };
  switch (cell.type) {
    case 's':
      return strings[Number(cell.value)] ?? { text: '', marks: ['low_confidence'] };
    case 'inlineStr':
      return inline;
    case 'b':
      return { text: cell.value === '1' ? 'TRUE' : 'FALSE', marks: [] };
    case 'n':
      return { text: number(cell.value), marks: [] };
    default:
      return { text: cell.value, marks: [] };
  }
}

/** The file has the digits of the binary number (96171.600000000006); programs show the shortest that means it. */
function number(value: string): string {
  const parsed = Number(value);
  return value.trim() === '' || !Number.isFinite(parsed) || Math.abs(parsed) >= 1e15 ? value : String(parsed);
}

function reference(text: string): { row: number; column: number } | null {
  const match = /^\$?([A-Z]{1,3})\$?(\d{1,7})$/.exec(text);
  if (!match) return null;
  let column = 0;
  for (const letter of match[1]!) column = column * 26 + letter.charCodeAt(0) - 64;
  return { row: Number(match[2]) - 1, column: column - 1 };
}
