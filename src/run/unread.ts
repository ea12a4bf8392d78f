import { EXTRACTOR_VERSION } from '../extract/extract.ts';
import type { Report } from '../extract/report.ts';
import type { ReadFailure } from '../read/document.ts';

/** Whose report a document is held to be, by the portal or the person it comes from. */
export interface Attribution {
  readonly agency?: string;
  readonly year?: number;
  readonly from?: 'configured' | 'person' | 'register';
}

/**
 * A document that could not be read is a row of the dataset like any other, with its reason. Who published it for which
 * year is taken from where it came from: a body must not be counted as silent because we could not read its report.
 */
export function unreadReport(
  document: string,
  failure: ReadFailure,
  reason: string,
  { agency, year, from = 'configured' }: Attribution = {},
): Report {
  return {
    document,
    container: '',
    reader: '',
    extractorVersion: EXTRACTOR_VERSION,
    outcome: failure,
    outcomeReason: reason,
    title: null,
    agency: agency ?? null,
    agencyFrom: agency === undefined ? 'pending' : from,
    year: year ?? null,
    yearFrom: year === undefined ? 'pending' : from,
    scope: 'unknown',
    kind: 'annual',
    period: null,
    publishedOn: null,
    conflicts: [],
    tables: [],
    refusals: [],
    extras: [],
    statements: [],
    charts: [],
    sections: [],
    needsReview: true,
    narrative: [],
  };
}
