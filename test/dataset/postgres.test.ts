import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/dataset/open-store.ts';
import { startPostgres } from '../support/postgres.ts';
import { program } from '../support/requires.ts';
import { conformance } from './conformance.ts';

describe.skipIf(program('postgres') === null)('Postgres', () => {
  conformance('Postgres', async () => {
    const postgres = await startPostgres();
    if (postgres === null) throw new Error('postgres was there a moment ago');
    return { fresh: () => postgres.fresh(), end: () => postgres.stop() };
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
