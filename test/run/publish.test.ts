import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readXlsx } from 'hucre/xlsx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportDataset } from '../../src/dataset/export/export.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import type { Store } from '../../src/dataset/store.ts';
import { thisProcess } from '../../src/process/mark.ts';
import { publish } from '../../src/run/publish.ts';
import { gongkai } from '../cli/run-cli.ts';
import { digests } from '../support/digests.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/2022', import.meta.url));

let folder: string;
let output: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-publish-'));
  output = path.join(folder, 'out');
  for (const name of ['yingjiju.docx', 'sifaju.txt'])
    cpSync(path.join(fixtures, name), path.join(folder, 'reports', name));
  await run('extract', 'reports');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<string> {
  const { status, err, out } = await gongkai([...args, '-o', 'out'], { cwd: folder });
  expect(status, err).toBe(0);
  return out;
}

async function inStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(path.join(output, 'gongkai.sqlite'), { create: false });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const decide = (note: string) =>
  inStore(async (store) => {
    for await (const { findingId } of store.findings({ severities: ['error'] })) {
      await store.decide({ findingId, state: 'confirmed', note, person: '张三', at: '2025-01-01' });
      return;
    }
    throw new Error('the fixtures have an error');
  });

/** Which of the files for people, and of the dataset, hold a text. */
async function holding(text: string): Promise<string[]> {
  const { sheets } = await readXlsx(readFileSync(path.join(output, 'findings.xlsx')));
  const holds: Record<string, string> = {
    'findings.xlsx': JSON.stringify(sheets.map((s) => s.rows)),
    'report.html': readFileSync(path.join(output, 'report.html'), 'utf8'),
    'findings.csv': readFileSync(path.join(output, 'dataset', 'findings.csv'), 'utf8'),
  };
  return Object.keys(holds).filter((name) => holds[name]?.includes(text));
}

const ALL = ['findings.xlsx', 'report.html', 'findings.csv'];

test('two that publish into one folder do it one after the other', async () => {
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  const lock = path.join(output, '.publishing.lock');
  writeFileSync(lock, JSON.stringify({ ...thisProcess(), started: '', pid: other.pid, command: 'export' }));
  let isDone = false;
  const publishing = inStore((store) => publish(store, output)).then(() => {
    isDone = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(isDone).toBe(false);
  other.kill('SIGKILL');
  await publishing;
  expect(existsSync(lock)).toBe(false);
});

describe('the files for people', () => {
  test('take a decision in with the next export, which writes them beside the dataset', async () => {
    await decide('已电话核实');
    await run('export');
    expect(await holding('已电话核实')).toEqual(ALL);
  });

  test('take a decision in with the next run, also where the dataset has it already', async () => {
    await decide('原件已调阅');
    await inStore((store) => exportDataset(store, path.join(output, 'dataset')));
    expect(await holding('原件已调阅')).toEqual(['findings.csv']);
    await run('extract', 'reports');
    expect(await holding('原件已调阅')).toEqual(ALL);
  });

  test('are left alone when nothing changed since', async () => {
    const at = () => ['findings.xlsx', 'report.html'].map((name) => statSync(path.join(output, name)).ino);
    const before = at();
    const { papers } = await inStore((store) => publish(store, output));
    expect(papers).toEqual([]);
    expect(at()).toEqual(before);
  });

  test('are written again where one is missing', async () => {
    rmSync(path.join(output, 'report.html'));
    const { papers } = await inStore((store) => publish(store, output));
    expect(papers).toEqual([path.join(output, 'report.html')]);
    expect(await holding('原件已调阅')).toEqual(ALL);
  });

  test('are not written by an export into another folder', async () => {
    await run('export', '--into', path.join(folder, 'elsewhere'));
    expect(existsSync(path.join(folder, 'elsewhere', 'findings.csv'))).toBe(true);
    expect(existsSync(path.join(folder, 'findings.xlsx'))).toBe(false);
    expect(existsSync(path.join(folder, 'elsewhere', 'findings.xlsx'))).toBe(false);
  });

  test('of the same store have the same bytes', async () => {
    const papers = () => {
      const { 'findings.xlsx': workbook, 'report.html': page } = digests(output);
      return { workbook, page };
    };
    const before = papers();
    expect(Object.values(before).every((digest) => digest !== undefined)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const written = await inStore((store) => publish(store, output, { force: true }));
    expect(written.papers).toHaveLength(2);
    expect(papers()).toEqual(before);
  });
});
