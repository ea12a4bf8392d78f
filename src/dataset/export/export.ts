import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { clearParts, partOf } from '../../process/parts.ts';
import { tableOf, tablesFor } from '../schema.ts';
import { type SqlStore, type StoreSnapshot, sqlStore } from '../sql-store.ts';
import type { Store } from '../store.ts';
import { writeApart } from './apart.ts';
import {
  type Shape,
  type TableFile,
  type WriteJob,
  type WrittenTables,
  writeTables,
} from './dataset-writer.ts';
import { FileSink, guard, type WrittenFile } from './file-sink.ts';
import { citation, dataPackage, licenceNote, type PackagedFile, versionOf } from './package-files.ts';
import { remember, remembered } from './remembered.ts';

/** Changes when the same store would give other files. */
const EXPORTER = '2';

/** Reports from which on processes of their own write the files. */
const MANY = 200;

export type { Shape };

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
  /** Called now and then with the number of reports written so far, and of all. */
  readonly onProgress?: (reports: number, of: number) => void;
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
  const shapes = [...new Set<Shape>(options.to ?? ['csv', 'parquet'])].sort();
  const allVersions = options.allVersions ?? false;
  const target = path.resolve(folder);
  const temporary = partOf(target);
  const fingerprint = (state: string) => `${EXPORTER} ${shapes.join('+')} ${allVersions} ${state}`;
  clearParts(target);
  const before = await sql.snapshot(async (snapshot) => {
    const reports = await countReports(snapshot);
    const present = options.force
      ? null
      : await unchanged(sql, target, fingerprint(await snapshot.fingerprint()), reports);
    return { reports, present };
  });
  if (before.present) return before.present;
  guard(temporary, () => mkdirSync(temporary, { recursive: true }));
  clearParts(target, statSync(temporary).mtimeMs);
  try {
    const write = before.reports >= MANY ? writeApart : writeHere;
    const job: WriteJob = { folder: temporary, shapes, allVersions };
    const {
      state,
      reports,
      files: tableFiles,
    } = await write(store, job, (done) => options.onProgress?.(done, before.reports));
    const { files, version } = writePackage(temporary, allVersions, tableFiles);
    moveInto(temporary, target, files);
    await remember(sql, target, fingerprint(state));
    return { written: true, folder: target, version, reports, files };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** In this process: quicker than starting others, as long as there is little. */
function writeHere(
  store: Store,
  job: WriteJob,
  onProgress: (reports: number) => void,
): Promise<WrittenTables> {
  const sql = sqlStore(store);
  return sql.snapshot((snapshot) => writeTables(sql, snapshot, job, 'all', onProgress));
}

/** The files that say what the others are, and the version of it all. */
function writePackage(
  folder: string,
  allVersions: boolean,
  tableFiles: readonly TableFile[],
): { files: WrittenFile[]; version: string } {
  const tables = tablesFor(allVersions);
  const packaged = tableFiles
    .map((file): PackagedFile => ({ ...file, table: file.table && tableOf(tables, file.table) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const version = versionOf(packaged);
  const texts = [
    ['CITATION.cff', citation(version)],
    ['LICENSE.txt', licenceNote()],
    ['datapackage.json', dataPackage(packaged)],
  ] as const;
  const written = texts.map(([name, text]) => {
    const sink = new FileSink(path.join(folder, name), name);
    sink.text(text);
    return sink.close();
  });
  return {
    files: [...packaged.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })), ...written],
    version,
  };
}

async function countReports(snapshot: StoreSnapshot): Promise<number> {
  const [count] = await snapshot.session.arrays(
    'select count(*) as n from reports where primary_reading is not null',
    [],
  );
  return count?.[0] as number;
}

async function unchanged(
  store: SqlStore,
  target: string,
  fingerprint: string,
  reports: number,
): Promise<ExportResult | null> {
  if ((await remembered(store, target)) !== fingerprint) return null;
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
    return { written: false, folder: target, version, reports, files };
  } catch {
    return null;
  }
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
