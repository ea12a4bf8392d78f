import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gongkai } from './run-cli.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const entry = fileURLToPath(new URL('./entry.ts', import.meta.url));

let folder: string;
let first: Awaited<ReturnType<typeof gongkai>>;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-messages-'));
  mkdirSync(path.join(folder, '2022 年报（定稿）'));
  cpSync(
    path.join(fixtures, '2022', 'yingjiju.docx'),
    path.join(folder, '2022 年报（定稿）', '应急局 年报.docx'),
  );
  first = await gongkai(['extract', '2022*', '-o', '结果 一'], { cwd: folder });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what a command says', () => {
  test('the summary names the finding and the command that shows it, on the same dataset', () => {
    const id = /error +(f[0-9a-f]{7}) /u.exec(first.err)?.[1];
    expect(first.err).toContain(`gongkai explain ${id} -o "结果 一"`);
    expect(first.err).toContain('1 error, 0 warnings, 0 notes');
    expect(first.err).toContain('1 document: 1 new');
  });

  // The seventeenth row of the second table of the document, where 45 stands for 54.
  test('explain tells the place of the cell that is likely wrong, and sets rows under their group', async () => {
    const id = /error +(f[0-9a-f]{7}) /u.exec(first.err)?.[1] ?? '';
    const run = await gongkai(['explain', id, '-o', '结果 一'], { cwd: folder });
    expect(run.out).toMatch(/位置: .*第2个表格第17行第4格$/mu);
    expect(run.out).toMatch(/（四）无法提供\n +1\.本机关不掌握相关政府信息/u);
  });

  test('a reader that has seen enough is no error', async () => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', entry, 'findings', '--all', '--json', '-o', '结果 一'],
      { cwd: folder },
    );
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect(err).not.toContain('EPIPE');
    expect(status).toBe(0);
  });

  test('a folder without documents is told from one that was read', async () => {
    mkdirSync(path.join(folder, 'empty'));
    const run = await gongkai(['extract', 'empty', '-o', 'out2'], { cwd: folder });
    expect(run.err).toContain('No document was found in what was given.');
  });

  test('a store named in gongkai.yaml lies beside that file, wherever the command is typed', async () => {
    mkdirSync(path.join(folder, 'settings'));
    writeFileSync(path.join(folder, 'settings', 'gongkai.yaml'), 'store: kept.sqlite\noutput: out3\n');
    const run = await gongkai(['extract', '2022*', '--config', 'settings/gongkai.yaml', '-q'], {
      cwd: folder,
    });
    expect(run.status).toBe(0);
    expect(existsSync(path.join(folder, 'settings', 'kept.sqlite'))).toBe(true);
  });

  test('a sheet of decisions that is none is a mistake of the user', async () => {
    writeFileSync(path.join(folder, 'other.csv'), 'a,b\n1,2\n');
    const run = await gongkai(['decide', '--import', 'other.csv', '-o', '结果 一'], { cwd: folder });
    expect(run.err).toContain('has no finding_id');
    expect(run.status).toBe(2);
  });
});
