import { readArticle } from './article.ts';
import { attachmentsOf, readCatalogue, readCatalogueAnswer, walkCatalogue } from './gd-gkmlpt.ts';
import { isMissingPage } from './missing-page.ts';
import { walkLinkedPages } from './next-link.ts';
import type { ColumnConfig, ListPage, Page, PortalClient, PortalFamily, WalkEnd } from './portal.ts';
import { readStaticPager, staticPager } from './static-pager.ts';
import { ColumnTally } from './tally.ts';

/** Guangdong: the catalogue platform gkmlpt, and NFCMS columns outside it. */
export const gd: PortalFamily = {
  name: 'gd',

  detect(page) {
    if (/\/gkmlpt\//.test(page.url)) return 0.98;
    if (/\/postmeta\/i\/\d+\.json|nfw-cms-/.test(page.text)) return 0.95;
    if (/window\._CONFIG/.test(page.text) && /gkmlpt/.test(page.text)) return 0.9;
    return /\/content\/(?:[\w/]+\/)?m?post_\d+\.html/.test(page.text) ? 0.8 : 0;
  },

  async *walk(column, first, client) {
    const postmeta = column.params['postmeta'] ?? /\/postmeta\/i\/(\d+)\.json/.exec(first.text)?.[1];
    if (postmeta !== undefined && !/\/gkmlpt\//.test(first.url))
      return yield* walkPostmeta(column, String(postmeta), first, client);
    const catalogue = readCatalogue(column, first);
    if (catalogue !== null && (/gkmlpt/.test(first.url) || /gkmlpt/.test(first.text)))
      return yield* walkCatalogue(column, catalogue, client, first.url);
    if (/\/gkmlpt\//.test(first.url)) {
      return {
        outcome: 'error',
        reason: 'no column number: give params.column, or #number in the address',
        total: null,
      };
    }
    return yield* readStaticPager(first) === null
      ? walkLinkedPages(column, first, client)
      : staticPager.walk(column, first, client);
  },

  async article(page, row, client) {
    const article = readArticle(page, row);
    if (article.bodyHtml !== null || article.attachments.length > 0) return article;
    const id = /post_(\d+)\.html/.exec(page.url)?.[1];
    if (id === undefined) return article;
    const url = new URL(
      `/postmeta/p/${Math.floor(Number(id) / 1e6)}/${Math.floor(Number(id) / 1e3)}/${id}.json`,
      page.url,
    );
    const post = await fetchEither(url.href, page.url, client);
    const answer = isMissingPage(post) ? null : postAnswer(post.text);
    if (answer === null) return article;
    const whole = readArticle(page, row, answer.content);
    const files = attachmentsOf(answer.attachment, page.url);
    const known = new Set(whole.attachments.map(({ url }) => url));
    return {
      ...whole,
      attachments: [...whole.attachments, ...files.filter(({ url }) => !known.has(url))],
      parts: [post],
    };
  },
};

/**
 * The whole column of an NFCMS site in one answer. Some sites serve it to POST only. Children are read too where the
 * column itself holds nothing, or where it is configured to follow them.
 */
async function* walkPostmeta(
  column: ColumnConfig,
  id: string,
  first: Page,
  client: PortalClient,
): AsyncGenerator<ListPage, WalkEnd, void> {
  const tally = new ColumnTally();
  let stated: number | null = 0;
  const queue = [{ id, depth: 0 }];
  const asked = new Set<string>();
  const failed: string[] = [];
  for (let number = 1; queue.length > 0; number += 1) {
    const next = queue.shift()!;
    if (asked.has(next.id)) continue;
    asked.add(next.id);
    const fetched = await fetchEither(
      new URL(`/postmeta/i/${next.id}.json`, first.url).href,
      first.url,
      client,
    );
    const answer = isMissingPage(fetched) ? null : readCatalogueAnswer(fetched.text, first.url);
    if (answer === null) {
      if (number === 1) {
        // The pages of the column itself remain: index.html, index_2.html …
        return yield* readStaticPager(first) === null
          ? walkLinkedPages(column, first, client)
          : staticPager.walk(column, first, client);
      }
      failed.push(`postmeta/i/${next.id}.json answered ${fetched.status}`);
      continue;
    }
    stated = stated === null || answer.total === null ? null : stated + answer.total;
    yield { rows: tally.fresh(answer.rows), total: answer.total, page: number, pages: null };
    const depth = column.followChildColumns?.depth ?? (answer.length === 0 ? 1 : 0);
    if (next.depth < depth)
      for (const child of children(fetched.text)) queue.push({ id: child, depth: next.depth + 1 });
  }
  tally.total = stated;
  if (failed.length > 0) return tally.partial(failed.join('; '));
  return tally.end('the column came in one answer', stated === 0);
}

async function fetchEither(url: string, referer: string, client: PortalClient): Promise<Page> {
  const got = await client.fetch({ url, referer, expect: 'page' });
  if (!isMissingPage(got) && /^\s*\{/.test(got.text)) return got;
  return client.fetch({ url, method: 'POST', form: [], referer, ajax: true, expect: 'page' });
}

function children(json: string): string[] {
  const answer = JSON.parse(json) as { children?: unknown; category?: { children?: unknown } };
  const list = [answer.children, answer.category?.children].find(
    (each) => Array.isArray(each) && each.length > 0,
  );
  if (!Array.isArray(list)) return [];
  return list
    .map((child: unknown) =>
      child !== null && typeof child === 'object' ? (child as { id?: unknown }).id : child,
    )
    .filter((child) => /^\d+$/.test(String(child)))
    .map(String);
}

function postAnswer(json: string): { readonly content: string; readonly attachment: unknown } | null {
  try {
    const { content, attachment } = JSON.parse(json) as { content?: unknown; attachment?: unknown };
    if (typeof content !== 'string') return null;
    const files = Array.isArray(attachment) ? attachment.length > 0 : Boolean(attachment);
    return content.trim() === '' && !files ? null : { content, attachment };
  } catch {
    return null;
  }
}
