import { openStore } from '../dataset/open-store.ts';
import type { Store } from '../dataset/store.ts';
import { type FleetDatabase, fleetDatabase } from '../run/fleet/database.ts';
import { Jobs } from '../run/fleet/jobs.ts';
import { UsageError } from './exit.ts';
import type { Session } from './session.ts';

export interface OpenFleet {
  readonly store: Store;
  readonly database: FleetDatabase;
}

/**
 * Opens the store of a fleet. Without the lock of the output folder: workers share it, and what they write there is
 * named by its content.
 */
export async function openFleet(session: Session): Promise<OpenFleet> {
  const { store: location } = session.settings;
  if (!/^postgres(ql)?:\/\//u.test(location))
    throw new UsageError(
      `A fleet needs a store in Postgres; the store is ${location}. Give --store postgres://user@host/database (docs/fleet.md).`,
    );
  const store = await openStore(location);
  try {
    return { store, database: await fleetDatabase(store, true) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** With the queues, for commands that look or enqueue. */
export async function withFleet<T>(
  session: Session,
  work: (fleet: OpenFleet, jobs: Jobs) => Promise<T>,
): Promise<T> {
  const fleet = await openFleet(session);
  try {
    const jobs = await Jobs.open(session.settings.store, fleet.database.jobSchema);
    try {
      return await work(fleet, jobs);
    } finally {
      await jobs.close();
    }
  } finally {
    await fleet.store.close();
  }
}
