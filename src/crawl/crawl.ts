import PQueue from 'p-queue';
import { letGo, newHolder } from '../process/holder.ts';
import { Channel } from './channel.ts';
import { iso, systemClock } from './clock.ts';
import type { CrawlConfig, PortalConfig } from './config/config.ts';
import { untilOpen } from './config/window.ts';
import type { CrawledReport, PortalSummary, RunSummary } from './crawled.ts';
import type { CrawlDeps, CrawlOptions } from './deps.ts';
import { CrawlError } from './error.ts';
import { PortalHttp } from './http/client.ts';
import { HostGroups } from './http/host-group.ts';
import { Resolver } from './http/resolver.ts';
import { listCache } from './list-cache.ts';
import { isDeadHere, lockOwner } from './lock-owner.ts';
import { PortalPass } from './portal-pass.ts';
import { readOnly } from './read-only-state.ts';

/** Reports that wait for the reader before the portals wait too. */
const handedOn = 8;

/**
 * One pass over the configured portals. Yields each new or revised report as soon as it is archived and noted in the
 * state, and returns the summary of the run. A reader that stops early ends the crawl after the request under way.
 * Portals of one host group follow each other; `parallel` groups (4 to 8) run at the same time.
 */
export async function* crawlPortals(
  config: CrawlConfig,
  deps: CrawlDeps,
  options: CrawlOptions = {},
): AsyncGenerator<CrawledReport, RunSummary, void> {
  const clock = deps.clock ?? systemClock;
  const startedAt = iso(clock.now());
  const run = options.run ?? startedAt.replace(/[:.]/g, '-');
  const stopped = new AbortController();
  const signal = deps.signal ? AbortSignal.any([deps.signal, stopped.signal]) : stopped.signal;
  const state = options.dryRun ? readOnly(deps.state) : deps.state;
  const inner: CrawlDeps = { ...deps, state, clock, signal };
  const groups = deps.groups ?? new HostGroups();
  const resolver = new Resolver(deps.network);
  const holder = newHolder();
  const owner = deps.owner ?? lockOwner(holder);
  const channel = new Channel<CrawledReport>(handedOn);
  const summaries: PortalSummary[] = [];
  let left = options.max ?? Number.POSITIVE_INFINITY;
  if (!options.dryRun) await deps.archive.prepare(clock.now());

  const one = async (portal: PortalConfig): Promise<void> => {
    const lists = listCache(portal.id, run, state, deps.archive, clock);
    const http = new PortalHttp(portal, {
      clock,
      state,
      groups,
      resolver,
      run,
      signal,
      listCache: options.dryRun ? { ...lists, put: async () => {} } : lists,
      ...(deps.network?.ca === undefined ? {} : { ca: deps.network.ca }),
      ...(deps.onRequest ? { onRequest: deps.onRequest } : {}),
      onNotice: (text) => pass.notice(text),
    });
    const pass = new PortalPass(
      portal,
      http,
      run,
      clock,
      inner.isDead ? inner : { ...inner, isDead: isDeadHere },
      options,
      owner,
      (report) => channel.push(report),
      () => left-- > 0,
    );
    // More than once where the clocks change or the machine slept.
    for (;;) {
      const wait = untilOpen(portal.politeness.window, clock.now(), portal.timezone);
      if (wait === 0) break;
      if (!(await opened(portal, wait))) {
        summaries.push(await pass.skipped('outside the hours in which it may be asked'));
        return;
      }
    }
    summaries.push(await pass.pass());
  };
  const opened = async (portal: PortalConfig, wait: number): Promise<boolean> => {
    if (options.outsideWindow === 'skip') return false;
    deps.onProgress?.({ kind: 'waiting', portal: portal.id, until: iso(clock.now() + wait) });
    await clock.sleep(wait, signal);
    return true;
  };

  const queue = new PQueue({ concurrency: options.parallel ?? 6 });
  const work = groupPortals(wanted(config, options)).map((portals) =>
    queue.add(async () => {
      for (const portal of portals) {
        if (signal.aborted) return;
        try {
          await one(portal);
        } catch (error) {
          const summary = (error as { summary?: PortalSummary }).summary;
          if (summary) summaries.push(summary);
          if (signal.aborted) return;
          if (!(error instanceof CrawlError)) throw error;
        }
      }
    }),
  );
  const finished = Promise.all(work)
    .then(() => channel.end())
    .catch((error) => {
      stopped.abort(error);
      channel.fail(error);
    });
  try {
    yield* channel;
  } finally {
    stopped.abort(new Error('the reader of the crawl stopped'));
    channel.end();
    await finished;
    await Promise.allSettled(work);
    if (!deps.groups) await groups.close();
    letGo(holder);
  }
  return summarise(run, startedAt, iso(clock.now()), deps.signal?.aborted ?? false, summaries, config);
}

function wanted(config: CrawlConfig, options: CrawlOptions): PortalConfig[] {
  for (const id of options.portals ?? [])
    if (!config.portals.some((portal) => portal.id === id))
      throw new RangeError(
        `no portal has the id ${id}; portals.yaml has ${config.portals.map((portal) => portal.id).join(', ')}`,
      );
  return config.portals.filter((portal) =>
    options.portals ? options.portals.includes(portal.id) : portal.enabled,
  );
}

/** Portals that share a configured host group one after the other. */
function groupPortals(portals: readonly PortalConfig[]): PortalConfig[][] {
  const groups = new Map<string, PortalConfig[]>();
  for (const portal of portals) {
    const key = portal.hostGroup === null ? `portal:${portal.id}` : `group:${portal.hostGroup}`;
    groups.set(key, [...(groups.get(key) ?? []), portal]);
  }
  return [...groups.values()];
}

function summarise(
  run: string,
  startedAt: string,
  endedAt: string,
  aborted: boolean,
  portals: PortalSummary[],
  config: CrawlConfig,
): RunSummary {
  const order = new Map(config.portals.map(({ id }, index) => [id, index]));
  portals.sort((a, b) => (order.get(a.portal) ?? 0) - (order.get(b.portal) ?? 0));
  const sum = (of: (portal: PortalSummary) => number) =>
    portals.reduce((total, portal) => total + of(portal), 0);
  return {
    run,
    startedAt,
    endedAt,
    aborted,
    portals,
    totals: {
      portals: portals.length,
      found: sum((portal) => portal.found),
      new: sum((portal) => portal.new),
      revised: sum((portal) => portal.revised),
      blocked: sum((portal) => portal.blocked.length),
      failed: sum((portal) => portal.failed.length),
      gaps: sum((portal) => portal.gaps.length),
      requests: sum((portal) => portal.requests),
      bytes: sum((portal) => portal.bytes),
    },
  };
}
