import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type AgencyKind, Register } from '../agencies/register.ts';
import { note, noted } from '../dataset/notes.ts';
import { openStore } from '../dataset/open-store.ts';
import type { Agency, Store } from '../dataset/store.ts';
import { BINDING_RULE } from '../run/binding.ts';
import { withOutputLock } from '../run/lock.ts';
import { rebind } from '../run/rebind.ts';
import { scratchFolder } from '../run/scratch.ts';
import { besideFleet, hasWorkers, refuseBesideFleet } from './beside-fleet.ts';
import { type Flags, register, type Settings, settings } from './config.ts';
import { UsageError } from './exit.ts';
import { counted, printable, type Terminal, terminal } from './terminal.ts';

/** What every command has at hand. */
export interface Session {
  readonly settings: Settings;
  readonly terminal: Terminal;
  /** Aborted by the first Ctrl-C; the command then finishes what it holds. */
  readonly signal: AbortSignal;
  /** That of `--agencies`; where none is given, from `withStore` on the one that the store was left with. */
  register: Register;
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
    // A command that never asks for it has nothing to finish: Ctrl-C then ends it at once.
    get signal() {
      return interruptSignal(screen);
    },
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
      await takeRegister(session, store);
      return await besideFleet(store, command, () => work(store));
    } finally {
      await store.close();
    }
  });
}

/**
 * A register that is new or was edited is bound to what is stored, first of all: the register in the store is replaced
 * last, so that a run that was stopped in between does it again. Without a register the one of the store stays. What an
 * older program has bound by other rules is bound anew once.
 */
async function takeRegister(session: Session, store: Store): Promise<void> {
  const { terminal } = session;
  const before = await store.agencies();
  const given = session.register.agencies.length > 0;
  if (!given)
    session.register = new Register(before.map((a) => ({ ...a, kind: (a.kind ?? 'other') as AgencyKind })));
  const { register } = session;
  const edited = given && sorted(before) !== sorted(register.agencies);
  if (edited) await refuseBesideFleet(store, 'register');
  else if ((await noted(store, 'binding_rule')) === BINDING_RULE || (await hasWorkers(store))) return;
  const { reports, undecided } = await rebind(store, register);
  await note(store, 'binding_rule', BINDING_RULE);
  if (reports > 0)
    terminal.say(
      `${edited ? 'The register is new or was edited' : 'This program tells whose report it is more strictly'}: ${counted(reports, 'report')} bound to other bodies.`,
    );
  if (undecided.length > 0)
    terminal.warn(
      `${counted(undecided.length, 'decision')} could not go along and must be made again: ${undecided.map((f) => `${f.rule} ${printable(f.messageZh)}`).join(' ')}`,
    );
  if (edited) await store.loadAgencies(register.agencies);
}

const REGISTER_COLUMNS = [
  'id',
  'name',
  'aliases',
  'uscc',
  'divisionCode',
  'parent',
  'kind',
  'firstYear',
  'lastYear',
] as const;

function sorted(agencies: readonly Agency[]): string {
  return agencies
    .map((a) => JSON.stringify(REGISTER_COLUMNS.map((c) => a[c])))
    .sort()
    .join('\n');
}

/** Opens the store for reading while others may write. */
export async function readingStore<T>(
  session: Session,
  work: (store: Store) => Promise<T>,
  busyTimeoutMs?: number,
): Promise<T> {
  const { store: location } = session.settings;
  if (!isPostgres(location) && !existsSync(location)) {
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

/**
 * What is known already, for commands that ask portals and store nothing; an empty store where there is none yet, so
 * that nothing is left behind.
 */
export async function lookingIntoStore<T>(
  session: Session,
  command: string,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const { store: location } = session.settings;
  const look = async (store: Store) => {
    await refuseBesideFleet(store, command);
    return work(store);
  };
  if (isPostgres(location) || existsSync(location)) return readingStore(session, look);
  const folder = scratchFolder();
  try {
    const store = await openStore(path.join(folder, 'empty.sqlite'));
    try {
      return await look(store);
    } finally {
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function isPostgres(location: string): boolean {
  return /^postgres(?:ql)?:\/\//u.test(location);
}

/** A command to type next, on the same dataset. */
export function nextCommand(session: Session, command: string): string {
  const { output } = session.settings;
  // In a checkout there is no command `gongkai`.
  const program = process.env['npm_lifecycle_event'] === 'gongkai' ? 'npm run gongkai --' : 'gongkai';
  if (output === path.resolve('output')) return `${program} ${command}`;
  const relative = path.relative(process.cwd(), output) || '.';
  const folder = relative.length < output.length ? relative : output;
  return `${program} ${command} -o ${/[^\p{L}\p{N}._/\\:-]/u.test(folder) ? `"${folder}"` : folder}`;
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
