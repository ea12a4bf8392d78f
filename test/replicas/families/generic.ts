import { type Answer, html, pageOf, type ReplicaFamily, type ReplicaRequest } from '../family.ts';
import { cutTitle, escapeHtml, hexFrom, type Post, type Site } from '../site.ts';

/**
 * Old home-made systems. Variants: `kind`: `asp` (default; next link, which on the last page leads to itself), `php`
 * (`pageNo` from 0, numbers only), `aspx` (__doPostBack with a view state that is checked and used once);
 * `charset`: `gbk`. The column's name goes with every further page, in a link or in a hidden field, and is understood in
 * the charset of the site alone.
 */
export const generic: ReplicaFamily = {
  columnPath: (site) => listPath(site),
  postPath: (site, post) => `/show.asp?id=${site.number(post)}`,
  answer(site, request) {
    const { pathname, searchParams } = request.url;
    if (pathname === listPath(site).split('?')[0]) {
      switch (kind(site)) {
        case 'asp':
          return asp(site, request);
        case 'php':
          return php(site, Number(searchParams.get('pageNo') ?? 0) + 1);
        case 'aspx':
          return aspx(site, request);
      }
    }
    if (pathname === '/show.asp') {
      const post = site.byNumber(Number(searchParams.get('id')));
      return post && articlePage(site, post);
    }
    const file = /^\/UploadFile\/(\d+)\.\w+$/.exec(pathname);
    const found = file ? site.fileByNumber(Number(file[1])) : null;
    return found && { type: found.contentType, body: found.bytes(), modified: '2025-01-02T00:00:00Z' };
  },
};

const columnName = '政府信息公开年报';

/** Parameters as an old system understands them: bytes in its own charset. */
function parameters(site: Site, encoded: string): ReadonlyMap<string, string> {
  const decoder = new TextDecoder(site.variant<string>('charset', 'utf-8'));
  const decode = (text: string) =>
    decoder.decode(
      Buffer.from(
        text
          .replace(/\+/g, ' ')
          .replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      ),
    );
  return new Map(
    encoded.split('&').map((part) => {
      const [name = '', value = ''] = part.split('=');
      return [decode(name), decode(value)];
    }),
  );
}

type Kind = 'asp' | 'php' | 'aspx';

function kind(site: Site): Kind {
  return site.variant<Kind>('kind', 'asp');
}

function listPath(site: Site): string {
  return { asp: '/list.asp?cid=9', php: '/list.php', aspx: '/showinfo/moreinfolist.aspx?categorynum=002001' }[
    kind(site)
  ];
}

function meta(site: Site): string {
  return site.variant<string>('charset', 'utf-8') === 'gbk'
    ? '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
    : '<meta charset="utf-8">';
}

/** `[2010-3-29]`, and addresses without quotes. */
function rows(site: Site, page: number): string {
  return pageOf(site.listed(), page, site.perPage)
    .map((post, index) => {
      const [year, month, day] = post.published.split('-').map(Number);
      const href = `${kind(site) === 'aspx' ? '..' : ''}/show.asp?id=${site.number(post)}`.replace(
        /^\.\.\//,
        '../',
      );
      const quoted = index % 2 === 0 ? href : `'${href}'`;
      return `<tr><td><a href=${quoted} title='${escapeHtml(post.title)}'>${cutTitle(post.title, 15)}</a></td><td>[${year}-${month}-${day}]</td></tr>`;
    })
    .join('\n');
}

function pages(site: Site): number {
  return Math.max(1, Math.ceil(site.listed().length / site.perPage));
}

function page(site: Site, inside: string): Answer {
  return html(
    `<html><head>${meta(site)}<title>政府信息公开年报</title></head><body><table><tr><td><a href="/">首页</a></td><td><a href="/about.asp">关于我们</a></td></tr></table>${inside}</body></html>`,
  );
}

function asp(site: Site, { target }: ReplicaRequest): Answer {
  const query = parameters(site, target.split('?')[1] ?? '');
  if (query.has('page') && query.get('lm') !== columnName) return page(site, '<p>没有这个栏目</p>');
  const last = pages(site);
  const current = Math.min(Math.max(1, Number(query.get('page') ?? 1)), last);
  const next = Math.min(current + 1, last);
  return page(
    site,
    `<table>${rows(site, current)}</table>共<font color=red>${site.listed().length}</font>条 第${current}/${last}页 <a href="list.asp?cid=9&lm=${columnName}&page=${Math.max(1, current - 1)}">上一页</a> <a href="list.asp?cid=9&lm=${columnName}&page=${next}">下一页</a>`,
  );
}

/** Beyond the end the last page comes again; no total is stated. */
function php(site: Site, number: number): Answer {
  const last = pages(site);
  const current = Math.min(Math.max(1, number), last);
  const numbers = Array.from(
    { length: Math.min(last, 5) },
    (_, index) => `<a href="?pageNo=${index}">${index + 1}</a>`,
  );
  return page(site, `<table>${rows(site, current)}</table>${numbers.join(' ')}`);
}

function aspx(site: Site, request: ReplicaRequest): Answer {
  let current = 1;
  if (request.method === 'POST') {
    const fields = parameters(site, request.body);
    const state = site.memory.get('viewstate');
    if (
      fields.get('__VIEWSTATE') !== state ||
      fields.get('__VIEWSTATEGENERATOR') !== 'C2EE9ABB' ||
      fields.get('__EVENTTARGET') !== 'MoreInfoList1$Pager' ||
      fields.get('categoryname') !== columnName
    ) {
      return html(
        '<html><head><title>Validation of viewstate MAC failed</title></head><body><h1>Server Error</h1></body></html>',
        { status: 500 },
      );
    }
    current = Number(fields.get('__EVENTARGUMENT'));
  }
  const fresh = `/wEPDwUK${hexFrom(`${site.host}${site.served}`, 24)}==`;
  site.memory.set('viewstate', fresh);
  const last = pages(site);
  const links = Array.from({ length: last }, (_, index) => index + 1)
    .filter((each) => each !== current && Math.abs(each - current) < 3)
    .map((each) => `<a href="javascript:__doPostBack('MoreInfoList1$Pager','${each}')">${each}</a>`);
  return page(
    site,
    `<form name="form1" method="post" action="moreinfolist.aspx?categorynum=002001"><input type="hidden" name="__VIEWSTATE" value="${fresh}"><input type="hidden" name="__VIEWSTATEGENERATOR" value="C2EE9ABB"><input type="hidden" name="__VIEWSTATEENCRYPTED" value=""><input type="hidden" name="categoryname" value="${columnName}">
<table id="MoreInfoList1_DataGrid1">${rows(site, current)}</table><div id="MoreInfoList1_Pager"><font color="red">${current}/${last}</font> 共${last}页 ${links.join(' ')}</div></form>`,
  );
}

function articlePage(site: Site, post: Post): Answer {
  const body = site.bodyHtml(
    post,
    (file, index) =>
      `<a href=/UploadFile/${site.fileNumber(post, index)}.${file.extension}>${escapeHtml(file.name)}</a>`,
  );
  return html(
    `<html><head>${meta(site)}<title>${escapeHtml(post.title)}</title></head><body><table><tr><td align=center><h1>${escapeHtml(post.title)}</h1></td></tr><tr><td>发布时间：${post.published} 点击：${site.served}</td></tr></table><div class="art_con${site.template > 1 ? ' x' : ''}">${body}</div></body></html>`,
  );
}
