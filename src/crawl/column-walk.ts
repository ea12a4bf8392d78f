import { load } from 'cheerio';
import { iso } from './clock.ts';
import type { CrawlColumn, PortalConfig } from './config/config.ts';
import type { ColumnSummary } from './crawled.ts';
import { CrawlError } from './error.ts';
import { mayStopEarly } from './incremental/early-stop.ts';
import { eventId } from './incremental/revision.ts';
import { chooseRow, namesReportColumn, type RowFilter, rowSignature } from './incremental/rows.ts';
import type { PortalPass } from './portal-pass.ts';
import { addressKey } from './portals/addresses.ts';
import { pageTags } from './portals/article.ts';
import type {
  ColumnConfig,
  ListPage,
  ListRow,
  Page,
  PageRequest,
  PortalClient,
  PortalFamily,
  WalkEnd,
} from './portals/portal.ts';
import type { ColumnRun, ReportEvent, UrlState } from './state.ts';

/** How many earlier runs of a column decide about an early stop. */
const runsRemembered = 8;

/** Walks one column and notes its rows in the state; articles are fetched afterwards. */
export async function walkColumn(pass: PortalPass, column: CrawlColumn): Promise<ColumnSummary> {
  const { portal, state, http, clock } = pass;
  const earlier = await state.columnRuns(portal.id, column.id, runsRemembered);
  const startedAt = iso(clock.now());
  const before = { requests: http.requests, bytes: http.bytes };
  let family: PortalFamily | null = null;
  let pages = 0;
  let total: number | null = null;
  let full = true;
  const seen = new Set<string>();
  let titled = 0;
  const record = (end: WalkEnd | null): ColumnRun => ({
    run: pass.run,
    portal: portal.id,
    column: column.id,
    family: family?.name ?? null,
    outcome: end?.outcome ?? null,
    reason: end?.reason ?? '',
    total: end?.total ?? total,
    unique: seen.size,
    pages,
    requests: http.requests - before.requests,
    bytes: http.bytes - before.bytes,
    full: full && end?.outcome === 'complete',
    startedAt,
    endedAt: end === null ? null : iso(clock.now()),
  });
  await state.commit({ columnRun: record(null) });

  let end: WalkEnd;
  try {
    const lists: PortalClient = {
      fetch: (request) => http.fetch({ ...request, conditional: request.conditional ?? isStatic(request) }),
    };
    const first: Page = await lists.fetch({ url: column.url, expect: 'page' });
    if (first.status >= 400)
      throw new CrawlError('not_found', `the column page ${column.url} answers with status ${first.status}`, {
        url: column.url,
        status: first.status,
      });
    family = pass.family(column, first);
    const filter: RowFilter = {
      titleInclude: column.titleInclude,
      titleExclude: column.titleExclude,
      years: pass.years,
      columnOfReports: isReportColumn(first),
    };
    const rowsMissing =
      (await state.countUrls(portal.id, { column: column.id, status: ['current'], missedAtLeast: 1 })) > 0;
    const walk = family.walk(columnConfig(portal, column, pass.years), first, lists);
    for (;;) {
      const step = await walk.next();
      if (step.done) {
        end = step.value;
        break;
      }
      pages++;
      const page = step.value;
      total = page.total ?? total;
      pass.deps.onProgress?.({
        kind: 'list_page',
        portal: portal.id,
        column: column.id,
        page: page.page,
        pages: page.pages,
        rows: page.rows.length,
      });
      const noted = await noteRows(pass, column, page, filter, family, seen);
      titled += noted.titled;
      if (noted.wanted > 0 && noted.changed === 0 && mayStopEarly(earlier, rowsMissing, total)) {
        await walk.return({ outcome: 'complete', reason: '', total });
        full = false;
        end = { outcome: 'complete', reason: 'stopped at rows that are known and unchanged', total };
        break;
      }
    }
    if (end.outcome === 'partial' && total !== null && total > 0 && seen.size === total)
      end = { ...end, outcome: 'complete', reason: `all ${total} stated rows were seen (${end.reason})` };
    if (seen.size > 0 && titled === 0)
      pass.notice(
        `${column.id}: none of the ${seen.size} rows has the title of an annual report on information disclosure; is ${column.url} the right column? (title_include and title_exclude decide; a page that collects reports under the names of their bodies needs adapter: single_page)`,
      );
    if (end.outcome === 'complete' && seen.size === 0 && earlier.some((run) => run.unique > 0))
      end = {
        outcome: 'empty_suspicious',
        reason: 'the list is empty, but earlier runs found rows in it; nothing is marked as gone',
        total: end.total,
      };
  } catch (error) {
    if (!(error instanceof CrawlError)) throw error;
    end = { outcome: outcomeOf(error), reason: `${error.code}: ${error.message}`, total };
    await state.commit({ columnRun: record(end) });
    await pass.failedRequest(error);
    if (error.policy === 'stop_portal' || error.policy === 'stop_run') throw error;
    return summary(record(end));
  }
  await state.commit({ columnRun: record(end) });
  return summary(record(end));
}

/** A page that may lie on the server as a file, so that its validators mean something. */
function isStatic(request: PageRequest): boolean {
  const { pathname, search } = new URL(request.url);
  return (
    (request.method ?? 'GET') === 'GET' && !request.form && search === '' && /(\/|\.s?html?)$/i.test(pathname)
  );
}

function outcomeOf(error: CrawlError): 'blocked' | 'partial' | 'error' {
  if (error.blocks || error.code === 'robots_disallowed') return 'blocked';
  return error.policy === 'stop_portal' || error.policy === 'stop_run' ? 'partial' : 'error';
}

function summary(run: ColumnRun): ColumnSummary {
  const { column, family, reason, total, unique, pages, full } = run;
  return { column, family, outcome: run.outcome ?? 'error', reason, total, unique, pages, full };
}

/** What a family is told of a column. */
export function columnConfig(
  portal: PortalConfig,
  column: CrawlColumn,
  years: ColumnConfig['years'],
): ColumnConfig {
  return {
    id: column.id,
    url: column.url,
    adapter: column.adapter,
    params: column.params,
    followChildColumns: column.followChildColumns,
    pagesMax: column.pagesMax,
    allowedHosts: portal.allowedHosts,
    charset: portal.charset,
    years,
  };
}

/** Does the column page call itself one of annual reports? */
export function isReportColumn(first: Page): boolean {
  const $ = load(first.text);
  return namesReportColumn([pageTags($).get('columnname'), $('title').first().text()]);
}

/** Notes the rows of one list page in one commit. */
async function noteRows(
  pass: PortalPass,
  column: CrawlColumn,
  page: ListPage,
  filter: RowFilter,
  family: PortalFamily,
  seen: Set<string>,
): Promise<{ wanted: number; changed: number; titled: number }> {
  const { portal, state } = pass;
  const now = iso(pass.clock.now());
  const urls: UrlState[] = [];
  const events: ReportEvent[] = [];
  let wanted = 0;
  let changed = 0;
  let titled = 0;
  for (const row of page.rows) {
    const url = addressKey(row.url);
    if (seen.has(url)) continue;
    seen.add(url);
    const known = await state.url(portal.id, url);
    const choice = chooseRow(row, filter);
    if (choice.wanted || choice.why === 'year') titled++;
    const chosen =
      choice.wanted && !(pass.options.since && row.date !== null && row.date < pass.options.since);
    if (!chosen && !known) continue;
    if (chosen) {
      wanted++;
      pass.found(url, row, family, column);
    }
    const next = noteRow(pass, column, row, url, known, now, chosen);
    if (next.changed && chosen) changed++;
    urls.push(next.state);
    if (next.event) events.push(next.event);
  }
  if (urls.length > 0) await state.commit({ urls, events });
  return { wanted, changed, titled };
}

function noteRow(
  pass: PortalPass,
  column: CrawlColumn,
  row: ListRow,
  url: string,
  known: UrlState | null,
  now: string,
  chosen: boolean,
): { state: UrlState; changed: boolean; event: ReportEvent | null } {
  const { portal } = pass;
  const external = !portal.allowedHosts.includes(new URL(row.url).hostname);
  if (!known || (known.role !== 'article' && known.role !== 'external'))
    return {
      changed: true,
      event: null,
      state: {
        portal: portal.id,
        url,
        address: row.url,
        role: external ? 'external' : 'article',
        column: column.id,
        parent: null,
        status: external ? 'external' : 'listed',
        httpStatus: null,
        etag: null,
        lastModified: null,
        contentLength: null,
        sha256: null,
        firstSeen: known?.firstSeen ?? now,
        lastSeen: now,
        lastSeenRun: pass.run,
        lastChecked: null,
        nextCheck: external ? null : now,
        listSig: external ? rowSignature(row) : null,
        listTitle: row.title,
        listDate: row.date,
        missCount: 0,
        failures: 0,
        reason: external ? 'points to a host that is not allowed' : null,
      },
    };
  const seenAgain = { ...known, lastSeen: now, lastSeenRun: pass.run, missCount: 0 };
  if (known.role === 'external') return { state: seenAgain, changed: false, event: null };
  if (known.status === 'unlisted') {
    const mark = known.lastSeen;
    return {
      changed: true,
      state: { ...seenAgain, address: row.url, status: 'current' },
      event: {
        id: eventId('report_relisted', portal.id, url, mark),
        kind: 'report_relisted',
        portal: portal.id,
        url,
        reportKey: null,
        run: pass.run,
        at: now,
        what: [],
        oldVersion: null,
        newVersion: null,
        detail: `${row.title}: stands in the list again`,
      },
    };
  }
  // The signature is renewed only by the visit that it causes, so that a kill between the two loses nothing.
  const changed = known.listSig !== rowSignature(row) || known.status === 'gone' || known.status === 'listed';
  if (changed && chosen)
    return {
      changed,
      event: null,
      state: { ...seenAgain, address: row.url, nextCheck: earlier(known.nextCheck, now) },
    };
  return { state: seenAgain, changed, event: null };
}

function earlier(one: string | null, other: string): string {
  return one !== null && one < other ? one : other;
}
