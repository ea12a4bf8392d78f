import { CONFIDENCES, decode, STATES } from '../codes.ts';
import {
  confidenceOf,
  isDoubtful,
  type Layout,
  type PackedFact,
  type PackedTable,
  rawOf,
  stateOf,
} from '../packing.ts';
import type { ReadingRecord } from '../reader.ts';
import type { Value } from './csv.ts';
import type { ParquetFile } from './parquet.ts';

/** `factRows` column by column into a Parquet file, without a list for every row. A test holds the two together. */
export class FactColumns {
  readonly #keyOf: ReadonlyMap<number, string>;
  readonly #layouts = new WeakMap<Layout, readonly (readonly Value[])[]>();

  constructor(keyOf: ReadonlyMap<number, string>) {
    this.#keyOf = keyOf;
  }

  push(file: ParquetFile, reading: ReadingRecord, table: PackedTable, version: number | null): void {
    const { facts } = table;
    const count = facts.length;
    const column = (c: number) => file.columns[c] as Value[];
    const same = (c: number, value: Value) => {
      const values = column(c);
      for (let i = 0; i < count; i++) values.push(value);
    };
    const all = (c: number, list: readonly Value[]) => {
      const values = column(c);
      for (let i = 0; i < count; i++) values.push(list[i] as Value);
    };
    const of = <T extends Value>(c: number, value: (fact: PackedFact) => T) => {
      const values = column(c);
      for (let i = 0; i < count; i++) values.push(value(facts[i] as PackedFact));
    };
    same(0, reading.reportId);
    same(1, reading.document);
    same(2, reading.agency);
    same(3, reading.year);
    same(4, table.edition);
    same(5, table.table);
    const [rows, columns, rowLabels, columnLabels, units, locations] = this.#labelsOf(table.layout);
    all(6, rows as Value[]);
    all(7, columns as Value[]);
    all(8, rowLabels as Value[]);
    all(9, columnLabels as Value[]);
    of(10, (fact) => fact[1]);
    all(11, units as Value[]);
    of(12, (fact) => fact[2]);
    of(13, (fact) => decode(STATES, stateOf(fact)));
    of(14, rawOf);
    all(15, locations as Value[]);
    of(16, (fact) => decode(CONFIDENCES, confidenceOf(fact)));
    of(17, isDoubtful);
    if (version !== null) same(18, version);
    file.filled(count);
  }

  #labelsOf(layout: Layout): readonly (readonly Value[])[] {
    let labels = this.#layouts.get(layout);
    if (!labels) {
      const keys = layout.cells.map((cell) => (this.#keyOf.get(cell) ?? '//').split('/'));
      labels = [
        keys.map((key) => key[1] ?? ''),
        keys.map((key) => key[2] ?? ''),
        keys.map((_, i) => layout.rowLabels[i] ?? ''),
        keys.map((_, i) => layout.columnLabels[i] ?? ''),
        keys.map((_, i) => layout.units[i] ?? null),
        keys.map((_, i) => layout.locations[i] ?? ''),
      ];
      this.#layouts.set(layout, labels);
    }
    return labels;
  }
}
