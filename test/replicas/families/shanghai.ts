import { type Answer, html, pageOf, type ReplicaFamily } from '../family.ts';
import { articleTags, listTags } from '../page-tags.ts';
import { escapeHtml, hexFrom, type Post, type Site } from '../site.ts';

/** Shanghai. Variant `tail` (default true): one page more is declared than there is. */
export const shanghai: ReplicaFamily = {
  columnPath: () => '/nw39220/index.html',
  postPath: (site, post) =>
    `/nw12344/${post.published.replaceAll('-', '')}/${hexFrom(`${site.seed}/${site.number(post)}`)}.html`,
  answer(site, request) {
    const { pathname } = request.url;
    const list = /^\/nw39220\/index(?:_(\d+))?\.html$/.exec(pathname);
    if (list) return listPage(site, Number(list[1] ?? 1));
    const file = /^\/cmsres\/[0-9a-f]{2}\/(\d+)\.\w+$/.exec(pathname);
    if (file) {
      const found = site.fileByNumber(Number(file[1]));
      return found && { type: found.contentType, body: found.bytes(), modified: '2025-01-02T00:00:00Z' };
    }
    const post = site.posts.find((each) => !each.deleted && shanghai.postPath(site, each) === pathname);
    return post ? articlePage(site, post) : null;
  },
};

function listPage(site: Site, page: number): Answer | null {
  const posts = site.listed();
  const real = Math.max(1, Math.ceil(posts.length / site.perPage));
  if (page > real) return null;
  const rows = pageOf(posts, page, site.perPage).map(
    (post) =>
      `<li><a href="${shanghai.postPath(site, post)}" title="${escapeHtml(post.title)}" target="_blank">${escapeHtml(post.title)}</a><span class="time">${post.published}</span></li>`,
  );
  return html(
    `<!DOCTYPE html><html><head><meta charset="utf-8"><title>政府信息公开年报</title>${listTags(site)}</head><body>
<ul class="uli14 nowrapli pageList list-date"><!-- <li><a href="/nw39220/20210101/dup${page}.html" title="旧">旧</a><span class="time">2021-01-01</span></li> -->
${rows.join('\n')}</ul>
<ul class="pagination"></ul><script>$('.pagination').pagination("setPage", ${page}, ${real + (site.variant('tail', true) ? 1 : 0)});</script></body></html>`,
    { modified: '2025-01-01T00:00:00Z' },
  );
}

function articlePage(site: Site, post: Post): Answer {
  const body = site.bodyHtml(
    post,
    (file, index) =>
      `<a href="/cmsres/${hexFrom(`${site.seed}`, 2)}/${site.fileNumber(post, index)}.${file.extension}" title="${escapeHtml(file.name)}">附件</a>`,
  );
  return html(
    `<!DOCTYPE html><html><head><meta charset="utf-8"><title>${escapeHtml(post.title)}</title>${articleTags(site, post)}</head><body><h2 id="ivs_title">${escapeHtml(post.title)}</h2><div id="ivs_content" class="Article_content${site.template > 1 ? ' n' : ''}">${body}</div></body></html>`,
    {
      modified: new Date(
        Date.parse(post.published) + (site.template * 100 + post.bodyRevision) * 1000,
      ).toISOString(),
    },
  );
}
