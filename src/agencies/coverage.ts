import type { RegisteredAgency } from './register.ts';

/** Whether a body has published for a year: the register says who should have, the store who did. */
export type CoverageState = 'published' | 'unreadable' | 'missing';

export interface CoverageEntry<A = RegisteredAgency> {
  readonly agency: A;
  readonly year: number;
  readonly state: CoverageState;
}

/**
 * Whether a document of the store is the annual report of a body. A notice or a decision that stands among the reports
 * must not hide that the report is missing.
 */
export function isAnnualReport(report: { readonly kind: string; readonly outcome: string }): boolean {
  return report.kind === 'annual' && report.outcome !== 'not_a_report';
}

/** One report of the store, as far as coverage needs it. */
export interface PublishedReport {
  readonly agencyId: string | null;
  readonly year: number | null;
  /** Its tables could be read. */
  readonly readable: boolean;
}

/**
 * Every body of the register in every year of `years` in which it existed, in the order of the register. A body that
 * published only what cannot be read has published.
 */
export function coverage<A extends Pick<RegisteredAgency, 'id' | 'firstYear' | 'lastYear'>>(
  agencies: readonly A[],
  reports: Iterable<PublishedReport>,
  years: readonly number[],
): CoverageEntry<A>[] {
  const readable = new Map<string, boolean>();
  for (const report of reports) {
    if (report.agencyId === null || report.year === null) continue;
    const key = `${report.agencyId} ${report.year}`;
    readable.set(key, report.readable || readable.get(key) === true);
  }
  return agencies.flatMap((agency) =>
    years
      .filter((year) => (agency.firstYear ?? year) <= year && year <= (agency.lastYear ?? year))
      .map((year): CoverageEntry<A> => {
        const state = readable.get(`${agency.id} ${year}`);
        return { agency, year, state: state === undefined ? 'missing' : state ? 'published' : 'unreadable' };
      }),
  );
}
