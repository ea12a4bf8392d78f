import type { Paragraph as DocxParagraph, Table as DocxTable } from 'docx';
import type { StoredFinding, StoredReport } from '../dataset/store.ts';
import { cellsOf, tableForm } from '../form/editions.ts';
import { type CellKey, cellKey } from '../form/form.ts';
import { placeWords } from './originals/place-words.ts';

/**
 * 整改通知: what one body should look at in its reports, as a Word file that an office can put its letterhead on. It
 * asks to check and never states as proven what the sums leave open. Doubts about our own reading are not in it.
 */
export interface NoticeReport {
  readonly report: StoredReport;
  readonly findings: readonly StoredFinding[];
}

/** The findings that a body is to be told of: errors and warnings that nobody has set aside. */
export function forNotice(finding: StoredFinding): boolean {
  return (
    finding.severity !== 'info' &&
    finding.verdict !== 'suspect_extraction' &&
    (finding.state === 'open' || finding.state === 'confirmed')
  );
}

/** `reports`: of one body, oldest first, each with at least one finding. The bytes are the same for the same findings. */
export async function noticeDocx(agency: string, reports: readonly NoticeReport[]): Promise<Uint8Array> {
  const docx = await import('docx');
  const {
    AlignmentType,
    Document,
    HeadingLevel,
    Packer,
    Paragraph,
    Table,
    TableCell,
    TableRow,
    TextRun,
    WidthType,
  } = docx;
  const font = { ascii: 'Times New Roman', hAnsi: 'Times New Roman', eastAsia: '仿宋' };
  const text = (content: string, options: { bold?: boolean; color?: string } = {}) =>
    new TextRun({ text: content.replace(/[\u0000-\u001f]/gu, ' '), font, size: 28, ...options });
  const body = (...runs: InstanceType<typeof TextRun>[]) =>
    new Paragraph({ children: runs, indent: { firstLine: 560 }, spacing: { line: 480 } });

  const children: (DocxParagraph | DocxTable)[] = [
    new Paragraph({
      heading: HeadingLevel.TITLE,
      alignment: AlignmentType.CENTER,
      spacing: { after: 300 },
      children: [
        new TextRun({
          text: '关于核对更正政府信息公开工作年度报告的通知',
          font: { ...font, eastAsia: '方正小标宋简体' },
          size: 40,
          bold: true,
        }),
      ],
    }),
    new Paragraph({ children: [text(`${agency}：`)], spacing: { line: 480 } }),
    body(
      text(
        `经核对，你单位${years(reports)}政府信息公开工作年度报告有${reports.reduce((n, r) => n + r.findings.length, 0)}处需要核实。请对照原件逐条核对；确有错误的，请更正后重新发布，并告知更正情况；核对无误的，请说明理由。`,
      ),
    ),
  ];
  reports.forEach(({ report, findings }, i) => {
    children.push(
      new Paragraph({
        heading: HeadingLevel.HEADING_1,
        spacing: { before: 240, after: 120 },
        children: [text(`${ordinal(i + 1)}、${report.year ?? '年度不明'}年度报告`, { bold: true })],
      }),
    );
    if (report.url) children.push(body(text(`发布地址：${report.url}`)));
    findings.forEach((finding, n) => {
      children.push(body(text(`${n + 1}. `, { bold: true }), text(withoutName(finding.messageZh, report))));
      const rows = cellRows(finding, report);
      if (rows.length === 0) return;
      const cell = (content: string, bold = false) =>
        new TableCell({
          children: [new Paragraph({ children: [new TextRun({ text: content, font, size: 22, bold })] })],
        });
      children.push(
        new Table({
          width: { size: 100, type: WidthType.PERCENTAGE },
          rows: [
            new TableRow({
              tableHeader: true,
              children: ['表', '行', '列', '报告所印', '可能应为', '原文位置'].map((h) => cell(h, true)),
            }),
            ...rows.map((r) => new TableRow({ cantSplit: true, children: r.map((c) => cell(c)) })),
          ],
        }),
      );
    });
  });
  children.push(
    new Paragraph({ children: [text('')], spacing: { before: 400 } }),
    new Paragraph({ alignment: AlignmentType.RIGHT, children: [text('（印章）')] }),
    new Paragraph({ alignment: AlignmentType.RIGHT, children: [text('    年  月  日')] }),
  );
  const document = new Document({ creator: 'gongkai', title: '整改通知', sections: [{ children }] });
  return Packer.toBuffer(document);
}

function years(reports: readonly NoticeReport[]): string {
  const list = [...new Set(reports.map((r) => r.report.year).filter((y) => y !== null))];
  return list.length === 0 ? '' : `${list.join('、')}年度`;
}

const DIGITS = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];

function ordinal(n: number): string {
  return n <= 10 ? (DIGITS[n] ?? String(n)) : `十${DIGITS[n - 10] ?? n}`;
}

/** The message begins with the body and year, which the heading has said already. */
function withoutName(message: string, report: StoredReport): string {
  const lead = `${report.agency ?? ''}${report.year === null ? '报告' : `${report.year}年度报告`}，`;
  return message.startsWith(lead) ? message.slice(lead.length) : message;
}

const TABLES = { t2: '表二', t3: '表三', t4: '表四' } as const;
const MOST_ROWS = 12;

/** The cells to look at, the likely ones first. A long sum is in the sentence already. */
function cellRows(finding: StoredFinding, report: StoredReport): string[][] {
  const facts = new Map(
    report.report.tables.flatMap((t) => t.facts.map((f) => [cellKey(f.table, f.row, f.column), f] as const)),
  );
  const suggested = new Map<CellKey, Set<number>>();
  for (const suggestion of finding.suggested) {
    for (const { cell, suggested: value } of suggestion.cells) {
      suggested.set(cell, (suggested.get(cell) ?? new Set()).add(value));
    }
  }
  const cells = [...new Set([...finding.culprit, ...suggested.keys()])].slice(0, MOST_ROWS);
  return cells.flatMap((key) => {
    const fact = facts.get(key);
    if (!fact) return [];
    const form = cellsOf(tableForm(fact.edition, fact.table)).find((c) => c.key === key);
    const label = form && { row: `${form.row.ordinal}${form.row.label}`, column: form.column.label };
    return [
      [
        TABLES[fact.table],
        fact.rowLabel || (label?.row ?? ''),
        fact.columnLabel || (label?.column ?? ''),
        fact.raw === '' ? '（空）' : fact.raw,
        [...(suggested.get(key) ?? [])].join(' 或 '),
        placeWords(fact.location, 'zh'),
      ],
    ];
  });
}
