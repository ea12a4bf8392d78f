import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Holder as AnyHolder,
  letGo,
  newHolder,
  parseHolder,
  SIGN_OF_LIFE_MS,
  stands,
} from '../process/holder.ts';
import { standingOf } from '../process/mark.ts';
import { clearParts, partOf } from '../process/parts.ts';

/** Another command is at work in the same output folder. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
  /** On another machine or in another container, if it is still running. */
  readonly isElsewhere: boolean;

  constructor(message: string, isElsewhere = false) {
    super(message);
    this.isElsewhere = isElsewhere;
  }
}

/** What this process holds, by lock file; `released` resolves when it has let go. */
const held = new Map<string, { readonly token: string; readonly released: Promise<void>; release(): void }>();

/**
 * One writing command per output folder, on this machine and on all that share the folder; calls of one process wait for
 * each other. The lock names its process: one that was killed leaves a lock that the next command on the same machine
 * removes, and one elsewhere an hour after its last sign of life.
 */
export async function withOutputLock<T>(folder: string, command: string, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const file = lockFile(folder);
  await take(file, folder, command);
  try {
    return await work();
  } finally {
    await release(file);
  }
}

/** How long a publishing process is waited for of which nobody here can tell whether it is still alive. */
const PATIENCE_MS = 60_000;

export interface Waiting {
  /** Ends the wait for another, not the work. */
  readonly signal?: AbortSignal;
  /** Called once when there is another to wait for, with words that name it. */
  readonly onWait?: (words: string) => void;
}

/**
 * Of the commands that write what is published in a folder one at a time does. `export` may run beside another command:
 * the files of two that write at once would be of two states of the store. Waits for the other.
 * @throws {BusyError} naming the other, when the wait is ended or the other shows itself nowhere
 */
export async function whilePublishing<T>(
  folder: string,
  work: () => Promise<T>,
  { signal, onWait }: Waiting = {},
): Promise<T> {
  const file = path.resolve(folder, '.publishing.lock');
  await mkdir(folder, { recursive: true });
  let told = false;
  for (const since = performance.now(); ; ) {
    try {
      await take(file, folder, 'export');
      break;
    } catch (error) {
      if (isProtected(error)) return await work();
      if (!(error instanceof BusyError)) throw error;
      if (signal?.aborted || (error.isElsewhere && performance.now() - since > PATIENCE_MS)) throw error;
      if (!told) onWait?.(error.message);
      told = true;
      await sleep(200, undefined, signal ? { signal } : {}).catch(() => {});
    }
  }
  try {
    return await work();
  } finally {
    await release(file);
  }
}

/** Where nobody may write nobody does: either all is as it should be, or the work says what it cannot write. */
function isProtected(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Lets other commands in while a resident one only waits. Does nothing to a lock that another process holds. */
export async function releaseOutputLock(folder: string): Promise<void> {
  await release(lockFile(folder));
}

async function release(file: string): Promise<void> {
  const mine = held.get(file);
  if (!mine) return;
  try {
    if ((await readHolder(file))?.token === mine.token) await rm(file, { force: true });
  } finally {
    held.delete(file);
    mine.release();
  }
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
      await take(lockFile(folder), folder, command, signal);
      return;
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
      await sleep(everyMs, undefined, { signal });
    }
  }
}

function lockFile(folder: string): string {
  return path.resolve(folder, '.lock');
}

async function take(file: string, folder: string, command: string, signal?: AbortSignal): Promise<void> {
  for (let other = held.get(file); other; other = held.get(file)) await unlessAborted(other.released, signal);
  const holder = newHolder();
  const { token } = holder;
  const { promise: released, resolve } = Promise.withResolvers<void>();
  const release = () => {
    letGo(holder);
    resolve();
  };
  held.set(file, { token, released, release });
  try {
    await acquire(file, folder, { ...holder, command });
    const signs = setInterval(() => void showLife(file, token), SIGN_OF_LIFE_MS).unref();
    void released.then(() => clearInterval(signs));
  } catch (error) {
    held.delete(file);
    release();
    throw error;
  }
}

async function showLife(file: string, token: string): Promise<void> {
  const now = new Date();
  if ((await readHolder(file))?.token === token) await utimes(file, now, now).catch(() => {});
}

function unlessAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    void promise.then(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
  });
}

interface Holder extends AnyHolder {
  readonly command: string;
}

async function acquire(file: string, folder: string, holder: Holder): Promise<void> {
  // Written beside and linked, so that nobody ever sees a lock that does not yet name its process.
  clearParts(file);
  const mine = partOf(file);
  const content = JSON.stringify(holder);
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
      const other = await readHolder(file);
      if (other !== null && (await isHeld(other, file))) throw busy(folder, file, other);
      await removeStale(file);
    }
  } finally {
    await rm(mine, { force: true });
  }
  throw new BusyError(
    `${file} could not be taken; is another command starting at the same moment? Try again.`,
  );
}

async function isHeld(holder: Holder, file: string): Promise<boolean> {
  const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }));
  return stands(holder, Date.now() - mtimeMs);
}

function busy(folder: string, file: string, holder: Holder): BusyError {
  const elsewhere = standingOf(holder) === 'elsewhere';
  const who = `“gongkai ${holder.command}” (process ${holder.pid}${elsewhere ? ` on ${holder.host}` : ''})`;
  const dead = elsewhere
    ? `From here nobody can tell whether that process is still running: if that machine or container is gone, or no such command runs on it any more, remove ${file}, or try again in an hour.`
    : `If no such command is running any more, remove ${file}.`;
  return new BusyError(
    `${folder} is in use by ${who}. Wait until it ends, or give another folder with -o. ${dead}`,
    elsewhere,
  );
}

/**
 * Moves the lock of a dead process away. Of two commands that both saw it, the slower one may have moved the lock that
 * the faster one took in the meantime: it is put back.
 */
async function removeStale(file: string): Promise<void> {
  const aside = partOf(file);
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = await readHolder(aside);
  if (moved !== null && (await isHeld(moved, aside))) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
}

async function readHolder(file: string): Promise<Holder | null> {
  const found = parseHolder(await readFile(file, 'utf8').catch(() => ''));
  return found && { ...found, command: typeof found['command'] === 'string' ? found['command'] : '' };
}
