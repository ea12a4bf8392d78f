import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { coverage } from '../../src/agencies/coverage.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import { coverageCounts, publishedReports } from '../../src/dataset/report-queries.ts';
import type { Outcome } from '../../src/extract/report.ts';
import { registered } from '../support/registered.ts';
import { buildReport, saveItem } from './build-report.ts';

const agency = (id: string, firstYear: number | null, lastYear: number | null) =>
  registered(id, `某某区${id}局`, { firstYear, lastYear });

test('who published is counted as the list of bodies has it', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-coverage-'));
  const store = await openStore(path.join(folder, 'gongkai.sqlite'));
  try {
    const bodies = [
      agency('甲', null, null),
      agency('乙', 2021, null),
      agency('丙', null, 2021),
      agency('丁', 2019, null),
    ];
    await store.loadAgencies(bodies);
    const item = (id: string | null, year: number, outcome: Outcome) =>
      saveItem(
        buildReport({
          agency: `某某区${id ?? '戊'}局`,
          year,
          document: `${id}-${year}-${outcome}.html`,
          numbers: {},
          report: { outcome, outcomeReason: outcome === 'complete' ? null : '原因' },
        }),
        { agency: id === null ? null : { id, regionCode: '330105' } },
      );
    await store.saveBatch([
      item('甲', 2020, 'complete'),
      item('甲', 2021, 'blank_form'),
      // Published before it existed by the register, and after: in no year's list.
      item('乙', 2020, 'complete'),
      item('丙', 2022, 'partial'),
      item('丙', 2021, 'partial'),
      // Nobody of the register.
      item(null, 2020, 'complete'),
      item('丁', 2019, 'complete'),
      // A notice among the reports is no report.
      item('丁', 2021, 'not_a_report'),
    ]);
    const years = [2019, 2020, 2021, 2022];
    const listed = [];
    for (const year of years) {
      const counts = { year, published: 0, unreadable: 0, missing: 0 };
      for (const { state } of coverage(bodies, await publishedReports(store, year), [year]))
        counts[state] += 1;
      listed.push(counts);
    }
    expect(await coverageCounts(store, years)).toEqual(listed);
    expect(listed).toEqual([
      { year: 2019, published: 1, unreadable: 0, missing: 2 },
      { year: 2020, published: 1, unreadable: 0, missing: 2 },
      { year: 2021, published: 1, unreadable: 1, missing: 2 },
      { year: 2022, published: 0, unreadable: 0, missing: 3 },
    ]);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
