import { openStore } from '../../dataset/open-store.ts';
import { writeFindingsWorkbook } from '../../review/workbook.ts';

/** Entry of the process that writes a large workbook: the store and the file to write are its arguments. */
const [location, file] = process.argv.slice(2);
// The run is gone: nobody waits for the file any more.
process.on('disconnect', () => process.exit(1));
if (location && file) {
  const store = await openStore(location, { create: false });
  await writeFindingsWorkbook(store, file);
  await store.close();
  process.disconnect?.();
  process.exit(0);
}
