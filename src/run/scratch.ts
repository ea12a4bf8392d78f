import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimes,
  writeSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { newHolder, parseHolder, SIGN_OF_LIFE_MS, stands } from '../process/holder.ts';

const PREFIX = 'gongkai-scratch-';
/** Who made the folder; the time of the file is its last sign of life. In the name it would make paths too long for sockets. */
const HOLDER = '.holder';

/**
 * A temporary folder of this process. What processes that were killed left behind is removed on the way: nobody else
 * would, and each may hold the members of an archive. Containers may share the folder for temporary files.
 */
export function scratchFolder(): string {
  const base = os.tmpdir();
  for (const name of readdirSync(base)) {
    const folder = path.join(base, name);
    if (!name.startsWith(PREFIX) || isHeld(folder)) continue;
    // Of another user, or removed by another process at the same moment.
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {}
  }
  const mine = mkdtempSync(path.join(base, PREFIX));
  const file = path.join(mine, HOLDER);
  const descriptor = openSync(file, 'wx');
  writeSync(descriptor, JSON.stringify(newHolder()));
  closeSync(descriptor);
  const signs = setInterval(() => {
    const now = new Date();
    utimes(file, now, now, (error) => {
      if (error?.code === 'ENOENT') clearInterval(signs);
    });
  }, SIGN_OF_LIFE_MS).unref();
  return mine;
}

/** A folder that names nobody, too, is left for an hour: its holder may be about to write its name. */
function isHeld(folder: string): boolean {
  const file = path.join(folder, HOLDER);
  try {
    const sign = statSync(file, { throwIfNoEntry: false });
    const changedMs = (sign ?? statSync(folder)).mtimeMs;
    const holder = sign ? parseHolder(readFileSync(file, 'utf8')) : null;
    return stands(holder ?? { place: '', boot: '', pid: 0, started: '', token: '' }, Date.now() - changedMs);
  } catch {
    // Into the folder of another user nobody else may look, and one that has gone meanwhile needs no removing.
    return true;
  }
}
