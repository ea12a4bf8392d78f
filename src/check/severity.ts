import type { CellKey } from '../form/form.ts';
import type { Severity } from './finding.ts';
import { cellOf, type ReportView } from './view.ts';

const ORDER: readonly Severity[] = ['info', 'warning', 'error'];

export function lower(a: Severity, b: Severity): Severity {
  return ORDER.indexOf(a) <= ORDER.indexOf(b) ? a : b;
}

export function higher(a: Severity, b: Severity): Severity {
  return lower(a, b) === a ? b : a;
}

/**
 * The most that may be held against a report on the strength of these cells: `error` only where every one was read
 * with certainty, `info` where one may have been misread.
 */
export function capOf(view: ReportView, cells: readonly CellKey[]): Severity {
  let cap: Severity = 'error';
  for (const key of cells) {
    const cell = cellOf(view, key);
    if (!cell) continue;
    if (cell.doubtful) return 'info';
    if (cell.confidence === 'inferred' || cell.confidence === 'ocr') cap = 'warning';
  }
  return cap;
}

/** Some cell of these may differ from the page: a disagreement is then our doubt first. */
export function isDoubtful(view: ReportView, cells: readonly CellKey[]): boolean {
  return cells.some((key) => cellOf(view, key)?.doubtful === true);
}

/**
 * Another reading that the picture of one of these cells admits would make up the difference between two sides: we
 * misread before the office miscounted.
 */
export function isReadingSlip(
  view: ReportView,
  cells: readonly CellKey[],
  left: number | null,
  right: number | null,
): boolean {
  if (left === null || right === null || left === right) return false;
  const difference = Math.abs(left - right);
  return cells.some((key) => {
    const cell = cellOf(view, key);
    if (cell?.confidence !== 'ocr' || cell.value === null) return false;
    const { value } = cell;
    return (cell.alternatives ?? []).some((other) => Math.abs(Math.abs(other - value) - difference) < 1e-6);
  });
}
