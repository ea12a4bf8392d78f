import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseRegister } from '../../src/agencies/register-file.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import type { Store } from '../../src/dataset/store.ts';
import { recheck } from '../../src/run/recheck.ts';
import { buildReport, saveItem } from '../dataset/build-report.ts';

/** Six districts with five offices each: `d1` … `d6`, `d1-1` … `d6-5`. */
const districts = [1, 2, 3, 4, 5, 6];
const offices = [1, 2, 3, 4, 5];
const register = parseRegister(
  Buffer.from(
    [
      'id,name,parent,kind',
      ...districts.flatMap((d) => [
        `d${d},某某${d}区人民政府,,county_government`,
        ...offices.map((o) => `d${d}-${o},某某${d}区第${o}局,d${d},department`),
      ]),
    ].join('\n'),
  ),
);

let store: Store;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'gongkai-recheck-'));
  store = await openStore(path.join(folder, 'store.sqlite'));
  await store.loadAgencies(register.agencies);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Those of the districts stand for all their offices. */
const report = (id: string, year: number, received = 0) =>
  saveItem(
    buildReport({
      agency: register.get(id)?.name ?? null,
      year,
      document: `${id}/${year}.html`,
      numbers: { 't3/new_received/total': received },
      report: { scope: id.includes('-') ? 'own' : 'region' },
    }),
    { agency: { id, regionCode: null } },
  );

/** Rechecks what is unchecked; the bodies that were looked at. */
async function looked(): Promise<number> {
  let of = 0;
  await recheck(store, register, await store.uncheckedAgencies(), {
    onAgency: (_, all) => {
      of = all;
    },
  });
  return of;
}

async function state(): Promise<(readonly unknown[])[]> {
  const all: (readonly unknown[])[] = [];
  for await (const { reportId, rule, cells, left, right } of store.findings())
    all.push([reportId, rule, cells, left, right]);
  return all;
}

test('one changed report has its own body and the one above it checked again, not the nation, and gives what checking everything gives', async () => {
  const ids = districts.flatMap((d) => [`d${d}`, ...offices.map((o) => `d${d}-${o}`)]);
  await store.saveBatch(ids.flatMap((id) => [2022, 2023, 2024].map((year) => report(id, year))));
  expect(await looked()).toBe(36);
  expect(await looked()).toBe(0);
  const before = await state();

  await store.saveBatch([
    { ...report('d3-2', 2024, 9), source: { ...report('d3-2', 2024).source, sha256: 'f'.repeat(64) } },
  ]);
  expect(await looked()).toBe(2);
  const after = await state();
  // More than the district, and the sum of its offices is another than the district's.
  const rules = after.map(([, rule]) => rule);
  expect(rules).toEqual(expect.arrayContaining(['A.CHILD_GT_PARENT', 'A.ROLLUP']));
  expect(after.length).toBeGreaterThan(before.length);

  await recheck(store, register, ids);
  expect(await state()).toEqual(after);
});

test('one more report of a body with others below has those checked again with it', async () => {
  const ids = districts.flatMap((d) => [`d${d}`, ...offices.map((o) => `d${d}-${o}`)]);
  await store.saveBatch(ids.map((id) => report(id, 2023)));
  await looked();
  await store.saveBatch([report('d3', 2024)]);
  expect(await looked()).toBe(6);
});
