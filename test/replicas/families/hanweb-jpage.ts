import { type Answer, html, type ReplicaFamily, type ReplicaRequest } from '../family.ts';
import { listTags } from '../page-tags.ts';
import { cutTitle, escapeHtml, type Post, type Site } from '../site.ts';
import { hanwebFiles, hanwebPath, maketime } from './hanweb-article.ts';

const UNIT = '423656';
const MOBILE = '427101';
const GROUP = 3;

/**
 * Classic Hanweb column. Variants: `ask`: `both` (default), `post`, `get` or `next` — how dataproxy.jsp
 * serves further groups (`next`: by the links in nextgroup alone);
 * `scripted`: records are script; `encrypted`: nextgroup holds blobs, and any answer to them is an empty store; `proxy`: path of dataproxy.jsp.
 */
export const hanwebJpage: ReplicaFamily = {
  columnPath: () => '/col/col284/index.html',
  postPath: (site, post) => hanwebPath(site, post),
  answer(site, request) {
    if (request.url.pathname === '/col/col284/index.html') return columnPage(site);
    if (request.url.pathname === proxyPath(site)) return dataproxy(site, request);
    return hanwebFiles(site, request);
  },
};

function proxyPath(site: Site): string {
  return site.variant('proxy', '/module/web/jpage/dataproxy.jsp');
}

function webname(site: Site): string {
  return `${site.bodies[0]!.district}人民政府`;
}

function columnPage(site: Site): Answer {
  const posts = site.listed();
  const embedded = posts.slice(0, GROUP * site.perPage);
  const call = (total: number, store: string) =>
    `$('#${UNIT}').jpage({themeName:'default',showMode:'full',totalRecord:${total},openCookies:false,dataBefore:'<ul class="column-list">    ',${store}dataAfter:'</ul>',groupSize:${GROUP},proxyUrl:'${proxyPath(site)}',perPage:${site.perPage},barPosition:'bottom',ajaxParam:param_${UNIT}});`;
  return html(`<!DOCTYPE html>
<html><head lang="zh"><meta charset="UTF-8"><meta name='WebId' content='3'>
<title>${webname(site)} 政府信息公开年报</title>
<meta name='Maketime' content='${maketime(site)}'>
${listTags(site)}
</head><body id="page_type" alt="综合页">
<div class="bt-place"><a href="/index.html"class="bt_link">首页</a><a href="/col/col275/index.html"class="bt_link">政务公开</a></div>
<div class="pclist"><div id="${UNIT}"><script type="text/xml">${store(site, embedded, 1, UNIT)}</script></div><script language="javascript" src="${proxyPath(site).replace('dataproxy.jsp', 'jquery.jpage.js')}"></script><script>var param_${UNIT} = {col:1,appid:'1',webid:3,path:'/',columnid:284,sourceContentType:1,unitid:'${UNIT}',webname:'${webname(site)}',permissiontype:0}; function jpage_${UNIT}(){$('#jpageform_${UNIT} :input').each(function(){param_${UNIT}[$(this).attr('name')]=$(this).val();});${call(1000, '')}};$(function(){${call(posts.length, `dataStore:$('#${UNIT}').children('script').html(),`)}});</script></div>
<div class="moblist"><div id="${MOBILE}"><script type="text/xml">${store(site, embedded.slice(0, 2 * site.perPage), 1, MOBILE)}</script></div></div>
</body></html>`);
}

function store(site: Site, posts: readonly Post[], nextPage: number, unit: string, total?: number): string {
  const name = encodeURIComponent(encodeURIComponent(webname(site)));
  const query = site.variant('encrypted', false)
    ? `page=${nextPage}&appid=1&appid=1&webid=3&path=/&columnid=kq8f%2FZ0a91&unitid=Zm9vYmFy%3D%3D&webname=${name}&permissiontype=0`
    : `page=${nextPage}&appid=1&appid=1&webid=3&path=/&columnid=284&unitid=${unit}&webname=${name}&permissiontype=0`;
  return `<datastore>
<nextgroup><![CDATA[<a href="${proxyPath(site)}?${query}"></a>]]></nextgroup>
${total === undefined ? '' : `<totalrecord>${total}</totalrecord>\n<totalpage>${Math.ceil(total / site.perPage)}</totalpage>\n`}<recordset>
<ul class="column-list">
    
</ul>
${posts.map((post, index) => record(site, post, index)).join('\n')}
</recordset>
</datastore>`;
}

/** Titles cut in the text and whole in the attribute, in both kinds of quote; every third date on several lines. */
function record(site: Site, post: Post, index: number): string {
  const quote = index % 2 === 0 ? "'" : '"';
  const [year, month, day] = post.published.split('-');
  if (site.variant('scripted', false))
    return `<record><![CDATA[<script>var urls='${hanwebPath(site, post)}';var headers='${post.title}';var year='${year}';var month='${month}';var day='${day}';document.write(urls)</script>]]></record>`;
  const date =
    index % 3 === 2
      ? `${year}\n-${month}\n-${day}`
      : index % 3 === 1
        ? `[${post.published}]`
        : post.published;
  return `<record><![CDATA[
    <li class="clearfix bt-list-new"><a title=${quote}${escapeHtml(post.title)}${quote} target="_blank" href="${hanwebPath(site, post)}">            ${cutTitle(post.title, 16)}</a><span class="bt-list-time">${date}</span>    </li>    ]]></record>`;
}

function dataproxy(site: Site, request: ReplicaRequest): Answer | null {
  const ask = site.variant<'both' | 'post' | 'get' | 'next'>('ask', 'both');
  const query = request.url.searchParams;
  if (query.has('page') && !query.has('startrecord')) {
    // nextgroup: groups are numbered from 0, and the page itself holds group 0.
    const page = Number(query.get('page'));
    if (query.get('unitid') !== UNIT && query.get('unitid') !== MOBILE) return empty();
    return group(site, page * GROUP * site.perPage + 1, (page + 1) * GROUP * site.perPage, page + 1);
  }
  if (request.method === 'POST' ? ask === 'get' : ask === 'post')
    return ask === 'get' ? { status: 405, type: 'text/html', body: '' } : empty();
  if (ask === 'next') return empty();
  const fields = request.method === 'POST' ? new URLSearchParams(request.body) : query;
  if (
    fields.get('columnid') !== '284' ||
    fields.get('unitid') !== UNIT ||
    fields.get('webname') !== webname(site)
  )
    return empty();
  const start = Number(query.get('startrecord'));
  return group(site, start, Number(query.get('endrecord')), Math.floor(start / (GROUP * site.perPage)) + 1);
}

function group(site: Site, start: number, end: number, nextPage: number): Answer {
  const posts = site.listed();
  return {
    type: 'text/xml;charset=UTF-8',
    body: store(site, posts.slice(start - 1, end), nextPage, UNIT, posts.length),
  };
}

/** What the encrypted sites answer to parameters that they do not know. */
function empty(): Answer {
  return {
    type: 'text/xml;charset=UTF-8',
    body: '<datastore>\n<recordset>\n</recordset>\n</datastore>\n    ',
  };
}
