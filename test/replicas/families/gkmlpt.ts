import { type Answer, html, json, pageOf, type ReplicaFamily, type ReplicaRequest } from '../family.ts';
import { listTags } from '../page-tags.ts';
import type { ReportFile } from '../report-files.ts';
import { escapeHtml, type Post, type Site } from '../site.ts';

const COLUMN = 2629;
const SID = '175';

/**
 * Guangdong's catalogue. Variants: `window`: so many newest, and page 2 answers 404; `prefix`: of a sub-site
 * (`/zqhjj`); `attachments`: `list` (default) or `string`. The history is served on any host that the site has as
 * alias, under /jsonp/site/.
 */
export const gkmlpt: ReplicaFamily = {
  columnPath: (site) => `${prefix(site)}/gkmlpt/annualreport#${COLUMN}`,
  postPath: (site, post) =>
    `${prefix(site)}/gkmlpt/content/${numberPath(site, post)}/post_${site.number(post)}.html`,
  answer(site, request) {
    const path = request.url.pathname;
    if (path === `/jsonp/site/${SID}`) return history(site, request);
    const attached = attachment(site, path);
    if (attached) return attached;
    if (!path.startsWith(`${prefix(site)}/gkmlpt/`)) return null;
    const rest = path.slice(`${prefix(site)}/gkmlpt`.length);
    if (rest === '/index' || rest === '/annualreport') return shell(site);
    const api = /^\/api\/all\/(\d+)$/.exec(rest);
    if (api) return list(site, Number(api[1]), request);
    const article = /\/m?post_(\d+)\.html$/.exec(rest);
    if (!article) return null;
    const post = site.byNumber(Number(article[1]));
    return post && articlePage(site, post);
  },
};

function prefix(site: Site): string {
  return site.variant('prefix', '');
}

function numberPath(site: Site, post: Post): string {
  const number = site.number(post);
  return `${Math.floor(number / 1e6)}/${Math.floor(number / 1e3)}`;
}

/** A script, not JSON: single quotes, bare names. TREE alone is JSON. */
function config(site: Site, detail: string): string {
  const tree = [
    { id: 2620, name: '法治政府建设年度报告', jump_url: '', post_count: 1, children: [] },
    {
      id: 2600,
      name: '政府信息公开',
      jump_url: '',
      post_count: 0,
      children: [
        {
          id: COLUMN,
          name: '政府信息公开年报',
          jump_url: '',
          post_count: site.listed().length,
          children: [],
        },
      ],
    },
  ];
  return `<script>window._CONFIG = { DOMAIN: '${site.host}', SID: '${SID}', TREE: ${JSON.stringify(tree)}, SERVICE_AREA_ID: 1, ${detail} };</script>`;
}

function shell(site: Site): Answer {
  return html(
    `<!DOCTYPE html><html><head><meta charset="utf-8"><title>政府信息公开平台</title>${listTags(site)}</head><body><div id="app"></div>${config(site, "VIEW: 'annualreport'")}<script src="${prefix(site)}/gkmlpt/js/app.js"></script></body></html>`,
  );
}

function item(site: Site, post: Post, index: number, emphasise: boolean): Record<string, unknown> {
  const seconds = Date.parse(`${post.published}T15:00:00+08:00`) / 1000;
  const files = site.files(post).map((file, at) => ({
    id: site.fileNumber(post, at),
    name: file.name,
    url: fileUrl(site, post, file, at),
  }));
  return {
    id: site.number(post),
    title: emphasise ? post.title.replace('政府信息公开', '<em>政府</em><em>信息公开</em>') : post.title,
    url: `http://${site.host}${gkmlpt.postPath(site, post)}`,
    post_url: `http://${site.host}${gkmlpt.postPath(site, post).replace('post_', 'mpost_')}`,
    date: Date.parse(`${post.published}T00:00:00+08:00`) / 1000,
    created_at: `${post.published} 15:00:00`,
    first_publish_time: seconds,
    display_publish_time: seconds,
    publisher: post.body.name,
    identifier: `006940175/${post.year + 1}-${String(index).padStart(5, '0')}`,
    classify_main: COLUMN,
    classify_main_name: '政府信息公开年报',
    is_expired: 0,
    is_abolished: 0,
    attachment:
      emphasise || site.variant('attachments', 'list') === ('string' as string)
        ? JSON.stringify(files)
        : files,
  };
}

function list(site: Site, column: number, request: ReplicaRequest): Answer | null {
  if (column !== COLUMN && column !== 0)
    return json({ classify: { id: column, post_count: 0 }, total: 0, articles: [] });
  const posts = site.listed();
  const window = site.variant<number | null>('window', null);
  // Page 0 is page 1.
  const page = Math.max(1, Number(request.url.searchParams.get('page') ?? 1));
  if (window !== null && page > 1) return null;
  const shown = window === null ? pageOf(posts, page, 100) : posts.slice(0, window);
  return json({
    classify: { id: COLUMN, name: '政府信息公开年报', parent: 0, post_count: posts.length, theme_count: 0 },
    total: posts.length,
    articles: shown.map((post, index) => item(site, post, index, false)),
  });
}

function history(site: Site, request: ReplicaRequest): Answer | null {
  const query = request.url.searchParams;
  const page = Number(query.get('page') ?? 1);
  const size = Number(query.get('pagesize') ?? 20);
  const posts = Number(query.get('classify_main')) === COLUMN ? site.listed() : [];
  // The match is by likeness: every page brings something of another column.
  const results: Record<string, unknown>[] =
    page === 0 ? [] : pageOf(posts, page, size).map((post, index) => item(site, post, index, true));
  if (results.length > 0)
    results.push({
      ...results[0],
      id: 990000 + page,
      title: '关于开展<em>政府信息公开</em>工作的其他信息',
      url: `http://${site.host}${prefix(site)}/gkmlpt/content/9/9900/post_${990000 + page}.html`,
      classify_main: 2571,
    });
  const name = query.get('callback') ?? 'callback';
  return {
    type: 'application/javascript;charset=UTF-8',
    body: `${name}(${JSON.stringify({ results, count: posts.length + Math.ceil(posts.length / size) })});`,
  };
}

/** Names stand in `alt` alone. */
function fileUrl(site: Site, post: Post, file: ReportFile, index: number): string {
  const number = site.fileNumber(post, index);
  return `http://${site.host}/attachment/7/${Math.floor(number / 1000)}/${number}/${number}.${file.extension}`;
}

function attachment(site: Site, path: string): Answer | null {
  const file = /^\/attachment\/\d+\/\d+\/\d+\/(\d+)\.\w+$/.exec(path);
  const found = file ? site.fileByNumber(Number(file[1])) : null;
  return found && { type: found.contentType, body: found.bytes(), modified: '2025-01-02T00:00:00Z' };
}

export function nfcmsLink(site: Site, post: Post): (file: ReportFile, index: number) => string {
  return (file, index) =>
    `<a class="nfw-cms-attachment" attachment-id="${site.fileNumber(post, index)}" href="${fileUrl(site, post, file, index)}" alt="${escapeHtml(file.name)}">点击下载</a>`;
}

function articlePage(site: Site, post: Post): Answer {
  const content = JSON.stringify(site.bodyHtml(post, nfcmsLink(site, post)))
    .replaceAll('<', '\\u003C')
    .replaceAll('>', '\\u003E');
  const detail = `DETAIL: { id: ${site.number(post)}, title: '${post.title}', publisher: '${post.body.name}', content: ${content} }`;
  return html(`<!DOCTYPE html><html><head><meta charset="utf-8"><title>${escapeHtml(post.title)}</title>
<meta name="ArticleTitle" content="${escapeHtml(post.title)}"><meta name="PubDate" content="${post.published} 15:00:00"></head><body>
<table class="xxgk_table"><tr><td>索引号:</td><td>006940175/${post.year + 1}-${post.id}</td><td>发布机构:</td><td>${post.body.name}</td></tr></table>
<h1 class="title"><span class="document-number" title="${escapeHtml(post.title)}">${escapeHtml(post.title.slice(0, 12))}</span></h1>
<div class="article-content${site.template > 1 ? ' v2' : ''}" id="content"></div>
${config(site, detail)}</body></html>`);
}

const NFCMS_COLUMN = 1059;

/**
 * NFCMS columns outside the catalogue. Variants: `post_only`: postmeta answers POST alone; `children`: one child
 * column per year; `shell`: the article's text is in postmeta/p alone.
 */
export const nfcms: ReplicaFamily = {
  columnPath: () => '/zfxxgknb/index.html',
  postPath: (site, post) => `/zfxxgknb/bm/${post.year}n/content/post_${site.number(post)}.html`,
  answer(site, request) {
    const path = request.url.pathname;
    const attached = attachment(site, path);
    if (attached) return attached;
    if (path === '/zfxxgknb/index.html') {
      return html(
        `<!DOCTYPE html><html><head><meta charset="utf-8"><title>政府信息公开年报</title>${listTags(site)}</head><body><div id="list"></div><script>$.getJSON('/postmeta/i/${NFCMS_COLUMN}.json', show);</script></body></html>`,
      );
    }
    const column = /^\/postmeta\/i\/(\d+)\.json$/.exec(path);
    if (column)
      return site.variant('post_only', false) && request.method !== 'POST'
        ? null
        : whole(site, Number(column[1]));
    const single = /^\/postmeta\/p\/(\d+)\/(\d+)\/(\d+)\.json$/.exec(path);
    const number = Number(
      (single ? single[3] : /\/content\/post_(\d+)\.html$/.exec(path)?.[1]) ?? Number.NaN,
    );
    const post = Number.isNaN(number) ? null : site.byNumber(number);
    if (post === null) return null;
    const content = site.bodyHtml(post, nfcmsLink(site, post));
    const shellOnly = site.variant('shell', false);
    if (single)
      return json({
        id: number,
        title: post.title,
        content: site.bodyHtml(post, () => ''),
        attachment: site.files(post).map((file, at) => ({
          id: site.fileNumber(post, at),
          name: file.name,
          url: fileUrl(site, post, file, at),
        })),
        keywords: '',
      });
    return html(
      `<!DOCTYPE html><html><head><meta charset="utf-8"><title>${escapeHtml(post.title)}</title>
<meta name="ArticleTitle" content="${escapeHtml(post.title)}"><meta name="PubDate" content="${post.published} 15:00:00"><meta name="ContentSource" content="本网"></head><body>
<h1 class="title">${escapeHtml(post.title)}</h1><div class="article-content${site.template > 1 ? ' v2' : ''}">${shellOnly ? '' : content}</div></body></html>`,
      // The file of a shell never changes, whatever becomes of the text that it loads.
      shellOnly ? { modified: '2025-01-02T00:00:00Z' } : {},
    );
  },
};

function whole(site: Site, column: number): Answer | null {
  const years = [...new Set(site.posts.map((post) => post.year))].sort((a, b) => b - a);
  const byYear = site.variant('children', false);
  const year = column - NFCMS_COLUMN - 1 + 2000;
  if (column !== NFCMS_COLUMN && !(byYear && years.includes(year))) return null;
  const posts = site.listed().filter((post) => (column === NFCMS_COLUMN ? !byYear : post.year === year));
  const children =
    byYear && column === NFCMS_COLUMN
      ? years.map((each) => ({ id: NFCMS_COLUMN + 1 + each - 2000, name: `${each}年` }))
      : [];
  return json({
    category: { id: column, name: '政府信息公开年报', publish_count: posts.length, children },
    updated: '2025-01-24 10:00:00',
    articles: posts.map((post) => ({
      id: site.number(post),
      title: post.title,
      url: `https://${site.host}${nfcms.postPath(site, post)}`.replace('https:', 'http:'),
      date: post.published,
      publish_time: Date.parse(`${post.published}T15:00:00+08:00`) / 1000,
      created_at: `${post.published} 15:00:00`,
      source: post.body.name,
      json_ext: '{}',
    })),
  });
}
