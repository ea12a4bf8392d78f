import robotsParser from 'robots-parser';
import type { RobotsRecord } from '../state.ts';

interface Rules {
  isAllowed(url: string, userAgent: string): boolean | undefined;
  getMatchingLineNumber(url: string, userAgent: string): number;
  getCrawlDelay(userAgent: string): number | undefined;
}

// The package's types describe a default export of an ES module, but it is CommonJS.
const parseRobots = robotsParser as unknown as (url: string, body: string) => Rules;

/** Rules are read from at most this much of a robots.txt (RFC 9309, 2.5: at least 500 KiB). */
const largest = 512 * 1024;

export interface RobotsDecision {
  readonly allowed: boolean;
  readonly reason: string;
  /** Milliseconds; 0 where none is asked for. */
  readonly crawlDelayMs: number;
}

/**
 * What robots.txt says of an address. RFC 9309, but stricter in one point: 401 and 403 count as a refusal, though the
 * standard would allow everything. 404, 410 and other 4xx allow; 5xx and no answer disallow for now.
 */
export function decideRobots(record: RobotsRecord, url: string, userAgent: string): RobotsDecision {
  const { status } = record;
  if (status === null) return { allowed: false, reason: 'robots.txt gave no answer', crawlDelayMs: 0 };
  if (status === 401 || status === 403)
    return { allowed: false, reason: `robots.txt is refused (${status})`, crawlDelayMs: 0 };
  if (status >= 500 || status === 429)
    return { allowed: false, reason: `robots.txt fails (${status})`, crawlDelayMs: 0 };
  if (status >= 300) return { allowed: true, reason: `no robots.txt (${status})`, crawlDelayMs: 0 };
  const robots = parseRobots(
    `${record.origin}/robots.txt`,
    record.body.slice(0, largest).replace(/^\ufeff/, ''),
  );
  const token = productToken(userAgent);
  const delay = robots.getCrawlDelay(token);
  const crawlDelayMs = delay !== undefined && delay > 0 ? delay * 1000 : 0;
  if (robots.isAllowed(url, token) === false) {
    const line = robots.getMatchingLineNumber(url, token);
    return { allowed: false, reason: `robots.txt line ${line} disallows it`, crawlDelayMs };
  }
  return { allowed: true, reason: 'robots.txt allows it', crawlDelayMs };
}

/** `GongkaiReportBot/1.0 (+https://…)` → `GongkaiReportBot`; in a browser-like string the name beside the contact. */
export function productToken(userAgent: string): string {
  const first = /^[^/\s(;]+/.exec(userAgent.trim())?.[0] ?? userAgent;
  if (!/^mozilla$/i.test(first)) return first;
  return (
    /([A-Za-z][\w-]*bot)\/[\d.]/i.exec(userAgent)?.[1] ??
    /compatible;\s*([A-Za-z][\w-]*)/i.exec(userAgent)?.[1] ??
    first
  );
}
