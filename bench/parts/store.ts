import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkReport } from '../../src/check/engine.ts';
import { exportDataset } from '../../src/dataset/export/export.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import type { SaveItem } from '../../src/dataset/store.ts';
import type { Report } from '../../src/extract/report.ts';
import { MemoryKeeper } from '../../src/run/memory.ts';
import { processorMs } from '../processor-time.ts';
import type { StoreResult } from '../results.ts';

const BATCH = 64;

/** Stores `count` reports (the given ones under ever new names of bodies) and exports them to CSV and Parquet. */
export async function measureStore(templates: readonly Report[], count: number): Promise<StoreResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gongkai-bench-'));
  const file = path.join(folder, 'gongkai.sqlite');
  const results = templates.map((report) => checkReport(report));
  const memory = new MemoryKeeper();
  let peak = 0;
  const look = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 200);
  try {
    const store = await openStore(file);
    const from = processorMs();
    let facts = 0;
    for (let at = 0; at < count; at += BATCH) {
      const batch: SaveItem[] = [];
      for (let i = at; i < Math.min(count, at + BATCH); i++) {
        const template = templates[i % templates.length] as Report;
        const copy = Math.floor(i / templates.length);
        const document = `${copy}/${template.document}`;
        facts += template.tables.reduce((n, t) => n + t.facts.length, 0);
        batch.push({
          source: { document, sha256: i.toString(16).padStart(64, '0'), size: 1, mtime: 1 },
          report: { ...template, document, agency: `第${copy}${template.agency ?? ''}` },
          agency: null,
          ...results[i % templates.length],
        } as SaveItem);
      }
      await store.saveBatch(batch);
      memory.worked(batch.length);
    }
    const saved = processorMs();
    const start = performance.now();
    let before = 0;
    await exportDataset(store, path.join(folder, 'dataset'), {
      to: ['csv', 'parquet'],
      onProgress: (reports) => {
        memory.worked(reports - before);
        before = reports;
      },
    });
    const exportSeconds = (performance.now() - start) / 1000;
    const exported = processorMs();
    await store.close();
    return {
      reports: count,
      facts,
      saveMs: (saved - from) / count,
      bytesPerReport: statSync(file).size / count,
      exportMs: (exported - saved) / count,
      exportSeconds,
      peakMiB: peak / 2 ** 20,
    };
  } finally {
    clearInterval(look);
    rmSync(folder, { recursive: true, force: true });
  }
}
