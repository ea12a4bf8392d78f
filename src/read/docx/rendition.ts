import { DEFAULT_LIMITS, type Document, ReadError, type ReadLimits, type Source } from '../document.ts';
import { readPage } from '../html/html.ts';
import { openZip } from '../zip.ts';

/** mammoth builds the whole document as objects: some two hundred bytes of memory for each byte of XML. */
const MOST_XML = 8 * 2 ** 20;

/**
 * The document as readable HTML, for people to look at beside the numbers. It is not sanitised, and it is no source of
 * numbers: hidden text and struck digits look like any other in it.
 * @throws {ReadError}
 */
export async function renderDocx(source: Source, limits: ReadLimits = DEFAULT_LIMITS): Promise<string> {
  const zip = openZip(source.bytes, limits);
  let xml = 0;
  for (const name of zip.names) {
    if (!/\.(?:xml|rels)$/i.test(name)) continue;
    const part = zip.read(name);
    xml += part.length;
    if (xml > MOST_XML)
      throw new ReadError(
        'too_large',
        `the document has more than ${MOST_XML} bytes of XML, too many to render`,
      );
    if (
      /<!(?:DOCTYPE|ENTITY)/.test(Buffer.from(part.buffer, part.byteOffset, part.length).toString('latin1'))
    )
      throw new ReadError('unsupported', `${name} carries a DOCTYPE, which no Office program writes`);
  }
  const { default: mammoth } = await import('mammoth');
  try {
    const { value } = await mammoth.convertToHtml(
      { buffer: Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength) },
      { externalFileAccess: false, includeDefaultStyleMap: true },
    );
    return value;
  } catch (error) {
    if (error instanceof RangeError)
      throw new ReadError('too_large', 'the document is nested too deeply to render', { cause: error });
    const why = error instanceof Error ? error.message : String(error);
    throw new ReadError('corrupt', `the document cannot be rendered: ${why}`, { cause: error });
  }
}

/**
 * The second reader, for documents whose XML is not well-formed. Everything is `inferred`: mammoth shows hidden runs
 * and drops what it does not know.
 */
export async function readThroughMammoth(source: Source, limits: ReadLimits, why: string): Promise<Document> {
  const html = await renderDocx(source, limits);
  const page = await readPage(html, limits, 'inferred');
  if (page.blocks.length === 0) throw new ReadError('corrupt', `the XML of the document is damaged: ${why}`);
  return {
    container: 'docx',
    reader: 'docx/mammoth',
    blocks: page.blocks,
    charts: [],
    pictures: [],
    metadata: [],
    notes: [{ code: 'xml_not_well_formed', detail: why, location: null }, ...page.notes],
    pages: null,
  };
}
