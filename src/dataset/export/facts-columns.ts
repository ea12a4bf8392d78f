import { CONFIDENCES, decode, STATES } from '../codes.ts';
import { type PackedTable, rawOf } from '../packing.ts';
import type { ReadingRecord } from '../reader.ts';
import type { Value } from './csv.ts';
import type { ParquetFile } from './parquet.ts';

/** `factRows` column by column into a Parquet file, without a list for every row. A test holds the two together. */
export class FactColumns {
  readonly #keys: ReadonlyMap<number, readonly [string, string]>;

  constructor(keyOf: ReadonlyMap<number, string>) {
    this.#keys = new Map(
      [...keyOf].map(([id, key]) => [id, key.split('/').slice(1) as unknown as [string, string]]),
    );
  }

  push(file: ParquetFile, reading: ReadingRecord, table: PackedTable, version: number | null): void {
    const { layout, facts } = table;
    const count = facts.length;
    const column = (c: number) => file.columns[c] as Value[];
    const same = (c: number, value: Value) => {
      const values = column(c);
      for (let i = 0; i < count; i++) values.push(value);
    };
    same(0, reading.reportId);
    same(1, reading.document);
    same(2, reading.agency);
    same(3, reading.year);
    same(4, table.edition);
    same(5, table.table);
    const [rows, columns, rowLabels, columnLabels] = [column(6), column(7), column(8), column(9)];
    const [values, units, wan, states] = [column(10), column(11), column(12), column(13)];
    const [raws, locations, confidences, doubts] = [column(14), column(15), column(16), column(17)];
    for (let i = 0; i < count; i++) {
      const fact = facts[i] as PackedTable['facts'][number];
      const key = this.#keys.get(fact.cellId);
      rows?.push(key?.[0] ?? '');
      columns?.push(key?.[1] ?? '');
      rowLabels?.push(layout.rowLabels[i] ?? '');
      columnLabels?.push(layout.columnLabels[i] ?? '');
      values?.push(fact.value);
      units?.push(layout.units[i] ?? null);
      wan?.push(fact.valueWan);
      states?.push(decode(STATES, fact.state));
      raws?.push(rawOf(fact));
      locations?.push(layout.locations[i] ?? '');
      confidences?.push(decode(CONFIDENCES, fact.confidence));
      doubts?.push(fact.doubtful === 1);
    }
    if (version !== null) same(18, version);
    file.filled(count);
  }
}
