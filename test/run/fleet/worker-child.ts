import { readFile } from 'node:fs/promises';
import { EMPTY_REGISTER } from '../../../src/agencies/register.ts';
import { readRegister } from '../../../src/agencies/register-file.ts';
import { openStore } from '../../../src/dataset/open-store.ts';
import { runWorker } from '../../../src/run/fleet/worker.ts';
import { DEFAULT_PARSE_LIMITS } from '../../../src/run/parsing/limits.ts';
import { FastClock } from './fast-clock.ts';

/**
 * One worker in a process of its own, so that it can be killed. Its argument is JSON; it says what happens, one line of
 * JSON each, on standard output.
 */
export interface ChildOptions {
  readonly address: string;
  readonly output: string;
  readonly agencies: string | null;
  readonly hosts: readonly (readonly [string, string])[];
  readonly clock: { readonly real: number; readonly start: number; readonly speed: number };
  readonly heartbeatSeconds: number;
  readonly processes: number;
  readonly portals: number;
}

const options = JSON.parse(await readFile(process.argv[2] as string, 'utf8')) as ChildOptions;
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const store = await openStore(options.address);
await runWorker(store, {
  address: options.address,
  output: options.output,
  register: options.agencies === null ? EMPTY_REGISTER : await readRegister(options.agencies),
  processes: options.processes,
  portals: options.portals,
  limits: DEFAULT_PARSE_LIMITS,
  signal: stop.signal,
  untilIdle: true,
  heartbeatSeconds: options.heartbeatSeconds,
  pollMs: 200,
  clock: new FastClock(options.clock),
  network: { allowLoopback: true, resolve: new Map(options.hosts) },
  onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
});
await store.close();
process.exit(0);
