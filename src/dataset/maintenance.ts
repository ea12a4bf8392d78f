import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { schemaVersion } from './migrations.ts';
import { openStore } from './open-store.ts';
import { sqlStore } from './sql-store.ts';
import { type Store, StoreError } from './store.ts';

/**
 * Copies the store to a new file while it is in use; the copy is complete and consistent, or is not there. Throws
 * `StoreError` for a Postgres store (its own tools do that) and when `target` exists.
 */
export async function backupStore(store: Store, target: string): Promise<void> {
  const file = path.resolve(target);
  if (existsSync(file)) {
    throw new StoreError(
      'cannot_open',
      `${target} exists already; give the name of a file that does not, so that no backup is lost`,
    );
  }
  mkdirSync(path.dirname(file), { recursive: true });
  const part = `${file}.part-${process.pid}`;
  rmSync(part, { force: true });
  try {
    await sqlStore(store).database.backup(part);
    renameSync(part, file);
  } finally {
    rmSync(part, { force: true });
  }
}

export interface Verification {
  readonly location: string;
  readonly kind: Store['kind'];
  readonly format: number;
  /** Rows by table, the large ones counted too. */
  readonly counts: Readonly<Record<string, number>>;
  /** Sentences; empty when the store is sound. */
  readonly problems: readonly string[];
}

/** Examines a store: the database's own integrity, references between tables, and that every reading is whole. */
export async function verifyStore(location: string): Promise<Verification> {
  const store = await openStore(location, { create: false });
  try {
    const { database } = sqlStore(store);
    const problems = await database.integrity();
    const counts: Record<string, number> = {};
    const format = await schemaVersion(database);
    await database.snapshot(async (session) => {
      const one = async (sql: string) => ((await session.arrays(sql, []))[0]?.[0] ?? 0) as number;
      for (const table of [
        'sources',
        'reports',
        'readings',
        'table_readings',
        'facts',
        'statements',
        'checks',
        'findings',
        'decisions',
        'transcriptions',
        'agencies',
        'runs',
        'crawl_urls',
        'crawl_versions',
      ]) {
        counts[table] = await one(`select count(*) as n from ${table}`);
      }
      for (const table of [
        'table_readings',
        'facts',
        'refusals',
        'extras',
        'statements',
        'charts',
        'checks',
        'findings',
      ]) {
        const orphans = await one(
          `select count(*) as n from (select distinct reading_id from ${table}) as part where reading_id not in (select id from readings)`,
        );
        if (orphans > 0) problems.push(`${table} holds rows of ${orphans} readings that are not there`);
      }
      const headless = await one(
        'select count(*) as n from (select distinct reading_id, part from facts) as f left join table_readings as t on t.reading_id = f.reading_id and t.part = f.part where t.reading_id is null',
      );
      if (headless > 0) problems.push(`${headless} tables have facts but no description`);
      const lost = await one(
        'select count(*) as n from reports where primary_reading is not null and primary_reading not in (select id from readings)',
      );
      if (lost > 0) problems.push(`${lost} reports point to a reading that is not there`);
      const unread = await one(
        'select count(*) as n from sources where reading_id not in (select id from readings)',
      );
      if (unread > 0) problems.push(`${unread} documents point to a reading that is not there`);
    });
    return { location: store.location, kind: store.kind, format, counts, problems };
  } finally {
    await store.close();
  }
}
