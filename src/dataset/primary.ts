import type { Outcome } from '../extract/report.ts';
import { compare } from './identity.ts';

/** What decides which of several copies of one report stands in the dataset. */
export interface Candidate {
  readonly readingId: number;
  readonly document: string;
  readonly missing: boolean;
  readonly outcome: Outcome;
  readonly unsureCells: number;
  readonly publishedOn: string | null;
  readonly container: string;
}

/** Best first. */
const OUTCOMES: readonly Outcome[] = [
  'complete',
  'partial',
  'no_tables',
  'blank_form',
  'needs_ocr',
  'pre_2019',
  'encrypted',
  'too_large',
  'timed_out',
  'unsupported',
  'corrupt',
  'crashed',
  'not_a_report',
];

/** From the containers that keep rows and columns as such to those where they are worked out from a page. */
const CONTAINERS = [
  'html',
  'docx',
  'odt',
  'spreadsheet',
  'doc',
  'rtf',
  'text',
  'ofd',
  'pdf',
  'picture',
  'archive',
];

/**
 * The same copies give the same primary, in whatever order they came: those still there before those that left, the
 * better outcome, fewer unsure cells, the later publication, the safer container, and last the name of the document.
 */
export function choosePrimary<T extends Candidate>(candidates: readonly T[]): T | null {
  return [...candidates].sort(better)[0] ?? null;
}

function better(a: Candidate, b: Candidate): number {
  return (
    Number(a.missing) - Number(b.missing) ||
    rank(OUTCOMES, a.outcome) - rank(OUTCOMES, b.outcome) ||
    a.unsureCells - b.unsureCells ||
    -compare(a.publishedOn ?? '', b.publishedOn ?? '') ||
    rank(CONTAINERS, a.container) - rank(CONTAINERS, b.container) ||
    compare(a.document, b.document) ||
    a.readingId - b.readingId
  );
}

function rank(list: readonly string[], value: string): number {
  const place = list.indexOf(value);
  return place < 0 ? list.length : place;
}
