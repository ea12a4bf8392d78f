import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Fact, Report, TableReading } from '../extract/report.ts';
import { parseCellKey } from '../form/form.ts';
import { CONFIDENCES, decode, encode, STATES } from './codes.ts';
import type { Cell } from './dialect.ts';

/**
 * How facts are kept small. What the reports of one template share (labels, locations, units) is a *layout*, stored
 * once; a fact is its cell, its state and its number. The printed text is kept only where it says more than the number.
 */

/** Cell numbers of a store, both ways. */
export interface CellIds {
  readonly byKey: ReadonlyMap<string, number>;
  readonly byId: ReadonlyMap<number, string>;
}

/** One entry per fact, in the order of the reading. */
export interface Layout {
  readonly cells: readonly number[];
  readonly rowLabels: readonly string[];
  readonly columnLabels: readonly string[];
  readonly locations: readonly string[];
  readonly units: readonly (string | null)[];
}

/** A reading's table as stored: the layout, and one packed fact for each of its cells, in the layout's order. */
export interface PackedTable {
  readonly table: TableReading['table'];
  readonly edition: TableReading['edition'];
  readonly method: TableReading['method'];
  readonly usedIdentities: readonly string[];
  readonly layout: Layout;
  readonly facts: readonly PackedFact[];
}

/**
 * A fact as it is read from the store, where a dataset has twenty million: a list, its small numbers in one. Its cell is
 * the one in the same place of the layout.
 */
export type PackedFact = readonly [
  code: number,
  value: number | null,
  valueWan: number | null,
  raw: string | null,
  alternatives: string | null,
];

/** The code of a fact, in SQL. */
export const FACT_CODE = 'cell_id * 128 + state * 16 + confidence * 2 + doubtful';
export const cellOfCode = (code: number): number => Math.floor(code / 128);
export const stateOf = (fact: PackedFact): number => (fact[0] >> 4) & 7;
export const confidenceOf = (fact: PackedFact): number => (fact[0] >> 1) & 7;
export const isDoubtful = (fact: PackedFact): boolean => (fact[0] & 1) === 1;

export const FACT_COLUMNS = [
  'reading_id',
  'part',
  'cell_id',
  'state',
  'confidence',
  'doubtful',
  'value',
  'value_wan',
  'raw',
  'alternatives',
] as const;

/** NUL and lone surrogates cannot be stored as text everywhere; neither is ever a printed character. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

export function orNull<T>(text: T | null | undefined): (T extends string ? string : T) | null {
  return (typeof text === 'string' ? storable(text) : (text ?? null)) as
    | (T extends string ? string : T)
    | null;
}

export function packFact(readingId: number, part: number, fact: Fact, cells: CellIds): Cell[] {
  const key = `${fact.table}/${fact.row}/${fact.column}`;
  const cellId = cells.byKey.get(key);
  if (cellId === undefined) throw new RangeError(`${key} is not a cell of the form`);
  return [
    readingId,
    part,
    cellId,
    encode(STATES, fact.state),
    encode(CONFIDENCES, fact.confidence),
    fact.doubtful ? 1 : 0,
    fact.value,
    fact.valueWan,
    fact.raw === plain(encode(STATES, fact.state), fact.value) ? null : storable(fact.raw),
    fact.alternatives === undefined ? null : JSON.stringify(fact.alternatives),
  ];
}

/** What `raw` is when it is not stored. */
function plain(state: number, value: number | null): string | null {
  if (state === 0) return value === null ? null : String(value);
  return state === 1 || state === 4 ? '' : null;
}

export function rawOf(fact: PackedFact): string {
  return fact[3] ?? plain(stateOf(fact), fact[1]) ?? '';
}

/** `body` is asked for only where the store has no such layout yet: most reports share one with others. */
export function packLayout(table: TableReading, cells: CellIds): { hash: string; body: () => Uint8Array } {
  const text = JSON.stringify([
    table.facts.map((f) => cells.byKey.get(`${f.table}/${f.row}/${f.column}`)),
    table.facts.map((f) => storable(f.rowLabel)),
    table.facts.map((f) => storable(f.columnLabel)),
    table.facts.map((f) => storable(f.location)),
    table.facts.map((f) => orNull(f.unit)),
  ]);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return { hash, body: () => deflateRawSync(text, { level: 3 }) };
}

export function unpackLayout(body: Uint8Array): Layout {
  const [cells, rowLabels, columnLabels, locations, units] = JSON.parse(
    inflateRawSync(body).toString('utf8'),
  );
  return { cells, rowLabels, columnLabels, locations, units };
}

export function unpackTable(packed: PackedTable, cells: CellIds): TableReading {
  return {
    table: packed.table,
    edition: packed.edition,
    method: packed.method,
    usedIdentities: packed.usedIdentities,
    facts: packed.facts.map((fact, i) => {
      const cell = packed.layout.cells[i] as number;
      const { row, column } = parseCellKey(cells.byId.get(cell) ?? `cell ${cell}`);
      return {
        table: packed.table,
        edition: packed.edition,
        row,
        column,
        state: decode(STATES, stateOf(fact)),
        value: fact[1],
        unit: packed.layout.units[i] ?? null,
        valueWan: fact[2],
        raw: rawOf(fact),
        rowLabel: packed.layout.rowLabels[i] ?? '',
        columnLabel: packed.layout.columnLabels[i] ?? '',
        location: packed.layout.locations[i] ?? '',
        confidence: decode(CONFIDENCES, confidenceOf(fact)),
        doubtful: isDoubtful(fact),
        ...(fact[4] === null ? {} : { alternatives: JSON.parse(fact[4]) as number[] }),
      };
    }),
  };
}

/** The texts of a report, which only the rules and the review page need. */
export function packBody(report: Report): Uint8Array {
  return deflateRawSync(JSON.stringify([report.sections, report.narrative]), { level: 3 });
}

export function unpackBody(body: Uint8Array): Pick<Report, 'sections' | 'narrative'> {
  const [sections, narrative] = JSON.parse(inflateRawSync(body).toString('utf8'));
  return { sections, narrative };
}
