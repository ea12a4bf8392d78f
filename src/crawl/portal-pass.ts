import { GONE_AFTER_MS, SIGN_OF_LIFE_MS } from '../process/holder.ts';
import type { Clock } from './clock.ts';
import { iso } from './clock.ts';
import { walkColumn } from './column-walk.ts';
import type { CrawlColumn, PortalConfig } from './config/config.ts';
import { civilTime } from './config/window.ts';
import type { Blocked, ColumnSummary, CrawledReport, PortalSummary } from './crawled.ts';
import type { CrawlDeps, CrawlOptions, Emit } from './deps.ts';
import { CrawlError } from './error.ts';
import { findGaps } from './gaps.ts';
import type { PortalHttp } from './http/client.ts';
import { enoughToAcquit, isTemplateChange } from './incremental/revision.ts';
import { ownerInWords } from './lock-owner.ts';
import { detectFamily, families } from './portals/families.ts';
import type { ColumnOutcome, ListRow, Page, PortalFamily } from './portals/portal.ts';
import { replacedFiles } from './replaced.ts';
import type { CrawlState, LockHolder, ReportVersion, UrlState } from './state.ts';
import { type HeldRevision, settleHeld, visitArticle } from './visit.ts';

/** A lock is renewed at every article, and every few minutes between. */
const leaseMs = GONE_AFTER_MS;

/** Challenges after which a host is left alone for the configured days; the others may be gone tomorrow. */
const coolingCodes = new Set([
  'BLOCKED_JSL',
  'BLOCKED_RS',
  'BLOCKED_JS_COOKIE',
  'BLOCKED_CAPTCHA',
  'COOKIE_REDIRECT',
  'REFUSED',
]);

/** Pages that are asked for beyond the due ones to tell a new template from edits. */
const mostSampled = 30;

export interface FoundRow {
  readonly row: ListRow;
  readonly family: PortalFamily;
  readonly column: CrawlColumn;
}

/** One pass over one portal: lists, due articles, missing rows. */
export class PortalPass {
  readonly portal: PortalConfig;
  readonly http: PortalHttp;
  readonly deps: CrawlDeps;
  readonly options: CrawlOptions;
  readonly clock: Clock;
  readonly run: string;
  readonly years: { readonly from: number; readonly to: number };
  /** Wanted rows of this run. */
  readonly rows = new Map<string, FoundRow>();
  readonly held: HeldRevision[] = [];
  readonly blocked = new Map<string, Blocked>();
  readonly failures: { url: string; reason: string }[] = [];
  readonly notices: string[] = [];
  readonly counts = { new: 0, revised: 0, unchanged: 0, template: 0, unlisted: 0, gone: 0, compared: 0 };
  /** The reason why no further attachment of this portal is asked for in this run. */
  attachmentsBlocked: string | null = null;
  readonly #visited = new Set<string>();
  #of = 0;
  readonly #familyOf = new Map<string, PortalFamily>();
  readonly #emit: Emit;
  readonly #takeOne: () => boolean;
  readonly #owner: string;

  constructor(
    portal: PortalConfig,
    http: PortalHttp,
    run: string,
    clock: Clock,
    deps: CrawlDeps,
    options: CrawlOptions,
    owner: string,
    emit: Emit,
    takeOne: () => boolean,
  ) {
    this.portal = portal;
    this.http = http;
    this.run = run;
    this.clock = clock;
    this.deps = deps;
    this.options = options;
    this.#owner = owner;
    this.#emit = emit;
    this.#takeOne = takeOne;
    const last = civilTime(clock.now(), portal.timezone).year - 1;
    this.years =
      options.year === undefined
        ? { from: portal.years.from, to: portal.years.to === 'auto' ? last : portal.years.to }
        : { from: options.year, to: options.year };
  }

  get state(): CrawlState {
    return this.deps.state;
  }

  get currentYear(): number {
    return civilTime(this.clock.now(), this.portal.timezone).year;
  }

  family(column: CrawlColumn, first: Page): PortalFamily {
    const family = column.adapter === 'auto' ? detectFamily(first).family : families[column.adapter];
    this.#familyOf.set(column.id, family);
    return family;
  }

  found(url: string, row: ListRow, family: PortalFamily, column: CrawlColumn): void {
    this.rows.set(url, { row, family, column });
  }

  /** The row as this run or an earlier one saw it, with the family that reads its article. */
  rowOf(state: UrlState): FoundRow {
    const found = this.rows.get(state.url);
    if (found) return found;
    const column = this.portal.columns.find(({ id }) => id === state.column) ?? this.portal.columns[0];
    if (!column) throw new Error(`${this.portal.id} has no column`);
    const named = column.adapter === 'auto' ? families.generic_list : families[column.adapter];
    const family = this.#familyOf.get(column.id) ?? named;
    const row: ListRow = {
      url: state.address,
      title: state.listTitle ?? '',
      titleCut: false,
      date: state.listDate,
      publisher: null,
      attachments: [],
    };
    return { row, family, column };
  }

  notice(text: string): void {
    if (this.notices.includes(text)) return;
    this.notices.push(text);
    this.deps.onProgress?.({ kind: 'notice', portal: this.portal.id, text });
  }

  /** Notes a request that failed for the coverage report, and leaves a host that refused alone for some days. */
  async failedRequest(error: CrawlError): Promise<void> {
    const cause = error.code === 'host_stopped' && error.cause instanceof CrawlError ? error.cause : error;
    if (!cause.blocks && cause.code !== 'robots_disallowed' && cause.code !== 'ATT_BLOCKED') return;
    const host = URL.canParse(cause.url) ? new URL(cause.url).hostname : cause.url;
    const at = `${host} ${cause.code}`;
    if (this.blocked.has(at)) return;
    this.blocked.set(at, { host, code: cause.code, reason: cause.message });
    if (!coolingCodes.has(cause.code)) return;
    const now = this.clock.now();
    await this.state.commit({
      blocked: {
        host,
        code: cause.code,
        reason: cause.message,
        since: iso(now),
        until: iso(now + this.portal.blocked.cooldownDays * 86_400_000),
      },
    });
  }

  async hand(
    version: ReportVersion,
    change: CrawledReport['change'],
    event: CrawledReport['event'],
  ): Promise<void> {
    const mayReplace = version.n > 1 || event !== null || change === 'again';
    const before = mayReplace ? await this.state.replacedBy(version.portal, version.url, version.n) : [];
    await this.#emit({
      group: `${version.portal} ${version.url}`,
      version: version.n,
      change,
      portal: this.portal.id,
      portalName: this.portal.name,
      column: version.column,
      url: version.url,
      address: version.address,
      title: version.title,
      publishedOn: version.publishedOn,
      hints: version.hints,
      fetchedAt: version.fetchedAt,
      documents: version.files.map((file) => ({ ...file, file: this.deps.archive.absolute(file.path) })),
      event,
      replaced: replacedFiles(version, before),
    });
  }

  /** Runs the pass. Throws only for what is no failure of the portal: an abort, a broken store. */
  async pass(): Promise<PortalSummary> {
    const holder = await this.#lock();
    if (holder !== null) return await this.skipped(`another process crawls it (${ownerInWords(holder)})`);
    // A list or a rest that a portal asks for may take longer than the lease.
    let shown: Promise<unknown> = Promise.resolve();
    const signs = setInterval(() => {
      shown = this.#ask().catch(() => {});
    }, SIGN_OF_LIFE_MS).unref();
    try {
      return await this.#locked();
    } finally {
      clearInterval(signs);
      await shown;
      await this.state.unlock(this.portal.id, this.#owner);
    }
  }

  async skipped(reason: string): Promise<PortalSummary> {
    const summary = await this.#summary([], 'skipped', reason, 0);
    this.deps.onProgress?.({ kind: 'portal_ended', portal: this.portal.id, summary });
    return summary;
  }

  async #locked(): Promise<PortalSummary> {
    const { portal, state } = this;
    this.deps.onProgress?.({ kind: 'portal_started', portal: portal.id });
    const startedAt = iso(this.clock.now());
    await state.commit({
      portalRun: { run: this.run, portal: portal.id, startedAt, endedAt: null, summary: null },
    });
    const columns: ColumnSummary[] = [];
    let stopped: CrawlError | null = null;
    try {
      if (!this.options.dryRun)
        for await (const version of state.untaken(portal.id)) {
          if (version.supersededBy === null) await this.hand(version, 'again', null);
        }
      for (const column of portal.columns) {
        columns.push(await walkColumn(this, column));
        await this.#keepLock();
      }
      if (!this.options.dryRun) {
        await this.#visitDue(columns);
        await this.#sampleTemplate();
      }
    } catch (error) {
      if (!(error instanceof CrawlError)) throw error;
      await this.failedRequest(error);
      stopped = error;
    }
    if (!this.options.dryRun && this.held.length > 0)
      await settleHeld(this, this.#templateChanged(stopped === null));
    const left = this.options.dryRun ? 0 : await this.#due();
    const summary = await this.#end(columns, stopped, left);
    const complete = columns.filter(({ outcome, full }) => outcome === 'complete' && full);
    await state.commit({
      missed: { portal: portal.id, columns: complete.map(({ column }) => column), run: this.run },
      portalRun: {
        run: this.run,
        portal: portal.id,
        startedAt,
        endedAt: iso(this.clock.now()),
        summary: JSON.stringify(summary),
      },
    });
    this.deps.onProgress?.({ kind: 'portal_ended', portal: portal.id, summary });
    if (stopped?.policy === 'stop_run') throw Object.assign(stopped, { summary });
    return summary;
  }

  /** Unknown (null) when the pass ended before enough pages could be compared: they stay due. */
  #templateChanged(whole: boolean): boolean | null {
    const { held, counts } = this;
    if (!whole && counts.compared < enoughToAcquit(held.length)) return null;
    return isTemplateChange(held.length, counts.compared);
  }

  /**
   * Texts that changed alone may be edits or a new template. Where the pages that were due cannot tell, a few more are
   * asked for: unchanged ones show that there is no new template, and three changed ones that there is.
   */
  async #sampleTemplate(): Promise<void> {
    if (this.held.length === 0) return;
    let sampled = 0;
    const before = this.held.length;
    for await (const url of this.state.urls(this.portal.id, { role: 'article', status: ['current'] })) {
      if (this.#visited.has(url.url)) continue;
      if (this.counts.compared >= enoughToAcquit(this.held.length)) return;
      if (sampled >= 3 && this.held.length === before + sampled) return;
      if (sampled >= mostSampled || !(await this.#visit(url, false))) return;
      sampled++;
    }
  }

  /** Takes the lock, or draws out its lease; else says who has it. */
  async #ask(instead?: string): Promise<LockHolder | null> {
    return await this.state.lock({
      portal: this.portal.id,
      owner: this.#owner,
      now: iso(this.clock.now()),
      leaseMs,
      ...(instead === undefined ? {} : { instead }),
    });
  }

  async #lock(instead?: string): Promise<string | null> {
    const holder = await this.#ask(instead);
    if (holder === null) return null;
    if (instead === undefined && this.deps.isDead?.(holder.owner)) return await this.#lock(holder.owner);
    return holder.owner;
  }

  async #due(): Promise<number> {
    return await this.state.countUrls(this.portal.id, {
      role: 'article',
      status: ['listed', 'current', 'failed', 'gone'],
      dueBy: iso(this.clock.now()),
    });
  }

  /** False: enough for this run. */
  async #visit(url: UrlState, missing: boolean): Promise<boolean> {
    if (!this.#takeOne()) return false;
    await this.#keepLock();
    this.#visited.add(url.url);
    const result = await visitArticle(this, url, missing);
    this.deps.onProgress?.({
      kind: 'article',
      portal: this.portal.id,
      url: url.address,
      title: this.rows.get(url.url)?.row.title ?? url.listTitle,
      result,
      done: this.#visited.size,
      of: Math.max(this.#of, this.#visited.size),
    });
    return true;
  }

  async #keepLock(): Promise<void> {
    const holder = await this.#lock();
    if (holder !== null)
      throw new CrawlError(
        'lock_lost',
        `${ownerInWords(holder)} has taken over the lock of ${this.portal.id}`,
        {
          url: this.portal.baseUrl,
        },
      );
  }

  /** New, changed and due articles, then those that went missing from complete lists. */
  async #visitDue(columns: readonly ColumnSummary[]): Promise<void> {
    const { state, portal } = this;
    this.#of = await this.#due();
    const due = state.urls(portal.id, {
      role: 'article',
      status: ['listed', 'current', 'failed', 'gone'],
      dueBy: iso(this.clock.now()),
    });
    const walked = new Set(
      columns.filter(({ outcome, full }) => outcome === 'complete' && full).map(({ column }) => column),
    );
    const isMissing = (url: UrlState) =>
      url.missCount >= 1 &&
      url.lastSeenRun !== this.run &&
      walked.has(url.column) &&
      url.status === 'current';
    for await (const url of due) {
      if (isMissing(url)) continue;
      if (this.options.year !== undefined && !this.rows.has(url.url)) continue;
      if (!(await this.#visit(url, false))) return;
    }
    // The second complete walk without the row: ask for the page itself.
    for await (const url of state.urls(portal.id, {
      role: 'article',
      status: ['current'],
      missedAtLeast: 1,
    })) {
      if (isMissing(url) && !(await this.#visit(url, true))) return;
    }
  }

  async #end(
    columns: readonly ColumnSummary[],
    stopped: CrawlError | null,
    left: number,
  ): Promise<PortalSummary> {
    const order: readonly ColumnOutcome[] = ['complete', 'partial', 'empty_suspicious', 'error', 'blocked'];
    let worst: ColumnOutcome = 'complete';
    let reason = '';
    const consider = (outcome: ColumnOutcome, why: string) => {
      if (order.indexOf(outcome) > order.indexOf(worst)) [worst, reason] = [outcome, why];
    };
    for (const column of columns) consider(column.outcome, `${column.column}: ${column.reason}`);
    if (stopped) consider(stopped.blocks ? 'blocked' : 'partial', `${stopped.code}: ${stopped.message}`);
    if (this.failures.length > 0)
      consider(
        'partial',
        `${this.failures.length === 1 ? 'an address' : `${this.failures.length} addresses`} could not be fetched; the next run tries again`,
      );
    if (this.attachmentsBlocked) consider('partial', this.attachmentsBlocked);
    return await this.#summary(columns, worst, reason, left);
  }

  /** What was not asked for, or stands in a list that could not be read, is not missing. */
  #askedForAll(columns: readonly ColumnSummary[], left: number): boolean {
    const { dryRun, since, max } = this.options;
    if (dryRun || since !== undefined || max !== undefined || left > this.failures.length) return false;
    return (
      columns.length === this.portal.columns.length &&
      columns.every(({ outcome }) => outcome === 'complete' || outcome === 'partial')
    );
  }

  /** Of listed reports that could not be fetched: a body may have published for them. Null where a title names no year. */
  #failedYears(): ReadonlySet<number> | null {
    const addresses = new Set(this.failures.map(({ url }) => url));
    const years = new Set<number>();
    for (const { row } of this.rows.values()) {
      if (!addresses.delete(row.url)) continue;
      const named = row.title.match(/20\d\d/gu);
      if (!named) return null;
      for (const year of named) years.add(Number(year));
    }
    return addresses.size > 0 ? null : years;
  }

  async #summary(
    columns: readonly ColumnSummary[],
    outcome: PortalSummary['outcome'],
    reason: string,
    left: number,
  ): Promise<PortalSummary> {
    const { portal, counts } = this;
    const { gaps, pending } =
      outcome === 'skipped'
        ? { gaps: [], pending: 0 }
        : await findGaps(this.state, portal, this.years, this.clock.now());
    const failed = this.#failedYears();
    const isAsked = this.#askedForAll(columns, left) && failed !== null;
    return {
      portal: portal.id,
      name: portal.name,
      outcome,
      reason,
      columns,
      found: this.rows.size,
      new: counts.new,
      revised: counts.revised,
      unchanged: counts.unchanged,
      templateChanges: counts.template,
      unlisted: counts.unlisted,
      gone: counts.gone,
      failed: this.failures,
      pending,
      external: await this.state.countUrls(portal.id, { role: 'external' }),
      blocked: [...this.blocked.values()],
      quiet: !portal.blocked.notify,
      gaps: isAsked ? gaps.filter(({ year }) => !failed.has(year)) : [],
      notices: this.notices,
      requests: this.http.requests,
      bytes: this.http.bytes,
      left,
    };
  }
}
