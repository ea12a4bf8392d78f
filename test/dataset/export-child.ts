import { exportDataset } from '../../src/dataset/export/export.ts';
import { openStore } from '../../src/dataset/open-store.ts';

/** Exports again and again, and says when it began, until it is killed. */
const [location, output] = process.argv.slice(2) as [string, string];
const store = await openStore(location, { create: false });
for (;;) {
  await exportDataset(store, output, { force: true, onProgress: () => process.send?.('writing') });
}
