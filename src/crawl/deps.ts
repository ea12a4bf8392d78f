import type { ConnectionOptions } from 'node:tls';
import type { Archive } from './archive/store.ts';
import type { Clock } from './clock.ts';
import type { CrawledReport, CrawlProgress } from './crawled.ts';
import type { HostGroups } from './http/host-group.ts';
import type { ResolverOptions } from './http/resolver.ts';
import type { CrawlState } from './state.ts';

/** A hint of the publisher, and the agency of the register that it names. */
export type ResolveAgency = (query: {
  readonly regionCode: string | null;
  /** In the configured order. */
  readonly hints: readonly { readonly from: string; readonly value: string }[];
  /** Ids that publish in this portal; empty: any. */
  readonly among: readonly string[];
  readonly indexNumber: string | null;
}) => string | null;

/** What a crawl works with. Everything that touches the world comes in here. */
export interface CrawlDeps {
  readonly state: CrawlState;
  readonly archive: Archive;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** Without a register the agency stays `pending` unless the title or the configuration names it. */
  readonly resolveAgency?: ResolveAgency;
  readonly onProgress?: (progress: CrawlProgress) => void;
  /** Who holds the locks; this process without it. */
  readonly owner?: string;
  /** Is the process that held a lock certainly dead? */
  readonly isDead?: (owner: string) => boolean;
  /** Name resolution. `resolve` and `allowLoopback` are for tests, and no configuration can set them. */
  readonly network?: ResolverOptions & { readonly ca?: ConnectionOptions['ca'] };
  /** Shared by crawls that run at the same time, so that they keep the pace together. */
  readonly groups?: HostGroups;
  readonly onRequest?: (phase: 'start' | 'end', url: string) => void;
}

export interface CrawlOptions {
  /** Identifies the run in the state; made from the clock without it. */
  readonly run?: string;
  /** Portal ids; all enabled ones without it. */
  readonly portals?: readonly string[];
  /** One report year in place of the configured range. */
  readonly year?: number;
  /** ISO date: list rows with an earlier date are left. */
  readonly since?: string;
  /** Articles fetched at most, over all portals. */
  readonly max?: number;
  /** Walks the lists and says what would be fetched; nothing is fetched beyond lists, and nothing is stored. */
  readonly dryRun?: boolean;
  /** A portal outside its hours: wait for them (default), or skip it. */
  readonly outsideWindow?: 'wait' | 'skip';
  /** Host groups at the same time. */
  readonly parallel?: number;
}

export type Emit = (report: CrawledReport) => Promise<void>;
