import { expect, test } from 'vitest';
import { genericList } from '../../../src/crawl/portals/generic-list.ts';
import { column, walkAll } from './plain-client.ts';
import { bare, replicaSite } from './replica-site.ts';

test.each(['asp', 'php', 'aspx'])('an old %s list is read to its end and ends', async (kind) => {
  const site = await replicaSite('generic', { variant: { kind } });
  const { rows, end } = await walkAll(genericList, column(site.host.columnUrl), site.client);
  expect(bare(rows)).toEqual(site.rows());
  expect(end.outcome).toBe('complete');
});

test.each(['asp', 'php', 'aspx'])(
  'pages of an %s list in GBK give the same titles, with and without a header',
  async (kind) => {
    const site = await replicaSite('generic', { variant: { kind, charset: 'gbk' } });
    site.replica.ctl({ do: 'set_mode', mode: 'charset_absent', path: '.', after: 1 });
    const { rows, end } = await walkAll(genericList, column(site.host.columnUrl), site.client);
    expect(bare(rows)).toEqual(site.rows());
    expect(end.outcome).toBe('complete');
  },
);

test('a configured number, counted from 0, pages a list without any link', async () => {
  const site = await replicaSite('generic', { variant: { kind: 'php' } });
  const config = column(site.host.columnUrl, { params: { page_param: 'pageNo', page_start: 0 } });
  const { rows, end } = await walkAll(genericList, config, site.client);
  expect(bare(rows)).toEqual(site.rows());
  expect(end.outcome).toBe('complete');
});

test('a number that the server ignores makes the walk partial', async () => {
  const site = await replicaSite('generic', { variant: { kind: 'php' } });
  const config = column(site.host.columnUrl, { params: { page_param: 'nr' } });
  const { rows, end } = await walkAll(genericList, config, site.client);
  expect(rows).toHaveLength(10);
  expect(end.outcome).toBe('partial');
  expect(end.reason).toContain('paging ignored');
});

test('a list that breaks off before its stated total is partial', async () => {
  const site = await replicaSite('generic', { variant: { kind: 'asp' } });
  site.replica.ctl({ do: 'set_mode', mode: 'soft404', path: 'page=4' });
  const { rows, end } = await walkAll(genericList, column(site.host.columnUrl), site.client);
  expect(rows).toHaveLength(30);
  expect(end).toMatchObject({ outcome: 'partial', total: 42 });
});

test('the walk stops at the configured number of pages and says so', async () => {
  const site = await replicaSite('generic', { variant: { kind: 'asp' } });
  const { rows, end } = await walkAll(genericList, column(site.host.columnUrl, { pagesMax: 2 }), site.client);
  expect(rows).toHaveLength(20);
  expect(end.reason).toContain('limit of 2 pages');
});

test('an article in GBK has its file under the name that its link shows', async () => {
  const site = await replicaSite('generic', { containers: ['docx'], variant: { charset: 'gbk' } });
  const post = site.host.site.posts[0]!;
  const page = await site.client.fetch({ url: site.host.postUrl(post.id), expect: 'page' });
  const article = await genericList.article(page, null, site.client);
  expect(article.title).toBe(post.title);
  expect(article.attachments.map((link) => link.name)).toEqual([`${post.fileName}.docx`]);
});
