import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findPaths, nameInputs } from '../../src/run/inputs.ts';
import { NO_MEMORY } from '../../src/run/naming.ts';
import { gongkai } from '../cli/run-cli.ts';

const fixture = fileURLToPath(new URL('../../fixtures/2022/sifaju.txt', import.meta.url));

let top: string;
beforeEach(() => {
  top = mkdtempSync(path.join(os.tmpdir(), 'gongkai-unreachable-'));
});
afterEach(() => {
  spawnSync('chmod', ['-R', 'u+rwX', top]);
  // It goes down where a path of the whole way would be too long.
  spawnSync('rm', ['-rf', top]);
  rmSync(top, { recursive: true, force: true });
});

function put(...names: string[]): void {
  for (const name of names) {
    mkdirSync(path.dirname(path.join(top, name)), { recursive: true });
    writeFileSync(path.join(top, name), name);
  }
}

/** What is met in the folder `all`, and what is said to be left out. */
async function walk(given = ['all']): Promise<{ documents: string[]; unseen: Record<string, string> }> {
  const unseen: Record<string, string> = {};
  const inputs = await nameInputs(await findPaths(given.map((g) => path.join(top, g))), NO_MEMORY, {
    onUnseen: (file, reason) => {
      unseen[path.relative(top, file)] = reason;
    },
  });
  const documents: string[] = [];
  for await (const { document } of inputs.files) documents.push(document);
  return { documents, unseen };
}

const link = (to: string, name: string) => symlinkSync(to, path.join(top, name));

describe('a document that cannot be reached', () => {
  test('in a folder that may be listed and not entered is not taken for gone: the folder is named', async () => {
    mkdirSync(path.join(top, 'reports/closed/below'), { recursive: true });
    cpSync(fixture, path.join(top, 'reports/a.txt'));
    cpSync(fixture, path.join(top, 'reports/closed/b.txt'));
    const options = { cwd: top, unprivileged: true };
    expect((await gongkai(['extract', 'reports', '-o', 'out'], options)).status).toBe(0);
    chmodSync(path.join(top, 'reports/closed'), 0o444);
    const run = await gongkai(['extract', 'reports', '-o', 'out', '--json'], options);
    expect(JSON.parse(run.out)).toMatchObject({
      documents: 1,
      missing: [],
      unseen: [{ folder: path.join(top, 'reports/closed'), reason: 'EACCES' }],
    });
    expect(run.err).toMatch(/closed: cannot be read \(EACCES\)/u);
    expect(run.status).toBe(3);
  });

  test('because a folder that a pattern meets may not be read is named, and the others are read', async () => {
    for (const name of ['open', 'closed', 'listed', 'passed']) {
      mkdirSync(path.join(top, name));
      cpSync(fixture, path.join(top, name, 'a.txt'));
    }
    chmodSync(path.join(top, 'closed'), 0);
    chmodSync(path.join(top, 'listed'), 0o444);
    // What is named outright is found in a folder that may be entered and not listed.
    chmodSync(path.join(top, 'passed'), 0o111);
    const extract = async (...patterns: string[]) => {
      const options = { cwd: top, unprivileged: true };
      const run = await gongkai(['extract', ...patterns, '-o', 'out', '--json'], options);
      const { documents, missing, unseen } = JSON.parse(run.out);
      const left = unseen.map(({ folder }: { folder: string }) => path.relative(top, folder));
      return { documents, missing, left, status: run.status };
    };
    const left = ['closed', 'listed', 'passed'];
    expect(await extract('*e*')).toEqual({ documents: 1, missing: [], left, status: 3 });
    expect(await extract('{open,closed,listed,passed}/*.txt')).toEqual({
      documents: 1,
      missing: [],
      left: ['closed', 'listed/a.txt', 'passed'],
      status: 3,
    });
    expect(await extract('[cop]*/a.txt')).toEqual({ documents: 2, missing: [], left: ['closed'], status: 3 });
  }, 60_000);

  test('behind a link to a folder is not read, and the link is named', async () => {
    put('elsewhere/b.html', 'all/a.html');
    link(path.join(top, 'elsewhere'), 'all/more');
    const { documents, unseen } = await walk();
    expect(documents).toEqual(['all/a.html']);
    expect(Object.keys(unseen)).toEqual(['all/more']);
    expect(unseen['all/more']).toMatch(/link to a folder.*elsewhere/u);
  });

  test('is not lost behind a link to a folder that is walked anyway', async () => {
    put('all/2024/a.html');
    link('2024', 'all/latest');
    expect(await walk()).toEqual({ documents: ['all/2024/a.html'], unseen: {} });
  });

  test('behind a link to a file is read', async () => {
    put('elsewhere/b.html', 'all/a.html');
    link('../elsewhere/b.html', 'all/b.html');
    expect(await walk()).toEqual({ documents: ['all/a.html', 'all/b.html'], unseen: {} });
  });

  test('behind a link that leads nowhere or in a circle is named, and a link that is no document is not', async () => {
    put('all/a.html');
    link('nowhere.html', 'all/b.html');
    link('nowhere', 'all/b.tmp');
    link('c.html', 'all/c.html');
    const { documents, unseen } = await walk();
    expect(documents).toEqual(['all/a.html']);
    expect(unseen).toEqual({ 'all/b.html': 'a link that leads nowhere', 'all/c.html': 'ELOOP' });
  });

  test('behind a link that leads nowhere does not keep a pattern from being followed', async () => {
    put('a.html');
    link('nowhere.html', 'b.html');
    const { documents, unseen } = await walk(['*']);
    expect(documents).toEqual(['a.html']);
    expect(unseen).toEqual({ 'b.html': 'a link that leads nowhere' });
  });

  test.skipIf(process.platform !== 'linux')('at the end of a path that is too long is named', async () => {
    put('all/a.html');
    const deep = 'n'.repeat(200);
    const script = `cd "$1" && for i in $(seq 25); do mkdir ${deep} && cd ${deep} || exit 1; done; touch b.html`;
    expect(spawnSync('bash', ['-c', script, 'bash', path.join(top, 'all')]).status).toBe(0);
    const { documents, unseen } = await walk();
    expect(documents).toEqual(['all/a.html']);
    expect(Object.values(unseen)).toEqual(['ENAMETOOLONG']);
  });

  test.skipIf(process.platform === 'win32')(
    'because it is a pipe is named instead of waited for',
    async () => {
      spawnSync('mkfifo', [path.join(top, 'a.html')]);
      const { documents, unseen } = await walk(['a.html']);
      expect(documents).toEqual([]);
      expect(unseen['a.html']).toMatch(/not a file/u);
    },
  );
});

// Where the file system keeps names as they are written, two may look the same.
describe.skipIf(process.platform !== 'linux')('two names that differ in their composition alone', () => {
  const composed = '\u00e9';
  const decomposed = 'e\u0301';

  test('are one document, the composed one, and the other is named', async () => {
    put(`all/${composed}.html`, `all/${decomposed}.html`, 'all/z.html');
    const { documents, unseen } = await walk();
    expect(documents.sort()).toEqual([`all/z.html`, `all/${composed}.html`]);
    expect(Object.keys(unseen)).toEqual([`all/${decomposed}.html`]);
    expect(unseen[`all/${decomposed}.html`]).toMatch(/rename/u);
  });

  test('of folders do not mix what lies in them', async () => {
    put(`all/${decomposed}/b.html`, `all/${composed}/a.html`);
    const { documents, unseen } = await walk();
    expect(documents).toEqual([`all/${composed}/a.html`]);
    expect(Object.keys(unseen)).toEqual([`all/${decomposed}`]);
  });

  test('are no trouble where only one of them is there', async () => {
    put(`all/${decomposed}.html`);
    expect(await walk()).toEqual({ documents: [`all/${composed}.html`], unseen: {} });
  });
});

test('temporary files of another user, into which nobody else may look, are left alone and hinder nobody', async () => {
  cpSync(fixture, path.join(top, 'a.txt'));
  const theirs = path.join(top, 'tmp/gongkai-scratch-AbCdEf');
  mkdirSync(theirs, { recursive: true });
  writeFileSync(path.join(theirs, '.holder'), '{}');
  chmodSync(theirs, 0);
  const env = { TMPDIR: path.join(top, 'tmp') };
  const run = await gongkai(['extract', 'a.txt', '-o', 'out', '--json'], {
    cwd: top,
    env,
    unprivileged: true,
  });
  expect(JSON.parse(run.out)).toMatchObject({ documents: 1 });
  expect(run.status).toBe(0);
  chmodSync(theirs, 0o700);
  expect(readdirSync(theirs)).toEqual(['.holder']);
}, 60_000);
