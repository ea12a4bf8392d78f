import { connect, type Database } from './dialect.ts';
import { migrate, SCHEMA_VERSION, schemaVersion } from './migrations.ts';
import { SqlStore } from './sql-store.ts';
import { type Store, StoreError } from './store.ts';

export interface OpenOptions {
  /** Make the store if it is not there, and bring it to the present format. Default true; false only reads. */
  readonly create?: boolean;
  /** How long to wait for another process to finish writing (SQLite). Default 30 s. */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens a store: the path of an SQLite file, or `postgres://user@host/database`. Throws `StoreError` with a sentence
 * for people when it cannot be opened, is not a store, or was written by a newer program.
 */
export async function openStore(location: string, options: OpenOptions = {}): Promise<Store> {
  const create = options.create ?? true;
  const database = await connect(location, { create, busyTimeoutMs: options.busyTimeoutMs ?? 30_000 });
  try {
    if (create) await migrate(database);
    else await requirePresentFormat(database);
    const store = new SqlStore(database, await loadCells(database));
    addresses.set(store, location);
    return store;
  } catch (error) {
    await database.close().catch(() => {});
    throw error;
  }
}

/** What stores were opened with. Kept apart from them, since it may hold a password: `Store.location` is to be shown. */
const addresses = new WeakMap<Store, string>();

/** What another process gives to `openStore` to open the same store. Never to be shown or put among its arguments. */
export function addressOf(store: Store): string {
  return addresses.get(store) ?? store.location;
}

async function requirePresentFormat(database: Database): Promise<void> {
  const version = await schemaVersion(database);
  if (version > SCHEMA_VERSION) await migrate(database);
  if (version === 0) {
    throw new StoreError(
      'not_a_store',
      `${database.location} is not a store of this program; give the gongkai.sqlite of an output folder or a postgres:// address`,
    );
  }
  if (version < SCHEMA_VERSION) {
    throw new StoreError(
      'too_old',
      `the store ${database.location} has the format ${version} of an older gongkai; run gongkai check on it once, which brings it to format ${SCHEMA_VERSION}`,
    );
  }
}

async function loadCells(database: Database): Promise<SqlStore['cells']> {
  const rows = await database.read((s) => s.query.selectFrom('cells').select(['id', 'key']).execute());
  return { byKey: new Map(rows.map((r) => [r.key, r.id])), byId: new Map(rows.map((r) => [r.id, r.key])) };
}
