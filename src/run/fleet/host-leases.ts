import type { PaceState } from '../../crawl/http/pace.ts';
import type { Database } from '../../dataset/dialect.ts';

/** Another worker has one of the hosts. Nothing was asked; try again later. */
export class HostsBusyError extends Error {
  override readonly name = 'HostsBusyError';
}

/** The lease ran out or was taken over: not one request more may go out. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

export interface LeaseHolder {
  readonly worker: string;
  readonly portal: string;
}

/** As the fleet shows it. */
export interface HostLease {
  readonly key: string;
  readonly worker: string | null;
  readonly portal: string | null;
  /** Seconds until it runs out unless it is renewed; null when nobody has it. */
  readonly secondsLeft: number | null;
  /** Seconds until the hosts may be asked again, whoever asks. */
  readonly restSeconds: number;
}

interface Taken {
  readonly restMs: number;
  readonly pace: PaceState | null;
}

/**
 * Leases on host groups, as rows in Postgres: who has one is the only worker that asks these hosts. A lease ends by
 * itself when it is not renewed. Every statement compares with the clock of the database, and a request is preceded by
 * a statement that fails when the lease is gone.
 *
 * A lease also carries the pause that is owed to the hosts from one holder to the next. Before a request the longest
 * pause is noted, after it the right one; whoever takes over from a worker that died in between waits the longer.
 */
export class HostLeases {
  readonly #database: Database;
  readonly ttlMs: number;

  constructor(database: Database, ttlMs = 20_000) {
    this.#database = database;
    this.ttlMs = ttlMs;
  }

  /**
   * Takes all of `keys` for `owner`, or none: throws `HostsBusyError`. Keys that the owner has already are renewed.
   * Returns the longest pause owed to any of them, and their pace.
   */
  async acquire(owner: string, holder: LeaseHolder, keys: readonly string[]): Promise<Taken> {
    // One order for everybody, so that two that want the same rows wait for each other rather than in a circle.
    const wanted = [...new Set(keys)].sort();
    return await this.#database.write(async (session) => {
      let restMs = 0;
      let pace: PaceState | null = null;
      for (const key of wanted) {
        const [row] = await session.arrays(
          `insert into fleet_hosts as h (key, owner, worker, portal, until)
           values (?, ?, ?, ?, clock_timestamp() + ?::double precision * interval '1 ms')
           on conflict (key) do update
             set owner = excluded.owner, worker = excluded.worker, portal = excluded.portal,
               until = clock_timestamp() + ?::double precision * interval '1 ms'
             where h.owner is null or h.owner = excluded.owner or h.until <= clock_timestamp()
           returning greatest(0, h.rest_ms - extract(epoch from clock_timestamp() - h.noted_at) * 1000)::double precision
             as rest, h.pace as pace`,
          [key, owner, holder.worker, holder.portal, this.ttlMs, this.ttlMs],
        );
        if (!row) throw new HostsBusyError(`another worker has ${key}`);
        const rest = Math.ceil(Number(row[0]));
        const kept = typeof row[1] === 'string' ? (JSON.parse(row[1]) as PaceState) : null;
        restMs = Math.max(restMs, rest);
        pace = stricter(pace, kept);
      }
      return { restMs, pace };
    });
  }

  /** Throws `LeaseLostError` unless the owner has all of `keys` at this moment; renews them. */
  async renew(owner: string, keys: readonly string[]): Promise<void> {
    await this.#held(
      owner,
      keys,
      `update fleet_hosts set until = clock_timestamp() + ?::double precision * interval '1 ms'`,
      [this.ttlMs],
    );
  }

  /** The same right before a request; until the answer is noted, `restMs` is owed to the hosts. */
  async asking(owner: string, keys: readonly string[], restMs: number): Promise<void> {
    await this.#held(
      owner,
      keys,
      `update fleet_hosts set until = clock_timestamp() + ?::double precision * interval '1 ms',
         rest_ms = ?::double precision, noted_at = clock_timestamp(), asked = asked + 1`,
      [this.ttlMs, restMs],
    );
  }

  /** The pause that is owed after an answer, and what the pace is worked out from. */
  async answered(owner: string, keys: readonly string[], pace: PaceState): Promise<void> {
    await this.#held(
      owner,
      keys,
      `update fleet_hosts set rest_ms = ?::double precision, noted_at = clock_timestamp(), pace = ?`,
      [pace.restMs, JSON.stringify(pace)],
    );
  }

  /** Gives back what the owner still has. The pause stays owed; strikes and doubled pauses were for this run. */
  async release(owner: string): Promise<void> {
    await this.#database.write((session) =>
      session.arrays(
        'update fleet_hosts set owner = null, worker = null, portal = null, until = null, pace = null where owner = ?',
        [owner],
      ),
    );
  }

  async list(): Promise<HostLease[]> {
    const rows = await this.#database.read((session) =>
      session.arrays(
        `select key, worker, portal,
           case when until > clock_timestamp() then extract(epoch from until - clock_timestamp())::double precision end
             as left,
           greatest(0, rest_ms / 1000 - extract(epoch from clock_timestamp() - noted_at))::double precision as rest
         from fleet_hosts order by key`,
        [],
      ),
    );
    return rows.map(([key, worker, portal, left, rest]) => ({
      key: String(key),
      worker: left === null ? null : (worker as string | null),
      portal: left === null ? null : (portal as string | null),
      secondsLeft: left === null ? null : Math.round(Number(left)),
      restSeconds: Math.ceil(Number(rest)),
    }));
  }

  async #held(
    owner: string,
    keys: readonly string[],
    update: string,
    values: readonly (string | number)[],
  ): Promise<void> {
    if (keys.length === 0) return;
    const wanted = [...new Set(keys)].sort();
    await this.#database.write(async (session) => {
      const rows = await session.arrays(
        `${update} where key in (${wanted.map(() => '?').join(',')}) and owner = ? and until > clock_timestamp()
         returning key`,
        [...values, ...wanted, owner],
      );
      if (rows.length !== wanted.length) {
        const held = new Set(rows.map(([key]) => key));
        throw new LeaseLostError(`the lease on ${wanted.filter((key) => !held.has(key)).join(', ')} is gone`);
      }
    });
  }
}

function stricter(a: PaceState | null, b: PaceState | null): PaceState | null {
  if (a === null || b === null) return a ?? b;
  return {
    restMs: Math.max(a.restMs, b.restMs),
    delayMs: Math.max(a.delayMs ?? 0, b.delayMs ?? 0) || null,
    multiplier: Math.max(a.multiplier, b.multiplier),
    strikes: Math.max(a.strikes, b.strikes),
  };
}
