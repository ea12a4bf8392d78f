import { describe, expect, test } from 'vitest';
import { detectFamily, families } from '../../../src/crawl/portals/families.ts';
import type { Page } from '../../../src/crawl/portals/portal.ts';
import { column, savedPage } from './plain-client.ts';

const url = 'http://www.example.gov.cn/col/col1/index.html';
const noMore = {
  fetch: async (request: Page['request']): Promise<Page> => ({ ...savedPage(request.url, ''), status: 404 }),
};

/** Pages of one or two megabytes that punish a reader whose work grows faster than they do. */
const pages: readonly (readonly [string, string])[] = [
  ['stores that never close', '<div id="a"><script type="text/xml"><datastore>'.repeat(40_000)],
  [
    'records that never close',
    `<div id="a"><script><datastore>${'<record><![CDATA['.repeat(100_000)}</datastore></script></div>`,
  ],
  ['fences that never close', '<!--ZJEG_RSS.content.begin--><!--startprint-->'.repeat(40_000)],
  [
    'one row of many links',
    `<ul><li>2024-01-01${'<a href="/art/2024/1/1/art_1_1.html?x=0">某局</a>'.replace('0', '$').repeat(20_000)}</li></ul>`.replace(
      /\$/g,
      () => String(Math.random()),
    ),
  ],
  ['a path without end', `"${'/a'.repeat(1_000_000)}"`],
  ['a title without end', `<title>${'2024年'.repeat(300_000)}</title>`],
  ['an open string', `<script>window._CONFIG = { DETAIL: { content: "${'\\u003C'.repeat(300_000)}</script>`],
  ['brackets without end', `<script>/gkmlpt/ window._CONFIG = { TREE: ${'['.repeat(1_000_000)}</script>`],
  ['calls without end', 'createPageHTML('.repeat(100_000)],
  ['elements nested a hundred thousand deep', '<div>'.repeat(100_000)],
];

describe.each(pages)('%s', (_name, text) => {
  test.each(Object.keys(families) as (keyof typeof families)[])(
    'end the walk of %s in words',
    async (name) => {
      const page = savedPage(url, text);
      detectFamily(page);
      const walk = families[name].walk(column(url), page, noMore);
      let step = await walk.next();
      while (!step.done) step = await walk.next();
      expect(step.value.reason).not.toBe('');
      const article = await families[name].article(page, null, noMore);
      expect(article.url).toBe(url);
    },
  );
});
