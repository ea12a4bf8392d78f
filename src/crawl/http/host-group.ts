import PQueue from 'p-queue';
import { getDomain } from 'tldts';
import type { Client } from 'undici';
import type { CrawlError } from '../error.ts';
import { Pace } from './pace.ts';

/**
 * Hosts that are, or may be, one machine: one request at a time, one open connection, one pace. Counties on an
 * intensive platform are many names on one server, and each alone would look polite.
 */
export class HostGroup {
  readonly name: string;
  readonly queue = new PQueue({ concurrency: 1 });
  readonly pace = new Pace();
  /** Hosts that are left alone for the rest of the run, and why. */
  readonly stopped = new Map<string, CrawlError>();
  /** Requests in a row that failed after all their attempts, by host. */
  readonly unanswered = new Map<string, number>();
  /** Set when the whole group is left alone. */
  stoppedAll: CrawlError | null = null;
  /** The only open connection. */
  connection: { readonly key: string; readonly client: Client } | null = null;
  /** The group it was found to be one machine with. */
  mergedInto: HostGroup | null = null;

  constructor(name: string) {
    this.name = name;
  }

  async disconnect(): Promise<void> {
    const open = this.connection;
    this.connection = null;
    if (open) await open.client.destroy().catch(() => {});
  }
}

const again = Symbol('again');

/** The host groups of one run, shared by its portals. */
export class HostGroups {
  readonly #byName = new Map<string, HostGroup>();
  readonly #byAddress = new Map<string, HostGroup>();

  /** `configured`: host_group of portals.yaml; without one the registrable domain is the group. */
  of(host: string, configured: string | null): HostGroup {
    const name = configured ?? `site:${getDomain(host, { allowPrivateDomains: false }) ?? host}`;
    let group = this.#byName.get(name);
    if (!group) {
      group = new HostGroup(name);
      this.#byName.set(name, group);
    }
    return root(group);
  }

  /**
   * Called right before each request of a group goes out. `restMs`: the longest pause that the answer can ask for. A
   * fleet proves here that no other worker has the hosts, and notes that they are being asked.
   */
  async asking(_group: HostGroup, _restMs: number): Promise<void> {}

  /** Called after each answer or failure, when the group's pace knows about it. */
  async answered(_group: HostGroup): Promise<void> {}

  /** Notes that `group` answers at this address. Returns the group that owns the address, merging both. */
  async claim(address: string, group: HostGroup): Promise<HostGroup> {
    const owner = this.#byAddress.get(address);
    if (!owner) {
      this.#byAddress.set(address, group);
      return group;
    }
    const first = root(owner);
    if (first === group) return group;
    group.mergedInto = first;
    first.pace.absorb(group.pace);
    for (const [host, error] of group.stopped) first.stopped.set(host, error);
    first.stoppedAll ??= group.stoppedAll;
    return first;
  }

  /**
   * Runs `task` when the host's group has nothing else under way. When the task finds that the host belongs to another
   * group, it returns `moved` and is run again in that group's turn.
   */
  async inTurn<T>(
    host: string,
    configured: string | null,
    task: (group: HostGroup, moved: typeof again) => Promise<T | typeof again>,
  ): Promise<T> {
    for (;;) {
      const group = this.of(host, configured);
      const result = await group.queue.add(async () => {
        if (root(group) !== group) return again;
        return await task(group, again);
      });
      if (result !== again) return result as T;
    }
  }

  /** Closes every connection. */
  async close(): Promise<void> {
    await Promise.all([...this.#byName.values()].map((group) => group.disconnect()));
  }
}

function root(group: HostGroup): HostGroup {
  let at = group;
  while (at.mergedInto) at = at.mergedInto;
  return at;
}
