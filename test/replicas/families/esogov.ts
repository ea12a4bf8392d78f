import { type Answer, html, pageOf, type ReplicaFamily, type ReplicaRequest } from '../family.ts';
import { articleTags, listTags } from '../page-tags.ts';
import { escapeHtml, hexFrom, type Post, type Site } from '../site.ts';

const ORGAN = '1681';

/**
 * EsoGov. Variants: `label`: number of the label (default 8888); `prefix`: before /site/label; `length`: where titles
 * are cut (default 18, without dots); `kind`: `public` (default) or `content` (a site column paged by the address).
 */
export const esogov: ReplicaFamily = {
  columnPath: (site) =>
    site.variant('kind', 'public') === ('content' as string)
      ? '/content/column/13591458'
      : `/public/column/${ORGAN}?type=3&action=list&nav=2`,
  postPath: (site, post) => `/public/content/${site.number(post)}`,
  answer(site, request) {
    const { pathname } = request.url;
    if (pathname === `/public/column/${ORGAN}`) return columnPage(site);
    if (pathname === '/content/column/13591458') return siteColumn(site, request);
    if (pathname === labelPath(site)) return fragment(site, request);
    const file = /^\/group1\/M00\/12\/A9\/wKgSG([0-9a-f]{8})(\d+)\.\w+$/.exec(pathname);
    if (file) {
      const found = site.fileByNumber(Number(file[2]));
      return found && { type: found.contentType, body: found.bytes(), modified: '2025-01-02T00:00:00Z' };
    }
    const article = /^\/public\/content\/(\d+)$/.exec(pathname);
    const post = article ? site.byNumber(Number(article[1])) : null;
    return post && articlePage(site, post);
  },
};

function labelPath(site: Site): string {
  return `${site.variant('prefix', '')}/site/label/${site.variant('label', 8888)}`;
}

function columnPage(site: Site): Answer {
  return html(`<!DOCTYPE html><html><head><meta charset="utf-8"><title>政府信息公开年报</title>${listTags(site)}</head><body>
<div class="nav"><a href="/public/column/${ORGAN}?type=1">制度</a><a href="/public/column/${ORGAN}?type=2">指南</a></div><div id="xxgk_list"></div>
<script>
function load(pageIndex) {
  $.ajax({ url: '${labelPath(site)}?IsAjax=1&dataType=html&_=' + Math.random(), data: {
    labelName: "publicInfoList", siteId: "6781961", pageSize: "${site.perPage}", pageIndex: pageIndex, action: "list", isDate: "true",
    dateFormat: "yyyy-MM-dd", length: "${site.variant('length', 18)}", organId: "${ORGAN}", type: "3", catId: "", cId: "",
    result: "暂无相关信息", file: "/ahxxgk/publicInfoList-an-new" }, success: function (html) { $('#xxgk_list').html(html); } });
}
load(1);
</script></body></html>`);
}

function fragment(site: Site, request: ReplicaRequest): Answer | null {
  const query = request.method === 'POST' ? new URLSearchParams(request.body) : request.url.searchParams;
  // Without IsAjax the page around the list comes, empty.
  if (request.url.searchParams.get('IsAjax') !== '1') return html('<html><body>龙讯</body></html>');
  if (
    query.get('siteId') !== '6781961' ||
    query.get('organId') !== ORGAN ||
    query.get('type') !== '3' ||
    query.get('file') !== '/ahxxgk/publicInfoList-an-new'
  )
    return html(query.get('result') ?? '');
  const posts = site.listed();
  if (posts.length === 0) return html(`<div class="xxgk_navli">${query.get('result')}</div>`);
  const size = Number(query.get('pageSize'));
  const page = Math.max(1, Number(query.get('pageIndex') ?? 1));
  const length = Number(query.get('length'));
  const rows = pageOf(posts, page, size).map((post) => {
    const title = escapeHtml(post.title.slice(0, length));
    return `<div class="xxgk_navli"><ul><li class="mc"><div><a href="http://${site.host}${esogov.postPath(site, post)}" title="${title}" target="_blank">${title}</a></div></li><li class="rq">${post.published}</li></ul></div>`;
  });
  return html(rows.join('\n') + pager(page, Math.ceil(posts.length / size)));
}

function pager(page: number, pages: number): string {
  const links = Array.from({ length: pages }, (_, index) => index + 1)
    .filter((each) => each !== page)
    .map((each) => `<a href="javascript:;" paged="${each}">${each}</a>`);
  return `<div id="page_public_info" class="page"><span class="current">${page}</span>${links.join('')}</div>
<script>Ls.pagination("#page_public_info", function(pageIndex){/* ajax */},{currPage:${page},pageCount:${pages}});</script>`;
}

function siteColumn(site: Site, request: ReplicaRequest): Answer {
  const posts = site.listed();
  const page = Math.max(1, Number(request.url.searchParams.get('pageIndex') ?? 1));
  const rows = pageOf(posts, page, site.perPage).map(
    (post) =>
      `<li><a href="${esogov.postPath(site, post)}">${escapeHtml(post.title)}</a><span class="date">${post.published}</span></li>`,
  );
  const body =
    rows.length > 0
      ? `<ul class="doc_list">${rows.join('')}</ul>${pager(page, Math.ceil(posts.length / site.perPage))}`
      : '暂无相关信息';
  return html(
    `<!DOCTYPE html><html><head><meta charset="utf-8"><title>年报</title>${listTags(site)}</head><body><div class="navjz">${body}</div></body></html>`,
  );
}

function articlePage(site: Site, post: Post): Answer {
  const body = site.bodyHtml(
    post,
    (file, index) =>
      `<a href="/group1/M00/12/A9/wKgSG${hexFrom(`${site.seed}`, 8)}${site.fileNumber(post, index)}.${file.extension}" target="_blank">${escapeHtml(file.name)}</a>`,
  );
  return html(`<!DOCTYPE html><html><head><meta charset="utf-8"><title>${escapeHtml(post.title)}</title>${articleTags(site, post)}</head><body>
<h1 class="wztit">${escapeHtml(post.title)}</h1><div class="wz_top"><span class="fbsj">发布日期：${post.published} 10:20</span><span class="res">来源：${post.body.name}</span><span>阅读：${site.served}</span></div>
<div class="wzcon j-fontContent${site.template > 1 ? ' clearfix' : ''}">${body}</div></body></html>`);
}
