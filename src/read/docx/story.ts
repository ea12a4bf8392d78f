import { type Location, type Mark, ReadError, type ReadNote } from '../document.ts';
import { type Ink as LineInk, mayHideDigits } from '../faint-ink.ts';
import type { Line, RawCell, RawTable } from '../table/raw-table.ts';
import { LONGEST_INSTRUCTION, showsItsInstruction } from '../word-field.ts';
import { FORMATTING } from './formatting.ts';
import { NO_NUMBERING, type Numbering } from './numbering.ts';
import {
  applyPaint,
  COLOURS,
  FORMATTING_BUT_COLOURS,
  GlancedColours,
  type Ground,
  isFaintOn,
  type Paint,
} from './paint.ts';
import type { PartHandler } from './scan.ts';
import { applyRunProperty, isOn, type RunStyle, type Style, type Styles } from './styles.ts';
import { cellPaint, type TableLook, type TableStyle, tableLook, USUAL_LOOK } from './table-style.ts';
import { NO_THEME, type Theme } from './theme.ts';
import type { Attributes } from './xml.ts';

/** A picture or chart where it stands in the text, by relationship id. */
export interface Anchor {
  readonly relationship: string;
  readonly location: Location;
  /** English Metric Units, 914,400 to the inch; 0 where the document does not say. */
  readonly width: number;
  readonly height: number;
}

interface Paragraph {
  text: string;
  /** Null while there are none, which is nearly always. */
  marks: Set<Mark> | null;
  styleId: string | null;
  numId: string | null;
  level: number | null;
  outline: number | null;
  /** Of its first text above the line, in half points; null before it. */
  position: number | null;
  /** Null while nothing is known of its colours. */
  ink: LineInk | null;
  /** It has a shading of its own. */
  paint: Paint;
  readonly location: Location;
  /** What stands in text boxes anchored in the paragraph; it follows the paragraph. */
  readonly anchored: (Line | RawTable)[];
  drawings: number;
  /** Run that is open, and whether it shows. */
  run: RunStyle;
  suppressedByNote: boolean;
}

interface Field {
  /** Between `begin` and `separate` stands the instruction, which nobody sees. */
  instruction: boolean;
  code: string;
}

interface Table {
  readonly number: number;
  readonly cells: RawCell[];
  /** Open vertical merges by the column in which they start. */
  readonly merges: Map<number, { cell: RawCell; lastRow: number }>;
  gridColumns: number;
  row: number;
  column: number;
  physicalCell: number;
  rowStart: number;
  rowHidden: boolean;
  /** Rows as they are written, hidden ones too. */
  physicalRows: number;
  styleId: string | null;
  style: TableStyle | null;
  look: TableLook;
  ground: Ground;
}

interface Cell {
  span: number;
  merge: 'none' | 'restart' | 'continue';
  horizontal: 'none' | 'restart' | 'continue';
  deleted: boolean;
  paint: Paint;
  /** What the style of its table says of it; null until it is asked for. */
  styled: Paint | null;
  readonly items: (Line | RawTable)[];
  readonly fields: number;
}

type Container =
  | {
      readonly kind: 'body';
      readonly items: (Line | RawTable)[];
      readonly prefix: string;
      paragraphs: number;
    }
  | {
      readonly kind: 'cell';
      readonly items: (Line | RawTable)[];
      readonly cell: Cell;
      readonly location: string;
    };

/** Columns that a span may claim where the table's own grid claims fewer; Word itself stops at 63. */
const MOST_COLUMNS = 63;

/** What is needed to look at colours: the theme, and how many rows each table has. */
export interface LookedAt {
  readonly theme: Theme;
  readonly tableRows: readonly number[];
}

/** Paragraphs for each cell allowed; a cell has at least one. */
const PARAGRAPHS_PER_CELL = 2;

/** Elements whose whole content is no text of the document: formatting, old values of tracked changes, instructions. */
const SKIPPED = new Set([
  'w:del',
  'w:moveFrom',
  'w:pPrChange',
  'w:rPrChange',
  'w:tcPrChange',
  'w:trPrChange',
  'w:tblPrChange',
  'w:tblPrExChange',
  'w:tblGridChange',
  'w:sectPrChange',
  'w:numberingChange',
  'w:sectPr',
  'w:sdtPr',
  'w:sdtEndPr',
  'w:tblPrEx',
  'w:delInstrText',
  'w:delText',
  'w:rt',
  'w:customXmlPr',
  'w:smartTagPr',
]);

/** Met most often, and only numbered by their attributes. */
const BARE: ReadonlySet<string> = new Set(['w:p', 'w:pPr', 'w:r', 'w:rPr', 'w:t', 'w:tbl', 'w:tr', 'w:tc']);

/**
 * Turns the events of a story (the main document, a footnote part) into lines and tables. It keeps only what bears on
 * the text; a cell stands at its place in the table's grid whatever wraps it (content controls, custom XML, tracked
 * insertions), because only the elements of the table itself move the position.
 */
export class Story implements PartHandler {
  readonly ignored: ReadonlySet<string>;
  readonly bare = BARE;
  readonly glancedAt: ReadonlySet<string>;
  /** What was seen of colours; where they matter and were not looked at, it is to be read again. */
  readonly colours = new GlancedColours();
  /** How many rows each table has. */
  readonly tableRows: number[] = [];
  readonly items: (Line | RawTable)[] = [];
  readonly pictures: Anchor[] = [];
  readonly charts: Anchor[] = [];
  readonly chunks: Anchor[] = [];
  readonly notes: ReadNote[] = [];
  readonly noteReferences: string[] = [];

  private skip = 0;
  private inText = false;
  private inInstruction = false;
  private inParagraphProperties = false;
  private inRunProperties = false;
  private inRowProperties = false;
  private inTableProperties = false;
  private inTextFill = false;
  private readonly paragraphs: Paragraph[] = [];
  private paragraph: Paragraph | null = null;
  private readonly containers: Container[];
  private readonly tables: Table[] = [];
  private readonly cells: Cell[] = [];
  private readonly alternatives: boolean[] = [];
  private readonly fields: Field[] = [];
  private tableCount = 0;
  private boxCount = 0;
  private cellCount = 0;
  private paragraphCount = 0;
  private raised: Mark | null = null;
  private width = 0;
  private height = 0;

  private readonly looked: LookedAt | null;
  private readonly theme: Theme;
  private readonly styles: Styles;
  private readonly loadNumbering: () => Numbering;
  private readonly mostCells: number;
  private numbering: Numbering | null = null;

  /** @param looked where colours are to be looked at; else they are only glanced at. */
  constructor(
    styles: Styles,
    loadNumbering: () => Numbering,
    mostCells: number,
    looked: LookedAt | null,
    prefix = '',
  ) {
    this.looked = looked;
    this.theme = looked?.theme ?? NO_THEME;
    this.ignored = looked ? FORMATTING_BUT_COLOURS : FORMATTING;
    this.glancedAt = looked ? NOTHING : COLOURS;
    this.styles = styles;
    this.loadNumbering = loadNumbering;
    this.mostCells = mostCells;
    this.containers = [{ kind: 'body', items: this.items, prefix, paragraphs: 0 }];
  }

  glance(name: string, xml: string, at: number): void {
    this.colours.glance(name, xml, at);
  }

  text(text: string): void {
    if (this.skip > 0) return;
    if (this.inText) this.append(text);
    else if (this.inInstruction) {
      const field = this.fields.at(-1);
      if (field && field.code.length < LONGEST_INSTRUCTION) field.code += text;
    }
  }

  open(name: string, attributes: Attributes): void {
    if (this.skip > 0) {
      this.skip++;
      return;
    }
    switch (name) {
      case 'w:t':
      case 'm:t':
        this.inText = true;
        return;
      case 'w:r':
      case 'm:r':
        this.openRun();
        return;
      case 'w:rPr':
        // The properties of the paragraph mark say nothing about the text.
        if (this.inParagraphProperties) this.skip = 1;
        else this.inRunProperties = true;
        return;
      case 'w:p':
        this.openParagraph();
        return;
      case 'w:pPr':
        this.inParagraphProperties = true;
        return;
      case 'w:tc':
        this.openCell();
        return;
      case 'w:tr':
        this.openRow();
        return;
      case 'w:tbl':
        this.openTable();
        return;
      case 'w:gridSpan': {
        const cell = this.cells.at(-1);
        if (cell) cell.span = this.clampSpan(attributes['w:val']);
        return;
      }
      case 'w:vMerge': {
        const cell = this.cells.at(-1);
        if (cell) cell.merge = attributes['w:val'] === 'restart' ? 'restart' : 'continue';
        return;
      }
      case 'w:hMerge': {
        const cell = this.cells.at(-1);
        if (cell) cell.horizontal = attributes['w:val'] === 'restart' ? 'restart' : 'continue';
        return;
      }
      case 'w:cellDel': {
        const cell = this.cells.at(-1);
        if (cell) cell.deleted = true;
        return;
      }
      case 'w:gridCol': {
        const table = this.tables.at(-1);
        if (table) table.gridColumns++;
        return;
      }
      case 'w:gridBefore': {
        const table = this.tables.at(-1);
        if (table) table.column = Math.min(MOST_COLUMNS, Math.max(0, Number(attributes['w:val']) || 0));
        return;
      }
      case 'w:hidden': {
        const table = this.tables.at(-1);
        if (table && isOn(attributes['w:val'])) table.rowHidden = true;
        return;
      }
      case 'w:trPr':
        this.inRowProperties = true;
        return;
      case 'w:tblPr':
        this.inTableProperties = true;
        return;
      case 'w14:textFill':
        this.inTextFill = this.inRunProperties;
        return;
      case 'w:del':
        // In the properties of a row it says that the row itself was deleted.
        if (this.inRowProperties) {
          const table = this.tables.at(-1);
          if (table) table.rowHidden = true;
        }
        this.skip = 1;
        return;
      case 'w:instrText':
        this.inInstruction = true;
        return;
      case 'w:txbxContent':
        this.openBox();
        return;
      case 'mc:AlternateContent':
        this.alternatives.push(false);
        return;
      case 'mc:Choice':
        if (this.alternatives.at(-1) === true) this.skip = 1;
        else if (this.alternatives.length > 0) this.alternatives[this.alternatives.length - 1] = true;
        return;
      case 'mc:Fallback':
        if (this.alternatives.at(-1) === true) this.skip = 1;
        return;
      case 'm:sup':
        this.raised = 'superscript';
        return;
      case 'm:sub':
        this.raised = 'subscript';
        return;
      case 'm:num':
      case 'm:den':
        // A fraction is not the number that its digits make.
        this.raised = 'overlapping';
        return;
      default:
        if (SKIPPED.has(name)) this.skip = 1;
        else if (this.inTableProperties) this.tableProperty(name, attributes);
        else if (this.inParagraphProperties) this.paragraphProperty(name, attributes);
        else if (this.inRunProperties) this.runProperty(name, attributes);
        else this.inline(name, attributes);
    }
  }

  close(name: string): void {
    if (this.skip > 0) {
      this.skip--;
      return;
    }
    switch (name) {
      case 'w:t':
      case 'm:t':
        this.inText = false;
        return;
      case 'w:instrText':
        this.inInstruction = false;
        return;
      case 'w:rPr':
        this.inRunProperties = false;
        return;
      case 'w:p':
        this.closeParagraph();
        return;
      case 'w:pPr':
        this.inParagraphProperties = false;
        return;
      case 'w:tc':
        this.closeCell();
        return;
      case 'w:tr':
        this.closeRow();
        return;
      case 'w:trPr':
        this.inRowProperties = false;
        return;
      case 'w:tblPr':
        this.inTableProperties = false;
        return;
      case 'w14:textFill':
        this.inTextFill = false;
        return;
      case 'w:tbl':
        this.closeTable();
        return;
      case 'w:txbxContent':
        this.closeBox();
        return;
      case 'mc:AlternateContent':
        this.alternatives.pop();
        return;
      case 'm:sup':
      case 'm:sub':
      case 'm:num':
      case 'm:den':
        this.raised = null;
        return;
    }
  }

  private openRun(): void {
    const { paragraph } = this;
    if (paragraph) {
      paragraph.run = {};
      paragraph.suppressedByNote = false;
    }
  }

  private runProperty(name: string, attributes: Attributes): void {
    const run = this.paragraph?.run;
    if (!run) return;
    if (name !== 'w:rStyle') {
      if (applyRunProperty(run, name, attributes['w:val'])) return;
      if (this.inTextFill) this.textFill(run, name, attributes);
      else if (applyPaint(run, name, attributes, this.theme)) this.colours.add(run);
      return;
    }
    const style = this.styles.get(attributes['w:val'] ?? '');
    if (!style) return;
    // Direct formatting prevails over the style, whichever of the two is written first.
    if (style.vanish !== undefined) run.vanish ??= style.vanish;
    if (style.struck !== undefined) run.struck ??= style.struck;
    if (style.raised !== undefined) run.raised ??= style.raised;
    if (style.position !== undefined) run.position ??= style.position;
    if (style.colour !== undefined) run.colour ??= style.colour;
    if (style.ground !== undefined) run.ground ??= style.ground;
  }

  /** Word 2010 and later fill text with this instead of its colour; a transparency is in thousandths of a percent. */
  private textFill(run: RunStyle, name: string, attributes: Attributes): void {
    const value = attributes['w14:val'] ?? '';
    if (name === 'w14:noFill' || (name === 'w14:alpha' && Number(value) >= 90_000)) run.fill = 'clear';
    else if (name === 'w14:srgbClr') run.fill = Number.parseInt(value, 16) || 0;
    else if (name === 'w14:schemeClr') run.fill = this.theme.colour(value, undefined, undefined) ?? 'auto';
    if (run.fill !== undefined) this.colours.add({ colour: run.fill });
  }

  private tableProperty(name: string, attributes: Attributes): void {
    const table = this.tables.at(-1);
    if (!table) return;
    if (name === 'w:tblStyle') table.styleId = attributes['w:val'] ?? null;
    else if (name === 'w:tblLook') table.look = tableLook(attributes);
    else if (name === 'w:shd') table.ground = this.shaded(attributes).ground ?? 'none';
  }

  private shaded(attributes: Attributes): Paint {
    const paint: Paint = {};
    applyPaint(paint, 'w:shd', attributes, this.theme);
    this.colours.add(paint);
    return paint;
  }

  private paragraphProperty(name: string, attributes: Attributes): void {
    const { paragraph } = this;
    if (!paragraph) return;
    const value = attributes['w:val'];
    if (name === 'w:shd') paragraph.paint = this.shaded(attributes);
    else if (name === 'w:pStyle') paragraph.styleId = value ?? null;
    else if (name === 'w:numId') paragraph.numId = value ?? null;
    else if (name === 'w:ilvl') paragraph.level = Number(value) || 0;
    else if (name === 'w:outlineLvl') paragraph.outline = Number(value);
  }

  private inline(name: string, attributes: Attributes): void {
    switch (name) {
      case 'w:shd': {
        const cell = this.cells.at(-1);
        if (cell) cell.paint = this.shaded(attributes);
        return;
      }
      case 'w:tab':
      case 'w:ptab':
        this.append('\t');
        return;
      case 'w:br':
        if (attributes['w:type'] === undefined || attributes['w:type'] === 'textWrapping') this.append('\n');
        return;
      case 'w:cr':
        this.append('\n');
        return;
      case 'w:noBreakHyphen':
        this.append('-');
        return;
      case 'w:sym':
        this.append(symbol(attributes['w:char'], attributes['w:font']));
        return;
      case 'w:fldChar':
        this.fieldCharacter(attributes['w:fldCharType']);
        return;
      case 'w:footnoteReference':
      case 'w:endnoteReference':
        this.noteReference(attributes);
        return;
      case 'w:fldSimple':
        if (showsItsInstruction(attributes['w:instr'] ?? '')) this.drawn();
        return;
      case 'w:drawing':
      case 'w:pict':
      case 'w:object':
      case 'w:contentPart':
      case 'w:ddList':
        this.drawn();
        return;
      case 'wp:docPr':
        if (isOn(attributes['hidden'] ?? '0')) this.drawn(-1);
        return;
      case 'wp:extent':
        this.width = Number(attributes['cx']) || 0;
        this.height = Number(attributes['cy']) || 0;
        return;
      case 'v:shape':
        this.shapeSize(attributes['style'] ?? '');
        return;
      case 'a:blip':
        this.anchor(this.pictures, attributes['r:embed'] ?? attributes['r:link']);
        return;
      case 'v:imagedata':
        this.anchor(this.pictures, attributes['r:id'] ?? attributes['r:pict']);
        return;
      case 'c:chart':
        this.anchor(this.charts, attributes['r:id']);
        return;
      case 'o:OLEObject':
        // A workbook or document inside this one: only its picture is shown.
        this.note('embedded_object', attributes['ProgID'] ?? '');
        return;
      case 'w:altChunk':
        this.chunkInCell();
        this.anchor(this.chunks, attributes['r:id']);
        return;
    }
  }

  private append(text: string): void {
    const { paragraph } = this;
    if (!paragraph || paragraph.suppressedByNote) return;
    for (const field of this.fields) if (field.instruction) return;
    const { run } = paragraph;
    const base = this.styleOf(paragraph);
    if (this.isHidden(paragraph, base)) {
      if (/\d/.test(text)) this.note('hidden_text', text);
      return;
    }
    paragraph.text += text;
    if (text.trim() === '') return;
    if (run.struck ?? base?.struck) addMark(paragraph, 'struck');
    const raised = run.raised ?? base?.raised;
    if (raised === 'superscript' || raised === 'subscript') addMark(paragraph, raised);
    if (this.raised) addMark(paragraph, this.raised);
    const position = run.position ?? base?.position ?? 0;
    // A line that is moved as a whole is only set higher; beside digits on the line it is another text than they are.
    paragraph.position ??= position;
    if (position !== paragraph.position)
      addMark(paragraph, position + paragraph.position > 0 ? 'superscript' : 'subscript');
    if (this.looked) this.mix(paragraph, run, base);
  }

  private mix(paragraph: Paragraph, run: RunStyle, base: Paint | undefined): void {
    paragraph.ink ??= { faint: false, plain: false };
    const colour =
      run.fill ??
      run.colour ??
      base?.colour ??
      this.cellStyle(this.cells.length - 1)?.colour ??
      this.styles.defaults.colour;
    const ground = this.groundBehind(paragraph, run, base);
    // Black marking over text without a colour covers it in some programs.
    const marked = run.ground === 0 && (colour === undefined || colour === 'auto');
    if (marked || isFaintOn(colour, ground)) paragraph.ink.faint = true;
    else paragraph.ink.plain = true;
  }

  /** The nearest that is not seen through: of the run, the paragraph, the cell and the cells around its table. */
  private groundBehind(paragraph: Paragraph, run: Paint, base: Paint | undefined): Ground {
    for (const ground of [run.ground, paragraph.paint.ground ?? base?.ground])
      if (ground !== undefined && ground !== 'none') return ground;
    for (let at = this.cells.length - 1; at >= 0; at--) {
      const ground =
        this.cells[at]?.paint.ground ?? this.cellStyle(at)?.ground ?? this.tables[at]?.ground ?? 'none';
      if (ground !== 'none') return ground;
    }
    return 'none';
  }

  /** What the style of its table says of a cell that is open; asked for once its span is known. */
  private cellStyle(at: number): Paint | null {
    const [cell, table] = [this.cells[at], this.tables[at]];
    if (!cell || !table?.style) return null;
    cell.styled ??= cellPaint(table.style, table.look, {
      row: table.physicalRows - 1,
      lastRow: table.physicalRows === this.looked?.tableRows[table.number],
      column: table.column,
      lastColumn: table.column + cell.span >= table.gridColumns,
    });
    return cell.styled;
  }

  private styleOf(paragraph: Paragraph): Style | undefined {
    const id = paragraph.styleId ?? this.styles.defaultParagraph;
    return id === null ? undefined : this.styles.get(id);
  }

  private isHidden({ run }: Paragraph, style: Style | undefined): boolean {
    return run.vanish ?? style?.vanish ?? this.styles.defaults.vanish ?? false;
  }

  /** Something that is not read is shown here; a drawing says only within that it is hidden. */
  private drawn(count: 1 | -1 = 1): void {
    const { paragraph } = this;
    if (paragraph && !this.isHidden(paragraph, this.styleOf(paragraph))) paragraph.drawings += count;
  }

  /** What a cell takes from another document is read behind the tables. */
  private chunkInCell(): void {
    const container = this.containers.at(-1) as Container;
    if (container.kind === 'cell')
      container.items.push({ kind: 'line', text: '', location: container.location, marks: ['picture'] });
  }

  private fieldCharacter(type: string | undefined): void {
    if (type === 'begin') this.fields.push({ instruction: true, code: '' });
    else if (type === 'separate') {
      const field = this.fields.at(-1);
      if (field) field.instruction = false;
    } else if (type === 'end' && this.fields.length > (this.cells.at(-1)?.fields ?? 0)) {
      const field = this.fields.pop();
      if (field && showsItsInstruction(field.code)) this.drawn();
    }
  }

  private noteReference(attributes: Attributes): void {
    const { paragraph } = this;
    if (!paragraph) return;
    addMark(paragraph, 'footnote_mark');
    // The rest of the run is the mark that the author chose instead of a number.
    if (isOn(attributes['w:customMarkFollows'] ?? '0')) paragraph.suppressedByNote = true;
    const id = attributes['w:id'];
    if (id !== undefined) this.noteReferences.push(id);
  }

  private anchor(list: Anchor[], relationship: string | undefined): void {
    if (relationship === undefined) return;
    const location = this.paragraph?.location ?? 'paragraph=1';
    list.push({ relationship, location, width: this.width, height: this.height });
    this.width = 0;
    this.height = 0;
  }

  private shapeSize(style: string): void {
    this.width = points(/(?:^|;)\s*width:\s*([\d.]+)(pt|in|cm|mm|px)?/i.exec(style));
    this.height = points(/(?:^|;)\s*height:\s*([\d.]+)(pt|in|cm|mm|px)?/i.exec(style));
  }

  private openParagraph(): void {
    if (++this.paragraphCount > this.mostCells * PARAGRAPHS_PER_CELL)
      throw new ReadError('too_large', 'the document has more paragraphs than any report needs');
    const container = this.containers.at(-1) as Container;
    let location: string;
    if (container.kind === 'body') location = `${container.prefix}paragraph=${++container.paragraphs}`;
    else location = container.location;
    const paragraph: Paragraph = {
      text: '',
      marks: null,
      styleId: null,
      numId: null,
      level: null,
      outline: null,
      position: null,
      ink: null,
      paint: NO_PAINT,
      location,
      anchored: [],
      drawings: 0,
      run: {},
      suppressedByNote: false,
    };
    this.paragraphs.push(paragraph);
    this.paragraph = paragraph;
  }

  private closeParagraph(): void {
    const paragraph = this.paragraphs.pop();
    this.paragraph = this.paragraphs.at(-1) ?? null;
    this.inText = false;
    if (!paragraph) return;
    // An instruction does not run on into the next paragraph; a field left open must not swallow the document.
    for (const field of this.fields) field.instruction = false;
    const container = this.containers.at(-1) as Container;
    const inCell = container.kind === 'cell';
    const style = this.styleOf(paragraph);
    if (paragraph.drawings > 0 && inCell) addMark(paragraph, 'picture');
    this.number(paragraph, style?.numId ?? null, style?.level ?? 0, inCell);
    const role =
      style?.role ?? (paragraph.outline !== null && paragraph.outline < 9 ? ('heading' as const) : null);
    if (paragraph.ink && mayHideDigits(paragraph.text, paragraph.ink, inCell))
      addMark(paragraph, 'overlapping');
    const marks = paragraph.marks ? [...paragraph.marks] : NO_MARKS;
    const lines = inCell ? [paragraph.text] : paragraph.text.split('\n');
    for (const text of lines) {
      container.items.push({
        kind: 'line',
        text,
        location: paragraph.location,
        marks,
        ...(role && !inCell ? { role } : {}),
      });
    }
    for (const item of paragraph.anchored) {
      // A box floats over the cell; what belongs to the number and what does not cannot be told.
      if (inCell && item.kind === 'line')
        container.items.push({ ...item, marks: [...item.marks, 'overlapping'] });
      else container.items.push(item);
    }
  }

  private number(paragraph: Paragraph, styleNumId: string | null, styleLevel: number, inCell: boolean): void {
    const id = paragraph.numId ?? styleNumId;
    if (id === null || id === '0') return;
    this.numbering ??= this.loadNumbering();
    if (this.numbering === NO_NUMBERING) return;
    const ordinal = this.numbering.next(id, paragraph.level ?? styleLevel);
    if (ordinal === '') return;
    const text = paragraph.text.trim();
    if (/\p{L}/u.test(text)) paragraph.text = ordinal + paragraph.text;
    else if (inCell) {
      // `1.` before a bare number (or alone in a cell) is shown on the page, but is not a digit of the number.
      if (text === '') paragraph.text = ordinal;
      addMark(paragraph, 'boundary_uncertain');
    }
  }

  private openBox(): void {
    this.boxCount++;
    this.containers.push({ kind: 'body', items: [], prefix: `textbox=${this.boxCount};`, paragraphs: 0 });
  }

  private closeBox(): void {
    const box = this.containers.pop();
    if (!box) return;
    const target = this.paragraph?.anchored ?? (this.containers.at(-1) as Container).items;
    for (const item of box.items) target.push(item);
  }

  private openTable(): void {
    this.tables.push({
      number: ++this.tableCount,
      cells: [],
      merges: new Map(),
      gridColumns: 0,
      row: -1,
      column: 0,
      physicalCell: 0,
      rowStart: 0,
      rowHidden: false,
      physicalRows: 0,
      styleId: null,
      style: null,
      look: USUAL_LOOK,
      ground: 'none',
    });
  }

  private closeTable(): void {
    const table = this.tables.pop();
    if (table) this.tableRows[table.number] = table.physicalRows;
    if (!table || table.cells.length === 0) return;
    const raw: RawTable = {
      kind: 'table',
      rows: table.row + 1,
      cells: table.cells,
      location: `table=${table.number}`,
    };
    (this.containers.at(-1) as Container).items.push(raw);
  }

  private openRow(): void {
    const table = this.tables.at(-1);
    if (!table) return;
    if (table.physicalRows++ === 0 && this.looked) table.style = this.styles.table(table.styleId);
    table.row++;
    table.column = 0;
    table.physicalCell = 0;
    table.rowStart = table.cells.length;
    table.rowHidden = false;
  }

  private closeRow(): void {
    const table = this.tables.at(-1);
    if (!table?.rowHidden) return;
    table.cells.length = table.rowStart;
    for (const [column, merge] of table.merges) {
      if (merge.lastRow !== table.row) continue;
      merge.lastRow--;
      if (merge.cell.row < table.row) merge.cell.rowSpan--;
      else table.merges.delete(column);
    }
    table.row--;
  }

  private openCell(): void {
    const table = this.tables.at(-1);
    if (!table) return;
    if (++this.cellCount > this.mostCells)
      throw new ReadError(
        'too_large',
        `the document has more than the ${this.mostCells} table cells allowed`,
      );
    if (table.row < 0) this.openRow();
    table.physicalCell++;
    const cell: Cell = {
      span: 1,
      merge: 'none',
      horizontal: 'none',
      deleted: false,
      paint: NO_PAINT,
      styled: null,
      items: [],
      fields: this.fields.length,
    };
    this.cells.push(cell);
    const location = `table=${table.number};row=${table.row + 1};cell=${table.physicalCell}`;
    this.containers.push({ kind: 'cell', items: cell.items, cell, location });
  }

  private closeCell(): void {
    const table = this.tables.at(-1);
    const container = this.containers.at(-1);
    // A cell outside any table was not opened.
    if (!table || container?.kind !== 'cell') return;
    this.containers.pop();
    this.cells.pop();
    const { cell } = container;
    this.fields.length = Math.min(this.fields.length, cell.fields);
    if (cell.deleted) return;
    const column = table.column;
    if (column > 4 * MOST_COLUMNS)
      throw new ReadError('too_large', `a table has more columns than the ${4 * MOST_COLUMNS} allowed`);
    table.column += cell.span;
    const { row } = table;
    const left = table.cells.at(-1);
    if (
      cell.horizontal === 'continue' &&
      left &&
      left.row === row &&
      left.column + left.columnSpan === column
    ) {
      left.columnSpan += cell.span;
      this.noteHidden(cell, container.location);
      return;
    }
    if (cell.merge === 'continue') {
      const merge = table.merges.get(column);
      // A rectangle cannot grow over a narrower cell: its neighbours stand in the way.
      if (merge && merge.lastRow === row - 1 && cell.span >= merge.cell.columnSpan) {
        merge.cell.rowSpan++;
        merge.lastRow = row;
        this.noteHidden(cell, container.location);
        return;
      }
    }
    const raw: RawCell = {
      row,
      column,
      rowSpan: 1,
      columnSpan: cell.span,
      items: cell.items,
      location: container.location,
      marks: NO_CELL_MARKS,
    };
    table.cells.push(raw);
    if (cell.merge === 'none') table.merges.delete(column);
    else table.merges.set(column, { cell: raw, lastRow: row });
  }

  /** Word shows nothing of the text in a cell that a merge has swallowed. */
  private noteHidden(cell: Cell, location: Location): void {
    for (const item of cell.items) {
      if (item.kind === 'line' && item.text.trim() !== '')
        this.notes.push({ code: 'merged_cell_text', detail: item.text.slice(0, 100), location });
    }
  }

  private note(code: string, text: string): void {
    if (this.notes.length < 1000)
      this.notes.push({ code, detail: text.slice(0, 100), location: this.paragraph?.location ?? null });
  }

  private clampSpan(value: string | undefined): number {
    const span = Number(value);
    if (!Number.isInteger(span) || span < 1) return 1;
    return Math.min(
      span,
      Math.max(MOST_COLUMNS, Math.min(this.tables.at(-1)?.gridColumns ?? 0, 4 * MOST_COLUMNS)),
    );
  }
}

const NO_PAINT: Paint = Object.freeze({});
const NOTHING: ReadonlySet<string> = new Set();

const NO_MARKS: readonly Mark[] = [];
const NO_CELL_MARKS: ReadonlySet<Mark> = new Set();

function addMark(paragraph: Paragraph, mark: Mark): void {
  paragraph.marks ??= new Set();
  paragraph.marks.add(mark);
}

const EMU_PER_INCH = 914_400;

function points(match: RegExpExecArray | null): number {
  if (!match) return 0;
  const perInch = { pt: 72, in: 1, cm: 2.54, mm: 25.4, px: 96 }[(match[2] ?? 'px').toLowerCase()] ?? 96;
  return Math.round((Number(match[1]) / perInch) * EMU_PER_INCH);
}

/**
 * A character given by font and code. The Symbol font keeps digits and punctuation at their ASCII codes; what other
 * symbol fonts draw at a code is not known, so the code itself stays and no reader takes it for a digit.
 */
function symbol(code: string | undefined, font: string | undefined): string {
  const value = Number.parseInt(code ?? '', 16);
  if (!Number.isInteger(value) || value <= 0 || value > 0xffff) return '\ufffd';
  if (value >= 0xf020 && value <= 0xf03f && font === 'Symbol') return String.fromCharCode(value - 0xf000);
  return String.fromCharCode(value);
}
