import type { ColumnRun } from '../state.ts';

/** Every this many runs a column is walked to its end, whatever the first page looks like. */
export const fullWalkEvery = 4;

/**
 * May this run stop after the first page on which every row is known and unchanged? Only when the last run was
 * complete, nothing is missing from the list, the stated total is the same, and a full walk is not due.
 */
export function mayStopEarly(
  runs: readonly ColumnRun[],
  rowsMissing: boolean,
  total: number | null,
): boolean {
  const last = runs[0];
  if (last?.outcome !== 'complete' || rowsMissing) return false;
  const sinceFull = runs.findIndex((run) => run.full && run.outcome === 'complete');
  if (sinceFull < 0 || sinceFull >= fullWalkEvery - 1) return false;
  return total === null || last.total === null || total === last.total;
}
