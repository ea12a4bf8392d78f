import { localiseTableThree } from '../../src/check/culprit/table-three.ts';
import { checkReport } from '../../src/check/engine.ts';
import { extractReport } from '../../src/extract/extract.ts';
import type { Report } from '../../src/extract/report.ts';
import { DEFAULT_LIMITS, type Document } from '../../src/read/document.ts';
import { readDocument } from '../../src/read/read.ts';
import {
  asTable,
  consistentTable,
  MUTATIONS,
  type MutationKind,
  seeded,
} from '../../test/check/mutate-table.ts';
import { processorMs } from '../processor-time.ts';
import { samplesOf } from '../reports.ts';
import type { StageResult } from '../results.ts';

const ROUNDS = 5;

/** Extraction and checking alone, over documents that were read before. */
export async function measureStages(count: number): Promise<{ result: StageResult; reports: Report[] }> {
  const documents: { name: string; document: Document }[] = [];
  for (const container of ['html', 'docx', 'pdf'] as const) {
    for (const { name, bytes } of samplesOf(container, Math.ceil(count / 3)) ?? []) {
      documents.push({
        name: `${container}/${documents.length}-${name}`,
        document: await readDocument({ bytes, name }, DEFAULT_LIMITS),
      });
    }
  }
  let reports: Report[] = [];
  const extract = () => {
    reports = documents.map(({ name, document }) => extractReport(document, { document: name }));
  };
  const result = {
    reports: documents.length,
    extractMs: best(extract) / documents.length,
    checkMs: best(() => reports.map((report) => checkReport(report))) / documents.length,
    culpritMs: culprit(),
  };
  return { result, reports };
}

/** Warm: the best of several rounds. */
function best(work: () => unknown): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const from = processorMs();
    work();
    return processorMs() - from;
  });
  return Math.min(...times);
}

/** Errors of every kind, as bench/culprit.ts makes them; that bench also tells how often the right cell is named. */
function culprit(): number {
  const random = seeded(1);
  const kinds = Object.keys(MUTATIONS) as MutationKind[];
  const tables = Array.from({ length: 2000 }, (_, i) => {
    const table = consistentTable(random, '2021');
    MUTATIONS[kinds[i % kinds.length] ?? 'one_cell'](table, random, consistentTable(random, '2021'));
    return asTable(table);
  });
  return best(() => tables.map(localiseTableThree)) / tables.length;
}
