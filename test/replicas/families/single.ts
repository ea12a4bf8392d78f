import { type Answer, html, type ReplicaFamily } from '../family.ts';
import { articleTags, listTags } from '../page-tags.ts';
import { escapeHtml, hexFrom, type Post, type Site } from '../site.ts';

/**
 * One page of links, as 年报汇总 pages are: titles hold the unit's name alone, files are linked bare. Variant `fixed`:
 * the column page is the newest report itself.
 */
export const single: ReplicaFamily = {
  columnPath: () => '/zwgk/nbhz.html',
  postPath: (site, post) =>
    post.container === 'html' || post.container === 'picture'
      ? `/zwgk/nb/content_${site.number(post)}.html`
      : `/wzxxgknb/${post.year + 1}/${hexFrom(`${site.seed}`, 6)}${site.fileNumber(post, 0)}.${post.container === 'twins' ? 'pdf' : post.container}`,
  answer(site, request) {
    const { pathname } = request.url;
    if (pathname === '/zwgk/nbhz.html') {
      if (site.variant('fixed', false)) {
        const newest = site.listed()[0];
        return newest ? articlePage(site, newest) : null;
      }
      return summary(site);
    }
    const article = /^\/zwgk\/nb\/content_(\d+)\.html$/.exec(pathname);
    if (article) {
      const post = site.byNumber(Number(article[1]));
      return post && articlePage(site, post);
    }
    const file = /^\/wzxxgknb\/\d{4}\/[0-9a-f]{6}(\d+)\.\w+$/.exec(pathname);
    const found = file ? site.fileByNumber(Number(file[1])) : null;
    return found && { type: found.contentType, body: found.bytes(), modified: '2025-01-02T00:00:00Z' };
  },
};

function summary(site: Site): Answer {
  const years = [...new Set(site.posts.map((post) => post.year))].sort((a, b) => b - a);
  const parts = years.map((year) => {
    const links = site
      .listed()
      .filter((post) => post.year === year)
      .map(
        (post) =>
          `<li><a href="${single.postPath(site, post)}">${post.title.includes('年度报告') ? post.body.name : escapeHtml(post.title)}</a></li>`,
      );
    return `<h3>${year}年政府信息公开年度报告</h3><ul>${links.join('')}</ul>`;
  });
  return html(
    `<!DOCTYPE html><html><head><meta charset="utf-8"><title>年报汇总</title>${listTags(site)}</head><body><nav><a href="/index.html">首页</a></nav>${parts.join('')}</body></html>`,
  );
}

function articlePage(site: Site, post: Post): Answer {
  const body = site.bodyHtml(
    post,
    (file, index) =>
      `<a href="/wzxxgknb/${post.year + 1}/${hexFrom(`${site.seed}`, 6)}${site.fileNumber(post, index)}.${file.extension}">${escapeHtml(file.name)}</a>`,
  );
  return html(
    `<!DOCTYPE html><html><head><meta charset="utf-8"><title>${escapeHtml(post.title)}</title>${articleTags(site, post)}</head><body><h1>${escapeHtml(post.title)}</h1><div id="zoom">${body}</div></body></html>`,
  );
}
