import { tableForm } from '../form/editions.ts';
import type { CellKey, EditionId } from '../form/form.ts';
import { type ColumnKey, parseCellKey, T3_COLUMNS, T4_COLUMNS } from '../form/form.ts';
import { isBlank, isCount } from './outcome.ts';
import { cellOf, type ReportView } from './view.ts';

/** What the cells of a sum allow: exactly one value, a range because of blanks, or nothing that can be said. */
export interface Amount {
  readonly least: number;
  /** Infinity where a blank is open upwards. */
  readonly most: number;
  /** With every blank taken for zero. */
  readonly ifZero: number;
  /** Every operand shows a number. */
  readonly printed: boolean;
  /** Some operand is absent, worded or unreadable: any value is possible. */
  readonly unknown: boolean;
}

export function amountOf(view: ReportView, keys: readonly CellKey[]): Amount {
  const sum = { least: 0, most: 0, ifZero: 0, printed: true, unknown: false };
  for (const key of keys) {
    const amount = amountOfCell(view, key);
    sum.least += amount.least;
    sum.most += amount.most;
    sum.ifZero += amount.ifZero;
    sum.printed &&= amount.printed;
    sum.unknown ||= amount.unknown;
  }
  return sum;
}

const UNKNOWN: Amount = {
  least: 0,
  most: Number.POSITIVE_INFINITY,
  ifZero: 0,
  printed: false,
  unknown: true,
};

function amountOfCell(view: ReportView, key: CellKey): Amount {
  const cell = cellOf(view, key);
  if (isCount(cell)) {
    return { least: cell.value, most: cell.value, ifZero: cell.value, printed: true, unknown: false };
  }
  if (!isBlank(cell)) return UNKNOWN;
  const parts = partsOfTotal(key);
  // A total left blank is at least the sum of its parts: that is what 总计 means.
  if (parts.length === 0) {
    return { least: 0, most: Number.POSITIVE_INFINITY, ifZero: 0, printed: false, unknown: false };
  }
  return { ...amountOf(view, parts), printed: false };
}

function partsOfTotal(key: CellKey): CellKey[] {
  if (!key.endsWith('/total')) return [];
  const { table, row } = parseCellKey(key);
  const columns: readonly ColumnKey[] = table === 't3' ? T3_COLUMNS : table === 't4' ? T4_COLUMNS : [];
  return columns.filter((c) => c !== 'total').map((c): CellKey => `${table}/${row}/${c}`);
}

export type Fit = 'exact' | 'if_zero' | 'possible' | 'no';

export function fits(value: number, amount: Amount): Fit {
  if (amount.unknown) return 'possible';
  if (amount.printed) return value === amount.least ? 'exact' : 'no';
  if (value === amount.ifZero) return 'if_zero';
  return value >= amount.least && value <= amount.most ? 'possible' : 'no';
}

/** The result rows of a group in table 三, in one column. */
export function groupCells(edition: EditionId, group: string, column: ColumnKey): CellKey[] {
  return (tableForm(edition, 't3').blocks[0]?.rows ?? [])
    .filter((r) => r.key === group || r.key.startsWith(`${group}.`))
    .map((r): CellKey => `t3/${r.key}/${column}`);
}
