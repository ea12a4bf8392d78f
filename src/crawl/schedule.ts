import { createHash } from 'node:crypto';
import { Cron } from 'croner';
import PQueue from 'p-queue';
import { Channel } from './channel.ts';
import { iso, systemClock } from './clock.ts';
import type { CrawlConfig, PortalConfig, ScheduleConfig } from './config/config.ts';
import { civilTime, untilClosed, untilOpen } from './config/window.ts';
import { crawlPortals } from './crawl.ts';
import type { CrawledReport, PortalSummary, RunSummary } from './crawled.ts';
import type { CrawlDeps, CrawlOptions } from './deps.ts';
import { HostGroups } from './http/host-group.ts';
import type { CrawlState } from './state.ts';

/** What the resident process hands on. */
export type Scheduled =
  | { readonly kind: 'report'; readonly report: CrawledReport }
  | { readonly kind: 'run'; readonly summary: RunSummary }
  | { readonly kind: 'planned'; readonly portal: string; readonly at: string };

/** A night is not long enough for some portals: such a run goes on the next night. */
const unfinished = (summary: PortalSummary | undefined): boolean =>
  summary !== undefined &&
  summary.left > 0 &&
  /window_closed|byte_budget|request_budget/.test(summary.reason);

/** A portal that refuses or fails is not asked again before this, whatever its calendar says. */
const soonest = 12 * 3_600_000;

/**
 * Stays up and crawls each portal on its calendar until the signal is aborted. What a portal owes is worked out from
 * the crawl state, so a process that was killed goes on where it was: a run that did not end is made up for, and so is
 * one that fell into the time when nothing ran. A portal that was never crawled is due at once.
 */
export async function* schedulePortals(
  config: CrawlConfig,
  deps: CrawlDeps,
  options: Omit<CrawlOptions, 'run' | 'portals' | 'dryRun'> = {},
): AsyncGenerator<Scheduled, void, void> {
  const clock = deps.clock ?? systemClock;
  const stopped = new AbortController();
  const signal = deps.signal ? AbortSignal.any([deps.signal, stopped.signal]) : stopped.signal;
  const channel = new Channel<Scheduled>(8);
  const groups = new HostGroups();
  const queue = new PQueue({ concurrency: options.parallel ?? 6 });

  const attend = async (portal: PortalConfig): Promise<void> => {
    let notBefore = 0;
    while (!signal.aborted) {
      const at = Math.max(notBefore, await nextStart(portal, deps.state, clock.now()));
      await channel.push({ kind: 'planned', portal: portal.id, at: iso(at) });
      await clock.sleep(Math.max(0, at - clock.now()), signal);
      const summary = await queue.add(async () => {
        if (signal.aborted) return undefined;
        const crawl = crawlPortals(
          { ...config, portals: [portal] },
          { ...deps, clock, signal, groups },
          { ...options, run: `${iso(clock.now()).replace(/[:.]/g, '-')}-${portal.id}` },
        );
        for (;;) {
          const step = await crawl.next();
          if (step.done) return step.value;
          await channel.push({ kind: 'report', report: step.value });
        }
      });
      if (summary) await channel.push({ kind: 'run', summary });
      notBefore = clock.now() + (unfinished(summary?.portals[0]) ? 0 : soonest);
    }
  };

  const work = config.portals
    .filter(({ enabled }) => enabled)
    .map((portal) =>
      attend(portal).catch((error) => {
        if (!signal.aborted) channel.fail(error);
      }),
    );
  void Promise.all(work).then(() => channel.end());
  const stop = () => channel.end();
  signal.addEventListener('abort', stop, { once: true });
  try {
    yield* channel;
  } finally {
    stopped.abort(new Error('the schedule was stopped'));
    await Promise.allSettled(work);
    await groups.close();
  }
}

/** When a portal is to be crawled next, in milliseconds; not after `now` when it is due. */
export async function nextStart(portal: PortalConfig, state: CrawlState, now: number): Promise<number> {
  const [last] = await state.portalRuns(portal.id, 1);
  const opens = now + untilOpen(portal.politeness.window, now, portal.timezone);
  if (!last || last.endedAt === null) return opens;
  if (last.summary !== null && unfinished(JSON.parse(last.summary) as PortalSummary)) {
    const ended = Date.parse(last.endedAt);
    if (!/window_closed/.test(last.summary)) return Math.max(opens, ended + soonest);
    // The run ends as soon as the next pause would go over the end of the window, so it may be open still.
    const { window } = portal.politeness;
    const closed = ended + Math.min(untilClosed(window, ended, portal.timezone), soonest);
    return Math.max(opens, closed + untilOpen(window, closed, portal.timezone));
  }
  const jitter = jitterMs(portal.id, portal.schedule.jitterMinutes);
  const started = Date.parse(last.startedAt);
  let next = nextOccurrence(portal.schedule, started - jitter, portal.timezone) + jitter;
  // A run that somebody started by hand in the same night has answered it.
  while (next < started + soonest)
    next = nextOccurrence(portal.schedule, next - jitter, portal.timezone) + jitter;
  return next <= now ? opens : next;
}

/** The first time after `after` at which the calendar starts a crawl; the season that holds a day decides for it. */
export function nextOccurrence(schedule: ScheduleConfig, after: number, timezone: string): number {
  const season = (time: number): number => {
    const { month, day } = civilTime(time, timezone);
    const today = `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    return schedule.seasons.findIndex(({ from, to }) =>
      from <= to ? today >= from && today <= to : today >= from || today <= to,
    );
  };
  const patterns = [
    ...schedule.seasons.map(({ cron }, index) => ({ cron, index })),
    { cron: schedule.cron, index: -1 },
  ];
  let best = Number.POSITIVE_INFINITY;
  for (const { cron, index } of patterns) {
    const job = new Cron(cron, { mode: '5-part', timezone, paused: true });
    let at = job.nextRun(new Date(after));
    // A pattern that fires daily outside its season needs at most a year of steps to come back to it.
    for (let step = 0; at !== null && at.getTime() < best && step < 60_000; step++) {
      if (season(at.getTime()) === index) {
        best = at.getTime();
        break;
      }
      at = job.nextRun(at);
    }
    job.stop();
  }
  if (!Number.isFinite(best)) throw new RangeError(`the calendar ${schedule.cron} never comes`);
  return best;
}

/** The same for a portal every time, spread over the portals, so that not all start in the same minute. */
export function jitterMs(portal: string, minutes: number): number {
  if (minutes === 0) return 0;
  return (createHash('sha256').update(portal).digest().readUInt32BE(0) % (minutes * 60)) * 1000;
}
