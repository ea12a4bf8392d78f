import type { TableView } from '../view.ts';
import { Balance, type Change, COLUMNS, fails, TOTAL } from './balance.ts';
import { type Cause, type Explanation, type Operation, rank, slipOf } from './explanation.ts';
import { findShift } from './shifts.ts';

/**
 * Names what is wrong with a table 三 whose identities fail. After Fellegi & Holt (1976) and Scholtus (2009, 2016):
 * the smallest set of edit operations that makes every identity hold with integers ≥ 0, searched exactly and in a
 * fixed order. Only one wrong cell in a table without blanks is `unique`: no two wrong cells can imitate it (they
 * leave traces in two rows or in two columns), while every larger explanation has rivals of its own size.
 */
export function localiseTableThree(table: TableView): readonly Cause[] {
  const balance = new Balance(table);
  const breaks = balance.failing();
  if (breaks.length === 0) return [];

  const single = oneCell(balance);
  if (single.length > 0) {
    if (balance.complete && single.length === 1) return [{ verdict: 'unique', explanations: single, breaks }];
    return [{ ...rank(single), breaks }];
  }

  const shift = findShift(balance);
  if (shift) {
    return [
      {
        verdict: 'suspect_extraction',
        explanations: [explain(balance, shift.operation, shift.changes)],
        breaks,
      },
    ];
  }

  const together = [...inOneRow(balance), ...inOneColumn(balance), ...withAllTotals(balance)];
  const separate = separately(balance);
  const fewest = Math.min(...together.map(sizeOf), ...separate.map((s) => s.length));
  const joint = together.filter((e) => sizeOf(e) === fewest);
  const apart = separate.filter((s) => s.length === fewest && !isJoint(s));
  if (joint.length > 0) {
    const listed = [...joint, ...apart.map((s) => explain(balance, 'separate_cells', s))];
    return [{ ...rank(listed), breaks }];
  }
  const [only, ...more] = apart;
  if (only && more.length === 0) {
    return only.map((change) => ({
      verdict: 'preferred',
      explanations: [explain(balance, 'one_cell', [change])],
      breaks: balance.failingAt(change.row, change.column),
    }));
  }
  if (apart.length > 0) {
    if (balance.failingColumns.length === 0) return rowByRow(balance);
    return [{ ...rank(apart.map((s) => explain(balance, 'separate_cells', s))), breaks }];
  }
  const two = withOneMore(balance);
  if (two.length > 0) return [{ ...rank(two), breaks }];
  return [{ verdict: 'suspect_extraction', explanations: [], breaks }];
}

function explain(balance: Balance, operation: Operation, changes: readonly Change[]): Explanation {
  const cells = changes.map(({ row, column, delta }) => ({
    cell: balance.key(row, column),
    printed: balance.value(row, column),
    suggested: balance.value(row, column) + delta,
  }));
  return { operation, changes: cells, slip: slipOf(operation, cells) };
}

function sizeOf(explanation: Explanation): number {
  return explanation.operation === 'cell_with_all_totals' ? 2 : explanation.changes.length;
}

/** All changes in one row or one column: one explanation, already found as such. */
function isJoint(changes: readonly Change[]): boolean {
  const [first] = changes;
  return changes.every((c) => c.row === first?.row) || changes.every((c) => c.column === first?.column);
}

function oneCell(balance: Balance): Explanation[] {
  const found: Explanation[] = [];
  // One cell leaves traces in one row and one column only.
  if (balance.failingRows.length > 1 || balance.failingColumns.length > 1) return found;
  const [failingRow] = balance.failingRows;
  const [failingColumn] = balance.failingColumns;
  for (let row = 0; row < balance.rows.length; row++) {
    if (failingRow !== undefined && row !== failingRow) continue;
    for (let column = 0; column < COLUMNS; column++) {
      if (failingColumn !== undefined && column !== failingColumn) continue;
      const delta = balance.deltaByRow(row, column) || balance.deltaByColumn(row, column);
      const change = [{ row, column, delta }];
      if (balance.mends(change)) found.push(explain(balance, 'one_cell', change));
    }
  }
  return found;
}

/** The cells of one row, one in each failing column. */
function inOneRow(balance: Balance): Explanation[] {
  const [failing, ...others] = balance.failingRows;
  if (others.length > 0 || balance.failingColumns.length < 2) return [];
  const found: Explanation[] = [];
  for (let row = 0; row < balance.rows.length; row++) {
    if (failing !== undefined && row !== failing) continue;
    const changes = balance.failingColumns.map((column) => ({
      row,
      column,
      delta: balance.deltaByColumn(row, column),
    }));
    if (balance.mends(changes)) found.push(explain(balance, rowOperation(balance, changes), changes));
  }
  return found;
}

function rowOperation(balance: Balance, changes: readonly Change[]): Operation {
  const [a, b] = changes;
  if (changes.length === 2 && a && b) {
    if (isSwap(balance, a, b) && b.column - a.column === 1) return 'swapped';
    if (a.delta === b.delta && b.column === TOTAL) return 'cell_with_row_total';
    if (a.delta === -b.delta && b.column !== TOTAL) return 'wrong_column';
  }
  const row = a?.row ?? 0;
  const copied = balance.rows.some(
    (_, other) =>
      other !== row &&
      balance.value(row, TOTAL) > 0 &&
      Array.from({ length: COLUMNS }, (_, c) => c).every(
        (c) => balance.value(other, c) === balance.value(row, c),
      ),
  );
  return copied ? 'row_copied' : 'several_in_row';
}

function isSwap(balance: Balance, a: Change, b: Change): boolean {
  return (
    balance.value(a.row, a.column) + a.delta === balance.value(b.row, b.column) &&
    balance.value(b.row, b.column) + b.delta === balance.value(a.row, a.column)
  );
}

/** The cells of one column, one in each failing row. */
function inOneColumn(balance: Balance): Explanation[] {
  if (balance.failingRows.length < 2) return [];
  if (balance.failingRows.length > 3 && !isUncomputed(balance)) return [];
  const found: Explanation[] = [];
  for (let column = 0; column < COLUMNS; column++) {
    if (balance.failingColumns.some((c) => c !== column)) continue;
    const changes = balance.failingRows.map((row) => ({
      row,
      column,
      delta: balance.deltaByRow(row, column),
    }));
    const [a, b] = changes;
    if (!balance.mends(changes) || !a || !b) continue;
    const operation: Operation =
      changes.length > 2
        ? 'several_in_column'
        : isSwap(balance, a, b) && b.row - a.row === 1
          ? 'swapped'
          : a.delta === -b.delta
            ? 'wrong_row'
            : 'several_in_column';
    found.push(explain(balance, operation, changes));
  }
  return found;
}

/** Zeros stand in the total column wherever a row does not add up: the totals were never worked out. */
function isUncomputed(balance: Balance): boolean {
  return balance.failingRows.every((r) => balance.value(r, TOTAL) === 0 && balance.shows(r, TOTAL));
}

/** A result that was wrong before its three totals were worked out: only the flow of its column and of 总计 shows it. */
function withAllTotals(balance: Balance): Explanation[] {
  const [column, total] = balance.failingColumns;
  if (balance.failingRows.length > 0 || total !== TOTAL || column === undefined) return [];
  if (balance.failingColumns.length !== 2 || balance.items.some(fails)) return [];
  const delta = balance.flow[column] ?? 0;
  const concluded = balance.rows.indexOf('concluded_total');
  const found: Explanation[] = [];
  for (let row = 0; row < balance.rows.length; row++) {
    if (balance.flowSign[row] !== 0) continue;
    const changes = [row, concluded].flatMap((r) =>
      [column, TOTAL].map((c) => ({ row: r, column: c, delta })),
    );
    if (balance.mends(changes)) found.push(explain(balance, 'cell_with_all_totals', changes));
  }
  return found;
}

/** Up to three failing rows, each with one wrong cell of its own. */
function separately(balance: Balance): Change[][] {
  const rows = balance.failingRows;
  if (rows.length < 2 || rows.length > 3) return [];
  return assignments(balance, rows).filter((changes) => balance.mends(changes));
}

function assignments(balance: Balance, rows: readonly number[]): Change[][] {
  return rows.reduce<Change[][]>(
    (lists, row) =>
      lists.flatMap((list) =>
        Array.from({ length: COLUMNS }, (_, column) => [
          ...list,
          { row, column, delta: balance.deltaByRow(row, column) },
        ]),
      ),
    [[]],
  );
}

/** One or two wrong cells, and beside them a case in the wrong column or a cell with its row total. */
function withOneMore(balance: Balance): Explanation[] {
  const rows = balance.failingRows;
  if (rows.length < 1 || rows.length > 2) return [];
  const found: Explanation[] = [];
  for (const first of assignments(balance, rows)) {
    const after = balance.apply(first);
    const columns = Array.from({ length: COLUMNS }, (_, c) => c).filter(
      (c) => fails(after.flow[c] ?? null) || fails(after.items[c] ?? null),
    );
    if (columns.length !== 2) continue;
    for (let row = 0; row < balance.rows.length; row++) {
      if (rows.includes(row)) continue;
      const second = columns.map((column) => ({
        row,
        column,
        delta: balance.deltaByColumn(row, column, after),
      }));
      const changes = [...first, ...second];
      if (balance.mends(changes)) found.push(explain(balance, 'separate_cells', changes));
    }
  }
  return found;
}

/** No column ties the failing rows together: each is a matter of its own. */
function rowByRow(balance: Balance): Cause[] {
  return balance.failingRows.map((row) => {
    const candidates = Array.from({ length: COLUMNS }, (_, column) => ({
      row,
      column,
      delta: balance.deltaByRow(row, column),
    })).filter(
      (c) =>
        balance.shows(row, c.column) &&
        balance.value(row, c.column) + c.delta >= 0 &&
        breaksNothing(balance, c),
    );
    return {
      ...rank(candidates.map((c) => explain(balance, 'one_cell', [c]))),
      breaks: [`T3.ROWSUM:${balance.rows[row]}`],
    };
  });
}

function breaksNothing(balance: Balance, change: Change): boolean {
  const after = balance.apply([change]);
  return !after.flow.some(fails) && !after.items.some(fails);
}
