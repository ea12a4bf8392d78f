import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/dataset/dialect.ts';
import { exportDataset } from '../../src/dataset/export/export.ts';
import { backupStore, verifyStore } from '../../src/dataset/maintenance.ts';
import { MIGRATIONS, migrate, SCHEMA_VERSION } from '../../src/dataset/migrations.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import { buildReport, saveItem } from './build-report.ts';
import { richReport } from './rich-report.ts';

let folder: string;
let location: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gongkai-trouble-'));
  location = path.join(folder, 'store.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const problemOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: { name: string; problem?: string; message: string }) =>
      `${error.name} ${error.problem}: ${error.message}`,
  );

describe('opening a store', () => {
  it('that a newer program wrote is refused, with what to do', async () => {
    await (await openStore(location)).close();
    const raw = new DatabaseSync(location);
    raw.exec(`update meta set value = '${SCHEMA_VERSION + 1}' where key = 'schema_version'`);
    raw.close();
    expect(await problemOf(openStore(location))).toMatch(/StoreError too_new: .*newer gongkai.*install/);
    expect(await problemOf(openStore(location, { create: false }))).toMatch(/too_new/);
  });

  it('goes through every migration once, whatever version it starts from', async () => {
    for (let version = 0; version <= MIGRATIONS.length; version++) {
      const file = path.join(folder, `v${version}.sqlite`);
      const database = await connect(file, { create: true, busyTimeoutMs: 1000 });
      await migrate(database, version);
      await database.close();
      const store = await openStore(file);
      await store.saveBatch([saveItem(richReport())]);
      await store.close();
      expect((await verifyStore(file)).problems).toEqual([]);
    }
  });

  it('that is older takes the bodies that documents of portals and people were bound to for what was said of them', async () => {
    const old = await connect(location, { create: true, busyTimeoutMs: 1000 });
    await migrate(old, 3);
    await old.close();
    const raw = new DatabaseSync(location);
    const documents = [
      ['added/x/a.html', null, 'x1'],
      ['http://www.moumou.gov.cn/b.html', 'http://www.moumou.gov.cn/b.html', 'x2'],
      ['http://www.moumou.gov.cn/c.html', 'http://www.moumou.gov.cn/c.html', null],
      ['reports/d.html', null, 'x4'],
    ] as const;
    documents.forEach(([document, url, agencyId], i) => {
      const id = i + 1;
      raw.exec(`insert into reports values (${id}, 'r${id}', 'k${id}', '', 2023, ${id}, 0)`);
      raw
        .prepare(`insert into sources values (${id}, ?, ?, null, 'sha${id}', 1, 1, 0, ${id}, '1', '')`)
        .run(document, url);
      raw
        .prepare(
          `insert into readings (id, source_id, report_id, version, displaced, sha256, size, content_hash, container,
             reader, extractor_version, outcome, agency_from, agency_id, year_from, scope, kind, needs_review, conflicts,
             unsure_cells, body)
           values (${id}, ${id}, ${id}, 1, 0, 'sha${id}', 1, '', '', '', '1', 'no_tables', 'title', ?, 'title', 'own',
             'annual', 0, '[]', 0, zeroblob(0))`,
        )
        .run(agencyId);
    });
    raw.close();
    const store = await openStore(location);
    const said = await Promise.all(documents.map(async ([document]) => (await store.source(document))?.said));
    await store.close();
    expect(said).toEqual([
      { agencyId: 'x1', agency: null, by: 'person' },
      { agencyId: 'x2', agency: null, by: 'meta' },
      undefined,
      undefined,
    ]);
  });

  it('that is not there is said to be missing when it is only to be read', async () => {
    expect(await problemOf(openStore(location, { create: false }))).toMatch(
      /cannot_open: no store at .*gongkai extract/,
    );
    expect(existsSync(location)).toBe(false);
  });

  it('of another kind of file is refused', async () => {
    writeFileSync(location, 'this is no database, however long it may be'.repeat(200));
    expect(await problemOf(openStore(location))).toMatch(/StoreError not_a_store: .*gongkai\.sqlite/);
  });

  it('of another program is refused when it is only to be read', async () => {
    const raw = new DatabaseSync(location);
    raw.exec('create table something (x)');
    raw.close();
    expect(await problemOf(openStore(location, { create: false }))).toMatch(/not_a_store/);
  });
});

describe('a store', () => {
  it('that another process holds says so, and loses nothing', async () => {
    const store = await openStore(location, { busyTimeoutMs: 50 });
    await store.saveBatch([saveItem(buildReport({ agency: '甲局' }))]);
    const other = new DatabaseSync(location);
    other.exec('begin immediate');
    expect(await problemOf(store.saveBatch([saveItem(buildReport({ agency: '乙局' }))]))).toMatch(
      /StoreError locked: .*in use by another process/,
    );
    let names: (string | null)[] = [];
    for await (const s of store.summaries()) names.push(s.agency);
    expect(names).toEqual(['甲局']);
    other.exec('rollback');
    other.close();
    await store.saveBatch([saveItem(buildReport({ agency: '乙局' }))]);
    names = [];
    for await (const s of store.summaries()) names.push(s.agency);
    expect(names).toEqual(['乙局', '甲局']);
    await store.close();
  });

  it('on a full disk says so, keeps what it had, and goes on when there is room again', async () => {
    const store = await openStore(location);
    await store.saveBatch([saveItem(buildReport({ agency: '甲局' }))]);
    // What SQLite reports for a full disk it reports for a full file as well.
    const { database } = store as unknown as { database: Awaited<ReturnType<typeof connect>> };
    const limit = (pages: string) => database.write((s) => s.arrays(`pragma max_page_count = ${pages}`, []));
    await limit(String(Math.ceil(statSync(location).size / 4096) + 1));
    const many = Array.from({ length: 200 }, (_, i) => saveItem(buildReport({ agency: `第${i}局` })));
    expect(await problemOf(store.saveBatch(many))).toMatch(
      /StoreError disk_full: no space left .*nothing of this batch/,
    );
    let count = 0;
    for await (const _ of store.summaries()) count += 1;
    expect(count).toBe(1);
    await limit('1000000');
    await store.saveBatch(many);
    await store.close();
    expect((await verifyStore(location)).counts['reports']).toBe(201);
  });

  it('that may not be written is read all the same, and says so when it should write', async () => {
    const store = await openStore(location);
    await store.saveBatch([saveItem(buildReport())]);
    await store.close();
    const readOnly = await openStore(location, { create: false });
    let count = 0;
    for await (const _ of readOnly.summaries()) count += 1;
    expect(count).toBe(1);
    await readOnly.close();
  });

  it('that is damaged is found out', async () => {
    const store = await openStore(location);
    await store.saveBatch(
      Array.from({ length: 30 }, (_, i) => saveItem(buildReport({ agency: `第${i}局` }))),
    );
    await store.close();
    expect((await verifyStore(location)).problems).toEqual([]);
    truncateSync(location, Math.floor(statSync(location).size / 8192) * 4096);
    const found = await verifyStore(location).then(
      (v) => v.problems.join(),
      (error: { problem: string }) => error.problem,
    );
    expect(found).not.toBe('');
  });

  it('tells rows without their reading', async () => {
    const store = await openStore(location);
    await store.saveBatch([saveItem(richReport())]);
    await store.close();
    const raw = new DatabaseSync(location);
    raw.exec('pragma foreign_keys = off; delete from readings');
    raw.close();
    const { problems } = await verifyStore(location);
    expect(problems).toContain('facts holds rows of 1 readings that are not there');
    expect(problems).toContain('1 reports point to a reading that is not there');
  });

  it('never gives out a table that lost a cell', async () => {
    const store = await openStore(location);
    await store.saveBatch([saveItem(richReport())]);
    const raw = new DatabaseSync(location);
    raw.exec('delete from facts where cell_id = (select max(cell_id) from facts)');
    raw.close();
    const read = async () => {
      for await (const _ of store.reports());
    };
    expect(await problemOf(read())).toMatch(/StoreError corrupt: .*lacks cells that were written/);
    await store.close();
  });

  it('is copied while it is in use, whole', async () => {
    const store = await openStore(location);
    await store.saveBatch([saveItem(richReport())]);
    const target = path.join(folder, 'backups', 'copy.sqlite');
    await backupStore(store, target);
    await store.saveBatch([saveItem(buildReport({ agency: '后来局' }))]);
    expect((await verifyStore(target)).counts['reports']).toBe(1);
    expect((await verifyStore(location)).counts['reports']).toBe(2);
    expect(await problemOf(backupStore(store, target))).toMatch(/exists already/);
    await store.close();
  });

  it('survives a process that is killed while it writes', async () => {
    const script = path.join(folder, 'writer.mts');
    writeFileSync(script, writerScript(location));
    const child = spawn(process.execPath, ['--no-warnings', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { problems, counts } = await verifyStore(location);
    expect(problems).toEqual([]);
    // Batches of five, each whole or not there.
    expect((counts['reports'] as number) % 5).toBe(0);
    expect(counts['facts']).toBe((counts['reports'] as number) * 200);
  });

  it('gives a consistent export while another process writes', async () => {
    const script = path.join(folder, 'writer.mts');
    writeFileSync(script, writerScript(location));
    const child = spawn(process.execPath, ['--no-warnings', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const store = await openStore(location);
    try {
      for (let round = 0; round < 2; round++) {
        const out = path.join(folder, `out${round}`);
        const { reports } = await exportDataset(store, out, { to: ['csv'] });
        const read = (name: string) =>
          parse(readFileSync(path.join(out, name)), { bom: true, columns: true }) as Record<string, string>[];
        expect(reports % 5).toBe(0);
        expect(read('reports.csv')).toHaveLength(reports);
        expect(read('facts.csv')).toHaveLength(reports * 200);
        expect(new Set(read('facts.csv').map((f) => f['report_id']))).toEqual(
          new Set(read('reports.csv').map((r) => r['report_id'])),
        );
      }
    } finally {
      child.kill('SIGKILL');
      await store.close();
    }
  });
});

describe('an export', () => {
  it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0 || !canMount())(
    'to a full disk says so and leaves the former dataset as it was',
    async () => {
      const small = path.join(folder, 'small');
      mkdirSync(small);
      expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', small]).status).toBe(0);
      const store = await openStore(location);
      try {
        await store.saveBatch([saveItem(buildReport())]);
        const out = path.join(small, 'dataset');
        await exportDataset(store, out);
        copyFileSync(path.join(out, 'datapackage.json'), path.join(folder, 'before.json'));
        await store.saveBatch(
          Array.from({ length: 100 }, (_, i) => saveItem(buildReport({ agency: `第${i}局` }))),
        );
        expect(await problemOf(exportDataset(store, out))).toMatch(
          /StoreError disk_full: no space left to write .*untouched/,
        );
        expect(readFileSync(path.join(out, 'datapackage.json'))).toEqual(
          readFileSync(path.join(folder, 'before.json')),
        );
        expect(parse(readFileSync(path.join(out, 'reports.csv')), { bom: true, columns: true })).toHaveLength(
          1,
        );
      } finally {
        await store.close();
        spawnSync('umount', [small]);
      }
    },
  );
});

function canMount(): boolean {
  const probe = mkdtempSync(path.join(tmpdir(), 'gongkai-mount-'));
  try {
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe]).status !== 0) return false;
    return spawnSync('umount', [probe]).status === 0;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

/** Saves batches of five reports, one after the other, for twenty seconds or so. */
function writerScript(store: string): string {
  const here = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  return `
    import { openStore } from ${here('../../src/dataset/open-store.ts')};
    import { buildReport, saveItem } from ${here('./build-report.ts')};
    const store = await openStore(${JSON.stringify(store)});
    for (let n = 0; ; n++) {
      await store.saveBatch([1, 2, 3, 4, 5].map((i) => saveItem(buildReport({ agency: \`第\${n}局\${i}科\` }))));
      if (n === 3) console.log('writing');
      if (n > 3) await new Promise((resolve) => setTimeout(resolve, 40));
      if (n > 500) break;
    }
  `;
}
