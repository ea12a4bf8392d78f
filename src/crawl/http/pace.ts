import type { Politeness } from '../config/config.ts';

/** Slow answers and attachments weigh on a portal; this is the longest pause that doubling leads to. */
const longestPause = 600_000;

/** Refusals to serve (429, 503) after which a host group is left alone for the run. */
export const strikesAllowed = 3;

/** A pace as it is handed from one worker to the next. Times in milliseconds. */
export interface PaceState {
  readonly restMs: number;
  readonly delayMs: number | null;
  readonly multiplier: number;
  readonly strikes: number;
}

/**
 * When a host group may be asked next. The delay follows the response time (delay factor × latency within the limits),
 * smoothed as Scrapy's AutoThrottle does it: half way towards the target, never below it, and an error never lowers it.
 */
export class Pace {
  #delayMs: number | null = null;
  #multiplier = 1;
  #notBefore = 0;
  strikes = 0;

  /** Milliseconds to wait before the next request. */
  wait(now: number): number {
    return Math.max(0, this.#notBefore - now);
  }

  /** Records an answer that ended at `now`. `weight` 2 for attachments; `crawlDelayMs` may exceed the maximum. */
  answered(
    now: number,
    answer: { readonly latencyMs: number; readonly ok: boolean; readonly weight: number },
    politeness: Politeness,
    crawlDelayMs: number,
  ): void {
    const target = clamp(
      answer.latencyMs * politeness.delayFactor,
      politeness.minDelayMs,
      politeness.maxDelayMs,
    );
    const before = this.#delayMs ?? target;
    const next = clamp(Math.max(target, (before + target) / 2), politeness.minDelayMs, politeness.maxDelayMs);
    if (answer.ok || next > before) this.#delayMs = next;
    const pause = Math.min(longestPause, (this.#delayMs ?? next) * answer.weight * this.#multiplier);
    this.#notBefore = Math.max(this.#notBefore, now + Math.max(pause, crawlDelayMs));
  }

  /** 429 or 503: doubles every later pause of the run, and waits as long as the server says. */
  slowDown(now: number, retryAfterMs: number): void {
    this.strikes++;
    this.#multiplier = Math.min(this.#multiplier * 2, 64);
    this.#notBefore = Math.max(this.#notBefore, now + retryAfterMs);
  }

  /** Puts off the next request, for the back-off after an error. */
  notBefore(time: number): void {
    this.#notBefore = Math.max(this.#notBefore, time);
  }

  state(now: number): PaceState {
    return {
      restMs: this.wait(now),
      delayMs: this.#delayMs,
      multiplier: this.#multiplier,
      strikes: this.strikes,
    };
  }

  /** Goes on where another worker stopped. */
  resume(now: number, state: PaceState): void {
    const other = new Pace();
    other.#notBefore = now + state.restMs;
    other.#delayMs = state.delayMs;
    other.#multiplier = state.multiplier;
    other.strikes = state.strikes;
    this.absorb(other);
  }

  /** Takes over the stricter of both, when two groups turn out to be one machine. */
  absorb(other: Pace): void {
    this.#notBefore = Math.max(this.#notBefore, other.#notBefore);
    this.#multiplier = Math.max(this.#multiplier, other.#multiplier);
    this.#delayMs = Math.max(this.#delayMs ?? 0, other.#delayMs ?? 0) || null;
    this.strikes = Math.max(this.strikes, other.strikes);
  }
}

/** Retry-After in milliseconds from now: seconds or a date (RFC 9110, 10.2.3); null when it says neither. */
export function retryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
