import { type Answer, html, type ReplicaRequest, redirect } from '../family.ts';
import { articleTags } from '../page-tags.ts';
import type { ReportFile } from '../report-files.ts';
import { escapeHtml, hexFrom, type Post, type Site } from '../site.ts';

/** The article template of classic Hanweb sites. */
export function hanwebArticle(site: Site, post: Post): Answer {
  return html(`<!DOCTYPE html>
<html><head lang="zh"><meta charset="UTF-8">
<title>${site.bodies[0]!.district}人民政府 政府信息公开年报 ${escapeHtml(post.title)}</title>
<meta name='Maketime' content='${maketime(site)}'>
${articleTags(site, post)}
</head><body id="page_type" alt="文章页"><div class="bt-place"><a href="/index.html">首页</a><a href="/col/col284/index.html">政府信息公开年报</a></div>
<p class="bt-art-title"><!--<$[标题名称(html)]>begin-->${escapeHtml(post.title)}<!--<$[标题名称(html)]>end--></p>
<span class="bt-date">${post.published} </span><span class="bt-source">来源：<!--<$[信息来源]>begin-->${post.body.name}<!--<$[信息来源]>end--></span><span>浏览次数：${site.served}</span>
<div class="bt-content zoom clearfix"><!--<$[信息内容]>begin--><!--ZJEG_RSS.content.begin--><meta name="ContentStart">
<div class="${site.template > 1 ? 'TRS_Editor v2' : 'TRS_Editor'}">${site.bodyHtml(post, (file, index) => `附件：<a href="${filePath(site, post, file, index)}">${escapeHtml(file.name)}</a>`)}</div>
<META name=ContentEnd><!--ZJEG_RSS.content.end--><!--<$[信息内容]>end--></div></body></html>`);
}

/** (i) of the ways in which Hanweb links files: a script that redirects to the stored file. */
function filePath(site: Site, post: Post, file: ReportFile, index: number): string {
  const name = `${hexFrom(`${site.seed}/${site.fileNumber(post, index)}`, 8)}${site.fileNumber(post, index)}.${file.extension}`;
  return `/module/download/downfile.jsp?classid=0&amp;showname=${encodeURIComponent(file.name)}&amp;filename=${name}`;
}

/** Articles, downfile.jsp and /attach/0/; null for other paths. */
export function hanwebFiles(site: Site, request: ReplicaRequest): Answer | null {
  const { pathname, searchParams } = request.url;
  if (/\/download\/downfile\.jsp$/.test(pathname)) {
    const name = searchParams.get('filename');
    return name === null ? null : redirect(`/attach/0/${name}`);
  }
  const stored = /^\/attach\/0\/[0-9a-f]{8}(\d+)\.\w+$/.exec(pathname);
  if (stored) {
    const file = site.fileByNumber(Number(stored[1]));
    return file && { type: file.contentType, body: file.bytes(), modified: '2025-01-02T00:00:00Z' };
  }
  const article = /^\/art\/\d+\/\d+\/\d+\/art_\d+_(\d+)\.html$/.exec(pathname);
  if (article) {
    const post = site.byNumber(Number(article[1]));
    return post && hanwebArticle(site, post);
  }
  return null;
}

export function hanwebPath(site: Site, post: Post, column = 284): string {
  const [year, month, day] = post.published.split('-').map(Number);
  return `/art/${year}/${month}/${day}/art_${column}_${site.number(post)}.html`;
}

/** Changes with every request, as the real one does with every rebuild. */
export function maketime(site: Site): string {
  const seconds = site.served % 86_400;
  const part = (value: number) => String(value).padStart(2, '0');
  return `2026-08-31 ${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`;
}
