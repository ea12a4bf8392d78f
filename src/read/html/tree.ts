import type { ChildNode, Document, Element, ParentNode } from 'domhandler';
import { DomHandler, Parser } from 'htmlparser2';
import { ReadError, type ReadLimits } from '../document.ts';

export type { ChildNode, Document, Element, ParentNode } from 'domhandler';

/** Nodes for each cell allowed: a cell pasted from Word holds some twenty, but no report comes near the cells. */
const NODES_PER_CELL = 10;
/** Above this the exact parser, which rebuilds open formatting in every paragraph, is not tried. */
const MOST_FOR_EXACT = 8 * 2 ** 20;

/**
 * Parses a page, bounded in depth, nodes and cells while it is parsed. htmlparser2 is three times as fast as parse5
 * but leaves cells without `<tr>` and tables without `</table>` where it finds them; such pages are parsed again with
 * parse5, which repairs them as browsers do.
 * @throws {ReadError} `too_large`
 */
export async function parseHtml(html: string, limits: ReadLimits): Promise<Document> {
  const fast = parseFast(html, limits);
  if (!hasMisplacedCells(fast) || html.length > MOST_FOR_EXACT) return fast;
  const { load } = await import('cheerio');
  // cheerio has its own copy of the node classes; their shape is the same.
  return load(html).root()[0] as unknown as Document;
}

function parseFast(html: string, limits: ReadLimits): Document {
  const handler = new BoundedHandler(limits);
  const parser = new Parser(handler, { decodeEntities: true });
  parser.end(html);
  return handler.root;
}

class BoundedHandler extends DomHandler {
  private depth = 0;
  private nodes = 0;
  private cells = 0;
  private readonly limits: ReadLimits;

  constructor(limits: ReadLimits) {
    super();
    this.limits = limits;
  }

  override onopentag(name: string, attributes: Record<string, string>): void {
    if (++this.depth > this.limits.nesting)
      throw new ReadError(
        'too_large',
        `the page is nested deeper than the ${this.limits.nesting} levels allowed`,
      );
    if ((name === 'td' || name === 'th') && ++this.cells > this.limits.cells)
      throw new ReadError('too_large', `the page has more than the ${this.limits.cells} table cells allowed`);
    this.count();
    super.onopentag(name, attributes);
  }

  override onclosetag(): void {
    this.depth--;
    super.onclosetag();
  }

  override ontext(text: string): void {
    this.count();
    super.ontext(text);
  }

  private count(): void {
    if (++this.nodes > this.limits.cells * NODES_PER_CELL)
      throw new ReadError('too_large', 'the page has more elements than any report needs');
  }
}

const ROW_PARENTS = new Set(['table', 'tbody', 'thead', 'tfoot']);

/** Rows, cells or tables that do not stand where the table model wants them, inside some table. */
function hasMisplacedCells(document: Document): boolean {
  for (const element of elementsOf(document)) {
    const parent = element.parent && isElement(element.parent) ? element.parent.name : '';
    switch (element.name) {
      case 'td':
      case 'th':
        if (parent !== 'tr' && insideTable(element)) return true;
        break;
      case 'tr':
        if (!ROW_PARENTS.has(parent) && insideTable(element)) return true;
        break;
      case 'table':
        if (parent === 'tr' || ROW_PARENTS.has(parent)) return true;
        break;
    }
  }
  return false;
}

function insideTable(element: Element): boolean {
  for (let at: ParentNode | null = element.parent; at; at = at.parent)
    if (isElement(at) && at.name === 'table') return true;
  return false;
}

/** All elements below a node, in document order. */
export function* elementsOf(root: ParentNode): Generator<Element> {
  let node: ChildNode | null = root.firstChild;
  while (node) {
    if (isElement(node)) {
      yield node;
      if (node.firstChild) {
        node = node.firstChild;
        continue;
      }
    }
    while (node && !node.nextSibling) {
      const parent: ParentNode | null = node.parent;
      node = parent && parent !== root && isElement(parent) ? parent : null;
    }
    node = node ? node.nextSibling : null;
  }
}

export function isElement(node: ChildNode | ParentNode): node is Element {
  return node.type === 'tag' || node.type === 'script' || node.type === 'style';
}

/** The text below a node, markup and comments left out; scripts only when the node itself is one. */
export function textOf(node: ParentNode | ChildNode): string {
  let text = '';
  const waiting: (ParentNode | ChildNode)[] = [node];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (next.type === 'text') text += (next as { data: string }).data;
    else if (next === node || next.type === 'tag' || next.type === 'root') {
      const { children } = next as ParentNode;
      for (let index = (children?.length ?? 0) - 1; index >= 0; index--)
        waiting.push(children[index] as ChildNode);
    }
  }
  return text;
}
