import type { Clock } from '../../crawl/clock.ts';
import type { PortalConfig } from '../../crawl/config/config.ts';
import { type HostGroup, HostGroups } from '../../crawl/http/host-group.ts';
import type { PaceState } from '../../crawl/http/pace.ts';
import { type HostLeases, type LeaseHolder, LeaseLostError } from './host-leases.ts';

/**
 * The host groups of one portal's crawl, with a lease on each: on the groups of all its hosts from the beginning, and
 * on the address of each machine as soon as it is known. A worker never waits for a lease while it holds others, so
 * that no two wait for each other: `HostsBusyError` ends the crawl, which is taken up again later where it stopped.
 */
export class LeasedHostGroups extends HostGroups {
  readonly #leases: HostLeases;
  readonly #owner: string;
  readonly #holder: LeaseHolder;
  readonly #clock: Clock;
  readonly #keys = new Set<string>();
  readonly #lost = new AbortController();
  #validUntil = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #renewing: Promise<void> | null = null;

  private constructor(leases: HostLeases, owner: string, holder: LeaseHolder, clock: Clock) {
    super();
    this.#leases = leases;
    this.#owner = owner;
    this.#holder = holder;
    this.#clock = clock;
  }

  /** Throws `HostsBusyError` when another worker has one of the portal's hosts. */
  static async take(
    leases: HostLeases,
    owner: string,
    holder: LeaseHolder,
    portal: PortalConfig,
    clock: Clock,
  ): Promise<LeasedHostGroups> {
    const groups = new LeasedHostGroups(leases, owner, holder, clock);
    const own = new Set(portal.allowedHosts.map((host) => groups.of(host, portal.hostGroup)));
    const taken = await groups.#acquire([...own].map((group) => group.name));
    for (const group of own) group.pace.resume(clock.now(), taken);
    const every = leases.ttlMs / 4;
    groups.#timer = setInterval(() => {
      groups.#renewing ??= groups.#renew().finally(() => {
        groups.#renewing = null;
      });
    }, every);
    return groups;
  }

  /** Aborted when the lease was lost, or could not be renewed in time. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  override async claim(address: string, group: HostGroup): Promise<HostGroup> {
    const key = `address:${address}`;
    if (!this.#keys.has(key)) group.pace.resume(this.#clock.now(), await this.#acquire([key]));
    return await super.claim(address, group);
  }

  override async asking(_group: HostGroup, restMs: number): Promise<void> {
    this.#lost.signal.throwIfAborted();
    await this.#fenced((keys) => this.#leases.asking(this.#owner, keys, restMs));
  }

  override async answered(group: HostGroup): Promise<void> {
    await this.#fenced((keys) =>
      this.#leases.answered(this.#owner, keys, group.pace.state(this.#clock.now())),
    );
  }

  /** Closes the connections first: a host is given back only when it is no longer spoken to. */
  override async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#renewing;
    await super.close();
    await this.#leases.release(this.#owner);
  }

  async #acquire(keys: readonly string[]): Promise<PaceState> {
    const before = performance.now();
    const { restMs, pace } = await this.#leases.acquire(this.#owner, this.#holder, keys);
    for (const key of keys) this.#keys.add(key);
    this.#validUntil = Math.min(this.#validUntil, before + this.#leases.ttlMs);
    return { delayMs: null, multiplier: 1, strikes: 0, ...pace, restMs };
  }

  async #renew(): Promise<void> {
    try {
      await this.#fenced((keys) => this.#leases.renew(this.#owner, keys));
    } catch (error) {
      // A database that does not answer is no loss until the time is over that others must wait.
      const left = this.#validUntil - performance.now();
      if (error instanceof LeaseLostError || left < this.#leases.ttlMs / 3) this.#lost.abort(error);
    }
  }

  async #fenced(statement: (keys: string[]) => Promise<void>): Promise<void> {
    const before = performance.now();
    try {
      await statement([...this.#keys]);
      this.#validUntil = before + this.#leases.ttlMs;
    } catch (error) {
      if (error instanceof LeaseLostError) this.#lost.abort(error);
      throw error;
    }
  }
}
