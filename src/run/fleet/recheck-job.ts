import type { Register } from '../../agencies/register.ts';
import { recheck } from '../recheck.ts';
import { type FleetDatabase, whileChecking } from './database.ts';
import type { FleetJob, Jobs } from './jobs.ts';

/**
 * The rules over years and bodies for every body that has something new. The bodies under one parent are done together,
 * while nobody saves: what is read, judged and marked as judged is one state of the store.
 */
export async function recheckAll(
  fleet: FleetDatabase,
  jobs: Jobs,
  register: Register,
  job: FleetJob<'recheck'>,
  signal: AbortSignal,
): Promise<void> {
  const { store } = fleet;
  const run = await store.beginRun('check', new Date().toISOString());
  let [added, gone] = [0, 0];
  for (;;) {
    const families = byParent(await store.uncheckedAgencies(), register);
    if (families.length === 0) break;
    for (const keys of families) {
      signal.throwIfAborted();
      await store.transaction(async (inside) => {
        await inside.database.write((session) => whileChecking(session, fleet));
        const change = await recheck(inside, register, keys, { run });
        added += change.added.length;
        gone += change.gone.length;
      });
    }
  }
  await store.endRun(run, new Date().toISOString(), { added, gone });
  await store.transaction((inside) => jobs.complete(job, inside, { added, gone }));
}

/** Bodies without a parent in the register stand alone. */
function byParent(keys: readonly string[], register: Register): string[][] {
  const families = Map.groupBy(keys, (key) => {
    const parent = register.get(key)?.parent;
    return parent ? `under ${parent}` : key;
  });
  return [...families.values()];
}
