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

/**
 * Every report with the one of the year before, in order of years: of the same scope where there is one, else the
 * only one there is. Of several alike the last given counts.
 */
export function pairsOf(history: AgencyHistory): Pair[] {
  const read = history.reports.filter(
    (r) => r.year !== null && (r.outcome === 'complete' || r.outcome === 'partial'),
  );
  const current = read.filter(
    (r, i) => !read.slice(i + 1).some((o) => isSameSeries(o, r) && o.year === r.year),
  );
  return current
    .toSorted((a, b) => (a.year ?? 0) - (b.year ?? 0))
    .flatMap((after) => {
      const candidates = current.filter((b) => b.kind === after.kind && b.year === (after.year ?? 0) - 1);
      const [only] = candidates;
      const before =
        candidates.find((b) => isSameSeries(b, after)) ?? (candidates.length === 1 ? only : undefined);
      return before ? [{ before, after, otherScope: isOtherScope(before, after) }] : [];
    });
}

function isSameSeries(a: ReportView, b: ReportView): boolean {
  return a.kind === b.kind && seriesOf(a) === seriesOf(b);
}

/** Nothing said of the scope is the body's own report. */
function seriesOf(view: ReportView): ReportView['scope'] {
  return view.scope === 'unknown' ? 'own' : view.scope;
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
