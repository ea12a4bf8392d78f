import { strToU8, zipSync } from 'fflate';
import type { FlowItem } from './flow.ts';
import { coverage, flow } from './flow.ts';
import { Random } from './random.ts';
import type { ModelCell, RecordChart, ReportRecord, TableModel } from './record.ts';

/** How a word processor may have stored the same page. */
export interface DocxStyle {
  /** A number cut over several runs, as editing leaves it. */
  readonly splitRuns: boolean;
  /** Ordinals of headings and of leaf rows as automatic numbering, not as text. */
  readonly numbering: boolean;
  /** Digits deleted and inserted with tracked changes. */
  readonly trackedChanges: boolean;
  /** Cells, and parts of cells, inside content controls. */
  readonly contentControls: boolean;
  /** Runs that Word hides (`w:vanish`) beside the numbers. */
  readonly hiddenRuns: boolean;
  /** A footnote mark behind some numbers. */
  readonly footnotes: boolean;
  /** Vertically merged cells as such, or as separate cells with the label in the first only. */
  readonly verticalMerge: boolean;
  /** Tables inside a text box, once as drawing and once as its fallback. */
  readonly textBox: boolean;
  /** Tables inside one cell of a layout table. */
  readonly nested: boolean;
  /** Spell-check marks, bookmarks and last-rendered breaks between the runs. */
  readonly clutter: boolean;
  /** Compression of the parts, 0 to 9. */
  readonly level: 0 | 1 | 6;
}

export const PLAIN_DOCX: DocxStyle = {
  splitRuns: false,
  numbering: false,
  trackedChanges: false,
  contentControls: false,
  hiddenRuns: false,
  footnotes: false,
  verticalMerge: true,
  textBox: false,
  nested: false,
  clutter: false,
  level: 6,
};

const NAMESPACES = [
  'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"',
  'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"',
  'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"',
  'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"',
  'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"',
  'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"',
  'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"',
  'xmlns:v="urn:schemas-microsoft-com:vml"',
].join(' ');
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OOXML = 'application/vnd.openxmlformats-officedocument';
const RELATION = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** The report as a DOCX file; the same bytes for the same arguments, on every machine. */
export function renderDocx(record: ReportRecord, style: DocxStyle = PLAIN_DOCX): Uint8Array {
  const parts = Object.entries(docxParts(record, style)).map(
    ([name, text]) => [name, strToU8(text)] as const,
  );
  return zipSync(Object.fromEntries(parts), { level: style.level, mtime: FIXED_DATE });
}

/** The parts of the package, by name, in the order in which they are stored. */
export function docxParts(record: ReportRecord, style: DocxStyle = PLAIN_DOCX): Record<string, string> {
  const writer = new Writer(style, Random.of('docx', record.title));
  const body = flow(record)
    .map((item) => writer.item(item))
    .join('');
  const charts = record.charts.map(
    (chart, i) => [`word/charts/chart${i + 1}.xml`, chartPart(chart)] as const,
  );
  const overrides: (readonly [string, string])[] = [
    ['/word/document.xml', `${OOXML}.wordprocessingml.document.main+xml`],
    ['/word/styles.xml', `${OOXML}.wordprocessingml.styles+xml`],
    ['/docProps/core.xml', 'application/vnd.openxmlformats-package.core-properties+xml'],
    ...charts.map(([name]) => [`/${name}`, `${OOXML}.drawingml.chart+xml`] as const),
  ];
  const relations: (readonly [string, string, string])[] = [
    ['rIdStyles', 'styles', 'styles.xml'],
    ...charts.map((_, i) => [`rIdChart${i + 1}`, 'chart', `charts/chart${i + 1}.xml`] as const),
  ];
  const parts: Record<string, string> = {};
  if (style.numbering) {
    overrides.push(['/word/numbering.xml', `${OOXML}.wordprocessingml.numbering+xml`]);
    relations.push(['rIdNumbering', 'numbering', 'numbering.xml']);
    parts['word/numbering.xml'] = numberingPart(writer.numbers);
  }
  if (style.footnotes) {
    overrides.push(['/word/footnotes.xml', `${OOXML}.wordprocessingml.footnotes+xml`]);
    relations.push(['rIdFootnotes', 'footnotes', 'footnotes.xml']);
    parts['word/footnotes.xml'] =
      `${HEAD}<w:footnotes ${NAMESPACES}><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>数据来自业务系统。</w:t></w:r></w:p></w:footnote></w:footnotes>`;
  }
  return {
    '[Content_Types].xml': `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${overrides
      .map(([name, type]) => `<Override PartName="${name}" ContentType="${type}"/>`)
      .join('')}</Types>`,
    '_rels/.rels': `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATION}/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`,
    'word/document.xml': `${HEAD}<w:document ${NAMESPACES}><w:body>${body}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1134" w:bottom="1440" w:left="1134" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr></w:body></w:document>`,
    'word/styles.xml': `${HEAD}<w:styles ${NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:eastAsia="宋体" w:hAnsi="Times New Roman"/><w:sz w:val="21"/></w:rPr></w:rPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="28"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/><w:basedOn w:val="a"/><w:pPr><w:jc w:val="center"/></w:pPr><w:rPr><w:b/><w:sz w:val="36"/></w:rPr></w:style></w:styles>`,
    'word/_rels/document.xml.rels': `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${relations
      .map(([id, type, target]) => `<Relationship Id="${id}" Type="${RELATION}/${type}" Target="${target}"/>`)
      .join('')}</Relationships>`,
    'docProps/core.xml': `${HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${escapeXml(record.title)}</dc:title></cp:coreProperties>`,
    ...parts,
    ...Object.fromEntries(charts),
  };
}

/** ZIP stores local time of day; the same on every machine, whatever its time zone. */
const FIXED_DATE = new Date(2025, 0, 1, 0, 0, 0);

class Writer {
  /** Numbering definitions used, as pairs of number format and text: one list each. */
  readonly numbers: { format: string; text: string; start: number }[] = [];
  readonly #style: DocxStyle;
  readonly #random: Random;
  #charts = 0;
  #ids = 0;

  constructor(style: DocxStyle, random: Random) {
    this.#style = style;
    this.#random = random;
  }

  item(item: FlowItem): string {
    switch (item.kind) {
      case 'title':
        return paragraph('<w:pStyle w:val="T"/>', this.#run(item.text));
      case 'heading':
        return this.#numbered(item.text, '<w:pStyle w:val="1"/>');
      case 'chart':
        this.#charts += 1;
        return paragraph(
          '',
          `<w:r><w:drawing><wp:inline><wp:extent cx="4000000" cy="2400000"/><wp:docPr id="${900 + this.#charts}" name="图表"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="rIdChart${this.#charts}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`,
        );
      case 'table':
        return this.#place(this.#table(item.model));
      default:
        return paragraph('', this.#run(item.text));
    }
  }

  /** Puts a table where the style wants it. Word asks for a paragraph behind every table. */
  #place(table: string): string {
    if (this.#style.textBox) {
      const content = `<w:txbxContent>${table}<w:p/></w:txbxContent>`;
      return paragraph(
        '',
        `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wp:extent cx="6000000" cy="8000000"/><wp:docPr id="${800 + this.#id()}" name="文本框"/><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr/><wps:txbx>${content}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape style="width:450pt;height:600pt"><v:textbox>${content}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>`,
      );
    }
    if (this.#style.nested) {
      return `<w:tbl><w:tblPr><w:tblW w:w="9700" w:type="dxa"/></w:tblPr><w:tblGrid><w:gridCol w:w="9700"/></w:tblGrid><w:tr><w:tc><w:tcPr><w:tcW w:w="9700" w:type="dxa"/></w:tcPr>${table}<w:p/></w:tc></w:tr></w:tbl><w:p/>`;
    }
    return `${table}<w:p/>`;
  }

  #table(model: TableModel): string {
    const widths = columnWidths(model);
    const grid = coverage(model);
    const rows = grid.map((positions, r) => {
      const cells: string[] = [];
      for (let c = 0; c < model.columns; ) {
        const { cell, row, column } = positions[c]!;
        const span = cell.columnSpan - (c - column);
        const begins = row === r;
        const merge =
          cell.rowSpan === 1 || !this.#style.verticalMerge
            ? ''
            : begins
              ? '<w:vMerge w:val="restart"/>'
              : '<w:vMerge/>';
        const width = widths.slice(c, c + span).reduce((a, b) => a + b, 0);
        const properties = `<w:tcPr><w:tcW w:w="${width}" w:type="dxa"/>${
          span > 1 ? `<w:gridSpan w:val="${span}"/>` : ''
        }${merge}<w:vAlign w:val="center"/></w:tcPr>`;
        cells.push(
          this.#cell(properties, begins ? this.#content(cell) : '<w:p/>', begins && cell.kind === 'value'),
        );
        c += span;
      }
      return `<w:tr>${cells.join('')}</w:tr>`;
    });
    const border = (side: string): string =>
      `<w:${side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>`;
    return `<w:tbl><w:tblPr><w:tblW w:w="${widths.reduce((a, b) => a + b, 0)}" w:type="dxa"/><w:tblBorders>${[
      'top',
      'left',
      'bottom',
      'right',
      'insideH',
      'insideV',
    ]
      .map(border)
      .join(
        '',
      )}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>${widths.map((w) => `<w:gridCol w:w="${w}"/>`).join('')}</w:tblGrid>${rows.join('')}</w:tbl>`;
  }

  #cell(properties: string, content: string, isValue: boolean): string {
    const cell = `<w:tc>${properties}${content}</w:tc>`;
    return this.#style.contentControls && isValue && this.#random.chance(0.3)
      ? `<w:sdt><w:sdtPr><w:id w:val="${this.#id()}"/></w:sdtPr><w:sdtContent>${cell}</w:sdtContent></w:sdt>`
      : cell;
  }

  #content(cell: ModelCell): string {
    if (cell.kind !== 'value') return this.#numbered(cell.text, '<w:jc w:val="center"/>');
    return paragraph('<w:jc w:val="center"/>', this.#value(cell.text));
  }

  #value(text: string): string {
    const digits = /^\d{2,}$/.test(text);
    let runs: string;
    if (this.#style.splitRuns && digits) {
      const at = this.#random.integer(1, text.length - 1);
      const clutter = this.#style.clutter
        ? '<w:proofErr w:type="spellEnd"/><w:bookmarkStart w:id="7" w:name="_GoBack"/><w:bookmarkEnd w:id="7"/>'
        : '';
      runs = `${this.#run(text.slice(0, at))}${clutter}${this.#run(text.slice(at))}`;
    } else if (this.#style.trackedChanges && /^\d+$/.test(text) && this.#random.chance(0.3)) {
      const by = 'w:author="某某" w:date="2025-01-10T09:00:00Z"';
      runs = `<w:del w:id="${this.#id()}" ${by}><w:r><w:delText>9</w:delText></w:r></w:del><w:ins w:id="${this.#id()}" ${by}>${this.#run(text)}</w:ins>`;
    } else {
      runs = this.#run(text);
    }
    if (this.#style.hiddenRuns && this.#random.chance(0.2)) {
      runs += '<w:r><w:rPr><w:vanish/></w:rPr><w:t>77</w:t></w:r>';
    }
    if (this.#style.footnotes && digits && this.#random.chance(0.2)) {
      runs += '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>';
    }
    return this.#style.contentControls && this.#random.chance(0.2)
      ? `<w:sdt><w:sdtPr><w:id w:val="${this.#id()}"/></w:sdtPr><w:sdtContent>${runs}</w:sdtContent></w:sdt>`
      : runs;
  }

  /** A paragraph whose ordinal Word prints by itself, where the style asks for that and it has one. */
  #numbered(text: string, properties: string): string {
    const ordinal = this.#style.numbering
      ? /^(?:([一二三四五六七])、|（([一二三四五六七])）|(\d)\.)/.exec(text)
      : null;
    if (!ordinal) return paragraph(properties, this.#run(text));
    const [whole, plain, bracketed, digit] = ordinal;
    const start = digit ? Number(digit) : '一二三四五六七'.indexOf(plain ?? bracketed ?? '') + 1;
    this.numbers.push({
      format: digit ? 'decimal' : 'chineseCounting',
      text: digit ? '%1.' : plain ? '%1、' : '（%1）',
      start,
    });
    return paragraph(
      `${properties.startsWith('<w:pStyle') ? properties : ''}<w:numPr><w:ilvl w:val="0"/><w:numId w:val="${this.numbers.length}"/></w:numPr>${properties.startsWith('<w:pStyle') ? '' : properties}`,
      this.#run(text.slice(whole.length)),
    );
  }

  #run(text: string): string {
    const pieces = text
      .split('\n')
      .map((line) => `<w:t xml:space="preserve">${escapeXml(line)}</w:t>`)
      .join('<w:br/>');
    return `<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>${pieces}</w:r>`;
  }

  #id(): number {
    this.#ids += 1;
    return this.#ids;
  }
}

/** In twentieths of a point, over the text width of the page. */
function columnWidths(model: TableModel): number[] {
  const whole = 9600;
  const labels = model.table === 't3' ? [600, 1000, 2600] : [];
  const rest = Math.floor((whole - labels.reduce((a, b) => a + b, 0)) / (model.columns - labels.length));
  return Array.from({ length: model.columns }, (_, c) => labels[c] ?? rest);
}

function paragraph(properties: string, runs: string): string {
  return `<w:p>${properties ? `<w:pPr>${properties}</w:pPr>` : ''}${runs}</w:p>`;
}

function numberingPart(numbers: Writer['numbers']): string {
  const abstracts = numbers.map(
    ({ format, text, start }, i) =>
      `<w:abstractNum w:abstractNumId="${i + 1}"><w:lvl w:ilvl="0"><w:start w:val="${start}"/><w:numFmt w:val="${format}"/><w:suff w:val="nothing"/><w:lvlText w:val="${text}"/></w:lvl></w:abstractNum>`,
  );
  const lists = numbers.map(
    (_, i) => `<w:num w:numId="${i + 1}"><w:abstractNumId w:val="${i + 1}"/></w:num>`,
  );
  return `${HEAD}<w:numbering ${NAMESPACES}>${abstracts.join('')}${lists.join('')}</w:numbering>`;
}

function chartPart(chart: RecordChart): string {
  const points = (values: readonly (string | number)[]): string =>
    `<c:ptCount val="${values.length}"/>${values
      .map((v, i) => `<c:pt idx="${i}"><c:v>${escapeXml(String(v))}</c:v></c:pt>`)
      .join('')}`;
  return `${HEAD}<c:chartSpace ${NAMESPACES}><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:t>${escapeXml(chart.title)}</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:pieChart><c:ser><c:idx val="0"/><c:order val="0"/><c:cat><c:strRef><c:f>Sheet1!$A$2</c:f><c:strCache>${points(chart.categories)}</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>Sheet1!$B$2</c:f><c:numCache><c:formatCode>0%</c:formatCode>${points(chart.values)}</c:numCache></c:numRef></c:val></c:ser></c:pieChart></c:plotArea></c:chart></c:chartSpace>`;
}

export function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
