import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Another command is at work in the same output folder. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

/**
 * One writing command per output folder. The lock names its process: one that was killed leaves a lock that the next
 * command removes.
 */
export async function withOutputLock<T>(folder: string, command: string, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  await acquire(lockFile(folder), folder, command);
  try {
    return await work();
  } finally {
    await releaseOutputLock(folder);
  }
}

/** Lets other commands in while a resident one only waits. Does nothing to a lock that another process holds. */
export async function releaseOutputLock(folder: string): Promise<void> {
  const file = lockFile(folder);
  if ((await readHolder(file))?.pid === process.pid) await rm(file, { force: true });
}

/** Takes the lock back, as soon as nobody else has it; asks every `everyMs`. Rejects when the signal is aborted. */
export async function awaitOutputLock(
  folder: string,
  command: string,
  signal: AbortSignal,
  everyMs = 1000,
): Promise<void> {
  for (;;) {
    try {
      await acquire(lockFile(folder), folder, command);
      return;
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
      await sleep(everyMs, undefined, { signal });
    }
  }
}

function lockFile(folder: string): string {
  return path.join(folder, '.lock');
}

async function acquire(file: string, folder: string, command: string): Promise<void> {
  // Written beside and linked, so that nobody ever sees a lock that does not yet name its process.
  const mine = `${file}-${randomUUID()}`;
  const content = JSON.stringify({ pid: process.pid, command });
  await writeFile(mine, content).catch((error: NodeJS.ErrnoException) => {
    // Of the two it is the folder that the user gave.
    error.path = folder;
    throw error;
  });
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      try {
        await link(mine, file).catch(async (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') throw error;
          // File systems without links (FAT, some network shares).
          await writeFile(file, content, { flag: 'wx' });
        });
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await readHolder(file);
      if (holder !== null && isAlive(holder.pid)) throw new BusyError(busy(folder, file, holder));
      await removeStale(file);
    }
  } finally {
    await rm(mine, { force: true });
  }
  throw new BusyError(
    `${file} could not be taken; is another command starting at the same moment? Try again.`,
  );
}

function busy(folder: string, file: string, holder: { pid: number; command: string }): string {
  return `${folder} is in use by “gongkai ${holder.command}” (process ${holder.pid}). Wait until it ends, or give another folder with -o. If no such command is running any more, remove ${file}.`;
}

/**
 * Moves the lock of a dead process away. Of two commands that both saw it, the slower one may have moved the lock that
 * the faster one took in the meantime: it is put back.
 */
async function removeStale(file: string): Promise<void> {
  const aside = `${file}-${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = await readHolder(aside);
  if (moved !== null && isAlive(moved.pid)) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
}

async function readHolder(file: string): Promise<{ pid: number; command: string } | null> {
  try {
    const holder = JSON.parse(await readFile(file, 'utf8')) as { pid: number; command: string };
    return Number.isInteger(holder.pid) ? holder : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
