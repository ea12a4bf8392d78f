import { cellsOf, tableForm } from '../../src/form/editions.ts';
import type { CellKey, TableId } from '../../src/form/form.ts';
import { cellKey, parseCellKey, T3_COLUMNS, T4_COLUMNS } from '../../src/form/form.ts';
import { number } from './print.ts';
import type { Random } from './random.ts';
import type { PrintedCell, ReportRecord } from './record.ts';

/** A record with a typing error in it, and what was changed. */
export interface Mutation {
  readonly kind: MutationKind;
  readonly record: ReportRecord;
  /** The cells whose printed number changed, in form order; never empty. */
  readonly changes: readonly {
    readonly cell: CellKey;
    /** What the record printed before: the right number. */
    readonly right: number;
    readonly wrong: number;
  }[];
}

export type MutationKind = keyof typeof MUTATIONS;

type Numbers = ReadonlyMap<CellKey, number>;
type Change = (numbers: Numbers, table: TableId, random: Random) => Map<CellKey, number> | null;

/** Each returns the new numbers of the cells that it touches; null where the table offers nothing to it. */
const MUTATIONS = {
  /** One number replaced by another one. */
  one_cell: (numbers, _table, random) => {
    const [key, value] = random.pick([...numbers]);
    const wrong = random.integer(0, Math.max(9, value * 2));
    return new Map([[key, wrong === value ? value + 1 : wrong]]);
  },
  /** 21 for 12. */
  digits_transposed: (numbers, _table, random) =>
    digitChange(numbers, random, (text) => {
      const at = [...text.slice(1)].flatMap((d, i) => (d !== text[i] && !(i === 0 && d === '0') ? [i] : []));
      if (at.length === 0) return null;
      const i = random.pick(at);
      return `${text.slice(0, i)}${text[i + 1]}${text[i]}${text.slice(i + 2)}`;
    }),
  /** 12 for 123. */
  digit_dropped: (numbers, _table, random) =>
    digitChange(numbers, random, (text) => {
      if (text.length < 2) return null;
      const i = random.integer(0, text.length - 1);
      const rest = `${text.slice(0, i)}${text.slice(i + 1)}`;
      return rest.length > 1 && rest.startsWith('0') ? null : rest;
    }),
  /** 122 for 12. */
  digit_doubled: (numbers, _table, random) =>
    digitChange(numbers, random, (text) => {
      const i = random.integer(0, text.length - 1);
      return text === '0' ? null : `${text.slice(0, i + 1)}${text.slice(i)}`;
    }),
  /** Two cells side by side change places. */
  neighbours_swapped: (numbers, table, random) => {
    const pairs = rowsOf(numbers, table).flatMap((row) =>
      row.slice(1).flatMap((right, i) => {
        const left = row[i]!;
        return numbers.get(left) === numbers.get(right) ? [] : [[left, right] as const];
      }),
    );
    if (pairs.length === 0) return null;
    const [left, right] = random.pick(pairs);
    return new Map([
      [left, numbers.get(right)!],
      [right, numbers.get(left)!],
    ]);
  },
  /** A row typed one column too far to the right or to the left; what falls off comes in at the other end. */
  row_shifted: (numbers, table, random) => {
    const rows = rowsOf(numbers, table).filter((row) => new Set(row.map((k) => numbers.get(k))).size > 1);
    if (rows.length === 0) return null;
    const row = random.pick(rows);
    const by = random.chance(0.5) ? 1 : row.length - 1;
    return new Map(row.map((key, i) => [key, numbers.get(row[(i + row.length - by) % row.length]!)!]));
  },
  /** A wrong cell, with the total of its row worked out from it. */
  total_recomputed: (numbers, table, random) => {
    const cells = [...numbers].filter(([key]) => !key.endsWith('/total') && numbers.has(totalOf(key)));
    if (table === 't2' || cells.length === 0) return null;
    const [key, value] = random.pick(cells);
    const wrong =
      value + (value > 0 && random.chance(0.5) ? -random.integer(1, value) : random.integer(1, 9));
    return new Map([
      [key, wrong],
      [totalOf(key), numbers.get(totalOf(key))! + wrong - value],
    ]);
  },
} as const satisfies Record<string, Change>;

export const MUTATION_KINDS = Object.keys(MUTATIONS) as readonly MutationKind[];

/** Applies an error to a table of the record; null where the table's numbers offer nothing to it. */
export function mutate(
  record: ReportRecord,
  table: TableId,
  kind: MutationKind,
  random: Random,
): Mutation | null {
  const numbers = numbersOf(record, table);
  if (numbers.size === 0) return null;
  const change: Change = MUTATIONS[kind];
  const changed = change(numbers, table, random);
  return changed ? withNumbers(record, table, kind, changed) : null;
}

/** The table of `record` with the numbers of another report: a block copied from last year. */
export function copyBlock(
  record: ReportRecord,
  from: ReportRecord,
  table: TableId,
): Omit<Mutation, 'kind'> | null {
  const mutation = withNumbers(record, table, 'one_cell', new Map(numbersOf(from, table)));
  return mutation && { record: mutation.record, changes: mutation.changes };
}

/** Sets one cell; for cases written out by hand. */
export function setCell(record: ReportRecord, key: CellKey, cell: PrintedCell): ReportRecord {
  const { table } = parseCellKey(key);
  const of = record.tables[table];
  if (!of) throw new RangeError(`the record has no table ${table}`);
  return {
    ...record,
    tables: { ...record.tables, [table]: { ...of, cells: { ...of.cells, [key]: cell } } },
  };
}

/** The printed numbers of a table, in form order. */
export function numbersOf(record: ReportRecord, table: TableId): Numbers {
  const of = record.tables[table];
  const numbers = new Map<CellKey, number>();
  if (!of) return numbers;
  for (const { key } of cellsOf(tableForm(of.edition, table))) {
    const cell = of.cells[key];
    if (cell?.state === 'number' && Number.isInteger(cell.value)) numbers.set(key, cell.value);
  }
  return numbers;
}

function withNumbers(
  record: ReportRecord,
  table: TableId,
  kind: MutationKind,
  changed: ReadonlyMap<CellKey, number>,
): Mutation | null {
  const before = numbersOf(record, table);
  const changes = [...before].flatMap(([cell, right]) => {
    const wrong = changed.get(cell);
    return wrong === undefined || wrong === right ? [] : [{ cell, right, wrong }];
  });
  if (changes.length === 0) return null;
  let mutated = record;
  for (const { cell, wrong } of changes) {
    mutated = setCell(mutated, cell, number(wrong, String(wrong), null));
  }
  return { kind, record: mutated, changes };
}

function digitChange(
  numbers: Numbers,
  random: Random,
  change: (text: string) => string | null,
): Map<CellKey, number> | null {
  const possible = [...numbers].flatMap(([key, value]) => {
    const text = change(String(value));
    return text === null || Number(text) === value ? [] : [[key, Number(text)] as const];
  });
  return possible.length === 0 ? null : new Map([random.pick(possible)]);
}

/** The cells of each printed row that hold numbers, left to right. Table 四 prints all of its in one. */
function rowsOf(numbers: Numbers, table: TableId): CellKey[][] {
  if (table === 't4') return [[...numbers.keys()]];
  const rows = new Map<string, CellKey[]>();
  for (const key of numbers.keys()) {
    const { row } = parseCellKey(key);
    rows.set(row, [...(rows.get(row) ?? []), key]);
  }
  return [...rows.values()].filter((row) => row.length > 1);
}

function totalOf(key: CellKey): CellKey {
  const { table, row } = parseCellKey(key);
  const columns: readonly string[] = table === 't3' ? T3_COLUMNS : T4_COLUMNS;
  return columns.includes('total') ? cellKey(table, row, 'total') : key;
}
