import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/dataset/open-store.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { program } from '../support/requires.ts';
import { conformance } from './conformance.ts';
import { exportedFiles, sampleItems } from './samples.ts';

describe.skipIf(program('postgres') === null)('Postgres', () => {
  let postgres: TestPostgres;
  let folder: string;
  beforeAll(async () => {
    const started = await startPostgres();
    if (started === null) throw new Error('postgres was there a moment ago');
    postgres = started;
    folder = mkdtempSync(path.join(tmpdir(), 'gongkai-postgres-export-'));
  });
  afterAll(async () => {
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  conformance('Postgres', async () => ({ fresh: () => postgres.fresh(), end: async () => {} }));

  it('exports the bytes that SQLite exports, also when several workers filled it at the same time', async () => {
    const items = sampleItems();
    const sqlite = await openStore(path.join(folder, 'store.sqlite'));
    await sqlite.saveBatch(items);
    const expected = await exportedFiles(sqlite, path.join(folder, 'sqlite'));
    await sqlite.close();

    const address = await postgres.fresh();
    const workers = await Promise.all([0, 1, 2, 3].map(() => openStore(address)));
    try {
      // Copies of one report go to different workers, each taking its part from another end.
      await Promise.all(
        workers.map(async (worker, w) => {
          const mine = items.filter((_, i) => i % 4 === w);
          for (const item of w % 2 === 0 ? mine : mine.toReversed()) await worker.saveBatch([item]);
        }),
      );
      expect(
        await exportedFiles(workers[0] as (typeof workers)[number], path.join(folder, 'postgres')),
      ).toEqual(expected);
    } finally {
      for (const worker of workers) await worker.close();
    }
  });
});

describe.skipIf(program('postgres') === null)('a Postgres that goes away', () => {
  it('is told in a sentence, from reads and writes alike, and does not end the process', async () => {
    const postgres = await startPostgres();
    const store = await openStore((await postgres?.fresh()) as string);
    await store.saveBatch(sampleItems().slice(0, 2));
    await postgres?.stop();
    const read = async () => {
      for await (const _ of store.summaries());
    };
    await expect(read()).rejects.toMatchObject({ name: 'StoreError', problem: 'cannot_open' });
    await expect(store.saveBatch(sampleItems())).rejects.toMatchObject({
      name: 'StoreError',
      problem: 'cannot_open',
    });
    await store.close();
  });
});

describe('a Postgres address', () => {
  it('that nobody answers is told in a sentence, without the password', async () => {
    const error = await openStore('postgres://me:secret@127.0.0.1:1/none').catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'StoreError', problem: 'cannot_open' });
    expect(String(error)).toContain('postgres://me@127.0.0.1:1/none');
    expect(String(error)).not.toContain('secret');
  });
});
