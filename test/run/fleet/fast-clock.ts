import { setTimeout as timer } from 'node:timers/promises';
import type { Clock } from '../../../src/crawl/clock.ts';

/** A clock that runs so many times faster, and shows the same time in every process that was given the same numbers. */
export class FastClock implements Clock {
  readonly #of: { readonly real: number; readonly start: number; readonly speed: number };

  constructor(of: { readonly real: number; readonly start: number; readonly speed: number }) {
    this.#of = of;
  }

  now(): number {
    return this.#of.start + (Date.now() - this.#of.real) * this.#of.speed;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    // A timer may fire a moment early, and a moment here is a long time there.
    for (const end = this.now() + ms; this.now() < end; )
      await timer(Math.ceil((end - this.now()) / this.#of.speed), undefined, signal ? { signal } : {}).catch(
        () => signal?.throwIfAborted(),
      );
    signal?.throwIfAborted();
  }
}
