import type { ColumnOutcome, FamilyName } from './portals/portal.ts';

/**
 * What the crawl remembers between runs. The crawl only reads single records and writes through `commit`, which is
 * atomic: a process killed at any moment leaves either all of a change or nothing of it, and running again makes the
 * same change once. Times are ISO 8601 in UTC as the crawl's clock gives them; no method looks at a clock of its own.
 */
export interface CrawlState {
  /** Null when this address was never seen in this portal. */
  url(portal: string, url: string): Promise<UrlState | null>;
  /** In the order of `url`; the caller may commit while it iterates. */
  urls(portal: string, query: UrlQuery): AsyncIterable<UrlState>;
  countUrls(portal: string, query: UrlQuery): Promise<number>;

  /** The newest version of this address, whether or not a report at another address has replaced it; or null. */
  currentVersion(portal: string, url: string): Promise<ReportVersion | null>;
  /** Current versions with this report key, in any portal, oldest first. */
  versionsByKey(reportKey: string): Promise<readonly ReportVersion[]>;
  /**
   * The versions that this one has replaced: earlier ones of its address, and those of other addresses of the portal
   * in whose place it was published. In the order of url and number.
   */
  replacedBy(portal: string, url: string, n: number): Promise<readonly ReportVersion[]>;
  /** Versions, superseded ones too, in the order of url and number. */
  versions(portal: string): AsyncIterable<ReportVersion>;
  /** Versions that the next stage has not yet taken over (`StateChange.taken`), oldest first. */
  untaken(portal: string): AsyncIterable<ReportVersion>;

  /** Newest first, unfinished ones included. */
  columnRuns(portal: string, column: string, limit: number): Promise<readonly ColumnRun[]>;
  /** Newest first, unfinished ones included. */
  portalRuns(portal: string, limit: number): Promise<readonly PortalRun[]>;
  events(query: { readonly portal?: string; readonly run?: string }): AsyncIterable<ReportEvent>;
  exchanges(query: { readonly portal?: string; readonly run?: string }): AsyncIterable<Exchange>;

  robots(origin: string): Promise<RobotsRecord | null>;
  blocked(host: string): Promise<BlockedHost | null>;

  commit(change: StateChange): Promise<void>;

  /**
   * Takes the portal's lock for `owner` until `now + leaseMs`. Returns null when it was taken (also when `owner` had it
   * already, or the lease had run out, or `instead` names the present holder), else the present holder.
   */
  lock(request: LockRequest): Promise<LockHolder | null>;
  /** Does nothing when `owner` does not hold the lock. */
  unlock(portal: string, owner: string): Promise<void>;
}

export type UrlRole = 'list' | 'article' | 'attachment' | 'image' | 'external';

/**
 * `listed`: seen in a list, not yet fetched with success; `current`: fetched; `unlisted`: gone from the list, still
 * served; `gone`: 404 or 410, files kept; `failed`: given up after retries, tried again on a later run; `blocked`: only
 * a person can bring it in; `rejected`: fetched and plainly no report; `external`: points to a host that is not allowed.
 */
export type UrlStatus =
  | 'listed'
  | 'current'
  | 'unlisted'
  | 'gone'
  | 'failed'
  | 'blocked'
  | 'rejected'
  | 'external';

/** Key: portal and url. */
export interface UrlState {
  readonly portal: string;
  /**
   * Deduplication key: scheme-insensitive, without fragment and tracking parameters; `file //…` for attachments and
   * pictures, `list //…` for list pages.
   */
  readonly url: string;
  /** The address as it is fetched. */
  readonly address: string;
  readonly role: UrlRole;
  /** The column that listed it first; for attachments and images that of their article. */
  readonly column: string;
  /** For attachments and images: the article's `url`. */
  readonly parent: string | null;
  readonly status: UrlStatus;
  readonly httpStatus: number | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly contentLength: number | null;
  /** Of the bytes last received. */
  readonly sha256: string | null;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** The run that saw it last in a list. */
  readonly lastSeenRun: string;
  readonly lastChecked: string | null;
  /** When the recheck calendar wants it again; null: only when its row changes. */
  readonly nextCheck: string | null;
  /** Hash of the row: title, date, address. */
  readonly listSig: string | null;
  readonly listTitle: string | null;
  readonly listDate: string | null;
  readonly missCount: number;
  readonly failures: number;
  /** A sentence on the last failure, or the challenge class. */
  readonly reason: string | null;
}

export interface UrlQuery {
  readonly role?: UrlRole;
  readonly column?: string;
  readonly status?: readonly UrlStatus[];
  readonly parent?: string;
  readonly missedAtLeast?: number;
  /** `nextCheck` at or before this time. */
  readonly dueBy?: string;
}

export interface VersionFile {
  readonly role: 'article' | 'attachment' | 'image';
  readonly url: string;
  /** The name that a person sees, or null. */
  readonly name: string | null;
  readonly sha256: string;
  readonly bytes: number;
  /** Relative to the archive folder: `ab/abcd….pdf`. */
  readonly path: string;
  readonly mediaType: string | null;
  /** What it is known by where that is not its address: given when a person brought it in. */
  readonly document?: string;
}

/**
 * Key: portal, url, n. Never changed after it was written, but for `supersededBy`, `taken` and, after a
 * change of the portal's template, the two hashes that later visits are compared with.
 */
export interface ReportVersion {
  readonly portal: string;
  readonly column: string;
  /** The article's deduplication key. */
  readonly url: string;
  readonly address: string;
  /** From 1. */
  readonly n: number;
  /** `region|agency|year|annual`, null while agency or year is pending. */
  readonly reportKey: string | null;
  /** Of the normalised body. */
  readonly bodySha: string;
  /** Of the numbers in the body's tables, in order. */
  readonly numbersSha: string;
  /** Sorted. */
  readonly attachmentShas: readonly string[];
  readonly title: string;
  readonly publishedOn: string | null;
  /** Of the page as received. */
  readonly rawSha: string;
  readonly fetchedAt: string;
  readonly run: string;
  readonly files: readonly VersionFile[];
  readonly hints: ReportHints;
  /** The number of the version that replaced it, or `portal url` of the report published in its place. */
  readonly supersededBy: string | null;
  /** The next stage has it. */
  readonly taken: boolean;
}

/** What the portal says of the report; extraction decides. */
export interface ReportHints {
  readonly regionCode: string | null;
  /** In the configured order. */
  readonly agencies: readonly { readonly from: string; readonly value: string }[];
  /** The register's id, when one hint names exactly one agency; else null (`pending`). */
  readonly agencyId: string | null;
  /** The year in the title; null (`pending`) when it has none or several. */
  readonly year: number | null;
  readonly indexNumber: string | null;
}

export type ReportEventKind =
  | 'report_revised'
  | 'report_republished'
  | 'report_unlisted'
  | 'report_relisted'
  | 'report_gone';

export type RevisionPart = 'body' | 'attachment' | 'title' | 'date';

/** Key: id. A second commit of the same id is ignored. */
export interface ReportEvent {
  readonly id: string;
  readonly kind: ReportEventKind;
  readonly portal: string;
  readonly url: string;
  readonly reportKey: string | null;
  readonly run: string;
  readonly at: string;
  /** What changed, sorted; empty for the other kinds. */
  readonly what: readonly RevisionPart[];
  /** Version numbers. */
  readonly oldVersion: number | null;
  readonly newVersion: number | null;
  /** A sentence for the run summary. */
  readonly detail: string;
}

/** Key: run, portal, column. `outcome` is null while it is under way, and stays so when the process was killed. */
export interface ColumnRun {
  readonly run: string;
  readonly portal: string;
  readonly column: string;
  readonly family: FamilyName | null;
  readonly outcome: ColumnOutcome | null;
  readonly reason: string;
  /** Stated by the portal. */
  readonly total: number | null;
  readonly unique: number;
  readonly pages: number;
  readonly requests: number;
  readonly bytes: number;
  /** Walked to the end rather than stopped at known rows. */
  readonly full: boolean;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** Key: run, portal. */
export interface PortalRun {
  readonly run: string;
  readonly portal: string;
  readonly startedAt: string;
  /** Null while it is under way, and when the process was killed. */
  readonly endedAt: string | null;
  /** JSON: the portal's part of the run summary. */
  readonly summary: string | null;
}

/** One answer that was archived, with what was asked. Key: run, url, fetchedAt. */
export interface Exchange {
  readonly run: string;
  readonly portal: string;
  readonly url: string;
  readonly method: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly fetchedAt: string;
  /** Of the body after content decoding. */
  readonly sha256: string;
  readonly path: string;
  readonly bytes: number;
}

/** Key: origin. */
export interface RobotsRecord {
  readonly origin: string;
  readonly fetchedAt: string;
  /** Null when no answer came. */
  readonly status: number | null;
  /** Empty unless the status is 2xx. */
  readonly body: string;
}

/** Key: host. */
export interface BlockedHost {
  readonly host: string;
  readonly code: string;
  readonly reason: string;
  readonly since: string;
  /** No request before this time; null: until an operator takes it off. */
  readonly until: string | null;
}

/** Everything in it is written in one transaction. Records replace the ones with the same key. */
export interface StateChange {
  readonly urls?: readonly UrlState[];
  readonly versions?: readonly ReportVersion[];
  readonly supersede?: readonly {
    readonly portal: string;
    readonly url: string;
    readonly n: number;
    readonly by: string;
  }[];
  readonly taken?: readonly { readonly portal: string; readonly url: string; readonly n: number }[];
  readonly events?: readonly ReportEvent[];
  readonly exchanges?: readonly Exchange[];
  readonly columnRun?: ColumnRun;
  readonly portalRun?: PortalRun;
  readonly robots?: RobotsRecord;
  readonly blocked?: BlockedHost;
  readonly unblocked?: string;
  /**
   * Adds 1 to `missCount` of the portal's articles of these columns with status `current` whose `lastSeenRun` is
   * another than `run`.
   */
  readonly missed?: { readonly portal: string; readonly columns: readonly string[]; readonly run: string };
}

export interface LockRequest {
  readonly portal: string;
  readonly owner: string;
  readonly now: string;
  readonly leaseMs: number;
  /** A holder known to be dead. */
  readonly instead?: string;
}

export interface LockHolder {
  readonly owner: string;
  readonly until: string;
}
