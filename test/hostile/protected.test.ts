import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/dataset/open-store.ts';
import { digests } from '../support/digests.ts';

/** What a user can do who may read the output folder and write nothing in it. */

const CLI = fileURLToPath(new URL('../cli/entry.ts', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../../fixtures/2022/', import.meta.url));
const isRoot = process.getuid?.() === 0;
/** Permissions do not hold for root: it becomes nobody. */
const nobody = isRoot ? { uid: 65534, gid: 65534 } : {};
const canBeNobody =
  process.platform === 'linux' &&
  spawnSync(process.execPath, ['-e', `require('node:fs').readFileSync(${JSON.stringify(CLI)})`], nobody)
    .status === 0;

let folder: string;
let output: string;
let elsewhere: string;
let before: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-protected-'));
  chmodSync(folder, 0o755);
  const reports = path.join(folder, 'reports');
  mkdirSync(reports);
  for (const name of ['yingjiju.docx', 'jiaoyuju.docx'])
    copyFileSync(path.join(FIXTURES, name), path.join(reports, name));
  output = path.join(folder, 'out');
  elsewhere = path.join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  chmodSync(elsewhere, 0o777);
  const made = await run(['extract', 'reports', '-o', 'out'], {});
  expect(made.status, made.text).toBe(0);
  before = digests(output);
  protect(output);
}, 60_000);
afterAll(() => {
  spawnSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
});

function protect(of: string): void {
  for (const entry of readdirSync(of, { recursive: true, withFileTypes: true })) {
    chmodSync(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o555 : 0o444);
  }
  chmodSync(of, 0o555);
}

interface Ran {
  readonly status: number | null;
  readonly text: string;
}

function spawnNode(args: readonly string[], who: object) {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: elsewhere },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...who,
  });
}

async function finished(child: ReturnType<typeof spawnNode>): Promise<Ran> {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, text };
}

const run = (args: readonly string[], who: object = nobody) => finished(spawnNode([CLI, ...args], who));

describe.skipIf(!canBeNobody)('an output folder in which nothing may be written', () => {
  test('is enough to list findings, examine the store, copy it, and write the dataset elsewhere', async () => {
    const script = path.join(folder, 'read-all.ts');
    const source = (name: string) => JSON.stringify(new URL(`../../src/${name}`, import.meta.url).href);
    writeFileSync(
      script,
      `import { exportDataset } from ${source('dataset/export/export.ts')};
       import { backupStore, verifyStore } from ${source('dataset/maintenance.ts')};
       import { openStore } from ${source('dataset/open-store.ts')};
       const store = await openStore('out/gongkai.sqlite', { create: false });
       let findings = 0;
       for await (const _ of store.findings()) findings += 1;
       const same = await exportDataset(store, 'out/dataset');
       const again = await exportDataset(store, 'elsewhere/again');
       await backupStore(store, 'elsewhere/copy.sqlite');
       await store.close();
       const problems = [];
       for (const file of ['out/gongkai.sqlite', 'elsewhere/copy.sqlite'])
         problems.push(...(await verifyStore(file)).problems);
       console.log(JSON.stringify({ findings: findings > 0, same: same.written, again: again.written, problems }));`,
    );
    const { status, text } = await finished(spawnNode([script], nobody));
    expect(text.trim()).toBe(JSON.stringify({ findings: true, same: false, again: true, problems: [] }));
    expect(status).toBe(0);
    expect(digests(path.join(elsewhere, 'again'))).toEqual(digests(path.join(output, 'dataset')));
  });

  test('is enough for the commands that read', async () => {
    const { status, text } = await run(['findings', '-o', 'out', '--all']);
    expect(text).toContain('T3.ITEMS');
    expect(status).toBe(0);
  });

  test.each([
    ['extract', ['extract', 'reports', '-o', 'out']],
    ['export', ['export', '-o', 'out', '--force']],
    [
      'extract to a store in it',
      ['extract', 'reports', '-o', 'elsewhere/o', '--store', 'out/gongkai.sqlite'],
    ],
  ])('is named by %s, with why and what to do', async (_, args) => {
    const { status, text } = await run(args);
    expect(text).toContain('out');
    expect(text).toMatch(/may not be written|cannot be written/);
    expect(text).toMatch(/Give a folder|give another folder|check the permissions/);
    expect(text).not.toMatch(/\n\s+at /);
    expect(status).toBe(4);
  });

  test('shows its findings to reviewers, and tells them that no decision can be kept', async () => {
    const server = spawnNode([CLI, 'review', '-o', 'out', '--port', '0'], nobody);
    try {
      let text = '';
      const url = await new Promise<string>((resolve, reject) => {
        server.stderr.on('data', (chunk) => {
          text += chunk;
          const found = /http:\/\/\S+/u.exec(text)?.[0];
          if (found) resolve(found);
        });
        server.on('exit', () => reject(new Error(text)));
      });
      const list = await (await fetch(new URL('/findings', url))).text();
      const id = /\/finding\/(f[0-9a-f]+)/u.exec(list)?.[1];
      expect(id, list).toBeDefined();
      const shown = await fetch(new URL(`/finding/${id}`, url));
      const page = await shown.text();
      expect(page).toContain('某某');
      const hidden = /<input type="hidden" name="(\w+)" value="([^"]*)">/gu;
      const fields = [...page.matchAll(hidden)].map((m): [string, string] => [m[1]!, m[2]!]);
      const answer = await fetch(new URL(`/finding/${id}/decide`, url), {
        method: 'POST',
        headers: {
          cookie: shown.headers
            .getSetCookie()
            .map((c) => c.split(';')[0])
            .join('; '),
        },
        body: new URLSearchParams([...fields, ['state', 'confirmed']]),
        redirect: 'manual',
      });
      expect(answer.status).toBe(403);
      expect(await answer.text()).toMatch(/只能查看|only be looked at/);
    } finally {
      server.kill();
      await once(server, 'exit');
    }
  });

  test('is as it was after all of that', () => {
    expect(digests(output)).toEqual(before);
  });
});

describe.skipIf(!canBeNobody)('a store beside which nothing may be written', () => {
  test('is not read without what a stopped command left in its log', async () => {
    const crashed = path.join(folder, 'crashed');
    mkdirSync(crashed);
    const store = path.join(crashed, 'gongkai.sqlite');
    cpSync(path.join(output, 'gongkai.sqlite'), store);
    chmodSync(store, 0o644);
    const writer = new DatabaseSync(store);
    writer.exec("pragma journal_mode = wal; insert into meta (key, value) values ('x', '1')");
    // As after SIGKILL: the log is full, its index lost.
    const log = readFileSync(`${store}-wal`);
    const kept = readFileSync(store);
    writer.close();
    writeFileSync(store, kept);
    writeFileSync(`${store}-wal`, log);
    rmSync(`${store}-shm`, { force: true });
    protect(crashed);
    const { status, text } = await run(['findings', '-o', 'crashed']);
    expect(text).toMatch(/gongkai\.sqlite-wal.*copy both files/su);
    expect(status).toBe(4);
    spawnSync('cp', ['-r', crashed, path.join(elsewhere, 'crashed')]);
    spawnSync('chmod', ['-R', 'a+rwX', path.join(elsewhere, 'crashed')]);
    expect((await run(['findings', '-o', 'elsewhere/crashed'])).status).toBe(0);
  });

  test('that another process writes to is read as it is before or after, never in between', async () => {
    const script = path.join(folder, 'read.ts');
    writeFileSync(
      script,
      `import { openStore } from ${JSON.stringify(new URL('../../src/dataset/open-store.ts', import.meta.url).href)};
       const store = await openStore('out/gongkai.sqlite', { create: false });
       const count = async () => { let n = 0; for await (const _ of store.summaries()) n += 1; return n; };
       const seen = [];
       try {
         await store.snapshot(async (snapshot) => {
           for await (const _ of snapshot.summaries()) seen.push('before');
           process.send('inside');
           await new Promise((resolve) => process.once('message', resolve));
           for await (const _ of snapshot.summaries()) seen.push('after');
         });
       } catch (error) { seen.push(error.problem); }
       seen.push(await count());
       process.send(seen);
       process.disconnect();`,
    );
    const child = spawn(process.execPath, ['--no-warnings', script], {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      ...nobody,
    });
    const said = async () => (await once(child, 'message'))[0] as unknown;
    expect(await said()).toBe('inside');
    const mode = (files: number, dir: number) => {
      chmodSync(output, dir);
      chmodSync(path.join(output, 'gongkai.sqlite'), files);
    };
    mode(0o644, 0o755);
    const store = await openStore(path.join(output, 'gongkai.sqlite'));
    await store.beginRun('extract', '2024-01-01T00:00:00Z');
    await store.close();
    mode(0o444, 0o555);
    child.send('go on');
    expect(await said()).toEqual(['before', 'before', 'locked', 2]);
    await once(child, 'exit');
  });
});
