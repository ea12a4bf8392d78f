import { type Answer, html, pageOf, type ReplicaFamily, type ReplicaRequest } from '../family.ts';
import { listTags } from '../page-tags.ts';
import { escapeHtml, hexFrom, type Post, type Site } from '../site.ts';
import { hanwebArticle, hanwebFiles, hanwebPath } from './hanweb-article.ts';

/**
 * The catalogue module of Hanweb. Variants: `code`: `page` (default; the column page names the infotypeId) or `tree`
 * (only tree.jsp does); `legacy`: the old path, served to GET alone.
 */
export const hanwebXxgk: ReplicaFamily = {
  columnPath: () => '/col/col1320/index.html',
  postPath: (site, post) => hanwebPath(site, post, 1320),
  answer(site, request) {
    const { pathname } = request.url;
    if (pathname === '/col/col1320/index.html') return columnPage(site);
    if (pathname === '/module/xxgk/tree.jsp') return tree();
    if (pathname === searchPath(site)) return search(site, request);
    return hanwebFiles(site, request);
  },
};

function searchPath(site: Site): string {
  return site.variant('legacy', false)
    ? '/xxgk/jcms_files/jcms1/web1/site/zfxxgk/search.jsp'
    : '/module/xxgk/search.jsp';
}

function columnPage(site: Site): Answer {
  const known = site.variant('code', 'page') as string;
  const code = site.variant('legacy', false)
    ? '<input type="hidden" name="cid" value="43"><input type="hidden" name="showsub" value="1"><input type="hidden" name="orderbysub" value="0">'
    : `<input type="hidden" name="infotypeId" value="${known === 'page' ? 'A02003' : ''}">`;
  return html(`<!DOCTYPE html><html><head><meta charset="UTF-8"><title>政府信息公开年报</title><meta name='Maketime' content='x'>
${listTags(site)}</head><body><div class="bt-place"><a href="/index.html">首页</a></div>
<form>${code}<input type="hidden" name="jdid" value="3099"><input type="hidden" name="area" value=""><input type="hidden" name="divid" value="div1532973"></form>
<div id="tree"></div><div id="div1532973"></div>
<script>$('#tree').load('/module/xxgk/tree.jsp?standardXxgk=1&area=&divid=div4');
function funGoPage(url, n) { $.post(url, {currpage: n}); } funGoPage('${searchPath(site)}', 1);</script></body></html>`);
}

function tree(): Answer {
  return html(
    `<ul><li><a onclick="funclick('A01')">机构职能</a></li><li><a onclick="funclick('A02009')">网站年度报表</a></li><li><a onclick="funclick('A02003')">政府信息公开年报</a></li></ul>`,
  );
}

function search(site: Site, request: ReplicaRequest): Answer | null {
  const legacy = site.variant('legacy', false);
  if (legacy && request.method === 'POST') return { status: 405, type: 'text/html', body: '' };
  const fields = request.method === 'POST' ? new URLSearchParams(request.body) : request.url.searchParams;
  if (legacy ? fields.get('cid') !== '43' : fields.get('infotypeId') !== 'A02003')
    return html('<table class="tb_title"><tr><td>第1页 … 共&nbsp;0&nbsp;页</td></tr></table>');
  const page = Number(fields.get('currpage') ?? '1');
  const posts = site.listed();
  const pages = Math.ceil(posts.length / site.perPage);
  const rows = pageOf(posts, page, site.perPage).map(
    (post, index) =>
      `<tr class="tr_main_value_${index % 2 === 0 ? 'odd' : 'even'}"><td height="24">${index + 1}</td><td><a href='${hanwebPath(site, post, 1320)}' title='${escapeHtml(post.title)}' class='bt_link' target='_blank'>${escapeHtml(post.title.slice(0, 14))}...</a></td><td align='center' width='80'>${post.published}</td></tr>`,
  );
  return html(`<table width="100%">${rows.join('\n')}</table>
<table class="tb_title"><tr><td>第${page}页 … 共&nbsp;${pages}&nbsp;页</td><td><a href="#" onclick="funGoPage('${searchPath(site)}',${page + 1})">下一页</a></td></tr></table>`);
}

/** The annual-report module: one address per body and year. */
export const hanwebAnnual: ReplicaFamily = {
  columnPath: () => '/col/col1229850496/index.html',
  postPath: (site, post) =>
    `/module/xxgk/xxgkAnnualReport.jsp?area=${areaCode(site, post.body.name)}&fbtime=${post.year}`,
  answer(site, request) {
    const { pathname, searchParams } = request.url;
    if (pathname === '/col/col1229850496/index.html') {
      const links = site.bodies.map(
        (body) =>
          `<li><a href="/module/xxgk/xxgkAnnualReport.jsp?area=${areaCode(site, body.name)}&fbtime=${site.years.to}">${body.name}</a></li>`,
      );
      return html(
        `<!DOCTYPE html><html><head><meta charset="UTF-8"><title>年报汇总</title>${listTags(site)}</head><body><ul>${links.join('')}</ul></body></html>`,
      );
    }
    if (pathname === '/module/xxgk/xxgkAnnualReport.jsp') {
      const post = newest(site, searchParams.get('area') ?? '', Number(searchParams.get('fbtime')));
      return post
        ? hanwebArticle(site, post)
        : html(
            '<!DOCTYPE html><html><head><meta charset="UTF-8"><title>年报</title></head><body><p>暂无相关信息</p></body></html>',
          );
    }
    return hanwebFiles(site, request);
  },
};

function areaCode(site: Site, name: string): string {
  return `11${hexFrom(`${site.seed}/${name}`, 16).toUpperCase()}`;
}

function newest(site: Site, area: string, year: number): Post | undefined {
  return site
    .listed()
    .find((post) => post.isReport && post.year === year && areaCode(site, post.body.name) === area);
}
