import { sqlStore } from './sql-store.ts';
import type { Store } from './store.ts';

/** What is known of the store as a whole; null where nothing was noted under this key. */
export async function noted(store: Store, key: string): Promise<string | null> {
  const row = await sqlStore(store).database.read((s) =>
    s.query.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst(),
  );
  return row?.value ?? null;
}

export async function note(store: Store, key: string, value: string): Promise<void> {
  await sqlStore(store).database.write((s) =>
    s.query
      .insertInto('meta')
      .values({ key, value })
      .onConflict((c) => c.column('key').doUpdateSet({ value }))
      .execute(),
  );
}
