import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';

/**
 * Names one process among all that may see a folder: those of this machine, of its containers (each counts its
 * processes from 1) and of the machines that share the folder.
 */
export interface ProcessMark {
  /** Name of the machine or container, for people. */
  readonly host: string;
  /** Where process ids are counted together: the machine, or the container on it. */
  readonly place: string;
  /** From one start of the system to the next; empty where the system does not tell. */
  readonly boot: string;
  readonly pid: number;
  /** Tells two processes of one id apart; empty where the system does not tell. */
  readonly started: string;
}

/** Of a process on another machine nothing can be known. */
export type Standing = 'this' | 'alive' | 'gone' | 'elsewhere';

/** The namespace of process ids that a Linux machine starts with has this number on every one (PROC_PID_INIT_INO). */
const OF_THE_MACHINE = 'pid:[4026531836]';

let own: ProcessMark | null = null;

export function thisProcess(): ProcessMark {
  own ??= {
    host: os.hostname(),
    place: digest(`${os.hostname()}\n${MACHINE}\n${NAMESPACE}`),
    boot: digest(text('/proc/sys/kernel/random/boot_id')),
    pid: process.pid,
    started: stat('self')?.started ?? '',
  };
  return own;
}

export function standingOf(mark: Omit<ProcessMark, 'host'>): Standing {
  const here = thisProcess();
  if (mark.place !== here.place) return 'elsewhere';
  if (mark.boot !== here.boot) {
    // A machine that can be told from all others has been started again since. Two containers may be called the same.
    return MACHINE !== '' && NAMESPACE === OF_THE_MACHINE && mark.boot !== '' ? 'gone' : 'elsewhere';
  }
  if (mark.pid === here.pid) return mark.started === here.started ? 'this' : 'gone';
  return isAlive(mark.pid, mark.started) ? 'alive' : 'gone';
}

function isAlive(pid: number, started: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  // /proc may be that of the machine around a container, where the id is another's.
  if (link('/proc/self') !== String(process.pid)) return true;
  const now = stat(String(pid));
  if (now === null) return true;
  return now.state !== 'Z' && (started === '' || now.started === started);
}

/** From proc(5): the state, and the ticks from the start of the system to that of the process. */
function stat(pid: string): { readonly state: string; readonly started: string } | null {
  const line = text(`/proc/${pid}/stat`);
  // The name of the program stands in brackets and may hold brackets and spaces.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  return state && started ? { state, started } : null;
}

const MACHINE = text('/etc/machine-id');
const NAMESPACE = link('/proc/self/ns/pid');

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

function digest(value: string): string {
  return value === '' ? '' : createHash('sha256').update(value).digest('hex').slice(0, 12);
}
