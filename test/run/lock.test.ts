import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  awaitOutputLock,
  BusyError,
  releaseOutputLock,
  whilePublishing,
  withOutputLock,
} from '../../src/run/lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gongkai-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = () => path.join(folder, '.lock');
const heldBy = (pid: number) => writeFileSync(file(), JSON.stringify({ pid, command: 'extract' }));

test('a command that only waits can let others in, and leaves their lock alone when it ends', async () => {
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  try {
    await withOutputLock(folder, 'schedule', async () => {
      await releaseOutputLock(folder);
      expect(existsSync(file())).toBe(false);
      heldBy(other.pid ?? 0);
      await releaseOutputLock(folder);
    });
    expect(existsSync(file())).toBe(true);
    await expect(withOutputLock(folder, 'add', async () => {})).rejects.toThrow(BusyError);
  } finally {
    other.kill();
  }
});

test('the lock is taken back when the other is done', async () => {
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  heldBy(other.pid ?? 0);
  const taken = awaitOutputLock(folder, 'schedule', new AbortController().signal, 20);
  const first = await Promise.race([
    taken.then(() => 'taken'),
    new Promise((r) => setTimeout(r, 100, 'waits')),
  ]);
  expect(first).toBe('waits');
  other.kill();
  await taken;
  await releaseOutputLock(folder);
  expect(existsSync(file())).toBe(false);
});

test('who waits for the lock can be stopped', async () => {
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  try {
    heldBy(other.pid ?? 0);
    const stop = new AbortController();
    const taken = awaitOutputLock(folder, 'schedule', stop.signal, 20);
    stop.abort();
    await expect(taken).rejects.toThrow(/abort/iu);
  } finally {
    other.kill();
  }
});

test('two calls of one process are at work one after the other, also when the first fails', async () => {
  const log: string[] = [];
  const upload = (name: string, fails = false) =>
    withOutputLock(folder, 'add', async () => {
      log.push(`${name} in`);
      await new Promise((r) => setTimeout(r, 30));
      log.push(`${name} out`);
      if (fails) throw new Error('no report');
      return name;
    });
  const [first, second, third] = await Promise.allSettled([upload('a', true), upload('b'), upload('c')]);
  expect(first).toMatchObject({ status: 'rejected' });
  expect([second, third]).toMatchObject([{ value: 'b' }, { value: 'c' }]);
  // In whatever order they came in.
  const turns = [0, 2, 4].map((at) => log.slice(at, at + 2).join());
  expect(turns.sort()).toEqual(['a in,a out', 'b in,b out', 'c in,c out']);
  expect(existsSync(file())).toBe(false);
});

test('another call of the process gets in while the first has let go, and the first waits until it is done', async () => {
  const log: string[] = [];
  await withOutputLock(folder, 'schedule', async () => {
    await releaseOutputLock(folder);
    const isIn = Promise.withResolvers<void>();
    const upload = withOutputLock(folder, 'add', async () => {
      log.push('add in');
      isIn.resolve();
      await new Promise((r) => setTimeout(r, 50));
      log.push('add out');
    });
    await isIn.promise;
    await awaitOutputLock(folder, 'schedule', new AbortController().signal, 20);
    log.push('schedule');
    await upload;
  });
  expect(log).toEqual(['add in', 'add out', 'schedule']);
  expect(existsSync(file())).toBe(false);
});

test('the lock of another machine stands whatever its process id is here, and how to remove it is said', async () => {
  // Neither alive here nor gone there: its id tells nothing.
  let content = '';
  await withOutputLock(folder, 'extract', async () => {
    content = readFileSync(file(), 'utf8');
  });
  const mine = JSON.parse(content) as Record<string, unknown>;
  writeFileSync(file(), JSON.stringify({ ...mine, pid: 2 ** 30, host: 'server-b', place: 'another' }));
  const refused = withOutputLock(folder, 'add', async () => {});
  await expect(refused).rejects.toThrow(BusyError);
  await expect(refused).rejects.toThrow(/server-b/u);
  await expect(refused).rejects.toThrow(file());
  expect(existsSync(file())).toBe(true);
  writeFileSync(file(), JSON.stringify({ ...mine, pid: 2 ** 30 }));
  expect(await withOutputLock(folder, 'add', async () => 'done')).toBe('done');
});

test('the lock of a machine or container that gave no sign of life for an hour is that of one that is gone', async () => {
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  let content = '';
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    await withOutputLock(folder, 'extract', async () => {
      content = readFileSync(file(), 'utf8');
      utimesSync(file(), ago(50), ago(50));
      vi.advanceTimersByTime(6 * 60_000);
      await vi.waitUntil(() => statSync(file()).mtime > ago(1), { timeout: 10_000 });
    });
  } finally {
    vi.useRealTimers();
  }
  const foreign = JSON.stringify({ ...(JSON.parse(content) as object), host: 'server-b', place: 'another' });
  writeFileSync(file(), foreign);
  utimesSync(file(), ago(50), ago(50));
  await expect(withOutputLock(folder, 'add', async () => {})).rejects.toThrow(BusyError);
  utimesSync(file(), ago(70), ago(70));
  expect(await withOutputLock(folder, 'add', async () => 'done')).toBe('done');
  expect(existsSync(file())).toBe(false);
});

test('who waits for another to publish says so once, and can be stopped', async () => {
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  try {
    writeFileSync(
      path.join(folder, '.publishing.lock'),
      JSON.stringify({ pid: other.pid ?? 0, command: 'export' }),
    );
    const stop = new AbortController();
    const told: string[] = [];
    const published = whilePublishing(folder, async () => 'done', {
      signal: stop.signal,
      onWait: (words) => {
        told.push(words);
        setTimeout(() => stop.abort(), 500);
      },
    });
    await expect(published).rejects.toThrow(BusyError);
    expect(told).toEqual([expect.stringContaining(`“gongkai export” (process ${other.pid})`)]);
  } finally {
    other.kill();
  }
});
