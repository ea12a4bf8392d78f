import type { CellKey, TableId } from '../form/form.ts';

/** What the rules say of a report. A rule yields `Check`s; what fails becomes a `Finding`. */

export type Severity = 'error' | 'warning' | 'info';

/** See docs/form.md, "Outcomes". */
export type CheckOutcome = 'holds' | 'holds_if_blank_zero' | 'fails' | 'unverifiable';

/** How far the evidence goes in naming the wrong cell. */
export type Verdict = 'unique' | 'preferred' | 'localised' | 'suspect_extraction';

/** One rule instance, whatever its outcome. */
export interface Check {
  readonly rule: string;
  /** What of the report it is about: a column, a row, a sentence. */
  readonly target: string;
  readonly outcome: CheckOutcome;
  readonly left: number | null;
  readonly right: number | null;
}

/** A change of printed cells that would make every identity hold. */
export interface Suggestion {
  readonly cells: readonly {
    readonly cell: CellKey;
    readonly printed: number | null;
    readonly suggested: number;
  }[];
  /** 改一格, 数字颠倒, 少一位 …: the edit operation, by key. */
  readonly operation: string;
  /** The algebra, so that a person can redo it. */
  readonly reasoning_zh: string;
  readonly reasoning_en: string;
}

export interface Finding {
  readonly rule: string;
  readonly ruleVersion: number;
  readonly severity: Severity;
  readonly verdict: Verdict | null;
  readonly table: TableId | null;
  /** The cells that it speaks of, in form order. */
  readonly cells: readonly CellKey[];
  /** Told apart from other findings of the same rule on the same cells (a sentence, a year); part of the id. */
  readonly discriminator: string;
  readonly messageZh: string;
  readonly messageEn: string;
  readonly left: number | null;
  readonly right: number | null;
  readonly difference: number | null;
  readonly culprit: readonly CellKey[];
  readonly suggested: readonly Suggestion[];
  /** What it rests on: sums written out, sentences, other documents. Shown by `explain` and the review page. */
  readonly evidence: readonly Evidence[];
  /** The operand values that a decision is tied to; a decision lapses when they change. */
  readonly operands: readonly { readonly cell: string; readonly raw: string }[];
}

export type Evidence =
  | { readonly kind: 'sum'; readonly text: string }
  | { readonly kind: 'quote'; readonly text: string; readonly location: string }
  | { readonly kind: 'other_report'; readonly report: string; readonly text: string }
  | { readonly kind: 'part'; readonly text: string; readonly cells: readonly CellKey[] };
