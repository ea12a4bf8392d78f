import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** What a person may do: look, or decide as well. */
export type Role = 'reader' | 'reviewer';

export interface Account {
  readonly name: string;
  readonly role: Role;
  /** `scrypt$N$r$p$salt$hash`, the last two in base64url. */
  readonly hash: string;
}

/** A mistake in the password file, with its line. */
export class PasswordFileError extends Error {
  override readonly name = 'PasswordFileError';
}

/** 32 MiB and some 0.1 s for every guess. */
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const SHORTEST = 8;

export async function hashPassword(password: string): Promise<string> {
  if ([...password].length < SHORTEST) throw new RangeError(`a password has at least ${SHORTEST} characters`);
  const salt = randomBytes(16);
  const hash = await derive(password, salt, 32, COST);
  return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const parts = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/u.exec(stored);
  if (!parts) return false;
  const [N, r, p] = parts.slice(1, 4).map(Number) as [number, number, number];
  const expected = Buffer.from(parts[5] as string, 'base64url');
  const actual = await derive(password, Buffer.from(parts[4] as string, 'base64url'), expected.length, {
    N,
    r,
    p,
  });
  return timingSafeEqual(actual, expected);
}

function derive(
  password: string,
  salt: Buffer,
  length: number,
  cost: { N: number; r: number; p: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, length, { ...cost, maxmem: 256 * 2 ** 20 }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

/** One person a line, `name:role:hash`; empty lines and lines with `#` are passed over. */
export function parsePasswordFile(text: string, file: string): Account[] {
  const accounts: Account[] = [];
  text.split(/\r?\n/u).forEach((line, i) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    const parts = /^([^:]{1,60}):(reader|reviewer):(scrypt\$\d+\$\d+\$\d+\$[\w-]+\$[\w-]+)$/u.exec(
      line.trim(),
    );
    if (!parts) {
      throw new PasswordFileError(
        `${file}, line ${i + 1}: expected “name:reader:scrypt$…” or “name:reviewer:scrypt$…”; “gongkai review --add-person <name> --password-file ${file}” writes such a line`,
      );
    }
    accounts.push({ name: parts[1] as string, role: parts[2] as Role, hash: parts[3] as string });
  });
  return accounts;
}

export function passwordLine(account: Account): string {
  return `${account.name}:${account.role}:${account.hash}\n`;
}
