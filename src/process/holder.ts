import { randomUUID } from 'node:crypto';
import { type ProcessMark, standingOf, thisProcess } from './mark.ts';

/** Who holds a lock or a folder: a process, and one of the things that it took. */
export interface Holder extends ProcessMark {
  readonly token: string;
}

/** How often a holder shows that it is alive, to those who cannot see whether its process is. */
export const SIGN_OF_LIFE_MS = 5 * 60_000;
/**
 * Without a sign of life for so long a holder on another machine or in another container is gone: a container that was
 * killed finds its own lock as that of another. Clocks of machines that differ by less than this do not matter.
 */
export const GONE_AFTER_MS = 60 * 60_000;

/** Tokens of what this process holds. */
const held = new Set<string>();

/** This process, for something that it takes; until `letGo`. */
export function newHolder(): Holder {
  const token = randomUUID();
  held.add(token);
  return { ...thisProcess(), token };
}

export function letGo({ token }: Pick<Holder, 'token'>): void {
  held.delete(token);
}

/**
 * The one rule of whether what is held may be taken: no, while the holder's process lives or, where nobody here can see
 * that, while its last sign of life is less than an hour ago.
 * @param silentMs since the last sign of life
 */
export function stands(holder: Omit<Holder, 'host'>, silentMs: number): boolean {
  const standing = standingOf(holder);
  if (standing === 'elsewhere') return silentMs < GONE_AFTER_MS;
  // Under the mark of this process, what it does not hold is of one before it, or was never let go.
  if (standing === 'this') return held.has(holder.token);
  return standing !== 'gone';
}

/** What was written as JSON, with what stands beside it; null where that names no process. */
export function parseHolder(text: string): (Holder & Readonly<Record<string, unknown>>) | null {
  try {
    const found = JSON.parse(text) as Partial<Holder> | null;
    if (!Number.isInteger(found?.pid)) return null;
    // Version 0.1.0 wrote the process id and nothing else of these: it is taken for one of this machine.
    const { host, place, boot } = thisProcess();
    return { host, place, boot, started: '', token: '', ...(found as { pid: number }) };
  } catch {
    return null;
  }
}
