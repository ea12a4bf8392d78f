/**
 * The vocabulary of the statutory form: which tables, rows and columns exist. Everything else in the program speaks
 * of a number as `table/row/column` in these keys. The editions themselves are data in `edition-2019.ts` and
 * `edition-2021.ts`; nothing here branches on them.
 */

/** 表二 主动公开, 表三 收到和处理申请, 表四 行政复议、行政诉讼. */
export type TableId = 't2' | 't3' | 't4';

/** Named after the first data year: 国办公开办函〔2019〕60号 and 国办公开办函〔2021〕30号. */
export type EditionId = '2019' | '2021';

export const TABLE_IDS = ['t2', 't3', 't4'] as const satisfies readonly TableId[];

export const T2_ROWS = [
  'regulations',
  'normative_documents',
  'licensing',
  'other_services',
  'penalties',
  'coercive_measures',
  'fees',
  'procurement',
] as const;

export const T2_COLUMNS = [
  'issued',
  'repealed',
  'in_force',
  'newly_made',
  'newly_disclosed',
  'total_disclosed',
  'prior_items',
  'item_change',
  'decisions',
  'items',
  'amount',
] as const;

export const T3_ROWS = [
  'new_received',
  'carried_in',
  'granted',
  'partly_granted',
  'denied.state_secret',
  'denied.prohibited_by_law',
  'denied.security_stability',
  'denied.third_party_rights',
  'denied.internal_affairs',
  'denied.process_information',
  'denied.enforcement_file',
  'denied.administrative_query',
  'unavailable.not_held',
  'unavailable.requires_compilation',
  'unavailable.unclear_after_correction',
  'not_processed.petition_complaint',
  'not_processed.duplicate',
  'not_processed.public_publication',
  'not_processed.excessive_repeat',
  'not_processed.confirm_reissue',
  'other_handling',
  'other_handling.no_correction_in_time',
  'other_handling.fee_unpaid',
  'other_handling.other',
  'concluded_total',
  'carried_out',
] as const;

export const T3_COLUMNS = [
  'natural_person',
  'enterprise',
  'research',
  'public_interest',
  'legal_service',
  'other_org',
  'total',
] as const;

export const T4_ROWS = ['review', 'litigation_direct', 'litigation_after_review'] as const;

export const T4_COLUMNS = ['upheld', 'corrected', 'other_result', 'pending', 'total'] as const;

export type T2Row = (typeof T2_ROWS)[number];
export type T2Column = (typeof T2_COLUMNS)[number];
export type T3Row = (typeof T3_ROWS)[number];
export type T3Column = (typeof T3_COLUMNS)[number];
export type T4Row = (typeof T4_ROWS)[number];
export type T4Column = (typeof T4_COLUMNS)[number];
export type RowKey = T2Row | T3Row | T4Row;
export type ColumnKey = T2Column | T3Column | T4Column;

/** `t3/denied.state_secret/total`: the one-word name of a cell, the same in every output. */
export type CellKey = `${TableId}/${RowKey}/${ColumnKey}`;

/** The four groups of results whose leaves have a label of their own. */
export type GroupKey = 'results' | 'denied' | 'unavailable' | 'not_processed' | 'other_handling';

/** What a cell holds: a count (integer ≥ 0), a signed change, or an amount of money. */
export type Quantity = 'count' | 'change' | 'amount';

export interface ColumnForm {
  readonly key: ColumnKey;
  /** As the notice prints it. */
  readonly label: string;
  readonly label_en: string;
  /** Other wordings met in published reports; compared after `foldLabel`. */
  readonly variants: readonly string[];
  readonly quantity: Quantity;
  /** The unit the form itself prints; null where the form prints none. */
  readonly unit: '件' | '项' | '万元' | null;
}

export interface RowForm {
  readonly key: RowKey;
  /** The ordinal as printed: `一、`, `（一）`, `1.`; empty in table 二 and 四. Optional when matching. */
  readonly ordinal: string;
  /** As the notice prints it, without the ordinal. */
  readonly label: string;
  readonly label_en: string;
  readonly variants: readonly string[];
  /** The group label that stands left of the leaf (（三）不予公开), outermost last; empty for rows of their own. */
  readonly group: GroupKey | null;
}

/** One block of rows under one header. Table 二 has one per item of article 20; tables 三 and 四 have one. */
export interface BlockForm {
  /** `第二十条第（一）项`; null for tables 三 and 四. */
  readonly article: string | null;
  readonly rows: readonly RowForm[];
  readonly columns: readonly ColumnForm[];
}

export interface TableForm {
  readonly table: TableId;
  readonly edition: EditionId;
  /** The section heading under which the form prints it. */
  readonly title: string;
  readonly blocks: readonly BlockForm[];
}

export interface Edition {
  readonly id: EditionId;
  /** The instrument that prescribes it. */
  readonly instrument: string;
  /** First and last data year; null where it is still in force. */
  readonly firstYear: number;
  readonly lastYear: number | null;
  readonly tables: Readonly<Record<TableId, TableForm>>;
}

/** A group of result rows: its label as printed, and the seen variants. */
export interface GroupForm {
  readonly key: GroupKey;
  readonly ordinal: string;
  readonly label: string;
  readonly label_en: string;
  readonly variants: readonly string[];
}

export const GROUPS: readonly GroupForm[] = [
  {
    key: 'results',
    ordinal: '三、',
    label: '本年度办理结果',
    label_en: 'Results of the year',
    variants: ['本年度处理结果', '本年办理结果'],
  },
  { key: 'denied', ordinal: '（三）', label: '不予公开', label_en: 'Denied', variants: [] },
  {
    key: 'unavailable',
    ordinal: '（四）',
    label: '无法提供',
    label_en: 'Could not be provided',
    variants: [],
  },
  { key: 'not_processed', ordinal: '（五）', label: '不予处理', label_en: 'Not processed', variants: [] },
  {
    key: 'other_handling',
    ordinal: '（六）',
    label: '其他处理',
    label_en: 'Other handling',
    variants: ['其他', '其他处理情况'],
  },
];

export function cellKey(table: TableId, row: RowKey, column: ColumnKey): CellKey {
  return `${table}/${row}/${column}`;
}

/** Splits `t3/new_received/total`. Throws a RangeError on anything that is not a cell key. */
export function parseCellKey(key: string): { table: TableId; row: RowKey; column: ColumnKey } {
  const [table, row, column, ...rest] = key.split('/');
  if (!table || !row || !column || rest.length > 0 || !(TABLE_IDS as readonly string[]).includes(table)) {
    throw new RangeError(
      `not a cell key: ${JSON.stringify(key)}; expected table/row/column such as t3/new_received/total`,
    );
  }
  return { table: table as TableId, row: row as RowKey, column: column as ColumnKey };
}
