import type { Column, ColumnType, Table } from '../schema.ts';
import type { FileSink } from './file-sink.ts';

/** A value as the exports pass it on: dates as `YYYY-MM-DD`, lists as JSON text. */
export type Value = string | number | boolean | null;

/** UTF-8 with BOM, CRLF, RFC 4180; what spreadsheets of all languages open with its Chinese right. */
export class CsvWriter {
  readonly #sink: FileSink;
  readonly #types: readonly ColumnType[];

  constructor(sink: FileSink, table: Pick<Table, 'columns'>) {
    this.#sink = sink;
    this.#types = table.columns.map((c: Column) => c.type);
    sink.text(`\ufeff${table.columns.map((c: Column) => quoted(c.name)).join(',')}\r\n`);
  }

  row(values: readonly Value[]): void {
    let line = '';
    for (let i = 0; i < this.#types.length; i++) {
      if (i > 0) line += ',';
      line += csvCell(values[i] as Value, this.#types[i] as ColumnType);
    }
    this.#sink.text(`${line}\r\n`);
  }

  /** Lines that were put together with `csvCell`, each with its line end. */
  lines(text: string): void {
    this.#sink.text(text);
  }
}

export function csvCell(value: Value, type: ColumnType): string {
  if (value === null) return '';
  if (typeof value === 'string') return type === 'string' ? quoted(guarded(value)) : quoted(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '0' : String(value);
  return value ? 'true' : 'false';
}

const DANGEROUS = /^[=+\-@\t\r\n＝＋－＠]/u;
/** A number in any printing that occurs, or dashes: what people put into a cell without meaning a formula. */
const HARMLESS = /^(?:[+\-＋－−]?[\d０-９]+(?:[.,，．][\d０-９]+)*(?:e[+-]?\d+)?[%％]?|[-－—–―─]+)$/u;

/** A leading apostrophe makes spreadsheets show a text that they would otherwise run as a formula. */
export function guarded(text: string): string {
  return DANGEROUS.test(text) && !HARMLESS.test(text) ? `'${text}` : text;
}

// A semicolon separates cells in the spreadsheets of some countries: quoted too, so that no cell begins in the middle.
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/;

function quoted(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
