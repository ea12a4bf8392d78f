import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addressKey,
  baseOf,
  isArticleAddress,
  resolveAddress,
  withParameter,
} from '../../../src/crawl/portals/addresses.ts';
import { agencyInTitle, readArticle } from '../../../src/crawl/portals/article.ts';
import { checkAttachment } from '../../../src/crawl/portals/attachment-check.ts';
import { childColumns } from '../../../src/crawl/portals/child-columns.ts';
import { dateInText, dateInUrl } from '../../../src/crawl/portals/dates.ts';
import { readRows } from '../../../src/crawl/portals/list-rows.ts';
import { statedTotals } from '../../../src/crawl/portals/next-link.ts';
import { savedPage } from './plain-client.ts';

const page = 'https://www.example.gov.cn/zwgk/nb/index.html';
const rows = (html: string) =>
  readRows(html, page).map(({ url, title, titleCut, date }) => ({ url, title, titleCut, date }));
const one = (html: string) => {
  const found = rows(html);
  expect(found).toHaveLength(1);
  return found[0]!;
};

test.each([
  ['2026-08-28', '2026-08-28'],
  ['2026/08/27 ', '2026-08-27'],
  ['[2010-3-29]', '2010-03-29'],
  ['2018年01月23日', '2018-01-23'],
  ['2018 年 1 月 3 日', '2018-01-03'],
  ['2025.1.9', '2025-01-09'],
  ['2025\n-01\n-09', '2025-01-09'],
  ['28\n2026-08', '2026-08-28'],
  ['点击 12 2026-08-28', '2026-08-28'],
  ['浏览 12\n2026\n-08-28', '2026-08-28'],
  ['2024年度', null],
  ['电话 0571-2024-1234', null],
  ['2025-02-30', null],
  ['120250109', null],
])('the date in %j is %j', (text, date) => {
  expect(dateInText(text)).toBe(date);
});

test('every day of thirty years is read from every way of writing it', () => {
  const day = fc.date({ min: new Date('2000-01-01'), max: new Date('2030-12-31'), noInvalidDate: true });
  const glue = fc.constantFrom('-', '/', '.', '年', '\n-');
  fc.assert(
    fc.property(day, glue, fc.boolean(), (date, mark, padded) => {
      const iso = date.toISOString().slice(0, 10);
      const [year, month, dayOfMonth] = iso
        .split('-')
        .map((part, index) => (index === 0 || padded ? part : String(Number(part))));
      const text =
        mark === '年' ? `${year}年${month}月${dayOfMonth}日` : `${year}${mark}${month}${mark}${dayOfMonth}`;
      expect(dateInText(`发布：${text} 阅读 35 次`)).toBe(iso);
    }),
    { seed: 6, numRuns: 300 },
  );
});

test('the date of an address is only a day, never a month or a number', () => {
  expect(dateInUrl('https://x.gov.cn/202608/t20260828_1407232.html')).toBe('2026-08-28');
  expect(dateInUrl('https://x.gov.cn/art/2026/1/20/art_284_1.html')).toBe('2026-01-20');
  expect(dateInUrl('https://x.gov.cn/202608/c01_1076387.shtml')).toBeNull();
  expect(dateInUrl('https://x.gov.cn/info/1039/20261399.htm')).toBeNull();
});

test('addresses are resolved as a browser does it, their queries left as written', () => {
  expect(resolveAddress('./202608/t1.html', page)).toBe('https://www.example.gov.cn/zwgk/nb/202608/t1.html');
  expect(resolveAddress('//other.gov.cn/art/1.html#top', page)).toBe('https://other.gov.cn/art/1.html');
  expect(resolveAddress('/d?fileUrl=a%2Fb%3D&fileName=%E7%9C%81.wps', page)).toBe(
    'https://www.example.gov.cn/d?fileUrl=a%2Fb%3D&fileName=%E7%9C%81.wps',
  );
  for (const href of ['javascript:void(0)', 'mailto:a@b.cn', '#top', '', 'http://[', 'file:///etc/passwd'])
    expect(resolveAddress(href, page)).toBeNull();
});

test('two addresses of one page have one key: scheme, fragment, session and tracking aside, other parameters not', () => {
  const key = addressKey('http://x.gov.cn/a.jsp?id=1');
  for (const twin of [
    'https://x.gov.cn/a.jsp?id=1',
    'http://X.gov.cn:80/a.jsp?id=1#top',
    'http://x.gov.cn/a.jsp;jsessionid=0A?id=1',
    'http://x.gov.cn/a.jsp?utm_source=wx&id=1',
  ])
    expect(addressKey(twin)).toBe(key);
  expect(addressKey('http://x.gov.cn/a.jsp?id=2')).not.toBe(key);
  expect(addressKey('http://x.gov.cn:8080/a.jsp?id=1')).not.toBe(key);
});

test('a row is a link with a date beside it, or with the address of an article', () => {
  const html = `<ul class="nav"><li><a href="/about/">关于我们</a></li></ul><ul>
    <li><a href="a.html">某局2024年年报</a><span>2025-01-20</span></li>
    <li><a href="/info/1039/77.htm">某镇2024年年报</a></li>
    <li><a href="/news/">更多</a><span>2025-01-21</span></li></ul>`;
  expect(rows(html).map(({ title, date }) => [title, date])).toEqual([
    ['某局2024年年报', '2025-01-20'],
    ['某镇2024年年报', null],
  ]);
});

test('the title attribute wins over text that is cut, and a whole text over an attribute that says less', () => {
  expect(
    one(
      `<li><a href="a.html" title="某某局2024年政府信息公开工作年度报告">某某局2024年政府信息...</a>2025-01-20</li>`,
    ),
  ).toMatchObject({ title: '某某局2024年政府信息公开工作年度报告', titleCut: false });
  expect(
    one(`<li><a href="a.html" title="某某局">某某局2024年政府信息公开工作年度报告</a>2025-01-20</li>`).title,
  ).toBe('某某局2024年政府信息公开工作年度报告');
  expect(
    one(`<li><a href="a.html" title="某某局2024年政…">某某局2024年政府信息公开工作…</a>2025-01-20</li>`),
  ).toMatchObject({ title: '某某局2024年政府信息公开工作…', titleCut: true });
});

test('picture and title that link to one article are one row with the fuller title', () => {
  expect(
    one(
      `<li><a href="/info/1/2.htm"><img src="x.jpg" alt=""></a><a href="/info/1/2.htm">某某局2024年年报</a><em>2025-01-20</em></li>`,
    ),
  ).toMatchObject({ title: '某某局2024年年报', date: '2025-01-20' });
});

test('a link that only says 查看 takes its title from the cells beside it', () => {
  expect(
    one(
      `<table><tr><td>某某局2024年政府信息公开工作年度报告</td><td>2025-01-20</td><td><a href="/UploadFile/9.pdf">查看</a></td></tr></table>`,
    ).title,
  ).toBe('某某局2024年政府信息公开工作年度报告');
});

test('the column before a title is no row where the article stands beside it', () => {
  expect(
    one(
      `<li>[<a href="/bmdt/">部门年报</a>]<a href="/art/2025/1/20/art_1_2.html">某某局2024年年报</a>2025-01-20</li>`,
    ).title,
  ).toBe('某某局2024年年报');
});

test('a date is the one of its own row, not that of a row inside or around it', () => {
  const html = `<table><tr><td>更新：2020-01-01<table>
    <tr><td><a href="/show.asp?id=1">某甲局年报</a></td><td>2025-01-20</td></tr>
    <tr><td><a href="/show.asp?id=2">某乙局年报</a></td><td></td></tr></table></td></tr></table>`;
  expect(rows(html).map(({ title, date }) => [title, date])).toEqual([
    ['某甲局年报', '2025-01-20'],
    ['某乙局年报', null],
  ]);
});

test('rows that the portal hides by an empty flag are left out', () => {
  const html = `<li><i class="flag">1</i><a href="/a/1.html">某甲局年报</a>2025-01-20</li><li><i class="flag"></i><a href="/a/2.html">某乙局年报</a>2025-01-20</li>`;
  expect(rows(html).map(({ title }) => title)).toEqual(['某甲局年报']);
});

test('an address in a script call is one where there is no other', () => {
  expect(
    one(
      `<li><a href="javascript:;" onclick="isDownLoad(this,'/files/9.pdf')">某某局2024年年报</a>2025-01-20</li>`,
    ).url,
  ).toBe('https://www.example.gov.cn/files/9.pdf');
});

test.each([
  ['共<font color=red>12</font>条 第1/2页', 12, 2],
  ['<span>共52条</span><span>1/11</span>', 52, 11],
  ['共&nbsp;7&nbsp;页', null, 7],
  ['第 1 页 / 共 12 页 总记录数：118 条', 118, 12],
  ['共公开信息 <b>3</b> 类', null, null],
])('%s states %j records on %j pages', (html, total, pages) => {
  expect(statedTotals(html)).toEqual({ total, pages });
});

test.each([
  ['某某区财政局2024年政府信息公开工作年度报告', '某某区财政局'],
  ['2024年某某区财政局政府信息公开工作年度报告', '某某区财政局'],
  ['某某县某某镇人民政府2024年度政府信息公开工作年度报告', '某某县某某镇人民政府'],
  ['某某区财政局关于2024年政府信息公开工作的年度报告', '某某区财政局'],
  ['【2024年】某某区财政局政府信息公开工作年度报告', '某某区财政局'],
  ['某某区财政局二〇二四年政府信息公开工作年度报告', '某某区财政局'],
  ['2024年度政府信息公开工作年度报告（某某街道）', '某某街道'],
  ['2024年政府信息公开工作年度报告（更正版）', null],
  ['2024年政府信息公开工作年度报告', null],
  ['政府信息公开工作年度报告（2024年）', null],
  ['关于2024年政府信息公开工作的年度报告', null],
])('the title %s names %j', (title, agency) => {
  expect(agencyInTitle(title)).toBe(agency);
});

test('sub-columns are links to columns with a year or 年报 in their words, on allowed hosts', () => {
  const html = `<a href="./2023n/">2023年</a><a href="./2022n/" title="2022年度">2022</a><a href="./">政府信息公开年报</a><a href="index_1.html">2021年</a>
    <a href="/art/2025/1/20/art_1_2.html">2024年年报</a><a href="https://clone.example.com/2020/">2020年</a><a href="/wzndbb/">网站年报2023</a><a href="/zn/">指南</a>`;
  expect(
    childColumns(savedPage(page, html), '20\\d\\d|年报', ['www.example.gov.cn']).map((child) => child.url),
  ).toEqual(['https://www.example.gov.cn/zwgk/nb/2023n/', 'https://www.example.gov.cn/zwgk/nb/2022n/']);
});

const bytes = (...values: number[]) => Uint8Array.from([...values, ...new Array<number>(40).fill(0)]);
test.each([
  ['ole', bytes(0xd0, 0xcf, 0x11, 0xe0)],
  ['zip', bytes(0x50, 0x4b, 0x03, 0x04)],
  ['pdf', bytes(0x25, 0x50, 0x44, 0x46, 0x2d)],
  ['pdf', Buffer.from('\r\n\r\n%PDF-1.4 …')],
])('%s is known by its first bytes', (signature, file) => {
  expect(checkAttachment(file, 'x.bin')).toEqual({ ok: true, signature });
});

test.each([
  ['captcha', '<!DOCTYPE html><title>x</title>请输入验证码'],
  ['login', '\ufeff  <html><form>用户登录</form></html>'],
  ['html', '<html><body><h1>404 Not Found</h1></body></html>'],
  ['html', '<script>document.cookie="a=b"</script>'],
  ['json_error', '{"code":"500","message":"文件不存在"}'],
  ['empty', ''],
])('a %s page in place of a file is none', (why, text) => {
  expect(checkAttachment(Buffer.from(text), 'report.doc')).toMatchObject({ ok: false, why });
});

test('a captcha page in GBK is known for what it is', () => {
  // 验证码 in GBK.
  const page = Buffer.concat([
    Buffer.from('<html><body>'),
    Buffer.from([0xd1, 0xe9, 0xd6, 0xa4, 0xc2, 0xeb]),
    Buffer.from('</body></html>'),
  ]);
  expect(checkAttachment(page, 'report.doc')).toMatchObject({ ok: false, why: 'captcha' });
});

test('a text file, and HTML under a name that says so, are files', () => {
  expect(checkAttachment(Buffer.from('一、总体情况'), 'a.txt')).toEqual({ ok: true, signature: null });
  expect(checkAttachment(Buffer.from('<html></html>'), 'http://x.gov.cn/a.html?x=1').ok).toBe(true);
});

test('page tags are read in any order, quote and place, the first that is not empty', () => {
  const article = readArticle(
    savedPage(
      'http://x.gov.cn/a.html',
      `<body><meta content='' name='ArticleTitle'><meta content='某局2024年年报' name="articletitle"><meta name="PubDate"content="2025-01-20 16:28"><meta name="ContentSource" content="办公室"></body>`,
    ),
    null,
  );
  expect(article).toMatchObject({ title: '某局2024年年报', publishedOn: '2025-01-20' });
  expect(article.agencyHints).toContainEqual({ from: 'meta.ContentSource', value: '办公室' });
});

test('a cut title of the list gives way to the whole one of the article, and a whole one stays when the article has none', () => {
  const row = {
    url: 'http://x.gov.cn/a.html',
    title: '某局2024年政府信息...',
    titleCut: true,
    date: null,
    publisher: null,
    attachments: [],
  };
  const whole = readArticle(savedPage(row.url, '<h1>某局2024年政府信息公开工作年度报告</h1>'), row);
  expect(whole.title).toBe('某局2024年政府信息公开工作年度报告');
  const bare = readArticle(savedPage(row.url, '<p>x</p>'), {
    ...row,
    title: '某局2024年年报',
    titleCut: false,
  });
  expect(bare.title).toBe('某局2024年年报');
});

test('files are found outside the text, in viewers and by mark, under the best of their names, each once', () => {
  const html = `<div id="zoom"><p>见附件</p><iframe src="/pdfjs/web/viewer.html?file=%2Ffiles%2F1.pdf"></iframe></div>
    <div><a href="/files/1.pdf" title="2024年年报.pdf">点击下载</a><a href="/files/2.ofd">附件2：年报.ofd</a>
    <a appendix="true" href="/f/3" download="3.xls">表</a><a href="/files/4.docx">下载</a></div><footer><a href="/help.pdf">使用帮助</a></footer>`;
  const article = readArticle(savedPage('http://x.gov.cn/a.html', html), null);
  expect(article.attachments.map(({ url, name }) => [new URL(url).pathname, name])).toEqual([
    ['/files/1.pdf', '2024年年报.pdf'],
    ['/files/2.ofd', '年报.ofd'],
    ['/f/3', '3.xls'],
    ['/files/4.docx', null],
  ]);
});

test('pictures of the text are listed, icons beside file names are not', () => {
  const html = `<div id="UCAP-CONTENT"><img src="./W020250101.jpg"><img src="/images/fileTypeImages/icon_pdf.gif"><img width="16" src="i.png"><img src="data:image/png;base64,AAAA"></div><img src="/logo.png">`;
  expect(readArticle(savedPage('http://x.gov.cn/a/b.html', html), null).images).toEqual([
    { url: 'http://x.gov.cn/a/W020250101.jpg' },
  ]);
});

test('the text is found by its six sections where no selector knows the template', () => {
  const sections = [
    '一、总体情况',
    '二、主动公开政府信息情况',
    '三、收到和处理政府信息公开申请情况',
    '四、行政复议、行政诉讼情况',
    '五、存在的主要问题',
    '六、其他需要报告的事项',
  ];
  const html = `<div class="top"><a href="/">首页</a>导航</div><div class="unknown"><div class="deep">${sections.map((each) => `<p>${each}</p><table><tr><td>1</td></tr></table>`).join('')}</div></div><div>版权</div>`;
  const { bodyHtml } = readArticle(savedPage('http://x.gov.cn/a.html', html), null);
  expect(bodyHtml).toMatch(/^<div class="deep">/);
  expect(bodyHtml!.match(/<table/g)).toHaveLength(6);
});

test('shapes of article addresses of the known systems, and of columns', () => {
  for (const path of [
    '/art/2025/1/20/art_1_2.html',
    '/zw/202501/t20250120_17.html',
    '/info/1039/12.htm',
    '/gkmlpt/content/4/4657/post_4657001.html',
    '/public/content/10461829',
    '/nw12344/20230331/4a03b5fa47ae4c73b7ec42801de6be66.html',
    '/csrc/c101928/c1/content.shtml',
    '/x/202501/c01_1076387.shtml',
    '/show.asp?id=3',
    '/wzxxgknb/2025/018.pdf',
    '/zfxxgknb/zfxxgknb_1916/2021_gx/t800728.shtml',
  ])
    expect(isArticleAddress(`https://x.gov.cn${path}`), path).toBe(true);
  for (const path of [
    '/',
    '/col/col284/index.html',
    '/zwgk/zfxxgknb/',
    '/public/column/1681?type=3',
    '/list.asp?cid=9',
    '/nw39220/index_2.html',
  ])
    expect(isArticleAddress(`https://x.gov.cn${path}`), path).toBe(false);
});

test('Chinese in the query of a link goes out in the encoding of its page, in the path always in UTF-8', () => {
  const from = { url: 'http://www.example.gov.cn/list.asp', charset: 'gb18030' };
  // 年报 is C4EA B1A8 in GBK and E5B9B4 E68AA5 in UTF-8.
  expect(resolveAddress('list.asp?lm=年报&page=2', from)).toBe(
    'http://www.example.gov.cn/list.asp?lm=%C4%EA%B1%A8&page=2',
  );
  expect(resolveAddress('/年报/1.htm', from)).toBe('http://www.example.gov.cn/%E5%B9%B4%E6%8A%A5/1.htm');
  expect(resolveAddress('list.asp?lm=年报', from.url)).toBe(
    'http://www.example.gov.cn/list.asp?lm=%E5%B9%B4%E6%8A%A5',
  );
  expect(resolveAddress('?a=1%2F2&lm=%C4%EA', from)).toBe(
    'http://www.example.gov.cn/list.asp?a=1%2F2&lm=%C4%EA',
  );
});

test('a parameter is set without touching the bytes of the others', () => {
  expect(withParameter('http://a.gov.cn/list.asp?lm=%C4%EA%B1%A8&page=1&x=a%2Fb', 'page', '2')).toBe(
    'http://a.gov.cn/list.asp?lm=%C4%EA%B1%A8&page=2&x=a%2Fb',
  );
  expect(withParameter('http://a.gov.cn/list.asp', 'page', '2')).toBe('http://a.gov.cn/list.asp?page=2');
});

test.each([
  ['<base href="http://www.example.gov.cn/app/">', 'http://www.example.gov.cn/app/'],
  ["<BASE target=_blank href='/app/'>", 'http://www.example.gov.cn/app/'],
  ['<base href=/app/ >', 'http://www.example.gov.cn/app/'],
  ['<base target="_blank">', null],
  ['<!-- <base href="/old/"> -->', null],
  ['<!-- <base href="/old/"> --><base href="/new/">', 'http://www.example.gov.cn/new/'],
  ['<base href="javascript:1">', null],
])('%s leads links to %s', (tag, base) => {
  expect(baseOf(`<html><head>${tag}</head>`, 'http://www.example.gov.cn/zwgk/list.jsp')).toBe(base);
});

test('links are relative to the base that the page names', () => {
  const from = { url: 'http://www.example.gov.cn/zwgk/list.jsp', base: 'http://www.example.gov.cn/app/' };
  const html = '<ul><li><a href="show.jsp?id=4">某某局2024年政府信息公开年报</a> 2025-01-20</li></ul>';
  expect(readRows(html, from).map(({ url }) => url)).toEqual(['http://www.example.gov.cn/app/show.jsp?id=4']);
});
