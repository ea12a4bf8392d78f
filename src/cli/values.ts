import { distance } from 'fastest-levenshtein';
import { UsageError } from './exit.ts';

/** What was typed for a flag or an argument, held against what there is. All throw UsageError. */

/** One of a closed list, upper and lower case alike. `name`: the flag as typed. */
export function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((a) => a.toLowerCase() === value.trim().toLowerCase());
  if (found !== undefined) return found;
  throw new UsageError(
    `${name} ${value}: “${value.trim()}” is none of ${allowed.join(', ')}${didYouMean(value, allowed)}`,
  );
}

/** Several of a closed list, separated by commas. */
export function severalOf<T extends string>(name: string, value: string, allowed: readonly T[]): T[] {
  return value.split(/[,，、]/u).map((part) => oneOf(name, part, allowed));
}

export function yearOf(name: string, value: string): number {
  if (!/^20\d\d$/u.test(value)) throw new UsageError(`${name} ${value}: a year such as 2024 is expected`);
  return Number(value);
}

/** `. Did you mean X?`, or nothing where nothing is near. */
export function didYouMean(value: string, known: Iterable<string>): string {
  const close = nearest(value, known);
  return close === null ? '' : `; did you mean ${close}?`;
}

/** The one that was probably meant; null where none is near. */
export function nearest(value: string, known: Iterable<string>): string | null {
  const typed = value.trim().toLowerCase();
  let best: { name: string; far: number } | null = null;
  for (const name of known) {
    const lower = name.toLowerCase();
    const part = typed.length >= 2 && (lower.includes(typed) || typed.includes(lower));
    const far = part ? 0.5 : distance(lower, typed);
    if (far <= Math.max(2, Math.floor(lower.length / 3)) && far < (best?.far ?? Number.POSITIVE_INFINITY))
      best = { name, far };
  }
  return best?.name ?? null;
}
