import type { Check } from '../../check/finding.ts';
import type { PackedTable } from '../packing.ts';
import type { ReadingLists, ReadingRecord, StoreReader } from '../reader.ts';
import { type Table, type TableName, tableOf } from '../schema.ts';
import type { StoredFinding } from '../store.ts';
import { codebookRows } from './codebook.ts';
import type { Value } from './csv.ts';
import { panelRow } from './panel.ts';
import {
  chartRows,
  checkRows,
  extraRows,
  factRows,
  findingRow,
  reportRow,
  sourceRow,
  statementRows,
} from './rows.ts';

/** One reading as the exports show it. What none of the tables asked for needs was not read, and is not there. */
export interface ExportRecord {
  readonly reading: ReadingRecord;
  readonly tables: readonly PackedTable[];
  readonly lists: ReadingLists;
  readonly checks: readonly Check[];
  readonly findings: readonly StoredFinding[];
}

/** A report: what is shown of it, and all its documents with their roles. */
export interface ExportReport {
  readonly shown: readonly ExportRecord[];
  readonly sources: readonly {
    readonly reading: ReadingRecord;
    readonly role: 'primary' | 'copy' | 'superseded';
  }[];
}

/** What is read for the rows of a table. */
const NEEDS: Readonly<Record<TableName, readonly (keyof Omit<ExportRecord, 'reading'>)[]>> = {
  reports: ['tables'],
  facts: ['tables'],
  extras: ['lists'],
  statements: ['lists'],
  charts: ['lists'],
  checks: ['checks'],
  findings: ['findings'],
  panel: ['tables', 'findings'],
  sources: [],
  codebook: [],
};

/** All reports in their order, some at a time, with what the rows of these tables need. */
export async function* exportReports(
  reader: StoreReader,
  allVersions: boolean,
  wanted: readonly TableName[],
): AsyncGenerator<ExportReport[]> {
  const needs = new Set(wanted.flatMap((table) => NEEDS[table]));
  for await (const page of reader.groups({ allVersions })) {
    const readings = page.map((g) => [
      ...(g.primary ? [g.primary] : []),
      ...(allVersions ? g.superseded : []),
    ]);
    const ids = readings.flat().map((r) => r.readingId);
    const tables = needs.has('tables') ? await reader.tables(ids) : null;
    const lists = needs.has('lists') ? await reader.lists(ids) : null;
    const checks = needs.has('checks') ? await reader.checks(ids) : null;
    const findings = needs.has('findings') ? await reader.findingsOf(ids) : null;
    const record = (reading: ReadingRecord) => {
      const id = reading.readingId;
      return {
        reading,
        tables: tables?.get(id),
        lists: lists?.get(id),
        checks: checks?.get(id),
        findings: findings?.get(id),
      } as ExportRecord;
    };
    yield page.map((group, i) => ({
      shown: (readings[i] as ReadingRecord[]).map(record),
      sources: [
        ...(group.primary ? [{ reading: group.primary, role: 'primary' as const }] : []),
        ...group.copies.map((reading) => ({ reading, role: 'copy' as const })),
        ...(allVersions ? group.superseded.map((reading) => ({ reading, role: 'superseded' as const })) : []),
      ],
    }));
  }
}

/** The rows that one report gives to a table, in the order of the table's columns. */
export class RowMaker {
  readonly tables: readonly Table[];
  readonly keyOf: ReadonlyMap<number, string>;
  readonly #widths: ReadonlyMap<TableName, number>;

  constructor(tables: readonly Table[], keyOf: ReadonlyMap<number, string>) {
    this.tables = tables;
    this.keyOf = keyOf;
    this.#widths = new Map(tables.map((t) => [t.name, t.columns.length]));
  }

  *rows(table: TableName, report: ExportReport): Generator<Value[]> {
    if (table === 'sources') {
      for (const { reading, role } of report.sources) yield sourceRow(reading, role);
      return;
    }
    for (const record of report.shown) {
      for (const row of this.#plain(table, record)) yield this.#complete(table, record.reading, row);
    }
  }

  *#plain(table: TableName, { reading, tables, lists, checks, findings }: ExportRecord): Generator<Value[]> {
    switch (table) {
      case 'reports':
        yield reportRow(reading, tables);
        return;
      case 'facts':
        for (const part of tables) yield* factRows(reading, part, this.keyOf);
        return;
      case 'extras':
        yield* extraRows(reading, lists);
        return;
      case 'statements':
        yield* statementRows(reading, lists);
        return;
      case 'charts':
        yield* chartRows(reading, lists);
        return;
      case 'checks':
        yield* checkRows(reading, checks);
        return;
      case 'findings':
        for (const finding of findings) yield findingRow(finding);
        return;
      case 'panel':
        // Neither has anything of the form in it.
        if (reading.outcome !== 'not_a_report' && reading.outcome !== 'pre_2019') {
          yield panelRow(reading, tables, findings, this.keyOf);
        }
        return;
    }
  }

  /** Document and version, where the table has them at its end because old versions stand in it too. */
  #complete(table: TableName, reading: ReadingRecord, row: Value[]): Value[] {
    const width = this.#widths.get(table) as number;
    if (row.length < width) {
      for (const column of tableOf(this.tables, table).columns.slice(row.length)) {
        row.push(column.name === 'document' ? reading.document : reading.version);
      }
    }
    return row;
  }
}

/** All rows of one table, for the shapes that are written table by table. */
export async function* tableRows(
  reader: StoreReader,
  maker: RowMaker,
  table: TableName,
  allVersions: boolean,
): AsyncGenerator<Value[]> {
  if (table === 'codebook') {
    yield* codebookRows(maker.tables);
    return;
  }
  for await (const page of exportReports(reader, allVersions, [table])) {
    for (const report of page) yield* maker.rows(table, report);
  }
}
