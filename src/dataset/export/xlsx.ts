import type { Table } from '../schema.ts';
import type { Value } from './csv.ts';
import type { FileSink } from './file-sink.ts';

/** Rows that a sheet can hold below its header. */
const SHEET_ROWS = 1_048_575;

/**
 * A table as workbooks of one sheet each, with a frozen header, as many as its rows need. Cells are
 * strings and numbers, never formulas.
 */
export async function writeWorkbooks(
  table: Table,
  rows: AsyncIterable<Value[]>,
  open: (name: string) => FileSink,
): Promise<void> {
  const { writeXlsxStream } = await import('hucre/xlsx');
  const iterator = rows[Symbol.asyncIterator]();
  let next = await iterator.next();
  for (let part = 1; part === 1 || !next.done; part++) {
    const group = async function* () {
      for (let count = 0; count < SHEET_ROWS && !next.done; count++) {
        yield next.value.map(cell);
        next = await iterator.next();
      }
    };
    const sink = open(part === 1 ? `${table.name}.xlsx` : `${table.name}-${part}.xlsx`);
    const stream = writeXlsxStream(group(), {
      name: table.name,
      columns: table.columns.map((c) => ({ header: c.name, key: c.name })),
      freezePane: { rows: 1 },
    });
    for await (const piece of stream) sink.binary(piece);
  }
}

/** A cell holds at most 32,767 characters, and XML no control characters. */
function cell(value: Value): Value {
  if (typeof value !== 'string') return value;
  const text = value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  return text.length > 32_767 ? `${text.slice(0, 32_766)}…` : text;
}
