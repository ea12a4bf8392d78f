import type { LinkSource } from './addresses.ts';

/**
 * The one interface behind which every portal family stands. A family knows how its lists and articles are served;
 * it does no politeness, no storage and no retries of its own: `PortalClient` does the first and the last, the crawl
 * the second.
 */

export type FamilyName =
  | 'hanweb'
  | 'static_pager'
  | 'gd'
  | 'esogov'
  | 'vsb'
  | 'kaipu_json'
  | 'generic_list'
  | 'single_page';

/** How a walk over one column ended. */
export type ColumnOutcome = 'complete' | 'partial' | 'blocked' | 'empty_suspicious' | 'error';

/** A request that a family asks for. Everything else (headers, delay, robots, redirects) is the client's. */
export interface PageRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  /** Form fields in order (a name may come twice), or a raw body. */
  readonly form?: readonly (readonly [string, string])[];
  /** The encoding of the page that holds the form; UTF-8 without, which is what scripts send on any page. */
  readonly formCharset?: string;
  readonly referer?: string;
  /** Adds `X-Requested-With: XMLHttpRequest`. */
  readonly ajax?: boolean;
  /** May the client send If-None-Match / If-Modified-Since? Only for static pages. */
  readonly conditional?: boolean;
  readonly expect: 'page' | 'attachment';
}

/** A page as received, decoded. `url` is the address after redirects. */
export interface Page extends LinkSource {
  readonly request: PageRequest;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** A 304 answer to a conditional request; `bytes` and `text` are empty. */
  readonly notModified: boolean;
}

export interface PortalClient {
  /** Throws a typed `CrawlError` (blocked, refused, budget, network …); a 404 is a page with that status. */
  fetch(request: PageRequest): Promise<Page>;
}

/** A row of a list. */
export interface ListRow {
  /** Absolute, without fragment. */
  readonly url: string;
  /** The fullest title the list gives; may still be cut (`titleCut`). */
  readonly title: string;
  readonly titleCut: boolean;
  /** ISO date from the row; null where it has none. */
  readonly date: string | null;
  /** What the list itself says of the publisher (gkmlpt `publisher`). */
  readonly publisher: string | null;
  /** Attachments the list already names (gkmlpt). */
  readonly attachments: readonly AttachmentLink[];
}

export interface AttachmentLink {
  readonly url: string;
  /** The name that a person sees; null where only the URL names it. */
  readonly name: string | null;
  readonly referer: string;
}

export interface ListPage {
  readonly rows: readonly ListRow[];
  /** The total the portal states, when it does. */
  readonly total: number | null;
  /** From 1. */
  readonly page: number;
  readonly pages: number | null;
}

/** How a walk ended and why, in a sentence for the run summary. */
export interface WalkEnd {
  readonly outcome: ColumnOutcome;
  readonly reason: string;
  readonly total: number | null;
}

export interface ColumnConfig {
  readonly id: string;
  readonly url: string;
  readonly adapter: FamilyName | 'auto';
  readonly params: Readonly<Record<string, unknown>>;
  readonly followChildColumns: { readonly depth: number; readonly text: string } | null;
  readonly pagesMax: number;
  readonly allowedHosts: readonly string[];
  readonly charset: string | null;
  /** Report years wanted; families that enumerate by year ask for these. */
  readonly years: { readonly from: number; readonly to: number };
}

/** An article page taken apart. */
export interface Article {
  readonly url: string;
  readonly title: string | null;
  readonly publishedOn: string | null;
  /** `meta.ContentSource`, `info_table.发布机构`, `title_prefix` …: every hint with the name portals.yaml uses. */
  readonly agencyHints: readonly { readonly from: string; readonly value: string }[];
  readonly indexNumber: string | null;
  /** The node that holds the text, as HTML; what the readers get is the page as received. */
  readonly bodyHtml: string | null;
  readonly attachments: readonly AttachmentLink[];
  readonly images: readonly { readonly url: string }[];
  /**
   * Further answers that hold the text where the page itself is a shell. They are copies of the report as much as the
   * page is: archived as received, and read in its stead.
   */
  readonly parts: readonly Page[];
  /** The page only points elsewhere (js redirect, link-only row). */
  readonly linkOnly: string | null;
}

export interface PortalFamily {
  readonly name: FamilyName;
  /** 0 (no) to 1 (sure), from the column page alone. */
  detect(page: Page): number;
  /**
   * Walks a column, newest first where the portal sorts so. `first` is the column page already fetched. The consumer
   * may stop early; the generator's return value says how the walk ended.
   */
  walk(column: ColumnConfig, first: Page, client: PortalClient): AsyncGenerator<ListPage, WalkEnd, void>;
  /** Takes an article page apart; families share `readArticle` of `article.ts` and add what is theirs. */
  article(page: Page, row: ListRow | null, client: PortalClient): Promise<Article>;
}
