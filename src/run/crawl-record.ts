import type { Blocked, RunSummary } from '../crawl/crawled.ts';
import type { RunResult } from './extraction.ts';
import type { IngestSummary } from './ingest.ts';
import type { Revision } from './revisions.ts';

/** What is kept of a crawl in `runs`, shown on the review page and printed by `--json`. */
export interface CrawlRecord extends RunSummary {
  /** Reports in the lists; fetched for the first time; changed since. */
  readonly found: number;
  readonly new: number;
  readonly revised: number;
  readonly blocked: readonly (Blocked & { readonly portal: string })[];
  /** Years without a report, by agency; sorted. `agency`: the register's id, else the name as the portal has it. */
  readonly gaps: readonly { readonly agency: string; readonly years: readonly number[] }[];
  /** What of it was changed by its office, cell by cell. */
  readonly revisions: readonly Revision[];
  /** Documents that were met, and those that could not be read. */
  readonly documents: number;
  readonly failures: number;
  readonly ingest: Omit<IngestSummary, 'seen'>;
  /** Open findings by severity; null after a dry run. */
  readonly findings: RunResult['findings'] | null;
  /** Findings that are new, and that are no more. */
  readonly added: number;
  readonly gone: number;
}

export function crawlRecord(
  summary: RunSummary,
  ingest: IngestSummary,
  revisions: readonly Revision[],
  finished: Pick<RunResult, 'findings' | 'change'> | null,
): CrawlRecord {
  const { seen: _, ...read } = ingest;
  const years = new Map<string, Set<number>>();
  for (const { gaps } of summary.portals)
    for (const { agency, year } of gaps) years.set(agency, (years.get(agency) ?? new Set()).add(year));
  return {
    ...summary,
    found: summary.totals.found,
    new: summary.totals.new,
    revised: summary.totals.revised,
    blocked: summary.portals.flatMap(({ portal, blocked }) => blocked.map((each) => ({ portal, ...each }))),
    gaps: [...years]
      .map(([agency, missing]) => ({ agency, years: [...missing].sort((a, b) => a - b) }))
      .sort((a, b) => (a.agency < b.agency ? -1 : 1)),
    revisions,
    documents: ingest.documents,
    failures: ingest.failures.length,
    ingest: read,
    findings: finished?.findings ?? null,
    added: finished?.change.added.length ?? 0,
    gone: finished?.change.gone.length ?? 0,
  };
}
