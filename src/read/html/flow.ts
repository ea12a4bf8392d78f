import type { Mark, Paragraph, Picture } from '../document.ts';
import { ReadError } from '../document.ts';
import type { Line, RawCell, RawTable } from '../table/raw-table.ts';
import type { ChildNode, Element, ParentNode } from './tree.ts';
import { isElement } from './tree.ts';
import { LONGEST_STYLE, type VisibilityRules } from './visibility.ts';

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
  readonly unseen: boolean;
}

const PLAIN: Style = { marks: [], role: null, preserve: false, unseen: false };

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

  constructor(options: FlowOptions) {
    this.options = options;
  }

  /** Adds what stands below a node. */
  walk(root: ParentNode): void {
    this.children(root, PLAIN);
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
      if (!style.unseen) this.append((node as unknown as { data: string }).data, style);
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
    const inner = styleOf(node, style, visibility === 'unseen');
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
  }

  private breakLine(): void {
    // In a cell the lines of one paragraph stay together; in running text a broken line is a line of its own.
    if (this.cellLocation === null) this.flush();
    else this.text = `${this.text.trimEnd()}\n`;
  }

  private flush(): void {
    const text = this.text.replace(/ +$/, '');
    const seen = text.trim() !== '';
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
  }

  /** What a control or drawing in a cell shows is not read; the cell is not empty for that. */
  private embedded(element: Element, style: Style): void {
    if (this.cellLocation === null || style.unseen || this.options.visibility.of(element) !== 'shown') return;
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
          const cellLocation = `${location};row=${row.number};cell=${cellNumber}`;
          cells.push({
            row: gridRow,
            column,
            rowSpan,
            columnSpan,
            items: this.cell(cell, cellLocation, style),
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

  private cell(element: Element, location: string, outer: Style): (Line | RawTable)[] {
    const before = {
      target: this.target,
      location: this.cellLocation,
      text: this.text,
      marks: this.marks,
      role: this.role,
    };
    const items: (Line | RawTable)[] = [];
    this.target = items;
    this.cellLocation = location;
    this.text = '';
    this.marks = new Set();
    const unseen = outer.unseen || this.options.visibility.of(element) === 'unseen';
    this.children(element, styleOf(element, { ...PLAIN, marks: outer.marks }, unseen));
    this.flush();
    this.target = before.target;
    this.cellLocation = before.location;
    this.text = before.text;
    this.marks = before.marks;
    this.role = before.role;
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

function styleOf(element: Element, outer: Style, unseen: boolean): Style {
  const { name, attribs } = element;
  const style = attribs['style']?.slice(0, LONGEST_STYLE);
  const added: Mark[] = [];
  let raised: 'superscript' | 'subscript' | 'none' | null = null;
  let struck = name === 's' || name === 'strike' || name === 'del';
  if (name === 'sup') raised = 'superscript';
  else if (name === 'sub') raised = 'subscript';
  if (style) {
    if (/text-decoration[\w-]*\s*:[^;]*line-through/i.test(style)) struck = true;
    if (name !== 'td' && name !== 'th') {
      const align = /vertical-align\s*:\s*(super|sub)\b/i.exec(style)?.[1]?.toLowerCase();
      if (align === 'super') raised = 'superscript';
      else if (align === 'sub') raised = 'subscript';
    }
  }
  if (raised === 'superscript' || raised === 'subscript') added.push(raised);
  if (struck) added.push('struck');
  const heading = /^h[1-6]$/.test(name);
  const preserve =
    name === 'pre' ||
    (style ? /white-space\s*:\s*pre\b|white-space\s*:\s*pre-(?:wrap|line)/i.test(style) : false);
  if (added.length === 0 && !heading && !preserve && !unseen) return outer;
  return {
    marks: added.length > 0 ? [...outer.marks, ...added] : outer.marks,
    role: heading ? 'heading' : outer.role,
    preserve: preserve || outer.preserve,
    unseen: unseen || outer.unseen,
  };
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

const PIXELS: Readonly<Record<string, number>> = {
  px: 1,
  pt: 96 / 72,
  in: 96,
  cm: 96 / 2.54,
  mm: 9.6 / 2.54,
};

function pixels(value: string | undefined): number | null {
  const match = /^\s*([\d.]+)\s*(px|pt|in|cm|mm)?\s*$/i.exec(value ?? '');
  if (!match) return null;
  const number = Number(match[1]) * (PIXELS[(match[2] ?? 'px').toLowerCase()] ?? 1);
  return Number.isFinite(number) ? Math.round(number) : null;
}
