import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyStore } from '../../src/dataset/maintenance.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import { digests } from '../support/digests.ts';

/** Clocks that are wrong: set back between two runs, or going backwards while one runs. */

const CLI = fileURLToPath(new URL('../cli/entry.ts', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-clock-'));
  mkdirSync(path.join(folder, 'reports'));
  // The first of the program's modules: every look at the clock is a minute earlier than the one before.
  writeFileSync(
    path.join(folder, 'backwards.mjs'),
    `const Real = Date;
     const start = Real.parse(process.env.CLOCK);
     let looks = 0;
     const now = () => start - 60_000 * looks++;
     globalThis.Date = class extends Real {
       constructor(...given) { if (given.length === 0) super(now()); else super(...given); }
       static now() { return now(); }
     };`,
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, as: string, mtime: Date): void {
  const file = path.join(folder, 'reports', as);
  cpSync(path.join(FIXTURES, name), file);
  utimesSync(file, mtime, mtime);
}

async function run(args: readonly string[], clock: string | null): Promise<string> {
  const skewed = clock === null ? [] : ['--import', pathToFileURL(path.join(folder, 'backwards.mjs')).href];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...skewed, CLI, ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      NODE_COMPILE_CACHE: path.join(folder, 'compiled'),
      ...(clock === null ? {} : { CLOCK: clock }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  const [status] = (await once(child, 'close')) as [number];
  expect(status, text).toBe(0);
  return text;
}

test('With a clock that goes backwards, between runs and during them, the dataset is the same to the byte.', async () => {
  put('2021/jiaoyuju.html', 'a.html', new Date('2035-01-01'));
  put('2022/sifaju.txt', 'b.txt', new Date(0));
  await run(['extract', 'reports', '-o', 'out'], '2031-05-01T00:00:00Z');
  // Of the same size and older than before, other bytes all the same; and one that is new.
  const text = readFileSync(path.join(FIXTURES, '2022/sifaju.txt'), 'utf8');
  const digit = text.search(/[1-8](?=\s*$)/mu);
  expect(digit).toBeGreaterThan(0);
  const other = `${text.slice(0, digit)}${Number(text[digit]) + 1}${text.slice(digit + 1)}`;
  const rewrite = (at: Date) => {
    writeFileSync(path.join(folder, 'reports', 'b.txt'), other);
    utimesSync(path.join(folder, 'reports', 'b.txt'), at, at);
  };
  rewrite(new Date('1980-01-01'));
  put('2023/jiaoyuju.html', 'c.html', new Date('1999-01-01'));
  const second = await run(['extract', 'reports', '-o', 'out', '--json'], '2019-01-01T00:00:00Z');
  expect(JSON.parse(second.slice(second.indexOf('{')))).toMatchObject({ documents: 3, unchanged: 1 });
  await run(['check', '-o', 'out'], '1985-01-01T00:00:00Z');

  // The same two steps with a clock that goes as it should.
  cpSync(path.join(FIXTURES, '2022/sifaju.txt'), path.join(folder, 'reports', 'b.txt'));
  rmSync(path.join(folder, 'reports', 'c.html'));
  await run(['extract', 'reports', '-o', 'right'], null);
  rewrite(new Date());
  put('2023/jiaoyuju.html', 'c.html', new Date());
  await run(['extract', 'reports', '-o', 'right'], null);
  expect(digests(path.join(folder, 'out', 'dataset'))).toEqual(
    digests(path.join(folder, 'right', 'dataset')),
  );

  const file = path.join(folder, 'out', 'gongkai.sqlite');
  expect((await verifyStore(file)).problems).toEqual([]);
  const store = await openStore(file, { create: false });
  try {
    const runs = await store.runs();
    expect(runs.every((r) => r.endedAt === null || r.endedAt < r.startedAt)).toBe(true);
    expect(runs.map((r) => r.startedAt.slice(0, 4))).toEqual(['2019', '2031']);
  } finally {
    await store.close();
  }
}, 180_000);
