import { EXTRACTOR_VERSION } from '../extract/extract.ts';
import type { Report } from '../extract/report.ts';
import type { ReadFailure } from '../read/document.ts';

/** A document that could not be read is a row of the dataset like any other, with its reason. */
export function unreadReport(document: string, failure: ReadFailure, reason: string): Report {
  return {
    document,
    container: '',
    reader: '',
    extractorVersion: EXTRACTOR_VERSION,
    outcome: failure,
    outcomeReason: reason,
    title: null,
    agency: null,
    agencyFrom: 'pending',
    year: null,
    yearFrom: 'pending',
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
