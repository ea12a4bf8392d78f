import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { program } from '../support/requires.ts';
import { openSite, type Site } from './site.ts';

const executablePath = program('chromium');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.skipIf(executablePath === null)('in a browser', () => {
  let site: Site;
  let browser: Browser;

  beforeAll(async () => {
    site = await openSite({ years: ['2021', '2022', '2023'] });
    browser = await launchChromium(executablePath as string);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  async function visit(where: string, width = 1280): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: width < 500 ? 844 : 900 } });
    page.setDefaultTimeout(15_000);
    await page.goto(site.url + where);
    return page;
  }

  /** What the frame with the original shows in its middle. */
  async function markedInFrame(page: Page): Promise<string> {
    const frame = page.frameLocator('iframe.rendition');
    const place = frame.locator('#place');
    await place.waitFor();
    const inFrame = await place.boundingBox();
    const around = await page.locator('iframe.rendition').boundingBox();
    if (!inFrame || !around) throw new Error('the place is not shown');
    expect(inFrame.y).toBeGreaterThanOrEqual(around.y);
    expect(inFrame.y + inFrame.height).toBeLessThanOrEqual(around.y + around.height);
    return ((await place.textContent()) ?? '').trim();
  }

  test('the day of a reviewer: from the start page to the wrong table 四, its place in the original, a decision and the spreadsheet', async () => {
    const page = await visit('/');
    let clicks = 0;
    const click = async (what: ReturnType<Page['getByRole']>) => {
      await what.click();
      clicks += 1;
    };
    await click(page.getByRole('link', { name: /某某区统计局2023年度报告，表四/u }));
    await expect(page.locator('h1').textContent()).resolves.toContain('结果维持2＋结果纠正1＝3，而总计2');
    expect(await markedInFrame(page)).toBe('2');
    expect(await page.locator('table.form-t4 td.involved').allInnerTexts()).toEqual([
      '2',
      '1',
      '0',
      '0',
      '2',
    ]);
    await page.getByLabel('备注').fill('已电话核实');
    await click(page.getByRole('button', { name: /属实/u }));
    await expect(page.getByRole('status').textContent()).resolves.toContain('已记录：属实');
    expect(clicks).toBeLessThanOrEqual(4);
    expect(await site.finding('T4.SUM')).toMatchObject({ state: 'confirmed', note: '已电话核实' });

    await page.getByRole('link', { name: '问题清单' }).first().click();
    await page.getByRole('checkbox', { name: '未处理' }).uncheck({ force: true });
    await page.getByRole('checkbox', { name: '属实' }).check({ force: true });
    await page.getByRole('button', { name: '筛选' }).click();
    expect(await page.locator('[data-row]').count()).toBe(1);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '下载 Excel 表' }).click(),
    ]);
    const { readXlsx } = await import('hucre/xlsx');
    const book = await readXlsx(new Uint8Array(readFileSync(await download.path())));
    const rows = book.sheets[0]?.rows ?? [];
    expect(rows).toHaveLength(2);
    expect(rows[1]).toEqual(expect.arrayContaining(['属实', '某某区统计局', 2023, '已电话核实', '王敏']));
    await page.close();
  });

  test('all of it with the keyboard alone', async () => {
    const page = await visit('/findings?gravity=error&state=open');
    const rows = page.locator('[data-row]');
    const before = await rows.count();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    const first = await rows.first().getAttribute('data-finding');
    expect(await page.locator('.finding.current').getAttribute('data-finding')).toBe(first);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/finding\//u);
    await page.keyboard.press('2');
    await page.waitForURL(/done=false_positive/u);
    await page.keyboard.press('u');
    await page.waitForURL(/\/findings\?/u);
    expect(await rows.count()).toBe(before - 1);
    await page.keyboard.press('j');
    await page.keyboard.press('4');
    await page.waitForURL(/done=1/u);
    expect(await rows.count()).toBe(before - 2);
    await page.keyboard.press('/');
    // The bulk form without a selection decides nothing.
    await page.keyboard.press('1');
    expect(page.url()).toContain('done=1');
    await page.close();
  });

  test.each([1280, 390])('no page is wider than a window of %d', async (width) => {
    const page = await visit('/', width);
    for (const where of await everyPage()) {
      await page.goto(site.url + where);
      const over = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
      expect(over, where).toBeLessThanOrEqual(0);
    }
    await page.close();
  });

  test('no page has a serious barrier for people who see or hear less', async () => {
    const page = await visit('/');
    for (const where of await everyPage()) {
      await page.goto(site.url + where);
      // Into the page's own world, past its policy; axe is no part of what is served.
      await page.evaluate(AXE);
      const found = (await page.evaluate(
        `axe.run(document, { iframes: false }).then((r) => r.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.target + ' ' + n.failureSummary).join(' | ')))`,
      )) as string[];
      expect(found, where).toEqual([]);
    }
    await page.close();
  });

  test('a finding prints with its sum and its table, without buttons and frames', async () => {
    const page = await visit(`/finding/${(await site.finding('T3.ITEMS')).findingId}`);
    await page.emulateMedia({ media: 'print' });
    for (const hidden of ['.top', '.decision', '.original'])
      expect(await page.locator(hidden).isVisible(), hidden).toBe(false);
    for (const shown of ['h1', '.sum', 'table.form-t3'])
      expect(await page.locator(shown).first().isVisible(), shown).toBe(true);
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(20_000);
    await page.close();
  });

  test('report.html stands alone: no request leaves it, and it shows the finding with its table', async () => {
    const page = await browser.newPage();
    const requests: string[] = [];
    page.on('request', (r) => requests.push(r.url()));
    await page.goto(`file://${path.join(site.output, 'report.html')}`);
    expect(requests.filter((r) => !r.startsWith('data:'))).toHaveLength(1);
    const finding = page.locator('section.lead', { hasText: '某某区应急管理局' });
    await expect(finding.locator('td.culprit').textContent()).resolves.toMatch(/45[\s\S]*可能应为 54/u);
    await page.close();
  });

  async function everyPage(): Promise<string[]> {
    const [t3, text, report] = [
      await site.finding('T3.ITEMS'),
      await site.finding('N.RECEIVED'),
      await site.finding('F.COPIES_DIFFER'),
    ];
    return [
      '/',
      '/findings',
      `/finding/${t3.findingId}`,
      `/finding/${text.findingId}`,
      `/report/${report.reportId}`,
      `/body?key=${encodeURIComponent(text.agencyKey)}`,
      '/bodies',
      '/missing?year=2023',
      '/unread',
      '/upload',
    ];
  }
});
