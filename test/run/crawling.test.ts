import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { EMPTY_REGISTER } from '../../src/agencies/register.ts';
import { crawlPortals } from '../../src/crawl/crawl.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import type { Store } from '../../src/dataset/store.ts';
import { readCrawled } from '../../src/run/crawling.ts';
import { DEFAULT_PARSE_LIMITS } from '../../src/run/parsing/limits.ts';
import { day, Field } from '../crawl/field.ts';
import { numbersOf } from '../render/mutations.ts';
import type { Post } from '../replicas/site.ts';

let field: Field | null = null;
let store: Store | null = null;
afterEach(async () => {
  await store?.close();
  await field?.close();
  field = store = null;
});

async function crawlAndRead(field: Field, store: Store) {
  const reader = readCrawled(store, {
    register: EMPTY_REGISTER,
    processes: 1,
    limits: DEFAULT_PARSE_LIMITS,
    signal: new AbortController().signal,
  });
  const pass = crawlPortals(field.config, { ...field.deps(), state: store.crawl }, {});
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
