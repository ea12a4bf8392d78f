import type { Outcome, ReportKind, Scope } from '../extract/report.ts';
import type { Session } from './dialect.ts';
import { sqlStore } from './sql-store.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

/** Reports as lists and sums, for people who look through the store. */

/** As `isAnnualReport` of the agencies has it. */
const IS_ANNUAL_REPORT = "kind = 'annual' and outcome <> 'not_a_report'";

export interface ListedReport {
  readonly reportId: string;
  readonly agency: string | null;
  readonly agencyKey: string;
  readonly agencyId: string | null;
  readonly regionCode: string | null;
  readonly year: number | null;
  readonly scope: Scope;
  readonly kind: ReportKind;
  readonly outcome: Outcome;
  readonly outcomeReason: string | null;
  readonly document: string;
  readonly title: string | null;
  readonly needsReview: boolean;
  /** The primary document is no longer where it was. */
  readonly gone: boolean;
}

export interface YearFigures {
  readonly year: number;
  /** Bodies reporting for themselves whose totals of table 三 are all safe numbers; the sums are over these. */
  readonly reports: number;
  readonly received: number;
  readonly carriedIn: number;
  readonly granted: number;
  readonly partlyGranted: number;
  readonly concluded: number;
  readonly carriedOut: number;
}

/** Sums of table 三 by year. Aggregates of regions and systems are left out: they hold their bodies' numbers already. */
export async function yearFigures(store: Store, region?: string): Promise<readonly YearFigures[]> {
  return sqlStore(store).database.read(async (session) => {
    const rows = await session.arrays(
      `select year, count(*) as n, sum(received), sum(carried_in), sum(granted), sum(partly_granted), sum(concluded),
         sum(carried_out)
       from report_list
       where year is not null and scope = 'own' and kind = 'annual' and received is not null and carried_in is not null
         and granted is not null and partly_granted is not null and concluded is not null and carried_out is not null
         and (? = '' or (region_code >= ? and region_code < ?))
       group by year order by year`,
      [region ?? '', region ?? '', `${region ?? ''}~`],
    );
    return rows.map((row) => {
      const [year, reports, received, carriedIn, granted, partlyGranted, concluded, carriedOut] =
        row.map(Number);
      return {
        year,
        reports,
        received,
        carriedIn,
        granted,
        partlyGranted,
        concluded,
        carriedOut,
      } as YearFigures;
    });
  });
}

export interface ReportCounts {
  readonly year: number | null;
  readonly outcome: Outcome;
  readonly kind: ReportKind;
  readonly scope: Scope;
  readonly count: number;
}

export async function reportCounts(store: Store): Promise<readonly ReportCounts[]> {
  return sqlStore(store).database.read(async (session) => {
    const rows = await session.arrays(
      `select year, outcome, kind, scope, count(*) as n from report_list
       group by year, outcome, kind, scope order by year, outcome, kind, scope`,
      [],
    );
    return rows.map(([year, outcome, kind, scope, n]) => ({
      year: year as number | null,
      outcome: outcome as Outcome,
      kind: kind as ReportKind,
      scope: scope as Scope,
      count: Number(n),
    }));
  });
}

/** For whom and when there is an annual report, and whether it could be read: what coverage is reckoned from. */
export async function publishedReports(
  store: Store,
  year: number,
): Promise<readonly { readonly agencyId: string; readonly year: number; readonly readable: boolean }[]> {
  return sqlStore(store).database.read(async (session) => {
    const rows = await session.arrays(
      `select agency_id, year, max(case when outcome in ('complete', 'partial') then 1 else 0 end) from report_list
       where agency_id is not null and year = ? and ${IS_ANNUAL_REPORT} group by agency_id, year`,
      [year],
    );
    return rows.map(([id, year, readable]) => ({
      agencyId: id as string,
      year: Number(year),
      readable: Number(readable) === 1,
    }));
  });
}

export interface CoverageCounts {
  readonly year: number;
  readonly published: number;
  readonly unreadable: number;
  readonly missing: number;
}

/**
 * Of the bodies of the register that existed in each of these years: how many published, published what cannot be
 * read, or did not publish. The same as counting `coverage`, without fetching every report.
 */
export async function coverageCounts(
  store: Store,
  years: readonly number[],
): Promise<readonly CoverageCounts[]> {
  return sqlStore(store).database.read(async (session) => {
    const spans = await session.arrays(
      'select first_year, last_year, count(*) from agencies group by first_year, last_year',
      [],
    );
    const rows = await session.arrays(
      `select published.year, sum(published.readable), count(*)
       from (
         select agency_id, year, max(case when outcome in ('complete', 'partial') then 1 else 0 end) as readable
         from report_list where agency_id is not null and year is not null and ${IS_ANNUAL_REPORT}
         group by agency_id, year
       ) published
         join agencies on agencies.id = published.agency_id
       where coalesce(agencies.first_year, published.year) <= published.year
         and coalesce(agencies.last_year, published.year) >= published.year
       group by published.year`,
      [],
    );
    const found = new Map(
      rows.map(([year, readable, all]) => [Number(year), [Number(readable), Number(all)]]),
    );
    return years.map((year) => {
      const due = spans.reduce((n, [first, last, count]) => {
        const existed = (first === null || Number(first) <= year) && (last === null || year <= Number(last));
        return existed ? n + Number(count) : n;
      }, 0);
      const [published = 0, all = 0] = found.get(year) ?? [];
      return { year, published, unreadable: all - published, missing: due - all };
    });
  });
}

/** Reports that ended with one of these outcomes, or with any table refused, in the order of bodies and years. */
export async function reportsWithOutcome(
  store: Store,
  outcomes: readonly Outcome[],
  page: { readonly after?: string; readonly limit: number },
): Promise<{ readonly rows: readonly ListedReport[]; readonly next: string | null }> {
  return sqlStore(store).database.read(async (session) => {
    let query = session.query
      .selectFrom('report_list')
      .selectAll()
      .where('outcome', 'in', [...outcomes])
      .orderBy('sort_key')
      .limit(page.limit + 1);
    if (page.after) query = query.where('sort_key', '>', page.after);
    const rows = await query.execute();
    const shown = rows.slice(0, page.limit);
    return {
      rows: shown.map(listed),
      next: rows.length > page.limit ? (shown.at(-1)?.sort_key ?? null) : null,
    };
  });
}

export interface ListedAgency {
  readonly agencyKey: string;
  readonly agency: string | null;
  readonly regionCode: string | null;
  readonly reports: number;
  readonly firstYear: number | null;
  readonly lastYear: number | null;
}

/** Bodies with reports, by key; `text` must occur in the name. */
export async function agenciesWithReports(
  store: Store,
  wish: { readonly text?: string; readonly region?: string; readonly after?: string; readonly limit: number },
): Promise<{ readonly rows: readonly ListedAgency[]; readonly next: string | null }> {
  return sqlStore(store).database.read(async (session) => {
    const rows = await session.arrays(
      `select agency_key, max(agency), max(region_code), count(*) as n, min(year), max(year) from report_list
       where agency_key > ? and (? = '' or agency like ? escape '\\')
         and (? = '' or (region_code >= ? and region_code < ?))
       group by agency_key order by agency_key limit ${Math.trunc(wish.limit) + 1}`,
      [
        wish.after ?? '',
        wish.text ?? '',
        `%${(wish.text ?? '').replace(/[\\%_]/gu, '\\$&')}%`,
        wish.region ?? '',
        wish.region ?? '',
        `${wish.region ?? ''}~`,
      ],
    );
    const shown = rows.slice(0, wish.limit).map(
      ([key, agency, region, n, first, last]): ListedAgency => ({
        agencyKey: key as string,
        agency: agency as string | null,
        regionCode: region as string | null,
        reports: Number(n),
        firstYear: first as number | null,
        lastYear: last as number | null,
      }),
    );
    return { rows: shown, next: rows.length > wish.limit ? (shown.at(-1)?.agencyKey ?? null) : null };
  });
}

/** Changes with every write that changes what is listed. */
export async function listRevision(store: Store): Promise<number> {
  return sqlStore(store).database.read(async (session: Session) => {
    const rows = await session.arrays('select coalesce(max(id), 0) from changes', []);
    return Number(rows[0]?.[0] ?? 0);
  });
}

function listed(row: { [k in keyof Tables['report_list']]: unknown }): ListedReport {
  return {
    reportId: row.report_id as string,
    agency: row.agency as string | null,
    agencyKey: row.agency_key as string,
    agencyId: row.agency_id as string | null,
    regionCode: row.region_code as string | null,
    year: row.year as number | null,
    scope: row.scope as Scope,
    kind: row.kind as ReportKind,
    outcome: row.outcome as Outcome,
    outcomeReason: row.outcome_reason as string | null,
    document: row.document as string,
    title: row.title as string | null,
    needsReview: row.needs_review === 1,
    gone: row.gone === 1,
  };
}

/** Bodies that have reports for other years, before it at least, but none for `year`. */
export async function agenciesWithoutYear(
  store: Store,
  year: number,
  limit: number,
): Promise<readonly ListedAgency[]> {
  return sqlStore(store).database.read(async (session) => {
    const rows = await session.arrays(
      `select agency_key, max(agency), max(region_code), count(*) as n, min(year), max(year) from report_list
       where year is not null and agency_key <> '' and ${IS_ANNUAL_REPORT}
       group by agency_key having min(year) < ? and sum(case when year = ? then 1 else 0 end) = 0
       order by agency_key limit ${Math.trunc(limit)}`,
      [year, year],
    );
    return rows.map(([key, agency, region, n, first, last]) => ({
      agencyKey: key as string,
      agency: agency as string | null,
      regionCode: region as string | null,
      reports: Number(n),
      firstYear: first as number | null,
      lastYear: last as number | null,
    }));
  });
}
