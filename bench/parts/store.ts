import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkReport } from '../../src/check/engine.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import type { SaveItem } from '../../src/dataset/store.ts';
import type { Report } from '../../src/extract/report.ts';
import { MemoryKeeper } from '../../src/run/memory.ts';
import { measuredProcess } from '../measured-process.ts';
import { processorMs } from '../processor-time.ts';
import type { StoreResult } from '../results.ts';

const BATCH = 64;
const PROGRAM = fileURLToPath(new URL('../../bin/gongkai.js', import.meta.url));

/** Stores `count` reports (the given ones under ever new names of bodies) and exports them to CSV and Parquet. */
export async function measureStore(templates: readonly Report[], count: number): Promise<StoreResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gongkai-bench-'));
  const file = path.join(folder, 'gongkai.sqlite');
  const results = templates.map((report) => checkReport(report));
  const memory = new MemoryKeeper();
  try {
    const store = await openStore(file);
    const from = processorMs();
    let facts = 0;
    for (let at = 0; at < count; at += BATCH) {
      const batch: SaveItem[] = [];
      for (let i = at; i < Math.min(count, at + BATCH); i++) {
        const template = templates[i % templates.length] as Report;
        // The templates hold the same bodies in several containers: without a number they would be copies.
        const document = `${i}/${template.document}`;
        facts += template.tables.reduce((n, t) => n + t.facts.length, 0);
        batch.push({
          source: { document, sha256: i.toString(16).padStart(64, '0'), size: 1, mtime: 1 },
          report: { ...template, document, agency: `第${i}${template.agency ?? ''}` },
          agency: null,
          ...results[i % templates.length],
        } as SaveItem);
      }
      await store.saveBatch(batch);
      memory.worked(batch.length);
    }
    const saveMs = (processorMs() - from) / count;
    await store.close();
    const cost = await measuredProcess(process.execPath, [PROGRAM, 'export', '-o', folder, '--json']);
    const { reports } = JSON.parse(cost.stdout) as { reports: number };
    if (reports !== count) throw new Error(`${count} reports were stored, ${reports} exported`);
    return {
      reports: count,
      facts,
      saveMs,
      bytesPerReport: statSync(file).size / count,
      exportMs: (cost.processorSeconds * 1000) / count,
      exportSeconds: cost.seconds,
      parentMiB: cost.parentMiB,
      allMiB: cost.allMiB,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
