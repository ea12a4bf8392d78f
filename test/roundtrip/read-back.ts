import { extractReport } from '../../src/extract/extract.ts';
import type { Report } from '../../src/extract/report.ts';
import { readDocument } from '../../src/read/read.ts';

/** Reads and extracts bytes as the program does; `name` has no extension, since the content decides. */
export async function readBack(bytes: Uint8Array, name = 'document'): Promise<Report> {
  const document = await readDocument({ bytes, name });
  return extractReport(document, { document: name });
}
