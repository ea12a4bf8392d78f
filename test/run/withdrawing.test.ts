import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Register } from '../../src/agencies/register.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import { sqlStore } from '../../src/dataset/sql-store.ts';
import type { Store } from '../../src/dataset/store.ts';
import { agencyToAdd, checkByHand } from '../../src/run/adding.ts';
import { DEFAULT_PARSE_LIMITS } from '../../src/run/parsing/limits.ts';
import { rebind } from '../../src/run/rebind.ts';
import { allAgencyKeys, recheck } from '../../src/run/recheck.ts';
import { transcribe } from '../../src/run/transcribing.ts';
import { addedDocuments, takeBackByHand, WithdrawalError } from '../../src/run/withdrawing.ts';
import { readByHand } from '../support/by-hand.ts';
import { registered } from '../support/registered.ts';

const CAIZHENGJU = readFileSync(new URL('../../fixtures/2022/caizhengju.html', import.meta.url), 'utf8');
/** Says nowhere whose report it is. */
const NAMELESS = CAIZHENGJU.replaceAll(/某某区财政局|财政局/gu, '');
const register = new Register([registered('x1', '某某区民政局'), registered('x2', '某某区财政局')]);

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'gongkai-withdrawing-'));
  mkdirSync(path.join(folder, 'out'));
  store = await openStore(path.join(folder, 'out', 'gongkai.sqlite'));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Brings in files of these names and texts as one report on 2022. */
async function add(agency: string, files: Readonly<Record<string, string | Uint8Array>>, from?: string) {
  const given = mkdtempSync(path.join(folder, 'given-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(given, name), text);
  const request = {
    ...agencyToAdd(register, agency, 2022),
    year: 2022,
    sources: [given],
    ...(from === undefined ? {} : { cameFrom: from }),
  };
  return checkByHand(store, request, readByHand(path.join(folder, 'out'), register));
}

const takeBack = (...documents: string[]) =>
  takeBackByHand(store, documents, {
    person: '张三',
    note: '错传',
    now: new Date('2025-05-01T08:00:00Z'),
    output: path.join(folder, 'out'),
    register,
    processes: 1,
    limits: DEFAULT_PARSE_LIMITS,
    signal: new AbortController().signal,
  });

/** Body, present documents and, where it has left, the document that the numbers come from. */
async function reports() {
  const all = [];
  for await (const { agencyId, document, missing, copies } of store.reports())
    all.push([agencyId, document, missing ? 'gone' : 'there', ...copies.map((c) => c.document)]);
  return all.sort();
}
const states = async () => (await addedDocuments(store)).map(({ document, state }) => [document, state]);

const other = (text: string, n: number) => text.replace('</body>', `<p>${n}</p></body>`);

test('a file without a name that was brought in under a wrong body leaves the dataset, for good, and stays known', async () => {
  await add('x1', { 'a.html': NAMELESS });
  const document = 'added/x1/2022/a.html';
  expect(await reports()).toEqual([['x1', document, 'there']]);
  const taken = await takeBack(document);
  expect(taken).toMatchObject({ withdrawn: [{ document, insteadNow: null }], restored: [], already: [] });
  expect(await reports()).toEqual([]);
  expect(await states()).toEqual([[document, 'withdrawn']]);
  const [run] = await store.runs(1);
  expect(run).toMatchObject({
    command: 'withdraw',
    summary: { withdrawn: [{ document, year: 2022 }], person: '张三', note: '错传' },
  });
  const { sha256 } = (await store.source(document)) ?? { sha256: '' };
  expect(readFileSync(path.join(folder, 'out/archive', sha256.slice(0, 2), `${sha256}.html`), 'utf8')).toBe(
    NAMELESS,
  );
  // Neither another register, nor a cell that somebody reads off it, nor the rules bring it back.
  await rebind(store, new Register([registered('x3', '某某区档案局')]));
  await rebind(store, register);
  const cell = {
    cell: 't3/granted/total',
    sha256,
    raw: '1',
    author: '李四',
    at: '2025-01-01',
    note: null,
  } as const;
  await transcribe(store, document, [cell]);
  await recheck(store, register, await allAgencyKeys(store));
  expect(await reports()).toEqual([]);
  expect(await store.uncheckedAgencies()).toEqual([]);
  expect((await takeBack(document)).already).toEqual([document]);
  // Under the body that it is of, and even under the wrong one again.
  await add('x2', { 'a.html': NAMELESS });
  expect(await reports()).toEqual([['x2', 'added/x2/2022/a.html', 'there']]);
  await add('x1', { 'a.html': NAMELESS });
  expect((await reports()).map(([id]) => id)).toEqual(['x1', 'x2']);
});

test('what the file had taken the place of stands again, and leaves in turn without bringing the file back', async () => {
  await add('x2', { 'right.html': CAIZHENGJU });
  await add('x2', { 'wrong.html': other(CAIZHENGJU, 1) });
  const [right, wrong] = ['added/x2/2022/right.html', 'added/x2/2022/wrong.html'];
  expect(await states()).toEqual([
    [right, 'replaced'],
    [wrong, 'present'],
  ]);
  expect(await takeBack(wrong)).toMatchObject({
    withdrawn: [{ document: wrong, insteadNow: right }],
    restored: [right],
  });
  expect(await reports()).toEqual([['x2', right, 'there']]);
  expect(await takeBack(right)).toMatchObject({ withdrawn: [{ insteadNow: null }], restored: [] });
  expect(await reports()).toEqual([]);
  await add('x2', { 'third.html': other(CAIZHENGJU, 3) });
  expect(await reports()).toEqual([['x2', 'added/x2/2022/third.html', 'there']]);
});

test('of several copies those that are not given stay, and what was there before them stays away', async () => {
  await add('x2', { 'old.html': other(CAIZHENGJU, 0) });
  await add('x2', { 'a.html': CAIZHENGJU, 'b.html': other(CAIZHENGJU, 1) });
  const [a, b] = ['added/x2/2022/a.html', 'added/x2/2022/b.html'];
  expect(await takeBack(a)).toMatchObject({ withdrawn: [{ insteadNow: b }], restored: [] });
  expect((await reports()).map(([id, document, how]) => [id, document, how])).toEqual([['x2', b, 'there']]);
  await add('x2', { 'a.html': CAIZHENGJU, 'b.html': other(CAIZHENGJU, 1) });
  expect((await states()).filter(([, state]) => state === 'present')).toEqual([
    [a, 'present'],
    [b, 'present'],
  ]);
});

test('what a file had taken the place of stands again beside others that came with it but are not the report', async () => {
  await add('x2', { 'old.html': CAIZHENGJU });
  const notice = '<html><body><h1>关于开展检查的通知</h1><p>请各科室于本周五前报送材料。</p></body></html>';
  await add('x2', { 'new.html': other(CAIZHENGJU, 1), 'notice.html': notice });
  const [old, wrong] = ['added/x2/2022/old.html', 'added/x2/2022/new.html'];
  expect(await takeBack(wrong)).toMatchObject({
    withdrawn: [{ insteadNow: old, wasTaken: true, isReport: true }],
    restored: [old],
  });
  expect(await states()).toEqual([
    [old, 'present'],
    [wrong, 'withdrawn'],
    ['added/x2/2022/notice.html', 'present'],
  ]);
  expect(await store.crawl.currentVersion('manual', '//manual/x2/2022')).toMatchObject({
    files: [{ name: 'notice.html' }, { name: 'old.html' }],
  });
  expect(await takeBack('added/x2/2022/notice.html')).toMatchObject({
    withdrawn: [{ isReport: false }],
    restored: [],
  });
});

test('a file of the same name that took the place of the right one gives it back, and neither comes back by itself', async () => {
  const document = 'added/x2/2022/a.html';
  await add('x2', { 'a.html': CAIZHENGJU });
  const right = (await store.source(document))?.sha256 as string;
  // Says itself that it is the report of another body.
  await add('x2', { 'a.html': CAIZHENGJU.replaceAll('财政局', '民政局') });
  expect(await reports()).toEqual([
    ['x1', document, 'there'],
    ['x2', document, 'gone'],
  ]);
  const taken = await takeBack(document);
  expect(taken).toMatchObject({ withdrawn: [{ insteadNow: null }], reread: [{ document, sha256: right }] });
  expect(await reports()).toEqual([['x2', document, 'there']]);
  expect((await store.source(document))?.sha256).toBe(right);
  expect(await states()).toEqual([[document, 'present']]);
  expect(await takeBack(document)).toMatchObject({ reread: [], already: [] });
  expect(await reports()).toEqual([]);
  expect(await states()).toEqual([[document, 'withdrawn']]);
});

test('of the same report, too, a file of the same name gives back the earlier one unless another holds its place', async () => {
  const document = 'added/x2/2022/a.html';
  await add('x2', { 'old.html': other(CAIZHENGJU, 0) });
  await add('x2', { 'a.html': CAIZHENGJU });
  await add('x2', { 'a.html': other(CAIZHENGJU, 1) });
  expect(await takeBack(document)).toMatchObject({
    withdrawn: [{ insteadNow: document }],
    restored: [],
    reread: [{ document }],
  });
  expect((await reports()).map(([id, name, how]) => [id, name, how])).toEqual([['x2', document, 'there']]);
  await add('x2', { 'a.html': other(CAIZHENGJU, 1), 'b.html': other(CAIZHENGJU, 2) });
  expect(await takeBack(document)).toMatchObject({
    withdrawn: [{ insteadNow: 'added/x2/2022/b.html' }],
    restored: [],
    reread: [],
  });
});

test('a file that turned out to be the report of another body leaves that report', async () => {
  const document = 'added/x1/2022/a.html';
  await add('x1', { 'a.html': CAIZHENGJU });
  await add('x1', { 'b.html': other(NAMELESS, 1) });
  expect(await reports()).toEqual([
    ['x1', 'added/x1/2022/b.html', 'there'],
    ['x2', document, 'there'],
  ]);
  expect(await takeBack('added/x1/2022/b.html')).toMatchObject({ restored: [] });
  expect(await takeBack(document)).toMatchObject({ withdrawn: [{ document, insteadNow: null }] });
  expect(await reports()).toEqual([]);
});

test('an archive is taken back with all that is in it, and no part of it alone', async () => {
  const yearBefore = NAMELESS.replaceAll('2022', '2021');
  await add('x2', { 'all.zip': zipSync({ 'a.html': strToU8(NAMELESS), 'b.html': strToU8(yearBefore) }) });
  const archive = 'added/x2/2022/all.zip';
  expect((await reports()).map(([, document]) => document)).toEqual([
    `${archive}/a.html`,
    `${archive}/b.html`,
  ]);
  await expect(takeBack(`${archive}/a.html`)).rejects.toThrow(`it is a part of ${archive}`);
  expect(await states()).toEqual([[archive, 'present']]);
  await takeBack(archive);
  expect(await reports()).toEqual([]);
  expect(await states()).toEqual([[archive, 'withdrawn']]);
});

test('what a folder holds or a portal publishes is not withdrawn', async () => {
  const address = 'https://www.example.gov.cn/nb/2022.html';
  await add('x2', { 'a.html': CAIZHENGJU }, address);
  const [added] = await addedDocuments(store);
  expect(added).toMatchObject({ document: address, address });
  const [url] = ['//www.example.gov.cn/nb/2022.html'];
  await store.crawl.commit({
    urls: [
      {
        portal: 'example',
        url: url as string,
        address,
        role: 'article',
        column: 'nb',
        parent: null,
        status: 'current',
        httpStatus: 200,
        etag: null,
        lastModified: null,
        contentLength: null,
        sha256: null,
        firstSeen: '2025-01-01T00:00:00.000Z',
        lastSeen: '2025-01-01T00:00:00.000Z',
        lastSeenRun: 'r',
        lastChecked: null,
        nextCheck: null,
        listSig: null,
        listTitle: null,
        listDate: null,
        missCount: 0,
        failures: 0,
        reason: null,
      },
    ],
  });
  await expect(takeBack(address)).rejects.toThrow(/the portal example publishes it/u);
  await expect(takeBack('added/x2/2022/a.html')).rejects.toThrow(WithdrawalError);
  expect(await reports()).toEqual([['x2', address, 'there']]);
  expect(await store.runs()).toEqual([]);
});

test('nothing is taken back by half', async () => {
  await add('x2', { 'right.html': CAIZHENGJU });
  await add('x2', { 'wrong.html': other(CAIZHENGJU, 1) });
  const before = await states();
  const { database } = sqlStore(store);
  const raw = (sql: string) => database.write((session) => session.arrays(sql, []));
  await raw(
    `create trigger stop before update of missing on sources when new.missing = 0 begin select raise(abort, 'killed'); end`,
  );
  await expect(takeBack('added/x2/2022/wrong.html')).rejects.toThrow(/killed/u);
  expect(await states()).toEqual(before);
  expect(await store.crawl.currentVersion('manual', '//manual/x2/2022')).toMatchObject({ n: 2 });
  await raw('drop trigger stop');
  expect(await takeBack('added/x2/2022/wrong.html')).toMatchObject({
    restored: ['added/x2/2022/right.html'],
  });
});
