import type { Mark, Paragraph, Picture } from '../document.ts';
import { ReadError } from '../document.ts';
import { type Ink, mayHideDigits } from '../faint-ink.ts';
import type { Line, RawCell, RawTable } from '../table/raw-table.ts';
import { PIXELS_IN } from './css-units.ts';
import {
  attributeColour,
  type Colour,
  groundOver,
  isPale,
  LONGEST_STYLE,
  type Look,
  NOTHING,
} from './looks.ts';
import type { ChildNode, Element, ParentNode } from './tree.ts';
import { isElement } from './tree.ts';
import { holdsTable, type VisibilityRules } from './visibility.ts';

export interface FlowOptions {
  readonly visibility: VisibilityRules;
  /** Number of each `<table>` among all tables of the page, from 1. */
  readonly tableNumbers: ReadonlyMap<Element, number>;
  /** Put before every location: `script=1;`. */
  readonly prefix: string;
  /** Read what is hidden outside tables too (tabs that a script would open). */
  readonly hiddenToo: boolean;
  /** Left out with everything in it. */
  readonly except?: Element;
}

/** Where browsers cut a single span (HTML Standard, 4.9.11). */
const WIDEST_SPAN = 1000;
const MOST_COLUMNS = 2 * WIDEST_SPAN;

/** What a browser draws instead of the text in it. */
const EMBEDDED: ReadonlySet<string> = new Set([
  'audio',
  'button',
  'canvas',
  'embed',
  'iframe',
  'input',
  'math',
  'meter',
  'object',
  'progress',
  'select',
  'svg',
  'textarea',
  'video',
]);

const SKIPPED: ReadonlySet<string> = new Set([
  'script',
  'style',
  'head',
  'title',
  'template',
  'noscript',
  'xml',
  'rt',
  'rp',
  'datalist',
]);

const BLOCKS = new Set([
  'address',
  'article',
  'aside',
  'blockquote',
  'body',
  'caption',
  'center',
  'dd',
  'details',
  'dialog',
  'dir',
  'div',
  'dl',
  'dt',
  'fieldset',
  'figcaption',
  'figure',
  'footer',
  'form',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'header',
  'hgroup',
  'hr',
  'html',
  'legend',
  'li',
  'main',
  'menu',
  'nav',
  'ol',
  'p',
  'pre',
  'section',
  'summary',
  'ul',
]);

const ROW_PARTS = new Set(['tr', 'td', 'th', 'tbody', 'thead', 'tfoot']);

interface Style {
  readonly marks: readonly Mark[];
  readonly role: Paragraph['role'] | null;
  readonly preserve: boolean;
  readonly paint: Paint;
}

/**
 * What an element says itself holds: its text is left out. What a rule says may be undone by one that is not known, and a
 * script shows what held a whole page back: such text is read, and marked.
 */
type Hiding = 'certain' | 'perhaps' | null;

/** What decides whether a text is to be seen, as it is handed down. */
interface Paint {
  readonly colour: Colour | null;
  /** Of the letters, where it is not their colour. */
  readonly fill: Colour | null;
  readonly ground: Colour | null;
  readonly hidden: Hiding;
  readonly sizeless: Hiding;
  readonly outOfSight: boolean;
  /** Pixels above the line. */
  readonly shift: number;
}

const PAPER: Paint = {
  colour: null,
  fill: null,
  ground: null,
  hidden: null,
  sizeless: null,
  outOfSight: false,
  shift: 0,
};

const PLAIN: Style = { marks: [], role: null, preserve: false, paint: PAPER };

/**
 * Walks a page in reading order: lines of text as a browser would break them into blocks, and tables with their spans
 * resolved as browsers resolve them.
 */
export class Flow {
  readonly items: (Line | RawTable)[] = [];
  readonly pictures: Picture[] = [];
  /** Something outside tables is hidden. */
  leftOut = false;
  private readonly options: FlowOptions;
  private target: (Line | RawTable)[] = this.items;
  private cellLocation: string | null = null;
  private tableDepth = 0;
  private paragraphs = 0;
  private looseTables = 0;
  private text = '';
  private marks = new Set<Mark>();
  private role: Paragraph['role'] | null = null;
  private ink: LineInk = { faint: false, plain: false, shift: null };

  constructor(options: FlowOptions) {
    this.options = options;
  }

  /** Adds what stands below a node. */
  walk(root: ParentNode): void {
    this.children(root, { ...PLAIN, paint: this.paintAround(root) });
    this.flush();
  }

  private children(parent: ParentNode, style: Style): void {
    let node = parent.firstChild;
    while (node) {
      if (isElement(node) && ROW_PARTS.has(node.name)) node = this.looseRows(node, style);
      else {
        this.node(node, style);
        node = node.nextSibling;
      }
    }
  }

  private node(node: ChildNode, style: Style): void {
    if (node.type === 'text') {
      if (!isUnseen(style.paint)) this.append((node as unknown as { data: string }).data, style);
      return;
    }
    if (!isElement(node) || SKIPPED.has(node.name) || node === this.options.except) return;
    const { name } = node;
    if (EMBEDDED.has(name)) {
      this.embedded(node, style);
      return;
    }
    const visibility = this.options.visibility.of(node);
    if (visibility === 'removed') {
      if (this.tableDepth > 0) return;
      this.leftOut = true;
      if (!this.options.hiddenToo) return;
    }
    switch (name) {
      case 'br':
        this.breakLine();
        return;
      case 'img':
        this.picture(node);
        return;
      case 'table':
        this.flush();
        this.table(node, style);
        return;
    }
    if (isFootnoteMark(node)) {
      this.marks.add('footnote_mark');
      return;
    }
    const inner = this.styled(node, style);
    if (BLOCKS.has(name)) {
      this.flush();
      this.children(node, inner);
      this.flush();
    } else this.children(node, inner);
  }

  private append(data: string, style: Style): void {
    if (style.preserve) {
      const lines = data.split(/\r\n?|\n/);
      for (let index = 0; index < lines.length; index++) {
        if (index > 0) this.breakLine();
        this.text += lines[index];
      }
    } else {
      let text = data.replace(/[ \t\r\n\f]+/g, ' ');
      if (text.startsWith(' ') && (this.text === '' || this.text.endsWith(' ') || this.text.endsWith('\n')))
        text = text.slice(1);
      if (text === '') return;
      this.text += text;
    }
    if (data.trim() === '') return;
    for (const mark of style.marks) this.marks.add(mark);
    if (style.role) this.role = style.role;
    const { ink } = this;
    const { paint } = style;
    if (isFaint(paint, this.options.visibility.textColour)) ink.faint = true;
    else ink.plain = true;
    ink.shift ??= paint.shift;
    if (Math.abs(paint.shift - ink.shift) > SLIGHTLY)
      this.marks.add(paint.shift + ink.shift > 0 ? 'superscript' : 'subscript');
  }

  private breakLine(): void {
    // In a cell the lines of one paragraph stay together; in running text a broken line is a line of its own.
    if (this.cellLocation === null) this.flush();
    else this.text = `${this.text.trimEnd()}\n`;
  }

  private flush(): void {
    const text = this.text.replace(/ +$/, '');
    const seen = text.trim() !== '';
    if (this.ink.faint && mayHideDigits(text, this.ink, this.cellLocation !== null))
      this.marks.add('overlapping');
    if (seen || this.marks.size > 0) {
      const location =
        this.cellLocation ?? `${this.options.prefix}paragraph=${seen ? ++this.paragraphs : this.paragraphs}`;
      this.target.push({
        kind: 'line',
        text,
        location,
        marks: [...this.marks],
        ...(this.role && this.cellLocation === null ? { role: this.role } : {}),
      });
    }
    this.text = '';
    if (this.marks.size > 0) this.marks = new Set();
    this.role = null;
    if (this.ink.shift !== null) this.ink = { faint: false, plain: false, shift: null };
  }

  /** What a control or drawing in a cell shows is not read; the cell is not empty for that. */
  private embedded(element: Element, style: Style): void {
    if (
      this.cellLocation === null ||
      isUnseen(style.paint) ||
      this.options.visibility.of(element) !== 'shown'
    )
      return;
    const { name, attribs } = element;
    if (name === 'input' && attribs['type']?.trim().toLowerCase() === 'hidden') return;
    if (name === 'audio' && attribs['controls'] === undefined) return;
    if (!isSpeck(sizeOf(element))) this.marks.add('picture');
  }

  private picture(element: Element): void {
    const { width, height } = sizeOf(element);
    if (isSpeck({ width, height })) return;
    if (this.cellLocation !== null) this.marks.add('picture');
    const source = element.attribs['src'] || element.attribs['data-src'] || '';
    const inline = /^data:(image\/[\w.+-]+);base64,([A-Za-z0-9+/=\s]+)$/.exec(source);
    const location = this.cellLocation ?? `${this.options.prefix}picture=${this.pictures.length + 1}`;
    if (inline)
      this.pictures.push({
        location,
        mime: inline[1] as string,
        width,
        height,
        bytes: new Uint8Array(Buffer.from(inline[2] as string, 'base64')),
      });
    else if (source !== '') this.pictures.push({ location, mime: null, width, height, source });
  }

  private looseRows(first: Element, style: Style): ChildNode | null {
    // Rows whose `<table>` is missing; they go on as long as nothing but white space comes between.
    const parts: ChildNode[] = [];
    let node: ChildNode | null = first;
    while (node) {
      if (isElement(node) && ROW_PARTS.has(node.name)) parts.push(node);
      else if (
        isElement(node) ||
        (node.type === 'text' && (node as unknown as { data: string }).data.trim() !== '')
      )
        break;
      node = node.nextSibling;
    }
    this.flush();
    this.build(parts, `${this.options.prefix}rows=${++this.looseTables}`, style);
    return node;
  }

  private table(element: Element, style: Style): void {
    const number = this.options.tableNumbers.get(element) ?? 0;
    this.build(element.children, `${this.options.prefix}table=${number}`, style);
  }

  private build(parts: readonly ChildNode[], location: string, style: Style): void {
    const groups: Row[][] = [];
    const stray: ChildNode[] = [];
    this.collect(parts, groups, stray, { rows: 0 });
    // Text between the rows is shown before the table, as browsers do.
    for (const node of stray) this.node(node, { ...style, marks: [] });
    this.flush();

    const cells: RawCell[] = [];
    this.tableDepth++;
    let gridRow = 0;
    let rowElement: ParentNode | null = null;
    let rowStyle = style;
    for (const rows of groups) {
      /** Rows for which each column is still covered by a cell from above. */
      let covered: number[] = [];
      const groupEnd = gridRow + rows.length;
      for (const row of rows) {
        let column = 0;
        let cellNumber = 0;
        const next: number[] = [];
        for (let index = 0; index < covered.length; index++)
          next[index] = Math.max(0, (covered[index] ?? 0) - 1);
        for (const cell of row.cells) {
          cellNumber++;
          if (this.options.visibility.of(cell) === 'removed') continue;
          while ((covered[column] ?? 0) > 0) column++;
          if (column >= MOST_COLUMNS)
            throw new ReadError('too_large', `a table has more than the ${MOST_COLUMNS} columns allowed`);
          let columnSpan = Math.min(span(cell.attribs['colspan']), WIDEST_SPAN);
          for (let ahead = 1; ahead < columnSpan; ahead++)
            if ((covered[column + ahead] ?? 0) > 0) {
              columnSpan = ahead;
              break;
            }
          const toGroupEnd = cell.attribs['rowspan']?.trim() === '0';
          const rowSpan = Math.min(toGroupEnd ? groupEnd : span(cell.attribs['rowspan']), groupEnd - gridRow);
          for (let ahead = 0; ahead < columnSpan; ahead++) {
            covered[column + ahead] = rowSpan;
            next[column + ahead] = rowSpan - 1;
          }
          if (cell.parent !== rowElement) {
            rowElement = cell.parent;
            rowStyle = this.rowStyle(rowElement, style);
          }
          const cellLocation = `${location};row=${row.number};cell=${cellNumber}`;
          cells.push({
            row: gridRow,
            column,
            rowSpan,
            columnSpan,
            items: this.cell(cell, cellLocation, rowStyle),
            location: cellLocation,
            marks: new Set(),
          });
          column += columnSpan;
        }
        covered = next;
        gridRow++;
      }
    }
    this.tableDepth--;
    if (cells.length > 0) this.target.push({ kind: 'table', rows: gridRow, cells, location });
  }

  /** Rows by row group; what is no part of a table goes to `stray`. Removed rows are counted but take no place. */
  private collect(
    parts: readonly ChildNode[],
    groups: Row[][],
    stray: ChildNode[],
    counted: { rows: number },
  ): void {
    let group: Row[] | null = null;
    let loose: Row | null = null;
    const own = (): Row[] => {
      if (!group) {
        group = [];
        groups.push(group);
      }
      return group;
    };
    for (const node of parts) {
      if (!isElement(node)) {
        if (node.type === 'text' && (node as unknown as { data: string }).data.trim() !== '')
          stray.push(node);
        continue;
      }
      const { name } = node;
      if (name === 'td' || name === 'th') {
        if (!loose) {
          loose = { number: ++counted.rows, cells: [] };
          own().push(loose);
        }
        loose.cells.push(node);
        continue;
      }
      loose = null;
      if (name === 'tr') {
        const number = ++counted.rows;
        if (this.options.visibility.of(node) !== 'removed') own().push({ number, cells: cellsOf(node) });
      } else if (name === 'col' || name === 'colgroup' || SKIPPED.has(name) || EMBEDDED.has(name)) continue;
      else if (hasRows(node)) {
        group = null;
        const removed = this.options.visibility.of(node) === 'removed';
        this.collect(node.children, removed ? [] : groups, removed ? [] : stray, counted);
      } else stray.push(node);
    }
  }

  /** What the table, its row groups and rows hand down to a cell: their colours and what hides them, no marks. */
  private rowStyle(row: ParentNode | null, outer: Style): Style {
    const around: Element[] = [];
    for (let at = row; at && isElement(at) && !CELLS.has(at.name); at = at.parent) {
      around.push(at);
      if (at.name === 'table') break;
    }
    let { paint } = outer;
    if (around.at(-1)?.name !== 'table') return outer;
    for (const element of around.reverse()) paint = this.painted(element, paint);
    return paint === outer.paint ? outer : { ...outer, paint };
  }

  /** Of what stands around the article only the colours reach into it: it was chosen because it holds the report. */
  private paintAround(root: ParentNode): Paint {
    const around: Element[] = [];
    for (let at: ParentNode | null = root; at && isElement(at); at = at.parent) around.push(at);
    let paint = PAPER;
    for (const element of around.reverse()) paint = this.painted(element, paint);
    const { colour, fill, ground } = paint;
    return colour === null && fill === null && ground === null ? PAPER : { ...PAPER, colour, fill, ground };
  }

  private painted(element: Element, outer: Paint): Paint {
    const { visibility } = this.options;
    return painted(element, visibility.declared(element), visibility.ruled(element), outer);
  }

  private styled(element: Element, outer: Style): Style {
    const { visibility } = this.options;
    const ruled = visibility.ruled(element);
    // What a rule puts beside the text shows as much as it, and is not read.
    if (ruled && (ruled.before || ruled.after) && this.cellLocation !== null) this.marks.add('picture');
    return styleOf(element, visibility.declared(element), ruled, outer);
  }

  private cell(element: Element, location: string, outer: Style): (Line | RawTable)[] {
    const before = {
      target: this.target,
      location: this.cellLocation,
      text: this.text,
      marks: this.marks,
      role: this.role,
      ink: this.ink,
    };
    const items: (Line | RawTable)[] = [];
    this.target = items;
    this.cellLocation = location;
    this.text = '';
    this.marks = new Set();
    this.ink = { faint: false, plain: false, shift: null };
    this.children(element, this.styled(element, { ...PLAIN, marks: outer.marks, paint: outer.paint }));
    this.flush();
    this.target = before.target;
    this.cellLocation = before.location;
    this.text = before.text;
    this.marks = before.marks;
    this.role = before.role;
    this.ink = before.ink;
    return items;
  }
}

interface Row {
  /** Among all rows of the table, removed ones too, from 1: what `table.rows` of a browser counts. */
  readonly number: number;
  readonly cells: Element[];
}

function cellsOf(row: Element): Element[] {
  const cells: Element[] = [];
  const waiting = [...row.children].reverse();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (!isElement(node)) continue;
    if (node.name === 'td' || node.name === 'th') cells.push(node);
    else if (node.name !== 'table') waiting.push(...[...node.children].reverse());
  }
  return cells;
}

function hasRows(element: Element): boolean {
  return element.children.some(
    (child) => isElement(child) && (ROW_PARTS.has(child.name) || (child.name !== 'table' && hasRows(child))),
  );
}

function span(value: string | undefined): number {
  const number = Number.parseInt(value ?? '', 10);
  return Number.isFinite(number) && number >= 1 ? Math.min(number, 65_534) : 1;
}

function styleOf(element: Element, declared: Look, ruled: Look | null, outer: Style): Style {
  const { name, attribs } = element;
  if (declared === NOTHING && ruled === null && !SPEAKING.has(name) && !attribs['bgcolor']) return outer;
  const look = ruled ? { ...ruled, ...declared } : declared;
  const added: Mark[] = [];
  let raised: Look['raised'] | null = null;
  if (name === 'sup') raised = 'superscript';
  else if (name === 'sub') raised = 'subscript';
  if (!CELLS.has(name) && (look.raised === 'superscript' || look.raised === 'subscript'))
    raised = look.raised;
  if (raised === 'superscript' || raised === 'subscript') added.push(raised);
  if (look.struck || name === 's' || name === 'strike' || name === 'del') added.push('struck');
  const heading = /^h[1-6]$/.test(name);
  const preserve = name === 'pre' || declared.preserved === true;
  const paint = painted(element, declared, ruled, outer.paint);
  if (added.length === 0 && !heading && !preserve && paint === outer.paint) return outer;
  return {
    marks: added.length > 0 ? [...outer.marks, ...added] : outer.marks,
    role: heading ? 'heading' : outer.role,
    preserve: preserve || outer.preserve,
    paint,
  };
}

/** Elements that look otherwise than what is around them, whatever their style. */
const SPEAKING: ReadonlySet<string> = new Set(
  'sup sub s strike del h1 h2 h3 h4 h5 h6 pre font body table tr td th bdo'.split(' '),
);

/** The same object where the element says nothing of colours, size or place, as nearly all do. */
function painted(element: Element, declared: Look, ruled: Look | null, outer: Paint): Paint {
  const { name, attribs } = element;
  const look = ruled ? { ...ruled, ...declared } : declared;
  const colour = look.colour ?? (name === 'font' ? attributeColour(attribs['color']) : null);
  const fill = look.fill === 'colour' ? null : (look.fill ?? outer.fill);
  const ground = groundOf(element, look, outer.ground);
  // The height of a row or cell is the least it has (CSS 2.1, 17.5.3), and its column gives it a width.
  const clipped = look.clipped === true && name !== 'table' && !ROW_PARTS.has(name);
  const reversed = name === 'bdo' && attribs['dir']?.trim().toLowerCase() === 'rtl';
  const outOfSight =
    (look.outOfSight === true || clipped || reversed) && !outer.outOfSight && !holdsTable(element);
  let hidden = hiding(element, 'visibility', 'hidden', declared, ruled, outer.hidden);
  if (ruled?.doubtful && hidden !== 'certain' && !holdsTable(element)) hidden = 'perhaps';
  const sizeless = hiding(element, 'size', 'none', declared, ruled, outer.sizeless);
  const shift = CELLS.has(name) ? 0 : (look.shift ?? 0);
  if (
    colour === null &&
    fill === outer.fill &&
    ground === outer.ground &&
    !outOfSight &&
    hidden === outer.hidden &&
    sizeless === outer.sizeless &&
    shift === 0
  )
    return outer;
  return {
    colour: colour ?? outer.colour,
    fill,
    ground,
    hidden,
    sizeless,
    outOfSight: outOfSight || outer.outOfSight,
    shift: outer.shift + shift,
  };
}

/**
 * A dark ground of the whole page or table is nearly always covered by a lighter one that is not known, of an external
 * sheet or a rule that is left alone: one-pixel borders are drawn so.
 */
function groundOf({ name, attribs }: Element, look: Look, outer: Colour | null): Colour | null {
  const own = look.ground ?? attributeColour(attribs['bgcolor']) ?? (attribs['background'] ? 'other' : null);
  if (own === null) return outer;
  const ground = groundOver(own, outer);
  if (own === 'clear' || !COVERED.has(name)) return ground;
  return isPale(ground, WHITE) ? ground : 'other';
}

const COVERED: ReadonlySet<string> = new Set(['html', 'body', 'table']);
const WHITE = 0xffffff;

function hiding(
  element: Element,
  aspect: 'visibility' | 'size',
  hides: Look['visibility'] | Look['size'],
  declared: Look,
  ruled: Look | null,
  outer: Hiding,
): Hiding {
  const said = declared[aspect] ?? ruled?.[aspect];
  if (said === undefined) return outer;
  if (said !== hides) return null;
  if (ROW_PARTS.has(element.name) && !CELLS.has(element.name)) return 'perhaps';
  if (holdsTable(element)) return declared[aspect] === undefined ? outer : 'perhaps';
  return declared[aspect] === undefined ? 'perhaps' : 'certain';
}

function isUnseen(paint: Paint): boolean {
  return paint.hidden === 'certain' || paint.sizeless === 'certain';
}

function isFaint(
  { hidden, sizeless, outOfSight, colour, fill, ground }: Paint,
  textColour: Colour | null,
): boolean {
  return hidden !== null || sizeless !== null || outOfSight || isPale(fill ?? colour ?? textColour, ground);
}

const CELLS: ReadonlySet<string> = new Set(['td', 'th']);
/** Pixels that a text may be moved by without its being raised beside another. */
const SLIGHTLY = 1;

interface LineInk extends Ink {
  /** Of its first text; null before it. */
  shift: number | null;
}

/** Word's and the common converters' references to a footnote: a mark beside the number, no part of it. */
function isFootnoteMark(element: Element): boolean {
  const { name, attribs } = element;
  if (name === 'a') {
    const href = attribs['href'] ?? '';
    return /#_(?:ftn|edn)\d/i.test(href) || /^#(?:fn|footnote|endnote)[-_:]?\w*$/i.test(href);
  }
  if (name !== 'span' && name !== 'sup') return false;
  return /\bMso(?:Footnote|Endnote)Reference\b/i.test(attribs['class'] ?? '');
}

interface Size {
  readonly width: number | null;
  readonly height: number | null;
}

/** In pixels, where the page says so. */
function sizeOf(element: Element): Size {
  return {
    width: pixels(element.attribs['width'] ?? styleLength(element, 'width')),
    height: pixels(element.attribs['height'] ?? styleLength(element, 'height')),
  };
}

/** A spacer or a counter of visitors: too small to show a figure. */
function isSpeck({ width, height }: Size): boolean {
  return (width !== null && width <= 4) || (height !== null && height <= 4);
}

function styleLength(element: Element, property: 'width' | 'height'): string | undefined {
  const style = element.attribs['style']?.slice(0, LONGEST_STYLE);
  if (!style) return undefined;
  return new RegExp(`(?:^|[;\\s])${property}\\s*:\\s*([\\d.]+(?:px|pt|in|cm|mm)?)\\s*(?:;|$)`, 'i').exec(
    style,
  )?.[1];
}

function pixels(value: string | undefined): number | null {
  const match = /^\s*([\d.]+)\s*(px|pt|in|cm|mm)?\s*$/i.exec(value ?? '');
  if (!match) return null;
  const number = Number(match[1]) * (PIXELS_IN[(match[2] ?? 'px').toLowerCase()] ?? 1);
  return Number.isFinite(number) ? Math.round(number) : null;
}
