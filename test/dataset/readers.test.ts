import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportDataset } from '../../src/dataset/export/export.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import { TABLES_OF_THE_DATASET } from '../../src/dataset/schema.ts';
import { program } from '../support/requires.ts';
import { buildCheck, buildFinding, buildReport, saveItem } from './build-report.ts';
import { richReport } from './rich-report.ts';

/** What other programs make of the dataset. */

let folder: string;
let dataset: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'gongkai-readers-'));
  dataset = path.join(folder, 'dataset');
  const store = await openStore(path.join(folder, 'store.sqlite'));
  await store.saveBatch([
    saveItem(richReport(), { checks: [buildCheck()], findings: [buildFinding()] }),
    ...[2019, 2020, 2021, 2022].map((year) =>
      saveItem(
        buildReport({
          agency: '某某县民政局',
          year,
          numbers: {
            't3/new_received/total': year - 2000,
            't3/concluded_total/total': 20,
            't3/granted/total': 5,
          },
          report: { title: '=HYPERLINK("http://127.0.0.1/x","点我")' },
        }),
      ),
    ),
    saveItem(buildReport({ agency: null, document: 'pending.html' })),
  ]);
  await exportDataset(store, dataset, { to: ['csv', 'parquet', 'jsonl', 'stata', 'xlsx'] });
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('DuckDB', () => {
  const query = async (sql: string) => {
    const connection = await (await DuckDBInstance.create()).connect();
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  };

  it('opens every Parquet file with the types of the schema', async () => {
    const types = {
      string: 'VARCHAR',
      json: 'VARCHAR',
      integer: 'INTEGER',
      number: 'DOUBLE',
      boolean: 'BOOLEAN',
      date: 'DATE',
    };
    for (const table of TABLES_OF_THE_DATASET) {
      const described = await query(`describe select * from '${dataset}/${table.name}.parquet'`);
      expect(described.map((c) => [c['column_name'], c['column_type']])).toEqual(
        table.columns.map((c) => [c.name, types[c.type]]),
      );
    }
  });

  it('finds Chinese text, dates and numbers in them as they were stored', async () => {
    expect(
      await query(
        `select agency, year, period_start::varchar as start, title from '${dataset}/reports.parquet' where year = 2020`,
      ),
    ).toEqual([
      {
        agency: '某某县民政局',
        year: 2020,
        start: '2020-01-01',
        title: '=HYPERLINK("http://127.0.0.1/x","点我")',
      },
    ]);
    expect(
      await query(
        `select value, unit, raw, doubtful from '${dataset}/facts.parquet' where "row" = 'fees' and raw <> '0'`,
      ),
    ).toEqual([{ value: 3.35, unit: '万', raw: '3.35万', doubtful: true }]);
  });

  it('reads the same from CSV as from Parquet', async () => {
    for (const table of ['facts', 'reports', 'panel', 'sources']) {
      const csv = `read_csv('${dataset}/${table}.csv', all_varchar = true, nullstr = '')`;
      const parquet = `'${dataset}/${table}.parquet'`;
      expect(await query(`select count(*)::integer as n from ${csv}`)).toEqual(
        await query(`select count(*)::integer as n from ${parquet}`),
      );
    }
    const sum = (from: string) =>
      query(`select sum(value::double) as s, count(value) ::integer as n from ${from}`);
    expect(await sum(`read_csv('${dataset}/facts.csv', all_varchar = true, nullstr = '')`)).toEqual(
      await sum(`'${dataset}/facts.parquet'`),
    );
  });
});

describe('the data package', () => {
  it('is valid to a Frictionless validator: descriptor, every row, every key', async () => {
    const { Package } = createRequire(import.meta.url)('datapackage') as {
      Package: {
        load(
          descriptor: unknown,
          options: { basePath: string; strict: boolean },
        ): Promise<{
          valid: boolean;
          errors: Error[];
          resources: {
            name: string;
            tabular: boolean;
            checkRelations(): Promise<boolean>;
            read(o: { relations: boolean }): Promise<unknown[]>;
          }[];
        }>;
      };
    };
    const descriptor = JSON.parse(readFileSync(path.join(dataset, 'datapackage.json'), 'utf8'));
    // That validator knows the first version of the standard, where a table was declared by `profile`.
    const tables = descriptor.resources.filter((r: { type?: string }) => r.type === 'table');
    expect(tables.map((r: { name: string }) => r.name).sort()).toEqual(
      TABLES_OF_THE_DATASET.map((t) => t.name).sort(),
    );
    const v1 = {
      ...descriptor,
      profile: 'data-package',
      resources: tables.map((r: object) => ({ ...r, profile: 'tabular-data-resource' })),
    };
    // Nor does it know the byte order mark, which spreadsheets need and later validators take off.
    const unmarked = path.join(folder, 'unmarked');
    mkdirSync(unmarked);
    for (const { path: name } of tables as { path: string }[]) {
      writeFileSync(
        path.join(unmarked, name),
        readFileSync(path.join(dataset, name), 'utf8').replace('\ufeff', ''),
      );
    }
    const loaded = await Package.load(v1, { basePath: unmarked, strict: false });
    expect(loaded.errors).toEqual([]);
    expect(loaded.valid).toBe(true);
    for (const resource of loaded.resources) {
      const rows = await resource.read({ relations: true }).catch((error: { errors?: Error[] } & Error) => {
        throw new Error(`${resource.name}: ${(error.errors ?? [error]).slice(0, 3).map(String).join('; ')}`);
      });
      expect(rows.length, resource.name).toBeGreaterThan(0);
    }
  });
});

/** Comma, quotes, UTF-8, and for cells with a formula the formula rather than what it gives. */
const TEXT = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true';

describe.skipIf(program('soffice') === null)('LibreOffice Calc', () => {
  const convert = (file: string, to: string, filter: string) => {
    const out = mkdtempSync(path.join(folder, 'office-'));
    const run = spawnSync(
      program('soffice') as string,
      [
        `-env:UserInstallation=file://${path.join(folder, 'profile')}`,
        '--headless',
        ...(filter ? [`--infilter=${filter}`] : []),
        '--convert-to',
        to,
        '--outdir',
        out,
        file,
      ],
      { encoding: 'utf8', timeout: 100_000 },
    );
    const [name] = readdirSync(out);
    expect(name, run.stderr).toBeDefined();
    return readFileSync(path.join(out, name as string), 'utf8');
  };

  it('opens the CSV with its Chinese right and runs no formula', () => {
    const text = convert(path.join(dataset, 'reports.csv'), TEXT, 'CSV:44,34,76,1');
    expect(text).toContain('某某县民政局');
    expect(text).toContain('HYPERLINK(');
  });

  it('opens the workbook with texts as texts', () => {
    const text = convert(path.join(dataset, 'xlsx', 'reports.xlsx'), TEXT, '');
    expect(text).toContain('某某县民政局');
    expect(text).toContain('=HYPERLINK(');
  });
});
