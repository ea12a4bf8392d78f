import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';
import { PNG } from 'pngjs';
import { renderDocx } from '../render/docx.ts';
import { htmlText } from '../render/html.ts';
import { renderPdf } from '../render/pdf.ts';
import type { ReportRecord } from '../render/record.ts';

/**
 * How a report is published: as text of the page, or as files that the page links. `twins`: the same report as PDF
 * and as DOCX. `picture`: an image in the text; a converter draws it, without one it is a ruled sheet that nobody can
 * read. `doc`, `rtf`, `odt` and `ofd` need a converter (`SiteOptions.convert`).
 */
export type Container = 'html' | 'docx' | 'wps' | 'zip' | 'pdf' | 'twins' | 'picture' | Converted;

type Converted = 'doc' | 'rtf' | 'odt' | 'ofd';

/** Makes another container of a DOCX file. */
export type Converter = (docx: Uint8Array, extension: Converted | 'png') => Uint8Array;

/** A file of an article. `bytes` is rendered on demand and never kept. */
export interface ReportFile {
  /** The name that the page shows. */
  readonly name: string;
  readonly extension: string;
  readonly contentType: string;
  bytes(): Uint8Array;
}

const contentTypes: Readonly<Record<string, string>> = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  wps: 'application/vnd.ms-works',
  zip: 'application/zip',
  pdf: 'application/pdf',
  doc: 'application/msword',
  rtf: 'application/rtf',
  odt: 'application/vnd.oasis.opendocument.text',
  ofd: 'application/ofd',
  png: 'image/png',
};

/** The files of a report published in a container; `html` has none. The record is only asked for by `bytes`. */
export function reportFiles(
  record: () => ReportRecord,
  container: Container,
  name: string,
  convert: Converter | undefined,
): ReportFile[] {
  const file = (extension: string, bytes: () => Uint8Array): ReportFile => ({
    name: `${name}.${extension}`,
    extension,
    contentType: contentTypes[extension] ?? 'application/octet-stream',
    bytes,
  });
  const docx = () => renderDocx(record());
  const pdf = () => renderPdf(record());
  switch (container) {
    case 'html':
      return [];
    case 'docx':
    // Current WPS writes the OOXML package under its own extension.
    case 'wps':
      return [file(container, docx)];
    case 'zip':
      return [file('zip', () => zipSync({ 'report.docx': docx() }, { mtime: new Date(2024, 0, 2) }))];
    case 'pdf':
      return [file('pdf', pdf)];
    case 'twins':
      return [file('pdf', pdf), file('docx', docx)];
    case 'picture':
      return [file('png', () => (convert ? convert(docx(), 'png') : ruledSheet(record())))];
    default: {
      if (!convert) throw new Error(`a site with ${container} files needs SiteOptions.convert`);
      return [file(container, () => convert(docx(), container))];
    }
  }
}

/** A white sheet with the rules of a table, other rules for another record. */
function ruledSheet(record: ReportRecord): Uint8Array {
  const digest = createHash('sha256').update(JSON.stringify(record)).digest();
  const image = new PNG({ width: 400, height: 300 });
  image.data.fill(255);
  const ink = (x: number, y: number) => image.data.fill(0, (y * 400 + x) * 4, (y * 400 + x) * 4 + 3);
  for (let rule = 0; rule < 12; rule += 1) {
    const y = 20 + rule * 22 + (digest[rule]! % 8);
    for (let x = 20; x < 380; x += 1) ink(x, y);
  }
  for (let x = 20; x < 400; x += 90) for (let y = 20; y < 270; y += 1) ink(x, y);
  return PNG.sync.write(image);
}

/** The report as the inside of an article: paragraphs and tables, without title and date. */
export function reportHtml(record: ReportRecord): string {
  const page = htmlText(record);
  const from = page.indexOf('<body>') + '<body>'.length;
  return page
    .slice(from, page.lastIndexOf('</body>'))
    .replace(/^\s*<h1>.*?<\/h1>\s*/s, '')
    .replace(/^\s*<p>发布日期：.*?<\/p>\s*/s, '');
}
