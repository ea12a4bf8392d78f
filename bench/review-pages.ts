/**
 * How long the reviewers' pages take over a large store while another process writes to it.
 *
 *   node bench/review-pages.ts [reports] [folder]
 *
 * Fills a store with invented reports of three tables (default 50,000) and two findings each, unless the folder holds
 * one already; then asks for every kind of page again and again, while a second process stores further reports as an
 * extraction would. Prints median, 95th percentile and maximum in milliseconds.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Finding } from '../src/check/finding.ts';
import { openStore } from '../src/dataset/open-store.ts';
import type { Agency, SaveItem, Store } from '../src/dataset/store.ts';
import { startReview } from '../src/review/server.ts';
import { buildFinding, buildReport, saveItem } from '../test/dataset/build-report.ts';
import { Random } from '../test/render/random.ts';

const YEARS = [2019, 2020, 2021, 2022, 2023];
const BATCH = 64;
const SAMPLES = 40;
const DISTRICTS = [
  '330102',
  '330105',
  '330106',
  '330108',
  '330109',
  '330110',
  '330111',
  '330112',
  '330113',
  '330114',
];
const RULES = ['T3.FLOW', 'T3.ITEMS', 'T3.ROWSUM', 'T4.SUM', 'BLANK', 'X.CARRY', 'N.RECEIVED', 'F.PERIOD'];
const SEVERITIES = ['error', 'warning', 'info'] as const;

const districtOf = (body: number) => DISTRICTS[body % DISTRICTS.length] as string;
const nameOf = (body: number) => `某某区第${body}局`;

function item(body: number, year: number, salt = 0): SaveItem {
  const n = (body * 7 + year + salt) % 97;
  const finding = (k: number): Finding =>
    buildFinding({
      rule: RULES[(body + year + k) % RULES.length] as string,
      severity: SEVERITIES[(body + k) % 3] as Finding['severity'],
      discriminator: String(k),
      messageZh: `${nameOf(body)}${year}年度报告，表三“自然人”列：本年新收${n}＋上年结转3＝${n + 3}，而总计${n}＋结转下年度2＝${n + 2}，相差1。请核对这一列。`,
    });
  const report = buildReport({
    agency: nameOf(body),
    year,
    document: `bench/${year}/${body}${salt ? `-${salt}` : ''}.html`,
    numbers: {
      't3/new_received/total': n,
      't3/carried_in/total': 3,
      't3/granted/total': n,
      't3/concluded_total/total': n,
      't3/carried_out/total': 2,
    },
    ...(body % 50 === 0 ? { report: { outcome: 'partial' as const, outcomeReason: '表二未能识别' } } : {}),
  });
  return saveItem(report, {
    agency: { id: `b${body}`, regionCode: districtOf(body) },
    findings: [finding(0), finding(1)],
  });
}

async function fill(store: Store, reports: number): Promise<void> {
  const bodies = Math.ceil(reports / YEARS.length);
  const agencies: Agency[] = Array.from({ length: bodies + 100 }, (_, i) => ({
    id: `b${i}`,
    name: nameOf(i),
    aliases: [],
    uscc: null,
    divisionCode: districtOf(i),
    parent: null,
    kind: 'department',
    firstYear: 2019,
    lastYear: null,
  }));
  await store.loadAgencies(agencies);
  const run = await store.beginRun('extract', '2024-01-01T00:00:00Z');
  let batch: SaveItem[] = [];
  for (let body = 0; body < bodies; body++) {
    for (const year of YEARS) batch.push(item(body, year));
    if (batch.length >= BATCH * 4) {
      await store.saveBatch(batch);
      batch = [];
    }
  }
  await store.saveBatch(batch);
  await store.endRun(run, '2024-01-01T01:00:00Z', { documents: reports });
}

/** What an extraction does to the store, until it is told to stop. */
async function keepWriting(file: string): Promise<void> {
  const store = await openStore(file);
  for (let round = 1; ; round++) {
    await store.saveBatch(
      Array.from({ length: BATCH }, (_, i) => item(100_000 + i + round * BATCH, 2023, round)),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function main(): Promise<void> {
  const reports = Number(process.argv[2] ?? 50_000);
  const folder = process.argv[3] ?? mkdtempSync(path.join(os.tmpdir(), 'gongkai-bench-'));
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'gongkai.sqlite');
  if (!existsSync(file)) {
    const started = performance.now();
    const store = await openStore(file);
    await fill(store, reports);
    await store.close();
    process.stdout.write(
      `filled with ${reports} reports in ${Math.round((performance.now() - started) / 1000)} s, ${Math.round(statSync(file).size / 2 ** 20)} MiB: ${file}\n`,
    );
  }
  const store = await openStore(file, { create: false, busyTimeoutMs: 4000 });
  const server = await startReview({
    store,
    output: folder,
    language: 'zh',
    accounts: null,
    person: 'bench',
    upload: null,
    host: '127.0.0.1',
    port: 0,
  });
  const writer = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', import.meta.filename, 'write', file],
    { stdio: 'inherit' },
  );
  const random = new Random(1);
  const pick = <T>(list: readonly T[]): T => list[random.integer(0, list.length - 1)] as T;
  const bodies = Math.ceil(reports / YEARS.length);
  const body = () => random.integer(0, bodies - 1);
  const get = async (where: string) => {
    const response = await fetch(server.url + where);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${where}: ${response.status}`);
    return text;
  };
  const first = await get('/findings?gravity=error');
  const findings = [...first.matchAll(/data-finding="(f\w+)"/gu)].map((m) => m[1] as string);
  let deep = '/findings?order=agency';
  const walk = async () => {
    const page = await get(deep);
    deep = /rel="next" href="([^"]+)"/u.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '/findings?order=agency';
  };
  const pages: Record<string, () => Promise<unknown>> = {
    overview: () => get('/'),
    'findings, open': () => get('/findings?gravity=error&gravity=warning&state=open'),
    'findings, next page': walk,
    'findings, by year': () => get(`/findings?order=year&year=${pick(YEARS)}`),
    'findings, by rule': () => get(`/findings?order=rule&rule=${pick(RULES)}&region=${pick(DISTRICTS)}`),
    'findings, district and year': () =>
      get(`/findings?region=${pick(DISTRICTS)}&year=${pick(YEARS)}&gravity=${pick(['error', 'warning'])}`),
    'findings, of a body': () => get(`/findings?body=b${body()}`),
    'findings, words, many hits': () => get(`/findings?q=${encodeURIComponent(`第${body() % 10}`)}`),
    'findings, words, no hit': () => get(`/findings?q=${encodeURIComponent(`没有${body()}`)}`),
    finding: () => get(`/finding/${pick(findings)}?gravity=error`),
    report: async () =>
      get(`/report/${/href="\/report\/(r\w+)"/u.exec(await get(`/finding/${pick(findings)}`))?.[1]}`),
    body: () => get(`/body?key=b${body()}`),
    bodies: () => get(`/bodies?q=${encodeURIComponent(`第${body()}`)}`),
    missing: () => get(`/missing?year=${pick(YEARS)}&region=${pick(DISTRICTS)}`),
    unread: () => get('/unread'),
  };
  try {
    const every: number[] = [];
    for (const [name, ask] of Object.entries(pages)) {
      const times: number[] = [];
      for (let i = 0; i < SAMPLES; i++) {
        const started = performance.now();
        await ask();
        times.push(performance.now() - started);
      }
      every.push(...times);
      print(name, times);
    }
    print('all', every);
  } finally {
    writer.kill();
    await server.close();
    await store.close();
  }
}

function print(name: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number).toFixed(0).padStart(6);
  process.stdout.write(`${name.padEnd(30)} median ${at(0.5)}  p95 ${at(0.95)}  max ${at(1)} ms\n`);
}

if (process.argv[2] === 'write') await keepWriting(process.argv[3] as string);
else await main();
