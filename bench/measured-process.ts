import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What a program cost. Times in seconds, memory in MiB. */
export interface Cost {
  readonly seconds: number;
  /** Processor time of the program and of all processes that it started. */
  readonly processorSeconds: number;
  /** Highest resident memory of the program alone; null where there is no /proc. */
  readonly parentMiB: number | null;
  /** Highest sum over the program and the processes that it had started. */
  readonly allMiB: number | null;
  readonly exitCode: number | null;
  readonly stdout: string;
}

const LOOK_MS = 100;

/** Runs a program to its end and looks at its memory on the way. Never throws for a program that fails. */
export async function measuredProcess(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Cost> {
  const from = performance.now();
  const child = spawn(command, args, {
    ...(options.cwd ? { cwd: options.cwd } : {}),
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    stdout += piece;
  });
  let parent = 0;
  let all = 0;
  const ticks = new Map<number, number>();
  const look = () => {
    if (child.pid === undefined) return;
    const family = descendants(child.pid);
    let sum = 0;
    for (const pid of family) {
      const known = status(pid);
      if (!known) continue;
      sum += known.rss;
      ticks.set(pid, Math.max(ticks.get(pid) ?? 0, known.ticks));
      if (pid === child.pid) parent = Math.max(parent, known.peak);
    }
    all = Math.max(all, sum);
  };
  const timer = setInterval(look, LOOK_MS);
  const exitCode = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null));
    child.on('close', (code) => resolve(code));
  });
  clearInterval(timer);
  const seconds = (performance.now() - from) / 1000;
  const processorSeconds = [...ticks.values()].reduce((a, b) => a + b, 0) / 100;
  return {
    seconds,
    processorSeconds,
    parentMiB: parent === 0 ? null : parent,
    allMiB: all === 0 ? null : all,
    exitCode,
    stdout,
  };
}

/** The process and everything below it. */
function descendants(root: number): number[] {
  const children = new Map<number, number[]>();
  try {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const fields = afterName(readFileSync(`/proc/${name}/stat`, 'utf8'));
        const above = Number(fields[1]);
        children.set(above, [...(children.get(above) ?? []), Number(name)]);
      } catch {
        // It ended between two looks.
      }
    }
  } catch {
    return [];
  }
  const found = [root];
  for (let i = 0; i < found.length; i++) found.push(...(children.get(found[i] as number) ?? []));
  return found;
}

function status(pid: number): { rss: number; peak: number; ticks: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
    const fields = afterName(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return {
      rss: kib('VmRSS') / 1024,
      peak: kib('VmHWM') / 1024,
      ticks: Number(fields[11]) + Number(fields[12]),
    };
  } catch {
    return null;
  }
}

/** The fields after the program's name, which may hold spaces: state, parent, … */
function afterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
