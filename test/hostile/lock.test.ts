import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

/** As a container does it: the first process in it has the id 1. */
const CONTAINER = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** Starts commands that hold the lock for a while, or leave when it is held; what they wrote in and out. */
async function startAtOnce(folder: string, within: readonly (readonly string[])[]): Promise<string[]> {
  const log = path.join(folder, 'log');
  const script = path.join(folder, 'hold.ts');
  writeFileSync(
    script,
    `import { appendFileSync } from 'node:fs';
     import { withOutputLock } from ${JSON.stringify(new URL('../../src/run/lock.ts', import.meta.url).href)};
     try {
       await withOutputLock(${JSON.stringify(folder)}, 'extract', async () => {
         appendFileSync(${JSON.stringify(log)}, 'in\\n');
         await new Promise((resolve) => setTimeout(resolve, ${within.includes(CONTAINER) ? 3000 : 300}));
         appendFileSync(${JSON.stringify(log)}, 'out\\n');
       });
     } catch (error) {
       if (!/is in use by|could not be taken/.test(error.message)) throw error;
     }`,
  );
  const children = within.map((prefix) => {
    const [program = '', ...args] = [...prefix, process.execPath, '--no-warnings', script];
    return spawn(program, args, { stdio: 'ignore' });
  });
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number));
  expect(codes).toEqual(within.map(() => 0));
  return readFileSync(log, 'utf8').trim().split('\n');
}

test('Of several commands that start at once over the lock of a dead one, one at a time is at work.', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-lock-'));
  try {
    const dead = spawn(process.execPath, ['-e', '0']);
    await once(dead, 'exit');
    writeFileSync(path.join(folder, '.lock'), JSON.stringify({ pid: dead.pid, command: 'extract' }));
    const lines = await startAtOnce(folder, Array<readonly string[]>(5).fill([]));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines).toEqual(lines.map((_, i) => (i % 2 === 0 ? 'in' : 'out')));
    expect(readdirSync(folder).filter((name) => name.startsWith('.lock'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const hasContainers = spawnSync(CONTAINER[0] as string, [...CONTAINER.slice(1), 'true']).status === 0;

test.skipIf(!hasContainers)(
  'Of containers on one folder, in which every command is process 1, and the machine around them, one is at work.',
  async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-lock-'));
    try {
      expect(await startAtOnce(folder, [CONTAINER, CONTAINER, []])).toEqual(['in', 'out']);
      expect(readdirSync(folder).filter((name) => name.startsWith('.lock'))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
