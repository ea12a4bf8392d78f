import type { FamilyName } from '../portals/portal.ts';
import type { Window } from './window.ts';

/** portals.yaml after defaults were applied and everything was compiled. */
export interface CrawlConfig {
  readonly timezone: string;
  readonly userAgent: string;
  readonly portals: readonly PortalConfig[];
}

export type TlsProfile = 'default' | 'legacy_renegotiation' | 'p256' | 'http_only';

export interface PortalConfig {
  readonly id: string;
  readonly name: string;
  readonly regionCode: string | null;
  readonly baseUrl: string;
  /** As URLs write them: lower case, punycode. */
  readonly allowedHosts: readonly string[];
  /** null: grouped by registrable site and address. */
  readonly hostGroup: string | null;
  readonly tls: TlsProfile;
  readonly charset: string | null;
  readonly agencies: readonly string[];
  readonly enabled: boolean;
  readonly timezone: string;
  readonly userAgent: string;
  readonly schedule: ScheduleConfig;
  readonly politeness: Politeness;
  readonly robots: RobotsPolicy;
  readonly limits: Limits;
  readonly blocked: { readonly notify: boolean; readonly cooldownDays: number };
  readonly years: { readonly from: number; readonly to: number | 'auto' };
  readonly recheck: RecheckCalendar;
  readonly columns: readonly CrawlColumn[];
}

export interface ScheduleConfig {
  readonly cron: string;
  readonly seasons: readonly { readonly from: string; readonly to: string; readonly cron: string }[];
  readonly jitterMinutes: number;
}

export interface Politeness {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly delayFactor: number;
  readonly window: Window | null;
  readonly maxBytesPerRun: number;
  readonly maxRequestsPerRun: number;
  readonly timeoutMs: number;
  readonly retries: number;
}

export interface RobotsPolicy {
  /** The operator's reason to override robots.txt, or null: obey. */
  readonly overrideReason: string | null;
  readonly cacheHours: number;
}

export interface Limits {
  readonly pageBytes: number;
  readonly attachmentBytes: number;
  readonly redirects: number;
  readonly pagesMax: number;
}

export interface RecheckCalendar {
  readonly newDays: number;
  readonly newEveryDays: number;
  readonly laterEveryDays: number;
  readonly oldEveryDays: number;
}

export interface CrawlColumn {
  readonly id: string;
  readonly url: string;
  readonly adapter: FamilyName | 'auto';
  readonly params: Readonly<Record<string, unknown>>;
  readonly agencyFrom: readonly string[];
  readonly agency: string | null;
  readonly followChildColumns: { readonly depth: number; readonly text: string } | null;
  readonly pagesMax: number;
  readonly titleInclude: RegExp;
  readonly titleExclude: RegExp | null;
}
