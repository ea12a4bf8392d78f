import { type CellKey, T4_COLUMNS, T4_ROWS } from '../../form/form.ts';
import { evaluateAll, isCount } from '../outcome.ts';
import type { TableView } from '../view.ts';
import { type Cause, type CellChange, type Explanation, rank, slipOf } from './explanation.ts';

const KEYS: readonly CellKey[] = T4_ROWS.flatMap((r) => T4_COLUMNS.map((c): CellKey => `t4/${r}/${c}`));

/**
 * Names what is wrong with table 四. One identity covers five cells, so each of them could be the wrong one: never
 * `unique`. Two or three sums that come right together when the fifteen cells move by one place are our misreading.
 */
export function localiseTableFour(table: TableView): readonly Cause[] {
  const failing = evaluateAll(table).filter((e) => e.outcome === 'fails');
  if (failing.length === 0) return [];
  const breaks = failing.map((e) => `T4.SUM:${e.identity.target}`);
  const shifted = shift(table, failing.length);
  if (shifted) return [{ verdict: 'suspect_extraction', explanations: [shifted], breaks }];
  return failing.map((e) => {
    const difference = e.difference as number;
    const explanations = e.operands.flatMap((cell): Explanation[] => {
      const printed = table.cells.get(cell)?.value ?? null;
      if (printed === null) return [];
      const suggested = printed + (e.identity.right.includes(cell) ? difference : -difference);
      if (suggested < 0) return [];
      const changes: CellChange[] = [{ cell, printed, suggested }];
      return [{ operation: 'one_cell', changes, slip: slipOf('one_cell', changes) }];
    });
    return { ...rank(explanations), breaks: [`T4.SUM:${e.identity.target}`] };
  });
}

/**
 * One broken sum alone is explained by a move only where all fifteen cells moved and at least two numbers came to
 * another place: a single wrong cell among zeros looks much the same.
 */
function shift(table: TableView, failing: number): Explanation | null {
  const printed = KEYS.map((key) => {
    const cell = table.cells.get(key);
    return isCount(cell) ? cell.value : null;
  });
  if (printed.includes(null)) return null;
  const values = printed as number[];
  const width = T4_COLUMNS.length;
  const starts = failing > 1 ? KEYS.length - width : 0;
  for (let start = 0; start <= starts; start++) {
    const head = values.slice(0, start);
    const right = [...head, ...values.slice(start + 1), null];
    const left = [...head, null, ...values.slice(start, -1)];
    for (const moved of [right, left]) {
      const lost = moved.indexOf(null);
      const rowStart = lost - (lost % width);
      const row = moved.slice(rowStart, rowStart + width);
      const parts = row.slice(0, width - 1).reduce<number>((sum, v) => sum + (v ?? 0), 0);
      const isTotal = lost % width === width - 1;
      const missing = isTotal ? parts : (row[width - 1] as number) - parts;
      if (missing < 0) continue;
      const whole = moved.map((v) => v ?? missing);
      if (!addsUp(whole)) continue;
      const changes = whole.flatMap((suggested, i) =>
        suggested === values[i]
          ? []
          : [{ cell: KEYS[i] as CellKey, printed: values[i] as number, suggested }],
      );
      const landed = changes.filter((c) => c.suggested > 0 && KEYS[lost] !== c.cell).length;
      if (changes.length >= 3 && (failing > 1 || landed >= 2))
        return { operation: 'cells_shifted', changes, slip: null };
    }
  }
  return null;
}

function addsUp(values: readonly number[]): boolean {
  const width = T4_COLUMNS.length;
  return T4_ROWS.every((_, r) => {
    const row = values.slice(r * width, (r + 1) * width);
    return row.slice(0, width - 1).reduce((sum, v) => sum + v, 0) === row[width - 1];
  });
}
