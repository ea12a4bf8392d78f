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
    const key = (i: number) => this.#keys.get((facts[i] as PackedTable['facts'][number]).cellId) ?? ['', ''];
    const fact = (i: number) => facts[i] as PackedTable['facts'][number];
    const values: ((i: number) => Value)[] = [
      () => reading.reportId,
      () => reading.document,
      () => reading.agency,
      () => reading.year,
      () => table.edition,
      () => table.table,
      (i) => key(i)[0],
      (i) => key(i)[1],
      (i) => layout.rowLabels[i] ?? '',
      (i) => layout.columnLabels[i] ?? '',
      (i) => fact(i).value,
      (i) => layout.units[i] ?? null,
      (i) => fact(i).valueWan,
      (i) => decode(STATES, fact(i).state),
      (i) => rawOf(fact(i)),
      (i) => layout.locations[i] ?? '',
      (i) => decode(CONFIDENCES, fact(i).confidence),
      (i) => fact(i).doubtful === 1,
    ];
    if (version !== null) values.push(() => version);
    values.forEach((value, c) => {
      const column = file.columns[c] as Value[];
      for (let i = 0; i < count; i++) column.push(value(i));
    });
    file.filled(count);
  }
}
