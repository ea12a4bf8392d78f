import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * What a test may need from the machine. Without it the test is skipped; with GONGKAI_REQUIRE_ALL=1 (continuous
 * integration) a missing piece is a failure, so that nothing is skipped there unnoticed.
 */
const requireAll = process.env['GONGKAI_REQUIRE_ALL'] === '1';

export type Program =
  | 'soffice'
  | 'tesseract'
  | 'chromium'
  | 'pdftoppm'
  | 'pdftotext'
  | 'pandoc'
  | 'postgres'
  | 'Rscript'
  | 'python3-pandas';

const found = new Map<Program, string | null>();

/** The path of a program, or null. Throws under GONGKAI_REQUIRE_ALL=1 when it is missing. */
export function program(name: Program): string | null {
  let where = found.get(name);
  if (where === undefined) {
    where = locate(name);
    found.set(name, where);
  }
  if (where === null && requireAll)
    throw new Error(`${name} is not installed, and GONGKAI_REQUIRE_ALL=1 demands it`);
  return where;
}

/** The folder named by GONGKAI_CORPUS (saved real reports and portal pages), or null. */
export const corpus = folder('GONGKAI_CORPUS');
/** The folder named by GONGKAI_SEED (the first report the program was asked for), or null. */
export const seed = folder('GONGKAI_SEED');

function folder(variable: string): string | null {
  const value = process.env[variable];
  if (!value) {
    if (requireAll) throw new Error(`${variable} is not set, and GONGKAI_REQUIRE_ALL=1 demands it`);
    return null;
  }
  if (!existsSync(value)) throw new Error(`${variable}=${value}: no such folder`);
  return value;
}

function locate(name: Program): string | null {
  if (name === 'postgres') {
    const onPath = which('postgres');
    if (onPath) return onPath;
    const root = '/usr/lib/postgresql';
    if (!existsSync(root)) return null;
    const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
    for (const version of versions) {
      const candidate = path.join(root, version, 'bin', 'postgres');
      if (existsSync(candidate)) return candidate;
    }
    return null;
  }
  if (name === 'python3-pandas') {
    for (const python of ['/usr/bin/python3', 'python3']) {
      if (spawnSync(python, ['-c', 'import pandas'], { stdio: 'ignore' }).status === 0) return python;
    }
    return null;
  }
  return which(name);
}

function which(name: string): string | null {
  for (const directory of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const candidate = path.join(directory, name);
    if (directory && existsSync(candidate)) return candidate;
  }
  return null;
}
