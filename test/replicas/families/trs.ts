import { type Answer, html, pageOf, type ReplicaFamily } from '../family.ts';
import { articleTags, listTags } from '../page-tags.ts';
import type { ReportFile } from '../report-files.ts';
import { escapeHtml, type Post, type Site } from '../site.ts';

const COLUMN = '/zwgk/zfxxgknb/';

/**
 * TRS WCM. Variants: `base`: 0 (default) or 1, what the number of the first page is; `lies`: the call gives the other
 * base; `tail`: `404` or `stub` — the last page that the pager promises; `call`: `plain` (default), `named`, `six`, `short`,
 * `comment`, `older` — how the pager is called; `misstated`: added to the stated number of records; `children`: one sub-column per year, the
 * column page itself lists nothing.
 */
export const trs: ReplicaFamily = {
  columnPath: () => COLUMN,
  postPath: (site, post) => `${home(site, post)}${month(post)}/${articleFile(site, post)}`,
  answer(site, request) {
    const { pathname } = request.url;
    const file = /\/[PW]0(\d{18})(\d+)\.(\w+)$/.exec(pathname);
    if (file) {
      if (file[3] === 'ofd') return null;
      const found = site.fileByNumber(Number(file[2]));
      return found && { type: found.contentType, body: found.bytes(), modified: '2025-01-02T00:00:00Z' };
    }
    const article = /\/t\d{8}_(\d+)(_ext)?\.html$/.exec(pathname);
    if (article) {
      const post = site.byNumber(Number(article[1]));
      return post && pathname.startsWith(home(site, post)) ? articlePage(site, post) : null;
    }
    const list = /^\/zwgk\/zfxxgknb\/(?:(\d{4})n\/)?(?:index(?:_(\d+))?\.html)?$/.exec(pathname);
    if (!list) return null;
    const year = list[1] === undefined ? null : Number(list[1]);
    if ((year !== null) !== site.variant('children', false)) {
      return year === null ? childIndex(site) : null;
    }
    const number = list[2] === undefined ? 1 : Number(list[2]) + (base(site) === 0 ? 1 : 0);
    if (list[2] !== undefined && number < 2) return null;
    return listPage(site, number, year);
  },
};

function base(site: Site): 0 | 1 {
  return site.variant<0 | 1>('base', 0);
}

function home(site: Site, post: Post): string {
  return site.variant('children', false) ? `${COLUMN}${post.year}n/` : COLUMN;
}

function month(post: Post): string {
  return post.published.slice(0, 7).replace('-', '');
}

/** The date in the address is the day after the one that the list prints. */
function articleFile(site: Site, post: Post, extra = ''): string {
  const next = new Date(Date.parse(post.published) + 86_400_000)
    .toISOString()
    .slice(0, 10)
    .replaceAll('-', '');
  return `t${next}_${site.number(post)}${extra}.html`;
}

function childIndex(site: Site): Answer {
  const years = [...new Set(site.posts.map((post) => post.year))].sort((a, b) => b - a);
  return html(
    `<!DOCTYPE html><html><head><meta charset="UTF-8"><title>政府信息公开年报</title>${listTags(site)}</head><body>
<div class="path"><a href="../../" class="CurrChnlCls">首页</a>&gt;<a href="./" class="CurrChnlCls">政府信息公开年报</a></div>
<div class="left"><ul><li><a href="../zfxxgkzn/">政府信息公开指南</a></li><li><a href="./">政府信息公开年报</a></li></ul></div>
<ul class="years">${years.map((year) => `<li><a href="./${year}n/">${year}年</a></li>`).join('')}</ul></body></html>`,
    { modified: '2025-01-01T00:00:00Z' },
  );
}

function listPage(site: Site, number: number, year: number | null): Answer | null {
  const posts = site.listed().filter((post) => year === null || post.year === year);
  const real = Math.max(1, Math.ceil(posts.length / site.perPage));
  const tail = site.variant<'404' | 'stub' | null>('tail', null);
  const pages = tail === null ? real : real + 1;
  if (number > real) {
    return tail === 'stub' && number === pages
      ? html(
          `<html><head><meta charset="UTF-8"><title>政府信息公开年报</title></head><body><div class="list"><ul class="u-list"></ul></div><!-- ${'-'.repeat(180)} --></body></html>`,
        )
      : null;
  }
  const current = number - 1 + (site.variant('lies', false) ? 1 - base(site) : base(site));
  const rows = pageOf(posts, number, site.perPage)
    .map((post, index) => row(site, post, index) + (index % 3 === 2 ? '<li class="empty"></li>' : ''))
    .join('\n');
  return html(
    `<!DOCTYPE html>
<html lang="en"><head><meta charset="UTF-8"><title>政府信息公开年报-${site.bodies[0]!.district}人民政府</title>
${listTags(site)}
<script type="text/javascript">uaredirect(window.location.href+"wap_index.html");</script></head><body>
<script>function createPage(_nPageCount, _nCurrIndex, _sPageName, _sPageExt) { if (_nPageCount > 9) {} }</script>
<div class="path"><a href="../../" class="CurrChnlCls">首页</a>&gt;<a href="./" class="CurrChnlCls">政府信息公开年报</a></div>
<div class="list"><ul class="u-list">
${rows}
</ul><p><a href="wap_index.html">手机版</a></p>
<div class="page"><ul><script type="text/javascript">
<!--
${pagerCall(site, pages, current, posts.length + site.variant('misstated', 0))}
//-->
</script></ul></div></div></body></html>`,
    { modified: '2025-01-01T00:00:00Z' },
  );
}

/** The call as different releases write it; only some state the number of records. */
function pagerCall(site: Site, pages: number, current: number, records: number): string {
  switch (site.variant<string>('call', 'plain')) {
    case 'named':
      return `createPageHTML('paging',${pages},${current},'index','html',${records});`;
    case 'six':
      return `createPageHTML(${pages},${current},"index","html","black2",${records});`;
    case 'short':
      return `createPage(${pages}, ${current}, "index", "html")`;
    case 'comment':
      return `//wcm分页，总记录：${records}\ncreatePageHTML(${pages}, ${current}, "index", "html");`;
    case 'older':
      return `var currentPage = ${current};var countPage = ${pages}//共多少页`;
    default:
      return `createPageHTML(${pages}, ${current}, "index", "html");`;
  }
}

function row(site: Site, post: Post, index: number): string {
  const title = escapeHtml(post.title);
  const related =
    index % 2 === 0
      ? `<li><a href="../../jd/jd/${month(post)}/t20250101_${site.number(post)}7.html" target="_blank" title="${title}解读">${title}解读</a></li>`
      : '';
  const twin =
    index % 4 === 3 ? `<a href="./${month(post)}/${articleFile(site, post, '_ext')}">${title}</a>` : '';
  return `<li><a href="./${month(post)}/${articleFile(site, post)}" target="_blank" title="${title}">${title}</a>${twin}
<div class="popbox"><div class="close" title="关闭"></div><h3 title="相关解读">相关解读</h3><ul>${related}</ul></div>
<span>${post.published.replaceAll('-', '/')}</span></li>`;
}

/** Names hold the moment of upload, so that another file has another name. */
function fileName(site: Site, post: Post, index: number, extension: string): string {
  const stamp = `${post.published.replaceAll('-', '')}${String(1000 + post.fileRevision).padStart(10, '0')}`;
  return `P0${stamp}${site.fileNumber(post, index)}.${extension}`;
}

function articlePage(site: Site, post: Post): Answer {
  const attached: string[] = [];
  const link = (file: ReportFile, index: number) => {
    attached.push(`<a href="./${fileName(site, post, index, file.extension)}">${escapeHtml(file.name)}</a>`);
    return '（附件见文末）';
  };
  const body = site.bodyHtml(
    post,
    link,
    (file, index) => `./${fileName(site, post, index, file.extension).replace(/^P/, 'W')}`,
  );
  return html(
    `<!DOCTYPE html>
<html lang="en"><head><meta charset="UTF-8"><title>【${escapeHtml(post.title)}】-${site.bodies[0]!.district}人民政府 </title>
${articleTags(site, post, { source: '办公室', time: ' 14:28:41', glued: true })}
<script>
        var mobilurl="./${articleFile(site, post, '_ext')}"
        uaredirect(mobilurl);
</script></head><body>
<div class="path"><a href="../../../" class="CurrChnlCls">首页</a>&gt;<a href="../" class="CurrChnlCls">政府信息公开年报</a></div>
<div class="article"><!--startprint--><div class="article_l"><h2 class="article_title">${escapeHtml(post.title)}</h2>
<div class="shezhi"><div class="time">发布时间：${post.published.replaceAll('-', '/')}</div><div class="ly laiyuantext">来源：<span>办公室</span></div></div>
<div class="${site.template > 1 ? 'article_con newtpl' : 'article_con'}"><div class=TRS_Editor>${body}</div></div>
<div class="attachment"><div class="attachment_l">附件：</div><div class="attachment_r"><p>${attached.join('<BR>')}</p></div></div>
</div><!--endprint--></div></body></html>`,
    {
      modified: new Date(
        Date.parse(post.published) + (site.template * 100 + post.bodyRevision) * 1000,
      ).toISOString(),
    },
  );
}
