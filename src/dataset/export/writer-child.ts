import { openStore } from '../open-store.ts';
import { sqlStore } from '../sql-store.ts';
import { StoreError } from '../store.ts';
import type { FromWriter, ToWriter, Verdict } from './apart.ts';
import { writeTables } from './dataset-writer.ts';

/** Entry of a process that writes a part of the dataset. */
const tell = (message: FromWriter) =>
  new Promise<void>((resolve) => {
    if (process.send) process.send(message, () => resolve());
    else resolve();
  });
const heard = () => new Promise<unknown>((resolve) => process.once('message', resolve));

// The export is gone: nobody waits for the files any more.
process.on('disconnect', () => process.exit(1));
// Whoever started it decides whether it is interrupted: at the terminal every process gets the signal.
process.on('SIGINT', () => {});

try {
  await write((await heard()) as ToWriter);
} catch (error) {
  await tell({
    kind: 'failed',
    problem: error instanceof StoreError ? error.problem : null,
    message:
      error instanceof StoreError || !(error instanceof Error)
        ? String((error as Error).message)
        : (error.stack ?? error.message),
  });
}
process.exit(0);

async function write({ address, job, part }: ToWriter): Promise<void> {
  const store = sqlStore(await openStore(address, { create: false }));
  for (;;) {
    const written = await store.snapshot(async (snapshot) => {
      // Listening from before the question on: the answer may be there before the sending is reported as done.
      const verdict = heard() as Promise<Verdict>;
      await tell({ kind: 'state', state: await snapshot.fingerprint() });
      if ((await verdict) === 'again') return null;
      return writeTables(store, snapshot, job, part, (reports) => void tell({ kind: 'reports', reports }));
    });
    if (written === null) continue;
    await tell({ kind: 'written', written });
    break;
  }
  await store.close();
}
