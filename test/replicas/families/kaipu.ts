import { type Answer, html, json, pageOf, type ReplicaFamily } from '../family.ts';
import { articleTags, listTags } from '../page-tags.ts';
import type { ReportFile } from '../report-files.ts';
import { escapeHtml, hexFrom, type Post, type Site } from '../site.ts';

const HOME = '/example/c104524/';

/**
 * Kaipu. Variant `mode`: `html` (default; static files with the pager call), `json` (a shell, rows from
 * /common/search), `query` (a shell, rows from POST /queryList).
 */
export const kaipu: ReplicaFamily = {
  columnPath: () => `${HOME}common_list.shtml`,
  postPath: (site, post) =>
    `${HOME}${post.published.slice(0, 7).replace('-', '')}/c01_${site.number(post)}.shtml`,
  answer(site, request) {
    const { pathname, searchParams } = request.url;
    const list = /^\/example\/c104524\/common_list(?:_(\d+))?\.shtml$/.exec(pathname);
    if (list) return listPage(site, Number(list[1] ?? 1), list[1] !== undefined);
    if (pathname === `/common/search/${channel(site)}`) {
      if (searchParams.get('_isJson') !== 'true') return html('<html></html>');
      const size = Number(searchParams.get('_pageSize') ?? 15);
      return searchAnswer(site, Number(searchParams.get('page') ?? 1), size);
    }
    if (pathname === '/queryList') {
      if (request.method !== 'POST') return null;
      const fields = new URLSearchParams(request.body);
      if (fields.get('channelCode[]') !== 'zfxxgknb' || fields.get('webSiteCode[]') !== 'example')
        return json({ code: 500 });
      return queryAnswer(site, Number(fields.get('current')), Number(fields.get('pageSize')));
    }
    const file = /^\/example\/c104524\/\d{6}\/files\/[0-9a-f]{20}(\d{12})\.\w+$/.exec(pathname);
    if (file) {
      const found = site.fileByNumber(Number(file[1]));
      return found && { type: found.contentType, body: found.bytes(), modified: '2025-01-02T00:00:00Z' };
    }
    const article = /\/c01_(\d+)\.shtml$/.exec(pathname);
    if (!article) return null;
    const post = site.byNumber(Number(article[1]));
    return post && articlePage(site, post);
  },
};

function channel(site: Site): string {
  return hexFrom(`channel ${site.host}`);
}

function listPage(site: Site, page: number, numbered: boolean): Answer | null {
  const mode = site.variant<'html' | 'json' | 'query'>('mode', 'html');
  const posts = site.listed();
  const pages = Math.max(1, Math.ceil(posts.length / site.perPage));
  if (numbered && (page < 2 || page > pages || mode !== 'html')) return null;
  const script =
    mode === 'html'
      ? `<script>createPageHTML('page_div',${pages},${page},'common_list','shtml',${posts.length});</script>`
      : mode === 'query'
        ? `<script>var channelCode='zfxxgknb';var webSiteCode='example';$.post('/queryList',{current:1});</script>`
        : '<script src="/common/js/list.js"></script>';
  const rows =
    mode === 'html'
      ? pageOf(posts, page, site.perPage)
          .map(
            (post) =>
              `<li><a href="//${site.host}${kaipu.postPath(site, post)}" title="${escapeHtml(post.title)}">${escapeHtml(post.title)}</a><b class="u_time">${post.published}</b></li>`,
          )
          .join('\n')
      : '';
  const meta = mode === 'query' ? '' : `<meta name="channelid" content="${channel(site)}">`;
  return html(
    `<!DOCTYPE html><html><head><meta charset="utf-8">${meta}<title>政府信息公开年报</title>${listTags(site)}</head><body><ul class="list">${rows}</ul><div id="page_div"></div>${script}</body></html>`,
    { modified: '2025-01-01T00:00:00Z' },
  );
}

function moment(post: Post): number {
  return Date.parse(`${post.published}T09:12:33+08:00`);
}

function searchAnswer(site: Site, page: number, size: number): Answer {
  const posts = site.listed();
  return json({
    data: {
      total: posts.length,
      page,
      rows: size,
      results: pageOf(posts, page, size).map((post) => ({
        manuscriptId: String(site.number(post)),
        title: post.title,
        subTitle: '',
        url: `//${site.host}${kaipu.postPath(site, post)}`,
        publishedTimeStr: post.id % 2 === 0 ? `${post.published} 09:12:33` : '',
        publishedTime: moment(post),
        channelName: '政府信息公开年报',
        contentHtml: '<p>…</p>',
      })),
    },
  });
}

function queryAnswer(site: Site, page: number, size: number): Answer {
  const posts = site.listed();
  return json({
    code: 200,
    data: {
      total: posts.length,
      results: pageOf(posts, page, size).map((post) => ({
        source: {
          id: String(site.number(post)),
          title: post.title,
          pubDate: `${post.published} 09:12:33`,
          content: { content: '<p>…</p>' },
          urls: JSON.stringify({ pc: kaipu.postPath(site, post) }),
        },
      })),
    },
  });
}

function articlePage(site: Site, post: Post): Answer {
  const month = post.published.slice(0, 7).replace('-', '');
  const attached: string[] = [];
  const address = (file: ReportFile, index: number) =>
    `${HOME}${month}/files/${hexFrom(`${site.seed}`, 20)}${String(site.fileNumber(post, index)).padStart(12, '0')}.${file.extension}`;
  const body = site.bodyHtml(
    post,
    (file, index) => {
      attached.push(`<a href="${address(file, index)}">${escapeHtml(file.name)}</a>`);
      return '';
    },
    address,
  );
  return html(
    `<!DOCTYPE html><html><head><meta charset="utf-8"><title>${escapeHtml(post.title)}</title>${articleTags(site, post)}</head><body>
<h1>${escapeHtml(post.title)}</h1><div id="UCAP-CONTENT"${site.template > 1 ? ' class="new"' : ''}>${body}</div><div class="fj-a">${attached.join('')}</div></body></html>`,
    {
      modified: new Date(
        Date.parse(post.published) + (site.template * 100 + post.bodyRevision) * 1000,
      ).toISOString(),
    },
  );
}
