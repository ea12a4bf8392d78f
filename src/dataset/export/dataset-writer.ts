import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { StoreReader } from '../reader.ts';
import { type Table, type TableName, tableOf, tablesFor } from '../schema.ts';
import type { SqlStore, StoreSnapshot } from '../sql-store.ts';
import { codebookRows } from './codebook.ts';
import { CsvWriter, type Value } from './csv.ts';
import { FactColumns } from './facts-columns.ts';
import { FactLines } from './facts-csv.ts';
import { FileSink, guard, type WrittenFile } from './file-sink.ts';
import { jsonLine } from './json-lines.ts';
import { openParquet, type ParquetFile } from './parquet.ts';
import { type ExportReport, exportReports, RowMaker, tableRows } from './records.ts';
import { StataFile, stataScript } from './stata.ts';

export type Shape = 'csv' | 'parquet' | 'jsonl' | 'stata' | 'xlsx';
export type Format = 'csv' | 'parquet' | 'jsonl' | 'xlsx' | 'do';

/** What is written, and where: plain data, which another process can be told. */
export interface WriteJob {
  /** It exists and is empty, or is filled by others who write other files. */
  readonly folder: string;
  readonly shapes: readonly Shape[];
  readonly allVersions: boolean;
}

/**
 * Which of the files one writer writes: all, or one of two parts that take about as long as each other. Only the facts
 * are read for both.
 */
export type Part = 'all' | 'lines' | 'columns';

/** A finished file and what is in it. */
export interface TableFile extends WrittenFile {
  readonly format: Format;
  /** The table it holds, if it is one of the dataset. */
  readonly table: TableName | null;
}

export interface WrittenTables {
  /** The state of the store that was read (`Snapshot.fingerprint`). */
  readonly state: string;
  readonly reports: number;
  readonly files: readonly TableFile[];
}

/** The Parquet file of the facts takes a third of all; what needs neither facts nor findings goes with it. */
function isIn(part: Part, table: TableName, shape: Shape): boolean {
  if (part === 'all') return true;
  const withLines = table === 'panel' || table === 'findings';
  return (withLines || (table === 'facts' && shape !== 'parquet')) === (part === 'lines');
}

/** Writes the files of a part from one state of the store. `onProgress` is told the number of reports so far. */
export async function writeTables(
  store: SqlStore,
  snapshot: StoreSnapshot,
  job: WriteJob,
  part: Part,
  onProgress: (reports: number) => void,
): Promise<WrittenTables> {
  const writer = await DatasetWriter.open(
    job,
    part,
    new RowMaker(tablesFor(job.allVersions), store.cells.byId),
  );
  try {
    const reports = await writer.everything(snapshot, onProgress);
    if (job.shapes.includes('xlsx')) await writer.workbooks(snapshot);
    return { state: await snapshot.fingerprint(), reports, files: writer.finish() };
  } finally {
    writer.abandon();
  }
}

class DatasetWriter {
  readonly #job: WriteJob;
  readonly #part: Part;
  readonly #maker: RowMaker;
  readonly #factColumns: FactColumns;
  readonly #outputs: TableOutput[] = [];
  readonly #sinks: { sink: FileSink; format: Format; table: Table | null }[] = [];
  #factLines: FactLines | null = null;
  #stata: StataFile | null = null;

  private constructor(job: WriteJob, part: Part, maker: RowMaker) {
    this.#job = job;
    this.#part = part;
    this.#maker = maker;
    this.#factColumns = new FactColumns(maker.keyOf);
  }

  static async open(job: WriteJob, part: Part, maker: RowMaker): Promise<DatasetWriter> {
    const writer = new DatasetWriter(job, part, maker);
    const wanted = (table: TableName, shape: Shape) =>
      (job.shapes.includes(shape) || (table === 'findings' && shape === 'jsonl')) && isIn(part, table, shape);
    for (const table of maker.tables) {
      const { name } = table;
      const csv = wanted(name, 'csv') ? writer.#sink(`${name}.csv`, 'csv', table) : null;
      const output = {
        table,
        csv: csv && new CsvWriter(csv, table),
        parquet: wanted(name, 'parquet')
          ? await openParquet(writer.#sink(`${name}.parquet`, 'parquet', table), table)
          : null,
        jsonl: wanted(name, 'jsonl') ? writer.#sink(`${name}.jsonl`, 'jsonl', table) : null,
      };
      if (csv && name === 'facts') writer.#factLines = new FactLines(csv, maker.keyOf);
      if (output.csv || output.parquet || output.jsonl) writer.#outputs.push(output);
    }
    if (wanted('panel', 'stata')) {
      const panel = tableOf(maker.tables, 'panel');
      writer.#stata = new StataFile(writer.#sink('stata/panel.csv', 'csv', null), panel);
      writer.#sink('stata/panel.do', 'do', null).text(stataScript(panel));
    }
    return writer;
  }

  async everything(reader: StoreReader, onProgress: (reports: number) => void): Promise<number> {
    const tables: TableName[] = this.#outputs.map((o) => o.table.name);
    if (this.#stata) tables.push('panel');
    let count = 0;
    for await (const page of exportReports(reader, this.#job.allVersions, tables)) {
      for (const report of page) {
        for (const output of this.#outputs) this.#report(output, report);
        if (this.#stata) this.#stataRows(this.#stata, report);
        if (report.shown.some((r) => r.reading.supersededBy === null)) count += 1;
      }
      onProgress(count);
      // Reading a file never waits: without this nothing else of the process would get a turn before the end.
      await setImmediate();
    }
    for (const output of this.#outputs) {
      if (output.table.name === 'codebook')
        for (const row of codebookRows(this.#maker.tables)) put(output, row);
    }
    return count;
  }

  #report(output: TableOutput, report: ExportReport): void {
    const { name } = output.table;
    if (name !== 'facts') {
      for (const row of this.#maker.rows(name, report)) put(output, row);
      return;
    }
    this.#facts(output, report);
    if (output.jsonl) {
      for (const row of this.#maker.rows(name, report)) output.jsonl.text(jsonLine(output.table, row));
    }
  }

  #facts(output: TableOutput, report: ExportReport): void {
    const { allVersions } = this.#job;
    for (const { reading, tables } of report.shown) {
      for (const table of tables) {
        if (output.csv) this.#factLines?.push(reading, table, allVersions ? `,${reading.version}` : '');
        if (output.parquet) {
          this.#factColumns.push(output.parquet, reading, table, allVersions ? reading.version : null);
        }
      }
    }
  }

  #stataRows(stata: StataFile, report: ExportReport): void {
    const current = { ...report, shown: report.shown.filter((r) => r.reading.supersededBy === null) };
    for (const row of this.#maker.rows('panel', current)) stata.row(row);
  }

  async workbooks(reader: StoreReader): Promise<void> {
    const { writeWorkbooks } = await import('./xlsx.ts');
    for (const table of this.#maker.tables) {
      if (!isIn(this.#part, table.name, 'xlsx')) continue;
      const rows = tableRows(reader, this.#maker, table.name, this.#job.allVersions);
      await writeWorkbooks(table, rows, (name) => this.#sink(`xlsx/${name}`, 'xlsx', table));
    }
  }

  finish(): TableFile[] {
    this.#factLines?.flush();
    for (const output of this.#outputs) output.parquet?.close();
    return this.#sinks.map(({ sink, format, table }) => ({
      ...sink.close(),
      format,
      table: table?.name ?? null,
    }));
  }

  /** Closes what is still open; the files are of no use then. */
  abandon(): void {
    for (const { sink } of this.#sinks) sink.abandon();
  }

  #sink(name: string, format: Format, table: Table | null): FileSink {
    const file = path.join(this.#job.folder, name);
    guard(file, () => mkdirSync(path.dirname(file), { recursive: true }));
    const sink = new FileSink(file, name);
    this.#sinks.push({ sink, format, table });
    return sink;
  }
}

interface TableOutput {
  readonly csv: CsvWriter | null;
  readonly parquet: ParquetFile | null;
  readonly jsonl: FileSink | null;
  readonly table: Table;
}

function put(output: TableOutput, row: readonly Value[]): void {
  output.csv?.row(row);
  output.parquet?.row(row);
  output.jsonl?.text(jsonLine(output.table, row));
}
