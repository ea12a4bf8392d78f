import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Temporary folders that a process has made and that are still there. */
export function scratchFoldersOf(pid: number): string[] {
  return readdirSync(os.tmpdir()).filter((name) => {
    if (!name.startsWith('gongkai-scratch-')) return false;
    try {
      return JSON.parse(readFileSync(path.join(os.tmpdir(), name, '.holder'), 'utf8')).pid === pid;
    } catch {
      return false;
    }
  });
}
