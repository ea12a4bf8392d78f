import type { Check, Finding, Severity } from '../check/finding.ts';
import type { CrawlState } from '../crawl/state.ts';
import type { Origin, Outcome, Report } from '../extract/report.ts';
import type { CellKey } from '../form/form.ts';

/**
 * The store: everything the program knows, in one SQLite file or one Postgres database. The stages talk to it through
 * this interface only; the exports read it through `Snapshot`.
 *
 * Words: a *document* is a path (relative to what was given) or a URL. A *source* is what is known of a document. A
 * *reading* is one `Report` read from one state of the bytes of a document. A *report* is what an agency published for
 * a year; its readings are copies (HTML and attachment) and versions (the publisher changed the bytes). One of the
 * current copies is the *primary*: its numbers stand in the dataset, the others are kept for comparison.
 */
export interface Store {
  /** As given to `openStore`, passwords left out. */
  readonly location: string;
  readonly kind: 'sqlite' | 'postgres';
  /** Crawl state (URLs, column runs, events); see `crawl-state.ts`. */
  readonly crawl: CrawlState;

  /**
   * Must this document be read? `unchanged` only if bytes, extractor version and transcriptions are those of the
   * stored reading. Size and mtime (milliseconds) are a short cut: with the same pair the bytes are taken for the same,
   * so `sha256` may be null on the first call; on `hash_needed` call again with it.
   */
  knownSource(source: SourceProbe): Promise<SourceVerdict>;
  /** The same for many documents with one query: a second run over 10,000 files is one pass. */
  knownSources(sources: readonly SourceProbe[]): Promise<readonly SourceVerdict[]>;
  /** Notes a new mtime for unchanged bytes, so that the next run need not hash them. */
  touchSources(
    sources: readonly { readonly document: string; readonly size: number; readonly mtime: number }[],
  ): Promise<void>;

  /** Stores readings in one transaction: all of them or, with an error, none. */
  saveBatch(batch: readonly SaveItem[]): Promise<readonly Saved[]>;

  /**
   * Everything that `work` writes through the store it is given, the crawl state included, is one transaction: all of
   * it or, with an error, none. `work` may be run again when another process was in the way.
   */
  transaction<T>(work: (store: Store) => Promise<T>): Promise<T>;

  /**
   * Marks every document under one of `roots` that is not in `seen` as missing and unmarks those that are. Roots are
   * beginnings of document names that end in `/` (`''` for all files given by path; never touches URLs unless it is
   * one, nor what a person brought in). What is under `unseen` was not looked at and stays as it is. Returns the documents newly marked.
   */
  markMissing(
    roots: readonly string[],
    seen: Iterable<string>,
    unseen?: readonly string[],
  ): Promise<readonly string[]>;

  /**
   * Marks single documents: those that a portal has replaced by others as missing, those that it serves now as there.
   * One in both lists is there. Where no document has the name of one that is there it is an archive, and what is in it
   * is there but for what is named as gone. Other unknown names are passed over.
   */
  markReplaced(gone: Iterable<string>, present: Iterable<string>): Promise<void>;

  /**
   * Takes documents, with the members of archives, out of every report that they are readings of: the documents stay
   * known as missing, and their readings stay as superseded. To store such a document again brings it back. Returns the
   * documents, sorted; unknown ones and those that were taken back before are passed over.
   */
  withdraw(documents: Iterable<string>): Promise<readonly string[]>;

  /** One report for `explain` and the review page; null if there is none. A unique beginning of the id will do. */
  report(reportId: string): Promise<StoredReport | null>;
  /**
   * Reports for the rules, agency by agency and year by year, in an order that is the same for equal stores.
   * Only current versions; `copies` holds the other readings of the same report.
   */
  reports(selection?: ReportSelection): AsyncIterable<StoredReport>;
  /** Without the facts and texts: for lists, coverage and progress. */
  summaries(selection?: ReportSelection): AsyncIterable<ReportSummary>;
  /** Agencies (keys as in `ReportSummary.agencyKey`) with reports that were stored since they were last checked. */
  uncheckedAgencies(): Promise<readonly string[]>;

  /**
   * Sets checks and findings of a report (those of its primary reading) and marks it checked. Nothing is written
   * when they are equal to what is stored. With `run`, new and gone findings are noted under that run.
   */
  replaceFindings(items: readonly FindingsOf[], run?: number): Promise<FindingsChange>;
  /** Findings with decisions applied, most severe first, in an order that is the same for equal stores. */
  findings(selection?: FindingSelection): AsyncIterable<StoredFinding>;
  /** A unique beginning of the id will do. */
  finding(findingId: string): Promise<StoredFinding | null>;
  checks(reportId: string): Promise<readonly Check[]>;

  /** Records a decision on a finding that exists now. Throws `StoreError` (`unknown_finding`) otherwise. */
  decide(decision: NewDecision): Promise<void>;
  decisions(): AsyncIterable<Decision>;
  /** All decisions ever made on a finding, oldest first. */
  decisionHistory(findingId: string): Promise<readonly Decision[]>;
  /** Takes decisions from a spreadsheet (see `decisions-csv.ts`); existing equal ones are left alone. */
  importDecisions(
    decisions: Iterable<ImportedDecision>,
  ): Promise<{ readonly recorded: number; readonly unchanged: number; readonly unknown: readonly string[] }>;

  /** Provenance of a document as it was last read; null for one that is not known. */
  source(document: string): Promise<SourceRecord | null>;

  /** Cells entered by a person. They apply to the document while its bytes are the same. */
  transcribe(document: string, cells: readonly Transcription[]): Promise<void>;
  /** What applies to a document with these bytes, in form order. */
  transcriptions(document: string, sha256: string): Promise<readonly Transcription[]>;

  /** Replaces the register (`agencies.csv`). */
  loadAgencies(agencies: Iterable<Agency>): Promise<void>;
  agencies(): Promise<readonly Agency[]>;

  /** `summary`: what is known of it beforehand and stays if it is killed; `endRun` puts another in its place. */
  beginRun(command: string, at: string, summary?: Readonly<Record<string, unknown>>): Promise<number>;
  endRun(run: number, at: string, summary: Readonly<Record<string, unknown>>): Promise<void>;
  runs(limit?: number): Promise<readonly Run[]>;

  /** Everything below reads one state of the store, whatever others write meanwhile. */
  snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T>;

  close(): Promise<void>;
}

export interface SourceProbe {
  readonly document: string;
  readonly size: number;
  /** Milliseconds since 1970; 0 where there is none (URLs). */
  readonly mtime: number;
  readonly sha256: string | null;
  readonly extractorVersion: string;
  /** Another body than before makes it `outdated`; left out where nobody says anything anew. */
  readonly said?: Said;
}

export type SourceVerdict =
  /** Same bytes, same extractor: skip it. */
  | 'unchanged'
  /** Size or mtime differ: hash the bytes and ask again. */
  | 'hash_needed'
  | 'new'
  /** The bytes changed. */
  | 'changed'
  /** Same bytes, but read by another version of the extractor, a transcription changed, or another body is said. */
  | 'outdated';

/** Provenance of a document. */
export interface SourceRecord {
  readonly document: string;
  readonly sha256: string;
  readonly size: number;
  readonly mtime: number;
  /** Where it was fetched from, if it was. */
  readonly url?: string | null;
  /** The page that it is an attachment of, or null; tells copies from each other. */
  readonly attachmentOf?: string | null;
  /** Kept with the document: when the register is edited it must hold as it did when the document was read. */
  readonly said?: Said | null;
}

/** Whose report a document is, by the word of somebody else than the document. */
export interface Said {
  /** In the register; null where it did not have the body. */
  readonly agencyId: string | null;
  readonly agency: string | null;
  /** A person, the configuration of a portal, or the page that the document was found on. */
  readonly by: Extract<Origin, 'person' | 'configured' | 'meta'>;
}

export interface AgencyMatch {
  /** Id in the register. */
  readonly id: string;
  readonly regionCode: string | null;
}

export interface SaveItem {
  readonly source: SourceRecord;
  readonly report: Report;
  /** From the register; null while unknown or `pending`. */
  readonly agency: AgencyMatch | null;
  /** Of the rules that look at this report alone; the others come with `replaceFindings`. */
  readonly checks?: readonly Check[];
  readonly findings?: readonly Finding[];
}

export interface Saved {
  readonly document: string;
  readonly reportId: string;
  readonly version: number;
  /** `unchanged`: the store held exactly this. `reread`: same bytes, new reading. `revised`: a new version. */
  readonly change: 'new' | 'reread' | 'revised' | 'unchanged';
  /** True if this document is the one whose numbers stand in the dataset. */
  readonly primary: boolean;
}

export interface ReportSummary {
  readonly reportId: string;
  /** The register's id, else the name as printed, else empty: groups the years of one body. */
  readonly agencyKey: string;
  readonly agency: string | null;
  readonly agencyId: string | null;
  readonly regionCode: string | null;
  readonly scope: Report['scope'];
  readonly kind: Report['kind'];
  readonly year: number | null;
  readonly title: string | null;
  readonly publishedOn: string | null;
  readonly outcome: Outcome;
  readonly outcomeReason: string | null;
  readonly needsReview: boolean;
  readonly document: string;
  readonly url: string | null;
  readonly sha256: string;
  readonly version: number;
  readonly supersededBy: number | null;
  /** All current documents of this report, sorted, the primary among them. */
  readonly sources: readonly string[];
  /** The primary document left the folder or the portal. */
  readonly missing: boolean;
}

export interface StoredReport extends ReportSummary {
  readonly report: Report;
  /** Current readings of the other sources. */
  readonly copies: readonly {
    readonly document: string;
    readonly report: Report;
    /** It left the folder or the portal, or another file has replaced it. */
    readonly missing: boolean;
  }[];
}

export interface ReportSelection {
  /** `agencyKey`s. */
  readonly agencies?: readonly string[];
  readonly reportIds?: readonly string[];
  readonly year?: number;
  /** Superseded versions too. */
  readonly allVersions?: boolean;
}

export interface FindingsOf {
  readonly reportId: string;
  readonly checks: readonly Check[];
  readonly findings: readonly Finding[];
}

export interface FindingsChange {
  readonly added: readonly string[];
  readonly gone: readonly string[];
  readonly unchanged: number;
}

export type DecisionState = 'confirmed' | 'false_positive' | 'corrected' | 'accepted';

export interface NewDecision {
  readonly findingId: string;
  /** `open` takes a decision back. */
  readonly state: DecisionState | 'open';
  readonly note: string | null;
  readonly person: string | null;
  /** ISO date or time. */
  readonly at: string;
}

export interface Decision extends NewDecision {
  /** The operand values that it was made on. */
  readonly operands: string;
  /** The finding is still there, with other values. */
  readonly lapsed: boolean;
  /** The finding is no longer raised. */
  readonly gone: boolean;
}

export interface ImportedDecision extends NewDecision {
  /** Fingerprint of the operand values that the person saw; null: whatever is there now. */
  readonly operands: string | null;
}

export interface StoredFinding extends Finding {
  readonly findingId: string;
  readonly reportId: string;
  readonly document: string;
  readonly agency: string | null;
  readonly agencyKey: string;
  readonly regionCode: string | null;
  readonly year: number | null;
  readonly state: DecisionState | 'open';
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly note: string | null;
  /** A decision was made on other numbers: `state` is `open` again and `note` says so. */
  readonly lapsed: boolean;
}

export interface FindingSelection {
  readonly reportIds?: readonly string[];
  readonly severities?: readonly Severity[];
  readonly states?: readonly (DecisionState | 'open')[];
  readonly year?: number;
}

export interface Transcription {
  readonly cell: CellKey;
  /** The sha256 of the bytes that the person looked at. */
  readonly sha256: string;
  /** As printed; empty for a blank cell. */
  readonly raw: string;
  readonly author: string;
  /** ISO date. */
  readonly at: string;
  readonly note: string | null;
}

/** A line of `agencies.csv`. */
export interface Agency {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  /** 统一社会信用代码. */
  readonly uscc: string | null;
  /** 行政区划代码, six digits or more. */
  readonly divisionCode: string | null;
  readonly parent: string | null;
  readonly kind: string | null;
  readonly firstYear: number | null;
  readonly lastYear: number | null;
}

export interface Run {
  readonly id: number;
  readonly command: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly summary: Readonly<Record<string, unknown>> | null;
}

/** One consistent state of the store. */
export interface Snapshot {
  /** Changes whenever a write changes something that the exports show; the same between two identical states. */
  fingerprint(): Promise<string>;
  summaries: Store['summaries'];
  reports: Store['reports'];
  findings: Store['findings'];
}

/** What can be wrong with a store, in words for the person who gave it. */
export type StoreProblem =
  | 'locked'
  | 'disk_full'
  | 'read_only'
  | 'corrupt'
  | 'not_a_store'
  | 'too_new'
  | 'too_old'
  | 'cannot_open'
  | 'unknown_finding'
  | 'unknown_report'
  | 'bad_decisions';

/** Thrown for everything that the surroundings do to a store; other errors are defects of ours. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly problem: StoreProblem;
  constructor(problem: StoreProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}
