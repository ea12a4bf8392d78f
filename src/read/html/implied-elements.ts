import { type ChildNode, Element } from 'domhandler';
import type { Document, ParentNode } from './tree.ts';
import { isElement } from './tree.ts';

const OF_HEAD: ReadonlySet<string> = new Set([
  'meta',
  'title',
  'link',
  'style',
  'script',
  'base',
  'noscript',
  'head',
]);

/**
 * Puts in the elements that a page need not write (HTML Standard, 13.2.6): rules say of rows that they are those of a
 * `tbody`, and of tables that they are children of `body`.
 *
 * @param elements all of the document.
 */
export function completeTree(document: Document, elements: readonly Element[]): void {
  const tables: Element[] = [];
  let html: Element | null = null;
  let body = false;
  for (const element of elements) {
    if (element.name === 'table') tables.push(element);
    else if (element.name === 'html') html ??= element;
    else if (element.name === 'body') body = true;
  }
  for (const table of tables) groupRows(table);
  if (body) return;
  const whole: ParentNode = html ?? document;
  const before: ChildNode[] = [];
  const inside: ChildNode[] = [];
  for (const node of whole.children) (inside.length === 0 && leadsTheBody(node) ? before : inside).push(node);
  const written = holding('body', inside);
  if (html) {
    fill(html, [...before, written]);
    return;
  }
  const head = before.filter(isElement);
  const only = head.length === 1 && head[0]?.name === 'head';
  const around = only ? head : [holding('head', head)];
  fill(document, [...before.filter((node) => !isElement(node)), holding('html', [...around, written])]);
}

function groupRows(table: Element): void {
  if (!table.children.some(isRow)) return;
  const children: ChildNode[] = [];
  let rows: ChildNode[] | null = null;
  const close = (): void => {
    if (rows) children.push(holding('tbody', rows));
    rows = null;
  };
  for (const node of table.children) {
    if (isRow(node)) rows ??= [];
    else if (isElement(node) && GROUPS.has(node.name)) close();
    (rows ?? children).push(node);
  }
  close();
  fill(table, children);
}

const GROUPS: ReadonlySet<string> = new Set(['tbody', 'thead', 'tfoot', 'caption', 'colgroup', 'col']);

function isRow(node: ChildNode): boolean {
  return isElement(node) && node.name === 'tr';
}

function leadsTheBody(node: ChildNode): boolean {
  if (isElement(node)) return OF_HEAD.has(node.name);
  return node.type !== 'text' || node.data.trim() === '';
}

function holding(name: string, children: ChildNode[]): Element {
  const element = new Element(name, {});
  fill(element, children);
  return element;
}

function fill(parent: ParentNode, children: ChildNode[]): void {
  parent.children = children;
  for (const [at, node] of children.entries()) {
    node.parent = parent;
    node.prev = children[at - 1] ?? null;
    node.next = children[at + 1] ?? null;
  }
}
