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
const READERS: Readonly<Record<Exclude<Container, 'archive'>, () => Promise<Reader>>> = {
  docx: async () => (await import('./docx/docx.ts')).readDocx,
  html: async () => (await import('./html/html.ts')).readHtml,
  text: async () => (await import('./text/text.ts')).readText,
  pdf: async () => (await import('./pdf/pdf.ts')).readPdf,
  ofd: async () => (await import('./ofd/ofd.ts')).readOfd,
  doc: async () => (await import('./doc/doc.ts')).readDoc,
  rtf: async () => (await import('./rtf/rtf.ts')).readRtf,
  odt: async () => (await import('./odt/odt.ts')).readOdt,
  spreadsheet: async () => (await import('./spreadsheet/spreadsheet.ts')).readSpreadsheet,
  picture: async () => (await import('./scan/picture.ts')).readPicture,
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
  const read = await READERS[container]();
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
