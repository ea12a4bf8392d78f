import type { Clock } from '../../src/crawl/clock.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/**
 * A clock on which a night passes in no time: when nothing else is under way, it jumps to the next moment that somebody
 * waits for. Requests under way hold it still (`start`, `end`).
 */
export class TestClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];
  #busy = 0;
  #pumping = false;

  constructor(start: string | number) {
    this.#now = typeof start === 'number' ? start : Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  /** Moves on without anybody waiting. */
  advance(ms: number): void {
    this.#now += ms;
  }

  readonly onRequest = (phase: 'start' | 'end'): void => {
    this.#busy += phase === 'start' ? 1 : -1;
    if (this.#busy === 0) this.#pump();
  };

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = {
        until: this.#now + Math.max(0, ms),
        wake: () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        },
      };
      const stop = () => {
        this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', stop, { once: true });
      this.#sleepers.push(sleeper);
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    const turn = (quiet: number) => {
      if (this.#busy > 0 || this.#sleepers.length === 0) {
        this.#pumping = false;
        return;
      }
      // Two turns of the event loop, so that whoever is about to send or to sleep does so first.
      if (quiet < 2) return void setImmediate(() => turn(quiet + 1));
      this.#sleepers.sort((a, b) => a.until - b.until);
      const next = this.#sleepers.shift();
      if (next) {
        this.#now = Math.max(this.#now, next.until);
        next.wake();
      }
      setImmediate(() => turn(0));
    };
    setImmediate(() => turn(0));
  }
}
