import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../src/dataset/open-store.ts';
import type { Store } from '../../src/dataset/store.ts';
import { statutoryTable } from '../../src/review/components/statutory-table.ts';
import { writeReportPage } from '../../src/review/report-page.ts';
import { blankCell, buildFinding, buildReport, buildTable, saveItem } from '../dataset/build-report.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-page-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function filled(name: string, backwards: boolean): Promise<Store> {
  const store = await openStore(path.join(folder, `${name}.sqlite`));
  const items = Array.from({ length: 130 }, (_, i) =>
    saveItem(buildReport({ agency: `某某局${i}` }), {
      agency: i < 100 ? { id: `a${i}`, regionCode: i % 2 === 0 ? '330105' : '330106003' } : null,
      findings: [
        buildFinding({ messageZh: `错误${i}号` }),
        ...Array.from({ length: 4 }, (_, k) =>
          buildFinding({
            rule: 'BLANK',
            severity: 'info',
            discriminator: String(k),
            messageZh: `提示${i}之${k}`,
          }),
        ),
        buildFinding({
          rule: 'T3.FLOW',
          discriminator: 'd',
          severity: 'info',
          verdict: 'suspect_extraction',
          messageZh: `疑读错${i}`,
        }),
      ],
    }),
  );
  await store.saveBatch(backwards ? items.toReversed() : items);
  return store;
}

test('the first five hundred findings are drawn, the others stand by district beside the page, and none is lost', async () => {
  const store = await filled('a', false);
  const page = readFileSync(await writeReportPage(store, folder), 'utf8');
  await store.close();
  const inPage = [...page.matchAll(/<h3 class="sentence">((?:错误|提示)[^<]*)/gu)].map((m) => m[1]);
  expect(inPage).toHaveLength(500);
  expect(inPage.filter((s) => s?.startsWith('错误'))).toHaveLength(130);
  expect(page.match(/<table class="form form-t3">/gu)).toHaveLength(500);
  expect(readdirSync(path.join(folder, 'report')).sort()).toEqual([
    '330105.html',
    '330106.html',
    'other.html',
  ]);
  const beside = readdirSync(path.join(folder, 'report')).flatMap((name) =>
    [
      ...readFileSync(path.join(folder, 'report', name), 'utf8').matchAll(/<h3 class="sentence">([^<]*)/gu),
    ].map((m) => m[1]),
  );
  expect(new Set([...inPage, ...beside]).size).toBe(130 * 5);
  // Our own doubts are counted apart.
  expect(page).toContain('130处，不算报告的问题');
  expect(beside.filter((s) => s?.startsWith('疑读错'))).toEqual([]);
});

test('the same findings give the same bytes, in whatever order they came', async () => {
  const bytes: string[] = [];
  for (const [name, backwards] of [
    ['a', false],
    ['b', true],
  ] as const) {
    const store = await filled(name, backwards);
    bytes.push(
      readFileSync(await writeReportPage(store, folder), 'utf8') +
        readFileSync(path.join(folder, 'report/330105.html'), 'utf8'),
    );
    await store.close();
  }
  expect(bytes[0]).toBe(bytes[1]);
  expect(bytes[0]).not.toContain(folder);
});

test.each([
  ['2019', 23, 20],
  ['2021', 25, 22],
] as const)(
  'table 三 of %s is drawn with %d rows, the results of the year merged over %d of them',
  (edition, rows, merged) => {
    const { text } = statutoryTable(
      buildTable(edition, 't3', { 't3/granted/total': 7 }),
      {
        involved: new Set(),
        culprit: new Set(['t3/granted/total']),
        suggested: new Map([['t3/granted/total', 9]]),
      },
      { language: 'zh' },
    );
    expect(text.split('<tbody>')[1]?.match(/<tr>/gu)).toHaveLength(rows);
    expect(text).toContain(`rowspan="${merged}">三、本年度办理结果`);
    expect(text.match(/<td /gu)).toHaveLength(rows * 7);
    // The printed number stays; the other stands beside it.
    expect(text).toMatch(/class="culprit"[^>]*>7<span class="suggested">可能应为 <b>9<\/b>/u);
  },
);

test('a blank cell is drawn as blank, never as 0', () => {
  const { text } = statutoryTable(
    buildTable('2021', 't4', {}, { 't4/review/total': blankCell() }),
    { involved: new Set(), culprit: new Set(), suggested: new Map() },
    { language: 'zh' },
  );
  expect(/data-cell="t4\/review\/total"[^>]*>(.*?)<\/td>/u.exec(text)?.[1]).toBe('<i class="word">空白</i>');
});
