import { type AgencyKind, Register } from '../agencies/register.ts';
import { openStore } from '../dataset/open-store.ts';
import type { Agency, Store } from '../dataset/store.ts';
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

/**
 * The register that all workers of a store share. The first to have one brings it in; without one it is that of the
 * store. Two workers with different registers would bind the same report to different bodies in turn.
 */
export async function fleetRegister(session: Session, store: Store): Promise<Register> {
  const stored = await store.agencies();
  const given = session.register;
  if (given.agencies.length === 0)
    return new Register(stored.map((a) => ({ ...a, kind: (a.kind ?? 'other') as AgencyKind })));
  if (stored.length > 0 && comparable(stored) !== comparable(given.agencies))
    throw new UsageError(
      'The agency register is another than that of the store. If it was edited: stop all workers, run “gongkai check” once with the new one, then start them with it.',
    );
  await store.loadAgencies(given.agencies);
  return given;
}

function comparable(agencies: readonly Agency[]): string {
  return JSON.stringify(
    agencies
      .map((a) => [
        a.id,
        a.name,
        a.aliases,
        a.uscc,
        a.divisionCode,
        a.parent,
        a.kind,
        a.firstYear,
        a.lastYear,
      ])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );
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
