import { expect, test } from 'vitest';
import { detectFamily, families } from '../../../src/crawl/portals/families.ts';
import type { FamilyName, Page } from '../../../src/crawl/portals/portal.ts';
import { column, savedPage } from './plain-client.ts';

const url = 'http://www.example.gov.cn/col/col1/index.html';
const noMore = {
  fetch: async (request: Page['request']): Promise<Page> => ({ ...savedPage(request.url, ''), status: 404 }),
};

/** Pages that punish a reader whose work grows faster than they do, and the family that would suffer most. */
const pages: readonly (readonly [string, FamilyName, string])[] = [
  ['stores that never close', 'hanweb', '<div id="a"><script type="text/xml"><datastore>'.repeat(20_000)],
  [
    'records that never close',
    'hanweb',
    `<div id="a"><script><datastore>${'<record><![CDATA['.repeat(50_000)}</datastore></script></div>`,
  ],
  ['fences that never close', 'hanweb', '<!--ZJEG_RSS.content.begin--><!--startprint-->'.repeat(20_000)],
  [
    'one row of many links',
    'generic_list',
    `<ul><li>2024-01-01${Array.from({ length: 1500 }, (_, n) => `<a href="/show.asp?id=${n}">某局</a>`).join('')}</li></ul>`,
  ],
  ['a path without end', 'esogov', `"${'/a'.repeat(200_000)}"`],
  ['a title without end', 'vsb', `<title>${'2024年'.repeat(100_000)}</title>`],
  [
    'an open string',
    'gd',
    `<script>window._CONFIG = { DETAIL: { content: "${'\\u003C'.repeat(100_000)}</script>`,
  ],
  ['brackets without end', 'gd', `<script>/gkmlpt/ window._CONFIG = { TREE: ${'['.repeat(200_000)}</script>`],
  ['calls without end', 'static_pager', 'createPageHTML('.repeat(30_000)],
  ['elements nested a hundred thousand deep', 'single_page', '<div>'.repeat(100_000)],
];

test.each(pages)('%s end in words', async (_name, family, text) => {
  const page = savedPage(url, text);
  expect(detectFamily(page).family.name).toBeTypeOf('string');
  const walk = families[family].walk(column(url), page, noMore);
  let step = await walk.next();
  while (!step.done) step = await walk.next();
  expect(step.value.reason).not.toBe('');
  const article = await families[family].article(page, null, noMore);
  expect(article.url).toBe(url);
});

test('a page of the list that is nested too deeply ends the walk as an error, with the rows before it kept', async () => {
  const first = savedPage(
    'http://www.example.gov.cn/list.asp',
    '<ul><li><a href="show.asp?id=1">某局2024年政府信息公开工作年度报告</a>2025-01-20</li></ul><a href="list.asp?page=2">下一页</a>',
  );
  const walk = families.generic_list.walk(column(first.url), first, {
    fetch: async (request) => savedPage(request.url, '<div>'.repeat(5000)),
  });
  expect((await walk.next()).value).toMatchObject({ rows: [{ date: '2025-01-20' }] });
  expect((await walk.next()).value).toMatchObject({ outcome: 'error' });
});

test('a calendar without end is left after 300 sub-columns, with a reason that fits on a line', async () => {
  let next = 0;
  const days = () =>
    Array.from({ length: 20 }, () => `<a href="/day/${next++}/">${2000 + (next % 30)}年</a>`).join('');
  let asked = 0;
  const config = column(url, { followChildColumns: { depth: 3, text: '20\\d\\d' } });
  const walk = families.generic_list.walk(config, savedPage(url, days()), {
    fetch: async (request) => {
      asked++;
      return savedPage(request.url, days());
    },
  });
  let step = await walk.next();
  while (!step.done) step = await walk.next();
  expect(asked).toBe(300);
  expect(step.value.outcome).toBe('partial');
  expect(step.value.reason.length).toBeLessThan(1000);
});
