import type { ByteWriter, SchemaElement, Writer } from 'hyparquet-writer';
import type { Column, Table } from '../schema.ts';
import type { Value } from './csv.ts';
import type { FileSink } from './file-sink.ts';

/** Rows of a group; large enough to compress well, small enough to hold. */
const GROUP = 16_384;
/** Characters of long texts after which a group ends sooner: the evidence of a finding may have thousands. */
const GROUP_CHARACTERS = 4 * 2 ** 20;

/** A Parquet file, written one row group at a time. Text is raw: nothing is guarded or quoted. */
export interface ParquetFile {
  row(values: readonly Value[]): void;
  /** The columns being filled; push one value to each, then call `filled`. */
  readonly columns: readonly Value[][];
  filled(rows: number): void;
  close(): void;
}

export async function openParquet(sink: FileSink, table: Pick<Table, 'columns'>): Promise<ParquetFile> {
  const { ParquetWriter, ByteWriter } = await import('hyparquet-writer');
  const bytes = sinkWriter(new ByteWriter(1 << 20), sink);
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'root', num_children: table.columns.length }, ...table.columns.map(element)],
    codec: 'SNAPPY',
    createdBy: 'gongkai',
  });
  const types = table.columns.map((c) => c.type);
  let columns: Value[][] = types.map(() => []);
  let rows = 0;
  let characters = 0;
  let written = false;
  const flush = () => {
    const data = columns;
    columns = types.map(() => []);
    file.columns = columns;
    rows = 0;
    characters = 0;
    written = true;
    writer.write({
      columnData: table.columns.map((column, i) => ({
        name: column.name,
        // Bounds help a reader to skip row groups by key, number or date; of free text they only cost time.
        statistics: column.type !== 'string' || column.name === 'report_id',
        offsetIndex: false,
        data: column.type === 'date' ? (data[i] as (string | null)[]).map(day) : (data[i] as Value[]),
      })),
      rowGroupSize: GROUP,
    });
  };
  const file = {
    columns,
    row(values: readonly Value[]) {
      for (let i = 0; i < columns.length; i++) {
        const value = values[i] as Value;
        if (typeof value === 'string') characters += value.length;
        (columns[i] as Value[]).push(value);
      }
      rows += 1;
      if (rows >= GROUP || characters >= GROUP_CHARACTERS) flush();
    },
    filled(count: number) {
      rows += count;
      if (rows >= GROUP) flush();
    },
    close() {
      if (rows > 0 || !written) flush();
      writer.finish();
    },
  };
  return file;
}

function element(column: Column): SchemaElement {
  const common = { name: column.name, repetition_type: column.required ? 'REQUIRED' : 'OPTIONAL' } as const;
  switch (column.type) {
    case 'integer':
      return { ...common, type: 'INT32' };
    case 'number':
      return { ...common, type: 'DOUBLE' };
    case 'boolean':
      return { ...common, type: 'BOOLEAN' };
    case 'date':
      return { ...common, type: 'INT32', converted_type: 'DATE' };
    default:
      return { ...common, type: 'BYTE_ARRAY', converted_type: 'UTF8' };
  }
}

function day(date: string | null): number | null {
  return date === null ? null : Date.parse(`${date}T00:00:00Z`) / 86_400_000;
}

/** Sends what was written to the file after each row group, so that only one is ever held. */
function sinkWriter(bytes: ByteWriter, sink: FileSink): Writer {
  const flush = () => {
    if (bytes.index > 0) sink.binary(new Uint8Array(bytes.buffer, 0, bytes.index));
    bytes.index = 0;
  };
  return Object.assign(bytes, { flush, finish: flush });
}
