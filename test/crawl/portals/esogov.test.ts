import { expect, test } from 'vitest';
import { esogov } from '../../../src/crawl/portals/esogov.ts';
import { column, walkAll } from './plain-client.ts';
import { bare, replicaSite } from './replica-site.ts';

test.each([
  { label: 8888, prefix: '' },
  { label: 165919, prefix: '/chuzhou' },
])('the label $prefix/site/label/$label is read from the script of the column', async (variant) => {
  const site = await replicaSite('esogov', { variant });
  const { rows, end } = await walkAll(esogov, column(site.host.columnUrl), site.client);
  expect(rows.map(({ url, date }) => ({ url, date }))).toEqual(
    site.rows().map(({ url, date }) => ({ url, date })),
  );
  expect(end.outcome).toBe('complete');
});

test('titles cut without dots are known to be cut, and the article gives them whole', async () => {
  const site = await replicaSite('esogov', { variant: { length: 12 } });
  const { rows } = await walkAll(esogov, column(site.host.columnUrl), site.client);
  expect(rows.every((row) => row.titleCut && row.title.length === 12)).toBe(true);
  const post = site.host.site.listed()[0]!;
  const page = await site.client.fetch({ url: rows[0]!.url, expect: 'page' });
  expect((await esogov.article(page, rows[0]!, site.client)).title).toBe(post.title);
});

test('an empty list is complete, because the portal says so', async () => {
  const site = await replicaSite('esogov', { agencies: 1, years: { from: 2024, to: 2024 } });
  site.replica.ctl({ do: 'unlist', year: 2024 });
  const { rows, end } = await walkAll(esogov, column(site.host.columnUrl), site.client);
  expect(rows).toEqual([]);
  expect(end.outcome).toBe('complete');
});

test('a label that is not there is an error, not an empty list', async () => {
  const site = await replicaSite('esogov');
  const config = column(site.host.columnUrl, { params: { label: '/site/label/9999' } });
  const { end } = await walkAll(esogov, config, site.client);
  expect(end.outcome).toBe('error');
});

test('a page of the list that fails leaves the walk partial', async () => {
  const site = await replicaSite('esogov');
  site.replica.ctl({ do: 'set_mode', mode: 'soft404', path: 'pageIndex=3' });
  const { rows, end } = await walkAll(esogov, column(site.host.columnUrl), site.client);
  expect(rows).toHaveLength(20);
  expect(end.outcome).toBe('partial');
});

test('a site column is paged by its address', async () => {
  const site = await replicaSite('esogov', { variant: { kind: 'content' } });
  const { rows, end } = await walkAll(esogov, column(site.host.columnUrl), site.client);
  expect(bare(rows)).toEqual(site.rows());
  expect(end.outcome).toBe('complete');
});

test('the name of a file in the file store stands in the text of its link', async () => {
  const site = await replicaSite('esogov', { containers: ['docx'] });
  const post = site.host.site.posts[0]!;
  const page = await site.client.fetch({ url: site.host.postUrl(post.id), expect: 'page' });
  const article = await esogov.article(page, null, site.client);
  expect(article.attachments.map((link) => link.name)).toEqual([`${post.fileName}.docx`]);
  expect(article.attachments[0]!.url).toContain('/group1/M00/12/A9/');
});
