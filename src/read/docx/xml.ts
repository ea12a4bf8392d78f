import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { ReadError } from '../document.ts';

/** Attributes as written, prefix included. */
export type Attributes = Record<string, string>;

export interface XmlHandler {
  open(name: string, attributes: Attributes): void;
  close?(name: string): void;
  text?(text: string): void;
}

/**
 * Prefixes that the handlers know, by namespace; transitional and strict forms of each. A document may bind its own
 * prefixes; they are translated to these.
 */
const PREFIXES: readonly (readonly [RegExp, string])[] = [
  [/\/wordprocessingml\/(?:2006\/)?main$/, 'w'],
  [/\/officeDocument\/(?:2006\/)?relationships$/, 'r'],
  [/\/markup-compatibility\/2006$/, 'mc'],
  [/\/drawingml\/(?:2006\/)?wordprocessingDrawing$/, 'wp'],
  [/\/drawingml\/(?:2006\/)?main$/, 'a'],
  [/\/drawingml\/(?:2006\/)?chart$/, 'c'],
  [/\/officeDocument\/(?:2006\/)?math$/, 'm'],
  [/^urn:schemas-microsoft-com:vml$/, 'v'],
];

/**
 * Streams a part through a handler.
 * @throws {ReadError} `unsupported` for a DOCTYPE (no Office program writes one; it is how entity bombs begin),
 * `too_large` beyond the depth limit. @throws {XmlError} where the XML is not well-formed.
 */
export function parseXml(xml: string, handler: XmlHandler, maxDepth: number): void {
  const parser = new SaxesParser({ xmlns: false, position: false });
  let depth = 0;
  let rename: ((name: string) => string) | null = null;
  parser.on('error', (error) => {
    throw new XmlError(error.message);
  });
  parser.on('doctype', () => {
    throw new ReadError('unsupported', 'the document carries a DOCTYPE, which no Office program writes');
  });
  parser.on('opentag', (tag: SaxesTagPlain) => {
    if (++depth > maxDepth)
      throw new ReadError('too_large', `the XML is nested deeper than the ${maxDepth} levels allowed`);
    if (depth === 1) rename = renaming(tag.attributes);
    if (rename === null) handler.open(tag.name, tag.attributes);
    else {
      const attributes: Attributes = {};
      for (const key in tag.attributes) attributes[rename(key)] = tag.attributes[key] as string;
      handler.open(rename(tag.name), attributes);
    }
  });
  parser.on('closetag', (tag: SaxesTagPlain) => {
    depth--;
    handler.close?.(rename === null ? tag.name : rename(tag.name));
  });
  if (handler.text) {
    const text = handler.text.bind(handler);
    parser.on('text', text);
    parser.on('cdata', text);
  }
  parser.write(xml).close();
}

export class XmlError extends Error {
  override readonly name = 'XmlError';
}

/** Whether the root of a document binds the namespaces that the handlers know to other prefixes than the customary ones. */
export function bindsOwnPrefixes(root: Attributes): boolean {
  return renaming(root) !== null;
}

/** Null where the root binds the customary prefixes, which is nearly always and costs nothing then. */
function renaming(attributes: Attributes): ((name: string) => string) | null {
  const map = new Map<string, string>();
  let needed = false;
  for (const [key, value] of Object.entries(attributes)) {
    if (key !== 'xmlns' && !key.startsWith('xmlns:')) continue;
    const own = key === 'xmlns' ? '' : key.slice(6);
    const known = customaryPrefix(value);
    if (known === null || known === own) continue;
    map.set(own, known);
    needed = true;
  }
  if (!needed) return null;
  return (name) => {
    const colon = name.indexOf(':');
    const prefix = colon < 0 ? '' : name.slice(0, colon);
    const known = map.get(prefix);
    return known === undefined ? name : `${known}:${name.slice(colon + 1)}`;
  };
}

const prefixes = new Map<string, string | null>();
const MOST_REMEMBERED = 200;

function customaryPrefix(namespace: string): string | null {
  let prefix = prefixes.get(namespace);
  if (prefix === undefined) {
    prefix = PREFIXES.find(([pattern]) => pattern.test(namespace))?.[1] ?? null;
    if (prefixes.size < MOST_REMEMBERED) prefixes.set(namespace, prefix);
  }
  return prefix;
}

/** Decodes a part: UTF-8, or UTF-16 with a byte order mark, which are all that the standard allows. */
export function decodeXml(bytes: Uint8Array, part: string): string {
  const mark =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : null;
  if (mark) return new TextDecoder(mark).decode(bytes);
  // Three times as fast as a strict TextDecoder.
  if (!isUtf8(bytes)) throw new XmlError(`${part} is not valid UTF-8`);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
