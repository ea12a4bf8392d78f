import { tableForm } from '../form/editions.ts';
import {
  type CellKey,
  type ColumnForm,
  type ColumnKey,
  type EditionId,
  GROUPS,
  parseCellKey,
  type RowForm,
  type RowKey,
  type TableId,
} from '../form/form.ts';

/** How rows, columns and cells are called in messages: short enough for a sentence, as the form prints them. */

const TABLE_ZH: Record<TableId, string> = { t2: '表二', t3: '表三', t4: '表四' };
const TABLE_EN: Record<TableId, string> = { t2: 'Table II', t3: 'Table III', t4: 'Table IV' };

/** The long labels of the form that have a usual short name. */
const SHORT: { readonly [K in RowKey]?: readonly [string, string] } = {
  new_received: ['本年新收', 'newly received'],
  carried_in: ['上年结转', 'carried in'],
  partly_granted: ['部分公开', 'partly granted'],
  concluded_total: ['总计', 'total concluded'],
  carried_out: ['结转下年度', 'carried out'],
  'other_handling.no_correction_in_time': ['其他处理：1.逾期不补正', 'other handling: not corrected in time'],
  'other_handling.fee_unpaid': ['其他处理：2.逾期未缴费', 'other handling: fee not paid'],
};

export type Language = 'zh' | 'en';

export function tableName(table: TableId, language: Language): string {
  return language === 'zh' ? TABLE_ZH[table] : TABLE_EN[table];
}

function rowForm(edition: EditionId, table: TableId, row: RowKey): RowForm | undefined {
  return tableForm(edition, table)
    .blocks.flatMap((b) => b.rows)
    .find((r) => r.key === row);
}

function columnForm(
  edition: EditionId,
  table: TableId,
  row: RowKey,
  column: ColumnKey,
): ColumnForm | undefined {
  const block = tableForm(edition, table).blocks.find((b) => b.rows.some((r) => r.key === row));
  return block?.columns.find((c) => c.key === column);
}

export function rowName(edition: EditionId, table: TableId, row: RowKey, language: Language): string {
  const short = SHORT[row];
  if (short) return short[language === 'zh' ? 0 : 1];
  const form = rowForm(edition, table, row);
  if (!form) return row;
  const group = GROUPS.find((g) => g.key === form.group);
  if (language === 'en') {
    const label = form.label_en.toLowerCase();
    return group ? `${group.label_en.toLowerCase()}: ${label}` : label;
  }
  return group ? `${group.label}：${form.ordinal}${form.label}` : form.label;
}

export function columnName(
  edition: EditionId,
  table: TableId,
  row: RowKey,
  column: ColumnKey,
  language: Language,
): string {
  const form = columnForm(edition, table, row, column);
  if (!form) return column;
  // The form prints 其他 and 总计 for several things; alone in a sentence the first would not be understood.
  if (column === 'other_org') return language === 'zh' ? '其他组织' : 'other organisations';
  return language === 'zh' ? form.label : form.label_en.toLowerCase();
}

/** 表三“予以公开”行“自然人”列; 表四“行政复议”的“结果维持”. */
export function cellName(edition: EditionId, key: CellKey, language: Language): string {
  const { table, row, column } = parseCellKey(key);
  const r = rowName(edition, table, row, language);
  const c = columnName(edition, table, row, column, language);
  if (language === 'en') return `${TABLE_EN[table]}, ${r}, ${c}`;
  const rowWord = table === 't3' && row === 'concluded_total' ? '（七）总计' : r;
  return table === 't3' ? `表三“${rowWord}”行“${c}”列` : `${TABLE_ZH[table]}“${r}”的“${c}”`;
}

/** `21＋0＝21`; terms that are zero are left out where there are many. */
export function sumText(terms: readonly { readonly name: string; readonly value: number }[]): string {
  const total = terms.reduce((sum, t) => sum + t.value, 0);
  const shown = terms.length > 2 ? terms.filter((t) => t.value !== 0) : terms;
  if (shown.length === 0) return `0`;
  const parts = shown.map((t) => `${t.name}${t.value}`);
  return shown.length === 1 ? (parts[0] as string) : `${parts.join('＋')}＝${total}`;
}

/** The same in plain ASCII for English messages. */
export function sumTextEn(terms: readonly { readonly name: string; readonly value: number }[]): string {
  const total = terms.reduce((sum, t) => sum + t.value, 0);
  const shown = terms.length > 2 ? terms.filter((t) => t.value !== 0) : terms;
  if (shown.length === 0) return `0`;
  const parts = shown.map((t) => `${t.name} ${t.value}`);
  return shown.length === 1 ? (parts[0] as string) : `${parts.join(' + ')} = ${total}`;
}
