import type { ColumnOutcome, FamilyName } from './portals/portal.ts';
import type { ReportEvent, ReportHints, VersionFile } from './state.ts';

/** One file of a report as it lies in the archive. */
export interface CrawledDocument extends VersionFile {
  /** Absolute path of the original. */
  readonly file: string;
}

/**
 * A report that the crawl hands on: the article page (first where there is one), the answers that hold its text where
 * the page is a shell, and every attachment and picture are copies of one report, and extraction decides which of them
 * holds the tables. The reader commits `taken` to the crawl state together with its
 * own results; what was not taken is handed on again by the next run.
 */
export interface CrawledReport {
  /** The same for all versions and copies of one report at one address: `portal url`. */
  readonly group: string;
  readonly version: number;
  /** `again`: from an earlier run that ended before the report was taken. */
  readonly change: 'new' | 'revised' | 'completed' | 'again';
  readonly portal: string;
  readonly portalName: string;
  readonly column: string;
  /** The article's deduplication key, with `portal` and `version` the key of its ReportVersion. */
  readonly url: string;
  readonly address: string;
  readonly title: string;
  readonly publishedOn: string | null;
  readonly hints: ReportHints;
  readonly fetchedAt: string;
  readonly documents: readonly CrawledDocument[];
  readonly event: ReportEvent | null;
  /** Files of the versions that this one replaces which are not among its own: they are the report no longer. */
  readonly replaced: readonly Pick<VersionFile, 'url' | 'name' | 'document'>[];
}

export interface ColumnSummary {
  readonly column: string;
  readonly family: FamilyName | null;
  readonly outcome: ColumnOutcome;
  readonly reason: string;
  readonly total: number | null;
  readonly unique: number;
  readonly pages: number;
  readonly full: boolean;
}

export interface Blocked {
  readonly host: string;
  readonly code: string;
  readonly reason: string;
}

/** A report that should be there and is not, or that only a person can bring in. */
export interface Gap {
  readonly agency: string;
  readonly year: number;
}

export interface PortalSummary {
  readonly portal: string;
  readonly name: string;
  /** The worst of its columns; `skipped`: locked by another process, or outside its hours. */
  readonly outcome: ColumnOutcome | 'skipped';
  readonly reason: string;
  readonly columns: readonly ColumnSummary[];
  /** Rows in the lists that are annual reports of the wanted years. */
  readonly found: number;
  readonly new: number;
  readonly revised: number;
  readonly unchanged: number;
  /** Differences that a new page template explains; no events. */
  readonly templateChanges: number;
  readonly unlisted: number;
  readonly gone: number;
  readonly failed: readonly { readonly url: string; readonly reason: string }[];
  /** Reports whose agency or year waits for a person or for extraction. */
  readonly pending: number;
  readonly external: number;
  readonly blocked: readonly Blocked[];
  /** Its blocks and failures are known and not told (`blocked: { notify: false }`). */
  readonly quiet: boolean;
  readonly gaps: readonly Gap[];
  readonly notices: readonly string[];
  readonly requests: number;
  readonly bytes: number;
  /** Articles that are due but were not reached (window, budget, block, --max). */
  readonly left: number;
}

export interface RunSummary {
  readonly run: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly aborted: boolean;
  readonly portals: readonly PortalSummary[];
  readonly totals: {
    readonly portals: number;
    readonly found: number;
    readonly new: number;
    readonly revised: number;
    readonly blocked: number;
    readonly failed: number;
    readonly gaps: number;
    readonly requests: number;
    readonly bytes: number;
  };
}

/** What happens, as it happens, for a terminal or a log. */
export type CrawlProgress =
  | { readonly kind: 'portal_started'; readonly portal: string }
  | { readonly kind: 'waiting'; readonly portal: string; readonly until: string }
  | {
      readonly kind: 'list_page';
      readonly portal: string;
      readonly column: string;
      readonly page: number;
      readonly pages: number | null;
      readonly rows: number;
    }
  | {
      readonly kind: 'article';
      readonly portal: string;
      readonly url: string;
      readonly title: string | null;
      readonly result: 'new' | 'revised' | 'unchanged' | 'held' | 'failed' | 'unlisted' | 'gone' | 'external';
      readonly done: number;
      readonly of: number;
    }
  | { readonly kind: 'notice'; readonly portal: string; readonly text: string }
  | { readonly kind: 'portal_ended'; readonly portal: string; readonly summary: PortalSummary };
