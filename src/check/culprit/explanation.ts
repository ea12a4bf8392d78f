import type { CellKey } from '../../form/form.ts';
import type { Verdict } from '../finding.ts';
import { type Slip, slipBetween } from './slip.ts';

/** One edit that would make the identities hold again. */
export type Operation =
  | 'one_cell'
  | 'cell_with_row_total'
  | 'cell_with_all_totals'
  | 'wrong_column'
  | 'wrong_row'
  | 'swapped'
  | 'several_in_row'
  | 'several_in_column'
  | 'row_copied'
  | 'separate_cells'
  | 'row_shifted'
  | 'column_shifted'
  | 'rows_shifted'
  | 'cells_shifted';

export interface CellChange {
  readonly cell: CellKey;
  readonly printed: number;
  readonly suggested: number;
}

export interface Explanation {
  readonly operation: Operation;
  readonly changes: readonly CellChange[];
  /** The digits show how the number was mistyped. */
  readonly slip: Slip | null;
}

/** One cause, with every explanation that is as small as any other. */
export interface Cause {
  readonly verdict: Verdict;
  /** Best first; at most `MOST_CANDIDATES`. Empty where nothing small explains it. */
  readonly explanations: readonly Explanation[];
  /** `rule:target` of the identities that it breaks. */
  readonly breaks: readonly string[];
}

export const MOST_CANDIDATES = 10;

/** The slip behind an explanation: every cell that changed tells the same story, or none does. */
export function slipOf(operation: Operation, changes: readonly CellChange[]): Slip | null {
  const [first] = changes;
  if (!first || (operation !== 'one_cell' && operation !== 'cell_with_row_total')) return null;
  return slipBetween(first.printed, first.suggested);
}

/**
 * Among explanations of the same size one is preferred where it alone is a typing slip or a swap of neighbours;
 * otherwise the place is named and every candidate listed.
 */
export function rank(explanations: readonly Explanation[]): Pick<Cause, 'verdict' | 'explanations'> {
  const telling = explanations.filter((e) => e.slip !== null || e.operation === 'swapped');
  const rest = explanations.filter((e) => !telling.includes(e));
  const [only] = explanations;
  if (explanations.length === 1 && only) return { verdict: 'preferred', explanations };
  return {
    verdict: telling.length === 1 ? 'preferred' : 'localised',
    explanations: [...telling, ...rest].slice(0, MOST_CANDIDATES),
  };
}
