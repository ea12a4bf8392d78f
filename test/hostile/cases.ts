import { deflateSync } from 'node:zlib';
import type { LimitName } from '../../scripts/make-limits-doc.ts';
import type { Outcome } from '../../src/extract/report.ts';
import { bodyOf, districtName } from '../render/bodies.ts';
import { PLAIN_DOCX, renderDocx } from '../render/docx.ts';
import { renderHtml } from '../render/html.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { renderPdf } from '../render/pdf.ts';
import { PdfWriter } from '../render/pdf-writer.ts';
import { renderText } from '../render/text.ts';
import { docx, pdf, png, stream, zip } from './containers.ts';

/** A file meant to harm its reader, and what must become of it. */
export interface HostileCase {
  /** File name; its ending may lie. */
  readonly name: string;
  readonly shows: string;
  /** The limit that it runs into; null where none is at stake. */
  readonly limit: LimitName | null;
  /** Any of these; of an archive: of its members too. */
  readonly outcome: readonly Outcome[];
  /** What the reason must say, so that a file is not refused for another fault than its own. */
  readonly reason?: RegExp;
  readonly bytes: () => Uint8Array;
  /** Kept in fixtures/hostile/; the others are too large and are made when the test runs. */
  readonly kept: boolean;
}

const REPORT = inventReport(8, bodyOf(districtName(3), 5), 2023, NOTICE, 400);
const report = {
  docx: () => renderDocx(REPORT, PLAIN_DOCX),
  pdf: () => renderPdf(REPORT),
  html: () => renderHtml(REPORT),
  text: () => Buffer.from(renderText(REPORT, 'tabs')),
};
const MIB = 2 ** 20;
const paragraph = (text: string) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;
const html = (body: string) =>
  Buffer.from(`<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>${body}</body></html>`);
const PAGES = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Count 1 /Kids [3 0 R] >>'];
const PAGE = '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>';

export const HOSTILE: readonly HostileCase[] = [
  // Sizes
  {
    name: 'empty.docx',
    shows: 'no bytes at all',
    limit: null,
    outcome: ['corrupt'],
    reason: /empty/,
    bytes: () => new Uint8Array(0),
    kept: true,
  },
  {
    name: 'bomb-flat.docx',
    shows: '64 MiB of blanks in one part of 64 KB',
    limit: 'inflateRatio',
    outcome: ['too_large'],
    reason: /inflates \d+ times/,
    bytes: () => docx(paragraph(' '.repeat(64 * MIB))),
    kept: true,
  },
  {
    name: 'bomb-flat.zip',
    shows: 'the same as an archive of pages',
    limit: 'inflateRatio',
    outcome: ['too_large'],
    reason: /inflates \d+ times/,
    bytes: () => zip([{ name: 'a.html', data: html(' '.repeat(64 * MIB)) }]),
    kept: true,
  },
  {
    name: 'bomb-nested.zip',
    shows: 'an archive of archives of archives',
    limit: 'nesting',
    outcome: ['unsupported'],
    bytes: () => nested(4),
    kept: true,
  },
  {
    name: 'lying-size.docx',
    shows: 'a part that declares 1,000 bytes and holds 16 MiB',
    limit: 'inflatedBytes',
    outcome: ['corrupt'],
    reason: /size it declares/,
    bytes: () =>
      zip([
        { name: '[Content_Types].xml', data: Buffer.from('<Types/>') },
        { name: 'word/document.xml', data: Buffer.from(' '.repeat(16 * MIB)), declared: 1000 },
      ]),
    kept: true,
  },
  {
    name: 'lying-size-larger.docx',
    shows: 'a part that declares 3 GiB and holds nothing',
    limit: 'inflatedBytes',
    outcome: ['too_large'],
    bytes: () =>
      zip([
        { name: '[Content_Types].xml', data: Buffer.from('<Types/>') },
        { name: 'word/document.xml', data: Buffer.from('<w:document/>'), declared: 3 * 2 ** 30 },
      ]),
    kept: true,
  },
  {
    name: 'inflates-300-mib.docx',
    shows: '280 MiB that compress little better than text does',
    limit: 'inflatedBytes',
    outcome: ['too_large'],
    reason: /would inflate/,
    bytes: inflatesBeyond,
    kept: false,
  },
  {
    name: 'overlapping.zip',
    shows: 'twice the same name',
    limit: null,
    outcome: ['corrupt'],
    reason: /more than once/,
    bytes: () =>
      zip([
        { name: 'word/document.xml', data: Buffer.from('<a/>') },
        { name: 'word/document.xml', data: Buffer.from('<b/>') },
      ]),
    kept: true,
  },
  {
    name: 'entries.zip',
    shows: '6,000 entries',
    limit: 'archiveEntries',
    outcome: ['too_large'],
    reason: /6000 entries/,
    bytes: () =>
      zip(
        Array.from({ length: 6000 }, (_, i) => ({ name: `${i}.html`, data: Buffer.from('x'), stored: true })),
      ),
    kept: false,
  },
  {
    name: 'sparse-1-gib.pdf',
    shows: '1 GiB of which nothing is on the disk',
    limit: 'inputBytes',
    outcome: ['too_large'],
    reason: /inputBytes/,
    bytes: () => Buffer.from('%PDF-1.7\n'),
    kept: false,
  },
  // XML
  {
    name: 'controls-20000.docx',
    shows: '20,000 content controls in one another',
    limit: 'xmlDepth',
    outcome: ['too_large'],
    reason: /nested deeper/,
    bytes: () =>
      docx(
        `${'<w:sdt><w:sdtContent>'.repeat(20_000)}${paragraph('1')}${'</w:sdtContent></w:sdt>'.repeat(20_000)}`,
      ),
    kept: true,
  },
  {
    name: 'billion-laughs.docx',
    shows: 'entities that unfold to 10⁹ characters',
    limit: null,
    outcome: ['unsupported'],
    reason: /DOCTYPE/,
    bytes: () => docx(paragraph('&l9;'), laughs('w:document')),
    kept: true,
  },
  {
    name: 'external-entity.docx',
    shows: 'an entity that names /etc/passwd',
    limit: null,
    outcome: ['unsupported'],
    reason: /DOCTYPE/,
    bytes: () => docx(paragraph('&x;'), '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    kept: true,
  },
  {
    name: 'billion-laughs.xlsx',
    shows: 'the same in a workbook',
    limit: null,
    outcome: ['unsupported', 'corrupt'],
    bytes: () => xlsx(laughs('workbook')),
    kept: true,
  },
  {
    name: 'billion-laughs.odt',
    shows: 'the same in an OpenDocument text',
    limit: null,
    outcome: ['unsupported', 'corrupt'],
    bytes: () =>
      odt(`${laughs('office:document-content')}<office:document-content>&l9;</office:document-content>`),
    kept: true,
  },
  {
    name: 'billion-laughs.ofd',
    shows: 'the same in an OFD',
    limit: null,
    outcome: ['unsupported', 'corrupt'],
    bytes: () =>
      zip([{ name: 'OFD.xml', data: Buffer.from(`<?xml version="1.0"?>${laughs('OFD')}<OFD>&l9;</OFD>`) }]),
    kept: true,
  },
  {
    name: 'billion-laughs.html',
    shows: 'the same in a page: browsers do not know such entities',
    limit: null,
    outcome: ['not_a_report', 'no_tables', 'corrupt', 'unsupported'],
    bytes: () => Buffer.from(`${laughs('html')}<html><body><p>&l9;</p></body></html>`),
    kept: true,
  },
  // Nesting, cells, spans
  {
    name: 'divs-100000.html',
    shows: '100,000 nested div',
    limit: 'nesting',
    outcome: ['too_large'],
    reason: /nested deeper/,
    bytes: () => html('<div>'.repeat(100_000)),
    kept: false,
  },
  {
    name: 'divs-1000.html',
    shows: '1,000 nested div',
    limit: 'nesting',
    outcome: ['too_large'],
    reason: /nested deeper/,
    bytes: () => html('<div>'.repeat(1000)),
    kept: true,
  },
  {
    name: 'groups-5000.rtf',
    shows: '5,000 nested groups',
    limit: 'nesting',
    outcome: ['too_large'],
    reason: /nests groups/,
    bytes: () => Buffer.from(`{\\rtf1 ${'{'.repeat(5000)}x${'}'.repeat(5000)}}`),
    kept: true,
  },
  {
    name: 'rows-60000.html',
    shows: 'a table of 60,000 rows',
    limit: 'cells',
    outcome: ['too_large'],
    reason: /table cells/,
    bytes: () => html(`<table>${'<tr><td>1<td>2<td>3<td>4'.repeat(60_000)}</table>`),
    kept: false,
  },
  {
    name: 'rows-60000.docx',
    shows: 'the same as DOCX',
    limit: 'cells',
    outcome: ['too_large'],
    bytes: () => docx(`<w:tbl>${numberedRows(60_000)}</w:tbl>`),
    kept: false,
  },
  {
    name: 'rows-60000.txt',
    shows: 'the same as text',
    limit: 'cells',
    outcome: ['too_large'],
    bytes: () => Buffer.from(Array.from({ length: 60_000 }, (_, i) => `${i}\t2\t3\t4\t5\n`).join('')),
    kept: false,
  },
  {
    name: 'colspan-1e9.html',
    shows: 'a cell over 10⁹ columns',
    limit: 'cells',
    outcome: ['not_a_report', 'no_tables', 'too_large'],
    bytes: () => html(`<p>年度报告</p><table><tr><td colspan=1000000000 rowspan=1000000000>1<td>2</table>`),
    kept: true,
  },
  {
    name: 'spans-multiply.html',
    shows: 'fifty cells of 65,534 rows by 1,000 columns',
    limit: 'cells',
    outcome: ['not_a_report', 'no_tables', 'too_large'],
    bytes: () => html(`<table>${'<tr><td rowspan=65534 colspan=1000>1'.repeat(50)}</table>`),
    kept: true,
  },
  {
    name: 'gridspan-2e9.docx',
    shows: 'a cell over two billion columns',
    limit: 'cells',
    outcome: ['not_a_report', 'no_tables', 'too_large'],
    bytes: () =>
      docx(
        `<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr>${paragraph('1')}</w:tc><w:tc>${paragraph('2')}</w:tc></w:tr></w:tbl>`,
      ),
    kept: true,
  },
  {
    name: 'repeated-columns.ods',
    shows: 'a row repeated 10⁹ times',
    limit: 'cells',
    outcome: ['too_large', 'not_a_report', 'no_tables', 'unsupported', 'corrupt'],
    bytes: () =>
      ods(
        '<table:table table:name="a"><table:table-row table:number-rows-repeated="1000000000"><table:table-cell table:number-columns-repeated="1000000000" office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row></table:table>',
      ),
    kept: true,
  },
  {
    name: 'far-cell.xlsx',
    shows: 'one cell at XFD1048576',
    limit: 'cells',
    outcome: ['too_large', 'not_a_report', 'no_tables'],
    bytes: () =>
      xlsx(
        '',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
      ),
    kept: true,
  },
  {
    name: 'conditions-multiply.xlsx',
    shows: '30,000 rules for each of 600,000 references in a single conditional format',
    limit: null,
    outcome: ['not_a_report', 'no_tables'],
    bytes: () =>
      xlsx(
        '',
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>',
        `<conditionalFormatting sqref="${Array.from({ length: 600_000 }, (_, i) => `A${(i * 7919) % 1_000_003}`).join(' ')}">${'<cfRule type="dataBar"><dataBar showValue="0"/></cfRule>'.repeat(30_000)}</conditionalFormatting>`,
      ),
    kept: false,
  },
  // PDF
  {
    name: 'flate-bomb.pdf',
    shows: 'a page content of 256 MiB in 256 KB',
    limit: 'memoryBytes',
    outcome: ['too_large', 'timed_out', 'not_a_report', 'no_tables'],
    bytes: () =>
      pdf([
        ...PAGES,
        PAGE,
        stream('/Filter /FlateDecode', deflateSync(Buffer.alloc(256 * MIB, 0x20), { level: 9 })),
      ]),
    kept: true,
  },
  {
    name: 'flate-bomb-twice.pdf',
    shows: 'the same, packed twice',
    limit: 'memoryBytes',
    outcome: ['too_large', 'timed_out', 'not_a_report', 'no_tables'],
    bytes: () =>
      pdf([
        ...PAGES,
        PAGE,
        stream(
          '/Filter [/FlateDecode /FlateDecode]',
          deflateSync(deflateSync(Buffer.alloc(256 * MIB, 0x20), { level: 9 }), { level: 9 }),
        ),
      ]),
    kept: true,
  },
  {
    name: 'xref-loop.pdf',
    shows: 'cross references that point to themselves',
    limit: null,
    outcome: ['corrupt', 'not_a_report', 'no_tables'],
    bytes: xrefLoop,
    kept: true,
  },
  {
    name: 'page-tree-loop.pdf',
    shows: 'a page tree whose child is its parent',
    limit: null,
    outcome: ['corrupt', 'not_a_report', 'no_tables'],
    bytes: () =>
      pdf([
        PAGES[0]!,
        '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
        '<< /Type /Pages /Count 1 /Kids [2 0 R] /Parent 2 0 R >>',
      ]),
    kept: true,
  },
  {
    name: 'pages-400.pdf',
    shows: '400 pages',
    limit: 'pages',
    outcome: ['too_large'],
    reason: /400 pages/,
    bytes: () =>
      new PdfWriter('identity').write(
        Array.from({ length: 400 }, () => ({ width: 595, height: 842, content: '' })),
      ),
    kept: true,
  },
  {
    name: 'pages-1e9.pdf',
    shows: 'a page tree that claims 10⁹ pages',
    limit: 'pages',
    outcome: ['too_large', 'corrupt', 'not_a_report'],
    bytes: () =>
      pdf([
        PAGES[0]!,
        '<< /Type /Pages /Count 1000000000 /Kids [3 0 R] >>',
        PAGE,
        stream('', Buffer.from('')),
      ]),
    kept: true,
  },
  {
    name: 'forms-exponential.pdf',
    shows: 'drawings that use one another four times, 22 deep',
    limit: 'wallMs',
    outcome: ['too_large'],
    bytes: exponentialForms,
    kept: true,
  },
  {
    name: 'path-operators.pdf',
    shows: '1.2 million path operators in 60 KB',
    limit: 'wallMs',
    outcome: ['too_large'],
    bytes: () =>
      new PdfWriter('identity').write([
        { width: 595, height: 842, content: `0 0 m ${'1 1 l 2 2 l '.repeat(600_000)}S` },
      ]),
    kept: true,
  },
  {
    name: 'huge-page.pdf',
    shows: 'a page of 10⁹ points with a picture on it',
    limit: 'imagePixels',
    outcome: ['too_large', 'needs_ocr', 'not_a_report', 'no_tables', 'corrupt'],
    bytes: () =>
      pdf([
        ...PAGES,
        '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1000000000 1000000000] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>',
        stream('', Buffer.from('1000000000 0 0 1000000000 0 0 cm /I Do')),
        stream(
          '/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8',
          Buffer.of(0),
        ),
      ]),
    kept: true,
  },
  {
    name: 'script-and-launch.pdf',
    shows: 'JavaScript and a program to start when it is opened',
    limit: null,
    outcome: ['not_a_report', 'no_tables', 'needs_ocr'],
    bytes: () =>
      pdf([
        '<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.launchURL\\("http://127.0.0.1:9/"\\)) /Next << /S /Launch /F (/bin/true) >> >> >>',
        PAGES[1]!,
        PAGE,
        stream('', Buffer.from('')),
      ]),
    kept: true,
  },
  {
    name: 'encrypted.pdf',
    shows: 'a password that nobody gave',
    limit: null,
    outcome: ['encrypted', 'corrupt'],
    bytes: () =>
      pdf(
        [
          ...PAGES,
          PAGE,
          stream('', Buffer.from('')),
          `<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <${'41'.repeat(32)}> /U <${'42'.repeat(32)}> >>`,
        ],
        '/Encrypt 5 0 R /ID [<00> <00>]',
      ),
    kept: true,
  },
  {
    name: 'encrypted.zip',
    shows: 'an encrypted member',
    limit: null,
    outcome: ['encrypted'],
    bytes: () => zip([{ name: '年报.html', data: html('1'), encrypted: true }]),
    kept: true,
  },
  {
    name: 'encrypted.docx',
    shows: 'a part marked as encrypted',
    limit: null,
    outcome: ['encrypted'],
    bytes: () =>
      zip([
        { name: '[Content_Types].xml', data: Buffer.from('<Types/>') },
        { name: 'word/document.xml', data: Buffer.from('<w:document/>'), encrypted: true },
      ]),
    kept: true,
  },
  // Pictures
  {
    name: 'claims-20000x20000.png',
    shows: 'a picture that claims 400 million pixels',
    limit: 'imagePixels',
    outcome: ['too_large'],
    reason: /pixels/,
    bytes: () => png(20_000, 20_000, deflateSync(Buffer.alloc(1000))),
    kept: true,
  },
  {
    name: 'claims-2e9x1.png',
    shows: 'a picture of two billion columns',
    limit: 'imagePixels',
    outcome: ['too_large', 'corrupt'],
    bytes: () => png(0x7fffffff, 1, deflateSync(Buffer.alloc(10))),
    kept: true,
  },
  {
    name: 'cut.png',
    shows: 'a picture that ends in its data',
    limit: null,
    outcome: ['corrupt', 'needs_ocr', 'not_a_report', 'no_tables'],
    bytes: () => png(2000, 2000, deflateSync(Buffer.alloc(100_000))).slice(0, 120),
    kept: true,
  },
  // Type and ending disagree
  ...(
    ['docx', 'doc', 'wps', 'rtf', 'odt', 'pdf', 'ofd', 'xlsx', 'txt', 'png', 'zip', 'html'] as const
  ).flatMap((ending): HostileCase[] =>
    [
      ['docx', report.docx] as const,
      ['html', report.html] as const,
      ['pdf', report.pdf] as const,
      ['text', report.text] as const,
    ]
      .filter(([kind]) => kind !== ending && !(kind === 'text' && ending === 'txt'))
      .map(([kind, bytes]) => ({
        name: `${kind}-named.${ending}`,
        shows: `a report as ${kind} under the ending .${ending}`,
        limit: null,
        outcome: ['complete'],
        bytes,
        kept: false,
      })),
  ),
  {
    name: 'noise.doc',
    shows: 'random bytes',
    limit: null,
    outcome: ['unsupported', 'corrupt'],
    bytes: () => noise(20_000),
    kept: true,
  },
  {
    name: 'noise-in-ole.doc',
    shows: 'random bytes behind the signature of Word 97',
    limit: null,
    outcome: ['unsupported', 'corrupt'],
    bytes: () => Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), noise(20_000)]),
    kept: true,
  },
  {
    name: 'noise.rar',
    shows: 'random bytes behind the signature of RAR',
    limit: null,
    outcome: ['corrupt', 'unsupported'],
    bytes: () => Buffer.concat([Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1'), noise(5000)]),
    kept: true,
  },
  {
    name: 'noise.7z',
    shows: 'random bytes behind the signature of 7z',
    limit: null,
    outcome: ['corrupt', 'unsupported'],
    bytes: () => Buffer.concat([Buffer.from('7z\xbc\xaf\x27\x1c\x00\x04', 'latin1'), noise(5000)]),
    kept: true,
  },
  {
    name: 'controls.txt',
    shows: 'control characters in a text',
    limit: null,
    outcome: ['unsupported', 'not_a_report', 'no_tables'],
    bytes: () => Buffer.from('年度报告\u0000\u0007\u001b[2J\u202e\u2066'.repeat(50)),
    kept: true,
  },
];

/** Deep archives: each level holds ten of the one below. */
function nested(levels: number): Uint8Array {
  let inner: Uint8Array = zip([{ name: 'a.html', data: html('<p>x</p>') }]);
  for (let level = 0; level < levels; level += 1) {
    const copy = inner;
    inner = zip(
      Array.from({ length: level === levels - 1 ? 1 : 4 }, (_, i) => ({ name: `${i}.zip`, data: copy })),
    );
  }
  return inner;
}

/** Text that compresses some fifty times: below the ratio, above the bytes. */
function inflatesBeyond(): Uint8Array {
  const line = noise(600).map((b) => 0x61 + (b % 26));
  const lines: Buffer[] = [];
  for (let i = 0; i < 460_000; i += 1)
    lines.push(Buffer.from(line), Buffer.from(String((i * 2654435761) >>> 0)));
  return docx(Buffer.concat([Buffer.from('<w:document>'), ...lines, Buffer.from('</w:document>')]));
}

function laughs(root: string): string {
  const levels = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`);
  return `<!DOCTYPE ${root} [<!ENTITY l0 "哈">${levels.join('')}]>`;
}

function numberedRows(count: number): string {
  return Array.from(
    { length: count },
    (_, i) =>
      `<w:tr>${[i, i * 7919, (i * 104_729) % 1_000_003, i % 97].map((n) => `<w:tc>${paragraph(String(n))}</w:tc>`).join('')}</w:tr>`,
  ).join('');
}

function xlsx(doctype: string, rows = '', behind = ''): Uint8Array {
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  return zip([
    {
      name: '[Content_Types].xml',
      data: Buffer.from(
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>',
      ),
    },
    {
      name: '_rels/.rels',
      data: Buffer.from(
        `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
      ),
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      data: Buffer.from(
        `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      ),
    },
    {
      name: 'xl/workbook.xml',
      data: Buffer.from(
        `<?xml version="1.0"?>${doctype}<workbook xmlns="${main}" xmlns:r="${rel}"><sheets><sheet name="a${doctype ? '&l9;' : ''}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      ),
    },
    {
      name: 'xl/worksheets/sheet1.xml',
      data: Buffer.from(
        `<?xml version="1.0"?><worksheet xmlns="${main}"><sheetData>${rows}</sheetData>${behind}</worksheet>`,
      ),
    },
  ]);
}

function odt(content: string, mime = 'application/vnd.oasis.opendocument.text'): Uint8Array {
  return zip([
    { name: 'mimetype', data: Buffer.from(mime), stored: true },
    { name: 'content.xml', data: Buffer.from(`<?xml version="1.0"?>${content}`) },
  ]);
}

function ods(tables: string): Uint8Array {
  const ns = 'urn:oasis:names:tc:opendocument:xmlns';
  return odt(
    `<office:document-content xmlns:office="${ns}:office:1.0" xmlns:table="${ns}:table:1.0" xmlns:text="${ns}:text:1.0"><office:body><office:spreadsheet>${tables}</office:spreadsheet></office:body></office:document-content>`,
    'application/vnd.oasis.opendocument.spreadsheet',
  );
}

function xrefLoop(): Uint8Array {
  const head = '%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n';
  return Buffer.from(
    `${head}xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<< /Size 2 /Root 1 0 R /Prev ${head.length} >>\nstartxref\n${head.length}\n%%EOF\n`,
  );
}

function exponentialForms(): Uint8Array {
  const writer = new PdfWriter('identity');
  const depth = 22;
  writer.form('L0', 10, 10, '0 0 1 1 re f '.repeat(8));
  for (let i = 1; i <= depth; i += 1) writer.form(`L${i}`, 10, 10, `/L${i - 1} Do `.repeat(4));
  return writer.write([{ width: 595, height: 842, content: `/L${depth} Do` }]);
}

/** The same bytes in every run. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 0x2545f491;
  for (let i = 0; i < length; i += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state & 0xff;
  }
  return bytes;
}

/** Names that a careless program would follow out of its folder, or that confuse whoever reads a list of them. */
export const HOSTILE_NAMES: readonly { readonly name: string; readonly shows: string }[] = [
  { name: '../../../tmp/gongkai-escaped.html', shows: 'a way out' },
  { name: '..\\..\\gongkai-escaped.html', shows: 'the same for Windows' },
  { name: '/gongkai-escaped.html', shows: 'from the root' },
  { name: 'C:\\gongkai-escaped.html', shows: 'from a drive' },
  { name: 'a\u0000b\u001b[31m.html', shows: 'control characters' },
  { name: '年报\u202elmth.exe.html', shows: 'a right-to-left mark' },
  { name: '年报😀👨‍👩‍👧.html', shows: 'emoji' },
  { name: `${'年'.repeat(295)}.html`, shows: '300 characters' },
  { name: '=HYPERLINK("x").html', shows: 'a formula' },
  { name: '<img src=x onerror=alert(1)>.html', shows: 'markup' },
];
