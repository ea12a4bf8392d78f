import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { awaitOutputLock, BusyError, releaseOutputLock, withOutputLock } from '../../src/run/lock.ts';

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
