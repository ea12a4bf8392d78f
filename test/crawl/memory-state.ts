import type {
  BlockedHost,
  ColumnRun,
  CrawlState,
  Exchange,
  LockHolder,
  LockRequest,
  PortalRun,
  ReportEvent,
  ReportVersion,
  RobotsRecord,
  StateChange,
  UrlQuery,
  UrlState,
} from '../../src/crawl/state.ts';

const key = (...parts: (string | number)[]): string => parts.join('\u0000');

/** The crawl state in memory. `beforeCommit` lets a test kill the crawl at any write. */
export class MemoryState implements CrawlState {
  readonly urlStates = new Map<string, UrlState>();
  readonly reportVersions = new Map<string, ReportVersion>();
  readonly eventsById = new Map<string, ReportEvent>();
  readonly columns = new Map<string, ColumnRun>();
  readonly portals = new Map<string, PortalRun>();
  readonly exchangeList: Exchange[] = [];
  readonly robotsByOrigin = new Map<string, RobotsRecord>();
  readonly blockedHosts = new Map<string, BlockedHost>();
  readonly locks = new Map<string, LockHolder>();
  beforeCommit: (change: StateChange) => void = () => {};

  async url(portal: string, url: string): Promise<UrlState | null> {
    return this.urlStates.get(key(portal, url)) ?? null;
  }

  async *urls(portal: string, query: UrlQuery): AsyncIterable<UrlState> {
    yield* [...this.urlStates.values()]
      .filter((state) => state.portal === portal && matches(state, query))
      .sort((a, b) => (a.url < b.url ? -1 : 1));
  }

  async countUrls(portal: string, query: UrlQuery): Promise<number> {
    let count = 0;
    for await (const _ of this.urls(portal, query)) count++;
    return count;
  }

  async currentVersion(portal: string, url: string): Promise<ReportVersion | null> {
    const all = [...this.reportVersions.values()].filter(
      (version) => version.portal === portal && version.url === url,
    );
    all.sort((a, b) => b.n - a.n);
    return all[0] ?? null;
  }

  async versionsByKey(reportKey: string): Promise<readonly ReportVersion[]> {
    return [...this.reportVersions.values()].filter(
      (version) => version.reportKey === reportKey && version.supersededBy === null,
    );
  }

  async replacedBy(portal: string, url: string, n: number): Promise<readonly ReportVersion[]> {
    return [...this.reportVersions.values()]
      .filter(
        (version) =>
          version.portal === portal &&
          ((version.url === url && version.n < n) || version.supersededBy === `${portal} ${url}`),
      )
      .sort((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : a.n - b.n));
  }

  async *versions(portal: string): AsyncIterable<ReportVersion> {
    yield* [...this.reportVersions.values()]
      .filter((version) => version.portal === portal)
      .sort((a, b) => (a.url === b.url ? a.n - b.n : a.url < b.url ? -1 : 1));
  }

  async *untaken(portal: string): AsyncIterable<ReportVersion> {
    yield* [...this.reportVersions.values()].filter((version) => version.portal === portal && !version.taken);
  }

  async columnRuns(portal: string, column: string, limit: number): Promise<readonly ColumnRun[]> {
    return [...this.columns.values()]
      .filter((run) => run.portal === portal && run.column === column)
      .reverse()
      .slice(0, limit);
  }

  async portalRuns(portal: string, limit: number): Promise<readonly PortalRun[]> {
    return [...this.portals.values()]
      .filter((run) => run.portal === portal)
      .reverse()
      .slice(0, limit);
  }

  async *events(query: { portal?: string; run?: string }): AsyncIterable<ReportEvent> {
    yield* [...this.eventsById.values()].filter((event) => ofRun(event, query));
  }

  async *exchanges(query: { portal?: string; run?: string }): AsyncIterable<Exchange> {
    yield* this.exchangeList.filter((exchange) => ofRun(exchange, query));
  }

  async robots(origin: string): Promise<RobotsRecord | null> {
    return this.robotsByOrigin.get(origin) ?? null;
  }

  async blocked(host: string): Promise<BlockedHost | null> {
    return this.blockedHosts.get(host) ?? null;
  }

  async commit(change: StateChange): Promise<void> {
    this.beforeCommit(change);
    for (const state of change.urls ?? []) this.urlStates.set(key(state.portal, state.url), state);
    for (const version of change.versions ?? [])
      this.reportVersions.set(key(version.portal, version.url, version.n), version);
    for (const { portal, url, n, by } of change.supersede ?? []) {
      const version = this.reportVersions.get(key(portal, url, n));
      if (version) this.reportVersions.set(key(portal, url, n), { ...version, supersededBy: by });
    }
    for (const { portal, url, n } of change.taken ?? []) {
      const version = this.reportVersions.get(key(portal, url, n));
      if (version) this.reportVersions.set(key(portal, url, n), { ...version, taken: true });
    }
    for (const event of change.events ?? [])
      if (!this.eventsById.has(event.id)) this.eventsById.set(event.id, event);
    this.exchangeList.push(...(change.exchanges ?? []));
    if (change.columnRun) {
      const run = change.columnRun;
      this.columns.set(key(run.run, run.portal, run.column), run);
    }
    if (change.portalRun)
      this.portals.set(key(change.portalRun.run, change.portalRun.portal), change.portalRun);
    if (change.robots) this.robotsByOrigin.set(change.robots.origin, change.robots);
    if (change.blocked) this.blockedHosts.set(change.blocked.host, change.blocked);
    if (change.unblocked) this.blockedHosts.delete(change.unblocked);
    if (change.missed) {
      const { portal, columns, run } = change.missed;
      for (const [at, state] of this.urlStates)
        if (
          state.portal === portal &&
          state.role === 'article' &&
          state.status === 'current' &&
          columns.includes(state.column) &&
          state.lastSeenRun !== run
        )
          this.urlStates.set(at, { ...state, missCount: state.missCount + 1 });
    }
  }

  async lock(request: LockRequest): Promise<LockHolder | null> {
    const held = this.locks.get(request.portal);
    if (held && held.owner !== request.owner && held.until > request.now && held.owner !== request.instead)
      return held;
    const until = new Date(Date.parse(request.now) + request.leaseMs).toISOString();
    this.locks.set(request.portal, { owner: request.owner, until });
    return null;
  }

  async unlock(portal: string, owner: string): Promise<void> {
    if (this.locks.get(portal)?.owner === owner) this.locks.delete(portal);
  }
}

function ofRun(record: { portal: string; run: string }, query: { portal?: string; run?: string }): boolean {
  return (
    (query.portal === undefined || record.portal === query.portal) &&
    (query.run === undefined || record.run === query.run)
  );
}

function matches(state: UrlState, query: UrlQuery): boolean {
  return (
    (query.role === undefined || state.role === query.role) &&
    (query.column === undefined || state.column === query.column) &&
    (query.parent === undefined || state.parent === query.parent) &&
    (query.status === undefined || query.status.includes(state.status)) &&
    (query.missedAtLeast === undefined || state.missCount >= query.missedAtLeast) &&
    (query.dueBy === undefined || (state.nextCheck !== null && state.nextCheck <= query.dueBy))
  );
}
