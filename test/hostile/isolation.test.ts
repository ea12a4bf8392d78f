import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { thisProcess } from '../../src/process/mark.ts';
import { DEFAULT_LIMITS } from '../../src/read/document.ts';
import { convert } from '../../src/read/libreoffice.ts';
import { descendants, runProgram } from '../../src/read/program.ts';
import { DEFAULT_PARSE_LIMITS, type ParseLimits } from '../../src/run/parsing/limits.ts';
import { ParserPool } from '../../src/run/parsing/pool.ts';
import { scratchFolder } from '../../src/run/scratch.ts';
import { program } from '../support/requires.ts';
import { scratchFoldersOf } from '../support/scratch.ts';

const unruly = new URL('./unruly-parser.ts', import.meta.url);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-isolation-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const job = (name: string, text: string) => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return { kind: 'parse', file, document: name, name, limits: DEFAULT_LIMITS } as const;
};

async function withPool<T>(limits: Partial<ParseLimits>, work: (pool: ParserPool) => Promise<T>): Promise<T> {
  const pool = new ParserPool(1, { ...DEFAULT_PARSE_LIMITS, ...limits }, unruly);
  try {
    return await work(pool);
  } finally {
    await pool.close();
  }
}

describe('a parser process', () => {
  test.each([
    ['!hang', 'timed_out', /wallMs/, 6000],
    ['!memory', 'too_large', /memoryBytes/, 60_000],
    ['!heap', 'too_large', /more memory than a process may have|memoryBytes/, 60_000],
    ['!crash', 'crashed', /took its parser process down 2 times/, 60_000],
    ['!exit', 'crashed', /exit code 7/, 60_000],
  ])(
    'that does %s costs its document, as %s, and nothing else',
    async (behaviour, outcome, reason, wallMs) => {
      await withPool({ wallMs, memoryBytes: 400 * 2 ** 20 }, async (pool) => {
        const bad = await pool.run(job('bad.txt', behaviour));
        if (bad.kind !== 'failed') throw new Error(bad.kind);
        expect(bad.failure).toBe(outcome);
        expect(bad.message).toMatch(reason);
        const good = await pool.run(
          job('good.txt', '关于报送政府信息公开工作年度报告的通知\n请按时报送。\n'),
        );
        expect(good).toMatchObject({ kind: 'parsed' });
      });
    },
  );

  test('that is slow to start does not cost its first document the time', async () => {
    vi.stubEnv('UNRULY_START_MS', '6000');
    await withPool({ wallMs: 5000 }, async (pool) => {
      const first = await pool.run(
        job('first.txt', '关于报送政府信息公开工作年度报告的通知\n请按时报送。\n'),
      );
      expect(first).toMatchObject({ kind: 'parsed' });
    });
  });

  test.skipIf(process.platform !== 'linux')(
    'that is killed takes the programs that it started with it',
    async () => {
      await withPool({ wallMs: 6000 }, async (pool) => {
        const reading = pool.run(job('bad.txt', '!program'));
        const started = await until(() =>
          descendants(process.pid).filter((pid) => commandOf(pid).includes('sleep')),
        );
        expect(await reading).toMatchObject({ failure: 'timed_out' });
        await until(() => (started.some(isRunning) ? [] : [true]));
      });
    },
  );

  test.skipIf(process.platform !== 'linux')(
    'that loops ends when the program that started it is gone',
    async () => {
      const file = job('bad.txt', '!program').file;
      const script = path.join(folder, 'run.ts');
      writeFileSync(
        script,
        `import { ParserPool } from ${JSON.stringify(new URL('../../src/run/parsing/pool.ts', import.meta.url).href)};
       import { DEFAULT_PARSE_LIMITS as limits } from ${JSON.stringify(new URL('../../src/run/parsing/limits.ts', import.meta.url).href)};
       const pool = new ParserPool(1, limits, new URL(${JSON.stringify(unruly.href)}));
       void pool.run({ kind: 'parse', file: ${JSON.stringify(file)}, document: 'x', name: 'x', limits: limits.read });`,
      );
      const parent = spawn(process.execPath, ['--no-warnings', script], { stdio: 'ignore' });
      const parser = await until(() =>
        descendants(parent.pid!).filter((pid) => commandOf(pid).includes('sleep')),
      );
      const all = descendants(parent.pid!);
      expect(all.length).toBeGreaterThan(1);
      parent.kill('SIGKILL');
      await once(parent, 'exit');
      await until(() => (all.some(isRunning) ? [] : [true]));
      expect(parser.some(isRunning)).toBe(false);
    },
  );

  test('leaves no temporary files, and those of a run that was killed are removed by the next', async () => {
    const left = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
    await once(left, 'exit');
    const stale = scratchOf(left.pid);
    const before = scratchFoldersOf(process.pid);
    await withPool({}, (pool) => pool.run(job('good.txt', '通知\n')));
    expect(existsSync(stale)).toBe(false);
    const mine = scratchFolder();
    expect(scratchFoldersOf(process.pid).length).toBe(before.length + 1);
    rmSync(mine, { recursive: true });
    expect(scratchFoldersOf(process.pid)).toEqual(before);
  });

  test('leaves temporary files of others alone until they gave no sign of life for an hour', () => {
    const ago = (minutes: number) => Date.now() / 1000 - minutes * 60;
    const foreign = scratchOf(2 ** 30, 'another');
    const nameless = mkdtempSync(path.join(os.tmpdir(), 'gongkai-scratch-'));
    const mine = scratchFolder();
    rmSync(scratchFolder(), { recursive: true });
    expect([foreign, nameless, mine].map((folder) => existsSync(folder))).toEqual([true, true, true]);
    utimesSync(path.join(foreign, '.holder'), ago(70), ago(70));
    utimesSync(nameless, ago(70), ago(70));
    utimesSync(path.join(mine, '.holder'), ago(70), ago(70));
    rmSync(scratchFolder(), { recursive: true });
    expect([foreign, nameless, mine].map((folder) => existsSync(folder))).toEqual([false, false, true]);
    rmSync(mine, { recursive: true });
  });
});

/** A temporary folder as a process of this id, in this place or another, has left it. */
function scratchOf(pid: number | undefined, place = thisProcess().place): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-scratch-'));
  const holder = { ...thisProcess(), pid, place, token: 'x' };
  writeFileSync(path.join(folder, '.holder'), JSON.stringify(holder));
  return folder;
}

test.skipIf(process.platform !== 'linux')(
  'A program that takes too long ends with all that it started.',
  async () => {
    const ended = runProgram('sh', ['-c', 'sleep 3601 & sleep 3602'], { seconds: 4 });
    const started = await until(() =>
      descendants(process.pid).filter((pid) => /sleep.360[12]/.test(commandOf(pid))),
    );
    expect(await ended).toMatchObject({ how: 'late' });
    await until(() => (started.some(isRunning) ? [] : [true]));
  },
);

test.skipIf(program('soffice') === null)(
  'A document that LibreOffice converts fetches nothing.',
  async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const page = `<html><body><p>x</p><img src="http://127.0.0.1:${port}/a.png"></body></html>`;
      expect(await convert({ bytes: Buffer.from(page), name: 'x' }, 'doc', DEFAULT_LIMITS)).not.toBeNull();
      expect(asked).toEqual([]);
    } finally {
      server.close();
    }
  },
);

/** Looks until there is something, for as long as the test may take. */
async function until<T>(look: () => T[]): Promise<T[]> {
  for (;;) {
    const found = look();
    if (found.length > 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
