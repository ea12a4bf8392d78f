import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Archive } from '../../src/crawl/archive/store.ts';
import type { CrawlConfig } from '../../src/crawl/config/config.ts';
import { parsePortals } from '../../src/crawl/config/load.ts';
import { crawlPortals } from '../../src/crawl/crawl.ts';
import type { CrawledReport, RunSummary } from '../../src/crawl/crawled.ts';
import type { CrawlDeps, CrawlOptions } from '../../src/crawl/deps.ts';
import { addressKey } from '../../src/crawl/portals/addresses.ts';
import type { ReportEvent, StateChange } from '../../src/crawl/state.ts';
import type { ControlCall } from '../replicas/control.ts';
import { type LogEntry, type Replica, type ReplicaHost, startReplica } from '../replicas/server.ts';
import type { SiteOptions } from '../replicas/site.ts';
import { MemoryState } from './memory-state.ts';
import { TestClock } from './test-clock.ts';

export const day = 86_400_000;
export const minDelayMs = 3000;
const start = '2026-06-01T15:00:00Z';

/** The state as it is after `kill -9`: whatever still runs can no longer write to it. */
class Killed extends Error {}

export interface Pass {
  readonly reports: readonly CrawledReport[];
  readonly summary: RunSummary;
  readonly log: readonly LogEntry[];
  readonly events: readonly ReportEvent[];
}

/** Replica portals, a test clock, and a crawl that reaches nothing else. */
export class Field {
  readonly replica: Replica;
  readonly clock: TestClock;
  readonly archive: Archive;
  readonly folder: string;
  config: CrawlConfig;
  state = new MemoryState();
  #runs = 0;

  private constructor(replica: Replica, clock: TestClock, folder: string, config: CrawlConfig) {
    this.replica = replica;
    this.clock = clock;
    this.folder = folder;
    this.config = config;
    this.archive = new Archive(folder);
  }

  /** One portal for each site; `portal` adds YAML (flow style) to each. */
  static async open(
    sites: readonly SiteOptions[],
    more: { readonly portal?: Record<string, unknown>; readonly column?: Record<string, unknown> } = {},
    at: string = start,
  ): Promise<Field> {
    const clock = new TestClock(at);
    const replica = await startReplica({
      sites,
      now: () => clock.now(),
      sleep: async (ms) => clock.advance(ms),
    });
    const config = parsePortals(
      JSON.stringify({
        version: 1,
        defaults: { user_agent: 'GongkaiReportBot/1.0 (+https://example.org/bot; ops@example.org)' },
        portals: [...replica.hosts.values()].map((host, index) => ({
          id: `p${index + 1}`,
          base_url: `http://${host.host}`,
          allowed_hosts: [host.host],
          columns: [{ id: 'nb', url: host.columnUrl, ...more.column }],
          ...more.portal,
        })),
      }),
    );
    return new Field(replica, clock, mkdtempSync(path.join(tmpdir(), 'gongkai-crawl-')), config);
  }

  get host(): ReplicaHost {
    const [first] = this.replica.hosts.values();
    if (!first) throw new Error('the field has no site');
    return first;
  }

  ctl(call: ControlCall): Record<string, unknown> {
    return this.replica.ctl(call);
  }

  deps(): CrawlDeps {
    return {
      state: this.state,
      archive: this.archive,
      clock: this.clock,
      isDead: () => true,
      onRequest: this.clock.onRequest,
      network: {
        allowLoopback: true,
        resolve: new Map(
          [...this.replica.hosts.keys()].map((host) => [host, `127.0.0.1:${this.replica.port}`]),
        ),
      },
    };
  }

  /** One run; every report is taken over as soon as it is handed on. */
  async crawl(options: CrawlOptions = {}, deps: Partial<CrawlDeps> = {}): Promise<Pass> {
    const from = this.replica.log.length;
    const before = this.state.eventsById.size;
    const reports: CrawledReport[] = [];
    this.#runs++;
    const run = crawlPortals(
      this.config,
      { ...this.deps(), owner: `test:${this.#runs}`, ...deps },
      { run: `run-${String(this.#runs).padStart(4, '0')}`, ...options },
    );
    for (;;) {
      const step = await run.next();
      if (step.done)
        return {
          reports,
          summary: step.value,
          log: this.replica.log.slice(from),
          events: [...this.state.eventsById.values()].slice(before),
        };
      reports.push(step.value);
      const { portal, url, version } = step.value;
      await this.state.commit({ taken: [{ portal, url, n: version }] });
    }
  }

  /** Runs until the given number of commits and requests, then dies as by `kill -9`. False: it ended before. */
  async crawlUntilKilled(steps: number): Promise<boolean> {
    let left = steps;
    let dead = false;
    const stop = new AbortController();
    const step = () => {
      if (dead) throw new Killed();
      if (left-- > 0) return;
      dead = true;
      stop.abort(new Killed());
      throw new Killed();
    };
    const alive = this.state;
    const dying = new Proxy(alive, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        if (name === 'commit')
          return async (change: StateChange) => {
            step();
            await target.commit(change);
          };
        if (name === 'unlock' || name === 'lock')
          return async (...given: unknown[]) => {
            if (dead) throw new Killed();
            return await value.apply(target, given);
          };
        return value.bind(target);
      },
    });
    this.state = dying;
    try {
      await this.crawl(
        {},
        {
          signal: stop.signal,
          onRequest: (phase) => {
            this.clock.onRequest(phase);
            if (phase === 'start' && !dead && left-- <= 0) {
              dead = true;
              stop.abort(new Killed());
            }
          },
        },
      );
      return dead;
    } catch (error) {
      if (!dead) throw error;
      return true;
    } finally {
      this.state = alive;
    }
  }

  /** What must not depend on when the crawl ran or was killed. */
  finalState(): unknown {
    const { urlStates, reportVersions, eventsById } = this.state;
    return {
      urls: [...urlStates.values()]
        .filter(({ role }) => role !== 'list')
        .map(({ portal, url, role, status, listTitle, listDate, missCount, failures }) =>
          [portal, url, role, status, listTitle, listDate, missCount, failures].join(' | '),
        )
        .sort(),
      versions: [...reportVersions.values()]
        .map(
          ({ portal, url, n, bodySha, attachmentShas, title, publishedOn, reportKey, supersededBy, taken }) =>
            [
              portal,
              url,
              n,
              bodySha,
              attachmentShas,
              title,
              publishedOn,
              reportKey,
              supersededBy,
              taken,
            ].join(' | '),
        )
        .sort(),
      events: [...eventsById.values()].map(({ kind, url, what }) => `${kind} ${url} ${what}`).sort(),
    };
  }

  async close(): Promise<void> {
    await this.replica.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The addresses of a site's listed reports, as deduplication keys, sorted. */
export function listedReports(host: ReplicaHost): string[] {
  return host.site
    .listed()
    .filter((post) => post.isReport)
    .map((post) => addressKey(host.postUrl(post.id)))
    .sort();
}

/** What a log must show of every host: one connection, one request at a time, no gap under the delay. */
export function impolite(log: readonly LogEntry[], delayMs = minDelayMs): string[] {
  const faults: string[] = [];
  const last = new Map<string, LogEntry>();
  for (const entry of log) {
    const at = new Date(entry.at).toISOString();
    if (entry.openConnections > 1) faults.push(`${at} ${entry.host}: ${entry.openConnections} connections`);
    if (entry.inFlight > 1) faults.push(`${at} ${entry.host}: ${entry.inFlight} requests at once`);
    const before = last.get(entry.host);
    if (before && entry.at - before.at < delayMs)
      faults.push(`${at} ${entry.host}: ${entry.at - before.at} ms after the request before`);
    const hour = new Date(entry.at + 8 * 3_600_000).getUTCHours();
    if (hour >= 7 && hour < 22) faults.push(`${at} ${entry.host}: outside the night`);
    if (!/GongkaiReportBot.*\+https:/.test(entry.userAgent ?? ''))
      faults.push(`${at} user agent ${entry.userAgent}`);
    last.set(entry.host, entry);
  }
  return faults;
}
