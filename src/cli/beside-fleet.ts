import type { Store } from '../dataset/store.ts';
import { liveWorkers } from '../run/fleet/database.ts';
import { UsageError } from './exit.ts';

/** What a fleet does instead. A second crawler beside it would know nothing of its leases on hosts. */
const INSTEAD: Readonly<Record<string, string>> = {
  extract: '“gongkai fleet enqueue <paths>” gives them the documents',
  crawl: '“gongkai fleet enqueue --portals” gives them the portals',
  schedule: '“gongkai fleet enqueue --portals --repeat” gives them the calendar',
  check: 'they check by themselves what is new',
};

/** Refuses a command whose work belongs to the workers that are on this store. */
export async function refuseBesideFleet(store: Store, command: string): Promise<void> {
  const instead = INSTEAD[command];
  if (instead === undefined || store.kind !== 'postgres') return;
  const workers = await liveWorkers(store);
  if (workers.length > 0)
    throw new UsageError(
      `Workers of a fleet are on this store (${workers.slice(0, 3).join(', ')}${workers.length > 3 ? ', …' : ''}): ${instead}. Or stop them first (docs/fleet.md).`,
    );
}
