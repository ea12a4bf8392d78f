import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ReadError, type ReadLimits, type Source } from './document.ts';

/** The kinds of file that LibreOffice is asked for. */
export type Target = 'doc' | 'xlsx';

const FILTERS: Readonly<Record<Target, string>> = {
  doc: 'doc:MS Word 97',
  xlsx: 'xlsx:Calc MS Excel 2007 XML',
};
const SECONDS = 60;

/**
 * Converts a document with LibreOffice, or returns null where it is not installed. Each call has its own profile in
 * its own temporary folder (two calls with one profile silently convert nothing) and both are removed afterwards.
 *
 * Throws `timed_out`; `corrupt` where LibreOffice cannot open the file; `too_large`.
 */
export async function convert(
  source: Source,
  target: Target,
  limits: ReadLimits,
): Promise<Uint8Array | null> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gongkai-office-'));
  try {
    const input = path.join(folder, 'document');
    const output = path.join(folder, 'out');
    await writeFile(input, source.bytes);
    const ended = await run(
      [
        `-env:UserInstallation=${pathToFileURL(path.join(folder, 'profile')).href}`,
        '--headless',
        '--norestore',
        '--convert-to',
        FILTERS[target],
        '--outdir',
        output,
        input,
      ],
      folder,
    );
    if (ended === 'missing') return null;
    if (ended === 'late')
      throw new ReadError(
        'timed_out',
        `${source.name}: LibreOffice did not finish within ${SECONDS} seconds.`,
      );
    const made = await readdir(output).catch(() => []);
    const name = made[0];
    if (!name) throw new ReadError('corrupt', `${source.name}: LibreOffice cannot open it either.`);
    const result = path.join(output, name);
    if ((await stat(result)).size > limits.inflatedBytes)
      throw new ReadError('too_large', `${source.name}: converted it exceeds ${limits.inflatedBytes} bytes.`);
    return await readFile(result);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** The program starts children of its own, so it gets a process group, which is ended as a whole. */
function run(options: readonly string[], folder: string): Promise<'done' | 'late' | 'missing'> {
  return new Promise((resolve) => {
    const child = spawn('soffice', options, {
      cwd: folder,
      stdio: 'ignore',
      detached: true,
      env: { ...process.env, HOME: folder, TMPDIR: folder },
    });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (child.pid !== undefined) endGroup(child.pid);
    }, SECONDS * 1000);
    child.once('error', () => {
      clearTimeout(timer);
      resolve('missing');
    });
    child.once('exit', () => {
      clearTimeout(timer);
      resolve(late ? 'late' : 'done');
    });
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}
