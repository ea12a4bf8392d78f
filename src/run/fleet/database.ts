import { createHash } from 'node:crypto';
import type { Session } from '../../dataset/dialect.ts';
import { type SqlStore, sqlStore } from '../../dataset/sql-store.ts';
import { type Store, StoreError } from '../../dataset/store.ts';

/** The store of a fleet, and where in its database the fleet keeps its own things. */
export interface FleetDatabase {
  readonly store: SqlStore;
  /** Schema of the job queues: beside the store, so that two stores in one database do not share their jobs. */
  readonly jobSchema: string;
  /** Keys of the advisory locks of this store. */
  readonly lockKey: number;
}

const OWN = [
  // Leases on host groups. Times are those of the database, so that the clocks of the workers need not agree.
  `create table if not exists fleet_hosts (
    key text primary key,
    owner text,
    worker text,
    portal text,
    until timestamptz,
    asked integer not null default 0,
    rest_ms double precision not null default 0,
    noted_at timestamptz not null default clock_timestamp(),
    pace text
  )`,
  // Every worker asks every few seconds what is to be checked; without it that is a walk through all reports.
  'create index if not exists fleet_unchecked on reports (agency_key) where unchecked = 1',
];

/** Throws `StoreError` for a store that is not in Postgres. `create`: make what the fleet needs, if it is not there. */
export async function fleetDatabase(store: Store, create: boolean): Promise<FleetDatabase> {
  if (store.kind !== 'postgres')
    throw new StoreError(
      'not_a_store',
      `a fleet needs a store in Postgres, and ${store.location} is a file; give --store postgres://…`,
    );
  const sql = sqlStore(store);
  const [row] = await sql.database.read((s) => s.arrays('select current_schema() as schema', []));
  const schema = String(row?.[0] ?? 'public');
  const [id] = await sql.database.read((s) => s.arrays("select value from meta where key = 'store_id'", []));
  const lockKey = createHash('sha256').update(String(id?.[0])).digest().readInt32BE(0);
  if (create)
    await sql.database.write(async (s) => {
      await s.arrays('select pg_advisory_xact_lock(?, 0)::text', [lockKey]);
      for (const statement of OWN) await s.arrays(statement, []);
    });
  return { store: sql, jobSchema: schema === 'public' ? 'pgboss' : `${schema}_pgboss`, lockKey };
}

/** Did any worker ever start on this store? */
export async function hasFleet(fleet: FleetDatabase): Promise<boolean> {
  const [row] = await fleet.store.database.read((s) =>
    s.arrays('select to_regclass(?)::text as t, to_regclass(?)::text as u', [
      'fleet_hosts',
      `${fleet.jobSchema}.queue`,
    ]),
  );
  return row?.[0] != null && row[1] != null;
}

/** Held by everybody who saves readings, to the end of the transaction. */
export async function whileSaving(session: Session, fleet: FleetDatabase): Promise<void> {
  await session.arrays('select pg_advisory_xact_lock_shared(?, 1)::text', [fleet.lockKey]);
}

/** Held by who runs the rules: nobody saves a reading meanwhile, so no reading is taken for checked that was not. */
export async function whileChecking(session: Session, fleet: FleetDatabase): Promise<void> {
  await session.arrays('select pg_advisory_xact_lock(?, 1)::text', [fleet.lockKey]);
}

/** Nobody else saves or runs the rules meanwhile: for work that does both, beside workers. */
export async function alone<T>(store: Store, work: () => Promise<T>): Promise<T> {
  const fleet = await fleetDatabase(store, false);
  return await fleet.store.database.write(async (session) => {
    await whileChecking(session, fleet);
    return await work();
  });
}

/** Workers that were heard of lately, from the registry of the queues; without loading these. */
export async function liveWorkers(store: Store): Promise<string[]> {
  if (store.kind !== 'postgres') return [];
  const fleet = await fleetDatabase(store, false);
  if (!(await hasFleet(fleet))) return [];
  const rows = await fleet.store.database.read((s) =>
    s.arrays(
      `select name from ${fleet.jobSchema}.instance
       where stopped_on is null and heartbeat_on > now() - 3 * heartbeat_seconds * interval '1 second' order by 1`,
      [],
    ),
  );
  return rows.map(([name]) => String(name));
}
