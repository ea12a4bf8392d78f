import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkReport } from '../../src/check/engine.ts';
import { exportDataset } from '../../src/dataset/export/export.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import type { SaveItem, Store } from '../../src/dataset/store.ts';
import { extractReport } from '../../src/extract/extract.ts';
import type { Report } from '../../src/extract/report.ts';
import { ReadError } from '../../src/read/document.ts';
import { readDocument } from '../../src/read/read.ts';
import { corpus } from '../support/requires.ts';

/** Published reports through the store: what was read is what the dataset says, character by character. */
describe.skipIf(corpus === null)('published reports', () => {
  let folder: string;
  let store: Store;
  const items: SaveItem[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'gongkai-dataset-corpus-'));
    store = await openStore(path.join(folder, 'store.sqlite'));
    const root = path.join(corpus as string, 'reports');
    for (const name of (readdirSync(root, { recursive: true }) as string[]).sort()) {
      const file = path.join(root, name);
      if (!statSync(file).isFile() || !/\.(html|txt|docx|pdf|md)$/.test(name) || /readme/i.test(name))
        continue;
      const bytes = readFileSync(file);
      let report: Report;
      try {
        report = extractReport(await readDocument({ bytes, name }), { document: name });
      } catch (error) {
        if (error instanceof ReadError) continue;
        throw error;
      }
      const { checks, findings } = checkReport(report);
      items.push({
        source: {
          document: name,
          sha256: createHash('sha256').update(bytes).digest('hex'),
          size: bytes.length,
          mtime: 1,
        },
        report,
        agency: null,
        checks,
        findings,
      });
    }
    await store.saveBatch(items);
  });
  afterAll(async () => {
    await store?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('come back from the store as they were read', async () => {
    expect(items.length).toBeGreaterThan(15);
    const loaded = new Map<string, Report>();
    for await (const stored of store.reports()) {
      loaded.set(stored.document, stored.report);
      for (const copy of stored.copies) loaded.set(copy.document, copy.report);
    }
    for (const { report } of items) expect(loaded.get(report.document), report.document).toEqual(report);
    expect(loaded.size).toBe(items.length);
  });

  it('stand in facts.csv with the numbers and the characters that they print', async () => {
    const out = path.join(folder, 'dataset');
    await exportDataset(store, out);
    const byDocument = new Map(items.map((item) => [item.report.document, item.report]));
    const rows = parse(readFileSync(path.join(out, 'facts.csv')), { bom: true, columns: true }) as Record<
      | 'document'
      | 'table'
      | 'row'
      | 'column'
      | 'value'
      | 'raw'
      | 'state'
      | 'location'
      | 'row_label'
      | 'doubtful',
      string
    >[];
    expect(rows.length).toBeGreaterThan(2000);
    for (const row of rows) {
      const fact = byDocument
        .get(row.document)
        ?.tables.find((t) => t.table === row.table)
        ?.facts.find((f) => f.row === row.row && f.column === row.column);
      const where = `${row.document} ${row.table}/${row.row}/${row.column}`;
      expect(fact, where).toBeDefined();
      expect([row.value === '' ? null : Number(row.value), row.state], where).toEqual([
        fact?.value,
        fact?.state,
      ]);
      expect([row.raw, row.location, row.row_label, row.doubtful], where).toEqual([
        fact?.raw,
        fact?.location,
        fact?.rowLabel,
        String(fact?.doubtful),
      ]);
    }
  });
});
