import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EMPTY_REGISTER, Register } from '../../src/agencies/register.ts';
import { crawlPortals } from '../../src/crawl/crawl.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import type { Store } from '../../src/dataset/store.ts';
import { agencyResolver, readCrawled } from '../../src/run/crawling.ts';
import { DEFAULT_PARSE_LIMITS } from '../../src/run/parsing/limits.ts';
import { allAgencyKeys, recheck } from '../../src/run/recheck.ts';
import { day, Field } from '../crawl/field.ts';
import { numbersOf } from '../render/mutations.ts';
import type { Post } from '../replicas/site.ts';
import { registered } from '../support/registered.ts';

let field: Field | null = null;
let store: Store | null = null;
afterEach(async () => {
  await store?.close();
  await field?.close();
  field = store = null;
});

async function crawlAndRead(field: Field, store: Store, register: Register = EMPTY_REGISTER) {
  const reader = readCrawled(store, {
    register,
    processes: 1,
    limits: DEFAULT_PARSE_LIMITS,
    signal: new AbortController().signal,
  });
  const pass = crawlPortals(
    field.config,
    { ...field.deps(), state: store.crawl, resolveAgency: agencyResolver(register) },
    {},
  );
  let step = await pass.next();
  while (!step.done) {
    await reader.take(step.value);
    step = await pass.next();
  }
  const ingest = await reader.finish();
  return { summary: step.value, ingest, revisions: await reader.revisions() };
}

/** What a post prints in the tables, and what the store has of it: as `row.column=value`, sorted. */
async function both(store: Store, field: Field, post: Post) {
  const record = field.host.site.record(post);
  const printed = (['t2', 't3', 't4'] as const)
    .flatMap((table) => [...numbersOf(record, table)].map(([key, value]) => `${key}=${value}`))
    .sort();
  const read: string[] = [];
  for await (const { report } of store.reports({ year: post.year }))
    if (report.title?.includes(post.body.name))
      for (const fact of report.tables.flatMap(({ facts }) => facts))
        if (fact.state === 'number') read.push(`${fact.table}/${fact.row}/${fact.column}=${fact.value}`);
  return { printed, read: read.sort() };
}

test('a report whose page is a shell is read from the answer that holds its text', async () => {
  field = await Field.open([
    {
      host: 'www.moumou.gov.cn',
      family: 'nfcms',
      agencies: 2,
      years: { from: 2023, to: 2023 },
      containers: ['html', 'docx'],
      variant: { shell: true },
    },
  ]);
  store = await openStore(path.join(field.folder, 'gongkai.sqlite'));
  const { summary, ingest } = await crawlAndRead(field, store);
  expect(summary.totals).toMatchObject({ new: 2, failed: 0 });
  expect(ingest.outcomes.complete).toBe(2);
  for (const post of field.host.site.reports()) {
    const { printed, read } = await both(store, field, post);
    expect(printed.length).toBeGreaterThan(50);
    expect(read).toEqual(printed);
  }

  const web = field.host.site.reports().find(({ container }) => container === 'html');
  field.ctl({ do: 'edit_body_silently', post: web?.id ?? 0 });
  field.clock.advance(8 * day);
  const second = await crawlAndRead(field, store);
  expect(second.summary.totals).toMatchObject({ new: 0, revised: 1 });
  expect(second.revisions).toMatchObject([
    { what: ['body'], cells: [{ cell: expect.stringMatching(/^t2\//) }] },
  ]);
  const { printed, read } = await both(store, field, web as Post);
  expect(read).toEqual(printed);
});

test('a file that the portal replaced by one under another name is the report no longer', async () => {
  field = await Field.open([
    {
      host: 'www.moumou.gov.cn',
      family: 'trs',
      agencies: 1,
      years: { from: 2023, to: 2023 },
      containers: ['docx'],
    },
  ]);
  store = await openStore(path.join(field.folder, 'gongkai.sqlite'));
  await crawlAndRead(field, store);
  const [post] = field.host.site.reports();
  const before = (await both(store, field, post as Post)).read;
  field.ctl({ do: 'swap_attachment', post: post?.id ?? 0 });
  field.ctl({ do: 'rename_attachment', post: post?.id ?? 0 });
  field.clock.advance(8 * day);
  const { summary, revisions } = await crawlAndRead(field, store);
  expect(summary.totals.revised).toBe(1);
  const truth = field.host.site.record(post as Post, 1);
  const printed = (['t2', 't3', 't4'] as const)
    .flatMap((table) => [...numbersOf(truth, table)].map(([key, value]) => `${key}=${value}`))
    .sort();
  const { read } = await both(store, field, post as Post);
  expect(read).toEqual(printed);
  expect(read).not.toEqual(before);
  await recheck(store, EMPTY_REGISTER, await allAgencyKeys(store));
  const rules: string[] = [];
  for await (const { rule } of store.findings()) rules.push(rule);
  expect(rules).not.toContain('F.COPIES_DIFFER');

  const [was] = before.filter((cell) => !read.includes(cell));
  const [is] = read.filter((cell) => !before.includes(cell));
  const [key, old] = (was ?? '').split('=');
  expect(revisions).toMatchObject([
    {
      portal: 'p1',
      year: 2023,
      what: ['attachment'],
      cells: [{ cell: key, before: old, after: is?.split('=')[1] }],
    },
  ]);
  expect(revisions[0]?.documents?.before).not.toBe(revisions[0]?.documents?.after);
});

test('reports of bodies that the register does not know stay apart from the only body that a portal is configured for', async () => {
  field = await Field.open(
    [
      {
        host: 'www.moumou.gov.cn',
        family: 'trs',
        agencies: 3,
        years: { from: 2023, to: 2023 },
        containers: ['html'],
      },
    ],
    { portal: { agencies: ['z1'] } },
  );
  store = await openStore(path.join(field.folder, 'gongkai.sqlite'));
  const [government, ...bureaus] = field.host.site.bodies.map(({ name }) => name);
  const register = new Register([registered('z1', government as string)]);
  const { summary } = await crawlAndRead(field, store, register);
  expect(summary.totals).toMatchObject({ new: 3, revised: 0 });
  await recheck(store, register, await allAgencyKeys(store));
  const found: (readonly [string | null, string | null, number])[] = [];
  for await (const { agency, agencyId, copies } of store.reports())
    found.push([agency, agencyId, copies.length]);
  expect(found.sort()).toEqual([[government, 'z1', 0], ...bureaus.map((name) => [name, null, 0])].sort());
  const rules: string[] = [];
  for await (const { rule } of store.findings()) rules.push(rule);
  expect(rules).not.toContain('F.COPIES_DIFFER');
});

test.each([
  ['nobody: the only body of the portal', [], 'z1'],
  ['an office of it: the only body of the portal', [['meta.ContentSource', '办公室']], 'z1'],
  ['the body by a shorter name', [['title_prefix', '某乙丑区']], 'z1'],
  ['another body', [['title_prefix', '某乙丑区教育局']], null],
  [
    'another body, beside a text of the government',
    [
      ['title_prefix', '某乙丑区教育局'],
      ['meta.ContentSource', '某乙丑区人民政府'],
    ],
    null,
  ],
  [
    'the body, after an office of it',
    [
      ['meta.ContentSource', '办公室'],
      ['info_table.发布机构', '某乙丑区人民政府'],
    ],
    'z1',
  ],
] as const)('where a page names %s', (_, hints, expected) => {
  const resolve = agencyResolver(new Register([registered('z1', '某乙丑区人民政府')]));
  expect(
    resolve({
      regionCode: null,
      hints: hints.map(([from, value]) => ({ from, value })),
      among: ['z1'],
      indexNumber: null,
    }),
  ).toBe(expected);
});

describe('a report in an archive', () => {
  const inArchive = 'https://www.moumou.gov.cn/nb/all.zip';
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'gongkai-archive-'));
    store = await openStore(path.join(folder, 'gongkai.sqlite'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const fixture = (name: string) => readFileSync(new URL(`../../fixtures/2022/${name}`, import.meta.url));

  function put(name: string, bytes: Uint8Array): string {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    return file;
  }

  /** Reads the next version of the page, with this file of the folder. */
  async function read(version: number, file: string, ...replaced: string[]) {
    const at = `https://www.moumou.gov.cn/nb/1.html`;
    const reader = readCrawled(store as Store, {
      register: EMPTY_REGISTER,
      processes: 1,
      limits: DEFAULT_PARSE_LIMITS,
    });
    await reader.take({
      group: `p ${at}`,
      version,
      change: version === 1 ? 'new' : 'revised',
      portal: 'p',
      portalName: 'p',
      column: 'nb',
      url: at,
      address: at,
      title: '某某区财政局2022年政府信息公开工作年度报告',
      publishedOn: null,
      hints: { regionCode: null, agencies: [], agencyId: null, year: 2022, indexNumber: null },
      fetchedAt: '2025-01-01T00:00:00.000Z',
      documents: [
        {
          role: 'attachment' as const,
          url: `https://www.moumou.gov.cn/nb/${path.basename(file)}`,
          name: path.basename(file),
          sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
          bytes: statSync(file).size,
          path: file,
          mediaType: null,
          file,
        },
      ],
      event: null,
      replaced: replaced.map((name) => ({ url: `https://www.moumou.gov.cn/nb/${name}`, name })),
    });
    return await reader.finish();
  }

  async function documents() {
    const all = [];
    for await (const s of (store as Store).summaries()) all.push([s.agency, s.document, s.missing]);
    return all.sort();
  }

  /** Documents of one report that are there, and what the rules say of its copies. */
  async function standing() {
    const inner = store as Store;
    await recheck(inner, EMPTY_REGISTER, await allAgencyKeys(inner));
    const all: string[] = [];
    for await (const s of inner.reports()) {
      if (!s.missing) all.push(s.document);
      for (const copy of s.copies) if (!copy.missing) all.push(copy.document);
    }
    for await (const { rule } of inner.findings()) if (rule === 'F.COPIES_DIFFER') all.push(rule);
    return all.sort();
  }

  test('is read to its end, and what replaces the archive replaces what was in it', async () => {
    const [caizhengju, minzhengju] = [fixture('caizhengju.html'), fixture('minzhengju.html')];
    const all = zipSync({ 'a.html': caizhengju, 'b/c.zip': zipSync({ 'd.html': minzhengju }) });
    const zip = put('all.zip', all);
    expect((await read(1, zip)).outcomes).toEqual({ complete: 2 });
    const [a, d] = [`${inArchive}/a.html`, `${inArchive}/b/c.zip/d.html`];
    const both = [
      ['某某区民政局', d, false],
      ['某某区财政局', a, false],
    ];
    expect(await documents()).toEqual(both);
    // Once more, with nothing new in it.
    expect((await read(1, zip)).unchanged).toBe(2);
    await read(2, put('page.html', caizhengju), 'all.zip');
    expect(await documents()).toEqual([
      ['某某区民政局', d, true],
      ['某某区财政局', 'https://www.moumou.gov.cn/nb/page.html', false],
    ]);
    await read(3, zip, 'page.html');
    expect(await documents()).toEqual(both);
  }, 60_000);

  test('is gone when its archive holds others, in an archive within it too, and stands again with them', async () => {
    const [html, docx] = [fixture('shuiliju.html'), fixture('shuiliju.docx')];
    const first = zipSync({ '年报.html': html });
    await read(1, put('all.zip', first));
    expect(await standing()).toEqual([`${inArchive}/年报.html`]);
    await read(2, put('all.zip', zipSync({ '年报（更正）.docx': docx })));
    expect(await standing()).toEqual([`${inArchive}/年报（更正）.docx`]);
    await read(3, put('all.zip', first));
    expect(await standing()).toEqual([`${inArchive}/年报.html`]);
    await read(4, put('all.zip', zipSync({ 'b.zip': zipSync({ '年报.docx': docx }) })));
    expect(await standing()).toEqual([`${inArchive}/b.zip/年报.docx`]);
    await read(5, put('all.zip', zipSync({ 'b.zip': first })));
    expect(await standing()).toEqual([`${inArchive}/b.zip/年报.html`]);
  }, 60_000);

  test('is gone when the archive can be read no more, and a damaged archive when it can', async () => {
    const whole = zipSync({ '年报.html': fixture('shuiliju.html') });
    const cut = whole.subarray(0, whole.length / 2);
    expect((await read(1, put('all.zip', cut))).outcomes).toEqual({ corrupt: 1 });
    expect(await standing()).toEqual([inArchive]);
    await read(2, put('all.zip', whole));
    expect(await standing()).toEqual([`${inArchive}/年报.html`]);
    await read(3, put('page.html', fixture('shuiliju.html')), 'all.zip');
    expect(await standing()).toEqual(['https://www.moumou.gov.cn/nb/page.html']);
    await read(4, put('all.zip', whole), 'page.html');
    expect(await standing()).toEqual([`${inArchive}/年报.html`]);
    await read(5, put('all.zip', cut));
    expect(await standing()).toEqual([inArchive]);
  }, 60_000);
});

test('a reader that is stopped ends, and what it did not read is handed on again', async () => {
  field = await Field.open([
    { host: 'www.moumou.gov.cn', family: 'trs', agencies: 4, years: { from: 2023, to: 2023 } },
  ]);
  store = await openStore(path.join(field.folder, 'gongkai.sqlite'));
  const stop = new AbortController();
  const reader = readCrawled(store, {
    register: EMPTY_REGISTER,
    processes: 1,
    limits: DEFAULT_PARSE_LIMITS,
    signal: stop.signal,
  });
  for await (const report of crawlPortals(field.config, { ...field.deps(), state: store.crawl }))
    await reader.take(report);
  stop.abort();
  const { aborted } = await reader.finish();
  expect(aborted).toBe(true);
  const left = [];
  for await (const version of store.crawl.untaken('p1')) left.push(version.url);
  expect(left.length).toBeGreaterThan(0);
  const second = await crawlAndRead(field, store);
  expect(second.ingest.documents).toBeGreaterThan(0);
  expect(
    await (async () => {
      for await (const version of store.crawl.untaken('p1')) return version.url;
      return null;
    })(),
  ).toBeNull();
}, 60_000);
