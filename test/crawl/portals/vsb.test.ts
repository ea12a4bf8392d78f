import { expect, test } from 'vitest';
import { checkAttachment } from '../../../src/crawl/portals/attachment-check.ts';
import { vsb } from '../../../src/crawl/portals/vsb.ts';
import { column, walkAll } from './plain-client.ts';
import { replicaSite, sorted } from './replica-site.ts';

const where = (rows: readonly { url: string; date: string | null }[]) =>
  sorted(rows.map(({ url, date }) => ({ url, date, title: '' })));

test('a list numbered backwards is read by its links to the next page', async () => {
  const site = await replicaSite('vsb', { perPage: 5 });
  const { rows, end } = await walkAll(vsb, column(site.host.columnUrl), site.client);
  expect(where(rows)).toEqual(where(site.rows()));
  expect(new Set(rows.map((row) => row.url)).size).toBe(42);
  expect(rows.filter((row) => row.titleCut).length).toBeGreaterThan(0);
  expect(end).toMatchObject({ outcome: 'complete', total: 42 });
});

test('a second walk after the numbers have shifted finds the new article and all the others', async () => {
  const site = await replicaSite('vsb', { agencies: 5, years: { from: 2021, to: 2024 }, perPage: 5 });
  await walkAll(vsb, column(site.host.columnUrl), site.client);
  site.replica.ctl({ do: 'publish', agency: 1, year: 2024 });
  const { rows, end } = await walkAll(vsb, column(site.host.columnUrl), site.client);
  expect(where(rows)).toEqual(where(site.rows()));
  expect(end).toMatchObject({ outcome: 'complete', total: 21 });
});

test.each([
  ['at the second page', 2],
  ['at the fourth page', 4],
])('articles published %s during the walk lose no row and bring none twice', async (_name, moment) => {
  const site = await replicaSite('vsb', { agencies: 5, years: { from: 2020, to: 2024 }, perPage: 5 });
  site.client.before = (_request, index) => {
    // Four articles on a list of 25: a page more, and every row four places further on.
    if (index === moment)
      for (let n = 0; n < 4; n += 1) site.replica.ctl({ do: 'publish', agency: n, year: 2024 });
  };
  const { rows, end } = await walkAll(vsb, column(site.host.columnUrl), site.client);
  expect(where(rows)).toEqual(where(site.rows()));
  expect(end).toMatchObject({ outcome: 'complete', total: 29 });
});

test('without stated numbers the first page, asked again, shows that the list has moved', async () => {
  const site = await replicaSite('vsb', {
    agencies: 5,
    years: { from: 2020, to: 2024 },
    perPage: 5,
    variant: { no_total: true },
  });
  site.client.before = (_request, index) => {
    if (index === 2)
      for (let n = 0; n < 5; n += 1) site.replica.ctl({ do: 'publish', agency: n, year: 2024 });
  };
  const { rows, end } = await walkAll(vsb, column(site.host.columnUrl), site.client);
  expect(where(rows)).toEqual(where(site.rows()));
  expect(end.outcome).toBe('complete');
});

test('a list that never stands still ends partial', async () => {
  const site = await replicaSite('vsb', { agencies: 5, years: { from: 2020, to: 2024 }, perPage: 5 });
  site.client.before = () => void site.replica.ctl({ do: 'publish', agency: 1, year: 2024 });
  const { end } = await walkAll(vsb, column(site.host.columnUrl), site.client);
  expect(end.outcome).toBe('partial');
});

test('files are asked for with the article as Referer, and are refused without', async () => {
  const site = await replicaSite('vsb', { containers: ['docx'] });
  const post = site.host.site.posts[0]!;
  const page = await site.client.fetch({ url: site.host.postUrl(post.id), expect: 'page' });
  const [link] = (await vsb.article(page, null, site.client)).attachments;
  expect(link).toMatchObject({ name: `${post.fileName}.docx`, referer: site.host.postUrl(post.id) });
  const refused = await site.client.fetch({ url: link!.url, expect: 'attachment' });
  expect(refused.status).toBe(403);
  const given = await site.client.fetch({ url: link!.url, referer: link!.referer, expect: 'attachment' });
  expect(checkAttachment(given.bytes, link!.name!)).toEqual({ ok: true, signature: 'zip' });
});

test('the captcha page that comes with status 200 after three downloads is no file', async () => {
  const site = await replicaSite('vsb', { containers: ['docx'], variant: { captcha_after: 3 } });
  const verdicts = [];
  for (const post of site.host.site.posts.slice(0, 4)) {
    const page = await site.client.fetch({ url: site.host.postUrl(post.id), expect: 'page' });
    const [link] = (await vsb.article(page, null, site.client)).attachments;
    const file = await site.client.fetch({ url: link!.url, referer: link!.referer, expect: 'attachment' });
    verdicts.push(checkAttachment(file.bytes, link!.name!));
  }
  expect(verdicts.map((verdict) => verdict.ok)).toEqual([true, true, true, false]);
  expect(verdicts[3]).toMatchObject({ why: 'captcha' });
});

test('an article that redirects by script only points elsewhere', async () => {
  const site = await replicaSite('vsb', { others: 1 });
  const post = site.host.site.posts.find((each) => !each.isReport)!;
  const page = await site.client.fetch({ url: site.host.postUrl(post.id), expect: 'page' });
  const article = await vsb.article(page, null, site.client);
  expect(article.linkOnly).toBe(`http://other.example.com/article/${post.id}.htm`);
});

test('an ordinary article is not taken for a redirect because its template asks for one', async () => {
  const site = await replicaSite('vsb', { containers: ['html'] });
  const page = await site.client.fetch({
    url: site.host.postUrl(site.host.site.posts[0]!.id),
    expect: 'page',
  });
  const article = await vsb.article(page, null, site.client);
  expect(article.linkOnly).toBeNull();
  expect(article.bodyHtml!.match(/<table/g)).toHaveLength(3);
});
