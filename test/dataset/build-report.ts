import type { Check, Finding } from '../../src/check/finding.ts';
import type { SaveItem } from '../../src/dataset/store.ts';
import type { Fact, Report, Statement, TableReading } from '../../src/extract/report.ts';
import { cellsOf, tableForm } from '../../src/form/editions.ts';
import type { CellKey, EditionId, TableId } from '../../src/form/form.ts';

/** Invented reports for the tests of the store and the exports. */

export interface ReportWish {
  readonly agency?: string | null;
  readonly year?: number | null;
  readonly document?: string;
  readonly edition?: EditionId;
  /** Cells with these numbers; all others are 0. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** Cells in another state than `number`, or printed in another way. */
  readonly cells?: Readonly<Record<string, Partial<Fact>>>;
  readonly tables?: readonly TableId[];
  readonly report?: Partial<Report>;
}

export function buildTable(
  edition: EditionId,
  table: TableId,
  numbers: Readonly<Record<string, number>> = {},
  cells: Readonly<Record<string, Partial<Fact>>> = {},
): TableReading {
  const facts = cellsOf(tableForm(edition, table)).map(({ key, row, column }, i): Fact => {
    const value = numbers[key] ?? 0;
    return {
      table,
      edition,
      row: row.key,
      column: column.key,
      state: 'number',
      value,
      unit: column.unit,
      valueWan: column.quantity === 'amount' ? value : null,
      raw: String(value),
      rowLabel: row.label,
      columnLabel: column.label,
      location: `table=${table.slice(1)};row=${i + 1};cell=2`,
      confidence: 'certain',
      doubtful: false,
      ...cells[key],
    };
  });
  return { table, edition, facts, usedIdentities: [], method: 'grid' };
}

export function blankCell(): Partial<Fact> {
  return { state: 'blank', value: null, valueWan: null, raw: '' };
}

export function buildReport(wish: ReportWish = {}): Report {
  const agency = wish.agency === undefined ? '某某县教育局' : wish.agency;
  const year = wish.year === undefined ? 2023 : wish.year;
  const edition = wish.edition ?? (year !== null && year < 2021 ? '2019' : '2021');
  const document = wish.document ?? `${agency ?? '未知'}/${year ?? '未知'}.html`;
  return {
    document,
    container: 'html',
    reader: 'html/grid',
    extractorVersion: '1',
    outcome: 'complete',
    outcomeReason: null,
    title: `${agency ?? ''}${year ?? ''}年政府信息公开工作年度报告`,
    agency,
    agencyFrom: agency === null ? 'pending' : 'title',
    year,
    yearFrom: year === null ? 'pending' : 'title',
    scope: 'own',
    kind: 'annual',
    period:
      year === null
        ? null
        : {
            start: `${year}-01-01`,
            end: `${year}-12-31`,
            text: `统计期限为${year}年1月1日至12月31日`,
            location: 'paragraph=2',
          },
    publishedOn: year === null ? null : `${year + 1}-01-20`,
    conflicts: [],
    tables: (wish.tables ?? ['t2', 't3', 't4']).map((table) =>
      buildTable(edition, table, wish.numbers, wish.cells),
    ),
    refusals: [],
    extras: [],
    statements: [],
    charts: [],
    sections: [
      {
        number: 1,
        heading: '一、总体情况',
        location: 'paragraph=3',
        text: '本年度共收到申请3件。',
        hasTable: false,
      },
    ],
    needsReview: false,
    narrative: [{ text: '本年度共收到申请3件。', location: 'paragraph=4', section: 1 }],
    ...wish.report,
  };
}

/** The bytes stand for the content: equal reports have equal hashes unless `sha256` says otherwise. */
export function saveItem(
  report: Report,
  more: Partial<SaveItem> & { readonly sha256?: string } = {},
): SaveItem {
  const { sha256, ...rest } = more;
  return {
    source: {
      document: report.document,
      sha256: sha256 ?? shaOf(`${report.document}:1`),
      size: 1000,
      mtime: 1_700_000_000_000,
    },
    report,
    agency: null,
    ...rest,
  };
}

/** 64 hexadecimal digits that differ where the texts differ. */
export function shaOf(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (const c of text) {
    a = Math.imul(a ^ c.codePointAt(0)!, 0x01000193) >>> 0;
    b = Math.imul(b + c.codePointAt(0)!, 0x85ebca6b) >>> 0;
  }
  const piece = a.toString(16).padStart(8, '0') + b.toString(16).padStart(8, '0');
  return piece.repeat(4);
}

export function buildStatement(more: Partial<Statement> = {}): Statement {
  return {
    kind: 'received_new',
    value: 3,
    unit: '件',
    about: null,
    words: '收到',
    scope: ['本级'],
    year: null,
    text: '本年度共收到申请3件。',
    start: 8,
    length: 1,
    section: 1,
    location: 'paragraph=4',
    ...more,
  };
}

export function buildCheck(more: Partial<Check> = {}): Check {
  return { rule: 'T3.FLOW', target: 'natural_person', outcome: 'fails', left: 21, right: 20, ...more };
}

export function buildFinding(more: Partial<Finding> = {}): Finding {
  const cells: CellKey[] = ['t3/new_received/natural_person', 't3/concluded_total/natural_person'];
  return {
    rule: 'T3.FLOW',
    ruleVersion: 1,
    severity: 'error',
    verdict: 'unique',
    table: 't3',
    cells,
    discriminator: 'natural_person',
    messageZh: '表三“自然人”列：本年新收21＋上年结转0＝21，而总计20＋结转下年度0＝20，相差1。',
    messageEn: 'Table 3, natural persons: 21 + 0 = 21, but 20 + 0 = 20.',
    left: 21,
    right: 20,
    difference: 1,
    culprit: ['t3/concluded_total/natural_person'],
    suggested: [
      {
        cells: [{ cell: 't3/concluded_total/natural_person', printed: 20, suggested: 21 }],
        operation: 'one_cell',
        reasoning_zh: '各项之和为21',
        reasoning_en: 'the items add up to 21',
      },
    ],
    evidence: [{ kind: 'sum', text: '21 + 0 ≠ 20 + 0' }],
    operands: [
      { cell: 't3/new_received/natural_person', raw: '21' },
      { cell: 't3/concluded_total/natural_person', raw: '20' },
    ],
    ...more,
  };
}
