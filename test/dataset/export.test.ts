import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportDataset } from '../../src/dataset/export/export.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import { TABLES_OF_THE_DATASET } from '../../src/dataset/schema.ts';
import type { SaveItem, Store } from '../../src/dataset/store.ts';
import { blankCell, buildCheck, buildFinding, buildReport, saveItem, shaOf } from './build-report.ts';
import { richReport } from './rich-report.ts';
import { exportedFiles, sampleItems } from './samples.ts';

let folder: string;
let store: Store;
let n = 0;
const fresh = () => {
  n += 1;
  return path.join(folder, String(n));
};
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'gongkai-export-'));
  store = await openStore(`${fresh()}.sqlite`);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function rows(file: string): Record<string, string>[] {
  return parse(readFileSync(file), {
    bom: true,
    columns: true,
    record_delimiter: '\r\n',
    relax_column_count: false,
  });
}

describe('the exported dataset', () => {
  it('holds every table with the columns of the schema, UTF-8 with BOM and CRLF', async () => {
    await store.saveBatch([saveItem(richReport(), { checks: [buildCheck()], findings: [buildFinding()] })]);
    const out = fresh();
    await exportDataset(store, out);
    for (const table of TABLES_OF_THE_DATASET) {
      const text = readFileSync(path.join(out, `${table.name}.csv`), 'utf8');
      expect(text.split('\r\n')[0]).toBe(`\ufeff${table.columns.map((c) => c.name).join(',')}`);
      expect(text.endsWith('\r\n')).toBe(true);
      expect(text.replaceAll('\r\n', '')).not.toMatch(/\r/);
      expect(rows(path.join(out, `${table.name}.csv`)).length).toBeGreaterThan(0);
    }
    expect(readdirSync(out).sort()).toEqual(
      [
        'CITATION.cff',
        'LICENSE.txt',
        'datapackage.json',
        'findings.jsonl',
        ...TABLES_OF_THE_DATASET.flatMap((t) => [`${t.name}.csv`, `${t.name}.parquet`]),
      ].sort(),
    );
  });

  it('prints every fact as it was read', async () => {
    await store.saveBatch([saveItem(richReport())]);
    const out = fresh();
    await exportDataset(store, out);
    const facts = new Map(
      rows(path.join(out, 'facts.csv')).map((f) => [`${f['table']}/${f['row']}/${f['column']}`, f]),
    );
    // The 2021 edition: 10 cells in table 二, 175 in table 三, 15 in table 四.
    expect(facts.size).toBe(200);
    expect(facts.get('t2/fees/amount')).toMatchObject({
      value: '3.35',
      unit: '万',
      value_wan: '3.35',
      raw: '3.35万',
      doubtful: 'true',
    });
    expect(facts.get('t3/new_received/total')).toMatchObject({
      value: '1295',
      raw: '1 295',
      state: 'number',
    });
    expect(facts.get('t3/carried_in/total')).toMatchObject({ value: '', raw: '', state: 'blank' });
    expect(facts.get('t3/granted/total')).toMatchObject({ value: '', raw: '——', state: 'dash' });
    expect(facts.get('t3/denied.state_secret/total')).toMatchObject({ value: '', raw: '', state: 'absent' });
    expect(facts.get('t3/denied.internal_affairs/total')).toMatchObject({
      confidence: 'ocr',
      state: 'unreadable',
    });
    expect(facts.get('t4/review/upheld')).toMatchObject({
      value: '3',
      raw: '3',
      confidence: 'ocr',
      location: 'table=4;row=1;cell=2',
    });
    expect(facts.get('t4/litigation_direct/total')).toMatchObject({
      value: '0',
      raw: '0',
      row_label: '未经复议直接起诉',
      column_label: '总计',
    });
  });

  it('lists refused tables among the extras', async () => {
    await store.saveBatch([saveItem(richReport())]);
    const out = fresh();
    await exportDataset(store, out);
    expect(
      rows(path.join(out, 'extras.csv')).map((e) => [e['table'], e['kind'], e['code'], e['value']]),
    ).toEqual([
      ['t3', 'column', 'subtotal', '5'],
      ['', 'unbound', 'left_over', ''],
      ['t2', 'refused', 'unknown_row', ''],
    ]);
  });

  it('is the same, byte for byte, from stores that were filled in another order', async () => {
    const items = sampleItems();
    const reference = await filesOf(store, items);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(items, { minLength: items.length }),
        fc.integer({ min: 1, max: items.length }),
        async (order, batch) => {
          const other = await openStore(`${fresh()}.sqlite`);
          try {
            expect(await filesOf(other, order, batch)).toEqual(reference);
          } finally {
            await other.close();
          }
        },
      ),
      { seed: 20260101, numRuns: 8 },
    );
  });

  it('tells nothing of the time, the run or the place on the disk', async () => {
    const run = await store.beginRun('extract', '2026-05-06T07:08:09Z');
    await store.saveBatch(sampleItems());
    await store.endRun(run, '2026-05-06T07:09:09Z', {});
    const out = fresh();
    await exportDataset(store, out);
    for (const name of readdirSync(out)) {
      const text = readFileSync(path.join(out, name), 'latin1');
      expect(text, name).not.toContain(folder);
      expect(text, name).not.toMatch(/2026-05-06|07:0[89]/);
    }
  });

  it('is not written again when nothing changed, and again when something did or a file is gone', async () => {
    const item = saveItem(buildReport());
    await store.saveBatch([item]);
    const out = fresh();
    expect((await exportDataset(store, out)).written).toBe(true);
    await store.saveBatch([item]);
    const second = await exportDataset(store, out);
    expect(second).toMatchObject({ written: false, reports: 1 });
    rmSync(path.join(out, 'facts.csv'));
    expect((await exportDataset(store, out)).written).toBe(true);
    writeFileSync(path.join(out, 'reports.csv'), 'spoilt');
    expect((await exportDataset(store, out)).written).toBe(true);
    await store.saveBatch([saveItem(buildReport({ year: 2022 }))]);
    const changed = await exportDataset(store, out);
    expect(changed).toMatchObject({ written: true, reports: 2 });
    expect(changed.version).not.toBe(second.version);
    expect((await exportDataset(store, out, { allVersions: true })).written).toBe(true);
  });

  it('holds the current version only, unless all are asked for', async () => {
    await store.saveBatch([saveItem(buildReport({ numbers: { 't4/review/total': 1 } }))]);
    await store.saveBatch([
      saveItem(buildReport({ numbers: { 't4/review/total': 2 } }), { sha256: shaOf('second') }),
    ]);
    const out = fresh();
    await exportDataset(store, out);
    expect(rows(path.join(out, 'panel.csv')).map((r) => r['t4_review_total'])).toEqual(['2']);
    await exportDataset(store, out, { allVersions: true });
    expect(rows(path.join(out, 'panel.csv')).map((r) => [r['t4_review_total'], r['version']])).toEqual([
      ['2', '2'],
      ['1', '1'],
    ]);
    expect(rows(path.join(out, 'reports.csv')).map((r) => [r['version'], r['superseded_by']])).toEqual([
      ['2', ''],
      ['1', '2'],
    ]);
    expect(rows(path.join(out, 'sources.csv')).map((r) => r['role'])).toEqual(['primary', 'superseded']);
  });

  it('takes away the shapes that are not asked for any more, and nothing of other people', async () => {
    await store.saveBatch([saveItem(buildReport())]);
    const out = fresh();
    await exportDataset(store, out, { to: ['csv', 'jsonl', 'stata'] });
    writeFileSync(path.join(out, 'notes.txt'), 'mine');
    expect(existsSync(path.join(out, 'facts.jsonl'))).toBe(true);
    await exportDataset(store, out, { to: ['parquet'] });
    const left = (readdirSync(out, { recursive: true }) as string[]).filter((name) =>
      /\.(csv|jsonl|do|txt)$/.test(name),
    );
    expect(left.sort()).toEqual(['LICENSE.txt', 'findings.jsonl', 'notes.txt']);
  });

  it('names the hash and the size of every file', async () => {
    await store.saveBatch(sampleItems());
    const out = fresh();
    const result = await exportDataset(store, out, { to: ['csv', 'parquet', 'jsonl', 'stata', 'xlsx'] });
    const { resources, version } = JSON.parse(readFileSync(path.join(out, 'datapackage.json'), 'utf8'));
    expect(version).toBe(result.version);
    expect(resources.length).toBeGreaterThan(30);
    for (const r of resources) {
      const bytes = readFileSync(path.join(out, r.path));
      expect(bytes.length, r.path).toBe(r.bytes);
      expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`, r.path).toBe(r.hash);
    }
    expect(readFileSync(path.join(out, 'CITATION.cff'), 'utf8')).toContain(`version: "${version}"`);
  });

  it('leaves no half-written folder behind when it fails', async () => {
    await store.saveBatch([saveItem(buildReport())]);
    const out = fresh();
    await exportDataset(store, out);
    const before = readFileSync(path.join(out, 'datapackage.json'), 'utf8');
    await store.saveBatch([saveItem(buildReport({ year: 2020 }))]);
    await expect(
      exportDataset(store, out, {
        onProgress: () => {
          throw new Error('stopped');
        },
      }),
    ).rejects.toThrow('stopped');
    expect(readFileSync(path.join(out, 'datapackage.json'), 'utf8')).toBe(before);
    expect(readdirSync(folder).filter((name) => name.includes('.part-'))).toEqual([]);
  });

  it('shows decisions, and says where one lapsed', async () => {
    const [saved] = await store.saveBatch([saveItem(buildReport(), { findings: [buildFinding()] })]);
    let findingId = '';
    for await (const f of store.findings()) findingId = f.findingId;
    await store.decide({ findingId, state: 'accepted', note: '=SUM(A1)', person: '张三', at: '2026-02-03' });
    const out = fresh();
    await exportDataset(store, out);
    expect(rows(path.join(out, 'findings.csv'))).toMatchObject([
      {
        finding_id: findingId,
        state: 'accepted',
        decided_by: '张三',
        decided_at: '2026-02-03',
        note: "'=SUM(A1)",
      },
    ]);
    await store.replaceFindings([
      { reportId: saved?.reportId as string, checks: [], findings: [buildFinding({ operands: [] })] },
    ]);
    await exportDataset(store, out);
    const [finding] = readFileSync(path.join(out, 'findings.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l));
    expect(finding).toMatchObject({
      state: 'open',
      cells: buildFinding().cells,
      note: expect.stringContaining('失效'),
    });
  });
});

describe('the panel', () => {
  const panelOf = async (...items: SaveItem[]) => {
    await store.saveBatch(items);
    const out = fresh();
    await exportDataset(store, out);
    return rows(path.join(out, 'panel.csv'));
  };

  it('never makes a 0 of a blank, nor of a sum or rate with a blank in it', async () => {
    const [row] = await panelOf(
      saveItem(
        buildReport({
          numbers: { 't3/concluded_total/total': 10, 't3/granted/total': 4 },
          cells: { 't3/partly_granted/total': blankCell(), 't3/denied.state_secret/total': blankCell() },
        }),
      ),
    );
    expect(row).toMatchObject({
      t3_granted_total: '4',
      t3_partly_total: '',
      h_disclosed_total: '',
      r_disclosed: '',
      h_denied_total: '',
      r_denied: '',
      r_granted: '0.4',
      h_unavail_total: '0',
      r_unavail: '0',
      n_blank: '2',
    });
  });

  it('leaves a rate empty when its denominator is 0', async () => {
    const [row] = await panelOf(saveItem(buildReport()));
    expect(row).toMatchObject({ t3_concluded_total: '0', r_disclosed: '', r_person: '' });
  });

  it('puts 其他处理 of both editions into one series', async () => {
    const table = await panelOf(
      saveItem(buildReport({ year: 2020, numbers: { 't3/other_handling/total': 7 } })),
      saveItem(
        buildReport({
          year: 2021,
          numbers: {
            't3/other_handling.no_correction_in_time/total': 1,
            't3/other_handling.fee_unpaid/total': 2,
            't3/other_handling.other/total': 3,
          },
        }),
      ),
    );
    expect(
      table.map((r) => [r['year'], r['h_other_total'], r['t3_oth_total'], r['t3_oth_other_total']]),
    ).toEqual([
      ['2020', '7', '7', ''],
      ['2021', '6', '', '3'],
    ]);
  });

  it('follows the edition of the table rather than the year', async () => {
    const [row] = await panelOf(
      saveItem(buildReport({ year: 2023, edition: '2019', numbers: { 't3/other_handling/total': 5 } })),
    );
    expect(row).toMatchObject({ edition_t3: '2019', h_other_total: '5' });
  });

  it('names the variables that rest on a doubtful cell', async () => {
    const [row] = await panelOf(
      saveItem(buildReport({ cells: { 't3/granted/total': { value: 3, raw: '3', doubtful: true } } })),
    );
    expect(row?.['doubtful']?.split(' ').sort()).toEqual([
      'h_disclosed_total',
      'r_disclosed',
      'r_granted',
      't3_granted_total',
    ]);
    expect(row?.['n_doubtful']).toBe('1');
  });

  it('counts the findings that stand', async () => {
    const [row] = await panelOf(
      saveItem(buildReport(), {
        findings: [buildFinding(), buildFinding({ severity: 'warning' }), buildFinding({ severity: 'info' })],
      }),
    );
    expect(row).toMatchObject({ n_errors: '1', n_warnings: '1' });
  });

  it('has a row for a report that could not be read, and none for what is no report', async () => {
    const table = await panelOf(
      saveItem(buildReport({ agency: '甲局', tables: [], report: { outcome: 'encrypted' } })),
      saveItem(buildReport({ agency: '乙局', tables: [], report: { outcome: 'not_a_report' } })),
    );
    expect(table.map((r) => [r['agency'], r['outcome'], r['t3_new_total']])).toEqual([
      ['甲局', 'encrypted', ''],
    ]);
  });
});

async function filesOf(into: Store, items: readonly SaveItem[], batch = 5): Promise<Record<string, string>> {
  for (let at = 0; at < items.length; at += batch) await into.saveBatch(items.slice(at, at + batch));
  return exportedFiles(into, fresh());
}
