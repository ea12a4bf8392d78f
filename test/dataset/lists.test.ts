import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  countFindings,
  eachFinding,
  type FindingFilter,
  type FindingOrder,
  findingPage,
  neighboursOf,
} from '../../src/dataset/finding-queries.ts';
import { relistAll } from '../../src/dataset/lists.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import { reportsWithOutcome, yearFigures } from '../../src/dataset/report-queries.ts';
import { sqlStore } from '../../src/dataset/sql-store.ts';
import type { Store } from '../../src/dataset/store.ts';
import { blankCell, buildFinding, buildReport, saveItem } from './build-report.ts';

let store: Store;

let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-lists-'));
  store = await openStore(path.join(folder, 'gongkai.sqlite'));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function lists(): Promise<unknown> {
  return sqlStore(store).database.read(async (session) => [
    await session.arrays('select * from report_list order by report_row', []),
    await session.arrays('select * from finding_list order by finding_id', []),
  ]);
}

/** What the lists would be if they were made anew. */
async function relisted(): Promise<unknown> {
  await sqlStore(store).database.write((session) => relistAll(session));
  return lists();
}

const figures = {
  't3/new_received/total': 10,
  't3/carried_in/total': 2,
  't3/granted/total': 5,
  't3/concluded_total/total': 9,
  't3/carried_out/total': 3,
};

async function fill(): Promise<void> {
  await store.saveBatch(
    ['甲局', '乙局', '丙局'].flatMap((agency, i) =>
      [2021, 2022, 2023].map((year) =>
        saveItem(buildReport({ agency, year, numbers: figures }), {
          agency: { id: `a${i}`, regionCode: `33010${i}` },
          findings: [
            buildFinding({ messageZh: `${agency}${year}年 100%错` }),
            buildFinding({ rule: 'BLANK', severity: 'info', messageZh: '空白' }),
            ...(year === 2022
              ? [buildFinding({ rule: 'T3.FLOW', severity: 'info', verdict: 'suspect_extraction' })]
              : []),
          ],
        }),
      ),
    ),
  );
}

test('the lists are at every moment what they would be if made anew', async () => {
  await fill();
  expect(await lists()).toEqual(await relisted());
  const findings = await all(store.findings());
  const some = findings[0]?.findingId as string;
  await store.decide({ findingId: some, state: 'confirmed', note: null, person: '某甲', at: '2024-01-01' });
  expect(await countFindings(store, { states: ['confirmed'] })).toBe(1);
  expect(await lists()).toEqual(await relisted());
  const reportId = findings[0]?.reportId as string;
  await store.replaceFindings([
    {
      reportId,
      checks: [],
      findings: [buildFinding({ operands: [{ cell: 't3/granted/total', raw: '99' }] })],
    },
  ]);
  expect(await countFindings(store, { lapsed: true })).toBe(1);
  expect(await countFindings(store, { states: ['confirmed'] })).toBe(0);
  expect(await lists()).toEqual(await relisted());
  await store.saveBatch([
    saveItem(buildReport({ agency: '甲局', year: 2021, numbers: figures }), {
      agency: { id: 'b', regionCode: '440101' },
    }),
  ]);
  await store.markMissing([''], []);
  expect(await lists()).toEqual(await relisted());
});

test('leafing forwards and backwards shows every finding once, in every order', async () => {
  await fill();
  const ids = (await all(store.findings())).map((f) => f.findingId).sort();
  for (const order of ['gravity', 'agency', 'year', 'rule'] as FindingOrder[]) {
    const there: string[] = [];
    let after: string | null = null;
    let pages = 0;
    do {
      const page: Awaited<ReturnType<typeof findingPage>> = await findingPage(store, {
        filter: {},
        order,
        limit: 4,
        ...(after === null ? {} : { after }),
      });
      there.push(...page.rows.map((r) => r.findingId));
      expect(page.previous === null).toBe(pages === 0);
      after = page.next;
      pages += 1;
    } while (after !== null);
    expect(there.toSorted()).toEqual(ids);
    const last = there.at(-1) as string;
    const { previous, next } = await neighboursOf(store, last, {}, order);
    expect(previous).toBe(there.at(-2));
    expect(next).toBeNull();
    expect((await all(eachFinding(store, {}, order))).map((f) => f.findingId)).toEqual(there);
  }
});

test('filters narrow the list, and a percent sign is only a percent sign', async () => {
  await fill();
  const count = (filter: FindingFilter) => countFindings(store, filter);
  expect(await count({})).toBe(21);
  expect(await count({ gravities: ['error'] })).toBe(9);
  expect(await count({ gravities: ['info'] })).toBe(9);
  expect(await count({ gravities: ['doubt'] })).toBe(3);
  expect(await count({ year: 2023 })).toBe(6);
  expect(await count({ region: '330101' })).toBe(7);
  expect(await count({ region: '33' })).toBe(21);
  expect(await count({ rule: 'BLANK', year: 2021 })).toBe(3);
  expect(await count({ agencyKey: 'a1' })).toBe(7);
  expect(await count({ text: '甲局 100%' })).toBe(3);
  expect(await count({ text: '1%错' })).toBe(0);
  expect(await count({ text: '甲局' })).toBe(7);
});

test('sums over the years leave out what is blank', async () => {
  await fill();
  await store.saveBatch([
    saveItem(
      buildReport({
        agency: '丁局',
        year: 2023,
        numbers: figures,
        cells: { 't3/carried_in/total': blankCell() },
      }),
    ),
    saveItem(buildReport({ agency: '戊区', year: 2023, numbers: figures, report: { scope: 'region' } })),
  ]);
  const years = await yearFigures(store);
  expect(years.map((y) => [y.year, y.reports, y.received, y.carriedOut])).toEqual([
    [2021, 3, 30, 9],
    [2022, 3, 30, 9],
    [2023, 3, 30, 9],
  ]);
  const unread = await reportsWithOutcome(store, ['partial'], { limit: 10 });
  expect(unread.rows).toEqual([]);
});
