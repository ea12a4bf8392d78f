import { existsSync } from 'node:fs';
import path from 'node:path';
import { type ExportResult, exportDataset, type Shape } from '../dataset/export/export.ts';
import { remember, remembered } from '../dataset/export/remembered.ts';
import { sqlStore } from '../dataset/sql-store.ts';
import type { Store } from '../dataset/store.ts';
import { type Waiting, whilePublishing } from './lock.ts';
import { writePapers } from './papers/papers.ts';
import { PAPERS, type Paper } from './papers/write.ts';

export interface PublishOptions extends Waiting {
  readonly to?: readonly Shape[];
  readonly allVersions?: boolean;
  readonly force?: boolean;
  /** Reports written to the dataset so far, and of all. */
  readonly onProgress?: (reports: number, of: number) => void;
}

export interface Published {
  readonly dataset: ExportResult;
  /** Files written for people. */
  readonly papers: readonly string[];
  /** All files and folders that show the state of the store now, for the summary. */
  readonly files: readonly string[];
}

/** Changes when the same store would give other files for people. */
const PAPERS_VERSION = '1';

/** Brings everything that lies in the output folder to the state of the store. */
export async function publish(
  store: Store,
  output: string,
  options: PublishOptions = {},
): Promise<Published> {
  return await whilePublishing(output, () => publishNow(store, output, options), options);
}

async function publishNow(store: Store, output: string, options: PublishOptions): Promise<Published> {
  // Beside the dataset, on the other core; a failure of one must not close the store under the other.
  const [dataset, papers] = await Promise.allSettled([
    exportDataset(store, path.join(output, 'dataset'), options),
    publishPapers(store, output, options.force === true),
  ]);
  if (dataset.status === 'rejected') throw dataset.reason;
  if (papers.status === 'rejected') throw papers.reason;
  const files = [dataset.value.folder, ...Object.values(PAPERS).map((name) => path.join(output, name))];
  return { dataset: dataset.value, papers: papers.value, files };
}

/**
 * Writes those that show another state of the store than this one. Which state they show is remembered of each by
 * itself: the dataset may have been written without them, or the run may have been killed in between.
 */
async function publishPapers(store: Store, output: string, force: boolean): Promise<string[]> {
  const sql = sqlStore(store);
  // Before they are written: what is stored meanwhile may be in them or not, so that they are written again.
  const state = `${PAPERS_VERSION} ${await sql.snapshot((snapshot) => snapshot.fingerprint())}`;
  const due: Paper[] = [];
  for (const paper of Object.keys(PAPERS) as Paper[]) {
    const file = path.resolve(output, PAPERS[paper]);
    if (force || !existsSync(file) || (await remembered(sql, file)) !== state) due.push(paper);
  }
  await writePapers(store, output, due);
  const files = due.map((paper) => path.resolve(output, PAPERS[paper]));
  for (const file of files) await remember(sql, file, state);
  return files;
}
