import { cellsOf, tableForm } from '../../src/form/editions.ts';
import type { CellKey, ColumnKey, EditionId, GroupKey, RowKey, TableId } from '../../src/form/form.ts';
import { cellKey, GROUPS, TABLE_IDS } from '../../src/form/form.ts';

/** An invented report: what it says, and how it words it. Plain data, so that it can be compared, changed and stored. */
export interface ReportRecord {
  /** Full name of the body, as the title and the text name it. */
  readonly agency: string;
  readonly year: number;
  readonly title: string;
  /** `2025-01-20`; null where the document prints none. */
  readonly publishedOn: string | null;
  /** Paragraphs between the title and section 一, the 统计期限 sentence among them. */
  readonly preamble: readonly string[];
  /** In the order printed; a report has six. */
  readonly sections: readonly RecordSection[];
  readonly tables: Readonly<Partial<Record<TableId, RecordTable>>>;
  readonly charts: readonly RecordChart[];
}

export interface RecordSection {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** The table that stands below the paragraphs. */
  readonly table: TableId | null;
}

/** One table. A cell of the edition that is missing in `cells` is not in the document (its row or column is not). */
export interface RecordTable {
  readonly edition: EditionId;
  readonly cells: Readonly<Partial<Record<CellKey, PrintedCell>>>;
  /** Wordings that differ from the notice's, by `LabelKey`; ordinals are part of them for rows and groups of table 三. */
  readonly labels: Readonly<Partial<Record<LabelKey, string>>>;
  readonly layout: TableLayout;
  /** A line under the table (注：…); null where there is none. */
  readonly note: string | null;
}

export type LabelKey =
  | `row:${RowKey}`
  | `column:${ColumnKey}`
  | `group:${GroupKey}`
  | `head:${HeadKey}`
  | `article:${string}`;

/** Labels that are neither of a row, a column nor a group. */
export type HeadKey = keyof typeof HEADS;

export const HEADS = {
  content: '信息内容',
  corner: '（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）',
  applicants: '申请人情况',
  organisations: '法人或其他组织',
  review: '行政复议',
  litigation: '行政诉讼',
} as const;

/** How the table is drawn; everything false is the layout of the notice. */
export interface TableLayout {
  /** An extra column 小计 after the five columns of 法人或其他组织 (table 三). */
  readonly subtotalColumn?: boolean;
  /** Rows left out of the document. */
  readonly omittedRows?: readonly RowKey[];
  /** Table 四 as three tables of five cells. */
  readonly threeTables?: boolean;
  /** The label 三、本年度办理结果 printed twice: its merged cell is cut in front of this row. */
  readonly resultsCutBefore?: RowKey;
  /** The header printed again in front of `resultsCutBefore`, as on the next page. */
  readonly headerRepeated?: boolean;
  /** 商业企业 and 科研机构 cut over two header rows. */
  readonly fourHeaderRows?: boolean;
  /** Rows that the form does not have (其他主动公开文件), each after a row of table 二. */
  readonly extraRows?: readonly {
    readonly after: RowKey;
    readonly label: string;
    readonly values: readonly string[];
  }[];
}

/** What a cell means and the characters that print it. */
export type PrintedCell =
  | {
      readonly state: 'number';
      readonly value: number;
      /** The unit printed beside the number; null where it stands alone. */
      readonly unit: string | null;
      readonly text: string;
    }
  | { readonly state: 'blank' | 'dash' | 'text'; readonly text: string };

export interface RecordChart {
  readonly title: string;
  readonly categories: readonly string[];
  readonly values: readonly number[];
}

/** A table as rows of cells, spans expanded to nothing: a cell stands where it begins, as in HTML. */
export interface TableModel {
  readonly table: TableId;
  readonly columns: number;
  readonly rows: readonly (readonly ModelCell[])[];
  readonly note: string | null;
}

export interface ModelCell {
  readonly text: string;
  readonly rowSpan: number;
  readonly columnSpan: number;
  readonly kind: 'article' | 'header' | 'label' | 'value' | 'extra';
  /** Of a value. */
  readonly key: CellKey | null;
}

/** The record's table as the form prints it; several models where the record cuts it (table 四 in three). */
export function tableModels(record: ReportRecord, table: TableId): readonly TableModel[] {
  const of = record.tables[table];
  if (!of) return [];
  if (table === 't2') return [tableTwo(of)];
  if (table === 't3') return [tableThree(of)];
  return of.layout.threeTables ? tableFourInThree(of) : [tableFour(of)];
}

/** Like `tableModels`, for a table that is one piece. */
export function tableModel(record: ReportRecord, table: TableId): TableModel {
  const models = tableModels(record, table);
  if (models.length !== 1) throw new RangeError(`table ${table} has ${models.length} pieces, expected one`);
  return models[0]!;
}

/** The wording of a label in this record. */
export function labelOf(table: RecordTable, key: LabelKey, printed: string): string {
  return table.labels[key] ?? printed;
}

/** Every cell of the table's edition with what the record prints there; null where the document lacks it. */
export function printedCells(
  table: TableId,
  of: RecordTable,
): readonly { readonly key: CellKey; readonly cell: PrintedCell | null }[] {
  const omitted = new Set(of.layout.omittedRows ?? []);
  return cellsOf(tableForm(of.edition, table)).map(({ key, row }) => ({
    key,
    cell: omitted.has(row.key) ? null : (of.cells[key] ?? null),
  }));
}

export function tablesOf(record: ReportRecord): readonly TableId[] {
  return TABLE_IDS.filter((t) => record.tables[t] !== undefined);
}

const T2_WIDTH = 4;

function tableTwo(of: RecordTable): TableModel {
  const rows: ModelCell[][] = [];
  const omitted = new Set(of.layout.omittedRows ?? []);
  for (const block of tableForm(of.edition, 't2').blocks) {
    const spans = spread(T2_WIDTH, block.columns.length + 1);
    const article = block.article ?? '';
    rows.push([cell(labelOf(of, `article:${article}`, article), 'article', 1, T2_WIDTH)]);
    rows.push([
      cell(labelOf(of, 'head:content', HEADS.content), 'header', 1, spans[0]),
      ...block.columns.map((c, i) =>
        cell(labelOf(of, `column:${c.key}`, c.label), 'header', 1, spans[i + 1]),
      ),
    ]);
    for (const row of block.rows) {
      if (!omitted.has(row.key)) {
        rows.push([
          cell(labelOf(of, `row:${row.key}`, row.label), 'label', 1, spans[0]),
          ...block.columns.map((c, i) => value(of, cellKey('t2', row.key, c.key), spans[i + 1])),
        ]);
      }
      for (const extra of of.layout.extraRows?.filter((e) => e.after === row.key) ?? []) {
        rows.push([
          cell(extra.label, 'label', 1, spans[0]),
          ...block.columns.map((_, i) => cell(extra.values[i] ?? '', 'extra', 1, spans[i + 1])),
        ]);
      }
    }
  }
  return { table: 't2', columns: T2_WIDTH, rows, note: of.note };
}

/** The label column is one unit wide, what remains goes to the last column, as in the notice's layout. */
function spread(width: number, cells: number): number[] {
  return Array.from({ length: cells }, (_, i) => (i === cells - 1 ? width - cells + 1 : 1));
}

const HALVED: ReadonlySet<ColumnKey> = new Set(['enterprise', 'research']);
const ORGANISATIONS = ['enterprise', 'research', 'public_interest', 'legal_service', 'other_org'] as const;
/** Columns that the labels of table 三 take: 三、本年度办理结果, its group, its leaf. */
const T3_LABELS = 3;

function tableThree(of: RecordTable): TableModel {
  const form = tableForm(of.edition, 't3');
  const omitted = new Set(of.layout.omittedRows ?? []);
  const block = form.blocks[0]!;
  const columns = block.columns;
  const head = (key: ColumnKey): string =>
    labelOf(of, `column:${key}`, columns.find((c) => c.key === key)?.label ?? key);
  const sub = of.layout.subtotalColumn ? 1 : 0;
  const width = T3_LABELS + columns.length + sub;
  const deep = of.layout.fourHeaderRows ? 1 : 0;
  const cut2 = (key: ColumnKey): boolean => deep === 1 && HALVED.has(key) && [...head(key)].length === 4;
  const header: ModelCell[][] = [
    [
      cell(labelOf(of, 'head:corner', HEADS.corner), 'header', 3 + deep, T3_LABELS),
      cell(labelOf(of, 'head:applicants', HEADS.applicants), 'header', 1, columns.length + sub),
    ],
    [
      cell(head('natural_person'), 'header', 2 + deep, 1),
      cell(labelOf(of, 'head:organisations', HEADS.organisations), 'header', 1, ORGANISATIONS.length + sub),
      cell(head('total'), 'header', 2 + deep, 1),
    ],
    [
      ...ORGANISATIONS.map((key) =>
        cut2(key) ? cell(head(key).slice(0, 2), 'header') : cell(head(key), 'header', 1 + deep),
      ),
      ...(sub ? [cell('小计', 'header', 1 + deep)] : []),
    ],
    ...(deep
      ? [ORGANISATIONS.filter((key) => cut2(key)).map((key) => cell(head(key).slice(2), 'header'))]
      : []),
  ];
  const rows: ModelCell[][] = [...header];
  const printed = block.rows.filter((r) => !omitted.has(r.key));
  const results = printed.filter((r) => !OUTSIDE_RESULTS.has(r.key));
  const groupSizes = new Map<GroupKey, number>();
  for (const r of results) if (r.group) groupSizes.set(r.group, (groupSizes.get(r.group) ?? 0) + 1);
  const cut = of.layout.resultsCutBefore
    ? results.findIndex((r) => r.key === of.layout.resultsCutBefore)
    : -1;
  let groupBefore: GroupKey | null = null;
  for (const r of printed) {
    const label = labelOf(of, `row:${r.key}`, `${r.ordinal}${r.label}`);
    const cells: ModelCell[] = [];
    const at = results.indexOf(r);
    if (at >= 0 && at === cut && of.layout.headerRepeated) rows.push(...header);
    if (at < 0) {
      cells.push(cell(label, 'label', 1, T3_LABELS));
    } else {
      if (at === 0 || at === cut) {
        const end = at === 0 && cut > 0 ? cut : results.length;
        cells.push(cell(groupLabel(of, 'results'), 'label', end - at));
      }
      if (r.group && r.group !== groupBefore) {
        cells.push(cell(groupLabel(of, r.group), 'label', groupSizes.get(r.group)));
      }
      cells.push(cell(label, 'label', 1, r.group ? 1 : 2));
    }
    groupBefore = r.group;
    for (const c of columns) {
      if (c.key === 'total' && sub) cells.push(cell(subtotal(of, r.key), 'extra'));
      cells.push(value(of, cellKey('t3', r.key, c.key)));
    }
    rows.push(cells);
  }
  return { table: 't3', columns: width, rows, note: of.note };
}

const OUTSIDE_RESULTS: ReadonlySet<RowKey> = new Set(['new_received', 'carried_in', 'carried_out']);

function subtotal(of: RecordTable, row: RowKey): string {
  let sum = 0;
  for (const column of ORGANISATIONS) {
    const printed = of.cells[cellKey('t3', row, column)];
    if (printed?.state === 'number') sum += printed.value;
  }
  return String(sum);
}

function groupLabel(of: RecordTable, key: GroupKey): string {
  const form = GROUPS.find((g) => g.key === key)!;
  return labelOf(of, `group:${key}`, `${form.ordinal}${form.label}`);
}

const LITIGATION = ['litigation_direct', 'litigation_after_review'] as const;

function tableFour(of: RecordTable): TableModel {
  const { rows: lines, columns } = tableForm(of.edition, 't4').blocks[0]!;
  const heads = columns.map((c) => labelOf(of, `column:${c.key}`, c.label));
  const rowLabel = (key: RowKey): string =>
    labelOf(of, `row:${key}`, lines.find((l) => l.key === key)?.label ?? key);
  return {
    table: 't4',
    columns: 15,
    rows: [
      [
        cell(rowLabel('review'), 'header', 1, 5),
        cell(labelOf(of, 'head:litigation', HEADS.litigation), 'header', 1, 10),
      ],
      [
        ...heads.map((h) => cell(h, 'header', 2)),
        ...LITIGATION.map((key) => cell(rowLabel(key), 'header', 1, 5)),
      ],
      [...heads, ...heads].map((h) => cell(h, 'header')),
      lines.flatMap((l) => columns.map((c) => value(of, cellKey('t4', l.key, c.key)))),
    ],
    note: of.note,
  };
}

function tableFourInThree(of: RecordTable): readonly TableModel[] {
  const { rows: lines, columns } = tableForm(of.edition, 't4').blocks[0]!;
  return lines.map((l, i) => {
    const label = labelOf(of, `row:${l.key}`, l.label);
    return {
      table: 't4',
      columns: 5,
      rows: [
        [cell(i === 0 ? label : `${HEADS.litigation}：${label}`, 'header', 1, 5)],
        columns.map((c) => cell(labelOf(of, `column:${c.key}`, c.label), 'header')),
        columns.map((c) => value(of, cellKey('t4', l.key, c.key))),
      ],
      note: i === lines.length - 1 ? of.note : null,
    };
  });
}

function value(of: RecordTable, key: CellKey, columnSpan = 1): ModelCell {
  return { text: of.cells[key]?.text ?? '', rowSpan: 1, columnSpan, kind: 'value', key };
}

function cell(text: string, kind: ModelCell['kind'], rowSpan = 1, columnSpan = 1): ModelCell {
  return { text, rowSpan, columnSpan, kind, key: null };
}
