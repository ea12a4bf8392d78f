import type { Register } from '../../src/agencies/register.ts';
import type { AddOptions } from '../../src/run/adding.ts';
import { DEFAULT_PARSE_LIMITS } from '../../src/run/parsing/limits.ts';

/** How a file that is brought in by hand is read, where no portals are known. */
export function readByHand(output: string, register: Register): AddOptions {
  return {
    output,
    register,
    processes: 1,
    limits: DEFAULT_PARSE_LIMITS,
    portals: null,
    userAgent: 'test',
    signal: new AbortController().signal,
  };
}
