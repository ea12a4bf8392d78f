import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

test('Of several commands that start at once over the lock of a dead one, one at a time is at work.', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-lock-'));
  try {
    const dead = spawn(process.execPath, ['-e', '0']);
    await once(dead, 'exit');
    writeFileSync(path.join(folder, '.lock'), JSON.stringify({ pid: dead.pid, command: 'extract' }));
    const log = path.join(folder, 'log');
    const script = path.join(folder, 'hold.ts');
    writeFileSync(
      script,
      `import { appendFileSync } from 'node:fs';
       import { withOutputLock } from ${JSON.stringify(new URL('../../src/run/lock.ts', import.meta.url).href)};
       try {
         await withOutputLock(${JSON.stringify(folder)}, 'extract', async () => {
           appendFileSync(${JSON.stringify(log)}, 'in\\n');
           await new Promise((resolve) => setTimeout(resolve, 300));
           appendFileSync(${JSON.stringify(log)}, 'out\\n');
         });
       } catch (error) {
         if (!/is in use by|could not be taken/.test(error.message)) throw error;
       }`,
    );
    const children = Array.from({ length: 5 }, () =>
      spawn(process.execPath, ['--no-warnings', script], { stdio: 'ignore' }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number));
    expect(codes).toEqual([0, 0, 0, 0, 0]);
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    expect(lines.length).toBeGreaterThan(0);
    expect(lines).toEqual(lines.map((_, i) => (i % 2 === 0 ? 'in' : 'out')));
    expect(readdirSync(folder).filter((name) => name.startsWith('.lock'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
