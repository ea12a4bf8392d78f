import type { ColumnKey, EditionId, RowKey, TableId } from '../form/form.ts';

/** One report, as the document states it. Values are published values: nothing here is repaired or filled in. */

export type CellState = 'number' | 'blank' | 'dash' | 'text' | 'absent' | 'unreadable';

/** `transcribed`: entered by a person. */
export type Confidence = 'certain' | 'inferred' | 'ocr' | 'transcribed';

/** One cell of a statutory table that was found. */
export interface Fact {
  readonly table: TableId;
  readonly edition: EditionId;
  readonly row: RowKey;
  readonly column: ColumnKey;
  readonly state: CellState;
  /** The printed number (`3.35万` → 3.35, `减4` → −4); null unless `state` is `number`. */
  readonly value: number | null;
  /** The unit as printed beside it or, without one, in the column's header; null where neither has one. */
  readonly unit: string | null;
  /** Amounts in 万元 where the unit is known; derived, never published. */
  readonly valueWan: number | null;
  /** The characters of the cell, white space at the ends removed; empty for `absent`. */
  readonly raw: string;
  /** The row and column labels as this document prints them; empty where it does not. */
  readonly rowLabel: string;
  readonly columnLabel: string;
  readonly location: string;
  readonly confidence: Confidence;
  /** The reading is not safe: it may differ from the page. */
  readonly doubtful: boolean;
  /** Other numbers that the picture admits, best first (OCR only). */
  readonly alternatives?: readonly number[];
}

export interface TableReading {
  readonly table: TableId;
  readonly edition: EditionId;
  /** Every cell of the table's edition, in form order. */
  readonly facts: readonly Fact[];
  /**
   * Identities that helped to split or choose the cells, as `T3.ROWSUM:granted` or `T3.ROWSUM` for all of them; they
   * cannot accuse anybody.
   */
  readonly usedIdentities: readonly string[];
  /** How the cells were bound: by grid geometry, by anchored labels, by splitting run-together digits. */
  readonly method: 'grid' | 'anchored' | 'split';
}

/** A table that is there but could not be bound safely. Other tables of the document are not affected. */
export interface TableRefusal {
  readonly table: TableId;
  /** A stable code, and a sentence for people. */
  readonly code: string;
  readonly reason: string;
  readonly location: string | null;
}

/** A row, column or number inside a statutory table that the form does not have, or that nothing was bound to. */
export interface Extra {
  readonly table: TableId | null;
  /** `row`, `column`: named and complete; `unbound`: a signal that something was left over. */
  readonly kind: 'row' | 'column' | 'unbound';
  readonly code: string;
  readonly label: string;
  readonly raw: string;
  readonly value: number | null;
  readonly location: string;
}

/** The closed list of what a sentence of the narrative can say; the codebook explains each. */
export type StatementKind =
  | 'received'
  | 'received_new'
  | 'received_including_carried'
  | 'carried_in'
  | 'concluded'
  | 'carried_out'
  | 'granted'
  | 'partly_granted'
  | 'granted_or_partly'
  | 'denied'
  | 'unavailable'
  | 'not_processed'
  | 'other_handling'
  | 'natural_person'
  | 'organisation'
  | 'review'
  | 'review_upheld'
  | 'review_corrected'
  | 'review_pending'
  | 'litigation'
  | 'litigation_upheld'
  | 'litigation_corrected'
  | 'litigation_pending'
  | 'review_and_litigation'
  | 'disclosed'
  | 'normative_documents_issued'
  | 'normative_documents_repealed'
  | 'normative_documents_in_force'
  | 'fee_charged'
  | 'complaints'
  | 'share'
  | 'growth'
  | 'all_concluded'
  | 'all_upheld'
  | 'no_correction'
  | 'none_received'
  | 'count_other';

export interface Statement {
  readonly kind: StatementKind;
  readonly value: number | null;
  /** `件`, `条`, `%`, `元`; null for a claim such as 均已办结. */
  readonly unit: string | null;
  /** What a share or a growth is of: the kind it stands with in the sentence. */
  readonly about: StatementKind | null;
  /** The words that fix the kind, as printed (受理, 收到, 结转下年度). */
  readonly words: string;
  /** Words that narrow the scope (本级, 备案, 区政府办, 全区各级), as printed. */
  readonly scope: readonly string[];
  /** A year named in the sentence, if any. */
  readonly year: number | null;
  /** The sentence as printed. */
  readonly text: string;
  /** Characters from the start of the sentence to the number or the claim, and its length. */
  readonly start: number;
  readonly length: number;
  /** 1–6: the statutory section it stands in; null before the first heading. */
  readonly section: number | null;
  readonly location: string;
}

export interface ReportChart {
  readonly title: string | null;
  readonly categories: readonly string[];
  readonly values: readonly (number | null)[];
  readonly location: string;
}

/** One of the six statutory sections as it stands in the document. */
export interface Section {
  /** 1 = 总体情况 … 6 = 其他需要报告的事项. */
  readonly number: number;
  readonly heading: string;
  readonly location: string;
  /** Text below the heading, tables and `doubtful` paragraphs left out; paragraphs joined with `\n`. */
  readonly text: string;
  /** A statutory table stands below it. */
  readonly hasTable: boolean;
}

export type Outcome =
  | 'complete'
  | 'partial'
  | 'no_tables'
  | 'blank_form'
  | 'not_a_report'
  | 'pre_2019'
  | 'needs_ocr'
  | 'encrypted'
  | 'corrupt'
  | 'too_large'
  | 'timed_out'
  | 'crashed'
  | 'unsupported';

export type Scope = 'own' | 'office' | 'region' | 'system' | 'unknown';
export type ReportKind = 'annual' | 'supplement' | 'excerpt';

/** Where a value that identifies the report came from. */
export type Origin =
  | 'title'
  | 'period'
  | 'heading'
  | 'meta'
  | 'body'
  | 'register'
  | 'configured'
  | 'person'
  | 'file_name'
  | 'pending';

/** Two places of the document that name different things. */
export interface Conflict {
  readonly field: 'year' | 'agency' | 'period' | 'title' | 'edition';
  readonly values: readonly { readonly value: string; readonly from: Origin; readonly text: string }[];
}

/** 统计期限 as printed. ISO dates; null where the sentence does not allow one. */
export interface Period {
  readonly start: string | null;
  readonly end: string | null;
  readonly text: string;
  readonly location: string;
}

export interface Report {
  /** The path or URL that the document was given by. */
  readonly document: string;
  readonly container: string;
  readonly reader: string;
  readonly extractorVersion: string;
  readonly outcome: Outcome;
  readonly outcomeReason: string | null;
  readonly title: string | null;
  readonly agency: string | null;
  readonly agencyFrom: Origin;
  readonly year: number | null;
  readonly yearFrom: Origin;
  readonly scope: Scope;
  readonly kind: ReportKind;
  readonly period: Period | null;
  /** ISO date. */
  readonly publishedOn: string | null;
  readonly conflicts: readonly Conflict[];
  readonly tables: readonly TableReading[];
  readonly refusals: readonly TableRefusal[];
  readonly extras: readonly Extra[];
  readonly statements: readonly Statement[];
  readonly charts: readonly ReportChart[];
  readonly sections: readonly Section[];
  /** Everything that a person should look at before the numbers are used. */
  readonly needsReview: boolean;
  /** All narrative text, headings included, one paragraph a line: for rules that look for words. */
  readonly narrative: readonly {
    readonly text: string;
    readonly location: string;
    readonly section: number | null;
    /**
     * Some of its characters are struck out, may not show, or belong to something else: its words are no ground to
     * accuse anybody.
     */
    readonly doubtful?: boolean;
  }[];
}
