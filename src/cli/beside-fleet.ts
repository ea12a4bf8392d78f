import type { Store } from '../dataset/store.ts';
import { alone, liveWorkers } from '../run/fleet/database.ts';
import { UsageError } from './exit.ts';

/** What a fleet does instead, or what a command would do that it must not: ask hosts without knowing of their leases. */
const INSTEAD: Readonly<Record<string, string>> = {
  extract: '“gongkai fleet enqueue <paths>” gives them the documents',
  crawl: '“gongkai fleet enqueue --portals” gives them the portals',
  schedule: '“gongkai fleet enqueue --portals --repeat” gives them the calendar',
  check: 'they check by themselves what is new',
  'portals check':
    'they alone may ask hosts; check the portal with a store of its own (-o with another folder)',
  'add address': 'they alone may ask hosts; download the file and add it with --from <address>',
  register: 'they work with the register of the store, and the one given is another',
};

/** Commands that save readings: neither they nor the rules of the workers may see half of what the other does. */
const SAVING: ReadonlySet<string> = new Set(['add', 'withdraw', 'transcribe']);

/** Throws `UsageError` when workers are on the store and the command is not for beside them. */
export async function refuseBesideFleet(store: Store, command: string): Promise<void> {
  const instead = INSTEAD[command];
  if (instead === undefined || store.kind !== 'postgres') return;
  const workers = await liveWorkers(store);
  if (workers.length > 0)
    throw new UsageError(
      `Workers of a fleet are on this store (${workers.slice(0, 3).join(', ')}${workers.length > 3 ? ', …' : ''}): ${instead}. Or stop them first (docs/fleet.md).`,
    );
}

export async function hasWorkers(store: Store): Promise<boolean> {
  return (await liveWorkers(store)).length > 0;
}

/** Does the work of a command; while it saves, workers wait with what they would save. */
export async function besideFleet<T>(store: Store, command: string, work: () => Promise<T>): Promise<T> {
  if (!SAVING.has(command) || !(await hasWorkers(store))) return await work();
  return await alone(store, work);
}
