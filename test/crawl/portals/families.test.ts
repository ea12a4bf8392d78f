import { expect, test } from 'vitest';
import { detectFamily, families } from '../../../src/crawl/portals/families.ts';
import type { FamilyName } from '../../../src/crawl/portals/portal.ts';
import type { SiteFamily, SiteOptions } from '../../replicas/site.ts';
import { column, PlainClient, savedPage, walkAll } from './plain-client.ts';
import { replicaSite } from './replica-site.ts';

const known: readonly (readonly [SiteFamily, Record<string, unknown>, FamilyName])[] = [
  ['hanweb_jpage', {}, 'hanweb'],
  ['hanweb_jpaas', {}, 'hanweb'],
  ['hanweb_xxgk', {}, 'hanweb'],
  ['hanweb_xxgk', { legacy: true }, 'hanweb'],
  ['hanweb_annual', {}, 'hanweb'],
  ['trs', {}, 'static_pager'],
  ['trs', { children: true }, 'static_pager'],
  ['kaipu', {}, 'static_pager'],
  ['kaipu', { mode: 'json' }, 'kaipu_json'],
  ['kaipu', { mode: 'query' }, 'kaipu_json'],
  ['gkmlpt', {}, 'gd'],
  ['nfcms', {}, 'gd'],
  ['esogov', {}, 'esogov'],
  ['esogov', { kind: 'content' }, 'esogov'],
  ['vsb', {}, 'vsb'],
  ['shanghai', { tail: false }, 'static_pager'],
  ['generic', {}, 'generic_list'],
  ['generic', { kind: 'php' }, 'generic_list'],
  ['generic', { kind: 'aspx' }, 'generic_list'],
];

test.each(known)(
  'a column of %s %j is recognised and read whole without being told',
  async (site, variant, name) => {
    const { host, client, rows: model } = await replicaSite(site, { variant });
    const { family } = detectFamily(await client.fetch({ url: host.columnUrl, expect: 'page' }));
    expect(family.name).toBe(name);
    const config = column(host.columnUrl, { followChildColumns: { depth: 1, text: '20\\d\\d|年报' } });
    const { rows, end } = await walkAll(family, config, client);
    expect(new Set(rows.map((row) => row.url))).toEqual(new Set(model().map((row) => row.url)));
    expect(end.outcome, end.reason).toBe('complete');
  },
);

test.each(known)('a column of %s %j that answers 页面不存在 is never complete', async (site, variant) => {
  const { host, client, replica } = await replicaSite(site, { variant });
  const first = await client.fetch({ url: host.columnUrl, expect: 'page' });
  const { family } = detectFamily(first);
  replica.ctl({ do: 'set_mode', mode: 'soft404', path: '.' });
  const walk = family.walk(
    column(host.columnUrl, { years: { from: 2024, to: 2024 } }),
    { ...first, text: first.text },
    client,
  );
  let step = await walk.next();
  let rows = 0;
  while (!step.done) {
    rows += step.value.rows.length;
    step = await walk.next();
  }
  // A list that fits on its first page has been read by then.
  if (rows < host.site.listed().length) expect(step.value.outcome, step.value.reason).not.toBe('complete');
});

test('every family stands under its own name', () => {
  for (const [name, family] of Object.entries(families)) expect(family.name).toBe(name);
});

test.each([
  ['a script that turns the page', `<a href="javascript:goPage(2)">下一页</a>`],
  ['a call on the link', `<a href="#" onclick="goPage(2)">下一页</a>`],
  ['a number of pages in a script', `<script>var pageCount = 7;</script>`],
])('%s that nobody can follow makes the walk partial', async (_name, pager) => {
  const page = savedPage(
    'http://x.gov.cn/nb.html',
    `<ul><li><a href="a.html">某局2024年年报</a>2025-01-20</li></ul>${pager}`,
  );
  const walk = families.generic_list.walk(column(page.url), page, new PlainClient(1));
  let step = await walk.next();
  while (!step.done) step = await walk.next();
  expect(step.value.outcome).toBe('partial');
});

test('the words of a pager without any link are those of a last page', async () => {
  const page = savedPage(
    'http://x.gov.cn/nb.html',
    '<ul><li><a href="a.html">某局2024年年报</a>2025-01-20</li></ul><span>上一页</span><span>下一页</span>',
  );
  const walk = families.generic_list.walk(column(page.url), page, new PlainClient(1));
  let step = await walk.next();
  while (!step.done) step = await walk.next();
  expect(step.value.outcome).toBe('complete');
});

test('a classic column without a stated total is not complete when a full first group is all that is served', async () => {
  const options: Partial<SiteOptions> = {
    agencies: 6,
    years: { from: 2019, to: 2024 },
    variant: { ask: 'next', encrypted: true },
  };
  const { host, client } = await replicaSite('hanweb_jpage', options);
  const first = await client.fetch({ url: host.columnUrl, expect: 'page' });
  const page = { ...first, text: first.text.replace(/<script>var param_[\s\S]*?<\/script>/, '') };
  const walk = families.hanweb.walk(column(host.columnUrl), page, client);
  let step = await walk.next();
  while (!step.done) step = await walk.next();
  expect(step.value).toMatchObject({ outcome: 'partial', total: null });
});
