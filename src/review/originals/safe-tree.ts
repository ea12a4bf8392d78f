import { findArticleInScript } from '../../read/html/script-content.ts';
import type { ChildNode, Document, Element, ParentNode } from '../../read/html/tree.ts';
import { elementsOf, isElement, textOf } from '../../read/html/tree.ts';
import type { VisibilityRules } from '../../read/html/visibility.ts';
import { html, Markup } from '../markup.ts';
import type { TableCell } from './place.ts';

export type Countable = Element;
/** How elements are to be marked, and which of them to scroll to. */
export type Marks = Map<Element, { readonly suspect: boolean; readonly main: boolean }>;

/** What may stay of a foreign page: text and its arrangement. Everything else goes, and every attribute but spans. */
const KEPT = new Set(
  'table caption thead tbody tfoot tr td th colgroup col p div section article main header footer h1 h2 h3 h4 h5 h6 ul ol li dl dt dd br hr span b strong i em u s sub sup blockquote pre center font small big'.split(
    ' ',
  ),
);
const VOID = new Set(['br', 'hr', 'col']);
/** Elements that go with all that is in them. */
const DROPPED = new Set(
  'script style head title noscript template iframe frame frameset object embed applet svg math canvas audio video source track input button select textarea option link meta base map area picture nav'.split(
    ' ',
  ),
);
const AS: Readonly<Record<string, string>> = {
  center: 'div',
  font: 'span',
  big: 'span',
  main: 'div',
  header: 'div',
  footer: 'div',
};

/** The tree written anew from the allowed elements. */
export function clean(tree: Document, marks: Marks, visibility: VisibilityRules | null): Markup {
  const parts: string[] = [];
  let placed = false;
  const walk = (nodes: readonly ChildNode[]): void => {
    for (const node of nodes) {
      if (node.type === 'text') {
        parts.push(html`${(node as unknown as { data: string }).data}`.text);
        continue;
      }
      if (!isElement(node)) continue;
      const name = node.name.toLowerCase();
      if (DROPPED.has(name) || visibility?.of(node) === 'removed') continue;
      if (!KEPT.has(name)) {
        walk(node.children);
        continue;
      }
      const tag = AS[name] ?? name;
      const mark = marks.get(node);
      let attributes = '';
      if (name === 'td' || name === 'th') {
        for (const span of ['rowspan', 'colspan'] as const) {
          const n = Number.parseInt(node.attribs[span] ?? '', 10);
          if (n >= 0 && n <= 1000 && n !== 1) attributes += ` ${span}="${n}"`;
        }
      }
      if (mark) attributes += ` class="${mark.suspect ? 'suspect' : 'also'}"`;
      if (mark?.main && !placed) {
        attributes += ' id="place"';
        placed = true;
      }
      parts.push(`<${tag}${attributes}>`);
      if (VOID.has(tag)) continue;
      walk(node.children);
      parts.push(`</${tag}>`);
    }
  };
  walk(tree.children);
  return new Markup(parts.join(''));
}

/** `document.querySelectorAll('table')[n].rows[m].cells[k]` of a browser, counted from 1. */
export function cellAt(tree: Document, at: TableCell): Element | null {
  const table = nthTable(tree, at.table);
  if (!table) return null;
  const row = rowsOf(table)[at.row - 1];
  return row ? (cellsOfRow(row)[at.cell - 1] ?? null) : null;
}

/**
 * The same cell in a page that mammoth made: it leaves out the cells that a vertical merge has swallowed, which Word
 * still counts.
 */
export function mammothCellAt(tree: Document, at: TableCell): Element | null {
  const table = nthTable(tree, at.table);
  if (!table) return null;
  const rows = rowsOf(table);
  /** For each column the rows that a cell from above still covers, and which cell it is. */
  let covered: { rows: number; owner: Element }[] = [];
  for (let r = 0; r < rows.length && r < at.row; r++) {
    const cells = cellsOfRow(rows[r] as Element);
    const next: typeof covered = [];
    let counted = 0;
    let column = 0;
    let i = 0;
    let swallowed: Element | null = null;
    for (; column < 200 && (i < cells.length || column < covered.length); ) {
      const above = covered[column];
      if (above && above.rows > 0) {
        if (above.owner !== swallowed) counted++;
        swallowed = above.owner;
        next[column] = { rows: above.rows - 1, owner: above.owner };
        if (r === at.row - 1 && counted === at.cell) return above.owner;
        column++;
        continue;
      }
      swallowed = null;
      const cell = cells[i];
      if (!cell) {
        column++;
        continue;
      }
      i++;
      counted++;
      if (r === at.row - 1 && counted === at.cell) return cell;
      const across = spanOf(cell, 'colspan');
      const down = spanOf(cell, 'rowspan');
      for (let k = 0; k < across; k++) next[column + k] = { rows: down - 1, owner: cell };
      column += across;
    }
    covered = next;
  }
  return null;
}

function spanOf(cell: Element, name: 'rowspan' | 'colspan'): number {
  const n = Number.parseInt(cell.attribs[name] ?? '1', 10);
  return n >= 1 && n <= 200 ? n : 1;
}

function nthTable(tree: Document, n: number): Element | null {
  let count = 0;
  for (const element of elementsOf(tree)) if (element.name === 'table' && ++count === n) return element;
  return null;
}

/** As `table.rows`: those of `thead` first, those of `tfoot` last. */
function rowsOf(table: Element): Element[] {
  const head: Element[] = [];
  const body: Element[] = [];
  const foot: Element[] = [];
  for (const child of table.children) {
    if (!isElement(child)) continue;
    if (child.name === 'tr') body.push(child);
    else if (child.name === 'thead' || child.name === 'tbody' || child.name === 'tfoot') {
      const into = child.name === 'thead' ? head : child.name === 'tfoot' ? foot : body;
      for (const row of child.children) if (isElement(row) && row.name === 'tr') into.push(row);
    }
  }
  return [...head, ...body, ...foot];
}

function cellsOfRow(row: Element): Element[] {
  return row.children.filter((c): c is Element => isElement(c) && (c.name === 'td' || c.name === 'th'));
}

const BLOCKS = new Set([
  'p',
  'div',
  'li',
  'td',
  'th',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'span',
  'body',
  'section',
]);
const MOST_COMPARED = 200_000;

/** The smallest element that holds a sentence, white space aside; null where there is none. */
export function markByText(tree: Document, text: string): Element | null {
  const wanted = squeezed(text);
  if (wanted.length < 2) return null;
  let best: Element | null = null;
  let length = Number.POSITIVE_INFINITY;
  let compared = 0;
  for (const element of elementsOf(tree)) {
    if (!BLOCKS.has(element.name) || ++compared > MOST_COMPARED) continue;
    const own = squeezed(textOf(element));
    if (own.length < length && own.length >= wanted.length && own.includes(wanted)) {
      best = element;
      length = own.length;
    }
  }
  return best;
}

/** Does an element print this text, white space aside? */
export function holds(element: Element, text: string): boolean {
  return squeezed(textOf(element)).includes(squeezed(text));
}

function squeezed(text: string): string {
  return text.replace(/[\s\u00a0\u200b-\u200d\ufeff]+/gu, '');
}

/** The article that a page keeps in a script, as its reader finds it. */
export function articleInScripts(tree: ParentNode, markup: string): string | null {
  let scripts = '';
  for (const element of elementsOf(tree)) if (element.name === 'script') scripts += `${textOf(element)}\n`;
  if (scripts === '' && !/^\s*</u.test(markup)) scripts = markup;
  return findArticleInScript(scripts) ?? longestTemplate(tree);
}

function longestTemplate(tree: ParentNode): string | null {
  let best: string | null = null;
  for (const element of elementsOf(tree)) {
    if (element.name !== 'textarea' && element.name !== 'template') continue;
    const text = textOf(element);
    if (/<(?:p|div|table)\b/iu.test(text) && text.length > (best?.length ?? 0)) best = text;
  }
  return best;
}
