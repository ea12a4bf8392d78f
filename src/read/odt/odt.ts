import {
  type Block,
  type Document,
  type Metadata,
  ReadError,
  type ReadLimits,
  type Source,
} from '../document.ts';
import { decodeXml, parseXml, XmlError } from '../docx/xml.ts';
import { openZip, type Zip } from '../zip.ts';
import { OdtText, type Zeros } from './odt-text.ts';
import { collectStyles, type TextStyles } from './text-styles.ts';

/**
 * Reads OpenDocument text (ODT) from content.xml: paragraphs, tables with
 * merged and repeated cells, footnotes, text boxes, pictures. Hidden and deleted text is left out, and so are hidden
 * sheets, rows and columns of a spreadsheet; a number shows as the text that its cell has for it.
 *
 * Throws `encrypted`, `corrupt`, `too_large`, `unsupported` (a DOCTYPE).
 */
export async function readOdt(source: Source, limits: ReadLimits): Promise<Document> {
  if (source.bytes.length > limits.inputBytes)
    throw new ReadError('too_large', `${source.name}: larger than ${limits.inputBytes} bytes.`);
  const zip = openZip(source.bytes, limits);
  if (zip.has('META-INF/manifest.xml') && part(zip, 'META-INF/manifest.xml').includes('encryption-data'))
    throw new ReadError(
      'encrypted',
      `${source.name} is protected by a password; ask the publisher for an open copy`,
    );
  if (!zip.has('content.xml'))
    throw new ReadError('corrupt', `${source.name} is an OpenDocument file without its content`);
  const content = part(zip, 'content.xml');
  const styles: TextStyles = new Map();
  try {
    if (zip.has('styles.xml')) collectStyles(part(zip, 'styles.xml'), styles, limits.xmlDepth);
    collectStyles(content, styles, limits.xmlDepth);
    const text = new OdtText(styles, zerosOf(zip), zip, limits);
    parseXml(content, text, limits.xmlDepth);
    const blocks: Block[] = text.finish();
    return {
      container: 'odt',
      reader: 'odt/content',
      blocks,
      charts: [],
      pictures: text.pictures,
      metadata: metadata(zip, limits),
      notes: [],
      pages: null,
    };
  } catch (error) {
    if (error instanceof XmlError)
      throw new ReadError('corrupt', `${source.name}: its XML is damaged (${error.message})`, {
        cause: error,
      });
    throw error;
  }
}

/** Control characters are not allowed in XML, and occur; the text loses nothing without them. */
function part(zip: Zip, name: string): string {
  return decodeXml(zip.read(name), name).replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, '');
}

/** From the settings that a spreadsheet keeps beside its content: the text of a cell has a zero that no page shows. */
function zerosOf(zip: Zip): Zeros {
  if (!zip.has('settings.xml')) return 'shown';
  const said = new Set<string>();
  for (const [, value] of part(zip, 'settings.xml').matchAll(
    /config:name="ShowZeroValues"[^<>]*>\s*(true|false)\s*</g,
  ))
    said.add(value!);
  if (!said.has('false')) return 'shown';
  return said.has('true') ? 'unsure' : 'hidden';
}

function metadata(zip: Zip, limits: ReadLimits): Metadata[] {
  if (!zip.has('meta.xml')) return [];
  const found: Metadata[] = [];
  let name: string | null = null;
  parseXml(
    part(zip, 'meta.xml'),
    {
      open(tag) {
        name = /^(?:dc|meta):(?!user-defined|document-statistic)/.test(tag) ? tag.replace(/^\w+:/, '') : null;
      },
      close() {
        name = null;
      },
      text(value) {
        if (name !== null && value.trim() !== '') found.push({ name, value: value.trim() });
      },
    },
    limits.xmlDepth,
  );
  return found;
}
