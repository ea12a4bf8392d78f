import { existsSync } from 'node:fs';
import path from 'node:path';
import { exportDataset, type Shape } from '../dataset/export/export.ts';
import type { Store } from '../dataset/store.ts';
import { writePapers } from './papers/papers.ts';
import { PAPERS, type Paper } from './papers/write.ts';

export interface PublishOptions {
  readonly to?: readonly Shape[];
  readonly allVersions?: boolean;
  readonly force?: boolean;
  /** Reports written to the dataset so far, and of all. */
  readonly onProgress?: (reports: number, of: number) => void;
}

/** Rebuilds everything that lies in the output folder from the store. Returns the files and folders for the summary. */
export async function publish(store: Store, output: string, options: PublishOptions = {}): Promise<string[]> {
  const all = Object.keys(PAPERS) as Paper[];
  const absent = all.filter((paper) => !existsSync(path.join(output, PAPERS[paper])));
  // What is not there has to be written whatever the export finds: beside it, on the other core.
  const [result] = await Promise.all([
    exportDataset(store, path.join(output, 'dataset'), options),
    writePapers(store, output, absent),
  ]);
  const files = [result.folder];
  if (result.written) {
    await writePapers(
      store,
      output,
      all.filter((paper) => !absent.includes(paper)),
    );
  }
  for (const name of Object.values(PAPERS)) files.push(path.join(output, name));
  return files;
}
