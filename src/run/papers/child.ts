import { openStore } from '../../dataset/open-store.ts';
import { PAPERS, type Paper, writePaper } from './write.ts';

/** Entry of the process that writes large papers; its arguments: the store, the output folder, what to write. */
const [location, output, ...wanted] = process.argv.slice(2);
// The run is gone: nobody waits for the files any more.
process.on('disconnect', () => process.exit(1));
if (location && output) {
  const store = await openStore(location, { create: false });
  for (const paper of wanted) if (paper in PAPERS) await writePaper(store, output, paper as Paper);
  await store.close();
  process.exit(0);
}
