import { existsSync } from 'node:fs';
import {
  type Container,
  DEFAULT_LIMITS,
  type Document,
  ReadError,
  type ReadLimits,
  type Source,
} from './document.ts';
import { isEncryptedPackage, sniff } from './sniff.ts';

type Reader = (source: Source, limits: ReadLimits) => Document | Promise<Document>;

/** Readers by container; each is loaded when its container turns up, since together they cost half a second. */
const READERS: Record<Exclude<Container, 'archive'>, { file: string; name: string }> = {
  docx: { file: './docx/docx', name: 'readDocx' },
  html: { file: './html/html', name: 'readHtml' },
  text: { file: './text/text', name: 'readText' },
  pdf: { file: './pdf/pdf', name: 'readPdf' },
  ofd: { file: './ofd/ofd', name: 'readOfd' },
  doc: { file: './doc/doc', name: 'readDoc' },
  rtf: { file: './rtf/rtf', name: 'readRtf' },
  odt: { file: './odt/odt', name: 'readOdt' },
  spreadsheet: { file: './spreadsheet/spreadsheet', name: 'readSpreadsheet' },
  picture: { file: './scan/picture', name: 'readPicture' },
};

/**
 * Reads a document of any container; the content decides which, never the name.
 * @throws {ReadError} and nothing else: every document that cannot be read safely says why in `failure`.
 */
export async function readDocument(source: Source, limits: ReadLimits = DEFAULT_LIMITS): Promise<Document> {
  const { bytes, name } = source;
  if (bytes.length > limits.inputBytes)
    throw new ReadError(
      'too_large',
      `${name} has ${bytes.length} bytes, more than the ${limits.inputBytes} allowed`,
    );
  if (bytes.length === 0) throw new ReadError('corrupt', `${name} is empty; download it again`);
  const container = sniff(bytes);
  if (container === 'unknown')
    throw new ReadError(
      'unsupported',
      `${name} is none of the formats that can be read (HTML, DOCX, DOC, RTF, ODT, PDF, OFD, text, spreadsheets, pictures)`,
    );
  if (container === 'archive')
    throw new ReadError('unsupported', `${name} is an archive; read the documents inside it one by one`);
  if (isEncryptedPackage(bytes))
    throw new ReadError('encrypted', `${name} is protected by a password; save it without one`);
  const read = await load(container);
  try {
    return await read(source, limits);
  } catch (error) {
    if (error instanceof ReadError) throw error;
    if (error instanceof RangeError)
      throw new ReadError('too_large', `${name} is nested or repeated beyond what can be read`, {
        cause: error,
      });
    const why = error instanceof Error ? error.message : String(error);
    throw new ReadError('corrupt', `${name} could not be read as ${container}: ${why}`, { cause: error });
  }
}

const loaded = new Map<Container, Reader>();

async function load(container: Exclude<Container, 'archive'>): Promise<Reader> {
  const known = loaded.get(container);
  if (known) return known;
  const { file, name } = READERS[container];
  const url = new URL(file + (import.meta.url.endsWith('.ts') ? '.ts' : '.js'), import.meta.url);
  if (!existsSync(url)) throw new ReadError('unsupported', `no reader for ${container} is installed`);
  const reader = ((await import(url.href)) as Record<string, Reader>)[name];
  if (!reader) throw new ReadError('unsupported', `no reader for ${container} is installed`);
  loaded.set(container, reader);
  return reader;
}
