import { isUtf8 } from 'node:buffer';
import { ReadError } from '../document.ts';
import { type Attributes, bindsOwnPrefixes, decodeXml, parseXml, XmlError, type XmlHandler } from './xml.ts';

export interface PartHandler extends XmlHandler {
  /** Elements that it does nothing about, which then need not be reported; their children are, unless named here too. */
  readonly ignored?: ReadonlySet<string>;
  /** Elements of which it reads no attribute. */
  readonly bare?: ReadonlySet<string>;
  /** Ignored elements that it wants to glance at all the same. */
  readonly glancedAt?: ReadonlySet<string>;
  /** Called with the element's name, the part, in Latin-1, and the place after the name. */
  glance?(name: string, xml: string, at: number): void;
}

const GREATER = 0x3e;
const SLASH = 0x2f;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const SPACE = 0x20;

const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(["'])1\.0\1(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(["'])[Uu][Tt][Ff]-8\2)?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(["'])(?:yes|no)\3)?[ \t\r\n]*\?>/;

/**
 * Streams a part of an Office package through a handler. Three quarters of a document made with WPS or Word are
 * formatting, and nearly all parts are nothing but tags and text in UTF-8: those are scanned here, from one `<` to the
 * next, and what is formatting is neither decoded nor reported. Any other part goes through the general parser, to the
 * same events.
 * @throws as `parseXml` does; the attributes of ignored and bare elements are not looked at.
 */
export function streamPart(bytes: Uint8Array, part: string, handler: PartHandler, maxDepth: number): void {
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset + mark, bytes.byteLength - mark);
  if (isUtf8(buffer)) {
    // One character for each byte, so that a place in the one is a place in the other. Every byte of a character beyond
    // ASCII is above 0x7f in UTF-8: none is taken for a tag.
    const xml = buffer.toString('latin1');
    const start = DECLARATION.exec(xml)?.[0].length ?? 0;
    if (isPlain(xml, start) && new Scanner(buffer, xml, handler, maxDepth).scan(start)) return;
  }
  parseXml(decodeXml(bytes, part), handler, maxDepth);
}

/** No comment, CDATA section, declaration or instruction; the single character is looked for first because that is faster. */
function isPlain(xml: string, start: number): boolean {
  return (
    !(xml.includes('!') && xml.includes('<!')) && !(xml.includes('?', start) && xml.includes('<?', start))
  );
}

class Scanner {
  private readonly bytes: Buffer;
  private readonly xml: string;
  private readonly handler: PartHandler;
  private readonly maxDepth: number;
  private readonly names: Names;
  /** Office writes none around values; anybody else may, and then a quote may stand within one. */
  private readonly apostrophes: boolean;
  private at = 0;

  /** @param xml the bytes as Latin-1. */
  constructor(bytes: Buffer, xml: string, handler: PartHandler, maxDepth: number) {
    this.bytes = bytes;
    this.xml = xml;
    this.handler = handler;
    this.maxDepth = maxDepth;
    this.apostrophes = xml.includes("'");
    this.names = new Names(
      xml,
      handler.ignored ?? NOTHING,
      handler.bare ?? NOTHING,
      handler.glancedAt ?? NOTHING,
    );
  }

  /** False, before any event, where the root binds prefixes of its own. */
  scan(start: number): boolean {
    const { bytes, xml, handler, maxDepth, names } = this;
    const open: Name[] = [];
    let rooted = false;
    this.at = start;
    for (;;) {
      const from = this.at;
      const less = xml.indexOf('<', from);
      if (less !== from) {
        const end = less < 0 ? xml.length : less;
        if (open.length > 0) {
          if (handler.text) handler.text(content(bytes.toString('utf8', from, end)));
        } else if (skipSpace(xml, from) < end) throw new XmlError('text outside the root element');
        if (less < 0) break;
      }
      if (xml.charCodeAt(less + 1) === SLASH) {
        const name = open.pop();
        if (!name || !xml.startsWith(name.written, less + 2))
          throw new XmlError(`unexpected close tag at ${less}`);
        const end = skipSpace(xml, less + 2 + name.written.length);
        if (xml.charCodeAt(end) !== GREATER) throw new XmlError(`unexpected close tag at ${less}`);
        this.at = end + 1;
        if (!name.ignored) handler.close?.(name.text);
        continue;
      }
      const name = names.at(less + 1);
      this.at = names.end;
      if (name.glancedAt) handler.glance?.(name.text, xml, this.at);
      const attributes =
        xml.charCodeAt(this.at) === GREATER || (name.bare && this.passAttributes())
          ? NO_ATTRIBUTES
          : this.attributes(name);
      if (open.length === 0) {
        if (rooted) throw new XmlError('more than one root element');
        rooted = true;
        if (bindsOwnPrefixes(attributes)) return false;
      }
      if (open.length >= maxDepth)
        throw new ReadError('too_large', `the XML is nested deeper than the ${maxDepth} levels allowed`);
      if (!name.ignored) handler.open(name.text, attributes);
      if (xml.charCodeAt(this.at) === SLASH) {
        if (xml.charCodeAt(this.at + 1) !== GREATER) throw new XmlError(`<${name.text}> is not closed`);
        this.at += 2;
        if (!name.ignored) handler.close?.(name.text);
      } else {
        this.at++;
        open.push(name);
      }
    }
    const unclosed = open.at(-1);
    if (unclosed) throw new XmlError(`<${unclosed.text}> is not closed`);
    if (!rooted) throw new XmlError('no root element');
    return true;
  }

  /** True where the tag ends at the next `>`, to which (or to the `/` before it) it then goes. */
  private passAttributes(): boolean {
    const { xml } = this;
    const greater = xml.indexOf('>', this.at);
    if (greater < 0) return false;
    const end = xml.charCodeAt(greater - 1) === SLASH ? greater - 1 : greater;
    // After anything but the end of a value, or of the name, it may be one inside a value.
    if (end !== this.at && !endsValue(xml, end - 1)) return false;
    if (this.apostrophes && xml.slice(this.at, end).includes("'")) return false;
    this.at = end;
    return true;
  }

  /** Goes to the `>` or `/` that ends the tag. */
  private attributes(element: Name): Attributes {
    const { bytes, xml, names } = this;
    let attributes = NO_ATTRIBUTES;
    for (;;) {
      const from = skipSpace(xml, this.at);
      const code = xml.charCodeAt(from);
      if (code === GREATER || code === SLASH) {
        this.at = from;
        return attributes;
      }
      if (from === this.at) throw new XmlError(`no space before an attribute of <${element.text}>`);
      const key = names.at(from).text;
      let at = skipSpace(xml, names.end);
      if (xml.charCodeAt(at) !== EQUALS) throw new XmlError(`${key} of <${element.text}> has no value`);
      at = skipSpace(xml, at + 1);
      const quote = xml.charCodeAt(at);
      if (quote !== QUOTE && quote !== APOSTROPHE)
        throw new XmlError(`${key} of <${element.text}> is not quoted`);
      const end = xml.indexOf(quote === QUOTE ? '"' : "'", at + 1);
      if (end < 0) throw new XmlError(`${key} of <${element.text}> does not end`);
      if (attributes === NO_ATTRIBUTES) attributes = {};
      else if (attributes[key] !== undefined) throw new XmlError(`<${element.text}> has ${key} twice`);
      const written = xml.slice(at + 1, end);
      attributes[key] = SIMPLE.test(written) ? written : attributeValue(bytes.toString('utf8', at + 1, end));
      this.at = end + 1;
    }
  }
}

/** A quote that may also begin a value is none. */
function endsValue(xml: string, at: number): boolean {
  const before = xml.charCodeAt(at - 1);
  return xml.charCodeAt(at) === QUOTE && before !== EQUALS && before > SPACE;
}

/** Values that are what is written. */
const SIMPLE = /^[\w .:/#-]*$/;

/** As `xml.startsWith(text, start)`, which costs twice as much for names of a few characters. */
function stands(text: string, xml: string, start: number): boolean {
  for (let at = 0; at < text.length; at++)
    if (text.charCodeAt(at) !== xml.charCodeAt(start + at)) return false;
  return true;
}

function skipSpace(xml: string, from: number): number {
  let at = from;
  for (;;) {
    const code = xml.charCodeAt(at);
    if (code !== SPACE && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at++;
  }
}

const NO_ATTRIBUTES: Attributes = Object.freeze({});
const NOTHING: ReadonlySet<string> = new Set();

/** XML 1.0, 2.3. */
const NAME =
  /^[:_A-Za-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\u{10000}-\u{effff}][-.:\w\xb7\xc0-\xd6\xd8-\xf6\xf8-\u037d\u037f-\u1fff\u200c-\u200d\u203f-\u2040\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\u{10000}-\u{effff}]*$/u;

interface Name {
  readonly text: string;
  /** As it stands in the part, in Latin-1. */
  readonly written: string;
  readonly hash: number;
  readonly ignored: boolean;
  /** Its attributes are not read; so of those ignored. */
  readonly bare: boolean;
  readonly glancedAt: boolean;
  /** What followed it when it was met last: formatting repeats itself, so that nearly always it does again. */
  next: Name | null;
}

const SLOTS = 256;

/** The names in a part: few, met thousands of times, and cut out of it once each. */
class Names {
  private readonly xml: string;
  private readonly ignored: ReadonlySet<string>;
  private readonly bare: ReadonlySet<string>;
  private readonly glancedAt: ReadonlySet<string>;
  private readonly known: (Name | undefined)[] = new Array(SLOTS);
  private last: Name = {
    text: '',
    written: '',
    hash: 0,
    ignored: false,
    bare: false,
    glancedAt: false,
    next: null,
  };
  /** The place after the name found last. */
  end = 0;

  constructor(
    xml: string,
    ignored: ReadonlySet<string>,
    bare: ReadonlySet<string>,
    glancedAt: ReadonlySet<string>,
  ) {
    this.xml = xml;
    this.glancedAt = glancedAt;
    this.ignored = ignored;
    this.bare = bare;
  }

  at(start: number): Name {
    const { xml } = this;
    const guess = this.last.next;
    if (guess) {
      const end = start + guess.written.length;
      if (endsName(xml.charCodeAt(end)) && stands(guess.written, xml, start)) {
        this.end = end;
        this.last = guess;
        return guess;
      }
    }
    const name = this.find(start);
    this.last.next = name;
    this.last = name;
    return name;
  }

  private find(start: number): Name {
    const { xml } = this;
    let hash = 0;
    let end = start;
    for (; end < xml.length; end++) {
      const code = xml.charCodeAt(end);
      if (endsName(code)) break;
      hash = (Math.imul(hash, 31) + code) | 0;
    }
    this.end = end;
    const slot = (hash ^ (hash >>> 11)) & (SLOTS - 1);
    const known = this.known[slot];
    if (
      known &&
      known.hash === hash &&
      known.written.length === end - start &&
      stands(known.written, xml, start)
    )
      return known;
    const written = xml.slice(start, end);
    const text = Buffer.from(written, 'latin1').toString('utf8');
    if (!NAME.test(text)) throw new XmlError(`${JSON.stringify(text.slice(0, 50))} is no name`);
    const ignored = this.ignored.has(text);
    const name: Name = {
      text,
      written,
      hash,
      ignored,
      bare: ignored || this.bare.has(text),
      glancedAt: this.glancedAt.has(text),
      next: null,
    };
    this.known[slot] = name;
    return name;
  }
}

function endsName(code: number): boolean {
  return code <= SPACE || code === GREATER || code === SLASH || code === EQUALS;
}

/** Line ends are one character to XML (2.11). */
function content(written: string): string {
  if (written.includes(']]>')) throw new XmlError(']]> in text');
  return resolved(written.includes('\r') ? written.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : written);
}

/** Every white space in an attribute is a space to XML (3.3.3), unless it is written as a reference. */
function attributeValue(written: string): string {
  if (written.includes('<')) throw new XmlError('an attribute holds <');
  return resolved(
    /[\t\r\n]/.test(written) ? written.replaceAll('\r\n', ' ').replace(/[\t\r\n]/g, ' ') : written,
  );
}

/** What XML 1.0 admits to no document. */
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function resolved(text: string): string {
  if (FORBIDDEN.test(text)) throw new XmlError('a character that XML does not admit');
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&]*)(;?)/g, (reference, name: string, end: string) => {
    const character = end === '' ? undefined : referenced(name);
    if (character === undefined) throw new XmlError(`${reference.slice(0, 20)} is no reference`);
    return character;
  });
}

function referenced(name: string): string | undefined {
  if (!name.startsWith('#')) return Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
  const number = /^#(?:x([\da-fA-F]+)|(\d+))$/.exec(name);
  if (!number) return undefined;
  const code = number[1] ? Number.parseInt(number[1], 16) : Number.parseInt(number[2] as string, 10);
  const allowed =
    code === 0x09 ||
    code === 0x0a ||
    code === 0x0d ||
    (code >= 0x20 && code < 0xd800) ||
    (code >= 0xe000 && code < 0xfffe) ||
    (code >= 0x10000 && code <= 0x10ffff);
  return allowed ? String.fromCodePoint(code) : undefined;
}
