import { expect, test } from 'vitest';
import { checkAttachment } from '../../../src/crawl/portals/attachment-check.ts';
import { hanweb } from '../../../src/crawl/portals/hanweb.ts';
import { column, walkAll } from './plain-client.ts';
import { bare, replicaSite, sorted } from './replica-site.ts';

const jpage = { agencies: 23, years: { from: 2019, to: 2024 } };

test('a classic column of 138 records yields each once, though it is embedded twice and a call says 1000', async () => {
  const { host, client, rows: model } = await replicaSite('hanweb_jpage', jpage);
  const expected = model();
  const { rows, end } = await walkAll(hanweb, column(host.columnUrl), client);
  expect(expected).toHaveLength(138);
  expect(bare(rows)).toEqual(expected);
  expect(end).toMatchObject({ outcome: 'complete', total: 138 });
});

test.each(['post', 'get', 'next'])('a dataproxy that serves only %s is asked that way', async (ask) => {
  const { host, client, rows: model } = await replicaSite('hanweb_jpage', { ...jpage, variant: { ask } });
  const expected = model();
  const { rows, end } = await walkAll(hanweb, column(host.columnUrl), client);
  expect(bare(rows)).toEqual(expected);
  expect(end.outcome).toBe('complete');
});

test('an encrypted nextgroup is passed over for the parameters of the page', async () => {
  const {
    host,
    client,
    rows: model,
  } = await replicaSite('hanweb_jpage', { ...jpage, variant: { encrypted: true, ask: 'post' } });
  const expected = model();
  const { rows, end } = await walkAll(hanweb, column(host.columnUrl), client);
  expect(bare(rows)).toEqual(expected);
  expect(end.outcome).toBe('complete');
});

test('a dataproxy that breaks off leaves the walk partial', async () => {
  const { host, client, replica } = await replicaSite('hanweb_jpage', jpage);
  replica.ctl({ do: 'set_mode', mode: 'soft404', path: 'dataproxy', after: 2 });
  const { rows, end } = await walkAll(hanweb, column(host.columnUrl), client);
  expect(rows).toHaveLength(90);
  expect(end.outcome).toBe('partial');
  expect(end.reason).toContain('91–120');
});

test('an article names its files, and downfile.jsp leads to the file', async () => {
  const { host, client } = await replicaSite('hanweb_jpage', jpage);
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

const jpaas = { agencies: 43, years: { from: 2019, to: 2027 }, variant: { pinned: true } };

test('a unit column of 388 records with one pinned twice yields 387 and is complete', async () => {
  const { host, client, rows: model } = await replicaSite('hanweb_jpaas', jpaas);
  const expected = model();
  const { rows, end } = await walkAll(hanweb, column(host.columnUrl), client);
  expect(expected).toHaveLength(387);
  expect(bare(rows)).toEqual(expected);
  expect(end).toMatchObject({ outcome: 'complete', total: 388 });
});

test('the true name of a WPS file comes from the download attribute, and its query is kept byte for byte', async () => {
  const { host, client } = await replicaSite('hanweb_jpaas', {
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

test.each([{ code: 'page' }, { code: 'tree' }, { legacy: true }])(
  'a catalogue search ($code$legacy) is read over all pages that its text states',
  async (variant) => {
    const { host, client, rows: model } = await replicaSite('hanweb_xxgk', { variant });
    const { rows, end, pages } = await walkAll(hanweb, column(host.columnUrl), client);
    expect(bare(rows)).toEqual(model());
    expect(pages).toBe(5);
    expect(end.outcome).toBe('complete');
  },
);

test('a page of the catalogue search that fails leaves the walk partial', async () => {
  const { host, client, replica } = await replicaSite('hanweb_xxgk');
  replica.ctl({ do: 'set_mode', mode: 'soft404', path: 'currpage=3' });
  const { rows, end } = await walkAll(hanweb, column(host.columnUrl), client);
  expect(rows).toHaveLength(20);
  expect(end.outcome).toBe('partial');
});

test('the annual-report module is enumerated by body and year, newest first, and years without a report give no row', async () => {
  const {
    host,
    client,
    rows: model,
    replica,
  } = await replicaSite('hanweb_annual', { years: { from: 2021, to: 2024 } });
  replica.ctl({ do: 'unlist', agency: 3, year: 2022 });
  const { rows, end } = await walkAll(
    hanweb,
    column(host.columnUrl, { years: { from: 2019, to: 2024 } }),
    client,
  );
  expect(model()).toHaveLength(27);
  expect(sorted(rows)).toEqual(sorted(model()));
  expect(rows.slice(0, 7).every((row) => row.url.endsWith('fbtime=2024'))).toBe(true);
  expect(end.outcome).toBe('complete');
});

test('the annual-report module takes its bodies from the configuration where the page names none', async () => {
  const {
    host,
    client,
    rows: model,
  } = await replicaSite('hanweb_annual', { years: { from: 2023, to: 2024 } });
  const areas = [...new Set(model().map((row) => new URL(row.url).searchParams.get('area')!))].slice(0, 2);
  const config = column(`http://${host.host}/robots.txt`, {
    params: { areas },
    years: { from: 2023, to: 2024 },
  });
  const { rows } = await walkAll(hanweb, config, client);
  expect(sorted(rows)).toEqual(sorted(model().filter((row) => areas.some((area) => row.url.includes(area)))));
});

test('an answer that is neither a report nor a word that there is none makes the enumeration partial', async () => {
  const { host, client, replica } = await replicaSite('hanweb_annual', { years: { from: 2023, to: 2024 } });
  replica.ctl({ do: 'set_mode', mode: 'status_503', path: 'fbtime=2023', times: 1 });
  const { end } = await walkAll(hanweb, column(host.columnUrl, { years: { from: 2023, to: 2024 } }), client);
  expect(end.outcome).toBe('partial');
});

test('records written as script are rows like any others', async () => {
  const {
    host,
    client,
    rows: model,
  } = await replicaSite('hanweb_jpage', { ...jpage, variant: { scripted: true } });
  const { rows, end } = await walkAll(hanweb, column(host.columnUrl), client);
  expect(bare(rows)).toEqual(model());
  expect(end.outcome).toBe('complete');
});
