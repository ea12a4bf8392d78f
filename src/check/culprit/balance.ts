import { tableForm } from '../../form/editions.ts';
import { type CellKey, type RowKey, T3_COLUMNS } from '../../form/form.ts';
import { evaluateAll, isCount } from '../outcome.ts';
import type { TableView } from '../view.ts';

export const COLUMNS = T3_COLUMNS.length;
export const TOTAL = COLUMNS - 1;

/** A change of one cell of table 三, by position. */
export interface Change {
  readonly row: number;
  readonly column: number;
  readonly delta: number;
}

/**
 * Table 三 as a system of equations in integers. Each cell stands in one row sum and, by its row, in the flow and
 * the item sum of its column; a residual is left side minus right side, null where the identity cannot be worked out.
 */
export class Balance {
  readonly rows: readonly RowKey[];
  readonly values: readonly number[];
  /** The cell shows a number: only these can be wrong. */
  readonly isNumber: readonly boolean[];
  readonly rowSum: readonly (number | null)[];
  readonly flow: readonly (number | null)[];
  readonly items: readonly (number | null)[];
  readonly flowSign: readonly number[];
  readonly itemSign: readonly number[];
  /** Every identity can be worked out and no operand is blank: nothing but the numbers decides. */
  readonly complete: boolean;
  readonly failingRows: readonly number[];
  readonly failingColumns: readonly number[];

  constructor(table: TableView) {
    this.rows = (tableForm(table.edition, 't3').blocks[0]?.rows ?? []).map((r) => r.key);
    this.flowSign = this.rows.map((r) =>
      r === 'new_received' || r === 'carried_in'
        ? 1
        : r === 'concluded_total' || r === 'carried_out'
          ? -1
          : 0,
    );
    this.itemSign = this.rows.map((r, i) => (r === 'concluded_total' ? -1 : this.flowSign[i] === 0 ? 1 : 0));
    const values: number[] = [];
    const isNumber: boolean[] = [];
    for (const row of this.rows) {
      for (const column of T3_COLUMNS) {
        const cell = table.cells.get(`t3/${row}/${column}`);
        const number = isCount(cell);
        isNumber.push(number);
        values.push(number ? cell.value : 0);
      }
    }
    this.values = values;
    this.isNumber = isNumber;
    const rowSum: (number | null)[] = this.rows.map(() => null);
    const flow: (number | null)[] = T3_COLUMNS.map(() => null);
    const items: (number | null)[] = T3_COLUMNS.map(() => null);
    let complete = true;
    for (const result of evaluateAll(table)) {
      const { identity } = result;
      if (result.outcome === 'unverifiable' || result.blanks) complete = false;
      const residual = result.outcome === 'unverifiable' ? null : result.difference;
      if (identity.rule === 'T3.ROWSUM') rowSum[this.rows.indexOf(identity.target as RowKey)] = residual;
      else {
        const column = T3_COLUMNS.indexOf(identity.target as (typeof T3_COLUMNS)[number]);
        (identity.rule === 'T3.FLOW' ? flow : items)[column] = residual;
      }
    }
    this.rowSum = rowSum;
    this.flow = flow;
    this.items = items;
    this.complete = complete;
    this.failingRows = indices(rowSum, fails);
    this.failingColumns = indices(flow, (f, c) => fails(f) || fails(items[c] ?? null));
  }

  value(row: number, column: number): number {
    return this.values[row * COLUMNS + column] as number;
  }

  shows(row: number, column: number): boolean {
    return this.isNumber[row * COLUMNS + column] === true;
  }

  key(row: number, column: number): CellKey {
    return `t3/${this.rows[row] as RowKey}/${T3_COLUMNS[column] as (typeof T3_COLUMNS)[number]}`;
  }

  /** `rule:target` of every failing identity. */
  failing(): string[] {
    const names: string[] = [];
    this.flow.forEach((f, c) => {
      if (fails(f)) names.push(`T3.FLOW:${T3_COLUMNS[c]}`);
    });
    this.items.forEach((f, c) => {
      if (fails(f)) names.push(`T3.ITEMS:${T3_COLUMNS[c]}`);
    });
    this.rowSum.forEach((f, r) => {
      if (fails(f)) names.push(`T3.ROWSUM:${this.rows[r]}`);
    });
    return names;
  }

  /** Failing identities in which the cell stands. */
  failingAt(row: number, column: number): string[] {
    const names: string[] = [];
    if (this.flowSign[row] !== 0 && fails(this.flow[column] ?? null)) {
      names.push(`T3.FLOW:${T3_COLUMNS[column]}`);
    }
    if (this.itemSign[row] !== 0 && fails(this.items[column] ?? null)) {
      names.push(`T3.ITEMS:${T3_COLUMNS[column]}`);
    }
    if (fails(this.rowSum[row] ?? null)) names.push(`T3.ROWSUM:${this.rows[row]}`);
    return names;
  }

  /** What the cell would have to change by to mend its row. */
  deltaByRow(row: number, column: number): number {
    const residual = this.rowSum[row] ?? 0;
    return column === TOTAL ? residual : -residual;
  }

  /** What the cell would have to change by to mend its column. */
  deltaByColumn(row: number, column: number, after: Residuals = this): number {
    const flowSign = this.flowSign[row] as number;
    const itemSign = this.itemSign[row] as number;
    const flow = after.flow[column] ?? null;
    const items = after.items[column] ?? null;
    if (flowSign !== 0 && flow !== null) return -flow / flowSign;
    if (itemSign !== 0 && items !== null) return -items / itemSign;
    return 0;
  }

  /** The residuals once the changes are made. */
  apply(changes: readonly Change[]): Residuals {
    const rowSum = this.rowSum.slice();
    const flow = this.flow.slice();
    const items = this.items.slice();
    for (const { row, column, delta } of changes) {
      const r = rowSum[row] ?? null;
      const f = flow[column] ?? null;
      const i = items[column] ?? null;
      if (r !== null) rowSum[row] = r + (column === TOTAL ? -delta : delta);
      if (f !== null) flow[column] = f + delta * (this.flowSign[row] as number);
      if (i !== null) items[column] = i + delta * (this.itemSign[row] as number);
    }
    return { rowSum, flow, items };
  }

  /** With the changes made every identity holds, and every changed cell is an integer ≥ 0 that was a number. */
  mends(changes: readonly Change[], mayBeBlank = false): boolean {
    if (changes.length === 0) return false;
    for (const { row, column, delta } of changes) {
      if (delta === 0 || !Number.isSafeInteger(delta)) return false;
      if (!mayBeBlank && !this.shows(row, column)) return false;
      if (this.value(row, column) + delta < 0) return false;
    }
    const after = this.apply(changes);
    return !after.rowSum.some(fails) && !after.flow.some(fails) && !after.items.some(fails);
  }
}

export interface Residuals {
  readonly rowSum: readonly (number | null)[];
  readonly flow: readonly (number | null)[];
  readonly items: readonly (number | null)[];
}

export function fails(residual: number | null): boolean {
  return residual !== null && residual !== 0;
}

function indices<T>(list: readonly T[], test: (item: T, index: number) => boolean): number[] {
  return list.flatMap((item, i) => (test(item, i) ? [i] : []));
}
