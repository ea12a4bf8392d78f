import {
  type Block,
  type Mark,
  type Paragraph,
  type Picture,
  ReadError,
  type ReadLimits,
} from '../document.ts';
import type { Attributes, XmlHandler } from '../docx/xml.ts';
import { type Ink, mayHideDigits } from '../faint-ink.ts';
import { pictureSize } from '../picture-size.ts';
import { emitItems, type Line, type RawCell, type RawTable } from '../table/raw-table.ts';
import type { Zip } from '../zip.ts';
import { HiddenLines, shownCells } from './hidden-lines.ts';
import { isFaint, PLAIN, type ResolvedStyle, resolve, type TextStyles } from './text-styles.ts';

interface OpenTable {
  readonly location: string;
  readonly cells: RawCell[];
  /** Row that the next cell stands in. */
  row: number;
  column: number;
  /** Columns and rows that the open cell and row stand for. */
  repeatCell: number;
  repeatRow: number;
  rowStart: number;
  cellsInRow: number;
  /** Columns declared so far. */
  columns: number;
  /** Styles of cells by their column, each up to (not with) the one it ends at. */
  readonly columnStyles: { readonly to: number; readonly style: string | null }[];
  /** Of the cells of the open row. */
  rowStyle: string | null;
  /** The number that the open cell holds, as the file has it. */
  value: string | null;
  readonly hidden: boolean;
  rowHidden: boolean;
  readonly hiddenRows: HiddenLines;
  readonly hiddenColumns: HiddenLines;
}

/** Whether a sheet shows its zeros; `unsure` where its settings contradict each other. */
export type Zeros = 'shown' | 'hidden' | 'unsure';

interface OpenLine extends Ink {
  text: string;
  readonly marks: Set<Mark>;
  readonly role: Paragraph['role'] | null;
}

interface Story {
  readonly items: (Line | RawTable)[];
  readonly tables: OpenTable[];
  readonly lines: OpenLine[];
  readonly role: Paragraph['role'] | null;
}

const SKIPPED = new Set([
  'text:tracked-changes',
  'office:annotation',
  'text:note-citation',
  'office:forms',
  'svg:title',
  'svg:desc',
]);
/** Shapes and controls: what they show is not read, or stands elsewhere. */
const DRAWN = new Set([
  'draw:frame',
  'draw:custom-shape',
  'draw:control',
  'draw:g',
  'draw:rect',
  'draw:regular-polygon',
  'draw:polygon',
  'draw:polyline',
  'draw:path',
  'draw:line',
  'draw:connector',
  'draw:measure',
  'draw:circle',
  'draw:ellipse',
  'draw:caption',
  'dr3d:scene',
  // A choice or a box of a form.
  'field:fieldmark',
]);
/** An empty cell may be said to repeat to the edge of the sheet; what nobody filled is not a cell. */
const MOST_REPEATS = 256;
const FILLING = 32;
const MOST_COLUMN_STYLES = 256;
/** A sheet has no more. */
const MOST_COLUMNS = 16_384;

/** Takes the events of content.xml. */
export class OdtText implements XmlHandler {
  readonly pictures: Picture[] = [];
  readonly #styles: TextStyles;
  readonly #zeros: Zeros;
  readonly #zip: Zip;
  readonly #limits: ReadLimits;
  readonly #aside: (Line | RawTable)[] = [];
  readonly #stories: Story[] = [newStory(null)];
  readonly #look: ResolvedStyle[] = [PLAIN];
  #inBody = false;
  #skip = 0;
  #paragraphs = 0;
  #tables = 0;
  #cells = 0;

  constructor(styles: TextStyles, zeros: Zeros, zip: Zip, limits: ReadLimits) {
    this.#styles = styles;
    this.#zeros = zeros;
    this.#zip = zip;
    this.#limits = limits;
  }

  finish(): Block[] {
    const blocks: Block[] = [];
    emitItems([...this.#stories[0]!.items, ...this.#aside], 'certain', blocks);
    return blocks;
  }

  open(name: string, attributes: Attributes): void {
    if (this.#skip > 0 || SKIPPED.has(name)) {
      this.#skip += 1;
      return;
    }
    const around = this.#look.at(-1)!;
    this.#look.push(this.#styled(name, attributes, around));
    if (name === 'office:body') this.#inBody = true;
    if (!this.#inBody) return;
    const story = this.#story;
    const table = story.tables.at(-1);
    if (DRAWN.has(name)) this.#drawn(story);
    switch (name) {
      case 'text:p':
      case 'text:h':
        story.lines.push({
          text: '',
          faint: false,
          plain: false,
          marks: new Set(),
          role: story.role ?? (name === 'text:h' ? 'heading' : null),
        });
        break;
      case 'text:s':
        this.#print(' '.repeat(Math.min(count(attributes['text:c']), 1000)));
        break;
      case 'text:tab':
        this.#print('\t');
        break;
      case 'text:line-break':
        this.#print('\n');
        break;
      case 'text:note':
        this.#mark('footnote_mark');
        this.#stories.push(newStory('footnote'));
        break;
      case 'draw:text-box':
        this.#stories.push(newStory(null));
        break;
      case 'draw:image':
        this.#picture(attributes);
        break;
      case 'table:table':
        story.tables.push(newTable(++this.#tables, this.#look.at(-1)!.hidden));
        break;
      case 'table:table-column':
        if (table) {
          const columns = Math.min(count(attributes['table:number-columns-repeated']), MOST_COLUMNS);
          if (isHidden(attributes) && table.columns < MOST_COLUMNS)
            table.hiddenColumns.add(table.columns, columns);
          table.columns += columns;
          if (table.columnStyles.length < MOST_COLUMN_STYLES)
            table.columnStyles.push({
              to: table.columns,
              style: attributes['table:default-cell-style-name'] ?? null,
            });
        }
        break;
      case 'table:table-row':
        if (table) {
          table.repeatRow = Math.min(count(attributes['table:number-rows-repeated']), MOST_REPEATS);
          table.rowHidden = isHidden(attributes);
          table.rowStyle = attributes['table:default-cell-style-name'] ?? null;
          table.column = 0;
          table.rowStart = table.cells.length;
          table.cellsInRow = 0;
        }
        break;
      case 'table:table-cell':
      case 'table:covered-table-cell':
        if (table) this.#openCell(table, name === 'table:covered-table-cell', attributes);
        break;
    }
  }

  close(name: string): void {
    if (this.#skip > 0) {
      this.#skip -= 1;
      return;
    }
    this.#look.pop();
    if (!this.#inBody) return;
    const story = this.#story;
    const table = story.tables.at(-1);
    switch (name) {
      case 'office:body':
        this.#inBody = false;
        break;
      case 'text:p':
      case 'text:h':
        this.#endLine(story);
        break;
      case 'text:note':
      case 'draw:text-box':
        this.#stories.pop();
        this.#aside.push(...story.items);
        break;
      case 'table:table':
        story.tables.pop();
        if (table && !table.hidden)
          this.#place(story, {
            kind: 'table',
            rows: table.hiddenRows.shownAt(table.row),
            cells: shownCells(table.cells, table.hiddenRows, table.hiddenColumns),
            location: table.location,
          });
        break;
      case 'table:table-row':
        if (table) this.#endRow(table);
        break;
      case 'table:table-cell':
      case 'table:covered-table-cell':
        if (table) this.#endCell(table, name === 'table:covered-table-cell');
        break;
    }
  }

  text(text: string): void {
    if (this.#skip === 0 && this.#inBody) this.#print(text.replace(/[\t\n\r ]+/g, ' '));
  }

  get #story(): Story {
    return this.#stories.at(-1)!;
  }

  #styled(name: string, attributes: Attributes, around: ResolvedStyle): ResolvedStyle {
    if (name === 'text:span') return resolve(this.#styles, 'text', attributes['text:style-name'], around);
    if (name === 'text:p' || name === 'text:h')
      return resolve(this.#styles, 'paragraph', attributes['text:style-name'], around);
    if (name === 'table:table-row')
      return resolve(this.#styles, 'table-row', attributes['table:style-name'], around);
    if (name === 'table:table-cell') return this.#cellStyle(attributes, around);
    if (name === 'text:section') {
      const styled = resolve(this.#styles, 'section', attributes['text:style-name'], around);
      return attributes['text:display'] === 'none' ? { ...styled, hidden: true } : styled;
    }
    if (name === 'text:hidden-text' || name === 'text:hidden-paragraph') {
      const hidden = attributes['text:is-hidden'] !== 'false';
      return hidden ? { ...around, hidden: true } : around;
    }
    // What stands in a note, a text box or a cell has its own look; only being hidden goes through.
    if (name === 'table:table')
      return resolve(this.#styles, 'table', attributes['table:style-name'], {
        ...PLAIN,
        hidden: around.hidden,
      });
    if (name === 'text:note' || name === 'draw:text-box') return { ...PLAIN, hidden: around.hidden };
    return around;
  }

  /** A cell without a style has that of its row or column. */
  #cellStyle(attributes: Attributes, around: ResolvedStyle): ResolvedStyle {
    const table = this.#story.tables.at(-1);
    const column = table?.columnStyles.find(({ to }) => to > table.column);
    const name = attributes['table:style-name'] ?? table?.rowStyle ?? column?.style ?? 'Default';
    return resolve(this.#styles, 'table-cell', name, around);
  }

  /** Whether a style that the cell takes by a condition may hide its number, or show another. */
  #mayBeHidden(look: ResolvedStyle, value: string | null): boolean {
    return look.conditions.some(({ condition, style }) => {
      const { colour, ground, format, struck } = resolve(this.#styles, 'table-cell', style, {
        ...look,
        conditions: [],
      });
      const changes =
        struck !== look.struck || format !== look.format || isFaint({ ...look, colour, ground });
      return changes && truthOf(condition, value) !== false;
    });
  }

  /** Whether the number format of a cell may show its number in the colour of what is behind it. */
  #isFaintInFormat(look: ResolvedStyle, value: string | null): boolean {
    const format = look.format === null ? undefined : this.#styles.get(`format/${look.format}`);
    if (!format) return false;
    const inFormat = (colour: ResolvedStyle['colour'] | undefined) =>
      colour !== undefined && isFaint({ ...look, colour });
    for (const { condition, style } of format.conditions ?? []) {
      const holds = truthOf(condition, value);
      if (holds === false) continue;
      const faint = inFormat(this.#styles.get(`format/${style}`)?.colour);
      if (faint || holds) return faint;
    }
    return inFormat(format.colour);
  }

  #print(text: string): void {
    const look = this.#look.at(-1)!;
    const line = this.#story.lines.at(-1);
    if (!line || look.hidden) return;
    line.text += text;
    if (text.trim() === '') return;
    if (look.struck) line.marks.add('struck');
    if (look.superscript) line.marks.add('superscript');
    if (look.subscript) line.marks.add('subscript');
    const value = this.#story.tables.at(-1)?.value ?? null;
    if (
      isFaint(look) ||
      this.#isFaintInFormat(look, value) ||
      (look.conditions.length > 0 && this.#mayBeHidden(look, value))
    )
      line.faint = true;
    else line.plain = true;
  }

  #mark(mark: Mark): void {
    if (mark === 'picture' && this.#look.at(-1)!.hidden) return;
    this.#story.lines.at(-1)?.marks.add(mark);
  }

  /** In a spreadsheet a shape may stand in the cell itself, outside its lines. */
  #drawn(story: Story): void {
    const table = story.tables.at(-1);
    if (!table || this.#look.at(-1)!.hidden) return;
    const line = story.lines.at(-1);
    if (line) line.marks.add('picture');
    else this.#place(story, { kind: 'line', text: '', location: table.location, marks: ['picture'] });
  }

  #endLine(story: Story): void {
    const line = story.lines.pop();
    if (!line) return;
    const table = story.tables.at(-1);
    if (!table) this.#paragraphs += 1;
    const location = table ? table.location : `paragraph=${this.#paragraphs}`;
    const role = line.role;
    if (mayHideDigits(line.text, line, table !== undefined)) line.marks.add('overlapping');
    this.#place(story, {
      kind: 'line',
      text: line.text,
      location,
      marks: [...line.marks],
      ...(role ? { role } : {}),
    });
  }

  #place(story: Story, item: Line | RawTable): void {
    const cell = story.tables.at(-1)?.cells.at(-1);
    if (story.tables.length === 0) story.items.push(item);
    else cell?.items.push(item);
  }

  #openCell(table: OpenTable, covered: boolean, attributes: Attributes): void {
    table.repeatCell = Math.min(count(attributes['table:number-columns-repeated']), MOST_REPEATS);
    table.value = attributes['office:value'] ?? null;
    if (!covered) table.cellsInRow += 1;
    table.cells.push({
      row: table.row,
      column: table.column,
      rowSpan: covered ? 0 : count(attributes['table:number-rows-spanned']),
      columnSpan: covered ? 0 : count(attributes['table:number-columns-spanned']),
      items: [],
      location: `${table.location};row=${table.row + 1};cell=${table.cellsInRow}`,
      marks: new Set(),
    });
  }

  #endCell(table: OpenTable, covered: boolean): void {
    const cell = table.cells.at(-1);
    if (!cell) return;
    if (!covered && table.value !== null) this.#settleNumber(cell, table.value);
    // A covered cell only says that its place is taken; LibreOffice keeps there what stood in it before.
    if (covered) table.cells.pop();
    else if (cell.items.length === 0 && table.repeatCell > FILLING) {
      table.cells.pop();
      table.column += table.repeatCell;
      return;
    }
    table.column += 1;
    for (let repeat = 1; repeat < table.repeatCell; repeat++) {
      if (!covered) table.cells.push({ ...cell, column: table.column, marks: new Set(cell.marks) });
      table.column += 1;
    }
    this.#countCells(table.repeatCell);
  }

  /** The number of a cell beside the text that is said to stand for it. */
  #settleNumber({ items, location }: RawCell, value: string): void {
    const blank = (marks: readonly Mark[]): Line => ({ kind: 'line', text: '', location, marks });
    // Without any text the number shows as its format says.
    if (items.length === 0) items.push(blank(['low_confidence']));
    else if (this.#zeros !== 'shown' && Number(value) === 0)
      items.splice(0, items.length, blank(this.#zeros === 'unsure' ? ['low_confidence'] : []));
  }

  #endRow(table: OpenTable): void {
    const first = table.row;
    this.#repeatRow(table);
    if (!table.rowHidden) return;
    table.hiddenRows.add(first, table.row - first);
    if (table.hiddenRows.size > this.#limits.cells)
      throw new ReadError('too_large', `A table hides more than ${this.#limits.cells} rows.`);
  }

  #repeatRow(table: OpenTable): void {
    const row = table.cells.slice(table.rowStart);
    table.row += 1;
    if (table.repeatRow > FILLING && row.every((cell) => cell.items.length === 0)) return;
    for (let repeat = 1; repeat < table.repeatRow; repeat++) {
      for (const cell of row) table.cells.push({ ...cell, row: table.row, marks: new Set(cell.marks) });
      table.row += 1;
      this.#countCells(row.length);
    }
  }

  #countCells(more: number): void {
    this.#cells += more;
    if (this.#cells > this.#limits.cells)
      throw new ReadError('too_large', `The document has more than ${this.#limits.cells} table cells.`);
  }

  #picture(attributes: Attributes): void {
    this.#mark('picture');
    const href = attributes['xlink:href'] ?? '';
    const table = this.#story.tables.at(-1);
    const location = table ? table.location : `paragraph=${this.#paragraphs + 1}`;
    const name = href.replace(/^\.\//, '');
    if (!this.#zip.has(name)) {
      this.pictures.push({ location, mime: null, width: null, height: null, source: href });
      return;
    }
    const bytes = this.#zip.read(name);
    const size = pictureSize(bytes);
    this.pictures.push({
      location,
      mime: size?.mime ?? null,
      width: size?.width ?? null,
      height: size?.height ?? null,
      bytes,
    });
  }
}

function count(value: string | undefined): number {
  const number = Number.parseInt(value ?? '1', 10);
  return Number.isNaN(number) || number < 1 ? 1 : number;
}

function newStory(role: Paragraph['role'] | null): Story {
  return { items: [], tables: [], lines: [], role };
}

function isHidden(attributes: Attributes): boolean {
  const visibility = attributes['table:visibility'];
  return visibility === 'collapse' || visibility === 'filter';
}

/** Whether a condition holds for a number; null where that takes more than comparing it with numbers. */
function truthOf(condition: string, value: string | null): boolean | null {
  const match = /^(?:cell-content|value)\(\)\s*(<=|>=|!=|=|<|>)\s*(-?\d+(?:\.\d+)?)$/.exec(condition.trim());
  const number = Number(value);
  if (!match || value === null || !Number.isFinite(number)) return null;
  const other = Number(match[2]);
  switch (match[1]) {
    case '=':
      return number === other;
    case '!=':
      return number !== other;
    case '<':
      return number < other;
    case '<=':
      return number <= other;
    case '>':
      return number > other;
    default:
      return number >= other;
  }
}

function newTable(number: number, hidden: boolean): OpenTable {
  return {
    location: `table=${number}`,
    cells: [],
    row: 0,
    column: 0,
    repeatCell: 1,
    repeatRow: 1,
    rowStart: 0,
    cellsInRow: 0,
    columns: 0,
    columnStyles: [],
    rowStyle: null,
    value: null,
    hidden,
    rowHidden: false,
    hiddenRows: new HiddenLines(),
    hiddenColumns: new HiddenLines(),
  };
}
