import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProgramOptions {
  readonly cwd?: string;
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Wall time; past it the program and all that it started are killed. */
  readonly seconds: number;
}

export interface ProgramEnd {
  readonly how: 'done' | 'late' | 'missing';
  readonly code: number | null;
  /** The beginning of what it wrote to standard error. */
  readonly errors: string;
}

const MOST_ERRORS = 4000;

/**
 * Runs a program that a reader needs. It stays in the process group of its caller, so that whoever kills a parser
 * process with its group ends the program with it; a group of its own would let it outlive its parser.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...options.env },
    });
    let errors = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (child.pid !== undefined) killTree(child.pid);
    }, options.seconds * 1000);
    child.stderr.on('data', (chunk: Buffer) => {
      if (errors.length < MOST_ERRORS) errors += chunk.toString('utf8');
    });
    child.once('error', () => {
      clearTimeout(timer);
      resolve({ how: 'missing', code: null, errors });
    });
    // Not `close`: a grandchild that keeps standard error open must not hold up the reader.
    child.once('exit', (code) => {
      clearTimeout(timer);
      setImmediate(() => {
        child.stderr.destroy();
        resolve({ how: late ? 'late' : 'done', code, errors });
      });
    });
  });
}

/** Kills a process and everything that it started. */
export function killTree(pid: number): void {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  for (const one of [...descendants(pid), pid]) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

/** The processes that `pid` started and those that they started, deepest first. Empty on Windows. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const [child, parent] of parents()) children.set(parent, [...(children.get(parent) ?? []), child]);
  const found: number[] = [];
  const visit = (of: number): void => {
    for (const child of children.get(of) ?? []) {
      if (child === of || found.includes(child)) continue;
      visit(child);
      found.push(child);
    }
  };
  visit(pid);
  return found;
}

function parents(): [number, number][] {
  if (process.platform === 'win32') return [];
  if (process.platform === 'linux') {
    return readdirSync('/proc').flatMap((name): [number, number][] => {
      if (!/^\d+$/.test(name)) return [];
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        // The name of the program stands in brackets and may hold anything, brackets and blanks too.
        const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
        return [[Number(name), Number(parent)]];
      } catch {
        return [];
      }
    });
  }
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').flatMap((line): [number, number][] => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    return pid && parent !== undefined ? [[pid, parent]] : [];
  });
}
