import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findingCounts } from '../../dataset/finding-queries.ts';
import type { Store } from '../../dataset/store.ts';
import { writeFindingsWorkbook } from '../../review/workbook.ts';

/** Findings from which on a process of its own pays. */
const LARGE = 5000;

/**
 * Writes findings.xlsx. A workbook is held in memory as a whole, some 15 kB a row: a large one is written by a process
 * of its own, so that a run over any number of reports needs no more than one over a thousand. A Postgres store has an
 * address with a password, which must not stand among the arguments of a process; it is read here.
 */
export async function writeWorkbook(store: Store, file: string): Promise<void> {
  const findings = (await findingCounts(store)).reduce((n, { count }) => n + count, 0);
  if (store.kind !== 'sqlite' || findings < LARGE) return writeFindingsWorkbook(store, file);
  const entry = new URL(`./child${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
  const child = fork(fileURLToPath(entry), [store.location, file], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    words += piece;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${file} was not written (${words.trim() || `exit code ${code}`})`);
}
