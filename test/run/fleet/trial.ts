import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { EMPTY_REGISTER } from '../../../src/agencies/register.ts';
import { parsePortals } from '../../../src/crawl/config/load.ts';
import { crawlPortals } from '../../../src/crawl/crawl.ts';
import { openStore } from '../../../src/dataset/open-store.ts';
import { crawlDeps, readCrawled } from '../../../src/run/crawling.ts';
import { finishRun } from '../../../src/run/extraction.ts';
import { fleetDatabase } from '../../../src/run/fleet/database.ts';
import { enqueuePortals } from '../../../src/run/fleet/enqueue.ts';
import type { JobKind } from '../../../src/run/fleet/jobs.ts';
import { Jobs } from '../../../src/run/fleet/jobs.ts';
import { type FleetStatus, fleetStatus } from '../../../src/run/fleet/status.ts';
import type { WorkerEvent } from '../../../src/run/fleet/worker.ts';
import { DEFAULT_PARSE_LIMITS } from '../../../src/run/parsing/limits.ts';
import { publish } from '../../../src/run/publish.ts';
import { Random } from '../../render/random.ts';
import { type LogEntry, startReplica } from '../../replicas/server.ts';
import type { SiteFamily, SiteOptions } from '../../replicas/site.ts';
import { digests } from '../../support/digests.ts';
import { FastClock } from './fast-clock.ts';
import type { ChildOptions } from './worker-child.ts';

export interface TrialOptions {
  /** Address of an empty store in Postgres. */
  readonly address: string;
  readonly portals: number;
  readonly agencies: number;
  readonly years: { readonly from: number; readonly to: number };
  readonly workers: number;
  readonly kills: number;
  /** Real milliseconds between two kills, from and to. */
  readonly between: readonly [number, number];
  /** How many times faster the portals' nights pass than real ones. */
  readonly speed: number;
  /** Seconds without a sign of life until a worker's jobs go to others. */
  readonly heartbeatSeconds: number;
  readonly seed: number;
  /** Leave the folders of both, for a look. */
  readonly keep?: boolean;
  readonly say?: (line: string) => void;
}

export interface TrialResult {
  /** sha256 by file of `dataset/`. */
  readonly oneMachine: Readonly<Record<string, string>>;
  readonly fleet: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
  readonly requests: { readonly oneMachine: number; readonly fleet: number };
  readonly reports: number;
  /** Each hit a worker with a job in hand. */
  readonly kills: number;
  readonly takeovers: Takeovers;
  /** Jobs that a living worker lost to another, and failures that a living worker saw. */
  readonly troubles: readonly string[];
  readonly status: FleetStatus;
  readonly seconds: { readonly oneMachine: number; readonly fleet: number };
}

/** Seconds from a kill until others went on with what the killed worker had in hand. */
export interface Takeovers {
  /** Until another worker began the same document. */
  readonly documents: Spread;
  /** Until another worker had the hosts of the same portal; it asks when the pause is over. */
  readonly portals: Spread;
  /** The most workers that died with the same document in hand. */
  readonly mostDeaths: number;
}

interface Spread {
  readonly n: number;
  readonly median: number;
  readonly longest: number;
}

export const delayMs = 3000;
// Half past midnight: a day long the hours of the portals do not end.
const start = Date.parse('2026-05-31T16:30:00Z');
const families: readonly SiteFamily[] = ['trs', 'kaipu', 'hanweb_jpage', 'gkmlpt', 'esogov', 'generic'];

/** The same portals crawled by one machine and by a fleet whose workers are killed, and what came of both. */
export async function trial(options: TrialOptions): Promise<TrialResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gongkai-fleet-'));
  if (options.keep) options.say?.(folder);
  const sites = Array.from(
    { length: options.portals },
    (_, i): SiteOptions => ({
      host: `www.moumou${i + 1}.gov.cn`,
      family: families[i % families.length] as SiteFamily,
      agencies: options.agencies,
      years: options.years,
      district: i,
      // A killed worker's request is made again, and the answer must not tell.
      still: true,
    }),
  );
  try {
    const one = await oneMachine(options, sites, path.join(folder, 'one'));
    options.say?.(`one machine: ${one.requests} requests in ${one.seconds.toFixed(0)} s`);
    const many = await fleet(options, sites, path.join(folder, 'many'));
    return {
      oneMachine: one.files,
      fleet: many.files,
      faults: [...one.faults, ...many.faults],
      requests: { oneMachine: one.requests, fleet: many.requests },
      reports: many.reports,
      kills: many.kills,
      takeovers: many.takeovers,
      troubles: many.troubles,
      status: many.status,
      seconds: { oneMachine: one.seconds, fleet: many.seconds },
    };
  } finally {
    if (!options.keep) rmSync(folder, { recursive: true, force: true });
  }
}

function spread(seconds: readonly number[]): Spread {
  const sorted = [...seconds].sort((a, b) => a - b);
  const round = (value = 0) => Math.round(value * 10) / 10;
  return { n: sorted.length, median: round(sorted[sorted.length >> 1]), longest: round(sorted.at(-1)) };
}

/** Portal `p7` has the host `www.moumou7.gov.cn`. */
function groupOfPortal(id: string): string {
  return groupOf(`www.moumou${id.slice(1)}.gov.cn`);
}

/** The first two portals stand on one machine. */
function groupOf(host: string): string {
  return /moumou[12]\./.test(host) ? 'shared' : host;
}

async function field(options: TrialOptions, sites: readonly SiteOptions[]) {
  const timing = { real: Date.now(), start, speed: options.speed };
  const clock = new FastClock(timing);
  const replica = await startReplica({ sites, now: () => clock.now() });
  const configuration = JSON.stringify({
    version: 1,
    defaults: {
      user_agent: 'GongkaiReportBot/1.0 (+https://example.org/bot)',
      politeness: { window: '00:00-24:00', min_delay_ms: delayMs },
    },
    portals: [...replica.hosts.values()].map(({ host, columnUrl }, i) => ({
      id: `p${i + 1}`,
      base_url: `http://${host}`,
      allowed_hosts: [host],
      ...(groupOf(host) === 'shared' ? { host_group: 'shared' } : {}),
      columns: [{ id: 'nb', url: columnUrl }],
    })),
  });
  const hosts = [...replica.hosts.keys()].map((host) => [host, `127.0.0.1:${replica.port}`] as const);
  return { timing, clock, replica, configuration, hosts };
}

async function oneMachine(options: TrialOptions, sites: readonly SiteOptions[], output: string) {
  mkdirSync(output, { recursive: true });
  const { clock, replica, configuration, hosts } = await field(options, sites);
  const began = Date.now();
  const store = await openStore(path.join(output, 'gongkai.sqlite'));
  try {
    const reader = readCrawled(store, {
      register: EMPTY_REGISTER,
      processes: 2,
      limits: DEFAULT_PARSE_LIMITS,
    });
    const crawl = crawlPortals(
      parsePortals(configuration),
      crawlDeps(store, output, EMPTY_REGISTER, {
        clock,
        network: { allowLoopback: true, resolve: new Map(hosts) },
      }),
      { parallel: sites.length },
    );
    for await (const report of crawl) await reader.take(report);
    await reader.finish();
    await finishRun(store, { register: EMPTY_REGISTER, output });
    return {
      files: digests(path.join(output, 'dataset')),
      faults: impolite(replica.log),
      requests: replica.log.length,
      seconds: (Date.now() - began) / 1000,
    };
  } finally {
    await store.close();
    await replica.close();
  }
}

async function fleet(options: TrialOptions, sites: readonly SiteOptions[], output: string) {
  mkdirSync(output, { recursive: true });
  const { timing, replica, configuration, hosts } = await field(options, sites);
  const store = await openStore(options.address);
  const database = await fleetDatabase(store, true);
  const jobs = await Jobs.open(options.address, database.jobSchema);
  const began = Date.now();
  await enqueuePortals(jobs, configuration, 'portals.yaml', { run: 'run-1', repeat: false });
  const given: ChildOptions = {
    address: options.address,
    output,
    agencies: null,
    hosts,
    clock: timing,
    heartbeatSeconds: options.heartbeatSeconds,
    processes: 1,
    // Half of the workers hold all portals: while some are dead or starting, none waits for a free place.
    portals: Math.ceil((2 * options.portals) / options.workers),
  };
  const file = path.join(output, 'child.json');
  writeFileSync(file, JSON.stringify(given));
  const random = new Random(options.seed);
  const workers = new Set<Worker>();
  const orphans = new Map<string, number>();
  const deaths = new Map<string, number>();
  const documents: number[] = [];
  const portals: number[] = [];
  const troubles: string[] = [];
  const errors: string[] = [];
  const launch = () => {
    const worker = new Worker(file, (event) => {
      if (event.kind === 'failed' || event.kind === 'lost' || event.kind === 'trouble') {
        troubles.push(`${event.kind} ${'about' in event ? event.about : ''}: ${event.reason}`);
        options.say?.(troubles.at(-1) as string);
      }
      const isDocument = event.kind === 'begun' && event.job === 'read';
      if (!isDocument && event.kind !== 'leased') return;
      const key = isDocument ? event.about : groupOfPortal(event.about);
      const since = orphans.get(key);
      if (since === undefined) return;
      orphans.delete(key);
      (isDocument ? documents : portals).push((Date.now() - since) / 1000);
    });
    workers.add(worker);
    worker.ended.then(({ code, said }) => {
      workers.delete(worker);
      if (code !== 0 && code !== null) errors.push(said);
    });
  };
  for (let i = 0; i < options.workers; i++) launch();
  let kills = 0;
  while (workers.size > 0 && errors.length === 0) {
    const next = sleep(random.integer(...(options.between as [number, number])));
    await Promise.race([next, Promise.all([...workers].map((worker) => worker.ended))]);
    const alive = [...workers].filter((worker) => worker.started);
    if (kills >= options.kills || alive.length === 0) continue;
    const busy = alive.filter((worker) => worker.hand.size > 0);
    if (busy.length === 0) continue;
    const victim = busy[random.integer(0, busy.length - 1)] as Worker;
    kills++;
    options.say?.(`kill ${kills}: ${[...victim.hand.keys()].join('; ')}`);
    workers.delete(victim);
    victim.process.kill('SIGKILL');
    await victim.ended;
    const at = Date.now();
    for (const [about, job] of victim.hand) {
      if (job === 'read') {
        orphans.set(about, at);
        deaths.set(about, (deaths.get(about) ?? 0) + 1);
        continue;
      }
      const group = groupOfPortal(about);
      // Whoever had not got the lease yet must be followed by another all the same.
      if (job === 'crawl' && (victim.leased.has(group) || orphans.has(group))) orphans.set(group, at);
    }
    launch();
  }
  for (const worker of workers) worker.process.kill('SIGKILL');
  if (errors.length > 0) throw new Error(errors.join('\n'));
  const seconds = (Date.now() - began) / 1000;
  try {
    await publish(store, output);
    let reports = 0;
    for await (const _ of store.summaries()) reports++;
    return {
      files: digests(path.join(output, 'dataset')),
      faults: impolite(replica.log),
      requests: replica.log.length,
      reports,
      kills,
      takeovers: {
        documents: spread(documents),
        portals: spread(portals),
        mostDeaths: Math.max(0, ...deaths.values()),
      },
      troubles,
      status: await fleetStatus(database, jobs),
      seconds,
    };
  } finally {
    await jobs.close();
    await store.close();
    await replica.close();
  }
}

class Worker {
  readonly process: ChildProcess;
  readonly hand = new Map<string, JobKind>();
  /** Groups of hosts that it had the lease on, once at least. */
  readonly leased = new Set<string>();
  readonly ended: Promise<{ code: number | null; said: string }>;
  started = false;
  #said = '';

  constructor(file: string, on: (event: WorkerEvent) => void) {
    const child = new URL('./worker-child.ts', import.meta.url).pathname;
    this.process = spawn(process.execPath, [child, file], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stderr?.on('data', (chunk) => {
      this.#said += chunk;
    });
    createInterface({ input: this.process.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.#said += `${line}\n`;
      const event = JSON.parse(line) as WorkerEvent;
      if (event.kind === 'started') this.started = true;
      on(event);
      if (event.kind === 'begun') this.hand.set(event.about, event.job);
      else if (event.kind === 'leased') this.leased.add(groupOfPortal(event.about));
      else if (event.kind === 'done' || event.kind === 'failed' || event.kind === 'lost')
        this.hand.delete(event.about);
    });
    this.ended = once(this.process, 'close').then(([code]) => ({
      code: code as number | null,
      said: this.#said,
    }));
  }
}

/** What the log of the portals must show of each machine: one worker at a time, and no pause cut short. */
export function impolite(log: readonly LogEntry[]): string[] {
  const faults: string[] = [];
  const last = new Map<string, LogEntry>();
  for (const entry of log) {
    const at = new Date(entry.at).toISOString();
    const before = last.get(groupOf(entry.host));
    if (entry.openConnections > 1) faults.push(`${at} ${entry.host}: ${entry.openConnections} connections`);
    if (before && (before.doneAt === null || before.doneAt > entry.at))
      faults.push(`${at} ${entry.host}: asked before the answer to ${before.path}`);
    if (before && entry.at - before.at < delayMs)
      faults.push(`${at} ${entry.host}: ${entry.at - before.at} ms after the request before`);
    last.set(groupOf(entry.host), entry);
  }
  return faults;
}
