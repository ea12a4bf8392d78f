/**
 * How long the reviewers' pages take over a large store while an extraction writes to it.
 *
 *   node bench/review-pages.ts [reports] [folder] [--quiet]
 *
 * Fills a store with invented reports of three tables (default 50,000) and two findings each, unless the folder holds
 * one already; then asks for every kind of page again and again, while `gongkai extract` reads generated documents
 * into the same store, with a parser process for every core and the writing of the dataset at the end. `--quiet`
 * leaves the extraction out. Prints median, 95th percentile and maximum in milliseconds, and the median of the processor
 * time of server and client together, which does not depend on what else the machine does.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Finding } from '../src/check/finding.ts';
import { openStore } from '../src/dataset/open-store.ts';
import type { Agency, SaveItem, Store } from '../src/dataset/store.ts';
import { startReview } from '../src/review/server.ts';
import { buildFinding, buildReport, saveItem } from '../test/dataset/build-report.ts';
import { Random } from '../test/render/random.ts';
import { processorMs } from './processor-time.ts';

const YEARS = [2019, 2020, 2021, 2022, 2023];
const BATCH = 250;
const SAMPLES = 40;
/** Of one extraction. */
const DOCUMENTS = 1500;
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
  // As checked across years already: the extraction would otherwise put the findings of the rules in their place.
  const save = async () => {
    const saved = await store.saveBatch(batch);
    await store.replaceFindings(
      saved.map(({ reportId }, i) => ({
        reportId,
        checks: batch[i]?.checks ?? [],
        findings: batch[i]?.findings ?? [],
      })),
    );
    batch = [];
  };
  for (let body = 0; body < bodies; body++) {
    for (const year of YEARS) batch.push(item(body, year));
    if (batch.length >= BATCH) await save();
  }
  if (batch.length > 0) await save();
  await store.endRun(run, '2024-01-01T01:00:00Z', { documents: reports });
}

const ROOT = path.resolve(import.meta.dirname, '..');
const NODE = ['--disable-warning=ExperimentalWarning'];

/** Extractions one after the other, each of documents that the store does not hold yet, until it is told to stop. */
class Extractions {
  readonly #folder: string;
  #child: ChildProcess | null = null;
  #stopped = false;
  #round = 0;
  documents = 0;
  finished = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  start(): void {
    const documents = path.join(this.#folder, `documents-${this.#round}`);
    if (!existsSync(documents)) this.#generate(documents, 1000 + this.#round);
    this.#round += 1;
    const child = spawn(
      process.execPath,
      [...NODE, path.join(ROOT, 'test/cli/entry.ts'), 'extract', documents, '-o', this.#folder],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#child = child;
    let said = '';
    let before = 0;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4000);
      const read = Number([...said.matchAll(/Reading: (\d+) of/gu)].at(-1)?.[1] ?? before);
      this.documents += read - before;
      before = read;
    });
    child.on('exit', (code) => {
      if (this.#stopped) return;
      if (code !== 0 && code !== 3) {
        process.stderr.write(`the extraction ended with ${code}:\n${said}\n`);
        process.exit(1);
      }
      this.finished += 1;
      this.start();
    });
  }

  #generate(folder: string, seed: number): void {
    const made = spawnSync(
      process.execPath,
      [
        ...NODE,
        path.join(ROOT, 'scripts/generate-reports.ts'),
        ...`--count ${DOCUMENTS} --mix html=60,docx=25,pdf=15 --years 2019-2023 --errors 10% --seed ${seed} --out`.split(
          ' ',
        ),
        folder,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    if (made.status !== 0) throw new Error('the documents could not be generated');
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await ended;
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quiet: { type: 'boolean', default: false } },
  });
  const reports = Number(positionals[0] ?? 50_000);
  const folder = positionals[1] ?? mkdtempSync(path.join(os.tmpdir(), 'gongkai-bench-'));
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
  const options: Parameters<typeof startReview>[0] = {
    store,
    output: folder,
    language: 'zh',
    accounts: null,
    person: 'bench',
    upload: null,
    host: '127.0.0.1',
    port: 0,
  };
  const server = await startReview(options);
  const extractions = new Extractions(folder);
  if (!values.quiet) {
    extractions.start();
    // The first documents are read before the first page is asked for.
    while (extractions.documents === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  }
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
  // A server that was just started has no sums ready, as one that nobody asked for longer than it keeps them.
  const afterAWhile = (where: string) => async () => {
    const fresh = await startReview({ ...options, port: 0 });
    const started = performance.now();
    const before = processorMs();
    await (await fetch(fresh.url + where)).text();
    const measured = { ms: performance.now() - started, processorMs: processorMs() - before };
    await fresh.close();
    return measured;
  };
  const pages: Record<string, () => Promise<unknown>> = {
    overview: () => get('/'),
    'overview, after a while': afterAWhile('/'),
    'findings, after a while': afterAWhile('/findings?gravity=error&gravity=warning&state=open'),
    'missing, after a while': afterAWhile(`/missing?year=${YEARS[2]}`),
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
    const everyProcessor: number[] = [];
    for (const [name, ask] of Object.entries(pages)) {
      const times: number[] = [];
      const processor: number[] = [];
      for (let i = 0; i < SAMPLES; i++) {
        const started = performance.now();
        const before = processorMs();
        const measured = await ask();
        const whole = { ms: performance.now() - started, processorMs: processorMs() - before };
        const { ms, processorMs: used } = isMeasured(measured) ? measured : whole;
        times.push(ms);
        processor.push(used);
      }
      every.push(...times);
      everyProcessor.push(...processor);
      print(name, times, processor);
    }
    print('all', every, everyProcessor);
    process.stdout.write(
      values.quiet
        ? 'no extraction ran\n'
        : `meanwhile ${extractions.documents} documents were read, and ${extractions.finished} extractions ended\n`,
    );
  } finally {
    await extractions.stop();
    await server.close();
    await store.close();
  }
}

function isMeasured(value: unknown): value is { readonly ms: number; readonly processorMs: number } {
  return typeof value === 'object' && value !== null && 'ms' in value;
}

function print(name: string, times: readonly number[], processor: readonly number[]): void {
  const at = (list: readonly number[], share: number) => {
    const sorted = list.toSorted((a, b) => a - b);
    return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number)
      .toFixed(0)
      .padStart(6);
  };
  process.stdout.write(
    `${name.padEnd(30)} median ${at(times, 0.5)}  p95 ${at(times, 0.95)}  max ${at(times, 1)} ms  processor ${at(processor, 0.5)} ms\n`,
  );
}

await main();
