import { T4_COLUMNS, type T4Column, type T4Row } from '../../form/form.ts';
import { readCellValue } from '../cell-value.ts';
import type { RowCell } from './rows.ts';

/**
 * Values of table 四 whose headers do not stand over them as they should: a column was put in and the headers above kept
 * their spans, a header or a value has no counterpart. What the spans say is then worth nothing; the labels right above
 * the values, the order of the form and the three sums remain.
 */

/** A value, and the column that the label right above it names; null where it names none, or none stands there. */
export interface Labelled {
  readonly cell: RowCell;
  readonly named: T4Column | null;
  readonly label: string;
}

export interface Ordered {
  /** One for each cell of the rows asked for, in the form's order. */
  readonly values: readonly Labelled[];
  /** `labels`: as many as there are cells, each under its own label. */
  readonly by: 'labels' | 'choice';
  /** The sums do not bear it out. */
  readonly contradicted: boolean;
  /** Of `values`, those where other ways that the sums admit have a zero for a blank, or a blank for a zero. */
  readonly open: ReadonlySet<Labelled>;
  /** Rows whose sums decided. */
  readonly decidedBy: readonly T4Row[];
}

/** More columns than these of the office's own, and chance would satisfy the sums. */
const MOST_EXTRA = 3;

/**
 * The values of the rows `heads` among those printed, in order; null where they are too few, or where neither labels
 * nor sums leave exactly one way.
 */
export function inFormOrder(printed: readonly Labelled[], heads: readonly T4Row[]): Ordered | null {
  const width = heads.length * T4_COLUMNS.length;
  const extra = printed.length - width;
  if (heads.length === 0 || extra < 0 || extra > MOST_EXTRA) return null;
  const all = selections(printed, width);
  // With a value under no label, some label stands over the value of another.
  const eachUnderItsOwn = printed.every((v) => v.label !== '');
  const labelled = eachUnderItsOwn
    ? all.filter((way) => way.every((v, i) => v.named === T4_COLUMNS[i % T4_COLUMNS.length]))
    : [];
  const only = labelled.length === 1 ? labelled[0] : undefined;
  if (only) {
    const contradicted = fit(only) === 'fails';
    return {
      values: only,
      by: extra === 0 ? 'labels' : 'choice',
      contradicted,
      open: new Set(),
      decidedBy: [],
    };
  }
  // Labels that do not make up the form name nothing, or they would have stood over their values.
  const possible = (labelled.length > 0 ? labelled : all)
    .map((way) => ({ way, fit: fit(way) }))
    .filter((p) => p.fit !== 'fails');
  // Printed zeros before blanks: ways that differ in nothing else are one, but for the cells where they do.
  const best = possible.find((p) => p.fit === 'holds') ?? possible[0];
  if (!best) return null;
  const reading = numbersOf(best.way);
  if (possible.some((p) => numbersOf(p.way) !== reading)) return null;
  const open = new Set(best.way.filter((v, i) => possible.some((p) => !isSame(p.way[i] as Labelled, v))));
  return { values: best.way, by: 'choice', contradicted: false, open, decidedBy: heads };
}

function selections(printed: readonly Labelled[], width: number): Labelled[][] {
  if (printed.length === width) return [[...printed]];
  const ways: Labelled[][] = [];
  const leave = (from: number, kept: readonly Labelled[]) => {
    if (kept.length === width) {
      ways.push([...kept]);
      return;
    }
    for (let i = from; i < kept.length; i += 1) leave(i, [...kept.slice(0, i), ...kept.slice(i + 1)]);
  };
  leave(0, printed);
  return ways;
}

function isSame(a: Labelled, b: Labelled): boolean {
  return a === b || (numberOf(a) !== null && numberOf(a) === numberOf(b));
}

/** Null for what is no number and no blank: it may be anything. */
function numberOf({ cell }: Labelled): number | 'blank' | null {
  const read = readCellValue(cell, 'count');
  if (read.state === 'number') return read.value;
  return read.state === 'blank' || read.state === 'dash' ? 'blank' : null;
}

function fit(way: readonly Labelled[]): 'holds' | 'possible' | 'fails' {
  let all: 'holds' | 'possible' = 'holds';
  for (let i = 0; i < way.length; i += T4_COLUMNS.length) {
    const numbers = way.slice(i, i + T4_COLUMNS.length).map(numberOf);
    if (numbers.includes(null)) {
      all = 'possible';
      continue;
    }
    if (numbers.includes('blank')) all = 'possible';
    const counts = numbers.map((n) => (typeof n === 'number' ? n : 0));
    const total = counts.pop() ?? 0;
    if (counts.reduce((sum, n) => sum + n, 0) !== total) return 'fails';
  }
  return all;
}

function numbersOf(way: readonly Labelled[]): string {
  return way
    .map((v) => {
      const number = numberOf(v);
      return number === null ? `?${v.cell.text}` : number === 'blank' ? 0 : number;
    })
    .join(' ');
}
