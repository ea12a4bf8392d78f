import { tableForm } from './editions.ts';
import type { CellKey, EditionId, TableId } from './form.ts';
import { T3_COLUMNS, T3_ROWS, T4_COLUMNS, T4_ROWS } from './form.ts';

/** Names of the arithmetic identities of the form; the checks use the same names as rule ids. */
export type IdentityRule = 'T3.FLOW' | 'T3.ITEMS' | 'T3.ROWSUM' | 'T4.SUM';

/** One instance: Σ left = Σ right over the cells named. */
export interface Identity {
  readonly rule: IdentityRule;
  readonly table: TableId;
  /** What it is about: a column of table 三 (FLOW, ITEMS) or a row (ROWSUM, T4.SUM). */
  readonly target: string;
  readonly left: readonly CellKey[];
  readonly right: readonly CellKey[];
}

/** Rows of table 三 that are not results of the year. */
const NOT_RESULTS = new Set(['new_received', 'carried_in', 'concluded_total', 'carried_out']);

/**
 * All identities of one table.
 *
 * - T3.FLOW is printed in the corner cell of the form: 第一项加第二项之和，等于第三项加第四项之和.
 * - T3.ITEMS, T3.ROWSUM and T4.SUM are what the words 总计 mean; neither edition has subtotal rows.
 */
export function identitiesOf(edition: EditionId, table: TableId): readonly Identity[] {
  if (table === 't4') {
    return T4_ROWS.map((row) => ({
      rule: 'T4.SUM',
      table,
      target: row,
      left: T4_COLUMNS.filter((c) => c !== 'total').map((c): CellKey => `t4/${row}/${c}`),
      right: [`t4/${row}/total`],
    }));
  }
  if (table !== 't3') return [];
  const present = new Set(tableForm(edition, 't3').blocks.flatMap((b) => b.rows.map((r) => r.key)));
  const rows = T3_ROWS.filter((r) => present.has(r));
  const leaves = rows.filter((r) => !NOT_RESULTS.has(r));
  return [
    ...T3_COLUMNS.map(
      (c): Identity => ({
        rule: 'T3.FLOW',
        table,
        target: c,
        left: [`t3/new_received/${c}`, `t3/carried_in/${c}`],
        right: [`t3/concluded_total/${c}`, `t3/carried_out/${c}`],
      }),
    ),
    ...T3_COLUMNS.map(
      (c): Identity => ({
        rule: 'T3.ITEMS',
        table,
        target: c,
        left: leaves.map((r): CellKey => `t3/${r}/${c}`),
        right: [`t3/concluded_total/${c}`],
      }),
    ),
    ...rows.map(
      (r): Identity => ({
        rule: 'T3.ROWSUM',
        table,
        target: r,
        left: T3_COLUMNS.filter((c) => c !== 'total').map((c): CellKey => `t3/${r}/${c}`),
        right: [`t3/${r}/total`],
      }),
    ),
  ];
}
