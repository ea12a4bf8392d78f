import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findingCounts } from '../../dataset/finding-queries.ts';
import { addressOf } from '../../dataset/open-store.ts';
import type { Store } from '../../dataset/store.ts';
import type { PapersOrder } from './child.ts';
import { type Paper, writePaper } from './write.ts';

/** Findings from which on a process of its own pays. */
const LARGE = 200;
/** Characters of standard error that are kept. */
const LAST_WORDS = 4096;

/**
 * Writes findings.xlsx and report.html. A workbook is held in memory as a whole, some 15 kB a row: a large one is
 * written by a process of its own, so that a run over any number of reports needs no more than one over a thousand.
 */
export async function writePapers(store: Store, output: string, papers: readonly Paper[]): Promise<void> {
  if (papers.length === 0) return;
  const findings = (await findingCounts(store)).reduce((n, { count }) => n + count, 0);
  if (findings < LARGE) {
    for (const paper of papers) await writePaper(store, output, paper);
    return;
  }
  const entry = new URL(`./child${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
  const child = fork(fileURLToPath(entry), [], {
    execArgv: ['--max-semi-space-size=16', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    words = (words + piece).slice(-LAST_WORDS);
  });
  // A password in the address must not stand among the arguments of a process.
  child.send({ address: addressOf(store), output, papers } satisfies PapersOrder, () => {});
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    throw new Error(
      `the files for people in ${output} were not written (${words.trim() || `exit code ${code}`})`,
    );
  }
}
