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
import { csvCell } from './csv.ts';
import type { FileSink } from './file-sink.ts';

/** Bytes collected before they are passed on. */
const CHUNK = 1 << 18;

/**
 * The lines of `facts.csv`, two hundred for every report, as bytes: what repeats (the report's columns, the labels of a
 * layout) is quoted and encoded once and put together. The result is that of `CsvWriter.row(factRows(…))`, cell by cell;
 * a test says so.
 */
export class FactLines {
  readonly #sink: Pick<FileSink, 'binary'>;
  readonly #keyOf: ReadonlyMap<number, string>;
  readonly #layouts = new WeakMap<Layout, Map<string, readonly LayoutBytes[]>>();
  #bytes = Buffer.allocUnsafe(2 * CHUNK);
  #at = 0;

  constructor(sink: Pick<FileSink, 'binary'>, keyOf: ReadonlyMap<number, string>) {
    this.#sink = sink;
    this.#keyOf = keyOf;
  }

  /** `tail` is what further columns hold, quoted, each after a comma. */
  push(reading: ReadingRecord, table: PackedTable, tail = ''): void {
    const head = Buffer.from(
      `${csvCell(reading.reportId, 'string')},${csvCell(reading.document, 'string')},${csvCell(reading.agency, 'string')},${csvCell(reading.year, 'integer')},`,
    );
    const end = Buffer.from(`${tail}\r\n`);
    const texts = this.#textsOf(table);
    for (let i = 0; i < table.facts.length; i++) {
      const fact = table.facts[i] as PackedFact;
      const text = texts[i] as LayoutBytes;
      const value = fact[1];
      this.#room(head.length + text.longest + end.length + 64);
      this.#put(head);
      this.#put(text.labels);
      if ((fact[0] & 127) === PLAIN && isCount(value) && fact[2] === null && fact[3] === null) {
        this.#count(value);
        this.#put(text.unitAndNumber);
        this.#count(value);
        this.#put(text.locationAndCertain);
      } else {
        const raw = csvCell(rawOf(fact), 'string');
        this.#text(`${value ?? ''},`);
        this.#put(text.unit);
        this.#text(`${fact[2] ?? ''},${decode(STATES, stateOf(fact))},${raw},`);
        this.#put(text.location);
        this.#text(`${decode(CONFIDENCES, confidenceOf(fact))},${isDoubtful(fact) ? 'true' : 'false'}`);
      }
      this.#put(end);
    }
    if (this.#at >= CHUNK) this.flush();
  }

  flush(): void {
    if (this.#at > 0) this.#sink.binary(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    this.flush();
    if (bytes > this.#bytes.length) this.#bytes = Buffer.allocUnsafe(2 * bytes);
  }

  #put(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #text(text: string): void {
    // No character of UTF-16 takes more than three bytes of UTF-8.
    this.#room(text.length * 3);
    this.#at += this.#bytes.write(text, this.#at);
  }

  #count(value: number): void {
    if (value < 10) {
      this.#bytes[this.#at++] = 48 + value;
      return;
    }
    let digits = 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits += 1;
    this.#at += digits;
    for (let i = 1, rest = value; i <= digits; i++, rest = Math.floor(rest / 10)) {
      this.#bytes[this.#at - i] = 48 + (rest % 10);
    }
  }

  #textsOf(table: PackedTable): readonly LayoutBytes[] {
    let byEdition = this.#layouts.get(table.layout);
    if (!byEdition) {
      byEdition = new Map();
      this.#layouts.set(table.layout, byEdition);
    }
    let texts = byEdition.get(table.edition + table.table);
    if (!texts) {
      const { layout } = table;
      texts = layout.cells.map((cell, i) => {
        const [, row, column] = (this.#keyOf.get(cell) ?? '//').split('/');
        const labels = [row ?? '', column ?? '', layout.rowLabels[i] ?? '', layout.columnLabels[i] ?? ''];
        const unit = `${csvCell(layout.units[i] ?? null, 'string')},`;
        const location = `${csvCell(layout.locations[i] ?? '', 'string')},`;
        const bytes = {
          labels: Buffer.from(
            `${table.edition},${table.table},${labels.map((l) => csvCell(l, 'string')).join(',')},`,
          ),
          unit: Buffer.from(unit),
          location: Buffer.from(location),
          unitAndNumber: Buffer.from(`,${unit},number,`),
          locationAndCertain: Buffer.from(`,${location}certain,false`),
        };
        return { ...bytes, longest: Object.values(bytes).reduce((sum, b) => sum + b.length, 0) };
      });
      byEdition.set(table.edition + table.table, texts);
    }
    return texts;
  }
}

interface LayoutBytes {
  readonly labels: Buffer;
  readonly unit: Buffer;
  readonly location: Buffer;
  /** What stands between value and printed text, and after it, of a number that was read with certainty. */
  readonly unitAndNumber: Buffer;
  readonly locationAndCertain: Buffer;
  /** No line takes more of them. */
  readonly longest: number;
}

/** The code, without the cell, of a number that was read with certainty and is not in doubt. */
const PLAIN = STATES.indexOf('number') * 16 + CONFIDENCES.indexOf('certain') * 2;

/** A whole number that prints as its digits. */
function isCount(value: number | null): value is number {
  return value !== null && value >= 0 && value < 1e15 && Number.isInteger(value);
}
