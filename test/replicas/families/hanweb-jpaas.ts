import { type Answer, html, json, pageOf, type ReplicaFamily, type ReplicaRequest } from '../family.ts';
import { articleTags, listTags } from '../page-tags.ts';
import type { ReportFile } from '../report-files.ts';
import { cutTitle, escapeHtml, hexFrom, type Post, type Site } from '../site.ts';
import { hanwebFiles, hanwebPath } from './hanweb-article.ts';

const COLUMN = '1229565788';
/** Articles belong to another column than the list that shows them. */
const ARTICLE_COLUMN = '1229123351';
const API = '/api-gateway/jpaas-publish-server/front/page/build/unit';
const DOWNLOAD = '/api-gateway/jpaas-web-server/front/document/download';

/**
 * JCMS 4.5. Variants: `pinned`: the first row stands in the list a second time (the stated count includes it).
 */
export const hanwebJpaas: ReplicaFamily = {
  columnPath: () => `/col/col${COLUMN}/index.html`,
  postPath: (site, post) => articlePath(site, post),
  answer(site, request) {
    const { pathname } = request.url;
    if (pathname === `/col/col${COLUMN}/index.html`) return columnPage(site);
    if (pathname === API) return unit(site, request);
    if (pathname === DOWNLOAD) return download(site, request);
    const article = /^\/col\/col\d+\/art\/\d{4}\/art_([0-9a-f]{32})\.html$/.exec(pathname);
    if (article) {
      const post = site.posts.find((each) => articleHex(site, each) === article[1]);
      return post && !post.deleted ? articlePage(site, post) : null;
    }
    const old = /^\/art\/\d+\/\d+\/\d+\/art_\d+_(\d+)\.html$/.exec(pathname);
    if (old) {
      const post = site.byNumber(Number(old[1]));
      return post && articlePage(site, post);
    }
    return hanwebFiles(site, request);
  },
};

function articleHex(site: Site, post: Post): string {
  return hexFrom(`${site.seed}/${site.number(post)}`);
}

/** Newer articles have hashes, those before 2024 the old form with the host in front. */
function articlePath(site: Site, post: Post): string {
  return post.published >= '2024'
    ? `/col/col${ARTICLE_COLUMN}/art/${post.published.slice(0, 4)}/art_${articleHex(site, post)}.html`
    : `//${site.host}${hanwebPath(site, post, Number(ARTICLE_COLUMN))}`;
}

function unitScript(id: string, tag: string): string {
  return `<script>
var authorizedReadUnitId = "${id}";
</script><script id="${id}" src="/cms_files/default/script/AuthorizedRead/unitbuild.js?v=4.5.12.1-ZJSJYH-U45" webId="3185" parseType="bulidstatic" url="${API}" queryData="{'parseType':'bulidstatic','webId':'3185','tplSetId':'o0YcVHHq5vWtr3uiCp4SY','pageType':'column','tagId':'${tag}','editType':'null','pageId':'${COLUMN}'}"></script>`;
}

function columnPage(site: Site): Answer {
  return html(`<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
<link rel="stylesheet" type="text/css" href="/cms_files/images/hanweb.css">
<title>政府信息公开年报</title><meta name="ColId" content="${COLUMN}">
${listTags(site)}
</head><body><div id='barrierfree_container' pageTimestamp= '${1788342253476 + site.served}'>
<div class="position"><a href="/index.html">首页</a><a href="/col/col${COLUMN}/index.html">政府信息公开年报</a></div>
<div class="bt-column-menu"><ul><li><a title="网站年度工作报表" href="/col/col1229498991/index.html"><div>网站年度工作报表</div></a></li></ul></div>
${unitScript('a1', '栏目导航')}${unitScript('0d3d7ac55f7441b8990ed9fb1bc85a84', '信息列表')}${unitScript('b2', '底部信息')}
</div></body></html>`);
}

function unit(site: Site, request: ReplicaRequest): Answer | null {
  const query = request.url.searchParams;
  if (query.get('pageId') !== COLUMN || query.get('webId') !== '3185')
    return json({ success: false, message: '参数错误', code: '500' });
  const tag = query.get('tagId');
  const answer = (content: string) =>
    json({
      roles: null,
      permissions: null,
      success: true,
      message: '生成成功',
      code: '200',
      data: { html: content },
      traceId: hexFrom(String(site.served)),
      messageType: 2,
    });
  if (tag !== '信息列表')
    return answer(`<div class="${tag}"><a href="/col/col${COLUMN}/index.html">政府信息公开年报</a></div>`);
  // Only the number inside paramJson counts; a bare pageNo is ignored.
  let page = 1;
  let size = 15;
  try {
    const wanted = JSON.parse(query.get('paramJson') ?? '{}') as { pageNo?: number; pageSize?: number };
    page = Number(wanted.pageNo ?? 1);
    size = Number(wanted.pageSize ?? 15);
  } catch {
    return json({ success: false, message: 'paramJson', code: '500' });
  }
  const posts = site.listed();
  const shown = site.variant('pinned', false) && posts.length > 0 ? [posts[0]!, ...posts] : posts;
  const rows = pageOf(shown, page, size)
    .map(
      (post) =>
        `      <li class="clearfix"><a class="bt-left" title="${escapeHtml(post.title)}" href="${articlePath(site, post)}" target="_blank">${cutTitle(post.title, 18)}</a><span class="bt-right">${post.published}</span></li>`,
    )
    .join('\n\n');
  return answer(`<ul>  <div id="信息列表">
    <div class="page-content">

${rows}

    </div>
  </div>
</ul>
<style>
    .default_container { position: relative; }
</style>
<table class="pagination default_pgToolbar" width="100%" newPagination="1" queryData="{'webId':'3185','pageId':'${COLUMN}','tagId': '信息列表'}" rows="${size}" unitid="信息列表" count="${shown.length}" pageNo="${page}" unitUrl="${API}">
  <tbody><tr><td>第 <input class="default_pgCurrentPage" type="number" /> 页 / 共 <span class="default_pgTotalPage">0</span> 页</td><td class="default_pgSearchInfo">检索到 <span class="default_pgTotalRecord">0</span> 条记录</td></tr></tbody>
</table>
<script src="/cms_files/default/script/ajax/page/pageNew.js"></script>
`);
}

/** A query that must come back byte for byte: base64 with its slashes and equals signs escaped. */
function downloadQuery(site: Site, post: Post, file: ReportFile, index: number): string {
  const key = Buffer.from(`anS?>${hexFrom(`${site.seed}`, 20)}/${site.fileNumber(post, index)}??`).toString(
    'base64',
  );
  return `fileUrl=${encodeURIComponent(key)}&fileName=${encodeURIComponent(file.name)}`;
}

function download(site: Site, request: ReplicaRequest): Answer | null {
  const query = request.target.slice(request.target.indexOf('?') + 1);
  const key = Buffer.from(request.url.searchParams.get('fileUrl') ?? '', 'base64').toString();
  const number = Number(/\/(\d+)\?\?$/.exec(key)?.[1]);
  const post = Number.isNaN(number) ? null : site.post(Math.floor(number / 100));
  const file = Number.isNaN(number) ? null : site.fileByNumber(number);
  if (post === null || file === null) return null;
  if (query !== downloadQuery(site, post, file, number % 10))
    return json({ code: '500', message: '文件不存在', success: false });
  return {
    type: 'application/octet-stream',
    body: file.bytes(),
    headers: { 'content-disposition': `attachment;filename*=UTF-8''${encodeURIComponent(file.name)}` },
  };
}

function articlePage(site: Site, post: Post): Answer {
  const link = (file: ReportFile, index: number) =>
    `附件：<a target="_blank" download="${escapeHtml(file.name)}" href="${DOWNLOAD}?${downloadQuery(site, post, file, index)}">${post.year}年年报</a>`;
  return html(`<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
<title>${escapeHtml(post.title)}</title><meta name="ColId" content="${ARTICLE_COLUMN}">
${articleTags(site, post, { source: '办公室' })}
<meta name="Url" content="${articlePath(site, post)}">
</head><body><div id='barrierfree_container' pageTimestamp= '${1786770147377 + site.served}'>
<div class="position"><a href="/index.html">首页</a><a href="/col/col${ARTICLE_COLUMN}/index.html">政府信息公开年报</a></div>
<div class="con"><table border="0" width="90%" class="xxgktab">
<tr><td height="25" align="right">索引号：</td><td>11990000${hexFrom(post.body.name, 8)}/${post.year + 1}-${post.id}</td><td align="right">组配分类：</td><td>政府信息公开年报</td></tr>
<tr><td height="25" align="right">发布机构：</td><td>${post.body.name}</td><td align="right">生成日期：</td><td>${post.published}</td></tr>
<tr><td height="25" align="right">有效性：</td><td>有效</td><td align="right"></td><td></td></tr>
</table>
<p class="con-title"> ${escapeHtml(post.title)}</p>
<div class="small-title clearfix"><span>发布日期：${post.published} 16:21
</span><span>信息来源：办公室</span><span>浏览次数：<lable id="artcount">${site.served}</lable> </span></div>
<div class="main-txt" id="zoom">
${site.bodyHtml(post, link)}
</div></div></div></body></html>`);
}
