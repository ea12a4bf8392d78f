import { SaxesParser } from 'saxes';
import { ReadError, type ReadLimits } from '../document.ts';

/** An element of an OFD part, by local names: producers differ in their prefixes. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

const MAX_ELEMENTS = 1_000_000;

/** Parses one part. @throws {ReadError} `corrupt`, `too_large` */
export function parseXml(bytes: Uint8Array, part: string, limits: Pick<ReadLimits, 'xmlDepth'>): Element {
  const parser = new SaxesParser();
  interface Open {
    name: string;
    attributes: Record<string, string>;
    children: Element[];
    text: string;
  }
  const stack: Open[] = [];
  let root: Element | null = null;
  let count = 0;
  parser.on('doctype', () => {
    throw new ReadError('corrupt', `${part} has a document type declaration, which OFD does not allow`);
  });
  parser.on('opentag', (tag) => {
    if (++count > MAX_ELEMENTS)
      throw new ReadError('too_large', `${part} has more than ${MAX_ELEMENTS} elements`);
    if (stack.length >= limits.xmlDepth)
      throw new ReadError('too_large', `${part} nests elements more than ${limits.xmlDepth} deep`);
    const attributes: Record<string, string> = {};
    for (const [key, value] of Object.entries(tag.attributes)) attributes[local(key)] = value;
    const element: Open = { name: local(tag.name), attributes, children: [], text: '' };
    stack.at(-1)?.children.push(element);
    stack.push(element);
    root ??= element;
  });
  parser.on('text', (text) => {
    const top = stack.at(-1);
    if (top) top.text += text;
  });
  parser.on('cdata', (text) => {
    const top = stack.at(-1);
    if (top) top.text += text;
  });
  parser.on('closetag', () => {
    stack.pop();
  });
  parser.on('error', (error) => {
    throw new ReadError('corrupt', `${part} of the OFD is no well-formed XML: ${error.message}`);
  });
  parser.write(new TextDecoder('utf-8').decode(bytes)).close();
  if (!root) throw new ReadError('corrupt', `${part} of the OFD is empty`);
  return root;
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

export function child(element: Element | undefined, ...path: readonly string[]): Element | undefined {
  let at = element;
  for (const name of path) at = at?.children.find((c) => c.name === name);
  return at;
}

export function children(element: Element | undefined, name: string): readonly Element[] {
  return element?.children.filter((c) => c.name === name) ?? [];
}
