/**
 * What the crawl does about an error: `retry` inside the run, then on the next; `skip` this address and go on;
 * `stop_host`: no further request to the host group in this run; `stop_portal`: this portal ends for this run (window,
 * budget); `stop_run`: the run was aborted.
 */
export type ErrorPolicy = 'retry' | 'skip' | 'stop_host' | 'stop_portal' | 'stop_run';

const policies = {
  network: 'retry',
  timeout: 'retry',
  truncated: 'retry',
  server_error: 'retry',
  bad_encoding: 'retry',
  not_found: 'skip',
  too_large: 'skip',
  redirect_loop: 'skip',
  host_not_allowed: 'skip',
  address_refused: 'skip',
  bad_url: 'skip',
  robots_disallowed: 'skip',
  not_a_file: 'skip',
  ATT_BLOCKED: 'skip',
  BLOCKED_JSL: 'stop_host',
  BLOCKED_RS: 'stop_host',
  BLOCKED_JS_COOKIE: 'stop_host',
  BLOCKED_CAPTCHA: 'stop_host',
  COOKIE_REDIRECT: 'stop_host',
  REFUSED: 'stop_host',
  SLOW_DOWN: 'stop_host',
  TLS_COMPAT: 'stop_host',
  UNREACHABLE: 'stop_host',
  host_stopped: 'stop_host',
  host_cooling_down: 'stop_host',
  window_closed: 'stop_portal',
  byte_budget: 'stop_portal',
  request_budget: 'stop_portal',
  lock_lost: 'stop_portal',
  aborted: 'stop_run',
} as const satisfies Record<string, ErrorPolicy>;

export type CrawlErrorCode = keyof typeof policies;

/** Codes of a host that does not want to be crawled, or cannot be: recorded as a gap, never worked around. */
export const blockCodes: ReadonlySet<CrawlErrorCode> = new Set<CrawlErrorCode>([
  'BLOCKED_JSL',
  'BLOCKED_RS',
  'BLOCKED_JS_COOKIE',
  'BLOCKED_CAPTCHA',
  'COOKIE_REDIRECT',
  'REFUSED',
  'SLOW_DOWN',
  'TLS_COMPAT',
  'UNREACHABLE',
  'host_stopped',
  'host_cooling_down',
]);

/** Every failure of a request. The code carries the policy, so that no caller decides it anew. */
export class CrawlError extends Error {
  readonly code: CrawlErrorCode;
  readonly policy: ErrorPolicy;
  readonly url: string;
  readonly status: number | null;

  constructor(
    code: CrawlErrorCode,
    message: string,
    details: { readonly url: string; readonly status?: number; readonly cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'CrawlError';
    this.code = code;
    this.policy = policies[code];
    this.url = details.url;
    this.status = details.status ?? null;
  }

  get blocks(): boolean {
    return blockCodes.has(this.code);
  }
}
