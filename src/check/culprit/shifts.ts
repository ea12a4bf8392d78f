import { type Balance, type Change, COLUMNS } from './balance.ts';
import type { Operation } from './explanation.ts';

/** A displacement of whole rows or columns that explains every failing identity. */
export interface Shift {
  readonly operation: Operation;
  readonly changes: readonly Change[];
}

/**
 * Numbers that stand one place (or two) from where they belong. An office that types numbers does not displace a
 * row as a whole; a reader of tables does. Moves that alter a single cell are left to the search for one wrong cell.
 */
export function findShift(balance: Balance): Shift | null {
  return rowShift(balance) ?? columnShift(balance) ?? blockShift(balance);
}

/** Marks the place whose number was pushed out or never read; the sums of its column (or row) give it back. */
const LOST = Symbol('lost');
type Moved = (number | typeof LOST)[];

function rowShift(balance: Balance): Shift | null {
  const [failing, ...others] = balance.failingRows;
  if (others.length > 0) return null;
  for (let row = 0; row < balance.rows.length; row++) {
    if (failing !== undefined && row !== failing) continue;
    const printed = Array.from({ length: COLUMNS }, (_, c) => balance.value(row, c));
    for (const { moved, out, whole, by } of displacements(printed, 2)) {
      const changes: Change[] = [];
      const lost: number[] = [];
      // Zeros that land on zeros, or push a number out, are no trace of a move: a number must come to its place.
      let landed = false;
      moved.forEach((value, column) => {
        if (value === LOST) lost.push(column);
        else if (value !== printed[column]) {
          changes.push({ row, column, delta: value - (printed[column] as number) });
          landed ||= value !== 0;
        }
      });
      for (const column of lost) {
        const delta = balance.deltaByColumn(row, column);
        if (delta === 0) continue;
        changes.push({ row, column, delta });
        // What went out at one end came in at the other.
        landed ||= out.includes((printed[column] as number) + delta);
      }
      if (landed && changes.length >= (whole && by === 1 ? 2 : 3) && balance.mends(changes, true)) {
        return { operation: whole ? 'row_shifted' : 'cells_shifted', changes };
      }
    }
  }
  return null;
}

function columnShift(balance: Balance): Shift | null {
  if (balance.failingRows.length < 2) return null;
  for (let column = 0; column < COLUMNS; column++) {
    if (balance.failingColumns.some((c) => c !== column)) continue;
    const printed = balance.rows.map((_, r) => balance.value(r, column));
    for (const { moved } of displacements(printed, 1)) {
      const changes: Change[] = [];
      for (let row = 0; row < moved.length; row++) {
        const value = moved[row] as number | typeof LOST;
        const delta = value === LOST ? balance.deltaByRow(row, column) : value - (printed[row] as number);
        if (delta !== 0) changes.push({ row, column, delta });
      }
      if (changes.length >= 3 && balance.mends(changes, true))
        return { operation: 'column_shifted', changes };
    }
  }
  return null;
}

/** From some row on, every row stands under the label of its neighbour. */
function blockShift(balance: Balance): Shift | null {
  if (balance.failingRows.length > 0 || balance.failingColumns.length === 0) return null;
  const printed = balance.rows.map((_, r) => r);
  for (const { moved } of displacements(printed, 1)) {
    if (!columnsCouldHold(balance, moved)) continue;
    const changes: Change[] = [];
    let lost = -1;
    moved.forEach((from, row) => {
      if (from === LOST) {
        lost = row;
        return;
      }
      for (let column = 0; column < COLUMNS; column++) {
        const delta = balance.value(from, column) - balance.value(row, column);
        if (delta !== 0) changes.push({ row, column, delta });
      }
    });
    const after = balance.apply(changes);
    for (let column = 0; column < COLUMNS; column++) {
      const delta = balance.deltaByColumn(lost, column, after);
      if (delta !== 0) changes.push({ row: lost, column, delta });
    }
    const rows = new Set(changes.map((c) => c.row));
    if (rows.size >= 3 && balance.mends(changes, true)) return { operation: 'rows_shifted', changes };
  }
  return null;
}

/** Quickly: in every column some number ≥ 0 in the lost row makes flow and items come right. */
function columnsCouldHold(balance: Balance, moved: Moved): boolean {
  for (let column = 0; column < COLUMNS; column++) {
    let flow = 0;
    let items = 0;
    let lost = 0;
    for (let row = 0; row < moved.length; row++) {
      const from = moved[row];
      if (typeof from !== 'number') {
        lost = row;
        continue;
      }
      const value = balance.value(from, column);
      flow += value * (balance.flowSign[row] as number);
      items += value * (balance.itemSign[row] as number);
    }
    const flowSign = balance.flowSign[lost] as number;
    const itemSign = balance.itemSign[lost] as number;
    const missing = flowSign !== 0 ? -flow / flowSign : -items / itemSign;
    if (missing < 0) return false;
    if (balance.flow[column] !== null && flow + missing * flowSign !== 0) return false;
    if (balance.items[column] !== null && items + missing * itemSign !== 0) return false;
  }
  return true;
}

interface Displacement {
  readonly moved: Moved;
  /** The numbers other than zero that have no place after the move. */
  readonly out: readonly number[];
  readonly whole: boolean;
  readonly by: number;
}

/** Every way to move the cells from some place on back by up to `most` places, either way. */
function* displacements(printed: readonly number[], most: number): Generator<Displacement> {
  for (let by = 1; by <= most; by++) {
    const gap: Moved = Array.from({ length: by }, () => LOST);
    const starts = by === 1 ? printed.length - 2 : 1;
    for (let start = 0; start < starts; start++) {
      const head: Moved = printed.slice(0, start);
      const whole = start === 0;
      // Pushed to the right: the cells at `start` do not belong here, the last were lost.
      const inserted = printed.slice(start, start + by).filter((v) => v !== 0);
      yield { moved: [...head, ...printed.slice(start + by), ...gap], out: inserted, whole, by };
      // Pulled to the left: the cells at `start` were lost, the last do not belong here.
      const kept = printed.slice(start, printed.length - by);
      const extra = printed.slice(-by).filter((v) => v !== 0);
      yield { moved: [...head, ...gap, ...kept], out: extra, whole, by };
    }
  }
}
