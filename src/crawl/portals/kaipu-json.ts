import { load } from 'cheerio';
import { isDocumentAddress, resolveAddress } from './addresses.ts';
import { pageTags, readArticle } from './article.ts';
import { dateInShanghai, dateInText } from './dates.ts';
import { isCutTitle, oneLine } from './list-rows.ts';
import { isMissingPage } from './missing-page.ts';
import { walkLinkedPages } from './next-link.ts';
import type {
  AttachmentLink,
  ColumnConfig,
  ListPage,
  ListRow,
  Page,
  PageRequest,
  PortalClient,
  PortalFamily,
  WalkEnd,
} from './portal.ts';
import { readStaticPager, staticPager } from './static-pager.ts';
import { ColumnTally } from './tally.ts';

/** How a Kaipu column is asked for as JSON. */
export type KaipuEndpoint =
  | { readonly kind: 'search'; readonly url: string }
  | { readonly kind: 'query'; readonly url: string; readonly site: string; readonly channel: string };

/** 开普云 Kaipu / UCAP with lists as JSON: Heilongjiang, Jiangxi, CSRC, NHC. Its `.shtml` lists are `static_pager`. */
export const kaipuJson: PortalFamily = {
  name: 'kaipu_json',

  detect(page) {
    const endpoint = readEndpoint(page, {});
    if (endpoint === null) return 0;
    // A page that also has a static pager is read by that: its rows are in the files themselves.
    return readStaticPager(page) === null ? 0.88 : 0.5;
  },

  async *walk(column, first, client) {
    const endpoint = readEndpoint(first, column.params);
    if (endpoint !== null) return yield* walkEndpoint(column, endpoint, first, client);
    return yield* readStaticPager(first) === null
      ? walkLinkedPages(column, first, client)
      : staticPager.walk(column, first, client);
  },

  async article(page, row) {
    return readArticle(page, row);
  },
};

/**
 * The endpoint of a column: from `params.endpoint` (a path with the channel's number) or the page's script and tags.
 * `/common/search/`, `/searchList/` and `/search/` are the same service under different names.
 */
export function readEndpoint(page: Page, params: Readonly<Record<string, unknown>>): KaipuEndpoint | null {
  if (/['"]\/?queryList['"?]/.test(page.text) || params['mode'] === 'query') {
    const site =
      word(params['site_code']) ??
      scriptValue(page.text, ['webSiteCode', 'websiteCode', 'codeName', 'websiteId']);
    const channel = word(params['channel_code']) ?? scriptValue(page.text, ['channelCode', 'channelId']);
    const path = /['"]((?:\/\w{1,40}){0,4}\/?queryList)['"?]/.exec(page.text)?.[1] ?? '/queryList';
    const url = resolveAddress(path.startsWith('/') ? path : `/${path}`, page);
    if (site !== null && channel !== null && url !== null) return { kind: 'query', url, site, channel };
  }
  const given = word(params['endpoint']);
  const seen = /(\/(?:common\/search|searchList|search)\/[0-9a-f]{32})\b/.exec(page.text)?.[1];
  const channel = pageTags(load(page.text)).get('channelid');
  const path =
    given ?? seen ?? (channel && /^[0-9a-f]{32}$/.test(channel) ? `/common/search/${channel}` : null);
  const url = path === null ? null : resolveAddress(path, page);
  return url === null ? null : { kind: 'search', url };
}

/** Reads an answer of either endpoint; null where it is none. */
export function readKaipuAnswer(
  body: string,
  pageUrl: string,
): { rows: ListRow[]; total: number | null } | null {
  let data: Record<string, unknown> | undefined;
  try {
    data = (JSON.parse(body) as { data?: Record<string, unknown> } | null)?.data;
  } catch {
    return null;
  }
  const results = data?.['results'];
  if (data === undefined || data === null || !Array.isArray(results)) return null;
  const total = [
    data['total'],
    (data['pager'] as Record<string, unknown> | undefined)?.['total'],
    data['count'],
  ]
    .map((value) => (value === undefined || value === null ? Number.NaN : Number(value)))
    .find((value) => Number.isInteger(value) && value >= 0);
  const rows: ListRow[] = [];
  for (const result of results as unknown[]) {
    if (result === null || typeof result !== 'object') continue;
    const outer = result as Record<string, unknown>;
    const item = (outer['source'] as Record<string, unknown> | undefined) ?? outer;
    const url = resolveAddress(word(item['url']) ?? fromUrls(item['urls']) ?? '', pageUrl);
    const title = oneLine(
      (word(item['title']) ?? word(item['showTitle']) ?? '').replace(/<\/?[a-z][^>]*>/gi, ''),
    );
    if (url === null || title === '') continue;
    rows.push({
      url,
      title,
      titleCut: isCutTitle(title),
      date:
        dateInText(word(item['publishedTimeStr']) ?? word(item['pubDate']) ?? '') ??
        dateInShanghai(Number(item['publishedTime'] ?? item['pubDate'])),
      publisher: word(item['source']) ?? word(item['publisher']),
      attachments: linkedFiles(word(item['contentHtml']), url),
    });
  }
  return { rows, total: total ?? null };
}

function endpointRequest(endpoint: KaipuEndpoint, page: number, referer: string): PageRequest {
  if (endpoint.kind === 'query') {
    return {
      url: endpoint.url,
      method: 'POST',
      form: [
        ['current', String(page)],
        ['pageSize', '15'],
        ['webSiteCode[]', endpoint.site],
        ['channelCode[]', endpoint.channel],
        ['sort', 'sortNum'],
        ['order', 'desc'],
      ],
      referer,
      ajax: true,
      expect: 'page',
    };
  }
  const query = '_isAgg=false&_isJson=true&_pageSize=15&_template=index&_rangeTimeGte=&_channelName=';
  return { url: `${endpoint.url}?${query}&page=${page}`, referer, ajax: true, expect: 'page' };
}

async function* walkEndpoint(
  column: ColumnConfig,
  endpoint: KaipuEndpoint,
  first: Page,
  client: PortalClient,
): AsyncGenerator<ListPage, WalkEnd, void> {
  const tally = new ColumnTally();
  let perPage = 15;
  for (let page = 1; ; page += 1) {
    if (page > column.pagesMax) return tally.partial(`stopped at the limit of ${column.pagesMax} pages`);
    const fetched = await client.fetch(endpointRequest(endpoint, page, first.url));
    const answer = isMissingPage(fetched) ? null : readKaipuAnswer(fetched.text, first.url);
    if (answer === null) {
      const reason = `${new URL(endpoint.url).pathname} gave no list for page ${page} (status ${fetched.status})`;
      return page === 1 ? { outcome: 'error', reason, total: null } : tally.partial(reason);
    }
    tally.total ??= answer.total;
    if (answer.rows.length === 0) {
      if (page > 1 && tally.total !== null && tally.unique < tally.total)
        return tally.partial(`page ${page} is empty`);
      return tally.end('every page of the service was read', tally.total === 0);
    }
    if (tally.isRepeat(answer.rows))
      return tally.partial(`page ${page} repeats an earlier page: paging ignored`);
    if (page === 1) perPage = answer.rows.length;
    const pages = tally.total === null ? null : Math.max(1, Math.ceil(tally.total / perPage));
    yield { rows: tally.fresh(answer.rows), total: tally.total, page, pages };
    if (pages !== null ? page >= pages : answer.rows.length < perPage)
      return tally.end('every page of the service was read');
  }
}

/** `urls` is an object that is written as a JSON string inside the JSON. */
function fromUrls(urls: unknown): string | null {
  let value = urls;
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value);
    } catch {
      return null;
    }
  }
  if (value === null || typeof value !== 'object') return null;
  return word((value as Record<string, unknown>)['pc']) ?? word((value as Record<string, unknown>)['common']);
}

function linkedFiles(html: string | null, referer: string): AttachmentLink[] {
  if (html === null) return [];
  const $ = load(html);
  return $('a[href]')
    .toArray()
    .flatMap((anchor) => {
      const href = $(anchor).attr('href')!;
      const url = isDocumentAddress(href) ? resolveAddress(href, referer) : null;
      return url === null ? [] : [{ url, name: oneLine($(anchor).text()) || null, referer }];
    });
}

function scriptValue(text: string, names: readonly string[]): string | null {
  for (const name of names) {
    const match = new RegExp(`\\b${name}["']?(?:\\[\\])?["']?\\s*[:=]\\s*["']([\\w-]+)["']`).exec(text);
    if (match) return match[1]!;
  }
  return null;
}

function word(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
