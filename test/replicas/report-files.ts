import { zipSync } from 'fflate';
import { renderDocx } from '../render/docx.ts';
import { htmlText } from '../render/html.ts';
import type { ReportRecord } from '../render/record.ts';

/** How a report is published: as text of the page, or as files that the page links. */
export type Container = 'html' | 'docx' | 'wps' | 'zip';

/** A file of an article. `bytes` is rendered on demand and never kept. */
export interface ReportFile {
  /** The name that the page shows. */
  readonly name: string;
  readonly extension: string;
  readonly contentType: string;
  bytes(): Uint8Array;
}

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/** The files of a report published in a container; `html` has none. */
export function reportFiles(record: ReportRecord, container: Container, name: string): ReportFile[] {
  switch (container) {
    case 'html':
      return [];
    case 'docx':
      return [
        { name: `${name}.docx`, extension: 'docx', contentType: DOCX, bytes: () => renderDocx(record) },
      ];
    case 'wps':
      // Current WPS writes the OOXML package under its own extension.
      return [
        {
          name: `${name}.wps`,
          extension: 'wps',
          contentType: 'application/vnd.ms-works',
          bytes: () => renderDocx(record),
        },
      ];
    case 'zip':
      return [
        {
          name: `${name}.zip`,
          extension: 'zip',
          contentType: 'application/zip',
          bytes: () => zipSync({ 'report.docx': renderDocx(record) }, { mtime: new Date(2024, 0, 2) }),
        },
      ];
  }
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
