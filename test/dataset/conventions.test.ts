import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withTables } from '../../scripts/dataset-docs.ts';
import { codebookRows } from '../../src/dataset/export/codebook.ts';
import { exportDataset } from '../../src/dataset/export/export.ts';
import { unorderedRates } from '../../src/dataset/export/panel.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import { PANEL_VARIABLES } from '../../src/dataset/panel-variables.ts';
import { TABLES_OF_THE_DATASET, tableOf } from '../../src/dataset/schema.ts';
import { cellsOf, EDITIONS } from '../../src/form/editions.ts';
import { TABLE_IDS } from '../../src/form/form.ts';
import { program } from '../support/requires.ts';
import { blankCell, buildReport, saveItem } from './build-report.ts';

const page = readFileSync(new URL('../../docs/dataset.md', import.meta.url), 'utf8');

describe('the schema, the codebook and the docs', () => {
  it('say the same of every column', () => {
    const codebook = [...codebookRows(TABLES_OF_THE_DATASET)];
    const columns = TABLES_OF_THE_DATASET.flatMap((t) => t.columns.map((c) => `${t.name}.${c.name}`));
    expect(codebook.filter((row) => row[2] === '').map((row) => `${row[0]}.${row[1]}`)).toEqual(columns);
    expect(new Set(columns).size).toBe(columns.length);
    expect(withTables(page)).toBe(page);
  });

  it('explain every column and every value of a closed list in both languages', () => {
    for (const row of codebookRows(TABLES_OF_THE_DATASET)) {
      expect(row[4], `${row[0]}.${row[1]} ${row[2]}`).toMatch(/\p{Script=Han}/u);
      expect(row[5], `${row[0]}.${row[1]} ${row[2]}`).toMatch(/^[A-Za-z(0-9]/);
    }
  });

  it('have the columns of the public interface, in its order', () => {
    const names = (table: 'reports' | 'facts' | 'findings' | 'checks') =>
      tableOf(TABLES_OF_THE_DATASET, table)
        .columns.map((c) => c.name)
        .join(', ');
    expect(names('reports')).toBe(
      'report_id, agency, agency_id, agency_from, region_code, scope, kind, year, year_from, title, period_start, period_end, published_on, edition_t2, edition_t3, edition_t4, version, superseded_by, sources, document, url, outcome, outcome_reason, needs_review, conflicts, reader, extractor_version',
    );
    expect(names('facts')).toBe(
      'report_id, document, agency, year, edition, table, row, column, row_label, column_label, value, unit, value_wan, state, raw, location, confidence, doubtful',
    );
    expect(names('checks')).toBe('report_id, rule, target, outcome, left, right');
    expect(names('findings')).toBe(
      'finding_id, rule, rule_version, severity, verdict, report_id, document, agency, year, table, cells, message_zh, message_en, left, right, difference, culprit, suggested, evidence, state, decided_by, decided_at, note',
    );
  });
});

describe('the variables of the panel', () => {
  it('have names that Stata, R and SPSS take, each its own', () => {
    const names = PANEL_VARIABLES.map((v) => v.name);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]{0,31}$/);
    expect(new Set(names.map((n) => n.toLowerCase())).size).toBe(names.length);
    // Reserved words of Stata that could occur.
    for (const word of ['if', 'in', 'using', 'with', 'byte', 'int', 'long', 'float', 'double'])
      expect(names).not.toContain(word);
  });

  it('hold every cell of every edition', () => {
    const held = new Set(
      PANEL_VARIABLES.flatMap((v) => (v.from.kind === 'cell' ? [v.from.cell as string] : [])),
    );
    const cells = new Set(
      EDITIONS.flatMap((e) => TABLE_IDS.flatMap((t) => cellsOf(e.tables[t]).map((c) => c.key as string))),
    );
    expect(held).toEqual(cells);
  });

  it('come after what they are worked out from', () => {
    expect(unorderedRates()).toEqual([]);
  });

  it('are all labelled in the script for Stata, none longer than it keeps', async () => {
    const { stataScript } = await import('../../src/dataset/export/stata.ts');
    const script = stataScript(tableOf(TABLES_OF_THE_DATASET, 'panel'));
    for (const { name } of PANEL_VARIABLES) {
      const label = new RegExp(`^label variable ${name} "(.*)"$`, 'm').exec(script)?.[1] ?? '';
      expect([...label].length, name).toBeGreaterThan(0);
      expect([...label].length, name).toBeLessThanOrEqual(80);
    }
  });
});

describe('the examples of the docs', () => {
  let folder: string;
  // Granted and partly granted over concluded: 2020 (5+1+4+0)/(10+10), 2023 (3+3)/8; doubtful, blank and regional ones left out.
  const expected = '2020 0.5000\n2023 0.7500\n';
  const block = (language: string) =>
    new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] as string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'gongkai-examples-'));
    const store = await openStore(path.join(folder, 'store.sqlite'));
    const report = (
      agency: string,
      year: number,
      granted: number,
      partly: number,
      concluded: number,
      more = {},
    ) =>
      saveItem(
        buildReport({
          agency,
          year,
          numbers: {
            't3/granted/total': granted,
            't3/partly_granted/total': partly,
            't3/concluded_total/total': concluded,
          },
          ...more,
        }),
      );
    await store.saveBatch([
      report('甲局', 2020, 5, 1, 10),
      report('乙局', 2020, 4, 0, 10),
      report('甲局', 2023, 3, 3, 8),
      report('乙局', 2023, 9, 9, 9, { cells: { 't4/review/total': { doubtful: true } } }),
      report('丙局', 2023, 9, 9, 9, { cells: { 't3/partly_granted/total': blankCell() } }),
      report('某县', 2023, 90, 9, 99, { report: { scope: 'region' } }),
    ]);
    await exportDataset(store, path.join(folder, 'dataset'));
    await store.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (command: string, code: string, flag: string) => {
    const result = spawnSync(command, [flag, code], { cwd: path.join(folder, 'dataset'), encoding: 'utf8' });
    expect(result.status, result.stderr).toBe(0);
    return result.stdout;
  };

  it.skipIf(program('python3-pandas') === null)('run in pandas', () => {
    expect(run(program('python3-pandas') as string, block('python'), '-c')).toBe(expected);
  });

  it.skipIf(program('Rscript') === null)('run in R', () => {
    expect(run(program('Rscript') as string, block('r'), '-e')).toBe(expected);
  });

  it('run in DuckDB', async () => {
    const connection = await (await DuckDBInstance.create()).connect();
    const sql = block('sql').replaceAll(/'(\w+\.parquet)'/g, `'${folder}/dataset/$1'`);
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    expect(rows.map((r) => `${r['year']} ${r['rate']}\n`).join('')).toBe(expected);
  });
});
