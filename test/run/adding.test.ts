import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Register } from '../../src/agencies/register.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import { sqlStore } from '../../src/dataset/sql-store.ts';
import type { Store } from '../../src/dataset/store.ts';
import { agencyToAdd, checkByHand } from '../../src/run/adding.ts';
import { rebind } from '../../src/run/rebind.ts';
import { allAgencyKeys, recheck } from '../../src/run/recheck.ts';
import { transcribe } from '../../src/run/transcribing.ts';
import { readByHand } from '../support/by-hand.ts';
import { registered } from '../support/registered.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/2022/${name}`, import.meta.url), 'utf8');
const MINZHENGJU = fixture('minzhengju.html');
const CAIZHENGJU = fixture('caizhengju.html');

let folder: string;
let output: string;
let store: Store;
let runs = 0;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gongkai-adding-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  runs += 1;
  output = path.join(folder, `out-${runs}`);
  mkdirSync(output);
  store = await openStore(path.join(output, 'gongkai.sqlite'));
});
afterEach(() => store.close());

function registerOf(
  ...bodies: readonly (readonly [id: string, name: string, ...aliases: string[]])[]
): Register {
  return new Register(bodies.map(([id, name, ...aliases]) => registered(id, name, { aliases })));
}

/** Brings in a file of this name and text, from a folder of its own. */
async function add(
  register: Register,
  name: string,
  text: string | Uint8Array,
  agency: string,
  from?: string,
) {
  const given = mkdtempSync(path.join(folder, 'given-'));
  writeFileSync(path.join(given, name), text);
  const request = {
    ...agencyToAdd(register, agency, 2022),
    year: 2022,
    sources: [path.join(given, name)],
    ...(from === undefined ? {} : { cameFrom: from }),
  };
  return checkByHand(store, request, readByHand(output, register));
}

function changed(text: string, from: string | RegExp, to: string): string {
  const result = text.replaceAll(from, to);
  if (result === text) throw new Error(`there is no ${from}`);
  return result;
}

async function reports() {
  const all = [];
  for await (const { report, ...summary } of store.reports())
    all.push({ ...summary, conflicts: report.conflicts.map(({ values }) => values) });
  return all;
}
const bodies = async () =>
  (await reports()).map((r) => [r.agency, r.agencyId, r.needsReview, r.missing]).sort();
async function copiesDiffer(register: Register) {
  await recheck(store, register, await allAgencyKeys(store));
  const all = [];
  for await (const { rule, agency, messageZh } of store.findings())
    if (rule === 'F.COPIES_DIFFER') all.push([agency, messageZh]);
  return all;
}

test('a report that prints a name which the register does not know is not filed under the body that a person gave', async () => {
  const register = registerOf(['x2', '某某区财政局']);
  await add(register, 'minzhengju.html', MINZHENGJU, 'x2');
  expect(await bodies()).toEqual([['某某区民政局', null, true, false]]);
  expect((await reports())[0]?.conflicts).toMatchObject([
    [
      { value: '某某区民政局', from: 'title' },
      { value: '某某区财政局', from: 'person' },
    ],
  ]);
  await add(register, 'caizhengju.html', CAIZHENGJU, 'x2');
  expect(await bodies()).toEqual([
    ['某某区民政局', null, true, false],
    ['某某区财政局', 'x2', false, false],
  ]);
  expect(await copiesDiffer(register)).toEqual([]);

  // The way for a former name.
  const known = registerOf(['x2', '某某区财政局'], ['x1', '某某区社会局', '某某区民政局']);
  expect((await rebind(store, known)).reports).toBe(1);
  expect((await reports()).map((r) => [r.agencyId, r.conflicts.length, r.needsReview]).sort()).toEqual([
    ['x1', 1, true],
    ['x2', 0, false],
  ]);
  const former = registerOf(['x2', '某某区财政局', '某某区民政局']);
  await rebind(store, former);
  expect((await reports()).map((r) => [r.agencyId, r.conflicts, r.needsReview])).toEqual([['x2', [], false]]);
});

test('a report that names another body of the register is that body’s, and the contradiction is kept', async () => {
  const register = registerOf(['x1', '某某区民政局'], ['x2', '某某区财政局']);
  await add(register, 'minzhengju.html', MINZHENGJU, 'x2');
  expect(await bodies()).toEqual([['某某区民政局', 'x1', true, false]]);
});

test('a name that is printed shorter or longer than in the register is that of the body that a person gave', async () => {
  const register = registerOf(['x1', '某某区民政局'], ['x2', '某某区财政局']);
  await add(register, 'a.html', changed(MINZHENGJU, '某某区民政局', '区民政局'), 'x1');
  await add(register, 'b.html', changed(CAIZHENGJU, '某某区财政局', '甲省乙市某某区财政局'), 'x2');
  expect(await bodies()).toEqual([
    ['区民政局', 'x1', false, false],
    ['甲省乙市某某区财政局', 'x2', false, false],
  ]);
});

test('what a person said of a file stands when the register is edited, and is withdrawn with the body', async () => {
  const lines = [
    ['x1', '某某区民政局'],
    ['x2', '某某区财政局'],
  ] as const;
  const register = registerOf(...lines);
  await add(register, 'a.html', changed(MINZHENGJU, '2022年某某区民政局政府', '2022年政府'), 'x1');
  await add(register, 'b.html', changed(CAIZHENGJU, '某某区财政局', '区财政局'), 'x2');
  const before = await bodies();
  expect(before.map(([, id]) => id).sort()).toEqual(['x1', 'x2']);
  expect(await rebind(store, registerOf(...lines, ['x3', '某某县档案馆']))).toEqual({
    reports: 0,
    undecided: [],
  });
  expect(await bodies()).toEqual(before);
  await rebind(store, registerOf(lines[0]));
  expect((await bodies()).map(([agency, id]) => [agency, id])).toEqual([
    ['区财政局', null],
    ['某某区民政局', 'x1'],
  ]);
  await rebind(store, register);
  expect(await bodies()).toEqual(before);
});

test('two bodies of one name keep their files, though these have one name too, and the same bytes', async () => {
  const register = registerOf(['a1', '某某区统计局'], ['a2', '某某区统计局'], ['a3', '某某区统计局']);
  const text = changed(CAIZHENGJU, '某某区财政局', '某某区统计局');
  const first = await add(register, '2022.html', text, 'a1');
  const second = await add(register, '2022.html', text, 'a2');
  await add(register, '2022.html', changed(text, '</body>', ' </body>'), 'a3');
  expect(await bodies()).toEqual(['a1', 'a2', 'a3'].map((id) => ['某某区统计局', id, false, false]));
  expect(first.documents).toEqual(['added/a1/2022/2022.html']);
  expect(second.ingest.unchanged).toBe(0);
});

test('files of two bodies from one address are two documents', async () => {
  const register = registerOf(['x1', '某某区民政局'], ['x2', '某某区财政局']);
  const address = 'https://www.example.gov.cn/nb/2022.html';
  await add(register, 'a.html', MINZHENGJU, 'x1', address);
  await add(register, 'b.html', CAIZHENGJU, 'x2', address);
  expect((await reports()).map((r) => [r.agencyId, r.url, r.missing]).sort()).toEqual([
    ['x1', address, false],
    ['x2', address, false],
  ]);
});

test('a corrected file takes the place of the wrong one, whatever their names, and back', async () => {
  const register = registerOf(['x2', '某某区财政局']);
  const number = /<td[^>]*>\s*(\d+)\s*<\/td>/u.exec(CAIZHENGJU);
  if (!number) throw new Error('no number');
  const other = number[0].replace(number[1] as string, String(Number(number[1]) + 1));
  const corrected = CAIZHENGJU.replace(number[0], other);
  const shown = async () => (await reports()).map((r) => [r.document, r.missing]);
  await add(register, 'draft.html', CAIZHENGJU, 'x2');
  await add(register, 'corrected.html', corrected, 'x2');
  expect(await shown()).toEqual([['added/x2/2022/corrected.html', false]]);
  expect(await copiesDiffer(register)).toEqual([]);
  // An edited register does not bring it back.
  await rebind(store, registerOf(['x9', '某某区财政局']));
  await rebind(store, register);
  expect(await shown()).toEqual([['added/x2/2022/corrected.html', false]]);
  expect(await copiesDiffer(register)).toEqual([]);
  // Nor does a cell that somebody reads off it.
  const draft = 'added/x2/2022/draft.html';
  const { sha256 } = (await store.source(draft)) ?? { sha256: '' };
  const cell = {
    cell: 't3/granted/total',
    sha256,
    raw: '1',
    author: '李四',
    at: '2024-01-01',
    note: null,
  } as const;
  expect(await transcribe(store, draft, [cell])).toBe(1);
  expect(await copiesDiffer(register)).toEqual([]);
  await add(register, 'draft.html', CAIZHENGJU, 'x2');
  expect(await shown()).toEqual([['added/x2/2022/draft.html', false]]);
  expect(await copiesDiffer(register)).toEqual([]);
});

test('an archive takes the place of one of its name, and of one that was damaged, and a file that of both', async () => {
  const register = registerOf(['x2', '某某区财政局']);
  const standing = async () =>
    (await reports())
      .flatMap((r) => [r, ...r.copies])
      .flatMap(({ document, missing }) => (missing ? [] : [document.replace('added/x2/2022/', '')]));
  const other = changed(CAIZHENGJU, '</body>', ' </body>');
  const first = zipSync({ 'a.html': strToU8(CAIZHENGJU) });
  await add(register, 'a.zip', first.subarray(0, first.length / 2), 'x2');
  expect(await standing()).toEqual(['a.zip']);
  await add(register, 'a.zip', first, 'x2');
  expect(await standing()).toEqual(['a.zip/a.html']);
  await add(register, 'a.zip', zipSync({ 'b.html': strToU8(other) }), 'x2');
  expect(await standing()).toEqual(['a.zip/b.html']);
  // An edited register brings back none of them.
  await rebind(store, registerOf(['x9', '某某区财政局']));
  await rebind(store, register);
  expect(await standing()).toEqual(['a.zip/b.html']);
  await add(register, 'n.html', changed(CAIZHENGJU, '</body>', '  </body>'), 'x2');
  expect(await standing()).toEqual(['n.html']);
  await rebind(store, registerOf(['x9', '某某区财政局']));
  await rebind(store, register);
  expect(await standing()).toEqual(['n.html']);
}, 60_000);

test('a file that was brought in before there was a register is replaced by its correction too', async () => {
  await add(registerOf(), 'draft.html', CAIZHENGJU, '某某区财政局');
  const register = registerOf(['x2', '某某区财政局']);
  await rebind(store, register);
  await add(register, 'corrected.html', changed(CAIZHENGJU, '</body>', ' </body>'), 'x2');
  expect((await reports()).map((r) => [r.document, r.copies.map(({ missing }) => missing)])).toEqual([
    ['added/x2/2022/corrected.html', [true]],
  ]);
});

test('a file that was brought in under an older name keeps it, and is replaced by its correction', async () => {
  const register = registerOf(['x2', '某某区财政局']);
  const { documents } = await add(register, 'a.html', CAIZHENGJU, 'x2');
  expect(documents).toEqual(['added/x2/2022/a.html']);
  // As it was stored before files were given names.
  const current = await store.crawl.currentVersion('manual', '//manual/x2/2022');
  if (!current) throw new Error('no version');
  await store.crawl.commit({
    versions: [{ ...current, files: current.files.map(({ document: _, ...file }) => file) }],
  });
  const again = await add(register, 'a.html', CAIZHENGJU, 'x2');
  const old = 'added/某某区财政局2022年政府信息公开工作年度报告/a.html';
  expect(again.documents).toEqual([old]);
  await add(register, 'b.html', changed(CAIZHENGJU, '</body>', ' </body>'), 'x2');
  const { copies } = (await reports())[0] ?? { copies: [] };
  expect(copies.find(({ document }) => document === old)).toMatchObject({ missing: true });
});

test('decisions go with their report in one piece: a rebinding that ends in between has moved nothing', async () => {
  await add(registerOf(['x2', '某某区财政局']), 'caizhengju.html', CAIZHENGJU, 'x2');
  const findings = async () => {
    const all = [];
    for await (const { findingId, state, note } of store.findings()) all.push({ findingId, state, note });
    return all;
  };
  const [first] = await findings();
  if (!first) throw new Error('the fixture has a finding');
  await store.decide({
    findingId: first.findingId,
    state: 'confirmed',
    note: '已核实',
    person: '张三',
    at: '2025-01-01',
  });
  const { database } = sqlStore(store);
  const other = registerOf(['x9', '某某区财政局']);
  const raw = (sql: string) => database.write((session) => session.arrays(sql, []));
  await raw(`create trigger stop before insert on decisions begin select raise(abort, 'killed'); end`);
  await expect(rebind(store, other)).rejects.toThrow(/killed/u);
  expect((await reports()).map((r) => r.agencyId)).toEqual(['x2']);
  await raw('drop trigger stop');
  expect(await rebind(store, other)).toEqual({ reports: 1, undecided: [] });
  expect((await reports()).map((r) => r.agencyId)).toEqual(['x9']);
  const decided = (await findings()).filter((f) => f.note === '已核实');
  expect(decided).toMatchObject([{ state: 'confirmed' }]);
  expect(decided[0]?.findingId).not.toBe(first.findingId);
});
