import type { CrawledReport } from '../crawl/crawled.ts';
import type { RevisionPart } from '../crawl/state.ts';
import { type ReadingOf, readingsOf, reportIdsOf } from '../dataset/reading-queries.ts';
import type { Store } from '../dataset/store.ts';
import type { Fact, Report } from '../extract/report.ts';
import { type CellKey, cellKey } from '../form/form.ts';

/** A cell that reads otherwise than in the version before. */
export interface RevisedCell {
  readonly cell: CellKey;
  /** As the document prints them. */
  readonly rowLabel: string;
  readonly columnLabel: string;
  /** The characters of the cell; null where this version has no such cell, or none that could be read. */
  readonly before: string | null;
  readonly after: string | null;
}

/** A report that its office changed after it was published. */
export interface Revision {
  readonly portal: string;
  readonly address: string;
  readonly title: string;
  readonly agency: string | null;
  readonly year: number | null;
  readonly version: number;
  /** What the crawl saw change; empty for a report published anew at another address. */
  readonly what: readonly RevisionPart[];
  /** The documents that were compared; null where a version has no tables. */
  readonly documents: { readonly before: string; readonly after: string } | null;
  /** In the order of the form; empty where only words changed. */
  readonly cells: readonly RevisedCell[];
}

/** What of a crawled report the comparison needs. */
export interface RevisedReport {
  readonly crawled: Pick<CrawledReport, 'portal' | 'address' | 'title' | 'version' | 'event'>;
  readonly documents: readonly string[];
  readonly replaced: readonly string[];
}

/**
 * Compares each revised report with what stood there before: the superseded readings of its documents, and those of
 * the documents that it has replaced. Everything comes from the store, so that a run resumed after a kill says the same.
 */
export async function revisionsOf(store: Store, revised: readonly RevisedReport[]): Promise<Revision[]> {
  const found: Revision[] = [];
  for (const { crawled, documents, replaced } of revised) {
    const readings: ReadingOf[] = [];
    for (const id of await reportIdsOf(store, [...documents, ...replaced]))
      readings.push(...(await readingsOf(store, id)));
    const own = new Set(documents);
    const current = (r: ReadingOf) => r.supersededBy === null;
    const after = best(readings.filter((r) => own.has(r.document) && current(r) && !r.missing));
    // A corrected title can make it another report; the one that it was is then no longer there, but not superseded.
    const before =
      best(readings.filter((r) => replaced.includes(r.document) && current(r))) ??
      newestWithTables(readings.filter((r) => own.has(r.document) && (!current(r) || r.missing)));
    const { portal, address, title, version, event } = crawled;
    const identity = after?.report ?? before?.report ?? readings[0]?.report;
    found.push({
      portal,
      address,
      title,
      version,
      agency: identity?.agency ?? null,
      year: identity?.year ?? null,
      what: event?.what ?? [],
      documents: before && after ? { before: before.document, after: after.document } : null,
      cells: before && after ? changedCells(before.report, after.report) : [],
    });
  }
  return found;
}

function newestWithTables(readings: readonly ReadingOf[]): ReadingOf | undefined {
  const withTables = readings.filter(({ report }) => report.tables.length > 0);
  return withTables.sort((a, b) => b.version - a.version)[0];
}

/** The primary where it is among them, else the first with tables. */
function best(readings: readonly ReadingOf[]): ReadingOf | undefined {
  const withTables = readings.filter(({ report }) => report.tables.length > 0);
  return withTables.find(({ primary }) => primary) ?? withTables[0];
}

/** Cells whose characters differ, in the order of the form. */
export function changedCells(before: Pick<Report, 'tables'>, after: Pick<Report, 'tables'>): RevisedCell[] {
  const old = factsOf(before);
  const now = factsOf(after);
  const changed: RevisedCell[] = [];
  for (const cell of new Set([...now.keys(), ...old.keys()])) {
    const was = old.get(cell);
    const is = now.get(cell);
    if (was?.raw === is?.raw && was?.state === is?.state && was?.value === is?.value) continue;
    changed.push({
      cell,
      rowLabel: (is ?? was)?.rowLabel ?? '',
      columnLabel: (is ?? was)?.columnLabel ?? '',
      before: was?.raw ?? null,
      after: is?.raw ?? null,
    });
  }
  return changed;
}

function factsOf(report: Pick<Report, 'tables'>): Map<CellKey, Fact> {
  return new Map(
    report.tables.flatMap(({ facts }) =>
      facts.map((fact) => [cellKey(fact.table, fact.row, fact.column), fact] as const),
    ),
  );
}
