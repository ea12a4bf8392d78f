import type {
  ColumnRun,
  CrawlState,
  Exchange,
  PortalRun,
  ReportEvent,
  ReportVersion,
  UrlQuery,
  UrlState,
} from '../crawl/state.ts';
import type { Cell, Database, Session } from './dialect.ts';
import { storable } from './packing.ts';

/** What the crawl remembers, in the tables `crawl_*` of the store. */
export function openCrawlState(database: Database): CrawlState {
  return new StoredCrawlState(database);
}

const PAGE = 500;

class StoredCrawlState implements CrawlState {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  async url(portal: string, url: string): Promise<UrlState | null> {
    const row = await this.#database.read((s) =>
      s.query
        .selectFrom('crawl_urls')
        .select(['record', 'miss_count'])
        .where('portal', '=', portal)
        .where('url', '=', storable(url))
        .executeTakeFirst(),
    );
    return row ? urlState(row) : null;
  }

  async *urls(portal: string, query: UrlQuery): AsyncGenerator<UrlState> {
    let after = '';
    for (;;) {
      const rows = await this.#database.read((s) =>
        urlQuery(s, portal, query)
          .select(['url', 'record', 'miss_count'])
          .where('url', '>', after)
          .orderBy('url')
          .limit(PAGE)
          .execute(),
      );
      for (const row of rows) yield urlState(row);
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = last.url;
    }
  }

  async countUrls(portal: string, query: UrlQuery): Promise<number> {
    const row = await this.#database.read((s) =>
      urlQuery(s, portal, query)
        .select((e) => e.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow(),
    );
    return Number(row.n);
  }

  // The newest of this address, also when a report published elsewhere took its place: the next visit goes on from it,
  // and must not count from 1 again.
  async currentVersion(portal: string, url: string): Promise<ReportVersion | null> {
    const row = await this.#database.read((s) =>
      s.query
        .selectFrom('crawl_versions')
        .selectAll()
        .where('portal', '=', portal)
        .where('url', '=', storable(url))
        .orderBy('n', 'desc')
        .limit(1)
        .executeTakeFirst(),
    );
    return row ? version(row) : null;
  }

  async versionsByKey(reportKey: string): Promise<ReportVersion[]> {
    const rows = await this.#database.read((s) =>
      s.query
        .selectFrom('crawl_versions')
        .selectAll()
        .where('report_key', '=', storable(reportKey))
        .where('superseded_by', 'is', null)
        .orderBy('fetched_at')
        .orderBy('portal')
        .orderBy('url')
        .orderBy('n')
        .execute(),
    );
    return rows.map(version);
  }

  async replacedBy(portal: string, url: string, n: number): Promise<ReportVersion[]> {
    const rows = await this.#database.read((s) =>
      s.query
        .selectFrom('crawl_versions')
        .selectAll()
        .where('portal', '=', portal)
        .where((e) =>
          e.or([
            e.and([e('url', '=', storable(url)), e('n', '<', n)]),
            e('superseded_by', '=', storable(`${portal} ${url}`)),
          ]),
        )
        .orderBy('url')
        .orderBy('n')
        .execute(),
    );
    return rows.map(version);
  }

  async *versions(portal: string): AsyncGenerator<ReportVersion> {
    let url = '';
    let n = 0;
    for (;;) {
      const rows = await this.#database.read((s) =>
        s.query
          .selectFrom('crawl_versions')
          .selectAll()
          .where('portal', '=', portal)
          .where((e) => e.or([e('url', '>', url), e.and([e('url', '=', url), e('n', '>', n)])]))
          .orderBy('url')
          .orderBy('n')
          .limit(PAGE)
          .execute(),
      );
      for (const row of rows) yield version(row);
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      url = last.url;
      n = last.n;
    }
  }

  async *untaken(portal: string): AsyncGenerator<ReportVersion> {
    let after: { fetched_at: string; url: string; n: number } = { fetched_at: '', url: '', n: 0 };
    for (;;) {
      const { fetched_at: at, url, n } = after;
      const rows = await this.#database.read((s) =>
        s.query
          .selectFrom('crawl_versions')
          .selectAll()
          .where('portal', '=', portal)
          .where('taken', '=', 0)
          .where((e) =>
            e.or([
              e('fetched_at', '>', at),
              e.and([e('fetched_at', '=', at), e('url', '>', url)]),
              e.and([e('fetched_at', '=', at), e('url', '=', url), e('n', '>', n)]),
            ]),
          )
          .orderBy('fetched_at')
          .orderBy('url')
          .orderBy('n')
          .limit(PAGE)
          .execute(),
      );
      for (const row of rows) yield version(row);
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = last;
    }
  }

  async columnRuns(portal: string, column: string, limit: number): Promise<ColumnRun[]> {
    const rows = await this.#database.read((s) =>
      s.query
        .selectFrom('crawl_column_runs')
        .select('record')
        .where('portal', '=', portal)
        .where('column_id', '=', column)
        .orderBy('started_at', 'desc')
        .orderBy('run', 'desc')
        .limit(limit)
        .execute(),
    );
    return rows.map((row) => JSON.parse(row.record) as ColumnRun);
  }

  async portalRuns(portal: string, limit: number): Promise<PortalRun[]> {
    const rows = await this.#database.read((s) =>
      s.query
        .selectFrom('crawl_portal_runs')
        .select('record')
        .where('portal', '=', portal)
        .orderBy('started_at', 'desc')
        .orderBy('run', 'desc')
        .limit(limit)
        .execute(),
    );
    return rows.map((row) => JSON.parse(row.record) as PortalRun);
  }

  async *events(query: { readonly portal?: string; readonly run?: string }): AsyncGenerator<ReportEvent> {
    let at = '';
    let id = '';
    for (;;) {
      const rows = await this.#database.read((s) => {
        let events = s.query
          .selectFrom('crawl_events')
          .select(['at', 'id', 'record'])
          .where((e) => e.or([e('at', '>', at), e.and([e('at', '=', at), e('id', '>', id)])]))
          .orderBy('at')
          .orderBy('id')
          .limit(PAGE);
        if (query.portal !== undefined) events = events.where('portal', '=', query.portal);
        if (query.run !== undefined) events = events.where('run', '=', query.run);
        return events.execute();
      });
      for (const row of rows) yield JSON.parse(row.record) as ReportEvent;
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      at = last.at;
      id = last.id;
    }
  }

  async *exchanges(query: { readonly portal?: string; readonly run?: string }): AsyncGenerator<Exchange> {
    let key: [string, string, string] = ['', '', ''];
    for (;;) {
      const [run, url, at] = key;
      const rows = await this.#database.read((s) => {
        let exchanges = s.query
          .selectFrom('crawl_exchanges')
          .select(['run', 'url', 'fetched_at', 'record'])
          .where((e) =>
            e.or([
              e('run', '>', run),
              e.and([e('run', '=', run), e('url', '>', url)]),
              e.and([e('run', '=', run), e('url', '=', url), e('fetched_at', '>', at)]),
            ]),
          )
          .orderBy('run')
          .orderBy('url')
          .orderBy('fetched_at')
          .limit(PAGE);
        if (query.portal !== undefined) exchanges = exchanges.where('portal', '=', query.portal);
        if (query.run !== undefined) exchanges = exchanges.where('run', '=', query.run);
        return exchanges.execute();
      });
      for (const row of rows) yield JSON.parse(row.record) as Exchange;
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      key = [last.run, last.url, last.fetched_at];
    }
  }

  async robots(origin: string) {
    const row = await this.#database.read((s) =>
      s.query.selectFrom('crawl_robots').select('record').where('origin', '=', origin).executeTakeFirst(),
    );
    return row ? JSON.parse(row.record) : null;
  }

  async blocked(host: string) {
    const row = await this.#database.read((s) =>
      s.query.selectFrom('crawl_blocked').select('record').where('host', '=', host).executeTakeFirst(),
    );
    return row ? JSON.parse(row.record) : null;
  }

  commit: CrawlState['commit'] = (change) =>
    this.#database.write(async (s) => {
      for (const u of change.urls ?? []) {
        await replace(s, 'crawl_urls', ['portal', 'url'], {
          portal: u.portal,
          url: storable(u.url),
          role: u.role,
          column_id: u.column,
          status: u.status,
          parent: u.parent,
          next_check: u.nextCheck,
          last_seen_run: u.lastSeenRun,
          miss_count: u.missCount,
          record: JSON.stringify(u),
        });
      }
      for (const v of change.versions ?? []) {
        await replace(s, 'crawl_versions', ['portal', 'url', 'n'], {
          portal: v.portal,
          url: storable(v.url),
          n: v.n,
          report_key: v.reportKey,
          fetched_at: v.fetchedAt,
          superseded_by: v.supersededBy,
          taken: v.taken ? 1 : 0,
          record: JSON.stringify(v),
        });
      }
      for (const { portal, url, n, by } of change.supersede ?? []) {
        await s.query
          .updateTable('crawl_versions')
          .set({ superseded_by: by })
          .where('portal', '=', portal)
          .where('url', '=', storable(url))
          .where('n', '=', n)
          .execute();
      }
      for (const { portal, url, n } of change.taken ?? []) {
        await s.query
          .updateTable('crawl_versions')
          .set({ taken: 1 })
          .where('portal', '=', portal)
          .where('url', '=', storable(url))
          .where('n', '=', n)
          .execute();
      }
      await s.insertMany(
        'crawl_events',
        ['id', 'portal', 'run', 'at', 'record'],
        (change.events ?? []).map((e) => [e.id, e.portal, e.run, e.at, JSON.stringify(e)]),
        'ignore',
      );
      for (const e of change.exchanges ?? []) {
        await replace(s, 'crawl_exchanges', ['run', 'url', 'fetched_at'], {
          run: e.run,
          url: storable(e.url),
          fetched_at: e.fetchedAt,
          portal: e.portal,
          record: JSON.stringify(e),
        });
      }
      const { columnRun, portalRun, robots, blocked, missed } = change;
      if (columnRun) {
        await replace(s, 'crawl_column_runs', ['run', 'portal', 'column_id'], {
          run: columnRun.run,
          portal: columnRun.portal,
          column_id: columnRun.column,
          started_at: columnRun.startedAt,
          record: JSON.stringify(columnRun),
        });
      }
      if (portalRun) {
        await replace(s, 'crawl_portal_runs', ['run', 'portal'], {
          run: portalRun.run,
          portal: portalRun.portal,
          started_at: portalRun.startedAt,
          record: JSON.stringify(portalRun),
        });
      }
      if (robots) {
        await replace(s, 'crawl_robots', ['origin'], {
          origin: robots.origin,
          record: JSON.stringify(robots),
        });
      }
      if (blocked) {
        await replace(s, 'crawl_blocked', ['host'], { host: blocked.host, record: JSON.stringify(blocked) });
      }
      if (change.unblocked !== undefined) {
        await s.query.deleteFrom('crawl_blocked').where('host', '=', change.unblocked).execute();
      }
      if (missed && missed.columns.length > 0) {
        await s.query
          .updateTable('crawl_urls')
          .set((e) => ({ miss_count: e('miss_count', '+', 1) }))
          .where('portal', '=', missed.portal)
          .where('column_id', 'in', missed.columns)
          .where('role', '=', 'article')
          .where('status', '=', 'current')
          .where('last_seen_run', '<>', missed.run)
          .execute();
      }
    });

  lock: CrawlState['lock'] = ({ portal, owner, now, leaseMs, instead }) =>
    this.#database.write(async (s) => {
      const until = new Date(Date.parse(now) + leaseMs).toISOString();
      // Taking the row first makes a second process wait here until this one is done.
      await s.insertMany('crawl_locks', ['portal', 'owner', 'until'], [[portal, '', '']], 'ignore');
      const taken = await s.query
        .updateTable('crawl_locks')
        .set({ owner, until })
        .where('portal', '=', portal)
        .where((e) =>
          e.or([
            e('owner', 'in', ['', owner, ...(instead === undefined ? [] : [instead])]),
            e('until', '<=', now),
          ]),
        )
        .executeTakeFirst();
      if (taken.numUpdatedRows > 0n) return null;
      const holder = await s.query
        .selectFrom('crawl_locks')
        .select(['owner', 'until'])
        .where('portal', '=', portal)
        .executeTakeFirstOrThrow();
      return holder;
    });

  async unlock(portal: string, owner: string): Promise<void> {
    await this.#database.write((s) =>
      s.query.deleteFrom('crawl_locks').where('portal', '=', portal).where('owner', '=', owner).execute(),
    );
  }
}

function urlQuery(s: Session, portal: string, query: UrlQuery) {
  let urls = s.query.selectFrom('crawl_urls').where('portal', '=', portal);
  if (query.role !== undefined) urls = urls.where('role', '=', query.role);
  if (query.column !== undefined) urls = urls.where('column_id', '=', query.column);
  if (query.status !== undefined) urls = urls.where('status', 'in', [...query.status, '']);
  if (query.parent !== undefined) urls = urls.where('parent', '=', storable(query.parent));
  if (query.missedAtLeast !== undefined) urls = urls.where('miss_count', '>=', query.missedAtLeast);
  if (query.dueBy !== undefined) urls = urls.where('next_check', '<=', query.dueBy);
  return urls;
}

function urlState(row: { record: string; miss_count: number }): UrlState {
  return { ...(JSON.parse(row.record) as UrlState), missCount: row.miss_count };
}

function version(row: { record: string; superseded_by: string | null; taken: number }): ReportVersion {
  return {
    ...(JSON.parse(row.record) as ReportVersion),
    supersededBy: row.superseded_by,
    taken: row.taken === 1,
  };
}

async function replace(
  session: Session,
  table: Parameters<Session['insertMany']>[0],
  key: readonly string[],
  record: Readonly<Record<string, Cell>>,
): Promise<void> {
  const columns = Object.keys(record);
  const rest = columns.filter((c) => !key.includes(c));
  await session.arrays(
    `insert into ${table} (${columns.join(',')}) values (${columns.map(() => '?').join(',')})
     on conflict (${key.join(',')}) do update set ${rest.map((c) => `${c} = excluded.${c}`).join(', ')}`,
    Object.values(record),
  );
}
