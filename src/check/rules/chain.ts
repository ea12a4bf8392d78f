import type { CellKey } from '../../form/form.ts';
import type { AgencyHistory } from '../across.ts';
import { localiseTableThree } from '../culprit/table-three.ts';
import type { AcrossInstance, Instance } from '../rule.ts';
import { cellOf, type ReportView } from '../view.ts';

/** Two reports of one agency on consecutive years. */
export interface Pair {
  readonly before: ReportView;
  readonly after: ReportView;
  /** Whose numbers they are differs, so that a disagreement may mean nothing. */
  readonly otherScope: boolean;
}

/** Consecutive years in order; of several reports on a year the last given counts. */
export function pairsOf(history: AgencyHistory): Pair[] {
  const years = new Map<number, ReportView>();
  for (const report of history.reports) {
    if (report.year !== null && (report.outcome === 'complete' || report.outcome === 'partial')) {
      years.set(report.year, report);
    }
  }
  return [...years]
    .sort(([a], [b]) => a - b)
    .flatMap(([year, after]) => {
      const before = years.get(year - 1);
      return before ? [{ before, after, otherScope: isOtherScope(before, after) }] : [];
    });
}

function isOtherScope(a: ReportView, b: ReportView): boolean {
  return a.scope !== b.scope && a.scope !== 'unknown' && b.scope !== 'unknown';
}

/** The instance as one of the later report. */
export function located(instance: Instance, report: ReportView): AcrossInstance {
  return { ...instance, report: report.id, agencyId: report.agencyId, year: report.year };
}

/** The number of a cell, or null where it shows none. */
export function numberAt(view: ReportView, key: CellKey): number | null {
  return cellOf(view, key)?.value ?? null;
}

/** The sums of one of the two tables already say that this cell should have shown that value. */
export function isKnownCulprit(view: ReportView, cell: CellKey, value: number): boolean {
  const table = view.tables.t3;
  if (!table) return false;
  return localiseTableThree(table)
    .filter((c) => c.verdict === 'unique' || c.verdict === 'preferred')
    .some((c) => c.explanations[0]?.changes.some((x) => x.cell === cell && x.suggested === value));
}

export const SCOPE_QUESTION = {
  zh: '两年报告的统计范围似有不同，请确认；如一致，',
  en: 'The two reports seem to differ in scope; if they do not, check both.',
};
export const NO_QUESTION = { zh: '', en: 'Check both reports.' };
