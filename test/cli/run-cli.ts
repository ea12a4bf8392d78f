import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('./entry.ts', import.meta.url));

const WITHOUT_ROOTS_RIGHTS = '--bounding-set=-dac_override,-dac_read_search';

export interface Finished {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line as a process of its own, with standard input and a clean environment for settings. */
export function gongkai(
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly input?: string;
    readonly env?: Readonly<Record<string, string>>;
    /** Without the rights of root to pass over the modes of files. */
    readonly unprivileged?: boolean;
  } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const command = [process.execPath, '--disable-warning=ExperimentalWarning', entry, ...args];
    if (options.unprivileged && process.getuid?.() === 0) command.unshift('setpriv', WITHOUT_ROOTS_RIGHTS);
    const child = spawn(command[0] as string, command.slice(1), {
      cwd: options.cwd ?? process.cwd(),
      env: {
        PATH: process.env['PATH'] ?? path.dirname(process.execPath),
        HOME: process.env['HOME'] ?? '',
        ...options.env,
      },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, err }));
    child.stdin.end(options.input ?? '');
  });
}
