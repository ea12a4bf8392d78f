import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { StoreReader } from '../reader.ts';
import { type Table, tableOf, tablesFor } from '../schema.ts';
import { type SqlStore, StoreSnapshot, sqlStore } from '../sql-store.ts';
import type { Store } from '../store.ts';
import { codebookRows } from './codebook.ts';
import { CsvWriter, type Value } from './csv.ts';
import { FactColumns } from './facts-columns.ts';
import { FactLines } from './facts-csv.ts';
import { FileSink, guard, type WrittenFile } from './file-sink.ts';
import { citation, dataPackage, licenceNote, type PackagedFile, versionOf } from './package-files.ts';
import { openParquet, type ParquetFile } from './parquet.ts';
import { type ExportReport, exportReports, RowMaker, tableRows } from './records.ts';
import { StataFile, stataScript } from './stata.ts';

/** Changes when the same store would give other files. */
const EXPORTER = '1';

export type Shape = 'csv' | 'parquet' | 'jsonl' | 'stata' | 'xlsx';

export interface ExportOptions {
  /**
   * Default: CSV and Parquet. `findings.jsonl` is always written. The folder then holds these shapes and no others
   * that an earlier export wrote.
   */
  readonly to?: readonly Shape[];
  /** Superseded versions too. */
  readonly allVersions?: boolean;
  /** Write even when nothing changed. */
  readonly force?: boolean;
  /** Called now and then with the number of reports written so far. */
  readonly onProgress?: (reports: number) => void;
}

export interface ExportResult {
  /** False when the folder already held exactly this. */
  readonly written: boolean;
  readonly folder: string;
  readonly version: string;
  readonly reports: number;
  readonly files: readonly WrittenFile[];
}

/**
 * Writes the dataset folder from one consistent state of the store. The files are written beside it and renamed when
 * all are complete, the data package last; a failure leaves what was there. Throws `StoreError` where the disk or the
 * permissions are to blame.
 */
export async function exportDataset(
  store: Store,
  folder: string,
  options: ExportOptions = {},
): Promise<ExportResult> {
  const sql = sqlStore(store);
  const shapes: ReadonlySet<Shape> = new Set<Shape>(options.to ?? ['csv', 'parquet']);
  const allVersions = options.allVersions ?? false;
  const target = path.resolve(folder);
  const temporary = `${target}.part-${process.pid}`;
  clearLeftovers(target);
  return sql.database
    .snapshot(async (session) => {
      const snapshot = new StoreSnapshot(session, sql.cells);
      const fingerprint = `${EXPORTER} ${[...shapes].sort().join('+')} ${allVersions} ${await snapshot.fingerprint()}`;
      const present = options.force ? null : await unchanged(sql, snapshot, target, fingerprint);
      if (present) return { result: present, fingerprint: null };
      guard(temporary, () => mkdirSync(temporary, { recursive: true }));
      let writer: DatasetWriter | null = null;
      try {
        const maker = new RowMaker(tablesFor(allVersions), sql.cells.byId);
        writer = await DatasetWriter.open(temporary, shapes, maker);
        const reports = await writer.everything(snapshot, allVersions, options.onProgress);
        if (shapes.has('xlsx')) await writer.workbooks(snapshot, allVersions);
        const { files, version } = writer.finish();
        moveInto(temporary, target, files);
        return {
          result: { written: true, folder: target, version, reports, files },
          fingerprint,
        };
      } finally {
        writer?.abandon();
        rmSync(temporary, { recursive: true, force: true });
      }
    })
    .then(async ({ result, fingerprint }) => {
      if (fingerprint !== null) await remember(sql, target, fingerprint);
      return result;
    });
}

class DatasetWriter {
  readonly #folder: string;
  readonly #maker: RowMaker;
  readonly #factLines: FactLines;
  readonly #factColumns: FactColumns;
  readonly #outputs: TableOutput[] = [];
  readonly #sinks: { sink: FileSink; format: PackagedFile['format']; table: Table | null }[] = [];
  #stata: StataFile | null = null;

  private constructor(folder: string, maker: RowMaker) {
    this.#folder = folder;
    this.#maker = maker;
    this.#factLines = new FactLines(maker.keyOf);
    this.#factColumns = new FactColumns(maker.keyOf);
  }

  static async open(folder: string, shapes: ReadonlySet<Shape>, maker: RowMaker): Promise<DatasetWriter> {
    const writer = new DatasetWriter(folder, maker);
    for (const table of maker.tables) {
      const { name } = table;
      writer.#outputs.push({
        table,
        csv: shapes.has('csv') ? new CsvWriter(writer.#sink(`${name}.csv`, 'csv', table), table) : null,
        parquet: shapes.has('parquet')
          ? await openParquet(writer.#sink(`${name}.parquet`, 'parquet', table), table)
          : null,
        jsonl:
          shapes.has('jsonl') || name === 'findings' ? writer.#sink(`${name}.jsonl`, 'jsonl', table) : null,
      });
    }
    if (shapes.has('stata')) {
      const panel = tableOf(maker.tables, 'panel');
      writer.#stata = new StataFile(writer.#sink('stata/panel.csv', 'csv', null), panel);
      writer.#sink('stata/panel.do', 'do', null).text(stataScript(panel));
    }
    return writer;
  }

  async everything(
    reader: StoreReader,
    allVersions: boolean,
    onProgress: ExportOptions['onProgress'],
  ): Promise<number> {
    let count = 0;
    for await (const page of exportReports(reader, allVersions)) {
      for (const report of page) {
        for (const output of this.#outputs) this.#report(output, report, allVersions);
        if (report.shown.some((r) => r.reading.supersededBy === null)) count += 1;
      }
      onProgress?.(count);
    }
    for (const output of this.#outputs) {
      if (output.table.name === 'codebook')
        for (const row of codebookRows(this.#maker.tables)) put(output, row);
    }
    return count;
  }

  #report(output: TableOutput, report: ExportReport, allVersions: boolean): void {
    const { name } = output.table;
    if (name === 'facts' && !output.jsonl) {
      for (const { reading, parts } of report.shown) {
        for (const table of parts.tables) {
          output.csv?.lines(this.#factLines.of(reading, table, allVersions ? `,${reading.version}` : ''));
          if (output.parquet) {
            this.#factColumns.push(output.parquet, reading, table, allVersions ? reading.version : null);
          }
        }
      }
      return;
    }
    for (const row of this.#maker.rows(name, report)) put(output, row);
    if (name === 'panel' && this.#stata) {
      const current = { ...report, shown: report.shown.filter((r) => r.reading.supersededBy === null) };
      for (const row of this.#maker.rows('panel', current)) this.#stata.row(row);
    }
  }

  async workbooks(reader: StoreReader, allVersions: boolean): Promise<void> {
    const { writeWorkbooks } = await import('./xlsx.ts');
    for (const table of this.#maker.tables) {
      await writeWorkbooks(table, tableRows(reader, this.#maker, table.name, allVersions), (name) =>
        this.#sink(`xlsx/${name}`, 'xlsx', table),
      );
    }
  }

  finish(): { files: WrittenFile[]; version: string } {
    for (const output of this.#outputs) output.parquet?.close();
    const files = this.#sinks.map(({ sink, format, table }) => ({ ...sink.close(), format, table }));
    files.sort((a, b) => (a.path < b.path ? -1 : 1));
    const version = versionOf(files);
    const texts = [
      ['CITATION.cff', citation(version)],
      ['LICENSE.txt', licenceNote()],
      ['datapackage.json', dataPackage(files)],
    ] as const;
    const written = texts.map(([name, text]) => {
      const sink = new FileSink(path.join(this.#folder, name), name);
      sink.text(text);
      return sink.close();
    });
    return {
      files: [...files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })), ...written],
      version,
    };
  }

  /** Closes what is still open; the files are of no use then. */
  abandon(): void {
    for (const { sink } of this.#sinks) sink.abandon();
  }

  #sink(name: string, format: PackagedFile['format'], table: Table | null): FileSink {
    const file = path.join(this.#folder, name);
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

/** JSON stays raw: lists are lists, and nothing is guarded. */
function jsonLine(table: Table, row: readonly Value[]): string {
  const record: Record<string, unknown> = {};
  table.columns.forEach((column, i) => {
    const value = row[i] as Value;
    record[column.name] = column.type === 'json' && typeof value === 'string' ? JSON.parse(value) : value;
  });
  return `${JSON.stringify(record)}\n`;
}

async function unchanged(
  store: SqlStore,
  snapshot: StoreSnapshot,
  target: string,
  fingerprint: string,
): Promise<ExportResult | null> {
  const row = await store.database.read((s) =>
    s.query.selectFrom('exports').select('fingerprint').where('target', '=', target).executeTakeFirst(),
  );
  if (row?.fingerprint !== fingerprint) return null;
  try {
    const { version, resources } = JSON.parse(
      readFileSync(path.join(target, 'datapackage.json'), 'utf8'),
    ) as {
      version: string;
      resources: { path: string; bytes: number; hash: string }[];
    };
    const whole = resources.every((r) => statSync(path.join(target, r.path)).size === r.bytes);
    if (!whole || !existsSync(path.join(target, 'CITATION.cff'))) return null;
    const files = resources.map((r) => ({
      path: r.path,
      bytes: r.bytes,
      sha256: r.hash.slice('sha256:'.length),
    }));
    const [count] = await snapshot.session.arrays(
      'select count(*) as n from reports where primary_reading is not null',
      [],
    );
    return { written: false, folder: target, version, reports: count?.[0] as number, files };
  } catch {
    return null;
  }
}

/** Only a short cut for the next export: without it (a protected store) that one is simply done. */
async function remember(store: SqlStore, target: string, fingerprint: string): Promise<void> {
  await store.database
    .write((s) =>
      s.query
        .insertInto('exports')
        .values({ target, fingerprint })
        .onConflict((c) => c.column('target').doUpdateSet({ fingerprint }))
        .execute(),
    )
    .catch(() => {});
}

function moveInto(temporary: string, target: string, files: readonly WrittenFile[]): void {
  guard(target, () => mkdirSync(target, { recursive: true }));
  const former = packagedFiles(target);
  // The data package comes last: whoever finds its hashes finds the files they are of.
  const last = (f: WrittenFile) => (f.path === 'datapackage.json' ? 1 : 0);
  for (const file of [...files].sort((a, b) => last(a) - last(b))) {
    const to = path.join(target, file.path);
    guard(to, () => {
      mkdirSync(path.dirname(to), { recursive: true });
      renameSync(path.join(temporary, file.path), to);
    });
  }
  // A shape that was written before and is not any more would go on showing old numbers.
  const present = new Set(files.map((f) => f.path));
  for (const old of former) if (!present.has(old)) rmSync(path.join(target, old), { force: true });
}

/** The files that the data package in a folder lists, paths inside it only; none without one. */
function packagedFiles(folder: string): string[] {
  try {
    const { resources } = JSON.parse(readFileSync(path.join(folder, 'datapackage.json'), 'utf8')) as {
      resources: { path: string }[];
    };
    return resources.map((r) => r.path).filter((p) => path.join(folder, p).startsWith(folder + path.sep));
  } catch {
    return [];
  }
}

/** Takes away what exports that were killed have left. */
function clearLeftovers(target: string): void {
  const parent = path.dirname(target);
  if (!existsSync(parent)) return;
  const prefix = `${path.basename(target)}.part-`;
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number(name.slice(prefix.length));
    if (pid === process.pid || !alive(pid)) rmSync(path.join(parent, name), { recursive: true, force: true });
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
