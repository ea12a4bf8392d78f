import type { Confidence } from '../extract/report.ts';
import type { CellKey, EditionId, TableId } from '../form/form.ts';
import type { AgencyEntry, AgencyHistory, Copies, RegionYear } from './across.ts';
import type { CheckOutcome, Evidence, Severity, Suggestion, Verdict } from './finding.ts';
import type { ReportView } from './view.ts';

/** Why a rule may be held against a report, and where that is written. */
export interface Basis {
  readonly kind: 'form' | 'arithmetic' | 'convention';
  readonly source: string;
}

export interface Text {
  readonly zh: string;
  readonly en: string;
}

/** One rule as data. Its page in docs/rules/ and its tests are made from this. */
export interface Rule {
  /** Stable: part of every finding's id. */
  readonly id: string;
  /** Raised when the rule's meaning changes. */
  readonly version: number;
  readonly basis: Basis;
  /** The highest severity that a finding of this rule can have; the evidence may lower it. */
  readonly severity: Severity;
  readonly title: Text;
  /** The formula, or what is compared. */
  readonly terms: string;
  /** How far apart two sides may be. */
  readonly tolerance: string;
  readonly explanation: Text;
  readonly examples: readonly RuleExample[];
}

/** A small report for an example: everything not named is zero, in tables of the edition named. */
export interface ExampleReport {
  readonly edition?: EditionId;
  readonly year?: number;
  readonly agency?: string;
  readonly agencyId?: string;
  readonly scope?: ReportView['scope'];
  readonly title?: string | null;
  /** ISO dates, or a broken sentence. Default: 1 January to 31 December of the year. */
  readonly period?: readonly [string | null, string | null, string] | null;
  readonly publishedOn?: string;
  /** `granted/total` → what the cell shows: a number, `''` blank, `'/'` a dash, `'无'` words, null absent. */
  readonly t2?: Readonly<Record<string, number | string | null>>;
  readonly t3?: Readonly<Record<string, number | string | null>>;
  readonly t4?: Readonly<Record<string, number | string | null>>;
  readonly tableEditions?: { readonly [T in TableId]?: EditionId };
  readonly without?: readonly TableId[];
  readonly confidence?: Confidence;
  readonly usedIdentities?: readonly string[];
  /** Paragraphs of section 一 and 六, as `1:…`; sections not named have an ordinary sentence. */
  readonly text?: readonly string[];
  readonly headings?: readonly string[];
  readonly charts?: readonly {
    readonly title: string | null;
    readonly categories?: readonly string[];
    readonly values?: readonly (number | null)[];
  }[];
}

export interface RuleExample {
  /** A sentence that says what is shown. */
  readonly name: string;
  /** One report, or a chain of years, copies, or an aggregate followed by its bodies. */
  readonly reports: readonly ExampleReport[];
  readonly agencies?: readonly AgencyEntry[];
  readonly expect: {
    /** Of the instance with this target; without one, of any instance of the rule. */
    readonly target?: string;
    readonly outcome?: CheckOutcome;
    /** Null: the rule raises no finding. */
    readonly severity?: Severity | null;
    readonly verdict?: Verdict;
    /** A part of the Chinese message. */
    readonly message?: string;
  };
}

/** What a rule yields: an instance with its outcome, and the finding where there is one. */
export interface Instance {
  readonly rule: string;
  readonly target: string;
  readonly outcome: CheckOutcome;
  readonly left: number | null;
  readonly right: number | null;
  readonly finding?: Draft;
}

/** A finding before the engine adds what is the same for all. */
export interface Draft {
  /** Lower than the rule's own, where the evidence asks for it. */
  readonly severity?: Severity;
  readonly verdict?: Verdict | null;
  readonly table: TableId | null;
  readonly cells: readonly CellKey[];
  readonly discriminator?: string;
  readonly zh: string;
  readonly en: string;
  readonly left?: number | null;
  readonly right?: number | null;
  readonly difference?: number | null;
  readonly culprit?: readonly CellKey[];
  readonly suggested?: readonly Suggestion[];
  readonly evidence?: readonly Evidence[];
  /** Operands that are no cells of this report: another year's cell, a number in a sentence. */
  readonly operands?: readonly { readonly cell: string; readonly raw: string }[];
}

/** What is known beside the report itself when it is checked. */
export interface ReportContext {
  readonly agency?: AgencyEntry;
  /** The same agency's and scope's reports of the years before and after. */
  readonly previous?: ReportView;
  readonly next?: ReportView;
}

/** A report an across-rule speaks of, or a gap where there should be one. */
export interface AcrossInstance extends Instance {
  readonly report: string | null;
  readonly agencyId: string | null;
  readonly year: number | null;
}

interface FamilyText {
  readonly key: string;
  readonly title: Text;
  readonly rules: readonly Rule[];
}

/** Rules that belong together: one file, one page. `run` yields the instances of all of them. */
export interface ReportFamily extends FamilyText {
  readonly over: 'report';
  readonly run: (view: ReportView, context: ReportContext) => Iterable<Instance>;
}
export interface HistoryFamily extends FamilyText {
  readonly over: 'history';
  readonly run: (history: AgencyHistory) => Iterable<AcrossInstance>;
}
export interface RegionFamily extends FamilyText {
  readonly over: 'region';
  readonly run: (region: RegionYear) => Iterable<AcrossInstance>;
}
export interface CopiesFamily extends FamilyText {
  readonly over: 'copies';
  readonly run: (copies: Copies) => Iterable<AcrossInstance>;
}
export type RuleFamily = ReportFamily | HistoryFamily | RegionFamily | CopiesFamily;
