import type { T3Column } from '../../../form/form.ts';
import type { PrintedCell } from '../../cell-value.ts';

/** One printed row of table 三, before it is known which row of the form it is. */
export interface Line {
  readonly label: string;
  /** Label cells left of the leaf, as printed. */
  readonly groups: readonly string[];
  /** Null: something is printed here, but not seven values that can be told apart. */
  readonly values: ReadonlyMap<T3Column, PrintedCell> | null;
  readonly columnLabels: ReadonlyMap<string, string>;
  readonly rawText: string;
  readonly location: string;
  /** Columns bound by count instead of geometry where geometry was there, or a boundary that was not shown. */
  readonly inferred: boolean;
  /** First row of a grid that continues the one before it. */
  readonly opensPart: boolean;
}
