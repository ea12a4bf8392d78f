import { afterEach, expect, test } from 'vitest';
import { checkAttachment } from '../../../src/crawl/portals/attachment-check.ts';
import { hanweb } from '../../../src/crawl/portals/hanweb.ts';
import { type Replica, startReplica } from '../../replicas/server.ts';
import type { SiteOptions } from '../../replicas/site.ts';
import { column, PlainClient, walkAll } from './plain-client.ts';

let replica: Replica;

async function one(options: SiteOptions) {
  replica = await startReplica({ sites: [options] });
  const host = replica.hosts.get(options.host)!;
  return {
    host,
    client: new PlainClient(replica.port),
    expected: host.site
      .listed()
      .map((post) => ({ url: host.postUrl(post.id), title: post.title, date: post.published })),
  };
}

const plainRows = (rows: readonly { url: string; title: string; date: string | null }[]) =>
  rows.map(({ url, title, date }) => ({ url, title, date }));

afterEach(() => replica.close());

const jpage: SiteOptions = {
  host: 'jpage.test',
  family: 'hanweb_jpage',
  agencies: 23,
  years: { from: 2019, to: 2024 },
};

test('a classic column of 138 records yields each once, though it is embedded twice and a call says 1000', async () => {
  const { host, client, expected } = await one(jpage);
  const { rows, end } = await walkAll(hanweb, column(host.columnUrl), client);
  expect(expected).toHaveLength(138);
  expect(plainRows(rows)).toEqual(expected);
  expect(end).toMatchObject({ outcome: 'complete', total: 138 });
});

test.each(['post', 'get'])('a dataproxy that serves only %s is asked that way', async (ask) => {
  const { host, client, expected } = await one({ ...jpage, variant: { ask } });
  const { rows, end } = await walkAll(hanweb, column(host.columnUrl), client);
  expect(plainRows(rows)).toEqual(expected);
  expect(end.outcome).toBe('complete');
});

test('an encrypted nextgroup is passed over for the parameters of the page', async () => {
  const { host, client, expected } = await one({ ...jpage, variant: { encrypted: true, ask: 'post' } });
  const { rows, end } = await walkAll(hanweb, column(host.columnUrl), client);
  expect(plainRows(rows)).toEqual(expected);
  expect(end.outcome).toBe('complete');
});

test('a dataproxy that breaks off leaves the walk partial', async () => {
  const { host, client } = await one(jpage);
  replica.ctl({ do: 'set_mode', mode: 'soft404', path: 'dataproxy', after: 2 });
  const { rows, end } = await walkAll(hanweb, column(host.columnUrl), client);
  expect(rows).toHaveLength(90);
  expect(end.outcome).toBe('partial');
  expect(end.reason).toContain('91–120');
});

test('an article names its files, and downfile.jsp leads to the file', async () => {
  const { host, client } = await one(jpage);
  const post = host.site.posts.find((each) => each.container === 'docx')!;
  const page = await client.fetch({ url: host.postUrl(post.id), expect: 'page' });
  const article = await hanweb.article(page, null, client);
  expect(article.title).toBe(post.title);
  expect(article.publishedOn).toBe(post.published);
  expect(article.attachments.map((link) => link.name)).toEqual([`${post.fileName}.docx`]);
  const file = await client.fetch({
    url: article.attachments[0]!.url,
    referer: article.url,
    expect: 'attachment',
  });
  expect(file.url).toMatch(/\/attach\/0\//);
  expect(checkAttachment(file.bytes, article.attachments[0]!.url)).toEqual({ ok: true, signature: 'zip' });
});

const jpaas: SiteOptions = {
  host: 'jpaas.test',
  family: 'hanweb_jpaas',
  agencies: 43,
  years: { from: 2019, to: 2027 },
  variant: { pinned: true },
};

test('a unit column of 388 records with one pinned twice yields 387 and is complete', async () => {
  const { host, client, expected } = await one(jpaas);
  const { rows, end } = await walkAll(hanweb, column(host.columnUrl), client);
  expect(expected).toHaveLength(387);
  expect(plainRows(rows)).toEqual(expected);
  expect(end).toMatchObject({ outcome: 'complete', total: 388 });
});

test('the true name of a WPS file comes from the download attribute, and its query is kept byte for byte', async () => {
  const { host, client } = await one({
    ...jpaas,
    agencies: 2,
    years: { from: 2023, to: 2024 },
    containers: ['wps'],
  });
  const post = host.site.posts[0]!;
  const page = await client.fetch({ url: host.postUrl(post.id), expect: 'page' });
  const article = await hanweb.article(page, null, client);
  expect(article.agencyHints).toContainEqual({ from: 'info_table.发布机构', value: post.body.name });
  expect(article.agencyHints).toContainEqual({ from: 'meta.ContentSource', value: '办公室' });
  expect(article.attachments.map((link) => link.name)).toEqual([`${post.fileName}.wps`]);
  const file = await client.fetch({ url: article.attachments[0]!.url, expect: 'attachment' });
  expect(checkAttachment(file.bytes, article.attachments[0]!.name!)).toEqual({ ok: true, signature: 'zip' });
});
