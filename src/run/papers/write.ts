import path from 'node:path';
import type { Store } from '../../dataset/store.ts';
import { writeReportPage } from '../../review/report-page.ts';
import { writeFindingsWorkbook } from '../../review/workbook.ts';

/** What is written for people beside the dataset. */
export const PAPERS = { workbook: 'findings.xlsx', page: 'report.html' } as const;
export type Paper = keyof typeof PAPERS;

export async function writePaper(store: Store, output: string, paper: Paper): Promise<void> {
  if (paper === 'workbook') await writeFindingsWorkbook(store, path.join(output, PAPERS.workbook));
  else await writeReportPage(store, output);
}
