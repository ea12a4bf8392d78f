import { addressKey, isMobileTwin, resolveAddress } from './addresses.ts';
import { dateInShanghai, dateInText } from './dates.ts';
import { isCutTitle, oneLine } from './list-rows.ts';
import { isMissingPage } from './missing-page.ts';
import type {
  AttachmentLink,
  ColumnConfig,
  ListPage,
  ListRow,
  Page,
  PortalClient,
  WalkEnd,
} from './portal.ts';
import { ColumnTally } from './tally.ts';

/** Where Guangdong's catalogue is asked: the site's prefix, its number, the column's number. */
export interface Catalogue {
  /** Up to and without `/gkmlpt`. */
  readonly root: string;
  readonly sid: string | null;
  readonly column: number;
}

/** One node of the catalogue tree. */
interface TreeNode {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly children?: unknown;
}

/** Reads the catalogue from the page, its address (`/gkmlpt/annualreport#2629`) and `params`; null without a column. */
export function readCatalogue(column: ColumnConfig, page: Page): Catalogue | null {
  const own = new URL(page.url);
  const linked = /["'](?:https?:\/\/[^"'/]+)?((?:\/\w+)?)\/gkmlpt\//.exec(page.text)?.[1] ?? '';
  const at = own.pathname.indexOf('/gkmlpt/');
  const root = own.origin + (at >= 0 ? own.pathname.slice(0, at) : linked);
  const sid = text(column.params['sid']) ?? /\bSID["']?\s*:\s*["']?(\d+)/.exec(page.text)?.[1] ?? null;
  const wanted = text(column.params['column']) ?? /#(\d+)/.exec(column.url)?.[1] ?? null;
  const number = wanted === null ? columnInTree(page.text) : Number(wanted);
  return number === null || !Number.isInteger(number) ? null : { root, sid, column: number };
}

/** The number of the column named 年报 or 年度报告 in `_CONFIG.TREE`, which is JSON inside a script that is not. */
export function columnInTree(script: string): number | null {
  const start = /\bTREE["']?\s*:\s*(?=[[{])/.exec(script);
  if (!start) return null;
  const json = balanced(script, start.index + start[0].length);
  let nodes: unknown;
  try {
    nodes = json === null ? [] : JSON.parse(json);
  } catch {
    return null;
  }
  const queue: unknown[] = [nodes];
  for (let turn = 0; queue.length > 0 && turn < 10_000; turn += 1) {
    const node = queue.shift();
    if (Array.isArray(node)) {
      queue.push(...node);
      continue;
    }
    if (node === null || typeof node !== 'object') continue;
    const { id, name, children } = node as TreeNode;
    if (
      typeof name === 'string' &&
      /年报|年度报告/.test(name) &&
      !/网站|法治/.test(name) &&
      Number.isInteger(Number(id))
    )
      return Number(id);
    queue.push(children);
  }
  return null;
}

/** The JSON value that begins at an index of a script, or null when its brackets do not close. */
function balanced(script: string, from: number): string | null {
  let depth = 0;
  let quoted = false;
  for (let index = from; index < script.length; index += 1) {
    const char = script[index]!;
    if (quoted) {
      if (char === '\\') index += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') {
      depth -= 1;
      if (depth === 0) return script.slice(from, index + 1);
    }
  }
  return null;
}

export interface CatalogueAnswer {
  readonly rows: readonly ListRow[];
  readonly total: number | null;
  /** Articles in the answer, also those that gave no row. */
  readonly length: number;
}

/** Reads an answer of `/gkmlpt/api/all/`, of the JSONP history, or of `/postmeta/i/`; null where it is none. */
export function readCatalogueAnswer(
  body: string,
  pageUrl: string,
  onlyColumn: number | null = null,
): CatalogueAnswer | null {
  const bare = body
    .trim()
    .replace(/^[\w.$]+\s*\(/, '')
    .replace(/\)\s*;?$/, '');
  let answer: Record<string, unknown>;
  try {
    answer = JSON.parse(body.trim().startsWith('{') ? body : bare) as Record<string, unknown>;
  } catch {
    return null;
  }
  if (answer === null || typeof answer !== 'object') return null;
  const articles = [answer['articles'], answer['results']].find(Array.isArray) as
    | Record<string, unknown>[]
    | undefined;
  if (articles === undefined) return null;
  const classify = answer['classify'] as Record<string, unknown> | undefined;
  const category = answer['category'] as Record<string, unknown> | undefined;
  const total = [answer['total'], answer['count'], classify?.['post_count'], category?.['publish_count']]
    .map((value) => (value === undefined || value === null || value === '' ? Number.NaN : Number(value)))
    .find((value) => Number.isInteger(value) && value >= 0);
  const rows: ListRow[] = [];
  for (const article of articles) {
    if (article === null || typeof article !== 'object') continue;
    const main = article['classify_main'];
    // The search behind the history matches by likeness and brings other columns along.
    if (onlyColumn !== null && main !== undefined && main !== null && Number(main) !== onlyColumn) continue;
    const url =
      resolveAddress(text(article['url']) ?? '', pageUrl) ??
      resolveAddress(text(article['post_url']) ?? '', pageUrl);
    const title = oneLine((text(article['title']) ?? '').replace(/<\/?[a-z][^>]*>/gi, ''));
    if (url === null || title === '' || (isMobileTwin(url) && text(article['url']))) continue;
    rows.push({
      url,
      title,
      titleCut: isCutTitle(title),
      date: dateOf(article),
      publisher: text(article['publisher']) ?? text(article['source']),
      attachments: attachmentsOf(article['attachment'], url),
    });
  }
  return { rows, total: total ?? null, length: articles.length };
}

function dateOf(article: Record<string, unknown>): string | null {
  for (const name of [
    'display_publish_time',
    'visible_publish_time',
    'first_publish_time',
    'publish_time',
    'date',
    'created_at',
  ]) {
    const value = article[name];
    const words = text(value);
    if (words === null) continue;
    if (/^\d{9,13}$/.test(words)) {
      const date = dateInShanghai(Number(words) * (words.length > 11 ? 1 : 1000));
      if (date !== null) return date;
    } else {
      const date = dateInText(words);
      if (date !== null) return date;
    }
  }
  return null;
}

/** Files that an answer names beside an article: once a list, once the same list written as a JSON string. */
export function attachmentsOf(value: unknown, referer: string): AttachmentLink[] {
  let list = value;
  if (typeof list === 'string') {
    try {
      list = JSON.parse(list);
    } catch {
      return [];
    }
  }
  if (!Array.isArray(list)) return [];
  return list.flatMap((each): AttachmentLink[] => {
    if (each === null || typeof each !== 'object') return [];
    const file = each as Record<string, unknown>;
    const url = resolveAddress(text(file['url']) ?? text(file['path']) ?? '', referer);
    return url === null ? [] : [{ url, name: text(file['name']) ?? text(file['title']), referer }];
  });
}

/**
 * Walks a column of the catalogue: the API, which on many sites only serves a window of the newest 99, and behind it
 * the history of the province's search, when `params.history` is `jsonp`.
 */
export async function* walkCatalogue(
  column: ColumnConfig,
  catalogue: Catalogue,
  client: PortalClient,
  referer: string,
): AsyncGenerator<ListPage, WalkEnd, void> {
  const tally = new ColumnTally();
  const sid = catalogue.sid === null ? '' : `&sid=${catalogue.sid}`;
  const keys = new Set<string>();
  let window: string | null = null;
  let perPage = 100;
  for (let page = 1; ; page += 1) {
    if (page > column.pagesMax) return tally.partial(`stopped at the limit of ${column.pagesMax} pages`);
    const url = `${catalogue.root}/gkmlpt/api/all/${catalogue.column}?page=${page}${sid}`;
    const fetched = await client.fetch({ url, referer, ajax: true, expect: 'page' });
    const answer = fetched.status >= 400 ? null : readCatalogueAnswer(fetched.text, referer);
    if (answer === null) {
      if (page === 1)
        return {
          outcome: 'error',
          reason: `api/all/${catalogue.column} gave no list (status ${fetched.status})`,
          total: null,
        };
      window = `page ${page} answered ${fetched.status}`;
      break;
    }
    tally.total ??= answer.total;
    if (answer.length === 0) break;
    if (tally.isRepeat(answer.rows)) {
      window = `page ${page} repeats an earlier page`;
      break;
    }
    if (page === 1) perPage = answer.length;
    for (const row of answer.rows) keys.add(addressKey(row.url));
    const pages = tally.total === null ? null : Math.max(1, Math.ceil(tally.total / perPage));
    yield { rows: tally.fresh(answer.rows), total: tally.total, page, pages };
    if (tally.total !== null && tally.unique >= tally.total) break;
    if (tally.total === null && answer.length < perPage) break;
  }
  const missing = tally.total === null ? window !== null : tally.unique < tally.total;
  if (!missing) return tally.end('the catalogue was read to its end', tally.total === 0);
  if (column.params['history'] !== 'jsonp') {
    return window === null
      ? tally.end('the catalogue was read to its end')
      : tally.partial(
          `${window}: only the newest are served here; params.history: jsonp asks the province's search`,
        );
  }
  return yield* walkHistory(column, catalogue, client, referer, tally);
}

async function* walkHistory(
  column: ColumnConfig,
  catalogue: Catalogue,
  client: PortalClient,
  referer: string,
  tally: ColumnTally,
): AsyncGenerator<ListPage, WalkEnd, void> {
  const origin = text(column.params['history_host']) ?? 'https://search.gd.gov.cn';
  if (catalogue.sid === null) return tally.partial('the history needs the site number (params.sid)');
  const ask = (query: string, page: number) =>
    client.fetch({
      url: `${origin}/jsonp/site/${catalogue.sid}?${query}&page=${page}&pagesize=20&callback=success`,
      referer,
      expect: 'page',
    });
  let query = `classify_main=${catalogue.column}`;
  let read = 0;
  for (let page = 1; ; page += 1) {
    if (page > column.pagesMax * 5) return tally.partial(`stopped at page ${page} of the history`);
    const fetched = await ask(query, page);
    const answer = isMissingPage(fetched)
      ? null
      : readCatalogueAnswer(fetched.text, referer, catalogue.column);
    if (answer === null) return tally.partial(`page ${page} of the history answered ${fetched.status}`);
    if (page === 1 && answer.length === 0 && query.startsWith('classify_main')) {
      // Not every site is searchable by column; by title it is, loosely.
      query = `text=${encodeURIComponent('政府信息公开工作年度报告')}&position=title&isgkml=1&order=0&including_attach_doc=1`;
      page = 0;
      continue;
    }
    if (answer.length === 0) break;
    read += answer.length;
    yield { rows: tally.fresh(answer.rows), total: tally.total, page, pages: null };
    if (answer.total !== null && read >= answer.total) break;
  }
  return tally.end('the window and the history behind it were read');
}

function text(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
