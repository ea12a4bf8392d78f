import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Cell, CellValue, WriteSheet } from 'hucre/xlsx';
import { coverage, isAnnualReport } from '../agencies/coverage.ts';
import { divisionName } from '../agencies/divisions.ts';
import { AGENCY_KINDS, type AgencyKind, type RegisteredAgency } from '../agencies/register.ts';
import type { ReportSummary, Snapshot, Store, StoredFinding } from '../dataset/store.ts';
import { cellsOf, tableForm } from '../form/editions.ts';
import { type CellKey, cellKey } from '../form/form.ts';
import { clearParts, partOf } from '../process/parts.ts';
import { ruleTitle } from './components/rule-title.ts';
import { GRAVITY_WORDS, reasonOf, STATE_WORDS, word } from './language.ts';
import { placeWords } from './originals/place-words.ts';

/**
 * findings.xlsx, for people who know Excel: one row per finding with filters and links, the reports, who has not
 * published, and what could not be read. Doubts about our own reading have a sheet of their own: they accuse nobody.
 */

/** Rows below the header that one sheet can hold. */
const SHEET_ROWS = 1_048_575;

/**
 * Rows from which on a sheet leaves out what nobody has to act upon (notes, reports without an error or a warning): a
 * workbook is held in memory as a whole, and the dataset has every row.
 */
const LONG_SHEET = 10_000;

const FILL = { error: 'FFF8D7DA', warning: 'FFFFF3CD', info: 'FFE7F1F8' } as const;

interface Column<T> {
  readonly header: string;
  readonly width: number;
  readonly wrap?: boolean;
  readonly centred?: boolean;
  /** False: beyond the edge of the paper. All that follow must be so too. */
  readonly printed?: boolean;
  readonly value: (item: T) => CellValue;
  readonly link?: (item: T) => string | null;
  readonly fill?: (item: T) => string | null;
}

/** A finding with the place in its document, in words. */
interface FindingRow {
  readonly finding: StoredFinding;
  readonly place: string;
}

/** What is printed comes first and fits an A4 sheet across; what else there is stands to the right of it. */
const FINDING_COLUMNS: readonly Column<FindingRow>[] = [
  {
    header: '程度',
    width: 6,
    value: ({ finding }) => word(GRAVITY_WORDS, finding.severity, 'zh'),
    fill: ({ finding }) => FILL[finding.severity],
  },
  { header: '机关', width: 17, wrap: true, value: ({ finding }) => finding.agency },
  { header: '年度', width: 6, centred: true, value: ({ finding }) => finding.year },
  { header: '问题', width: 60, wrap: true, value: ({ finding }) => finding.messageZh },
  {
    header: '可能有误的格子',
    width: 23,
    wrap: true,
    value: ({ finding }) => finding.culprit.map(cellName).join('；'),
  },
  { header: '建议值', width: 8, centred: true, value: ({ finding }) => suggestedValue(finding) },
  { header: '原文位置', width: 14, wrap: true, value: ({ place }) => place },
  { header: '处理情况', width: 9, value: ({ finding }) => word(STATE_WORDS, finding.state, 'zh') },
  {
    header: '备注',
    width: 22,
    wrap: true,
    value: ({ finding }) => (finding.lapsed ? '原处理意见已失效：数字已变' : finding.note),
  },
  { header: '处理人', width: 10, printed: false, value: ({ finding }) => finding.decidedBy },
  {
    header: '处理时间',
    width: 12,
    printed: false,
    value: ({ finding }) => finding.decidedAt?.slice(0, 10) ?? null,
  },
  { header: '核对的规则', width: 30, printed: false, value: ({ finding }) => ruleTitle(finding.rule, 'zh') },
  {
    header: '原文',
    width: 40,
    printed: false,
    value: ({ finding }) => finding.document,
    link: ({ finding }) => httpOnly(finding.document),
  },
  { header: '规则代码', width: 13, printed: false, value: ({ finding }) => finding.rule },
  { header: '编号', width: 19, printed: false, value: ({ finding }) => finding.findingId },
];

const REPORT_COLUMNS: readonly Column<ReportRow>[] = [
  { header: '机关', width: 26, value: ({ report }) => report.agency },
  { header: '年度', width: 7, value: ({ report }) => report.year },
  { header: '标题', width: 36, wrap: true, value: ({ report }) => report.title },
  { header: '读取结果', width: 16, value: ({ report }) => OUTCOME[report.outcome] },
  {
    header: '说明',
    width: 40,
    wrap: true,
    value: ({ report }) => reasonOf(report.outcome, report.outcomeReason, 'zh'),
  },
  { header: '发布日期', width: 12, value: ({ report }) => report.publishedOn },
  { header: '错误', width: 7, value: (r) => r.error },
  { header: '警告', width: 7, value: (r) => r.warning },
  { header: '提示', width: 7, value: (r) => r.info },
  { header: '未处理', width: 8, value: (r) => r.open },
  {
    header: '区划',
    width: 24,
    value: ({ report }) => (report.regionCode ? divisionName(report.regionCode) || report.regionCode : null),
  },
  {
    header: '原文',
    width: 40,
    printed: false,
    value: ({ report }) => report.url ?? report.document,
    link: ({ report }) => httpOnly(report.url ?? report.document),
  },
];

const MISSING_COLUMNS: readonly Column<{ agency: RegisteredAgency; year: number; parent: string }>[] = [
  { header: '年度', width: 7, value: (m) => m.year },
  { header: '机关', width: 30, value: (m) => m.agency.name },
  { header: '上级', width: 30, value: (m) => m.parent },
  {
    header: '区划',
    width: 24,
    value: (m) =>
      m.agency.divisionCode ? divisionName(m.agency.divisionCode) || m.agency.divisionCode : null,
  },
  { header: '登记编号', width: 18, value: (m) => m.agency.id },
];

export const OUTCOME: Readonly<Record<ReportSummary['outcome'], string>> = {
  complete: '完整',
  partial: '部分',
  no_tables: '没有表格',
  blank_form: '空白表',
  not_a_report: '不是年报',
  pre_2019: '2019年前格式',
  needs_ocr: '扫描件待识别',
  encrypted: '已加密',
  corrupt: '文件损坏',
  too_large: '文件过大',
  timed_out: '读取超时',
  crashed: '读取失败',
  unsupported: '格式不支持',
};

interface ReportRow {
  readonly report: ReportSummary;
  error: number;
  warning: number;
  info: number;
  open: number;
}

/** Writes the workbook beside the dataset; the file is complete or, after a failure, the one that was there. */
export async function writeFindingsWorkbook(store: Store, file: string): Promise<void> {
  const { writeXlsx } = await import('hucre/xlsx');
  const agencies = (await store.agencies()).map(
    (a): RegisteredAgency => ({
      ...a,
      kind: (AGENCY_KINDS as readonly string[]).includes(a.kind ?? '') ? (a.kind as AgencyKind) : 'other',
    }),
  );
  const sheets = await store.snapshot((snapshot) => sheetsOf(snapshot, agencies));
  const bytes = await writeXlsx({
    sheets,
    defaultFont: { name: '宋体', size: 11 },
    // Excel shows these; a clock here would make every run another file.
    properties: {
      title: '政府信息公开工作年度报告问题清单',
      creator: 'gongkai',
      created: new Date(0),
      modified: new Date(0),
    },
  });
  await mkdir(path.dirname(file), { recursive: true });
  clearParts(file);
  const part = partOf(file);
  try {
    await writeFile(part, bytes);
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
}

async function sheetsOf(snapshot: Snapshot, agencies: readonly RegisteredAgency[]): Promise<WriteSheet[]> {
  const rows = new Map<string, ReportRow>();
  for await (const report of snapshot.summaries()) {
    rows.set(report.reportId, { report, error: 0, warning: 0, info: 0, open: 0 });
  }
  const findings: StoredFinding[] = [];
  const doubts: StoredFinding[] = [];
  const places = new Places();
  let notes = 0;
  for await (const found of snapshot.findings()) {
    // What the sheets do not show is most of a finding.
    const finding: StoredFinding = { ...found, cells: [], messageEn: '', evidence: [], operands: [] };
    const list = finding.verdict === 'suspect_extraction' ? doubts : findings;
    if (finding.severity !== 'info' || list.length < LONG_SHEET) {
      list.push(finding);
      places.note(found);
    } else notes += 1;
    const row = rows.get(finding.reportId);
    if (!row) continue;
    row[finding.severity] += 1;
    if (finding.state === 'open' && finding.severity !== 'info') row.open += 1;
  }
  const placed = await places.find(snapshot);
  const rowOf = (finding: StoredFinding): FindingRow => ({
    finding,
    place: placed.get(finding.findingId) ?? '',
  });
  const reports = [...rows.values()];
  const long = reports.length > LONG_SHEET;
  const listed = long ? reports.filter((r) => r.error > 0 || r.warning > 0) : reports;
  const readable = reports.filter((r) => ['complete', 'partial'].includes(r.report.outcome));
  const unreadable = reports.filter((r) =>
    [
      'needs_ocr',
      'encrypted',
      'corrupt',
      'too_large',
      'timed_out',
      'crashed',
      'unsupported',
      'no_tables',
    ].includes(r.report.outcome),
  );
  const years = [...new Set(readable.flatMap((r) => (r.report.year === null ? [] : [r.report.year])))].sort();
  const names = new Map(agencies.map((a) => [a.id, a.name]));
  const missing = coverage(
    agencies,
    reports
      .filter(({ report }) => isAnnualReport(report))
      .map(({ report }) => ({
        agencyId: report.agencyId,
        year: report.year,
        readable: report.outcome === 'complete' || report.outcome === 'partial',
      })),
    years,
  )
    .filter((c) => c.state === 'missing')
    .map(({ agency, year }) => ({ agency, year, parent: names.get(agency.parent ?? '') ?? '' }))
    .sort((a, b) => b.year - a.year);
  return [
    ...findingSheets(findings, rowOf),
    sheet('报告', REPORT_COLUMNS, listed),
    sheet('未发布', MISSING_COLUMNS, missing),
    sheet('无法读取', REPORT_COLUMNS, unreadable),
    sheet('读取存疑', FINDING_COLUMNS, doubts.map(rowOf)),
    ...(long || notes > 0 ? [leftOut(reports.length - listed.length, notes)] : []),
  ];
}

/** Findings whose place is looked up: a report has to be fetched for each. */
const MOST_PLACES = 5000;
const REPORTS_AT_ONCE = 50;

/** Where on its document a finding stands. */
class Places {
  readonly #words = new Map<string, string>();
  /** By report: finding → the cell to look at. */
  readonly #cells = new Map<string, Map<string, CellKey>>();
  #count = 0;

  note(finding: StoredFinding): void {
    if (finding.severity === 'info' || this.#count >= MOST_PLACES) return;
    this.#count += 1;
    const cell = finding.culprit[0] ?? finding.cells.at(-1);
    const quote = finding.evidence.find((e) => e.kind === 'quote');
    if (finding.culprit.length === 0 && quote?.kind === 'quote')
      this.#words.set(finding.findingId, placeWords(quote.location, 'zh'));
    else if (cell) {
      const cells = this.#cells.get(finding.reportId) ?? new Map<string, CellKey>();
      this.#cells.set(finding.reportId, cells.set(finding.findingId, cell));
    }
  }

  async find(snapshot: Snapshot): Promise<ReadonlyMap<string, string>> {
    const ids = [...this.#cells.keys()];
    for (let at = 0; at < ids.length; at += REPORTS_AT_ONCE) {
      for await (const stored of snapshot.reports({ reportIds: ids.slice(at, at + REPORTS_AT_ONCE) })) {
        const facts = new Map(
          stored.report.tables.flatMap((t) =>
            t.facts.map((f) => [cellKey(f.table, f.row, f.column), f.location] as const),
          ),
        );
        for (const [findingId, cell] of this.#cells.get(stored.reportId) ?? [])
          this.#words.set(findingId, placeWords(facts.get(cell) ?? '', 'zh'));
      }
    }
    return this.#words;
  }
}

/** Says what is not in the workbook, and where it is. */
function leftOut(reports: number, notes: number): WriteSheet {
  return {
    name: '未列出',
    columns: [{ width: 90 }],
    rows: [
      ['本工作簿只列出需要处理的内容，其余见数据集。'],
      [`没有错误或警告的报告${reports}份：见 dataset/reports.csv`],
      [`未列出的提示${notes}条：见 dataset/findings.csv`],
    ],
  };
}

/** One sheet, or one for each district where they would not fit. */
function findingSheets(
  findings: readonly StoredFinding[],
  rowOf: (finding: StoredFinding) => FindingRow,
): WriteSheet[] {
  if (findings.length <= SHEET_ROWS) return [sheet('问题清单', FINDING_COLUMNS, findings.map(rowOf))];
  const districts = new Map<string, StoredFinding[]>();
  for (const finding of findings) {
    const code = finding.regionCode ? divisionName(finding.regionCode) || finding.regionCode : '未登记';
    const list = districts.get(code) ?? [];
    districts.set(code, list);
    list.push(finding);
  }
  return [...districts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([code, list]) => {
      const parts: WriteSheet[] = [];
      for (let at = 0; at < list.length; at += SHEET_ROWS) {
        parts.push(
          sheet(
            at === 0 ? `问题 ${code}` : `问题 ${code} ${at / SHEET_ROWS + 1}`,
            FINDING_COLUMNS,
            list.slice(at, at + SHEET_ROWS).map(rowOf),
          ),
        );
      }
      return parts;
    });
}

function sheet<T>(name: string, columns: readonly Column<T>[], items: readonly T[]): WriteSheet {
  const cells = new Map<string, Partial<Cell>>();
  columns.forEach((column, c) => {
    cells.set(`0,${c}`, {
      style: {
        font: { bold: true, color: { rgb: 'FFFFFFFF' } },
        fill: { type: 'pattern', pattern: 'solid', fgColor: { rgb: 'FF2F5D8A' } },
        alignment: { vertical: 'center', wrapText: true },
      },
    });
    items.forEach((item, r) => {
      const fill = column.fill?.(item);
      const target = column.link?.(item);
      if (!fill && !target) return;
      cells.set(`${r + 1},${c}`, {
        ...(target ? { hyperlink: { target } } : {}),
        style: {
          ...(fill ? { fill: { type: 'pattern', pattern: 'solid', fgColor: { rgb: fill } } } : {}),
          ...(target ? { font: { color: { rgb: 'FF1F5FA8' }, underline: true } } : {}),
          alignment: { vertical: 'top' },
        },
      });
    });
  });
  const last = columnLetter(columns.length - 1);
  return {
    name,
    columns: columns.map((column) => ({
      width: column.width,
      style: {
        alignment: {
          vertical: 'top',
          wrapText: column.wrap === true,
          ...(column.centred ? { horizontal: 'center' as const } : {}),
        },
      },
    })),
    rows: [columns.map((c) => c.header), ...items.map((item) => columns.map((c) => safe(c.value(item))))],
    cells,
    freezePane: { rows: 1 },
    autoFilter: { range: `A1:${last}${items.length + 1}` },
    rowDefs: rowHeights(columns, items),
    headerFooter: { oddFooter: '&L&A&C第 &P 页，共 &N 页' },
    pageSetup: {
      paperSize: 'a4',
      orientation: 'landscape',
      margins: { left: 0.4, right: 0.4, top: 0.5, bottom: 0.6, header: 0.3, footer: 0.3 },
      printArea: `$A$1:$${columnLetter(columns.filter((c) => c.printed !== false).length - 1)}$${items.length + 1}`,
      showGridLines: true,
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      printTitlesRow: '$1:$1',
    },
  };
}

/** Points per line of the default font. */
const LINE = 15;

/** Neither Excel nor LibreOffice works out the height of wrapped rows when it opens a file. */
function rowHeights<T>(columns: readonly Column<T>[], items: readonly T[]): Map<number, { height: number }> {
  const heights = new Map<number, { height: number }>([[0, { height: LINE * 1.5 }]]);
  items.forEach((item, r) => {
    const lines = Math.max(
      1,
      ...columns
        .filter((c) => c.wrap)
        .map((c) => Math.ceil(displayUnits(String(c.value(item) ?? '')) / c.width)),
    );
    heights.set(r + 1, { height: Math.min(400, LINE * lines + 3) });
  });
  return heights;
}

/** A Chinese character is about as wide as two digits, the unit of a column's width. */
function displayUnits(text: string): number {
  return [...text].reduce((n, c) => n + ((c.codePointAt(0) ?? 0) > 0x2e7f ? 2.1 : 1.1), 0);
}

/** A cell holds at most 32,767 characters, and XML no control characters. Strings are never formulas here. */
function safe(value: CellValue): CellValue {
  if (typeof value !== 'string') return value;
  const text = value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/gu, '\ufffd');
  return text.length > 32_767 ? `${text.slice(0, 32_766)}…` : text;
}

function columnLetter(index: number): string {
  return index < 26
    ? String.fromCharCode(65 + index)
    : columnLetter(Math.floor(index / 26) - 1) + columnLetter(index % 26);
}

function httpOnly(address: string): string | null {
  return /^https?:\/\//iu.test(address) ? address : null;
}

function suggestedValue(finding: StoredFinding): CellValue {
  const only = finding.suggested.length === 1 ? finding.suggested[0] : undefined;
  return only?.cells.length === 1 ? (only.cells[0]?.suggested ?? null) : null;
}

const NAMES = new Map<CellKey, string>();
for (const table of ['t2', 't3', 't4'] as const) {
  for (const edition of ['2019', '2021'] as const) {
    for (const cell of cellsOf(tableForm(edition, table))) {
      NAMES.set(
        cell.key,
        `${{ t2: '表二', t3: '表三', t4: '表四' }[table]}“${cell.row.ordinal}${cell.row.label}”“${cell.column.label}”`,
      );
    }
  }
}

function cellName(key: CellKey): string {
  return NAMES.get(key) ?? key;
}
