import { cellsOf, tableForm } from '../../src/form/editions.ts';
import type { CellKey, EditionId, T3Column, TableId } from '../../src/form/form.ts';
import { cellKey, T3_COLUMNS, T4_COLUMNS, T4_ROWS } from '../../src/form/form.ts';
import type { Body } from './bodies.ts';
import type { Random } from './random.ts';

/** The true numbers of a report: every cell of its tables, all identities holding. Amounts are in 万元. */
export interface Figures {
  readonly editions: Readonly<Record<TableId, EditionId>>;
  readonly cells: Readonly<Partial<Record<CellKey, number>>>;
}

const APPLICANTS = T3_COLUMNS.filter((c) => c !== 'total');
const NOT_RESULTS = new Set(['new_received', 'carried_in', 'concluded_total', 'carried_out']);

/**
 * Invents the figures of one year.
 * @param before the figures of the year before: what is carried over and what is in force follow from them.
 * @param size about how many requests the body receives in a year.
 */
export function inventFigures(
  random: Random,
  body: Body,
  editions: Figures['editions'],
  size: number,
  before: Figures | null,
): Figures {
  const cells: Partial<Record<CellKey, number>> = {};
  inventTableTwo(random, body, editions.t2, size, before, cells);
  inventTableThree(random, editions.t3, size, before, cells);
  inventTableFour(random, size, cells);
  return { editions, cells };
}

function inventTableTwo(
  random: Random,
  body: Body,
  edition: EditionId,
  size: number,
  before: Figures | null,
  cells: Partial<Record<CellKey, number>>,
): void {
  const most = size > 1000 ? 9_999_999 : 99_999;
  const busy = body.kind === 'township' ? 30 : 3000;
  for (const { key, row, column } of cellsOf(tableForm(edition, 't2'))) {
    if (column.key === 'in_force' || column.key === 'total_disclosed') continue;
    // No body of a county or below can make 规章.
    if (row.key === 'regulations') cells[key] = 0;
    else if (column.key === 'prior_items') {
      const items = before?.cells[cellKey('t2', row.key, 'prior_items')];
      const by = before?.cells[cellKey('t2', row.key, 'item_change')];
      cells[key] =
        items !== undefined && by !== undefined
          ? items + by
          : row.key === 'fees'
            ? random.integer(0, 5)
            : random.integer(0, 300);
    } else if (column.key === 'item_change') {
      const items = cells[cellKey('t2', row.key, 'prior_items')] ?? 0;
      cells[key] = random.chance(0.5) ? 0 : random.integer(-Math.min(items, 20), 20);
    } else if (column.key === 'amount') {
      const drawn = random.chance(0.4) ? 0 : random.integer(1, most) / 10 ** random.integer(1, 4);
      cells[key] = followFees(before?.cells[key] ?? 0, drawn);
    } else if (column.key === 'issued' || column.key === 'newly_made') {
      cells[key] = random.integer(0, 12);
    } else if (column.key === 'newly_disclosed') {
      cells[key] = cells[cellKey('t2', row.key, 'newly_made')] ?? 0;
    } else if (column.key === 'repealed') {
      cells[key] = random.integer(0, 3);
    } else {
      cells[key] = random.chance(0.25) ? 0 : random.integer(1, busy);
    }
  }
  if (edition === '2021') {
    for (const row of ['regulations', 'normative_documents'] as const) {
      const [issued, repealed, stock] = (['issued', 'repealed', 'in_force'] as const).map((c) =>
        cellKey('t2', row, c),
      ) as [CellKey, CellKey, CellKey];
      const old = before?.cells[stock] ?? (row === 'regulations' ? 0 : random.integer(0, 60));
      cells[repealed] = Math.min(cells[repealed] ?? 0, old);
      cells[stock] = old + (cells[issued] ?? 0) - cells[repealed];
    }
  } else {
    for (const row of ['regulations', 'normative_documents'] as const) {
      const old =
        before?.cells[cellKey('t2', row, 'total_disclosed')] ??
        (row === 'regulations' ? 0 : random.integer(0, 60));
      cells[cellKey('t2', row, 'total_disclosed')] =
        old + (cells[cellKey('t2', row, 'newly_disclosed')] ?? 0);
    }
  }
}

/** Fees stay of about one size from year to year: ten thousand times as much is what a wrong unit looks like. */
function followFees(last: number, drawn: number): number {
  if (last === 0 || drawn === 0 || Math.max(last / drawn, drawn / last) < 3000) return drawn;
  return Math.round(last * (drawn > last && last < 1000 ? 20_000 : 5000)) / 10_000 || last;
}

function inventTableThree(
  random: Random,
  edition: EditionId,
  size: number,
  before: Figures | null,
  cells: Partial<Record<CellKey, number>>,
): void {
  const rows = tableForm(edition, 't3').blocks.flatMap((b) => b.rows.map((r) => r.key));
  const results = rows.filter((r) => !NOT_RESULTS.has(r));
  for (const column of APPLICANTS) {
    const share = column === 'natural_person' ? 1 : column === 'enterprise' ? 0.3 : 0.04;
    const carriedIn = before
      ? (before.cells[cellKey('t3', 'carried_out', column)] ?? 0)
      : random.integer(0, Math.round(size * share * 0.1));
    const received = random.integer(0, Math.round(size * share));
    const carriedOut = random.integer(0, Math.min(carriedIn + received, Math.round(size * share * 0.15)));
    const concluded = carriedIn + received - carriedOut;
    cells[cellKey('t3', 'new_received', column)] = received;
    cells[cellKey('t3', 'carried_in', column)] = carriedIn;
    cells[cellKey('t3', 'carried_out', column)] = carriedOut;
    cells[cellKey('t3', 'concluded_total', column)] = concluded;
    const parts = random.split(concluded, results.length);
    results.forEach((row, i) => {
      cells[cellKey('t3', row, column)] = parts[i] ?? 0;
    });
  }
  for (const row of rows) {
    cells[cellKey('t3', row, 'total')] = APPLICANTS.reduce(
      (sum, column: T3Column) => sum + (cells[cellKey('t3', row, column)] ?? 0),
      0,
    );
  }
}

function inventTableFour(random: Random, size: number, cells: Partial<Record<CellKey, number>>): void {
  const most = Math.max(1, Math.round(size * 0.05));
  const totals: number[] = [];
  for (const row of T4_ROWS) {
    // Who sues after a review had one: never more of them than reviews.
    const limit = row === 'litigation_after_review' ? (totals[0] ?? 0) : most;
    const total = random.chance(0.4) ? 0 : random.integer(0, limit);
    totals.push(total);
    const parts = random.split(total, T4_COLUMNS.length - 1);
    T4_COLUMNS.forEach((column, i) => {
      cells[cellKey('t4', row, column)] = column === 'total' ? total : (parts[i] ?? 0);
    });
  }
}
