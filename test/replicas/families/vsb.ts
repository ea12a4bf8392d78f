import { type Answer, html, pageOf, type ReplicaFamily, type ReplicaRequest } from '../family.ts';
import { articleTags, listTags } from '../page-tags.ts';
import { cutTitle, escapeHtml, hexFrom, type Post, type Site } from '../site.ts';

const OWNER = '1404874179';

/**
 * VSB. Page files are numbered from the end. Variants: `captcha_after`: so many downloads, then a captcha page with
 * status 200; `no_total`: no 共N条. Posts that are no reports redirect by script.
 */
export const vsb: ReplicaFamily = {
  columnPath: () => '/xxgk/ndbg.htm',
  postPath: (site, post) => `/info/1039/${site.number(post)}.htm`,
  answer(site, request) {
    const { pathname } = request.url;
    if (pathname === '/xxgk/ndbg.htm') return listPage(site, 1);
    const numbered = /^\/xxgk\/ndbg\/(\d+)\.htm$/.exec(pathname);
    if (numbered) {
      const pages = pageCount(site);
      const number = Number(numbered[1]);
      return number >= 1 && number < pages ? listPage(site, pages - number + 1) : null;
    }
    if (pathname === '/system/_content/download.jsp') return download(site, request);
    // Pictures in the text are not gated as files are.
    const local = /^\/__local\/[0-9A-F]\/[0-9A-F]{2}\/[0-9A-F]{2}\/[0-9A-F]{8}_(\d+)\.\w+$/.exec(pathname);
    if (local) {
      const picture = site.fileByNumber(Number(local[1]));
      return (
        picture && { type: picture.contentType, body: picture.bytes(), modified: '2025-01-02T00:00:00Z' }
      );
    }
    const article = /^\/info\/1039\/(\d+)\.htm$/.exec(pathname);
    const post = article ? site.byNumber(Number(article[1])) : null;
    return post && articlePage(site, post);
  },
};

function pageCount(site: Site): number {
  return Math.max(1, Math.ceil(site.listed().length / site.perPage));
}

/** The file of a page, as a link from another page writes it. */
function link(site: Site, page: number, from: number): string {
  const pages = pageCount(site);
  if (page === 1) return from === 1 ? 'ndbg.htm' : '../ndbg.htm';
  return `${from === 1 ? 'ndbg/' : ''}${pages - page + 1}.htm`;
}

function listPage(site: Site, page: number): Answer {
  const posts = site.listed();
  const pages = pageCount(site);
  const up = page === 1 ? '../' : '../../';
  const rows = pageOf(posts, page, site.perPage).map(
    (post, index) => `<li id="line_u5_${index}">
  <a href="${up}info/1039/${site.number(post)}.htm"><img src="" class="img-responsive">
    <h4>${escapeHtml(cutTitle(post.title, 20))}</h4>
    <p class="date"><i class="fa fa-calendar"></i>${post.published}</p><p>本报告由正文及附件组成，摘要文字不是标题。</p></a>
</li>
<span id="section_u5_${index}" style="display:none;"><hr></span>`,
  );
  const total = site.variant('no_total', false) ? '' : `<span class="p_t">共${posts.length}条</span> `;
  const next =
    page < pages
      ? `<span class="p_next p_fun"><a href="${link(site, page + 1, page)}">下页</a></span><span class="p_last p_fun"><a href="${link(site, pages, page)}">尾页</a></span>`
      : '<span class="p_next_d p_fun_d">下页</span><span class="p_last_d p_fun_d">尾页</span>';
  const first =
    page === 1
      ? '<span class="p_first_d p_fun_d">首页</span>'
      : `<span class="p_first p_fun"><a href="${link(site, 1, page)}">首页</a></span>`;
  const number = site.variant('no_total', false) ? '' : `<span class="p_t">${page}/${pages}</span>`;
  return html(`<!DOCTYPE html><html><head><meta charset="utf-8"><title>政府信息公开年报</title>${listTags(site)}
<script language="javascript" src="/system/resource/js/dynclicks.js"></script></head><body><div class="sec-list"><ul>
${rows.join('\n')}
</ul><div class="pages"><div class="pb_sys_common">${total}<span class="p_pages">${first}<span class="p_no_d">${page}</span>${next}</span> ${number}</div></div></div></body></html>`);
}

function articlePage(site: Site, post: Post): Answer {
  if (!post.isReport) {
    return html(
      `<!DOCTYPE html><html><head><meta charset="utf-8"><title>${escapeHtml(post.title)}</title></head><body><script>window.location.href = 'http://other.example.com/article/${post.id}.htm';</script></body></html>`,
    );
  }
  const attached: string[] = [];
  const body = site.bodyHtml(
    post,
    (file, index) => {
      attached.push(
        `<li>附件【<a href="/system/_content/download.jsp?urltype=news.DownloadAttachUrl&amp;owner=${OWNER}&amp;wbfileid=${hexFrom(`${site.seed}`, 12).toUpperCase()}${site.fileNumber(post, index)}" target="_blank">${escapeHtml(file.name)}</a>】已下载<span id="nattach1">${site.served}</span>次</li>`,
      );
      return '（见附件）';
    },
    (file, index) =>
      `/__local/B/DC/F6/${hexFrom(`${site.seed}`, 8).toUpperCase()}_${site.fileNumber(post, index)}.${file.extension}`,
  );
  return html(`<!DOCTYPE html><html><head><meta charset="utf-8"><title>${escapeHtml(post.title)}</title>${articleTags(site, post, { source: '' })}</head><body>
<script language="javascript" src="_dwr/interface/NewsvoteDWR.js"></script><script type="text/javascript">NewsvoteDWR.getNewsLinkUrl(${post.id},'${OWNER}','vsb',newsSkip);function newsSkip(data){if(data != ""){window.location.href = data;}}</script>
<form name="_newscontent_fromname"><h1 class="title">${escapeHtml(post.title)}</h1><div class="info"><span>${post.published.replace('-', '年').replace('-', '月')}日</span> 浏览量：<span><script>_showDynClicks("wbnews", ${OWNER}, ${post.id})</script>${site.served}</span>次</div>
<div id="vsb_content_2"><div class="v_news_content">${site.template > 1 ? '<section>' : ''}${body}</div></div></form>
<ul style="list-style-type:none;">${attached.join('')}</ul></body></html>`);
}

function download(site: Site, request: ReplicaRequest): Answer | null {
  const number = Number(/^[0-9A-F]{12}(\d+)$/.exec(request.url.searchParams.get('wbfileid') ?? '')?.[1]);
  const file = Number.isNaN(number) ? null : site.fileByNumber(number);
  const post = Number.isNaN(number) ? null : site.post(Math.floor(number / 100));
  if (file === null || post === null) return null;
  if (!(request.headers['referer'] ?? '').endsWith(vsb.postPath(site, post)))
    return html('<html><head><meta charset="utf-8"></head><body>非法访问</body></html>', { status: 403 });
  const done = Number(site.memory.get('downloads') ?? 0);
  if (done >= site.variant('captcha_after', Number.POSITIVE_INFINITY))
    return html(
      '<!DOCTYPE html><html><head><meta charset="utf-8"><title>下载</title></head><body><form>请输入验证码：<input name="codeValue"><img src="/system/resource/js/filedownload/createimage.jsp"></form></body></html>',
    );
  site.memory.set('downloads', done + 1);
  return {
    type: 'application/octet-stream',
    body: file.bytes(),
    headers: { 'content-disposition': `attachment;filename*=UTF-8''${encodeURIComponent(file.name)}` },
  };
}
