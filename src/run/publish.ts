import { existsSync } from 'node:fs';
import path from 'node:path';
import { exportDataset, type Shape } from '../dataset/export/export.ts';
import type { Store } from '../dataset/store.ts';
import { writeReportPage } from '../review/report-page.ts';
import { writeWorkbook } from './workbook/workbook.ts';

export interface PublishOptions {
  readonly to?: readonly Shape[];
  readonly allVersions?: boolean;
  readonly force?: boolean;
  readonly onProgress?: (reports: number) => void;
}

/** Rebuilds everything that lies in the output folder from the store. Returns the files and folders for the summary. */
export async function publish(store: Store, output: string, options: PublishOptions = {}): Promise<string[]> {
  const result = await exportDataset(store, path.join(output, 'dataset'), options);
  const files = [result.folder];
  const workbook = path.join(output, 'findings.xlsx');
  if (result.written || !existsSync(workbook)) await writeWorkbook(store, workbook);
  files.push(workbook);
  const page = path.join(output, 'report.html');
  if (result.written || !existsSync(page)) await writeReportPage(store, output);
  files.push(page);
  return files;
}
