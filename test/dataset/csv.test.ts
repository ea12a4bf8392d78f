import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvWriter, csvCell, guarded, type Value } from '../../src/dataset/export/csv.ts';
import { FactColumns } from '../../src/dataset/export/facts-columns.ts';
import { FactLines } from '../../src/dataset/export/facts-csv.ts';
import { FileSink } from '../../src/dataset/export/file-sink.ts';
import type { ParquetFile } from '../../src/dataset/export/parquet.ts';
import { factRows } from '../../src/dataset/export/rows.ts';
import type { PackedFact, PackedTable } from '../../src/dataset/packing.ts';
import type { ReadingRecord } from '../../src/dataset/reader.ts';
import { TABLES_OF_THE_DATASET } from '../../src/dataset/schema.ts';

describe('a CSV cell', () => {
  it.each([
    '=1+1',
    '=HYPERLINK("http://example.org")',
    '+cmd|calc',
    '-2+3+cmd',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '＝1+1',
    '＋A1',
    '＠A1',
    '-不涉及',
    '--1',
    '+',
    '=',
  ])('of text that a spreadsheet could run is guarded: %j', (text) => {
    expect(guarded(text)).toBe(`'${text}`);
  });

  it.each([
    '-18',
    '+3',
    '——',
    '-',
    '—',
    '－',
    '-1,234.5',
    '+1036',
    '−4',
    '-3.5%',
    '－１８',
    '12',
    '无',
    '',
    "'quoted",
  ])('that is only a number, a dash or plain words stays as printed: %j', (text) => {
    expect(guarded(text)).toBe(text);
  });

  it('of a number is its shortest printing, without the sign of a negative zero', () => {
    expect([0.1, 1295, -4, -0, 3802895.9].map((v) => csvCell(v, 'number'))).toEqual([
      '0.1',
      '1295',
      '-4',
      '0',
      '3802895.9',
    ]);
  });

  it('of any text comes back from a CSV reader, apart from the guard', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'gongkai-csv-'));
    try {
      let n = 0;
      fc.assert(
        fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 2 }), ([a, b]) => {
          n += 1;
          const file = path.join(folder, `${n}.csv`);
          const sink = new FileSink(file, 'x');
          const columns = ['a', 'b'].map((name) => ({ name, type: 'string' as const, zh: '', en: '' }));
          new CsvWriter(sink, { columns }).row([a as string, b as string]);
          sink.close();
          const read = parse(readFileSync(file), { bom: true, columns: true, record_delimiter: '\r\n' });
          expect(read).toEqual([{ a: guarded(a as string), b: guarded(b as string) }]);
        }),
        { seed: 7, numRuns: 300 },
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the lines of facts.csv and the columns of facts.parquet', () => {
  it('are those that the general writer would give, whatever the report holds', () => {
    const columns = TABLES_OF_THE_DATASET.find((t) => t.name === 'facts')?.columns ?? [];
    const keyOf = new Map([
      [1, 't3/new_received/total'],
      [2, 't4/review/upheld'],
    ]);
    const text = fc.oneof(fc.string(), fc.constantFrom('=1+1', '-18', 'a,b', 'a"b', '甲\n乙', ''));
    const number = fc.oneof(
      fc.constant(null),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.oneof(fc.nat(), fc.maxSafeNat(), fc.nat({ max: 20 })),
      fc.constant(-0),
    );
    const fact = fc.record({
      cellId: fc.constantFrom(1, 2),
      state: fc.integer({ min: 0, max: 5 }),
      confidence: fc.integer({ min: 0, max: 3 }),
      doubtful: fc.integer({ min: 0, max: 1 }),
      value: number,
      valueWan: number,
      raw: fc.oneof(fc.constant(null), text),
    });
    fc.assert(
      fc.property(
        fc.array(fact, { minLength: 1, maxLength: 4 }),
        text,
        text,
        text,
        (facts, document, label, unit) => {
          // What the store holds: a number only in the state `number`.
          const stored = facts.map((f) =>
            f.state === 0 ? { ...f, value: f.value ?? 1 } : { ...f, value: null },
          );
          const table: PackedTable = {
            table: 't3',
            edition: '2021',
            method: 'grid',
            usedIdentities: [],
            layout: {
              cells: stored.map((f) => f.cellId),
              rowLabels: stored.map(() => label),
              columnLabels: stored.map((_, i) => `${label}${i}`),
              locations: stored.map(() => label),
              units: stored.map((_, i) => (i % 2 === 0 ? unit : null)),
            },
            facts: stored.map(
              (f): PackedFact => [
                f.cellId * 128 + f.state * 16 + f.confidence * 2 + f.doubtful,
                f.value,
                f.valueWan,
                f.raw,
                null,
              ],
            ),
          };
          const reading = { reportId: 'r1', document, agency: label, year: 2023 } as ReadingRecord;
          const expected = [...factRows(reading, table, keyOf)]
            .map(
              (row) => `${row.map((value, i) => csvCell(value, columns[i]?.type ?? 'string')).join(',')}\r\n`,
            )
            .join('');
          const pieces: Buffer[] = [];
          const lines = new FactLines({ binary: (piece) => pieces.push(Buffer.from(piece)) }, keyOf);
          lines.push(reading, table);
          lines.flush();
          expect(Buffer.concat(pieces).toString('utf8')).toBe(Buffer.from(expected).toString('utf8'));

          const filled = { columns: Array.from({ length: 19 }, (): Value[] => []), rows: 0 };
          const file: ParquetFile = {
            columns: filled.columns,
            row: () => {},
            filled: (count) => {
              filled.rows += count;
            },
            close: () => {},
          };
          new FactColumns(keyOf).push(file, reading, table, 3);
          expect(filled.rows).toBe(stored.length);
          expect(stored.map((_, i) => filled.columns.map((column) => column[i]))).toEqual(
            [...factRows(reading, table, keyOf)].map((row) => [...row, 3]),
          );
        },
      ),
      { seed: 11, numRuns: 500 },
    );
  });
});
