import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { exportDataset } from '../../src/dataset/export/export.ts';
import type { SaveItem, Store } from '../../src/dataset/store.ts';
import { buildCheck, buildFinding, buildReport, buildStatement, saveItem } from './build-report.ts';
import { richReport } from './rich-report.ts';

/** Reports of every kind: copies, pending ones, failures, names beyond the basic plane. */
export function sampleItems(): SaveItem[] {
  const agency = { id: '330105003', regionCode: '330105' };
  return [
    saveItem(richReport(), {
      checks: [buildCheck()],
      findings: [buildFinding(), buildFinding({ rule: 'T3.ITEMS' })],
    }),
    ...['甲局', '乙局', '𠮷局', '丙局'].flatMap((name) =>
      [2019, 2021, 2024].map((year) =>
        saveItem(buildReport({ agency: name, year, numbers: { 't3/new_received/total': year } }), {
          findings: year === 2021 ? [buildFinding({ severity: 'warning' })] : [],
        }),
      ),
    ),
    saveItem(buildReport({ agency: '某区发改局', document: 'c/one.html' }), { agency }),
    saveItem(
      buildReport({
        agency: '某区发展和改革局',
        document: 'c/two.html',
        report: { statements: [buildStatement()] },
      }),
      { agency },
    ),
    saveItem(buildReport({ agency: '某区发改局', document: 'c/two.pdf', report: { container: 'pdf' } }), {
      agency,
    }),
    saveItem(buildReport({ agency: null, document: 'pending.html' })),
    saveItem(buildReport({ year: null, document: 'no-year.html' })),
    saveItem(
      buildReport({
        document: 'broken.pdf',
        tables: [],
        report: { outcome: 'corrupt', agency: null, year: null },
      }),
    ),
  ];
}

/** Hashes of all files that the store exports into `folder`. */
export async function exportedFiles(store: Store, folder: string): Promise<Record<string, string>> {
  await exportDataset(store, folder, { to: ['csv', 'parquet', 'jsonl', 'stata'] });
  const files: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    if (!/\./.test(name)) continue;
    files[name] = createHash('sha256')
      .update(readFileSync(path.join(folder, name)))
      .digest('hex');
  }
  return files;
}
