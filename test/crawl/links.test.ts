import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Archive } from '../../src/crawl/archive/store.ts';
import { crawlPortals } from '../../src/crawl/crawl.ts';
import type { CrawledReport, RunSummary } from '../../src/crawl/crawled.ts';
import { LittleServer, page } from './little-server.ts';

let server: LittleServer;
let folder: string;
beforeEach(async () => {
  server = await LittleServer.start();
  folder = mkdtempSync(path.join(tmpdir(), 'gongkai-links-'));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const list = (rows: string) =>
  page(`<html><head><title>政府信息公开年报</title></head><body><ul>${rows}</ul></body></html>`);
const row = (href: string, agency: string) =>
  `<li><a href="${href}">${agency}2024年政府信息公开工作年度报告</a><span>2025-01-20</span></li>`;
const article = (inside: string, title = '某某局2024年政府信息公开工作年度报告') =>
  page(
    `<html><head><meta name="ArticleTitle" content="${title}"></head><body><h1>${title}</h1><div id="zoom">${inside}</div></body></html>`,
  );
const prose = `<p>${'本年度依法主动公开政府信息，及时答复申请。'.repeat(20)}</p>`;
const table = '<table><tr><td>本年新收</td><td>1</td></tr></table>';

async function crawl(
  column: Record<string, unknown> = {},
): Promise<{ reports: CrawledReport[]; summary: RunSummary }> {
  const portal = server.portal({
    region_code: '330105',
    columns: [{ id: 'nb', url: 'http://www.moumou.gov.cn/list.html', adapter: 'generic_list', ...column }],
  });
  const run = crawlPortals(
    { timezone: portal.timezone, userAgent: portal.userAgent, portals: [portal] },
    {
      state: server.state,
      archive: new Archive(folder),
      clock: server.clock,
      isDead: () => true,
      onRequest: server.clock.onRequest,
      resolveAgency: ({ hints }) => (hints.some(({ value }) => value === '某某局') ? '330105001' : null),
      network: {
        allowLoopback: true,
        resolve: new Map(
          ['www.moumou.gov.cn', 'other.moumou.gov.cn'].map((host) => [host, `127.0.0.1:${server.port}`]),
        ),
      },
    },
  );
  const reports: CrawledReport[] = [];
  for (;;) {
    const step = await run.next();
    if (step.done) return { reports, summary: step.value };
    reports.push(step.value);
  }
}

test('a row that leads to a host that is not allowed is noted and never fetched', async () => {
  server.handlers['/list.html'] = list(
    row('/a/t20250120_1.html', '某某局') + row('https://mp.weixin.qq.com/s/abc?id=1', '某某镇'),
  );
  server.handlers['/a/t20250120_1.html'] = article(prose + table.repeat(3));
  const { reports, summary } = await crawl();
  expect(reports.map(({ title }) => title)).toEqual(['某某局2024年政府信息公开工作年度报告']);
  expect(summary.portals[0]?.external).toBe(1);
  expect(new Set(server.seen.map(({ host }) => host))).toEqual(new Set(['www.moumou.gov.cn']));
});

test('a page that only sends its reader to a document of the portal is that document', async () => {
  server.handlers['/list.html'] = list(row('/a/t20250120_1.html', '某某局'));
  server.handlers['/a/t20250120_1.html'] = page(
    '<html><body><script>location.href="/f/1.pdf"</script></body></html>',
  );
  server.handlers['/f/1.pdf'] = page('%PDF-1.4 text', { 'content-type': 'application/pdf' });
  const { reports } = await crawl();
  expect(reports[0]?.documents.map(({ role, path }) => [role, path.slice(-4)])).toEqual([
    ['attachment', '.pdf'],
  ]);
});

test('pictures are fetched where the page has fewer tables than the form, and not where it has all', async () => {
  server.handlers['/list.html'] = list(
    row('/a/t20250120_1.html', '某某局') + row('/a/t20250120_2.html', '某某镇'),
  );
  const picture = '<img src="/p/W020250120_1.png" width="600">';
  server.handlers['/a/t20250120_1.html'] = article(prose + table.repeat(2) + picture);
  server.handlers['/a/t20250120_2.html'] = article(prose + table.repeat(3) + picture);
  server.handlers['/p/W020250120_1.png'] = page(png, { 'content-type': 'image/png' });
  const { reports } = await crawl();
  expect(reports.map(({ documents }) => documents.map(({ role }) => role))).toEqual([
    ['article', 'image'],
    ['article'],
  ]);
});

test('an attachment on a host that is not allowed is left, and so is one that is an HTML page', async () => {
  server.handlers['/list.html'] = list(row('/a/t20250120_1.html', '某某局'));
  server.handlers['/a/t20250120_1.html'] = article(
    `${prose}${table.repeat(3)}<a href="http://clone.example.com/x.pdf">附件一.pdf</a><a href="/login.docx">附件二.docx</a>`,
  );
  server.handlers['/login.docx'] = page(
    '<!DOCTYPE html><html><body>请登录 <input type="password"></body></html>',
  );
  const { reports, summary } = await crawl();
  expect(reports[0]?.documents.map(({ role }) => role)).toEqual(['article']);
  expect(summary.portals[0]?.failed.map(({ reason }) => reason)).toEqual([
    'a login page came in place of the attachment',
  ]);
  expect(summary.portals[0]?.outcome).toBe('partial');
});

test('a path that robots.txt disallows is named as a gap, and the rest of the portal is crawled', async () => {
  server.handlers['/robots.txt'] = (_, response) => response.end('User-agent: *\nDisallow: /b/\n');
  server.handlers['/list.html'] = list(
    row('/a/t20250120_1.html', '某某局') + row('/b/t20250120_2.html', '某某镇'),
  );
  server.handlers['/a/t20250120_1.html'] = article(prose + table.repeat(3));
  const { reports, summary } = await crawl();
  expect(reports.length).toBe(1);
  expect(server.paths).not.toContain('/b/t20250120_2.html');
  expect(summary.portals[0]?.blocked).toMatchObject([{ code: 'robots_disallowed' }]);
});

test('agency and year come from the configured hints and the title, and wait as pending where they are doubtful', async () => {
  server.handlers['/list.html'] = list(
    `${row('/a/t20250120_1.html', '某某局')}<li><a href="/a/t20250120_2.html">政府信息公开工作年度报告</a><span>2025-01-21</span></li>`,
  );
  server.handlers['/a/t20250120_1.html'] = article(prose + table.repeat(3));
  server.handlers['/a/t20250120_2.html'] = article(
    `<meta name="ContentSource" content="办公室">${prose}${table.repeat(3)}`,
    '政府信息公开工作年度报告',
  );
  const { reports, summary } = await crawl({ agency_from: ['title_prefix', 'meta.ContentSource'] });
  expect(reports.map(({ hints }) => hints)).toEqual([
    {
      regionCode: '330105',
      agencies: [{ from: 'title_prefix', value: '某某局' }],
      agencyId: '330105001',
      year: 2024,
      indexNumber: null,
    },
    {
      regionCode: '330105',
      agencies: [{ from: 'meta.ContentSource', value: '办公室' }],
      agencyId: null,
      year: null,
      indexNumber: null,
    },
  ]);
  expect([...server.state.reportVersions.values()].map(({ reportKey }) => reportKey)).toEqual([
    '330105|330105001|2024|annual',
    null,
  ]);
  expect(summary.portals[0]?.pending).toBe(1);
});

test('the exchange of every archived file is kept, with what was asked and what was answered', async () => {
  server.handlers['/list.html'] = list(row('/a/t20250120_1.html', '某某局'));
  server.handlers['/a/t20250120_1.html'] = article(
    `${prose}${table.repeat(3)}<a href="/f/1.pdf">报告.pdf</a>`,
  );
  server.handlers['/f/1.pdf'] = page('%PDF-1.4 text', { 'content-type': 'application/pdf', server: 'nginx' });
  const { reports } = await crawl();
  const exchanges = server.state.exchangeList;
  expect(exchanges.map(({ url }) => url).sort()).toEqual([
    'http://www.moumou.gov.cn/a/t20250120_1.html',
    'http://www.moumou.gov.cn/f/1.pdf',
  ]);
  const file = exchanges.find(({ url }) => url.endsWith('.pdf'));
  expect(file).toMatchObject({
    status: 200,
    requestHeaders: { referer: 'http://www.moumou.gov.cn/a/t20250120_1.html' },
    responseHeaders: { server: 'nginx' },
    sha256: reports[0]?.documents.find(({ role }) => role === 'attachment')?.sha256,
  });
});
