import { execFileSync, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WriterDied, writeApart } from '../../src/dataset/export/apart.ts';
import { type Shape, writeTables } from '../../src/dataset/export/dataset-writer.ts';
import { exportDataset } from '../../src/dataset/export/export.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import { sqlStore } from '../../src/dataset/sql-store.ts';
import { type Store, StoreError } from '../../src/dataset/store.ts';
import { digests } from '../support/digests.ts';
import { buildFinding, buildReport, saveItem } from './build-report.ts';
import { sampleItems } from './samples.ts';

/** So many that processes of their own write them. */
const MANY = 240;
const SHAPES = ['csv', 'parquet', 'jsonl', 'stata', 'xlsx'] as const;

let folder: string;
let store: Store;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'gongkai-apart-'));
  store = await openStore(path.join(folder, 'store.sqlite'));
  await store.saveBatch(sampleItems());
  const items = Array.from({ length: MANY }, (_, i) =>
    saveItem(
      buildReport({ agency: `某某区第${i}局`, document: `${i}.html`, numbers: { 't3/granted/total': i } }),
      i % 7 === 0 ? { findings: [buildFinding()] } : {},
    ),
  );
  await store.saveBatch(items);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

let n = 0;
function fresh(): string {
  n += 1;
  const made = path.join(folder, `out-${n}`);
  mkdirSync(made);
  return made;
}

const leftOver = () => readdirSync(folder).filter((name) => name.includes('.part-'));

/** The processes that write parts for this one. */
function writers(parent = process.pid): number[] {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return list
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, above, ...args]) => Number(above) === parent && args.join(' ').includes('writer-child'))
    .map(([pid]) => Number(pid));
}

/** On a busy machine the word that they have begun may come when they are done: then it is tried again. */
async function killedExport(out: string): Promise<{ failure: Error | null; killed: boolean }> {
  for (let attempt = 1; ; attempt++) {
    let killed = false;
    const failure = await exportDataset(store, out, {
      force: true,
      to: ['csv'],
      onProgress: () => {
        if (killed) return;
        const [writer] = writers();
        if (writer === undefined) return;
        killed = true;
        process.kill(writer, 'SIGKILL');
      },
    }).then(
      () => null,
      (error: Error) => error,
    );
    if (failure || attempt === 10) return { failure, killed };
  }
}

async function sameBytes(of: Store, shapes: readonly Shape[], allVersions: boolean): Promise<void> {
  const [one, two] = [fresh(), fresh()];
  const sql = sqlStore(of);
  const here = await sql.snapshot((snapshot) =>
    writeTables(sql, snapshot, { folder: one, shapes, allVersions }, 'all', () => {}),
  );
  const apart = await writeApart(of, { folder: two, shapes, allVersions }, () => {});
  expect(digests(two)).toEqual(digests(one));
  expect(Object.keys(digests(two)).length).toBeGreaterThan(shapes.length * 8);
  const byPath = (files: typeof here.files) => [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  expect(byPath(apart.files)).toEqual(byPath(here.files));
  expect(apart.state).toBe(here.state);
  expect(apart.reports).toBe(here.reports);
}

describe('two processes that write the dataset side by side', () => {
  it('write the bytes that one would, in every shape', async () => {
    const few = await openStore(path.join(folder, 'few.sqlite'));
    await few.saveBatch(sampleItems());
    await sameBytes(few, SHAPES, false);
    await sameBytes(few, ['csv', 'parquet'], true);
    await few.close();
  });

  it('write the bytes that one would, over many row groups', async () => {
    await sameBytes(store, ['csv', 'parquet'], false);
  });

  it('tell how far they are, up to all reports', async () => {
    const told: [number, number][] = [];
    const out = fresh();
    const { reports } = await exportDataset(store, out, { onProgress: (done, of) => told.push([done, of]) });
    expect(told.at(-1)).toEqual([reports, reports]);
    expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done).sort((a, b) => a - b));
    expect(leftOver()).toEqual([]);
  });

  it('leave the former dataset as it was when one of them is killed, and say so', async () => {
    const out = fresh();
    await exportDataset(store, out, { to: ['csv'] });
    const before = digests(out);
    const { failure, killed } = await killedExport(out);
    expect(killed).toBe(true);
    expect(failure).toBeInstanceOf(WriterDied);
    expect(failure?.message).toMatch(/killed by SIGKILL.*untouched.*gongkai export/s);
    expect(digests(out)).toEqual(before);
    expect(leftOver()).toEqual([]);
    expect(writers()).toEqual([]);
  });

  it('end when the process that exports is killed', async () => {
    const parent = fork(path.join(import.meta.dirname, 'export-child.ts'), [store.location, fresh()], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    await new Promise((resolve) => parent.once('message', resolve));
    const started = writers(parent.pid);
    expect(started).toHaveLength(2);
    parent.kill('SIGKILL');
    const alive = () => started.filter(isAlive);
    for (let i = 0; i < 400 && alive().length > 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(alive()).toEqual([]);
  });

  it('say what the disk or the store refused as the one process would', async () => {
    const file = path.join(folder, 'gone.sqlite');
    const gone = await openStore(file);
    rmSync(file);
    await expect(
      writeApart(gone, { folder: fresh(), shapes: ['csv'], allVersions: false }, () => {}),
    ).rejects.toBeInstanceOf(StoreError);
    await gone.close();
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
