import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Archive } from '../../src/crawl/archive/store.ts';
import { crawlPortals } from '../../src/crawl/crawl.ts';
import type { CrawledReport, PortalSummary } from '../../src/crawl/crawled.ts';
import { type Handler, LittleServer, page } from './little-server.ts';

let server: LittleServer;
let folder: string;
beforeEach(async () => {
  server = await LittleServer.start();
  folder = mkdtempSync(path.join(tmpdir(), 'gongkai-odd-'));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const agencies = ['某甲局', '某乙局', '某丙局', '某丁局', '某戊局', '某己局'];
const address = (index: number) => `/a/t20250120_${index + 1}.html`;
const row = (index: number, date = '2025-01-20') =>
  `<li><a href="${address(index)}">${agencies[index]}2024年政府信息公开工作年度报告</a><span>${date}</span></li>`;
const listText = (rows: string, more = '') =>
  `<html><head><title>政府信息公开年报</title></head><body><ul>${rows}</ul>${more}</body></html>`;
const report = `<p>一、总体情况</p><p>${'本年度依法主动公开政府信息，及时答复申请。'.repeat(20)}</p><p>二、主动公开政府信息情况</p><table><tr><td>规章</td><td>1</td></tr></table><p>三、收到和处理政府信息公开申请情况</p><table><tr><td>本年新收</td><td>1</td></tr></table><p>四、因政府信息公开工作被申请行政复议、提起行政诉讼情况</p><table><tr><td>1</td></tr></table><p>五、政府信息公开工作存在的主要问题及改进情况</p><p>六、其他需要报告的事项</p>`;
const articleText = (index: number, inside = report) => {
  const title = `${agencies[index]}2024年政府信息公开工作年度报告`;
  return `<html><head><meta name="ArticleTitle" content="${title}"></head><body><h1>${title}</h1><div id="zoom">${inside}</div></body></html>`;
};
const redirect = (location: string): Handler => {
  return (_, response) => response.writeHead(302, { location }).end();
};

/** A portal with so many reports, each served at its address. */
function portalOf(count: number): void {
  const all = Array.from({ length: count }, (_, index) => index);
  server.handlers['/list.html'] = page(listText(all.map((index) => row(index)).join('')));
  for (const index of all) server.handlers[address(index)] = page(articleText(index));
}

/** The list shows another date, so that the first report is asked for again. */
function touchFirst(count: number, date = '2025-01-21'): void {
  const rows = Array.from({ length: count }, (_, index) => row(index, index === 0 ? date : undefined));
  server.handlers['/list.html'] = page(listText(rows.join('')));
}

async function crawl(
  column: Record<string, unknown> = {},
): Promise<{ reports: CrawledReport[]; summary: PortalSummary }> {
  const portal = server.portal({
    columns: [{ id: 'nb', url: 'http://www.moumou.gov.cn/list.html', ...column }],
  });
  const run = crawlPortals(
    { timezone: portal.timezone, userAgent: portal.userAgent, portals: [portal] },
    {
      state: server.state,
      archive: new Archive(folder),
      clock: server.clock,
      isDead: () => true,
      onRequest: server.clock.onRequest,
      network: {
        allowLoopback: true,
        resolve: new Map([['www.moumou.gov.cn', `127.0.0.1:${server.port}`]]),
      },
    },
  );
  const reports: CrawledReport[] = [];
  for (;;) {
    const step = await run.next();
    if (step.done) {
      const [summary] = step.value.portals;
      if (!summary) throw new Error('no portal was crawled');
      return { reports, summary };
    }
    reports.push(step.value);
    const { portal: id, url, version: n } = step.value;
    await server.state.commit({ taken: [{ portal: id, url, n }] });
  }
}
const nextNight = () => server.clock.advance(2 * 86_400_000);

test.each(['ISO-8859-1', 'us-ascii', 'windows-1252'])(
  'a server that says %s of everything is not believed',
  async (charset) => {
    portalOf(2);
    const type = { 'content-type': `text/html;charset=${charset}` };
    server.handlers['/list.html'] = page(listText(row(0) + row(1)), type);
    server.handlers[address(0)] = page(articleText(0), type);
    const { reports } = await crawl();
    expect(reports.map(({ title }) => title)).toEqual([
      '某甲局2024年政府信息公开工作年度报告',
      '某乙局2024年政府信息公开工作年度报告',
    ]);
  },
);

describe('what comes in place of a report', () => {
  const login = `<html><title>统一身份认证</title><body><form action="/login"><table><tr><td>用户名<input name="u"></td></tr><tr><td>密码<input type="password"></td></tr></table></form></body></html>`;
  const longLogin = `<html><title>统一身份认证</title><body><div id="zoom"><p>${'请使用统一身份认证平台账号登录本系统，未注册的用户请先注册。'.repeat(8)}</p><table><tr><td>密码<input type="password"></td></tr></table></div></body></html>`;
  const maintenance = `<html><title>系统维护</title><body><p>${'本网站正在进行系统升级维护，暂停对外服务，给您带来的不便敬请谅解。'.repeat(6)}</p><img src="/m.png"></body></html>`;
  const withdrawn = '<html><title>出错了</title><body><h1>对不起，您要查看的信息已被撤销</h1></body></html>';

  test.each([
    ['a login page', login],
    ['a page that says in other words that there is nothing', withdrawn],
  ])('%s is no report, and is asked for again', async (_, text) => {
    portalOf(2);
    server.handlers[address(0)] = page(text);
    const first = await crawl();
    expect(first.reports.map(({ title }) => title)).toEqual(['某乙局2024年政府信息公开工作年度报告']);
    expect(first.summary.failed.map(({ url }) => url)).toEqual([`http://www.moumou.gov.cn${address(0)}`]);
    server.handlers[address(0)] = page(articleText(0));
    nextNight();
    expect((await crawl()).summary.new).toBe(1);
  });

  test('a home page to which an article that does not exist is sent on is no report', async () => {
    portalOf(2);
    server.handlers[address(0)] = redirect('/index.html');
    server.handlers['/index.html'] = page(listText(row(1), `<p>${'欢迎访问本网站。'.repeat(60)}</p>`));
    expect((await crawl()).summary).toMatchObject({
      new: 1,
      failed: [{ reason: 'the page holds no report' }],
    });
  });

  test.each([
    ['a short login page', login],
    ['a login page with much text', longLogin],
    ['a notice of maintenance', maintenance],
  ])('%s never becomes a new version of a report that was there', async (_, text) => {
    portalOf(2);
    await crawl();
    touchFirst(2);
    server.handlers[address(0)] = page(text);
    for (let night = 0; night < 3; night++) {
      nextNight();
      const { reports, summary } = await crawl();
      expect(reports).toEqual([]);
      expect(summary).toMatchObject({ revised: 0, gone: 0 });
    }
    expect(server.state.eventsById.size).toBe(0);
    expect([...server.state.reportVersions.values()].every(({ supersededBy }) => supersededBy === null)).toBe(
      true,
    );
  });

  test('a report whose tables became pictures is revised all the same', async () => {
    portalOf(1);
    await crawl();
    touchFirst(1);
    server.handlers[address(0)] = page(articleText(0, '<p><img src="/scan.png"></p>'));
    server.handlers['/scan.png'] = (_, response) =>
      response.end(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
    nextNight();
    const { reports } = await crawl();
    expect(reports.map(({ change, version }) => [change, version])).toEqual([['revised', 2]]);
  });

  test('a known report that moved to another host is named with what to do, and its version stands', async () => {
    portalOf(2);
    await crawl();
    touchFirst(2);
    server.handlers[address(0)] = redirect('https://www.lingyi.gov.cn/1.html');
    nextNight();
    const { summary } = await crawl();
    expect(summary.failed.map(({ reason }) => reason)).toEqual([
      'host_not_allowed: redirect to https://www.lingyi.gov.cn/1.html: www.lingyi.gov.cn is not in allowed_hosts; add it there if it belongs to the portal',
    ]);
    expect(summary.gone + summary.external).toBe(0);
  });
});

describe('a firewall that speaks Chinese', () => {
  const blocked =
    '<html><title>访问被拦截！</title><body><h1>您的访问请求可能对网站造成安全威胁，请求已被管理员设置的策略阻断。</h1></body></html>';
  test.each([
    [200, blocked, 'REFUSED'],
    [405, '<body>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</body>', 'REFUSED'],
    [200, '<body>您的IP地址（1.2.3.4）已被系统封禁</body>', 'REFUSED'],
    [200, '<body>您的访问过于频繁，请稍后再试</body>', 'SLOW_DOWN'],
  ])('with status %i and "%s" ends the host, and nothing of it is a report', async (status, text, code) => {
    portalOf(6);
    for (let index = 2; index < 6; index++)
      server.handlers[address(index)] = (_, response) =>
        response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(text);
    const { reports, summary } = await crawl();
    expect(reports.length).toBe(2);
    expect(summary.blocked.map((each) => each.code)).toEqual([code]);
    expect(server.paths).toEqual(['/robots.txt', '/list.html', address(0), address(1), address(2)]);
  });

  test('is not seen in a report that speaks of blocked visits', async () => {
    portalOf(1);
    server.handlers[address(0)] = page(articleText(0, `${report}<p>全年网站请求被安全设备阻断1.2万次。</p>`));
    expect((await crawl()).summary).toMatchObject({ new: 1, blocked: [] });
  });
});

test('bytes of Chinese in a redirect stay as they are, in UTF-8 and in GBK', async () => {
  portalOf(2);
  const raw = (...bytes: number[]) => Buffer.from(bytes).toString('latin1');
  // 年 in UTF-8 and in GBK.
  server.handlers[address(0)] = redirect(`/${raw(0xe5, 0xb9, 0xb4)}.html`);
  server.handlers[address(1)] = redirect(`/x.asp?n=${raw(0xc4, 0xea)}`);
  server.handlers['/%E5%B9%B4.html'] = page(articleText(0));
  server.handlers['/x.asp?n=%C4%EA'] = page(articleText(1));
  expect((await crawl()).summary).toMatchObject({ new: 2, failed: [] });
});

test('304 to a request that was not conditional is an error, not an empty page', async () => {
  portalOf(1);
  server.handlers['/list.html'] = (_, response) => response.writeHead(304).end();
  expect((await crawl()).summary).toMatchObject({
    outcome: 'error',
    reason: 'nb: server_error: status 304 to a request that was not conditional',
  });
});

test('a robots.txt that cannot be had is named with the reason', async () => {
  server.handlers['/robots.txt'] = (request) => request.socket.destroy();
  expect((await crawl()).summary.reason).toMatch(/robots\.txt gave no answer \(.+\)$/);
});

test('a column without a single annual report asks whether it is the right one', async () => {
  const other = '<li><a href="/a/t20250120_9.html">关于召开会议的通知</a><span>2025-01-20</span></li>';
  server.handlers['/list.html'] = page(listText(other));
  const { summary } = await crawl();
  expect(summary.notices.join()).toMatch(
    /none of the 1 rows has the title of an annual report.*right column/,
  );
});

describe('files at addresses that do not say so', () => {
  const pdf: Handler = (_, response) =>
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end('%PDF-1.4 one');

  test('a download script of a row is the report, and is not loaded again while it does not change', async () => {
    server.handlers['/list.html'] = page(
      listText(
        '<li><a href="/down.ashx?id=5">某甲局2024年政府信息公开工作年度报告</a><span>2025-01-20</span></li>',
      ),
    );
    server.handlers['/down.ashx?id=5'] = pdf;
    const { reports } = await crawl({ adapter: 'generic_list' });
    expect(reports.map(({ documents }) => documents.map(({ role, path }) => [role, path.slice(-4)]))).toEqual(
      [[['attachment', '.pdf']]],
    );
    const asked = server.seen.length;
    server.clock.advance(8 * 86_400_000);
    const second = await crawl({ adapter: 'generic_list' });
    expect(second.summary).toMatchObject({ unchanged: 1, revised: 0, failed: [] });
    expect(server.seen.slice(asked).map(({ method, path: at }) => `${method} ${at}`)).toEqual([
      'GET /robots.txt',
      'GET /list.html',
      'HEAD /down.ashx?id=5',
    ]);
  });

  test('an article that is sent on to a file is that file', async () => {
    portalOf(1);
    server.handlers[address(0)] = redirect('/upload/2024.pdf');
    server.handlers['/upload/2024.pdf'] = pdf;
    const { reports } = await crawl();
    expect(reports.map(({ documents }) => documents.map(({ role }) => role))).toEqual([['attachment']]);
  });

  test('a link that names a file in its words alone is an attachment', async () => {
    portalOf(1);
    server.handlers[address(0)] = page(
      articleText(
        0,
        `<p>报告见附件。</p><p>附件：<a href="/sys/down.do?fid=77">某甲局2024年年报.pdf</a></p><a href="/b.html">关于印发x.pdf</a>`,
      ),
    );
    server.handlers['/sys/down.do?fid=77'] = pdf;
    const { reports, summary } = await crawl();
    expect(summary.failed).toEqual([]);
    expect(reports[0]?.documents.map(({ role, name }) => [role, name])).toEqual([
      ['article', '某甲局2024年政府信息公开工作年度报告'],
      ['attachment', '某甲局2024年年报.pdf'],
    ]);
  });
});
