import { expect, test } from 'vitest';
import { families } from '../../../src/crawl/portals/families.ts';
import { gd } from '../../../src/crawl/portals/gd.ts';
import { column, walkAll } from './plain-client.ts';
import { bare, replicaSite, sorted } from './replica-site.ts';

const window = { agencies: 23, variant: { window: 99 }, aliases: ['search.gd.test'] };
const history = { history: 'jsonp', history_host: 'http://search.gd.test' };

test('a catalogue that serves every page is read whole', async () => {
  const site = await replicaSite('gkmlpt', { agencies: 40 });
  const { rows, end, pages } = await walkAll(gd, column(site.host.columnUrl), site.client);
  expect(site.rows()).toHaveLength(240);
  expect(bare(rows)).toEqual(site.rows());
  expect(pages).toBe(3);
  expect(end).toMatchObject({ outcome: 'complete', total: 240 });
});

test('a window of 99 with the history behind it gives the full set, without what the search matched loosely', async () => {
  const site = await replicaSite('gkmlpt', window);
  const { rows, end } = await walkAll(gd, column(site.host.columnUrl, { params: history }), site.client);
  expect(site.rows()).toHaveLength(138);
  expect(bare(rows)).toEqual(site.rows());
  expect(end).toMatchObject({ outcome: 'complete', total: 138 });
});

test('a window of 99 alone is partial and says how to get the rest', async () => {
  const site = await replicaSite('gkmlpt', window);
  const { rows, end } = await walkAll(gd, column(site.host.columnUrl), site.client);
  expect(rows).toHaveLength(99);
  expect(end.outcome).toBe('partial');
  expect(end.reason).toContain('history');
});

test('a history that fails leaves the walk partial', async () => {
  const site = await replicaSite('gkmlpt', window);
  site.replica.ctl({ do: 'set_mode', mode: 'soft404', path: 'jsonp', after: 2 });
  const { end } = await walkAll(gd, column(site.host.columnUrl, { params: history }), site.client);
  expect(end.outcome).toBe('partial');
});

test('the column is found in the tree of the platform when nobody names it, also below a prefix', async () => {
  const site = await replicaSite('gkmlpt', { variant: { prefix: '/zqhjj' } });
  const config = column(`http://${site.host.host}/zqhjj/gkmlpt/index`);
  const { rows, end } = await walkAll(gd, config, site.client);
  expect(bare(rows)).toEqual(site.rows());
  expect(end.outcome).toBe('complete');
});

test.each(['list', 'string'])(
  'rows name publisher and files whether attachments come as %s',
  async (attachments) => {
    const site = await replicaSite('gkmlpt', { containers: ['docx'], variant: { attachments } });
    const { rows } = await walkAll(gd, column(site.host.columnUrl), site.client);
    const post = site.host.site.listed()[0]!;
    expect(rows[0]!.publisher).toBe(post.body.name);
    expect(rows[0]!.attachments.map((link) => link.name)).toEqual([`${post.fileName}.docx`]);
  },
);

test('the text of an article is read out of its script, and the name of a file out of alt', async () => {
  const site = await replicaSite('gkmlpt', { containers: ['html', 'docx'] });
  const [inText, inFile] = ['html', 'docx'].map(
    (container) => site.host.site.posts.find((post) => post.container === container)!,
  );
  const text = await gd.article(
    await site.client.fetch({ url: site.host.postUrl(inText!.id), expect: 'page' }),
    null,
    site.client,
  );
  expect(text.bodyHtml!.match(/<table/g)).toHaveLength(3);
  expect(text).toMatchObject({ title: inText!.title, publishedOn: inText!.published });
  expect(text.agencyHints).toContainEqual({ from: 'info_table.发布机构', value: inText!.body.name });
  const file = await gd.article(
    await site.client.fetch({ url: site.host.postUrl(inFile!.id), expect: 'page' }),
    null,
    site.client,
  );
  expect(file.attachments.map((link) => link.name)).toEqual([`${inFile!.fileName}.docx`]);
});

test.each([false, true])(
  'an NFCMS column comes in one answer (asked by POST only: %s)',
  async (post_only) => {
    const site = await replicaSite('nfcms', { variant: { post_only } });
    expect(gd.detect(await site.client.fetch({ url: site.host.columnUrl, expect: 'page' }))).toBeGreaterThan(
      0.9,
    );
    const { rows, end } = await walkAll(gd, column(site.host.columnUrl), site.client);
    expect(bare(rows)).toEqual(site.rows());
    expect(end).toMatchObject({ outcome: 'complete', total: 42 });
  },
);

test('the year columns below an NFCMS column are read', async () => {
  const site = await replicaSite('nfcms', { variant: { children: true } });
  const { rows, end } = await walkAll(families.gd, column(site.host.columnUrl), site.client);
  expect(sorted(rows)).toEqual(sorted(site.rows()));
  expect(end.outcome).toBe('complete');
});

test('the text of an NFCMS article is asked for where its page is a shell', async () => {
  const site = await replicaSite('nfcms', { containers: ['html'], variant: { shell: true } });
  const post = site.host.site.posts[0]!;
  const article = await gd.article(
    await site.client.fetch({ url: site.host.postUrl(post.id), expect: 'page' }),
    null,
    site.client,
  );
  expect(article.bodyHtml!.match(/<table/g)).toHaveLength(3);
  expect(article.parts.map(({ url }) => url)).toEqual([
    expect.stringMatching(/\/postmeta\/p\/\d+\/\d+\/\d+\.json$/),
  ]);
});

test('files that only the answer of an NFCMS article names are found', async () => {
  const site = await replicaSite('nfcms', { containers: ['docx'], variant: { shell: true } });
  const post = site.host.site.posts[0]!;
  const article = await gd.article(
    await site.client.fetch({ url: site.host.postUrl(post.id), expect: 'page' }),
    null,
    site.client,
  );
  expect(article.attachments.map(({ name }) => name)).toEqual(
    site.host.site.files(post).map(({ name }) => name),
  );
});
