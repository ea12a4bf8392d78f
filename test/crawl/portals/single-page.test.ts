import { expect, test } from 'vitest';
import { detectFamily } from '../../../src/crawl/portals/families.ts';
import { singlePage } from '../../../src/crawl/portals/single-page.ts';
import { column, walkAll } from './plain-client.ts';
import { replicaSite, sorted } from './replica-site.ts';

test('a summary page gives its articles and its bare files as rows', async () => {
  const site = await replicaSite('single', { agencies: 4 });
  const { rows, end } = await walkAll(singlePage, column(site.host.columnUrl), site.client);
  const expected = site.host.site
    .listed()
    .map((post) => ({ url: site.host.postUrl(post.id), title: post.body.name, date: null }));
  expect(sorted(rows)).toEqual(sorted(expected));
  expect(end.outcome).toBe('complete');
});

test('a fixed page that is the report itself is its own row', async () => {
  const site = await replicaSite('single', { agencies: 1, containers: ['html'], variant: { fixed: true } });
  const { rows, first } = await walkAll(singlePage, column(site.host.columnUrl), site.client);
  expect(detectFamily(first).family.name).toBe('single_page');
  const post = site.host.site.listed()[0]!;
  expect(rows.map(({ url, title, date }) => ({ url, title, date }))).toEqual([
    { url: site.host.columnUrl, title: post.title, date: post.published },
  ]);
});
