import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const NAME = /^gongkai-scratch-(\d+)-/;

/**
 * A temporary folder of this process. What processes that were killed left behind is removed on the way: nobody else
 * would, and each may hold the members of an archive.
 */
export function scratchFolder(): string {
  const base = os.tmpdir();
  for (const name of readdirSync(base)) {
    const pid = Number(NAME.exec(name)?.[1]);
    if (!pid || isAlive(pid)) continue;
    // Of another user, or removed by another process at the same moment.
    try {
      rmSync(path.join(base, name), { recursive: true, force: true });
    } catch {}
  }
  return mkdtempSync(path.join(base, `gongkai-scratch-${process.pid}-`));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
