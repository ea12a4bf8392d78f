import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Register } from '../agencies/register.ts';
import { openStore } from '../dataset/open-store.ts';
import type { Store } from '../dataset/store.ts';
import { withOutputLock } from '../run/lock.ts';
import { refuseBesideFleet } from './beside-fleet.ts';
import { type Flags, register, type Settings, settings } from './config.ts';
import { UsageError } from './exit.ts';
import { type Terminal, terminal } from './terminal.ts';

/** What every command has at hand. */
export interface Session {
  readonly settings: Settings;
  readonly terminal: Terminal;
  /** Aborted by the first Ctrl-C; the command then finishes what it holds. */
  readonly signal: AbortSignal;
  readonly register: Register;
}

export interface CommonFlags extends Flags {
  readonly quiet?: boolean;
}

export async function openSession(flags: CommonFlags): Promise<Session> {
  const resolved = await settings(flags);
  const screen = terminal({ quiet: flags.quiet === true });
  return {
    settings: resolved,
    terminal: screen,
    signal: interruptSignal(screen),
    register: await register(resolved),
  };
}

/** Opens the store for writing, one command at a time per output folder. */
export async function withStore<T>(
  session: Session,
  command: string,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const { output, store: location } = session.settings;
  await mkdir(output, { recursive: true });
  return withOutputLock(output, command, async () => {
    const store = await openStore(location);
    try {
      await refuseBesideFleet(store, command);
      await store.loadAgencies(session.register.agencies);
      return await work(store);
    } finally {
      await store.close();
    }
  });
}

/** Opens the store for reading while others may write. */
export async function readingStore<T>(
  session: Session,
  work: (store: Store) => Promise<T>,
  busyTimeoutMs?: number,
): Promise<T> {
  const { store: location } = session.settings;
  const { existsSync } = await import('node:fs');
  if (!location.startsWith('postgres') && !existsSync(location)) {
    throw new UsageError(
      `There is no dataset in ${session.settings.output} yet (looked for ${location}). Run “gongkai extract <folder>” first, or name the folder with -o.`,
    );
  }
  const store = await openStore(location, {
    create: false,
    ...(busyTimeoutMs === undefined ? {} : { busyTimeoutMs }),
  });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** A command to type next, on the same dataset. */
export function nextCommand(session: Session, command: string): string {
  const { output } = session.settings;
  if (output === path.resolve('output')) return `gongkai ${command}`;
  const relative = path.relative(process.cwd(), output) || '.';
  const folder = relative.length < output.length ? relative : output;
  return `gongkai ${command} -o ${/[^\p{L}\p{N}._/\\:-]/u.test(folder) ? `"${folder}"` : folder}`;
}

let interrupts: AbortController | null = null;

function interruptSignal(screen: Terminal): AbortSignal {
  if (interrupts) return interrupts.signal;
  const controller = new AbortController();
  interrupts = controller;
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(130);
    screen.warn('Stopping: the documents in hand are finished first. Press Ctrl-C again to stop at once.');
    controller.abort();
  });
  process.on('SIGTERM', () => controller.abort());
  return controller.signal;
}
