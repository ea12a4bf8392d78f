import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReadError } from '../../src/read/document.ts';
import { type PartHandler, streamPart } from '../../src/read/docx/scan.ts';
import { decodeXml, parseXml, XmlError, type XmlHandler } from '../../src/read/docx/xml.ts';

type Event = readonly unknown[];

/** Neighbouring pieces of text are one, and white space outside the root is none: saxes reports some of it. */
function recorder(): { events: Event[]; handler: XmlHandler } {
  const events: Event[] = [];
  let text = '';
  let depth = 0;
  const flush = () => {
    if (text !== '') events.push(['text', text]);
    text = '';
  };
  return {
    events,
    handler: {
      open(name, attributes) {
        flush();
        depth++;
        events.push(['open', name, Object.entries(attributes)]);
      },
      close(name) {
        flush();
        depth--;
        events.push(['close', name]);
      },
      text(part) {
        if (depth > 0) text += part;
      },
    },
  };
}

function outcome(read: (handler: XmlHandler) => void): { events: Event[]; failure: string | null } {
  const { events, handler } = recorder();
  try {
    read(handler);
    return { events, failure: null };
  } catch (error) {
    if (error instanceof XmlError) return { events: [], failure: 'not well-formed' };
    if (error instanceof ReadError) return { events: [], failure: error.failure };
    throw error;
  }
}

const DEPTH = 12;
const scanned = (bytes: Uint8Array) => outcome((handler) => streamPart(bytes, 'part', handler, DEPTH));
const parsed = (bytes: Uint8Array) =>
  outcome((handler) => parseXml(decodeXml(bytes, 'part'), handler, DEPTH));
const encode = (xml: string) => new TextEncoder().encode(xml);

const name = fc.constantFrom('w:p', 'w:t', 'w:rPr', 'w:sz', 'a', 'x:y-1', 'w:gridSpan', 'mc:Choice');
const space = fc.constantFrom('', '', ' ', '\n', '\t ', '\r\n');
const gap = fc.constantFrom(' ', ' ', '  ', '\n', '\r\n\t');
const piece = fc.constantFrom(
  '12',
  '〇',
  'é',
  '𠮷',
  '&amp;',
  '&#x4e00;',
  '&#51;',
  '&lt;',
  '>',
  "'",
  '\r\n',
  '\t',
  ' ',
  '!',
  '?',
);
const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
const attribute = fc
  .tuple(fc.constantFrom('w:val', 'w:id', 'w14:paraId', 'xml:space', 'b'), text, fc.boolean(), space, space)
  .map(([key, value, single, before, after]) => {
    const quote = single ? "'" : '"';
    return `${key}${before}=${after}${quote}${value.replaceAll(quote, '')}${quote}`;
  });
const attributes = fc
  .tuple(
    fc.uniqueArray(attribute, { maxLength: 3, selector: (written) => written.split(/[\s=]/)[0] }),
    gap,
    space,
  )
  .map(([all, before, after]) => all.map((one) => before + one).join('') + after);
const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.tuple(name, attributes).map(([tag, written]) => `<${tag}${written}/>`),
    fc
      .tuple(name, attributes, fc.array(fc.oneof(text, tie('element')), { maxLength: 4 }), space)
      .map(([tag, written, children, end]) => `<${tag}${written}>${children.join('')}</${tag}${end}>`),
  ),
}));
const document = fc
  .tuple(
    fc.constantFrom(
      '',
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n',
      "<?xml version='1.0'?>",
      '\ufeff',
      '\ufeff<?xml version="1.0" encoding="utf-8"?>',
    ),
    element,
    space,
  )
  .map((parts) => parts.join(''));

describe('the scanner of Office parts', () => {
  it('reports what the general parser reports', () => {
    fc.assert(
      fc.property(document, (xml) => {
        const expected = parsed(encode(xml));
        expect(scanned(encode(xml))).toEqual(expected);
      }),
      { seed: 20240115, numRuns: 1500 },
    );
  });

  it('reports the rest alike where elements are ignored, or their attributes are not asked for', () => {
    const ignored = new Set(['w:rPr', 'w:sz', 'mc:Choice']);
    const bare = new Set(['w:t', 'x:y-1']);
    const wanted = ({ open, close, text }: XmlHandler): PartHandler => ({
      ignored,
      bare,
      open: (name, attributes) => ignored.has(name) || open(name, bare.has(name) ? {} : attributes),
      close: (name) => ignored.has(name) || close?.(name),
      text: (part) => text?.(part),
    });
    const read = (by: (handler: PartHandler) => void) => outcome((h) => by(wanted(h)));
    const quoted = `<w:p><w:t w:val='">' w:id="1"/><w:sz w:val='12">'>1</w:sz><w:t w:val=">">2</w:t></w:p>`;
    fc.assert(
      fc.property(document, (xml) => {
        const bytes = encode(xml);
        expect(read((h) => streamPart(bytes, 'part', h, DEPTH))).toEqual(
          read((h) => parseXml(decodeXml(bytes, 'part'), h, DEPTH)),
        );
      }),
      { seed: 20240117, numRuns: 1500, examples: [[quoted]] },
    );
  });

  it('refuses what the general parser refuses, and accepts nothing else, in documents that were damaged', () => {
    const damage = fc.record({
      at: fc.nat(),
      cut: fc.nat({ max: 3 }),
      insert: fc.constantFrom(
        '',
        '<',
        '>',
        '/',
        '"',
        "'",
        '=',
        '&',
        ';',
        ' ',
        ']]>',
        '<!--',
        '-->',
        '<?x?>',
        '<![CDATA[1]]>',
        '\u0001',
        '\uffff',
        '</w:p>',
        '<a>',
        'w:',
      ),
    });
    let refused = 0;
    let accepted = 0;
    fc.assert(
      fc.property(document, damage, (xml, { at, cut, insert }) => {
        const place = at % (xml.length + 1);
        const bytes = encode(xml.slice(0, place) + insert + xml.slice(place + cut));
        const expected = parsed(bytes);
        if (expected.failure === null) accepted++;
        else refused++;
        expect(scanned(bytes)).toEqual(expected);
      }),
      { seed: 20240115, numRuns: 4000 },
    );
    expect(Math.min(refused, accepted)).toBeGreaterThan(300);
  });

  it('translates the prefixes that a root binds for itself', () => {
    const xml =
      '<x:document xmlns:x="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><x:p x:id="1"/></x:document>';
    expect(scanned(encode(xml)).events).toContainEqual(['open', 'w:p', [['w:id', '1']]]);
  });

  it('leaves out ignored elements and the attributes of bare ones, and still reports the children', () => {
    const { events, handler } = recorder();
    const xml = `<a><b c="1>2" d='3'><e f="5"><g h="/>">6</g></e></b><b/><g h='>'/></a>`;
    const sets = { ignored: new Set(['b']), bare: new Set(['g']) };
    streamPart(encode(xml), 'part', { ...handler, ...sets }, DEPTH);
    expect(events.map(([kind, name]) => `${kind} ${name}`)).toEqual([
      'open a',
      'open e',
      'open g',
      'text 6',
      'close g',
      'close e',
      'open g',
      'close g',
      'close a',
    ]);
    expect(events[1]).toEqual(['open', 'e', [['f', '5']]]);
  });

  it('stops at the depth allowed', () => {
    const deep = `${'<a>'.repeat(DEPTH + 1)}${'</a>'.repeat(DEPTH + 1)}`;
    expect(scanned(encode(deep)).failure).toBe('too_large');
    expect(scanned(encode(deep.slice(3, -4))).failure).toBeNull();
  });
});
