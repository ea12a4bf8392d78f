/**
 * Draws the pictures of docs/review.md from the fixtures: reads them into a store, serves the pages, and walks from the
 * start page to a recorded decision with Chromium. Needs /usr/bin/chromium, or the program named by CHROMIUM.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openSite } from '../test/review/site.ts';
import { launchChromium } from '../test/support/chromium.ts';

const folder = path.resolve(import.meta.dirname, '../docs/review');
mkdirSync(folder, { recursive: true });

const site = await openSite({ now: () => new Date('2024-03-01T09:30:00') });
const browser = await launchChromium(process.env['CHROMIUM'] ?? '/usr/bin/chromium');

async function shoot(page: Page, name: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
  process.stdout.write(`docs/review/${name}.png\n`);
}

try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  await page.goto(site.url);
  await shoot(page, '1-overview');
  await page.getByRole('link', { name: /某某区统计局2023年度报告，表四/u }).click();
  await page.frameLocator('iframe.rendition').locator('#place').waitFor();
  await shoot(page, '2-finding');
  await page.getByLabel('备注').fill('已电话核实');
  await page.getByRole('button', { name: /属实/u }).click();
  await shoot(page, '3-decided');
  await page.goto(`${site.url}/findings`);
  await shoot(page, '4-findings');
  const { reportId } = await site.finding('X.CARRY');
  await page.goto(`${site.url}/report/${reportId}?cell=t3/carried_in/natural_person#original`);
  await page.frameLocator('iframe.rendition').locator('#place').waitFor();
  await shoot(page, '5-report');
  await page.goto(`${site.url}/body?key=${encodeURIComponent('某某区人民政府')}`);
  await shoot(page, '6-body');
  await page.goto(`${site.url}/unread`);
  await shoot(page, '8-unread');
  await page.goto(`${site.url}/missing?year=2022`);
  await shoot(page, '9-missing');
  await page.goto(`${site.url}/upload?year=2022&agency=${encodeURIComponent('某某区民政局')}`);
  await shoot(page, '10-upload');
  const phone = await browser.newPage({ viewport: { width: 390, height: 844 } });
  await phone.goto(`${site.url}/finding/${(await site.finding('T4.SUM')).findingId}`);
  await shoot(phone, '7-phone');
} finally {
  await browser.close();
  await site.close();
}
