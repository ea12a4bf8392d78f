import { expect, test } from 'vitest';
import { detectFamily } from '../../../src/crawl/portals/families.ts';
import { kaipuJson } from '../../../src/crawl/portals/kaipu-json.ts';
import { column, walkAll } from './plain-client.ts';
import { bare, replicaSite } from './replica-site.ts';

test.each(['html', 'json', 'query'])('a Kaipu column served as %s gives the same rows', async (mode) => {
  const site = await replicaSite('kaipu', { agencies: 9, variant: { mode } });
  const first = await site.client.fetch({ url: site.host.columnUrl, expect: 'page' });
  const { family } = detectFamily(first);
  expect(family.name).toBe(mode === 'html' ? 'static_pager' : 'kaipu_json');
  const { rows, end } = await walkAll(family, column(site.host.columnUrl), site.client);
  expect(bare(rows)).toEqual(site.rows());
  expect(end).toMatchObject({ outcome: 'complete', total: 54 });
});

test('a page of the service that fails leaves the walk partial', async () => {
  const site = await replicaSite('kaipu', { agencies: 9, variant: { mode: 'json' } });
  site.replica.ctl({ do: 'set_mode', mode: 'soft404', path: '[?&]page=3' });
  const { rows, end } = await walkAll(kaipuJson, column(site.host.columnUrl), site.client);
  expect(rows).toHaveLength(30);
  expect(end.outcome).toBe('partial');
});

test('a service that answers nothing readable is an error, not an empty list', async () => {
  const site = await replicaSite('kaipu', { variant: { mode: 'query' } });
  site.replica.ctl({ do: 'set_mode', mode: 'soft404', path: 'queryList' });
  const { end } = await walkAll(kaipuJson, column(site.host.columnUrl), site.client);
  expect(end.outcome).toBe('error');
});

test('files beside the text are found under the article', async () => {
  const site = await replicaSite('kaipu', { containers: ['docx'] });
  const post = site.host.site.posts[0]!;
  const page = await site.client.fetch({ url: site.host.postUrl(post.id), expect: 'page' });
  const article = await kaipuJson.article(page, null, site.client);
  expect(article.attachments.map((link) => link.name)).toEqual([`${post.fileName}.docx`]);
  const file = await site.client.fetch({ url: article.attachments[0]!.url, expect: 'attachment' });
  expect(file.status).toBe(200);
});
