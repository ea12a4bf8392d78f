import type { ExampleReport } from '../../src/check/rule.ts';
import type { CellView, TableView } from '../../src/check/view.ts';
import { tableForm } from '../../src/form/editions.ts';
import type { CellKey, EditionId } from '../../src/form/form.ts';

/** Small seeded generator (mulberry32): the proof must be the same on every run and machine. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
type Random = (below: number) => number;

/** Table 三 as rows of seven numbers, the total last. */
export type Numbers = readonly (readonly number[])[];

const CLOSING = new Set<string>(['new_received', 'carried_in', 'concluded_total', 'carried_out']);

export function rowKeys(edition: EditionId): readonly string[] {
  return (tableForm(edition, 't3').blocks[0]?.rows ?? []).map((r) => r.key);
}

/** A table in which every identity holds: sparse as most are, now and then a large one. */
export function consistentTable(random: Random, edition: EditionId): number[][] {
  const keys = rowKeys(edition);
  const size = [3, 8, 60, 3000][random(4)] as number;
  const columns = Array.from({ length: 6 }, (_, c) => {
    const used = c === 0 || random(3) === 0;
    const leaves = keys.map((k) =>
      CLOSING.has(k) || !used || random(3) > 0 ? 0 : random(c === 0 ? size : Math.ceil(size / 6) + 1),
    );
    const concluded = leaves.reduce((a, b) => a + b, 0);
    const out = used && random(3) === 0 ? random(Math.ceil(size / 4) + 1) : 0;
    const carriedIn = used && random(3) === 0 ? random(Math.min(concluded + out, size) + 1) : 0;
    return keys.map((k, r) => {
      if (k === 'new_received') return concluded + out - carriedIn;
      if (k === 'carried_in') return carriedIn;
      if (k === 'concluded_total') return concluded;
      return k === 'carried_out' ? out : (leaves[r] as number);
    });
  });
  return keys.map((_, r) => {
    const six = columns.map((column) => column[r] as number);
    return [...six, six.reduce((a, b) => a + b, 0)];
  });
}

export const MUTATIONS = {
  one_cell: (t: number[][], random: Random) => {
    const [r, c] = cell(t, random);
    row(t, r)[c] = at(t, r, c) + (at(t, r, c) > 0 && random(2) ? -1 - random(at(t, r, c)) : 1 + random(9));
  },
  digits_transposed: (t: number[][], random: Random) =>
    digits(t, random, (s) => {
      if (s.length < 2) return s;
      const i = random(s.length - 1);
      return s.slice(0, i) + s[i + 1] + s[i] + s.slice(i + 2);
    }),
  digit_dropped: (t: number[][], random: Random) =>
    digits(t, random, (s) => {
      const i = random(s.length);
      return s.length < 2 ? s : s.slice(0, i) + s.slice(i + 1);
    }),
  digit_doubled: (t: number[][], random: Random) =>
    digits(t, random, (s) => {
      const i = random(s.length);
      return s === '0' ? s : s.slice(0, i + 1) + s.slice(i);
    }),
  swapped_in_row: (t: number[][], random: Random) => {
    const [r, c] = cell(t, random);
    const other = (c + 1) % 7;
    [row(t, r)[c], row(t, r)[other]] = [at(t, r, other), at(t, r, c)];
  },
  swapped_in_column: (t: number[][], random: Random) => {
    const [r, c] = cell(t, random);
    const other = (r + 1) % t.length;
    const a = at(t, r, c);
    row(t, r)[c] = at(t, other, c);
    row(t, other)[c] = a;
  },
  booked_in_wrong_column: (t: number[][], random: Random) => {
    const [r, c] = cell(t, random, 6);
    if (at(t, r, c) === 0) return;
    const to = (c + 1 + random(5)) % 6;
    const by = 1 + random(at(t, r, c));
    row(t, r)[c] = at(t, r, c) - by;
    row(t, r)[to] = at(t, r, to) + by;
  },
  booked_in_wrong_row: (t: number[][], random: Random) => {
    const [r, c] = cell(t, random, 6);
    if (at(t, r, c) === 0) return;
    const to = (r + 1 + random(t.length - 1)) % t.length;
    const by = 1 + random(at(t, r, c));
    row(t, r)[c] = at(t, r, c) - by;
    row(t, to)[c] = at(t, to, c) + by;
  },
  row_total_recomputed: (t: number[][], random: Random) => {
    const [r, c] = cell(t, random, 6);
    const by = 1 + random(9);
    row(t, r)[c] = at(t, r, c) + by;
    row(t, r)[6] = at(t, r, 6) + by;
  },
  column_total_recomputed: (t: number[][], random: Random) => {
    const r = 2 + random(t.length - 4);
    const c = random(7);
    const by = 1 + random(9);
    const concluded = t.length - 2;
    row(t, r)[c] = at(t, r, c) + by;
    row(t, concluded)[c] = at(t, concluded, c) + by;
  },
  all_totals_recomputed: (t: number[][], random: Random) => {
    const r = 2 + random(t.length - 4);
    const c = random(6);
    const by = 1 + random(9);
    for (const [i, j] of [
      [r, c],
      [r, 6],
      [t.length - 2, c],
      [t.length - 2, 6],
    ] as const) {
      row(t, i)[j] = at(t, i, j) + by;
    }
  },
  two_cells: (t: number[][], random: Random) => {
    MUTATIONS.one_cell(t, random);
    MUTATIONS.one_cell(t, random);
  },
  equal_in_two_cells: (t: number[][], random: Random) => {
    const by = 1 + random(3);
    for (let i = 0; i < 2; i++) {
      const [r, c] = cell(t, random);
      row(t, r)[c] = at(t, r, c) + by;
    }
  },
  row_shifted_right: (t: number[][], random: Random) => {
    const r = random(t.length);
    t[r] = [0, ...row(t, r).slice(0, 6)];
  },
  row_shifted_left: (t: number[][], random: Random) => {
    const r = random(t.length);
    t[r] = [...row(t, r).slice(1), 0];
  },
  row_rotated: (t: number[][], random: Random) => {
    const r = random(t.length);
    t[r] = [at(t, r, 6), ...row(t, r).slice(0, 6)];
  },
  column_shifted: (t: number[][], random: Random) => {
    const c = random(7);
    for (let r = t.length - 1; r > 0; r--) row(t, r)[c] = at(t, r - 1, c);
    row(t, 0)[c] = 0;
  },
  rows_shifted: (t: number[][]) => {
    t.unshift(Array.from({ length: 7 }, () => 0));
    t.pop();
  },
  row_copied: (t: number[][], random: Random) => {
    t[random(t.length)] = [...row(t, random(t.length))];
  },
  block_copied: (t: number[][], random: Random, other: Numbers) => {
    const from = random(t.length - 3);
    const size = 2 + random(t.length - from - 2);
    for (let r = from; r < from + size; r++) t[r] = [...(other[r] ?? [])];
  },
  column_copied: (t: number[][], random: Random) => {
    const c = random(6);
    const to = (c + 1) % 6;
    for (let r = 0; r < t.length; r++) row(t, r)[to] = at(t, r, c);
  },
} as const satisfies Record<string, (t: number[][], random: Random, other: Numbers) => void>;

export type MutationKind = keyof typeof MUTATIONS;
export const SHIFTS: readonly MutationKind[] = [
  'row_shifted_right',
  'row_shifted_left',
  'row_rotated',
  'column_shifted',
];

export function changedCells(before: Numbers, after: Numbers): { cell: string; right: number }[] {
  const keys = rowKeys(before.length === 23 ? '2019' : '2021');
  return before.flatMap((numbers, r) =>
    numbers.flatMap((right, c) =>
      after[r]?.[c] === right ? [] : [{ cell: `t3/${keys[r]}/${COLUMN_KEYS[c]}`, right }],
    ),
  );
}

const COLUMN_KEYS = [
  'natural_person',
  'enterprise',
  'research',
  'public_interest',
  'legal_service',
  'other_org',
  'total',
] as const;

/** The numbers as the rules see them. */
export function asTable(numbers: Numbers): TableView {
  const edition: EditionId = numbers.length === 23 ? '2019' : '2021';
  const cells = new Map<CellKey, CellView>();
  rowKeys(edition).forEach((row, r) => {
    COLUMN_KEYS.forEach((column, c) => {
      const value = at(numbers, r, c);
      cells.set(`t3/${row}/${column}` as CellKey, {
        state: 'number',
        value,
        raw: String(value),
        unit: '件',
        valueWan: null,
        confidence: 'certain',
        doubtful: false,
      });
    });
  });
  return { table: 't3', edition, cells, usedIdentities: [] };
}

/** The numbers as an example report. */
export function asExample(numbers: Numbers): ExampleReport {
  const edition: EditionId = numbers.length === 23 ? '2019' : '2021';
  const t3: Record<string, number> = {};
  rowKeys(edition).forEach((row, r) => {
    COLUMN_KEYS.forEach((column, c) => {
      t3[`${row}/${column}`] = at(numbers, r, c);
    });
  });
  return { edition, year: edition === '2019' ? 2020 : 2024, t3 };
}

function cell(t: Numbers, random: Random, columns = 7): [number, number] {
  return [random(t.length), random(columns)];
}
function row(t: number[][], r: number): number[] {
  return t[r] as number[];
}
function at(t: Numbers, r: number, c: number): number {
  return t[r]?.[c] as number;
}
function digits(t: number[][], random: Random, change: (s: string) => string): void {
  const filled = t.flatMap((line, r) => line.flatMap((v, c) => (v > 0 ? [[r, c] as const] : [])));
  const pick = filled[random(Math.max(1, filled.length))];
  if (!pick) return;
  row(t, pick[0])[pick[1]] = Number(change(String(at(t, pick[0], pick[1]))));
}
