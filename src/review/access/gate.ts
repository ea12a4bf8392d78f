import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Account, hashPassword, type Role, verifyPassword } from './passwords.ts';

/** Who looks at a page. */
export interface Visitor {
  readonly name: string;
  readonly role: Role;
  /** The secret of the session; forms carry a token made of it. */
  readonly session: string;
}

export type LoginResult =
  | { readonly kind: 'in'; readonly session: string }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'too_many'; readonly minutes: number };

const SESSION_HOURS = 12;
const MOST_SESSIONS = 1000;
const FREE_TRIES = 5;
const WINDOW_MS = 15 * 60_000;
const MOST_TRACKED = 10_000;
/** A guess takes memory and a processor: no more than these at once. */
const PARALLEL_GUESSES = 2;

/** Sessions, logins and form tokens. Nothing of it outlives the process. */
export class Gate {
  /** Null: whoever reaches the page is the person at this machine. */
  readonly #accounts: readonly Account[] | null;
  readonly #local: { readonly name: string; readonly role: Role };
  readonly #secret = randomBytes(32);
  readonly #sessions = new Map<string, { name: string; role: Role; until: number }>();
  readonly #failures = new Map<string, number[]>();
  readonly #now: () => number;
  #guessing = 0;
  #decoy: Promise<string> | null = null;

  constructor(options: {
    readonly accounts: readonly Account[] | null;
    readonly localName: string;
    readonly now?: () => number;
  }) {
    this.#accounts = options.accounts;
    this.#local = { name: options.localName, role: 'reviewer' };
    this.#now = options.now ?? Date.now;
  }

  get demandsPassword(): boolean {
    return this.#accounts !== null;
  }

  /** Null: must log in first. Without accounts every browser gets a session of its own, for the form tokens. */
  visitor(cookie: string | undefined): Visitor | null {
    if (this.#accounts === null) {
      const session = cookie && /^[\w-]{43}$/u.test(cookie) ? cookie : newSecret();
      return { ...this.#local, session };
    }
    const known = cookie === undefined ? undefined : this.#sessions.get(cookie);
    if (!known || cookie === undefined) return null;
    if (known.until < this.#now()) {
      this.#sessions.delete(cookie);
      return null;
    }
    return { name: known.name, role: known.role, session: cookie };
  }

  async login(name: string, password: string, address: string): Promise<LoginResult> {
    // Counted before the guess is looked at: many at once are many.
    const keys = [`address ${address}`, `name ${name}`];
    const minutes = Math.max(...keys.map((key) => this.#blockedMinutes(key)));
    if (minutes > 0) return { kind: 'too_many', minutes };
    if (this.#guessing >= PARALLEL_GUESSES) return { kind: 'too_many', minutes: 1 };
    for (const key of keys) this.#noteFailure(key);
    this.#guessing += 1;
    try {
      const account = this.#accounts?.find((a) => a.name === name);
      this.#decoy ??= hashPassword(randomBytes(16).toString('hex'));
      // An unknown name takes as long as a known one.
      const right = await verifyPassword(password, account?.hash ?? (await this.#decoy));
      if (!right || !account) return { kind: 'wrong' };
      for (const key of keys) this.#failures.delete(key);
      const session = newSecret();
      if (this.#sessions.size >= MOST_SESSIONS)
        this.#sessions.delete(this.#sessions.keys().next().value as string);
      this.#sessions.set(session, {
        name: account.name,
        role: account.role,
        until: this.#now() + SESSION_HOURS * 3_600_000,
      });
      return { kind: 'in', session };
    } finally {
      this.#guessing -= 1;
    }
  }

  logout(session: string): void {
    this.#sessions.delete(session);
  }

  /** What every form must carry while this person is logged in. */
  token(session: string): string {
    return createHmac('sha256', this.#secret).update(session).digest('base64url');
  }

  isToken(session: string, token: unknown): boolean {
    if (typeof token !== 'string') return false;
    const expected = Buffer.from(this.token(session));
    const given = Buffer.from(token);
    return expected.length === given.length && timingSafeEqual(expected, given);
  }

  #blockedMinutes(key: string): number {
    const now = this.#now();
    const recent = (this.#failures.get(key) ?? []).filter((at) => at > now - WINDOW_MS);
    if (recent.length < FREE_TRIES) return 0;
    return Math.max(1, Math.ceil(((recent[0] as number) + WINDOW_MS - now) / 60_000));
  }

  #noteFailure(key: string): void {
    const now = this.#now();
    const recent = (this.#failures.get(key) ?? []).filter((at) => at > now - WINDOW_MS);
    this.#failures.delete(key);
    this.#failures.set(key, [...recent, now].slice(-FREE_TRIES));
    if (this.#failures.size > MOST_TRACKED)
      this.#failures.delete(this.#failures.keys().next().value as string);
  }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
