import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { standingOf, thisProcess } from './mark.ts';

/** What a process of another machine left, which nobody can ask after, goes when it is as old as this. */
const FORSAKEN_MS = 24 * 3_600_000;

/** A name beside a file or folder for what is to take its place when it is whole. */
export function partOf(target: string): string {
  const { place, boot, pid, started } = thisProcess();
  return `${target}.part-${[place, boot, pid, started, randomBytes(4).toString('hex')].join('.')}`;
}

/**
 * Takes away the parts of a file or folder that processes which were killed have left.
 * @param now of the file system's clock (milliseconds), where it is known: then also what is old and of other machines
 */
export function clearParts(target: string, now?: number): void {
  const parent = path.dirname(target);
  const prefix = `${path.basename(target)}.part-`;
  for (const name of names(parent)) {
    if (!name.startsWith(prefix)) continue;
    const part = path.join(parent, name);
    const standing = standingOfPart(name.slice(prefix.length));
    const forsaken = standing === 'elsewhere' && now !== undefined && now - changed(part) > FORSAKEN_MS;
    if (standing !== 'gone' && !forsaken) continue;
    // Of another user, or removed by another process at the same moment.
    try {
      rmSync(part, { recursive: true, force: true });
    } catch {}
  }
}

function standingOfPart(mark: string) {
  const { place: here, boot: now } = thisProcess();
  // Version 0.1.0 wrote the id of the process and nothing else.
  const [place = '', boot = '', pid = '', started = ''] = /^\d+$/u.test(mark)
    ? [here, now, mark, '']
    : mark.split('.');
  return /^\d+$/u.test(pid) ? standingOf({ place, boot, pid: Number(pid), started }) : 'elsewhere';
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function changed(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
}
