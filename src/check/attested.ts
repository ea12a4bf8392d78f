import type { StatementKind } from '../extract/report.ts';
import type { CellKey } from '../form/form.ts';
import type { Evidence } from './finding.ts';
import type { ReportContext } from './rule.ts';
import { cellOf, type ReportView } from './view.ts';

/** A value that something outside the table gives for a cell. */
export interface Attestation {
  readonly cell: CellKey;
  readonly value: number;
  readonly evidence: Evidence;
  readonly zh: string;
  readonly en: string;
}

/** Kinds of statement that speak of one cell and no other. */
const CELL_OF: { readonly [K in StatementKind]?: CellKey } = {
  received_new: 't3/new_received/total',
  carried_in: 't3/carried_in/total',
  concluded: 't3/concluded_total/total',
  carried_out: 't3/carried_out/total',
  granted: 't3/granted/total',
  partly_granted: 't3/partly_granted/total',
  natural_person: 't3/new_received/natural_person',
  review: 't4/review/total',
  review_upheld: 't4/review/upheld',
  review_corrected: 't4/review/corrected',
  review_pending: 't4/review/pending',
};

/** What the narrative and the years before and after say of single cells. */
export function attestations(view: ReportView, context: ReportContext): Attestation[] {
  const found: Attestation[] = [];
  for (const s of view.statements) {
    const cell = CELL_OF[s.kind];
    if (!cell || s.value === null || s.scope.length > 0 || (s.year !== null && s.year !== view.year))
      continue;
    // 办理 may mean what came in as well, and 30余件 means no number at all.
    if (/…余$/u.test(s.words) || (s.kind === 'concluded' && /办理|处理/u.test(s.words))) continue;
    found.push({
      cell,
      value: s.value,
      evidence: { kind: 'quote', text: s.text, location: s.location },
      zh: `正文写明“${s.words}${s.value}”`,
      en: `the narrative says “${s.words}${s.value}”`,
    });
  }
  const columns = [
    'natural_person',
    'enterprise',
    'research',
    'public_interest',
    'legal_service',
    'other_org',
    'total',
  ] as const;
  for (const [other, own, theirs] of [
    [context.previous, 'carried_in', 'carried_out'],
    [context.next, 'carried_out', 'carried_in'],
  ] as const) {
    if (!other) continue;
    for (const column of columns) {
      const value = cellOf(other, `t3/${theirs}/${column}`)?.value ?? null;
      if (value === null) continue;
      found.push({
        cell: `t3/${own}/${column}`,
        value,
        evidence: {
          kind: 'other_report',
          report: other.id,
          text: `${other.year ?? ''}年度报告相应一格为${value}`,
        },
        zh: `${other.year}年度报告相应一格为${value}`,
        en: `the ${other.year} report has ${value} in the matching cell`,
      });
    }
  }
  return found;
}
