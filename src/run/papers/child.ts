import { openStore } from '../../dataset/open-store.ts';
import { type Paper, writePaper } from './write.ts';

/** What the process that writes large papers is told. */
export interface PapersOrder {
  /** For `openStore`; it may hold a password. */
  readonly address: string;
  readonly output: string;
  readonly papers: readonly Paper[];
}

// The run is gone: nobody waits for the files any more.
process.on('disconnect', () => process.exit(1));
// Whoever started it decides whether it is interrupted: at the terminal every process gets the signal.
process.on('SIGINT', () => {});
process.once('message', (order: PapersOrder) => void write(order));

async function write({ address, output, papers }: PapersOrder): Promise<void> {
  const store = await openStore(address, { create: false });
  for (const paper of papers) await writePaper(store, output, paper);
  await store.close();
  process.exit(0);
}
