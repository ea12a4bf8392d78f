import type { Check } from '../../check/finding.ts';
import type { ReadingParts, ReadingRecord, StoreReader } from '../reader.ts';
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

/** One reading as the exports show it, with everything that hangs on it. */
export interface ExportRecord {
  readonly reading: ReadingRecord;
  readonly parts: ReadingParts;
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

/** All reports in their order, some at a time. */
export async function* exportReports(
  reader: StoreReader,
  allVersions: boolean,
): AsyncGenerator<ExportReport[]> {
  for await (const page of reader.groups({ allVersions })) {
    const readings = page.map((g) => [
      ...(g.primary ? [g.primary] : []),
      ...(allVersions ? g.superseded : []),
    ]);
    const ids = readings.flat().map((r) => r.readingId);
    const parts = await reader.parts(ids);
    const checks = await reader.checks(ids);
    const findings = await reader.findingsOf(ids);
    yield page.map((group, i) => ({
      shown: (readings[i] as ReadingRecord[]).map((reading) => ({
        reading,
        parts: parts.get(reading.readingId) as ReadingParts,
        checks: checks.get(reading.readingId) ?? [],
        findings: findings.get(reading.readingId) ?? [],
      })),
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

  *#plain(table: TableName, { reading, parts, checks, findings }: ExportRecord): Generator<Value[]> {
    switch (table) {
      case 'reports':
        yield reportRow(reading, parts);
        return;
      case 'facts':
        for (const part of parts.tables) yield* factRows(reading, part, this.keyOf);
        return;
      case 'extras':
        yield* extraRows(reading, parts);
        return;
      case 'statements':
        yield* statementRows(reading, parts);
        return;
      case 'charts':
        yield* chartRows(reading, parts);
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
          yield panelRow(reading, parts, findings, this.keyOf);
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
  for await (const page of exportReports(reader, allVersions)) {
    for (const report of page) yield* maker.rows(table, report);
  }
}
