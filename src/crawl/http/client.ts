import type { ConnectionOptions } from 'node:tls';
import { CookieJar } from 'tough-cookie';
import { type Clock, iso } from '../clock.ts';
import type { PortalConfig } from '../config/config.ts';
import { isOpen, untilClosed } from '../config/window.ts';
import { CrawlError } from '../error.ts';
import { baseOf } from '../portals/addresses.ts';
import type { Page, PageRequest, PortalClient } from '../portals/portal.ts';
import type { CrawlState, RobotsRecord } from '../state.ts';
import { isHtml, recognise } from './challenge.ts';
import { type Decoded, decodePage } from './charset.ts';
import { connectTo, exchange, type RawAnswer } from './exchange.ts';
import { formBody, formType } from './form-body.ts';
import type { HostGroup, HostGroups } from './host-group.ts';
import { retryAfter, strikesAllowed } from './pace.ts';
import type { Resolver } from './resolver.ts';
import { decideRobots, type RobotsDecision } from './robots.ts';

/** A page with what is archived beside it. */
export interface FetchedPage extends Omit<Page, 'request'> {
  readonly request: PageRequest;
  readonly method: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** ISO 8601, UTC. */
  readonly fetchedAt: string;
}

/** What the crawl itself asks beyond what a family can. */
export type FetchRequest = Omit<PageRequest, 'method'> & { readonly method?: 'GET' | 'POST' | 'HEAD' };

/** From an earlier answer to the same address. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** Keeps list pages of static portals, so that a 304 can be answered with the page itself. */
export interface ListCache {
  get(url: string): Promise<{ readonly validators: Validators; readonly bytes: Uint8Array } | null>;
  put(url: string, page: FetchedPage): Promise<void>;
}

export interface HttpContext {
  readonly clock: Clock;
  readonly state: CrawlState;
  readonly groups: HostGroups;
  readonly resolver: Resolver;
  readonly run: string;
  readonly signal?: AbortSignal;
  readonly listCache?: ListCache;
  /** Test only: certificate authorities beside the system's. */
  readonly ca?: ConnectionOptions['ca'];
  /** Told before and after each request that goes out. */
  readonly onRequest?: (phase: 'start' | 'end', url: string) => void;
  /** Told once for each decision that a person answers for, and each host that is given up. */
  readonly onNotice?: (notice: string) => void;
}

/** 429 and 503 without Retry-After. */
const defaultRetryAfter = 60_000;
/** A server that wants a longer rest gets it by the end of the run. */
const longestRetryAfter = 3_600_000;
/** Redirects of a page to itself with a new cookie, which an ordinary cookie jar satisfies. */
const cookieRedirects = 5;
/** Requests in a row that fail, with an answer, after which a host is not asked again in the run. */
const failuresAllowed = 5;
/** Requests in a row without any answer after which a host counts as unreachable. */
const unansweredAllowed = 3;

/**
 * The one way out to a portal. Each request passes, in this order: address and host rules, robots.txt, the turn of its
 * host group, window and budgets, pace. Each redirect is a request of its own and passes them again.
 */
export class PortalHttp implements PortalClient {
  readonly portal: PortalConfig;
  readonly #context: HttpContext;
  readonly #cookies = new CookieJar(null, { looseMode: true, rejectPublicSuffixes: true });
  readonly #robots = new Map<string, Promise<RobotsRecord>>();
  readonly #ports: ReadonlySet<string>;
  /** Why an origin's robots.txt could not be had. */
  readonly #robotsFailures = new Map<string, string>();
  #overrideLogged = false;
  requests = 0;
  bytes = 0;

  constructor(portal: PortalConfig, context: HttpContext) {
    this.portal = portal;
    this.#context = context;
    this.#ports = new Set(
      [portal.baseUrl, ...portal.columns.map(({ url }) => url)].map((url) => new URL(url).port),
    );
  }

  /**
   * `validators` make the request conditional; without them a request marked `conditional` is answered from the list
   * cache on 304, so that `notModified` is only seen by who passed validators.
   */
  async fetch(request: FetchRequest, validators?: Validators): Promise<FetchedPage> {
    if (validators || !request.conditional || !this.#context.listCache)
      return await this.#withRetries(request, validators ?? null);
    const cache = this.#context.listCache;
    const kept = await cache.get(request.url);
    const page = await this.#withRetries(request, kept?.validators ?? null);
    if (page.notModified && kept)
      return {
        ...page,
        status: 200,
        bytes: kept.bytes,
        ...this.#decode(kept.bytes, page.headers['content-type'] ?? null, page.url),
        notModified: false,
      };
    if (page.status === 200 && (page.headers['etag'] || page.headers['last-modified']))
      await cache.put(request.url, page);
    return page;
  }

  async #withRetries(request: FetchRequest, validators: Validators | null): Promise<FetchedPage> {
    const { retries, minDelayMs } = this.portal.politeness;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#follow(request, validators);
      } catch (error) {
        if (!(error instanceof CrawlError) || error.policy !== 'retry') throw error;
        const group = this.#group(new URL(error.url));
        const host = new URL(error.url).hostname;
        if (attempt >= retries) {
          const failures = (group.unanswered.get(host) ?? 0) + 1;
          group.unanswered.set(host, failures);
          const none = error.code === 'network' || error.code === 'timeout';
          if (failures >= (none ? unansweredAllowed : failuresAllowed))
            throw this.#stop(
              new CrawlError(
                'UNREACHABLE',
                `${host} failed ${failures} requests in a row (${error.message})${none ? '; some portals answer only inside China: run from there, or bring the reports in with gongkai add' : ''}`,
                { url: error.url, cause: error },
              ),
              host,
            );
          throw error;
        }
        group.pace.notBefore(this.#context.clock.now() + minDelayMs * 2 ** (attempt + 1));
      }
    }
  }

  async #follow(request: FetchRequest, validators: Validators | null): Promise<FetchedPage> {
    const form = request.form ? formBody(request.form, request.formCharset) : null;
    let url = this.#accept(request.url, request.url);
    let method = request.method ?? (form ? 'POST' : 'GET');
    let body = method === 'POST' ? (form ?? '') : null;
    let redirects = 0;
    let toItself = 0;
    let slowdowns = 0;
    for (;;) {
      await this.#obeyRobots(url);
      const headers = await this.#headers(request, url, body, validators);
      const answer = await this.#send(url, method, headers, body, request.expect, true);
      for (const cookie of answer.headers['set-cookie']?.split('\n') ?? [])
        await this.#cookies.setCookie(cookie, url.href, { ignoreError: true });

      if (answer.status === 429 || answer.status === 503) {
        slowdowns++;
        const group = this.#group(url);
        if (group.pace.strikes >= strikesAllowed || slowdowns >= strikesAllowed)
          throw this.#stop(
            new CrawlError(
              'SLOW_DOWN',
              `${url.hostname} asked to slow down ${strikesAllowed} times (status ${answer.status})`,
              {
                url: url.href,
                status: answer.status,
              },
            ),
            null,
          );
        continue;
      }
      const location = answer.headers['location'];
      if ([301, 302, 303, 307, 308].includes(answer.status) && location !== undefined) {
        const next = this.#accept(location, request.url, url);
        if (next.href === url.href && answer.headers['set-cookie'] !== undefined) {
          if (++toItself > cookieRedirects)
            throw this.#stop(
              new CrawlError(
                'COOKIE_REDIRECT',
                `${url.hostname} redirects to itself without end, wanting a cookie that only a browser makes`,
                {
                  url: url.href,
                  status: answer.status,
                },
              ),
              url.hostname,
            );
        } else if (++redirects > this.portal.limits.redirects)
          throw new CrawlError('redirect_loop', `more than ${this.portal.limits.redirects} redirects`, {
            url: request.url,
            status: answer.status,
          });
        if (answer.status === 303 || (answer.status < 303 && method === 'POST')) {
          method = 'GET';
          body = null;
        }
        url = next;
        continue;
      }
      return this.#page(request, url, headers, answer);
    }
  }

  #page(
    request: FetchRequest,
    url: URL,
    requestHeaders: Readonly<Record<string, string>>,
    answer: RawAnswer,
  ): FetchedPage {
    const fetchedAt = iso(this.#context.clock.now());
    const common = {
      request: request as PageRequest,
      method: request.method ?? 'GET',
      url: url.href,
      headers: answer.headers,
      requestHeaders,
      fetchedAt,
    };
    if (answer.status === 304 && !requestHeaders['if-none-match'] && !requestHeaders['if-modified-since'])
      throw new CrawlError('server_error', 'status 304 to a request that was not conditional', {
        url: url.href,
        status: 304,
      });
    if (answer.status === 304) {
      this.#group(url).unanswered.delete(url.hostname);
      return { ...common, status: 304, bytes: new Uint8Array(), text: '', notModified: true };
    }
    // Many servers refuse HEAD itself with 403, 405 or 501: that says nothing of the host.
    if (request.method === 'HEAD')
      return { ...common, status: answer.status, bytes: new Uint8Array(), text: '', notModified: false };
    const type = answer.headers['content-type'] ?? null;
    let decoded: Decoded = { text: '', charset: 'utf-8' };
    if (request.expect === 'page' || answer.body.length < 200_000) {
      decoded = this.#decode(answer.body, type, url.href);
      if (request.expect === 'attachment' && !isHtml(decoded.text)) decoded = { ...decoded, text: '' };
    }
    const { text } = decoded;
    const challenge = recognise({
      status: answer.status,
      headers: answer.headers,
      text,
      size: answer.body.length,
      expect: request.expect,
    });
    if (challenge) {
      const error = new CrawlError(challenge.code, `${url.hostname}: ${challenge.reason}`, {
        url: url.href,
        status: answer.status,
      });
      throw error.policy === 'stop_host' ? this.#stop(error, url.hostname) : error;
    }
    if (answer.status < 500) this.#group(url).unanswered.delete(url.hostname);
    else
      throw new CrawlError('server_error', `status ${answer.status}`, {
        url: url.href,
        status: answer.status,
      });
    return { ...common, status: answer.status, bytes: answer.body, ...decoded, notModified: false };
  }

  #decode(bytes: Uint8Array, contentType: string | null, url: string): Decoded & { readonly base?: string } {
    const decoded = decodePage(bytes, contentType, this.portal.charset);
    const base = baseOf(decoded.text, url);
    return base === null ? decoded : { ...decoded, base };
  }

  /** Checks an address before anything is asked of it. */
  #accept(address: string, original: string, base?: URL): URL {
    const refuse = (code: 'bad_url' | 'host_not_allowed', reason: string) =>
      new CrawlError(code, base ? `redirect to ${address}: ${reason}` : reason, { url: original });
    if (!URL.canParse(address, base?.href)) throw refuse('bad_url', 'not a valid address');
    const url = new URL(address, base?.href);
    url.hash = '';
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw refuse('bad_url', `${url.protocol} is neither http nor https`);
    if (url.username !== '' || url.password !== '') throw refuse('bad_url', 'it carries a user name');
    if (!this.portal.allowedHosts.includes(url.hostname))
      throw refuse(
        'host_not_allowed',
        `${url.hostname} is not in allowed_hosts; add it there if it belongs to the portal`,
      );
    if (url.port !== '' && !this.#ports.has(url.port))
      throw refuse('host_not_allowed', `port ${url.port} is not one that portals.yaml names`);
    if (this.portal.tls === 'http_only') url.protocol = 'http:';
    return url;
  }

  async #headers(
    request: FetchRequest,
    url: URL,
    body: string | null,
    validators: Validators | null,
  ): Promise<Record<string, string>> {
    const cookie = await this.#cookies.getCookieString(url.href);
    return {
      'user-agent': this.portal.userAgent,
      accept:
        request.expect === 'page'
          ? 'text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.8'
          : '*/*',
      'accept-language': 'zh-CN,zh;q=0.9',
      'accept-encoding': 'gzip, deflate, br',
      ...(request.referer ? { referer: request.referer } : {}),
      ...(request.ajax ? { 'x-requested-with': 'XMLHttpRequest' } : {}),
      ...(body === null ? {} : { 'content-type': formType(request.formCharset) }),
      ...(cookie ? { cookie } : {}),
      ...(validators?.etag ? { 'if-none-match': validators.etag } : {}),
      ...(validators?.lastModified ? { 'if-modified-since': validators.lastModified } : {}),
    };
  }

  async #obeyRobots(url: URL): Promise<RobotsDecision> {
    const record = await this.#robotsRecord(url);
    const decision = decideRobots(record, url.href, this.portal.userAgent);
    if (decision.allowed) return decision;
    const reason = this.portal.robots.overrideReason;
    if (reason !== null) {
      if (!this.#overrideLogged)
        this.#context.onNotice?.(
          `${this.portal.id}: ${decision.reason}, overridden by the operator: ${reason}`,
        );
      this.#overrideLogged = true;
      return decision;
    }
    const failure = this.#robotsFailures.get(url.origin);
    const why = failure === undefined ? decision.reason : `${decision.reason} (${failure})`;
    throw new CrawlError('robots_disallowed', `${url.pathname} is not asked for: ${why}`, { url: url.href });
  }

  #robotsRecord(url: URL): Promise<RobotsRecord> {
    let record = this.#robots.get(url.origin);
    if (!record) {
      record = this.#fetchRobots(url.origin);
      this.#robots.set(url.origin, record);
      record.catch(() => this.#robots.delete(url.origin));
    }
    return record;
  }

  async #fetchRobots(origin: string): Promise<RobotsRecord> {
    const now = this.#context.clock.now();
    const kept = await this.#context.state.robots(origin);
    const fresh = kept && now - Date.parse(kept.fetchedAt) < this.portal.robots.cacheHours * 3_600_000;
    // A failing robots.txt disallows for this run only.
    if (kept && fresh && kept.status !== null && kept.status < 500 && kept.status !== 429) return kept;
    let status: number | null = null;
    let body = '';
    try {
      let url = this.#accept(`${origin}/robots.txt`, `${origin}/robots.txt`);
      for (let hop = 0; ; hop++) {
        const headers = { 'user-agent': this.portal.userAgent, accept: 'text/plain,*/*;q=0.8' };
        const answer = await this.#send(url, 'GET', headers, null, 'page', false);
        const location = answer.headers['location'];
        if (answer.status >= 300 && answer.status < 400 && location !== undefined && hop < 5) {
          url = this.#accept(location, url.href, url);
          continue;
        }
        status = answer.status;
        // A host that challenges every request is named by its challenge; a plain 403 is the file's own refusal.
        const { text } = decodePage(answer.body, answer.headers['content-type'] ?? null);
        const challenge =
          status === 403 || status === 401
            ? null
            : recognise({ status, headers: answer.headers, text, size: answer.body.length, expect: 'page' });
        if (challenge)
          throw this.#stop(
            new CrawlError(challenge.code, `${url.hostname}: ${challenge.reason}`, { url: url.href, status }),
            url.hostname,
          );
        if (status >= 200 && status < 300)
          body = decodePage(answer.body, answer.headers['content-type'] ?? 'charset=utf-8').text;
        break;
      }
    } catch (error) {
      if (!(error instanceof CrawlError) || (error.policy !== 'retry' && error.policy !== 'skip'))
        throw error;
      if (error.code === 'address_refused') throw error;
      this.#robotsFailures.set(origin, error.message);
    }
    const record: RobotsRecord = { origin, fetchedAt: iso(this.#context.clock.now()), status, body };
    await this.#context.state.commit({ robots: record });
    const { crawlDelayMs } = decideRobots(record, origin, this.portal.userAgent);
    if (crawlDelayMs > 0)
      this.#group(new URL(origin)).pace.notBefore(this.#context.clock.now() + crawlDelayMs);
    return record;
  }

  #group(url: URL): HostGroup {
    return this.#context.groups.of(url.hostname, this.portal.hostGroup);
  }

  /** One request in the turn of its host group, after the pause that the group is owed. */
  async #send(
    url: URL,
    method: 'GET' | 'POST' | 'HEAD',
    headers: Readonly<Record<string, string>>,
    body: string | null,
    expect: 'page' | 'attachment',
    countsStrikes: boolean,
  ): Promise<RawAnswer> {
    const { clock, groups, resolver, state, signal } = this.#context;
    const { politeness, limits, timezone } = this.portal;
    return await groups.inTurn(url.hostname, this.portal.hostGroup, async (group, moved) => {
      const stopped = group.stoppedAll ?? group.stopped.get(url.hostname);
      if (stopped)
        throw new CrawlError('host_stopped', `not asked again in this run: ${stopped.message}`, {
          url: url.href,
          cause: stopped,
        });
      const cooling = await state.blocked(url.hostname);
      if (cooling && (cooling.until === null || cooling.until > iso(clock.now())))
        throw new CrawlError(
          'host_cooling_down',
          `${url.hostname} is left alone until ${cooling.until ?? 'an operator takes it off'}: ${cooling.reason}`,
          { url: url.href },
        );
      if (this.requests >= politeness.maxRequestsPerRun)
        throw new CrawlError('request_budget', `${this.requests} requests are made`, { url: url.href });
      if (this.bytes >= politeness.maxBytesPerRun)
        throw new CrawlError('byte_budget', `${this.bytes} bytes are received`, { url: url.href });
      const pause = group.pace.wait(clock.now());
      if (pause > longestRetryAfter)
        throw this.#stop(
          new CrawlError(
            'SLOW_DOWN',
            `${url.hostname} wants to rest for ${restInWords(pause)}; robots.txt or Retry-After says so`,
            {
              url: url.href,
            },
          ),
          null,
        );
      if (pause >= untilClosed(politeness.window, clock.now(), timezone)) throw this.#closed(url);
      const key = `${this.portal.tls} ${url.origin}`;
      // Closed before the pause rather than after it, so that the server never sees two.
      if (group.connection && group.connection.key !== key) await group.disconnect();
      try {
        if (pause > 0) await clock.sleep(pause, signal);
        signal?.throwIfAborted();
      } catch (cause) {
        throw new CrawlError('aborted', 'the run was stopped', { url: url.href, cause });
      }
      if (!isOpen(politeness.window, clock.now(), timezone)) throw this.#closed(url);

      if (group.connection?.key !== key || group.connection.client.destroyed) {
        const endpoint = await resolver.endpoint(url);
        if (!endpoint.mapped) {
          const owner = await groups.claim(endpoint.address, group);
          // Another group, or one that was just found to be resting: it is that group's turn, or its pause first.
          if (owner !== group || group.pace.wait(clock.now()) > 0) {
            await group.disconnect();
            return moved;
          }
        }
        await group.disconnect();
        const client = connectTo(url, endpoint, this.portal.tls, politeness.timeoutMs, this.#context.ca);
        group.connection = { key, client };
      }
      const weight = expect === 'attachment' ? 2 : 1;
      await groups.asking(group, politeness.maxDelayMs * weight);
      const started = clock.now();
      let ok = false;
      this.requests++;
      this.#context.onRequest?.('start', url.href);
      try {
        const answer = await exchange(group.connection.client, {
          url,
          method,
          headers,
          body,
          maxBytes: expect === 'page' ? limits.pageBytes : limits.attachmentBytes,
          timeoutMs: politeness.timeoutMs,
          signal,
        });
        ok = answer.status < 400;
        this.bytes += answer.wireBytes;
        if (answer.status === 429 || answer.status === 503) {
          const rest = retryAfter(answer.headers['retry-after'], clock.now()) ?? defaultRetryAfter;
          if (countsStrikes) group.pace.slowDown(clock.now(), rest);
        }
        return answer;
      } catch (error) {
        // Whatever state the connection is in, the next request gets a new one.
        await group.disconnect();
        if (error instanceof CrawlError && error.policy === 'stop_host')
          throw this.#stop(error, url.hostname);
        throw error;
      } finally {
        this.#context.onRequest?.('end', url.href);
        const crawlDelayMs = await this.#crawlDelay(url);
        const now = clock.now();
        group.pace.answered(now, { latencyMs: now - started, ok, weight }, politeness, crawlDelayMs);
        await groups.answered(group);
      }
    });
  }

  /** From robots.txt as far as it is known by now. */
  async #crawlDelay(url: URL): Promise<number> {
    const kept = await this.#context.state.robots(url.origin);
    return kept ? decideRobots(kept, url.href, this.portal.userAgent).crawlDelayMs : 0;
  }

  #closed(url: URL): CrawlError {
    return new CrawlError('window_closed', 'the hours in which this portal may be asked are over', {
      url: url.href,
    });
  }

  /** Leaves a host (null: its whole group) alone for the run. */
  #stop(error: CrawlError, host: string | null): CrawlError {
    const group = this.#group(new URL(error.url));
    if (error.code === 'host_stopped' || error.code === 'host_cooling_down') return error;
    if (host === null) group.stoppedAll ??= error;
    else if (!group.stopped.has(host)) group.stopped.set(host, error);
    this.#context.onNotice?.(`${this.portal.id}: ${error.code}: ${error.message}`);
    return error;
  }
}

function restInWords(ms: number): string {
  const hours = ms / 3_600_000;
  if (hours > 10_000) return 'years';
  return hours < 3 ? `${Math.round(hours * 60)} minutes` : `${Math.round(hours)} hours`;
}
