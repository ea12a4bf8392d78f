import type { SqlStore } from '../sql-store.ts';

/** From what a file or folder was last written whole, as `remember` was told; null when nothing is known of it. */
export async function remembered(store: SqlStore, target: string): Promise<string | null> {
  const row = await store.database.read((s) =>
    s.query.selectFrom('exports').select('fingerprint').where('target', '=', target).executeTakeFirst(),
  );
  return row?.fingerprint ?? null;
}

/**
 * To be called when the target is written, never before. Only a short cut for the next time: without it (a protected
 * store) it is simply written again.
 */
export async function remember(store: SqlStore, target: string, fingerprint: string): Promise<void> {
  await store.database
    .write((s) =>
      s.query
        .insertInto('exports')
        .values({ target, fingerprint })
        .onConflict((c) => c.column('target').doUpdateSet({ fingerprint }))
        .execute(),
    )
    .catch(() => {});
}
