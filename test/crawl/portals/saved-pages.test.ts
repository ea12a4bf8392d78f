import { readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'cheerio';
import { describe, expect, test } from 'vitest';
import { readArticle } from '../../../src/crawl/portals/article.ts';
import { readFragment } from '../../../src/crawl/portals/esogov.ts';
import { detectFamily } from '../../../src/crawl/portals/families.ts';
import { readCatalogueAnswer } from '../../../src/crawl/portals/gd-gkmlpt.ts';
import { hanweb } from '../../../src/crawl/portals/hanweb.ts';
import { jpaasAddress, readJpaasAnswer, readJpaasUnits } from '../../../src/crawl/portals/hanweb-jpaas.ts';
import { readDataproxy, readJpageUnits } from '../../../src/crawl/portals/hanweb-jpage.ts';
import { kaipuJson, readEndpoint, readKaipuAnswer } from '../../../src/crawl/portals/kaipu-json.ts';
import { readRows } from '../../../src/crawl/portals/list-rows.ts';
import { nextPageAddress, statedTotals } from '../../../src/crawl/portals/next-link.ts';
import type { Page, PageRequest } from '../../../src/crawl/portals/portal.ts';
import { isReportText } from '../../../src/crawl/portals/single-page.ts';
import { readStaticPager, staticPageAddress, staticPager } from '../../../src/crawl/portals/static-pager.ts';
import { corpus } from '../../support/requires.ts';
import { column, savedPage } from './plain-client.ts';

/** A saved page under the address that PROVENANCE.tsv gives for it. */
function saved(file: string, url: string): Page {
  return savedPage(url, readFileSync(path.join(corpus!, 'portals', file), 'utf8'));
}

/** What a reader sees of HTML, in one line. */
function words(html: string | null): string {
  const $ = load(html ?? '');
  $('script, style').remove();
  return $.text().replace(/\s+/g, ' ').trim();
}

describe.skipIf(corpus === null)('saved portal pages', () => {
  const jiangsu = 'http://fzggw.jiangsu.gov.cn/col/col284/index.html';

  test('Jiangsu: eight embedded rows of a stated 138, the dummy total of 1000 passed over', () => {
    const page = saved('hanweb_jpage/js_fzggw_col284_list.html', jiangsu);
    expect(detectFamily(page).family.name).toBe('hanweb');
    const [desktop, mobile] = readJpageUnits(page);
    expect(desktop).toMatchObject({ id: '423656', total: 138, perPage: 10, groupSize: 3 });
    expect(desktop!.rows.map((row) => [row.url.split('/art/')[1], row.date])).toEqual([
      ['2026/8/28/art_284_11821965.html', '2026-08-28'],
      ['2026/8/14/art_284_11816385.html', '2026-08-14'],
      ['2026/7/31/art_284_11811304.html', '2026-07-31'],
      ['2026/6/6/art_284_11781718.html', '2026-06-06'],
      ['2026/4/13/art_284_11757090.html', '2026-04-13'],
      ['2026/3/30/art_284_11751657.html', '2026-03-30'],
      ['2025/12/24/art_284_11699035.html', '2025-12-24'],
      ['2025/10/27/art_284_11663287.html', '2025-10-27'],
    ]);
    expect(desktop!.rows[3]!.title).toBe(
      '江苏省战略与发展研究中心关于公布2026年统一公开招聘专业测试成绩的公告',
    );
    expect(mobile!.rows.map((row) => row.url)).toEqual(desktop!.rows.slice(0, 2).map((row) => row.url));
  });

  test('Jiangsu: the next group is asked for as the recorded request does', async () => {
    const page = saved('hanweb_jpage/js_fzggw_col284_list.html', jiangsu);
    const asked: PageRequest[] = [];
    const answer = saved('hanweb_jpage/dataproxy_response.SYNTHETIC.xml', jiangsu);
    const client = {
      fetch: async (request: PageRequest) => {
        asked.push(request);
        return answer;
      },
    };
    const walk = hanweb.walk(column(jiangsu), page, client);
    await walk.next();
    const second = await walk.next();
    expect(asked[0]).toEqual({
      url: 'http://fzggw.jiangsu.gov.cn/module/web/jpage/dataproxy.jsp?startrecord=31&endrecord=60&perpage=10',
      method: 'POST',
      form: [
        ['col', '1'],
        ['appid', '1'],
        ['webid', '3'],
        ['path', '/'],
        ['columnid', '284'],
        ['sourceContentType', '1'],
        ['unitid', '423656'],
        ['webname', '江苏省发展和改革委员会'],
        ['permissiontype', '0'],
      ],
      referer: jiangsu,
      ajax: true,
      expect: 'page',
    });
    expect(second.value).toMatchObject({
      rows: [{ title: '示例机关2025年政府信息公开工作年度报告' }],
      total: 138,
    });
    // The rows that were cut from the saved page are missed, not silently left out.
    let step = second;
    while (!step.done) step = await walk.next();
    expect(step.value).toMatchObject({ outcome: 'partial', total: 138 });
  });

  test('Jiangsu: an answer of dataproxy.jsp', () => {
    const { text } = saved('hanweb_jpage/dataproxy_response.SYNTHETIC.xml', jiangsu);
    const answer = readDataproxy(text, jiangsu);
    expect(answer.total).toBe(138);
    expect(answer.nextGroup).toContain('dataproxy.jsp?page=2&appid=1&appid=1&webid=3');
    expect(answer.rows).toMatchObject([
      {
        url: 'http://fzggw.jiangsu.gov.cn/art/2026/1/20/art_284_11719364.html',
        titleCut: false,
        date: '2026-01-20',
      },
    ]);
  });

  test('Jiangsu: an article', () => {
    const page = saved(
      'hanweb_jpage/js_fzggw_article.html',
      'http://fzggw.jiangsu.gov.cn/art/2026/8/28/art_284_11821965.html',
    );
    const article = readArticle(page, null);
    expect(article).toMatchObject({
      title: '江苏省成品油价格调整公告（2026年第16号）',
      publishedOn: '2026-08-28',
      attachments: [],
      linkOnly: null,
    });
    expect(article.agencyHints).toContainEqual({ from: 'meta.ContentSource', value: '价格管理和成本监审处' });
    expect(words(article.bodyHtml)).toContain('江苏省汽、柴油最高零售批发价格表');
  });

  test('Wenzhou 2010: the text inside the old fences', () => {
    const article = readArticle(
      saved('hanweb_jpage/wenzhou_2010_body_fragment.html', 'http://www.wenzhou.gov.cn/a.html'),
      null,
    );
    expect(article.bodyHtml).toMatch(/<p>正文<\/p>/i);
  });

  const zhejiang = 'https://fzggw.zj.gov.cn/col/col1229565788/index.html';

  test('Zhejiang: the one unit of the column page, and its address with the number inside paramJson', () => {
    const page = saved('hanweb_jpaas/zj_fzggw_col1229565788.html', zhejiang);
    expect(detectFamily(page).family.name).toBe('hanweb');
    const units = readJpaasUnits(page);
    expect(units.map((unit) => unit.tag)).toEqual(['信息列表']);
    const address = new URL(jpaasAddress(units[0]!, 2, 15));
    expect(address.origin + address.pathname).toBe(
      'https://fzggw.zj.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit',
    );
    expect(Object.fromEntries(address.searchParams)).toEqual({
      parseType: 'bulidstatic',
      webId: '3185',
      tplSetId: 'o0YcVHHq5vWtr3uiCp4SY',
      pageType: 'column',
      tagId: '信息列表',
      editType: 'null',
      pageId: '1229565788',
      paramJson: '{"pageNo":2,"pageSize":15}',
    });
  });

  test('Zhejiang: fifteen rows of a stated 388, old and new addresses, titles whole', () => {
    const { text } = saved('hanweb_jpaas/zj_fzggw_unit_api_page1.json', zhejiang);
    const answer = readJpaasAnswer(text, zhejiang)!;
    expect(answer).toMatchObject({ total: 388, perPage: 15, hasPager: true });
    expect(answer.rows).toHaveLength(15);
    expect(answer.rows.every((row) => !row.titleCut)).toBe(true);
    expect(answer.rows[0]).toMatchObject({
      url: 'https://fzggw.zj.gov.cn/col/col1229123351/art/2026/art_937add6719f140bdac86d5b97c525d28.html',
      title: '省发展改革委关于印发《浙江省固定资产投资项目节能审查和碳排放评价实施办法》的通知',
      date: '2026-06-05',
    });
    expect(answer.rows[6]).toMatchObject({
      url: 'https://fzggw.zj.gov.cn/art/2025/11/4/art_1229123351_2578716.html',
      date: '2025-11-04',
    });
    expect(answer.rows[14]).toMatchObject({
      url: 'https://fzggw.zj.gov.cn/art/2025/1/27/art_1229123351_2544446.html',
      date: '2025-01-27',
    });
  });

  test('Zhejiang: an article with its information table and a WPS file', () => {
    const url =
      'https://fzggw.zj.gov.cn/col/col1229123351/art/2026/art_937add6719f140bdac86d5b97c525d28.html';
    const page = saved('hanweb_jpaas/zj_fzggw_article.html', url);
    const article = readArticle(page, null);
    expect(article).toMatchObject({
      title: '省发展改革委关于印发《浙江省固定资产投资项目节能审查和碳排放评价实施办法》的通知',
      publishedOn: '2026-06-05',
      indexNumber: '11330000002482031M/2026-1010578183',
    });
    expect(article.agencyHints).toContainEqual({ from: 'info_table.发布机构', value: '浙江省发改委' });
    expect(article.agencyHints).toContainEqual({ from: 'meta.ContentSource', value: '节能处' });
    expect(article.attachments).toHaveLength(1);
    const [file] = article.attachments;
    expect(file!.name).toBe(
      '省发展改革委关于印发《浙江省固定资产投资项目节能审查和碳排放评价实施办法》的通知无痕迹稿.wps',
    );
    const query = /document\/download\?([^"]+)"/.exec(page.text)![1]!;
    expect(file!.url).toBe(
      `https://fzggw.zj.gov.cn/api-gateway/jpaas-web-server/front/document/download?${query}`,
    );
  });

  test('NDRC: six rows without the related readings, and a pager of 20 counted from 0', () => {
    const url = 'https://www.ndrc.gov.cn/xxgk/zcfb/tz/';
    const page = saved('trs_wcm/ndrc_tz_list.html', url);
    expect(detectFamily(page).family.name).toBe('static_pager');
    expect(readRows(page.text, url).map((row) => [row.url.slice(url.length), row.date])).toEqual([
      ['202608/t20260828_1407232.html', '2026-08-27'],
      ['202608/t20260820_1407094.html', '2026-08-20'],
      ['202608/t20260803_1406880.html', '2026-08-03'],
      ['202608/t20260803_1406883.html', '2026-08-03'],
      ['202607/t20260723_1406641.html', '2026-07-23'],
      ['202604/t20260424_1404861.html', '2026-04-24'],
    ]);
    const pager = readStaticPager(page)!;
    expect(pager).toEqual({ pages: 20, base: 0, name: 'index', extension: 'html', total: null });
    expect(staticPageAddress(pager, pager.base, 2, url)).toBe(`${url}index_1.html`);
  });

  test('NDRC: an article with a PDF and its OFD twin beside the text, its date not that of the address', () => {
    const url = 'https://www.ndrc.gov.cn/xxgk/zcfb/tz/202608/t20260828_1407232.html';
    const article = readArticle(saved('trs_wcm/ndrc_article.html', url), null);
    expect(article).toMatchObject({
      title: '关于印发《物流网建设实施方案》的通知(发改经贸〔2026〕1241号)',
      publishedOn: '2026-08-27',
      linkOnly: null,
    });
    expect(article.attachments.map((file) => [file.url, file.name])).toEqual([
      [
        'https://www.ndrc.gov.cn/xxgk/zcfb/tz/202608/P020260828319115295873.pdf',
        '《物流网建设实施方案》.pdf',
      ],
      [
        'https://www.ndrc.gov.cn/xxgk/zcfb/tz/202608/P020260828320256635020.ofd',
        '《物流网建设实施方案》.ofd',
      ],
    ]);
    expect(words(article.bodyHtml)).toContain('各省、自治区、直辖市人民政府，国务院各部委、各直属机构');
    expect(words(article.bodyHtml)).not.toContain('排行榜');
  });

  test('Chongqing: two rows, the menu entry among them left out, and neither definition nor wrong total believed', () => {
    const url = 'https://kjj.cq.gov.cn/zwxx_176/tzgg/index.html';
    const page = saved('trs_wcm/cq_kjj_list_fragment.html', url);
    expect(readRows(page.text, url).map((row) => [row.url, row.date])).toEqual([
      ['https://kjj.cq.gov.cn/zwxx_176/tzgg/202607/t20260702_15795188.html', '2026-07-02'],
      ['https://kjj.cq.gov.cn/zwxx_176/tzgg/202607/t20260707_15805740.html', '2026-07-07'],
    ]);
    // 总记录：2 beside 34 pages is the number of another list.
    expect(readStaticPager(page)).toEqual({
      pages: 34,
      base: 0,
      name: 'index',
      extension: 'html',
      total: null,
    });
  });

  test('Chongqing: title and date inside the link', () => {
    const url = 'https://jjxxw.cq.gov.cn/zwgk_213/gsgg/index.html';
    const page = saved('trs_wcm/cq_jjxxw_list_fragment.html', url);
    expect(readRows(page.text, url).map((row) => [row.title, row.date])).toEqual([
      ['关于重庆食品包装设计大赛入围作品的公示', '2026-07-06'],
      ['关于拟增补入选市经济信息委专家库人员名单的公示', '2026-07-03'],
    ]);
    expect(readStaticPager(page)).toMatchObject({ pages: 40, base: 0 });
  });

  test('Chongqing: a short text is still the text', () => {
    const article = readArticle(
      saved('trs_wcm/cq_detail_fragment.html', 'https://kjj.cq.gov.cn/x.html'),
      null,
    );
    expect(words(article.bodyHtml)).toContain('大赛报名延期至7月17日');
  });

  test('every pager call of the list of variants', () => {
    const lines = readFileSync(path.join(corpus!, 'portals', 'trs_wcm/pager_variants.txt'), 'utf8')
      .trim()
      .split('\n');
    const read = lines.map((line) => {
      const pager = readStaticPager(
        savedPage('http://www.example.gov.cn/a/index.html', `<script>${line.split('#')[0]}</script>`),
      );
      return pager && [pager.pages, pager.base, pager.name, pager.extension, pager.total];
    });
    expect(read).toEqual([
      [20, 0, 'index', 'html', null],
      [34, 0, 'index', 'html', null],
      [9, 0, 'index', 'html', null],
      [25, 1, 'index', 'html', 500],
      [5, 1, 'fg', 'shtml', 89],
      [22, 1, 'common_list', 'shtml', 325],
      [10, 1, 'xlist', 'shtml', 189],
      [84, 1, 'dc_list', 'shtml', 1000],
      // Names in place of numbers: a definition, not a call.
      null,
    ]);
    expect(
      staticPageAddress(
        readStaticPager(savedPage('http://x.gov.cn/c1/fg.shtml', lines[4]!))!,
        1,
        5,
        'http://x.gov.cn/c1/fg.shtml',
      ),
    ).toBe('http://x.gov.cn/c1/fg_5.shtml');
  });

  test('Anshun: the file relative to the article', () => {
    const url = 'https://www.anshun.gov.cn/zwgk/202606/t20260612_1.html';
    const article = readArticle(saved('trs_wcm/attachment_pattern.html', url), null);
    expect(article.attachments).toEqual([
      {
        url: 'https://www.anshun.gov.cn/zwgk/202606/P020260612389613086419.xls',
        name: '附件.xls',
        referer: url,
      },
    ]);
  });

  test('Engebei: the ten rows of a real annual-report column in a layout of tables, four of them reports', () => {
    const url = 'http://www.egb.gov.cn/xxgk/xxgknb/';
    const page = saved('list-engebei-trs/list.html', url);
    expect(detectFamily(page).family).toMatchObject({ name: staticPager.name });
    const rows = readRows(page.text, url);
    expect(rows.map((row) => [row.url.slice(url.length), row.date])).toEqual([
      ['202009/t20200903_2748784.html', '2020-09-03'],
      ['202005/t20200506_2633371.html', '2020-05-06'],
      ['202003/t20200311_2593126.html', '2020-03-11'],
      ['201906/t20190614_2389850.html', '2019-06-14'],
      ['201905/t20190530_2380968.html', '2019-05-30'],
      ['201905/t20190530_2380967.html', '2019-05-30'],
      ['201811/t20181102_2290635.html', '2018-03-26'],
      ['201811/t20181102_2290607.html', '2018-01-05'],
      ['201805/t20180525_2166460.html', '2017-03-22'],
      ['201802/t20180205_2082017.html', '2017-01-07'],
    ]);
    expect(rows.filter((row) => row.title.includes('年度报告')).map((row) => row.title)).toEqual([
      '鄂尔多斯市2019年政府信息公开工作年度报告',
      '鄂尔多斯市人民政府办公室2019年政府信息公开工作年度报告',
      '鄂尔多斯市2018年政府信息公开年度报告',
      '内蒙古自治区2018年政府信息公开工作年度报告',
    ]);
    expect(readStaticPager(page)).toMatchObject({ pages: 2, base: 0 });
    expect(nextPageAddress(page)).toBe(`${url}index_1.html`);
  });

  test('Pingtan: ten static rows of a stated twenty; when the rest is not served the walk is partial', async () => {
    const url = 'https://www.pingtan.gov.cn/zwgk/zfxxgk/zfxxgknb/';
    const page = saved('list-pingtan-trs/list_transcribed.html', url);
    const rows = readRows(page.text, url);
    expect(rows.map((row) => row.title)).toEqual(
      [2025, 2024, 2023, 2022, 2021, 2020, 2019, 2018, 2017, 2016].map(
        (year) => `平潭综合实验区${year}年度政府信息公开工作年度报告`,
      ),
    );
    expect(rows.map((row) => row.date)).toEqual([
      '2026-03-10',
      '2025-03-10',
      '2024-03-08',
      '2023-02-20',
      '2022-02-08',
      '2021-03-05',
      '2020-01-20',
      '2019-01-10',
      '2018-01-23',
      '2017-01-18',
    ]);
    const client = {
      fetch: async (request: PageRequest) => ({ ...savedPage(request.url, ''), status: 404 }),
    };
    const walk = staticPager.walk(column(url), page, client);
    let step = await walk.next();
    while (!step.done) step = await walk.next();
    expect(step.value).toMatchObject({ outcome: 'partial', total: 20 });
  });

  test('a VSB list: three rows, one title cut, 52 records on eleven pages, the next page numbered 10', () => {
    const url = 'http://www.lntdxy.com/sylm/zbgg.htm';
    const page = saved('vsb/lntdxy_zbgg_list_fragment.html', url);
    expect(detectFamily(page).family.name).toBe('vsb');
    expect(
      readRows(page.text, url).map(({ url: address, title, titleCut, date }) => [
        address,
        title,
        titleCut,
        date,
      ]),
    ).toEqual([
      ['http://www.lntdxy.com/info/1039/3201.htm', '询价公告', false, '2025-05-07'],
      ['http://www.lntdxy.com/info/1039/3194.htm', '询价公告（2025劳务派遣服务）', false, '2025-04-23'],
      [
        'http://www.lntdxy.com/info/1039/3193.htm',
        '辽宁铁道职业技术学院2025年大型客车（含司机）租赁服务采购...',
        true,
        '2025-04-23',
      ],
    ]);
    expect(statedTotals(page.text)).toEqual({ total: 52, pages: 11 });
    expect(nextPageAddress(page)).toBe('http://www.lntdxy.com/sylm/zbgg/10.htm');
  });

  test('a VSB file: its name in the text of the link, its query unescaped once, the article as Referer', () => {
    const url = 'https://www.lit.edu.cn/jwc/info/1039/1.htm';
    const [file] = readArticle(saved('vsb/lit_attachment_fragment.html', url), null).attachments;
    expect(file).toEqual({
      url: 'https://www.lit.edu.cn/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1404874179&wbfileid=9607F8947E5547D2CA3A541D32E985A6&deal=1',
      name: '小学期计划安排表.xls',
      referer: url,
    });
  });

  test('a VSB article: title and date of the form, and no redirect though the template asks for one', () => {
    const article = readArticle(
      saved('vsb/article_form_fragment.html', 'http://www.example.edu.cn/info/1/7471.htm'),
      null,
    );
    expect(article).toMatchObject({
      title: '学校2017年工作总结交流大会召开',
      publishedOn: '2018-01-23',
      linkOnly: null,
    });
  });

  test('Guangdong: an answer of the catalogue, of postmeta, and a file under its true name', () => {
    const shell = 'http://example.gd.gov.cn/gkmlpt/annualreport';
    const all = readCatalogueAnswer(saved('gkmlpt/api_all.SYNTHETIC.json', shell).text, shell);
    expect(all).toMatchObject({
      total: 12,
      rows: [
        {
          url: 'http://example.gd.gov.cn/gkmlpt/content/4/4657/post_4657001.html',
          title: '示例厅2024年政府信息公开工作年度报告',
          // 1737615600 is 2025-01-23 15:00 in Shanghai.
          date: '2025-01-23',
          publisher: '示例厅',
          attachments: [],
        },
      ],
    });
    const post = readCatalogueAnswer(saved('gkmlpt/postmeta_i.SYNTHETIC.json', shell).text, shell);
    expect(post).toMatchObject({
      total: 2,
      rows: [
        {
          url: 'https://www.example.gov.cn/zfxxgknb/bm/2024n/content/post_9469010.html',
          date: '2025-01-23',
          publisher: '示例局',
        },
      ],
    });
    const article = readArticle(saved('gkmlpt/attachment_pattern.html', shell), null);
    expect(article.attachments).toMatchObject([
      {
        url: 'http://www.example.gov.cn/attachment/7/7387/7387273/7756059.pdf',
        name: '2024年政府信息公开工作年度报告.pdf',
      },
    ]);
  });

  test('EsoGov: a fragment of one row on two pages, the date in an item of its own, and a file', () => {
    const url = 'https://www.example.gov.cn/public/column/1681?type=3&action=list&nav=2';
    const { rows, pages } = readFragment(saved('esogov/list_response.SYNTHETIC.html', url), 50);
    expect(pages).toBe(2);
    expect(rows).toMatchObject([
      {
        url: 'https://www.example.gov.cn/public/content/10461829',
        title: '示例局2024年政府信息公开工作年度报告',
        titleCut: false,
        date: '2025-01-22',
      },
    ]);
    const article = readArticle(saved('esogov/attachment_pattern.html', url), null);
    expect(article.attachments).toMatchObject([
      {
        url: 'https://www.example.gov.cn/group1/M00/12/A9/wKgSGWhKGzeAKOpMAABoAOcZb_E345.xls',
        name: '2024年度统计表.xls',
      },
    ]);
  });

  test('Kaipu: an answer of the search service, and the request as recorded', async () => {
    const url = 'https://www.hegang.gov.cn/hegang/c104524/list.shtml';
    const answer = saved('kaipu/common_search_response.SYNTHETIC.json', url);
    expect(readKaipuAnswer(answer.text, url)).toMatchObject({
      total: 106,
      rows: [
        {
          url: 'https://www.example.gov.cn/example/c104524/202501/c01_1076387.shtml',
          title: '示例市财政局2024年政府信息公开工作年度报告',
          date: '2025-01-24',
          attachments: [{ name: '附件.pdf' }],
        },
      ],
    });
    const shell = savedPage(
      url,
      '<html><head><meta name="channelid" content="5b047b82968247ad8715d5351678d992"></head></html>',
    );
    expect(readEndpoint(shell, {})).toEqual({
      kind: 'search',
      url: 'https://www.hegang.gov.cn/common/search/5b047b82968247ad8715d5351678d992',
    });
    const asked: string[] = [];
    const walk = kaipuJson.walk(column(url), shell, {
      fetch: async (request) => {
        asked.push(request.url);
        return answer;
      },
    });
    await walk.next();
    const recorded = readFileSync(path.join(corpus!, 'portals', 'kaipu/common_search_request.http'), 'utf8');
    expect(recorded).toContain(`GET ${asked[0]}\n`);
  });

  test('Shanghai: the row in a comment is none; 322 pages counted from 1', () => {
    const url = 'https://www.shanghai.gov.cn/nw39220/index.html';
    const page = saved('shanghai/pager_pattern.html', url);
    expect(readRows(page.text, url)).toMatchObject([
      {
        url: 'https://www.shanghai.gov.cn/nw12344/20230331/4a03b5fa47ae4c73b7ec42801de6be66.html',
        title: '上海市2022年政府信息公开工作年度报告',
        date: '2023-03-31',
      },
    ]);
    const pager = readStaticPager(page)!;
    expect(pager).toMatchObject({ pages: 322, base: 1 });
    expect(staticPageAddress(pager, 1, 2, url)).toBe('https://www.shanghai.gov.cn/nw39220/index_2.html');
  });

  test('an old list in GBK: the whole title from the attribute, a short date, twelve records on two pages', () => {
    const url = 'http://www.example.gov.cn/list.asp?cid=9';
    const bytes = readFileSync(path.join(corpus!, 'portals', 'generic/gbk_list.SYNTHETIC.html'));
    const page = savedPage(url, new TextDecoder('gb18030').decode(bytes));
    expect(readRows(page.text, url)).toMatchObject([
      {
        url: 'http://www.example.gov.cn/show.asp?id=385009',
        title: '示例局2009年政府信息公开年度报告',
        titleCut: false,
        date: '2010-03-29',
      },
    ]);
    expect(statedTotals(page.text)).toEqual({ total: 12, pages: 2 });
    expect(nextPageAddress(page)).toBe('http://www.example.gov.cn/list.asp?cid=9&page=2');
  });

  // Title, date, source and the beginning of the text, as the saved pages show them. None of them is a report.
  const articles: readonly (readonly [string, string, string, string, string])[] = [
    [
      'dcy.liaoyang',
      '辽宁省第十四届运动会青少年组现代五项比赛在弓长岭区开幕',
      '2023-06-12',
      '辽阳网站',
      '记者梁爽报道',
    ],
    [
      'djjiangsu',
      '“奋进新征程——庆祝中华人民共和国成立75周年江苏省美术书法展”开幕',
      '2024-10-14',
      '省文化和旅游厅办公室',
      '翰墨书盛世，丹青绘华章',
    ],
    [
      'gqcwlmq',
      '关于举办2024年度自治区艺术、图书资料、文物博物、群众文化系列（专业）专业技术人员继续教育培训班的通知',
      '2024-03-03',
      '新疆维吾尔自治区文化和旅游厅',
      '伊犁哈萨克自治州文化和旅游局',
    ],
    [
      'jchgz',
      '广州美妆产业依靠自主创新持续发力',
      '2023-12-05',
      '广州日报',
      '“制造美丽”推动“美丽制造”转型升级',
    ],
    [
      'lszqingdao',
      '胶州市司法局胶莱司法所组织开展法治文化剪纸活动',
      '2022-12-06',
      '青岛市司法局',
      '为提高群众法治文化素养',
    ],
    [
      'lxhkjt.yn',
      '[人民网]第六届云南国际人才交流会将于11月12日开幕',
      '2022-11-14',
      '宣教中心',
      '来源：人民网',
    ],
    [
      'lysctcm.sc',
      '普及中医药健康知识 感悟中医药文化魅力 中医药文化服务月活动持续开展',
      '2024-04-15',
      '综合自学习强国、川观新闻、成都体育学院附属体育医院、成都市双流区中医医院订阅号、仪陇县中医医院、射洪中医、邵华新闻、健康富顺等',
      '为大力弘扬中医药文化',
    ],
    [
      'lytwtl.sz',
      '深圳市第二十届“鹏城金秋”市民文化节优秀美术、书法作品展举行',
      '2023-11-16',
      '深圳特区报',
      '南国披锦绣，鹏城又金秋',
    ],
    [
      'mltjyt.zj',
      '全省教育系统师德师风建设专题培训班举办',
      '2024-10-21',
      '新闻办',
      '10月17日，浙江省教育系统师德师风建设专题培训班',
    ],
    [
      'wmlct.zj',
      '浙江省文化和旅游厅关于2020年度文物博物、图书资料、群众文化、艺术、艺术系列美术专业中、高级专业技术职务任职资格评审结果的公示',
      '2020-12-29',
      '省文化和旅游厅',
      '根据《浙江省职称评审管理实施办法》',
    ],
    [
      'wxhshaanxi',
      '陕西城市经济文化发展高峰论坛在西安举行',
      '2013-12-23',
      '陕西日报',
      '12月21日，第八届陕西城市经济文化发展高峰论坛',
    ],
    [
      'ycrjinan',
      '全市城市更新和乡村振兴现场推进会到高新区历下区考察',
      '2024-06-19',
      '济南日报',
      '全市城市更新和乡村振兴现场推进会于6月15日至18日举行',
    ],
    [
      'zxwhongshan',
      '武钢云谷·606开园，首批企业签约入驻，洪山区打造产城融合新高地',
      '2023-06-08',
      '区融媒体中心',
      '',
    ],
    [
      'zysc',
      '绵阳开展“服务企业活动月”系列活动',
      '2022-10-14',
      '绵阳市政务网',
      '9月14日，从绵阳“服务企业活动月”',
    ],
  ];

  test.each(articles)('the article %s is read', (name, title, date, source, begins) => {
    const page = saved(`articles/${name}.gov.cn.html`, `https://www.example.gov.cn/a/${name}.html`);
    const article = readArticle(page, null);
    expect(article).toMatchObject({ title, publishedOn: date, linkOnly: null });
    expect(article.agencyHints).toContainEqual({ from: 'meta.ContentSource', value: source });
    expect(article.agencyHints.some((hint) => hint.from === 'title_prefix')).toBe(false);
    expect(words(article.bodyHtml).startsWith(begins)).toBe(true);
    expect(article.bodyHtml).not.toBeNull();
    expect(isReportText(page.text)).toBe(false);
  });

  test('the information table of the Zhejiang education office is read where its cells hold label and value', () => {
    const article = readArticle(
      saved('articles/mltjyt.zj.gov.cn.html', 'https://jyt.zj.gov.cn/a.html'),
      null,
    );
    expect(article.indexNumber).toBe('002482082/2024-00332');
    expect(article.agencyHints).toContainEqual({ from: 'info_table.发布机构', value: '省教育厅' });
  });
});
