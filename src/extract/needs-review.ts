import type { Report } from './report.ts';

/** Should a person look at it before its numbers are used? What is no report, or an empty one, has none. */
export function needsReview(
  report: Pick<Report, 'outcome' | 'conflicts' | 'agency' | 'year' | 'extras' | 'tables'>,
): boolean {
  if (['not_a_report', 'pre_2019', 'blank_form'].includes(report.outcome)) return false;
  return (
    report.outcome !== 'complete' ||
    report.conflicts.length > 0 ||
    report.agency === null ||
    report.year === null ||
    report.extras.some((e) => e.kind === 'unbound') ||
    report.tables.some((t) => t.facts.some((f) => f.doubtful))
  );
}
