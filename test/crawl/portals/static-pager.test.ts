import { expect, test } from 'vitest';
import { families } from '../../../src/crawl/portals/families.ts';
import { readStaticPager, staticPager } from '../../../src/crawl/portals/static-pager.ts';
import { column, savedPage, walkAll } from './plain-client.ts';
import { bare, replicaSite, sorted } from './replica-site.ts';

test.each([0, 1])(
  'a TRS list numbered from %i is read whole, without related links, twins and menus',
  async (base) => {
    const site = await replicaSite('trs', { variant: { base } });
    const { rows, end } = await walkAll(staticPager, column(site.host.columnUrl), site.client);
    expect(bare(rows)).toEqual(site.rows());
    expect(end.outcome).toBe('complete');
  },
);

test.each([0, 1])(
  'a pager call that gives the wrong base for a list numbered from %i is put right',
  async (base) => {
    const site = await replicaSite('trs', { variant: { base, lies: true } });
    const { rows, end } = await walkAll(staticPager, column(site.host.columnUrl), site.client);
    expect(sorted(rows)).toEqual(sorted(site.rows()));
    expect(end.outcome).toBe('complete');
  },
);

test.each(['404', 'stub'])('a declared last page that is a %s makes the walk partial', async (tail) => {
  const site = await replicaSite('trs', { variant: { tail } });
  const { rows, end } = await walkAll(staticPager, column(site.host.columnUrl), site.client);
  expect(bare(rows)).toEqual(site.rows());
  expect(end.outcome).toBe('partial');
});

test('a column of year columns is followed into each of them', async () => {
  const site = await replicaSite('trs', { variant: { children: true }, perPage: 5 });
  const config = column(site.host.columnUrl, { followChildColumns: { depth: 1, text: '20\\d\\d|年报' } });
  const { rows, end } = await walkAll(families.static_pager, config, site.client);
  expect(sorted(rows)).toEqual(sorted(site.rows()));
  expect(end.outcome).toBe('complete');
});

test('a missing page in a year column makes the whole column partial', async () => {
  const site = await replicaSite('trs', { variant: { children: true }, perPage: 5 });
  site.replica.ctl({ do: 'set_mode', mode: 'soft404', path: '2021n/index_1' });
  const config = column(site.host.columnUrl, { followChildColumns: { depth: 1, text: '20\\d\\d|年报' } });
  const { end } = await walkAll(families.static_pager, config, site.client);
  expect(end.outcome).toBe('partial');
  expect(end.reason).toContain('2021年');
});

test('without following, the bare parent column is not taken for a complete empty list', async () => {
  const site = await replicaSite('trs', { variant: { children: true } });
  const { rows, end } = await walkAll(families.static_pager, column(site.host.columnUrl), site.client);
  expect(rows).toEqual([]);
  expect(end.outcome).toBe('empty_suspicious');
});

test('files beside the text of an article are found with the names that the page shows', async () => {
  const site = await replicaSite('trs', { containers: ['docx'] });
  const post = site.host.site.posts[0]!;
  const page = await site.client.fetch({ url: site.host.postUrl(post.id), expect: 'page' });
  const article = await staticPager.article(page, null, site.client);
  expect(article).toMatchObject({ title: post.title, publishedOn: post.published, linkOnly: null });
  expect(article.attachments.map((link) => link.name)).toEqual([`${post.fileName}.docx`]);
  const file = await site.client.fetch({ url: article.attachments[0]!.url, expect: 'attachment' });
  expect(file.status).toBe(200);
});

test('comments hold no rows of a Shanghai list, and the page that it promises too much makes it partial', async () => {
  const site = await replicaSite('shanghai');
  const { rows, end } = await walkAll(staticPager, column(site.host.columnUrl), site.client);
  expect(bare(rows)).toEqual(site.rows());
  expect(end.outcome).toBe('partial');
  expect(end.reason).toContain('page 6 of 6');
});

test('a Shanghai list that keeps its promise is complete', async () => {
  const site = await replicaSite('shanghai', { variant: { tail: false } });
  const { rows, end } = await walkAll(staticPager, column(site.host.columnUrl), site.client);
  expect(bare(rows)).toEqual(site.rows());
  expect(end.outcome).toBe('complete');
});

test.each([
  ['named', 1, 42],
  ['six', 0, 42],
  ['short', 0, null],
  ['comment', 0, 42],
  ['older', 0, null],
])('the pager call written %s is understood', async (call, base, total) => {
  const site = await replicaSite('trs', { variant: { call, base } });
  const { rows, end } = await walkAll(staticPager, column(site.host.columnUrl), site.client);
  expect(bare(rows)).toEqual(site.rows());
  expect(end).toMatchObject({ outcome: 'complete', total });
});

test('a picture that is the report is listed with the text', async () => {
  const site = await replicaSite('trs', { containers: ['picture'] });
  const page = await site.client.fetch({
    url: site.host.postUrl(site.host.site.posts[0]!.id),
    expect: 'page',
  });
  const { images, attachments } = await staticPager.article(page, null, site.client);
  expect(attachments).toEqual([]);
  expect(images).toHaveLength(1);
  expect(images[0]!.url).toMatch(/\/zwgk\/zfxxgknb\/\d{6}\/W0\d+\.png$/);
  const picture = await site.client.fetch({ url: images[0]!.url, expect: 'attachment' });
  expect([...picture.bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
});

test('a pager hidden in base64, and one whose rows are all in the page, are read', () => {
  const hidden = Buffer.from('createPageHTML(4, 0, "index", "html");').toString('base64');
  expect(
    readStaticPager(savedPage('http://x.gov.cn/nb/', `<script>eval(window.atob("${hidden}"))</script>`)),
  ).toMatchObject({ pages: 4, base: 0 });
  const whole = '<div class="pagedContent"></div><script>var totalCount = 37, perSize = 15;</script>';
  expect(readStaticPager(savedPage('http://x.gov.cn/channels/ch00232/', whole))).toMatchObject({
    pages: 1,
    total: 37,
  });
});

test.each([
  [3, 'partial'],
  [-3, 'partial'],
  [2, 'complete'],
])('a total misstated by %i makes the walk %s', async (misstated, outcome) => {
  const site = await replicaSite('trs', { variant: { call: 'named', base: 1, misstated } });
  const { rows, end } = await walkAll(staticPager, column(site.host.columnUrl), site.client);
  expect(bare(rows)).toEqual(site.rows());
  expect(end).toMatchObject({ outcome, total: 42 + misstated });
});
