import { afterEach, expect, test } from 'vitest';
import { families } from '../../../src/crawl/portals/families.ts';
import { staticPager } from '../../../src/crawl/portals/static-pager.ts';
import { type Replica, startReplica } from '../../replicas/server.ts';
import type { SiteOptions } from '../../replicas/site.ts';
import { column, PlainClient, walkAll } from './plain-client.ts';

let replica: Replica;
afterEach(() => replica.close());

async function one(options: Partial<SiteOptions>) {
  replica = await startReplica({
    sites: [{ host: 'trs.test', family: 'trs', agencies: 7, years: { from: 2019, to: 2024 }, ...options }],
  });
  const host = [...replica.hosts.values()][0]!;
  const rows = host.site
    .listed()
    .map((post) => ({ url: host.postUrl(post.id), title: post.title, date: post.published }));
  return { host, rows, client: new PlainClient(replica.port) };
}

const byUrl = (a: { url: string }, b: { url: string }) => (a.url < b.url ? -1 : 1);

const plain = (rows: readonly { url: string; title: string; date: string | null }[]) =>
  rows.map(({ url, title, date }) => ({ url, title, date }));

test.each([0, 1])(
  'a TRS list numbered from %i is read whole, without related links, twins and menus',
  async (base) => {
    const site = await one({ variant: { base } });
    const { rows, end } = await walkAll(staticPager, column(site.host.columnUrl), site.client);
    expect(plain(rows)).toEqual(site.rows);
    expect(end.outcome).toBe('complete');
  },
);

test.each([0, 1])(
  'a pager call that gives the wrong base for a list numbered from %i is put right',
  async (base) => {
    const site = await one({ variant: { base, lies: true } });
    const { rows, end } = await walkAll(staticPager, column(site.host.columnUrl), site.client);
    expect(plain(rows).sort(byUrl)).toEqual([...site.rows].sort(byUrl));
    expect(end.outcome).toBe('complete');
  },
);

test.each(['404', 'stub'])('a declared last page that is a %s makes the walk partial', async (tail) => {
  const site = await one({ variant: { tail } });
  const { rows, end } = await walkAll(staticPager, column(site.host.columnUrl), site.client);
  expect(plain(rows)).toEqual(site.rows);
  expect(end.outcome).toBe('partial');
});

test('a column of year columns is followed into each of them', async () => {
  const site = await one({ variant: { children: true }, perPage: 5 });
  const config = column(site.host.columnUrl, { followChildColumns: { depth: 1, text: '20\\d\\d|年报' } });
  const { rows, end } = await walkAll(families.static_pager, config, site.client);
  expect(plain(rows).sort(byUrl)).toEqual([...site.rows].sort(byUrl));
  expect(end.outcome).toBe('complete');
});

test('a missing page in a year column makes the whole column partial', async () => {
  const site = await one({ variant: { children: true }, perPage: 5 });
  replica.ctl({ do: 'set_mode', mode: 'soft404', path: '2021n/index_1' });
  const config = column(site.host.columnUrl, { followChildColumns: { depth: 1, text: '20\\d\\d|年报' } });
  const { end } = await walkAll(families.static_pager, config, site.client);
  expect(end.outcome).toBe('partial');
  expect(end.reason).toContain('2021年');
});

test('without following, the bare parent column is not taken for a complete empty list', async () => {
  const site = await one({ variant: { children: true } });
  const { rows, end } = await walkAll(families.static_pager, column(site.host.columnUrl), site.client);
  expect(rows).toEqual([]);
  expect(end.outcome).toBe('empty_suspicious');
});

test('files beside the text of an article are found with the names that the page shows', async () => {
  const site = await one({ containers: ['docx'] });
  const post = site.host.site.posts[0]!;
  const page = await site.client.fetch({ url: site.host.postUrl(post.id), expect: 'page' });
  const article = await staticPager.article(page, null, site.client);
  expect(article).toMatchObject({ title: post.title, publishedOn: post.published, linkOnly: null });
  expect(article.attachments.map((link) => link.name)).toEqual([`${post.fileName}.docx`]);
  const file = await site.client.fetch({ url: article.attachments[0]!.url, expect: 'attachment' });
  expect(file.status).toBe(200);
});
