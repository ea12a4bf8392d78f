import type { Outcome, Report } from '../extract/report.ts';
import { compare } from './identity.ts';
import { storable } from './packing.ts';
import { StoreReader } from './reader.ts';
import { membersToo, saidOf } from './sources.ts';
import { sqlStore } from './sql-store.ts';
import type { AgencyMatch, Said, Store } from './store.ts';

/** One reading of one document, current or superseded, with what is needed to show the original beside it. */
export interface ReadingOf {
  readonly document: string;
  readonly url: string | null;
  readonly attachmentOf: string | null;
  readonly sha256: string;
  readonly size: number;
  readonly version: number;
  readonly supersededBy: number | null;
  /** The document left the folder or the portal, or holds another report now. */
  readonly missing: boolean;
  readonly primary: boolean;
  readonly report: Report;
}

/** All readings of a report: the primary first, then copies, then superseded versions, newest first. */
export async function readingsOf(store: Store, reportId: string): Promise<readonly ReadingOf[]> {
  const inner = sqlStore(store);
  return inner.database.read(async (session) => {
    const reader = new StoreReader(session, inner.cells);
    for await (const page of reader.groups({ reportIds: [reportId], allVersions: true })) {
      for (const group of page) {
        const readings = [
          ...(group.primary ? [group.primary] : []),
          ...group.copies,
          ...group.superseded.toSorted((a, b) => b.version - a.version),
        ];
        const parts = await reader.parts(readings.map((r) => r.readingId));
        return readings.map((r): ReadingOf => {
          const own = parts.get(r.readingId);
          if (!own) throw new Error(`reading ${r.readingId} has no parts`);
          return {
            document: r.document,
            url: r.url,
            attachmentOf: r.attachmentOf,
            sha256: r.sha256,
            size: r.size,
            version: r.version,
            supersededBy: r.supersededBy,
            missing: r.missing,
            primary: r === group.primary,
            report: reader.report(r, own),
          };
        });
      }
    }
    return [];
  });
}

/** The reports of which these documents are, or were, readings, by id. */
export async function reportIdsOf(store: Store, documents: readonly string[]): Promise<readonly string[]> {
  if (documents.length === 0) return [];
  const rows = await sqlStore(store).database.read((session) =>
    session.query
      .selectFrom('readings')
      .innerJoin('sources', 'sources.id', 'readings.source_id')
      .innerJoin('reports', 'reports.id', 'readings.report_id')
      .select('reports.report_id')
      .distinct()
      .where('sources.document', 'in', documents.map(storable))
      .execute(),
  );
  return rows.map((row) => row.report_id).sort();
}

/** With what is stored of that which is, or was, in those of them that are archives. */
export async function withMembers(store: Store, documents: readonly string[]): Promise<readonly string[]> {
  return sqlStore(store).database.read((session) => membersToo(session, documents));
}

/** The report that each of these documents is now; those that are not known are left out. */
export async function currentReportIds(
  store: Store,
  documents: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (documents.length === 0) return new Map();
  const rows = await sqlStore(store).database.read((session) =>
    session.query
      .selectFrom('sources')
      .innerJoin('readings', 'readings.id', 'sources.reading_id')
      .innerJoin('reports', 'reports.id', 'readings.report_id')
      .select(['sources.document', 'reports.report_id'])
      .where('sources.document', 'in', documents.map(storable))
      .execute(),
  );
  return new Map(rows.map((row) => [row.document, row.report_id]));
}

/** The report that a document was when it had these bytes; null where it was never read with them. */
export async function reportOfBytes(store: Store, document: string, sha256: string): Promise<string | null> {
  const row = await sqlStore(store).database.read((session) =>
    session.query
      .selectFrom('readings')
      .innerJoin('sources', 'sources.id', 'readings.source_id')
      .innerJoin('reports', 'reports.id', 'readings.report_id')
      .select('reports.report_id')
      .where('sources.document', '=', storable(document))
      .where('readings.sha256', '=', sha256)
      .orderBy('readings.id', 'desc')
      .executeTakeFirst(),
  );
  return row?.report_id ?? null;
}

export interface DocumentState {
  /** Of whose report it is or was the last reading. */
  readonly reportId: string;
  readonly agency: string | null;
  readonly year: number | null;
  /** `replaced`: it is no longer there, or another took its place. */
  readonly state: 'present' | 'replaced' | 'withdrawn';
}

/** How each of these documents, or the first member of an archive, stands; those that are not known are left out. */
export async function statesOf(
  store: Store,
  documents: readonly string[],
): Promise<ReadonlyMap<string, DocumentState>> {
  const states = new Map<string, DocumentState>();
  await sqlStore(store).database.read(async (session) => {
    for (const document of documents) {
      const members = `${storable(document)}/`;
      const [row] = await session.arrays(
        `select reports.report_id, readings.agency, readings.year, sources.missing, readings.superseded_by
         from sources join readings on readings.id = sources.reading_id
           join reports on reports.id = readings.report_id
         where sources.document = ? or substr(sources.document, 1, ${[...members].length}) = ?
         order by case when readings.superseded_by is null then sources.missing else 2 end, sources.id limit 1`,
        [storable(document), members],
      );
      if (!row) continue;
      const [reportId, agency, year, missing, supersededBy] = row;
      states.set(document, {
        reportId: reportId as string,
        agency: agency as string | null,
        year: year as number | null,
        state: supersededBy !== null ? 'withdrawn' : missing === 1 ? 'replaced' : 'present',
      });
    }
  });
  return states;
}

/** A portal other than `except` that serves a page or file of one of these keys (`UrlState.url`); null where none does. */
export async function portalServing(
  store: Store,
  keys: readonly string[],
  except: string,
): Promise<string | null> {
  const row = await sqlStore(store).database.read((session) =>
    session.query
      .selectFrom('crawl_urls')
      .select('portal')
      .where('url', 'in', keys.map(storable))
      .where('portal', '<>', except)
      .where('status', '=', 'current')
      .orderBy('portal')
      .executeTakeFirst(),
  );
  return row?.portal ?? null;
}

/** Whose report a document is held to be, and what that rests on. */
export interface BoundDocument {
  readonly document: string;
  readonly reportId: string;
  readonly bound: AgencyMatch | null;
  readonly said: Said | null;
  readonly printed: Pick<Report, 'agency' | 'agencyFrom' | 'year' | 'title' | 'conflicts'>;
  /** It left the folder or the portal. */
  readonly missing: boolean;
}

const BOUND_AT_ONCE = 1000;

/** Every document by the reading of its present bytes. */
export async function* boundDocuments(store: Store): AsyncGenerator<BoundDocument> {
  const { database } = sqlStore(store);
  for (let after = 0; ; ) {
    const rows = await database.read((session) =>
      session.query
        .selectFrom('sources')
        .innerJoin('readings', 'readings.id', 'sources.reading_id')
        .innerJoin('reports', 'reports.id', 'readings.report_id')
        .select(['sources.id', 'sources.document', 'sources.missing'])
        .select(['sources.said_agency_id', 'sources.said_agency', 'sources.said_by'])
        .select(['readings.agency', 'readings.agency_from', 'readings.agency_id', 'readings.region_code'])
        .select(['readings.year', 'readings.title', 'readings.conflicts', 'reports.report_id'])
        .where('sources.id', '>', after)
        // What was withdrawn is nobody's.
        .where('readings.superseded_by', 'is', null)
        .orderBy('sources.id')
        .limit(BOUND_AT_ONCE)
        .execute(),
    );
    for (const row of rows)
      yield {
        document: row.document,
        reportId: row.report_id,
        bound: row.agency_id === null ? null : { id: row.agency_id, regionCode: row.region_code },
        said: saidOf(row),
        printed: {
          agency: row.agency,
          agencyFrom: row.agency_from as Report['agencyFrom'],
          year: row.year,
          title: row.title,
          conflicts: JSON.parse(row.conflicts) as Report['conflicts'],
        },
        missing: row.missing === 1,
      };
    if (rows.length < BOUND_AT_ONCE) return;
    after = rows.at(-1)?.id ?? after;
  }
}

export interface Unread {
  readonly document: string;
  readonly outcome: Outcome;
  readonly reason: string | null;
}

/** Documents that are there and whose reading ended with one of these outcomes, sorted by name. */
export async function documentsWith(store: Store, outcomes: readonly Outcome[]): Promise<readonly Unread[]> {
  const rows = await sqlStore(store).database.read((session) =>
    session.query
      .selectFrom('sources')
      .innerJoin('readings', 'readings.id', 'sources.reading_id')
      .where('readings.outcome', 'in', outcomes)
      .where('sources.missing', '=', 0)
      .select(['sources.document', 'readings.outcome', 'readings.outcome_reason as reason'])
      .execute(),
  );
  return rows
    .map((row) => ({ ...row, outcome: row.outcome as Outcome }))
    .sort((a, b) => compare(a.document, b.document));
}
