import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../src/check/finding.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import type { Store } from '../../src/dataset/store.ts';
import type { Report } from '../../src/extract/report.ts';
import { html } from '../../src/review/markup.ts';
import { writeReportPage } from '../../src/review/report-page.ts';
import { type ReviewServer, startReview } from '../../src/review/server.ts';
import { buildFinding, buildReport, buildStatement, saveItem } from '../dataset/build-report.ts';
import { launchChromium } from '../support/chromium.ts';
import { program } from '../support/requires.ts';
import { Visitor } from './site.ts';

const ATTACK = `"'><img src=x onerror="window.hit=1"><script>window.hit=1</script></style></title>{{7*7}}&lt;`;

let folder: string;
let store: Store;
let server: ReviewServer;
let page: string;

/** The same value with the attack at the end of every text in it, but for those of closed lists. */
function attacked<T>(value: T, closed: ReadonlySet<string>, key = ''): T {
  if (typeof value === 'string') return (closed.has(key) ? value : `${value}${ATTACK}`) as T;
  if (Array.isArray(value)) return value.map((v) => attacked(v, closed, key)) as T;
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, attacked(v, closed, k)])) as T;
  return value;
}

/** Words of the program's own lists: a document has no say in them. */
const OF_REPORT = new Set(
  'container reader outcome agencyFrom yearFrom scope kind table edition row column state confidence extractorVersion method usedIdentities from field about'.split(
    ' ',
  ),
);
const OF_FINDING = new Set('severity verdict table cells culprit cell kind operation rule'.split(' '));

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-hostile-'));
  mkdirSync(path.join(folder, 'in'));
  page = `<html><head><style>body{background:url(http://127.0.0.1:1/leak)}</style><base href="http://127.0.0.1:1/"><meta http-equiv="refresh" content="0;url=http://127.0.0.1:1/"></head>
<body onload="window.hit=1"><script>window.hit=1</script><a href="javascript:window.hit=1">x</a><form action="http://127.0.0.1:1/"><input name=q></form>
<svg onload="window.hit=1"></svg><iframe src="http://127.0.0.1:1/"></iframe><table style="background:url(http://127.0.0.1:1/)"><tr><td onclick="window.hit=1">一<img src=x onerror=window.hit=1></td><td colspan='2" onclick="x'>&lt;script&gt;window.hit=1&lt;/script&gt;</td></tr></table></body></html>`;
  writeFileSync(path.join(folder, 'in/attack.html'), page);
  store = await openStore(path.join(folder, 'gongkai.sqlite'));
  const plain = buildReport({
    report: {
      document: 'in/attack.html',
      outcome: 'partial',
      outcomeReason: '原因',
      conflicts: [{ field: 'year', values: [{ value: '2023', from: 'title', text: '2023年' }] }],
      refusals: [{ table: 't2', code: 'x', reason: '拒绝', location: 'table=1' }],
      extras: [
        { table: 't3', kind: 'row', code: 'x', label: '小计', raw: '5', value: 5, location: 'table=1' },
      ],
      charts: [{ title: '图', categories: ['甲', '乙'], values: [1, 2], location: 'chart=1' }],
    },
    tables: ['t3', 't4'],
  });
  const sentence = `共收到3件${ATTACK}`;
  const hostile: Report = {
    ...attacked(plain, OF_REPORT),
    document: 'in/attack.html',
    publishedOn: plain.publishedOn,
    period: plain.period ? { ...plain.period, text: `${plain.period.text}${ATTACK}` } : null,
    statements: [buildStatement({ text: sentence, start: 3, length: 1 })],
    narrative: [{ text: sentence, location: `paragraph=1${ATTACK}`, section: 1 }],
  };
  const tables = hostile.tables.map((t) => ({
    ...t,
    facts: t.facts.map((f) => ({ ...f, location: 'table=1;row=1;cell=1' })),
  }));
  const finding: Finding = attacked(
    buildFinding({
      evidence: [
        { kind: 'quote', text: '引文', location: 'paragraph=1' },
        { kind: 'other_report', report: 'r1', text: '另一份' },
        { kind: 'part', text: '其中', cells: [] },
      ],
    }),
    OF_FINDING,
  );
  const source = (sha256: string) => ({ document: 'in/attack.html', sha256, size: page.length, mtime: 1 });
  const sha256 = createHash('sha256').update(page).digest('hex');
  await store.saveBatch([
    {
      ...saveItem({ ...hostile, tables }),
      source: { ...source(sha256), url: `javascript:window.hit=1//${ATTACK}` },
      findings: [finding, { ...finding, rule: `X${ATTACK}`, discriminator: 'y' }],
    },
  ]);
  await store.loadAgencies([
    {
      id: `a${ATTACK}`,
      name: `局${ATTACK}`,
      aliases: [],
      uscc: null,
      divisionCode: `330105${ATTACK}`,
      parent: null,
      kind: null,
      firstYear: 2019,
      lastYear: null,
    },
  ]);
  const run = await store.beginRun(`extract${ATTACK}`, `2024-01-01${ATTACK}`);
  await store.endRun(run, '2024-01-01', { roots: [{ prefix: 'in/', absolute: path.join(folder, 'in') }] });
  for await (const f of store.findings())
    await store.decide({
      findingId: f.findingId,
      state: 'confirmed',
      note: `备注${ATTACK}`,
      person: `人${ATTACK}`,
      at: '2024-01-01',
    });
  server = await startReview({
    store,
    output: folder,
    language: 'zh',
    accounts: null,
    person: `人${ATTACK}`,
    upload: null,
    host: '127.0.0.1',
    port: 0,
  });
});
afterAll(async () => {
  await server?.close();
  await store?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function everyAddress(): Promise<string[]> {
  const all = [
    '/',
    '/findings',
    `/findings?q=${encodeURIComponent(ATTACK)}&body=${encodeURIComponent(ATTACK)}&rule=${encodeURIComponent(ATTACK)}`,
    '/bodies',
    `/bodies?q=${encodeURIComponent(ATTACK)}`,
    '/missing?year=2023',
    '/unread',
    `/upload?agency=${encodeURIComponent(ATTACK)}`,
  ];
  for await (const f of store.findings())
    all.push(
      `/finding/${f.findingId}`,
      `/report/${f.reportId}`,
      `/report/${f.reportId}?cell=t3/granted/total`,
      `/body?key=${encodeURIComponent(f.agencyKey)}`,
    );
  return [...new Set(all)];
}

test('what a document says comes out as text on every page', async () => {
  const visitor = new Visitor(server.url);
  for (const where of await everyAddress()) {
    const response = await visitor.get(where);
    expect(response.status, where).toBe(200);
    const text = await response.text();
    expect(text, where).not.toMatch(/<img|<script>|window\.hit=1">|href="javascript:/u);
    if (where !== '/upload' && !where.startsWith('/missing')) expect(text, where).toContain('&lt;img src=x');
  }
  const report = readFileSync(await writeReportPage(store, folder), 'utf8');
  expect(report).not.toMatch(/<img|<script|href="javascript:/u);
  expect(report).toContain('&lt;script&gt;window.hit=1');
});

test.skipIf(program('chromium') === null)(
  'nothing of a document runs or leaves the browser, neither on the pages nor in the frame',
  async () => {
    const browser = await launchChromium(program('chromium') as string);
    try {
      const tab = await browser.newPage();
      const foreign: string[] = [];
      tab.on('request', (r) => {
        if (!r.url().startsWith(server.url) && !r.url().startsWith('data:')) foreign.push(r.url());
      });
      for (const where of await everyAddress()) {
        await tab.goto(server.url + where);
        for (const frame of tab.frames()) expect(await frame.evaluate('window.hit'), where).toBeUndefined();
      }
      const finding = (await everyAddress()).find((where) => where.startsWith('/finding/'));
      await tab.goto(`${server.url}${finding}`);
      const frame = tab.frameLocator('iframe.rendition');
      await frame.locator('#place').waitFor();
      expect(await frame.locator('td').nth(1).textContent()).toBe('<script>window.hit=1</script>');
      expect(
        await frame.locator('script, img, svg, a, form, input, iframe, [onclick], [style]').count(),
      ).toBe(0);
      expect(foreign).toEqual([]);
    } finally {
      await browser.close();
    }
  },
);

test('a template never lets a value end its text or its attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const { text } = html`<a title="${value}">${value}</a>`;
      expect(text.match(/[<>]/gu)).toEqual(['<', '>', '<', '>']);
      expect(text.match(/"/gu)).toHaveLength(2);
    }),
    { seed: 7, numRuns: 300 },
  );
});
