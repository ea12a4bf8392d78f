import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { STATUSES } from '../../src/cli/exit.ts';
import { jsonLine } from '../../src/cli/json.ts';
import { buildProgram, main } from '../../src/cli/main.ts';
import { type Finished, gongkai } from './run-cli.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const entry = fileURLToPath(new URL('./entry.ts', import.meta.url));

let folder: string;
let home: string;
beforeAll(async () => {
  home = process.cwd();
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'gongkai-answers-')));
  process.chdir(folder);
  for (const side of ['north', 'south']) mkdirSync(path.join(folder, side, 'reports'), { recursive: true });
  cpSync(path.join(fixtures, '2022/yingjiju.docx'), path.join(folder, 'north/reports/a.docx'));
  cpSync(path.join(fixtures, '2022/caizhengju.html'), path.join(folder, 'south/reports/a.html'));
  writeFileSync(path.join(folder, 'a-file'), 'a,b\r\n');
  writeFileSync(path.join(folder, 'south/reports/broken.docx'), 'PK\u0003\u0004 and no more');
}, 60_000);
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

/** In this process: most of what a short command takes is the start of its own. */
async function run(...args: string[]): Promise<Finished> {
  const written = { out: '', err: '' };
  const collect = (key: 'out' | 'err') => (chunk: unknown) => {
    written[key] += String(chunk);
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(collect('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(collect('err')),
  ];
  const { exitCode } = process;
  process.exitCode = 0;
  try {
    await main(['node', 'gongkai', ...args]);
    return { ...written, status: Number(process.exitCode) };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = exitCode;
  }
}

describe('two folders of the same last name, one after the other', () => {
  test('are one dataset in which nothing is taken for gone, and each run says what became of its documents', async () => {
    const first = JSON.parse((await run('extract', path.join(folder, 'north/reports'), '--json')).out);
    expect(first).toMatchObject({
      documents: 1,
      added: 1,
      updated: 0,
      unchanged: 0,
      unreadable: [],
      missing: [],
    });
    expect(first.findings_added).toHaveLength(1);

    const second = await run('extract', path.join(folder, 'south/reports'), '--json');
    expect(second.err).toContain('is called “south/reports” in the dataset');
    expect(JSON.parse(second.out)).toMatchObject({
      documents: 2,
      added: 2,
      unreadable: [{ document: 'south/reports/broken.docx', outcome: 'corrupt' }],
      missing: [],
    });
    expect(second.status).toBe(3);

    const both = await run('extract', 'south/reports', 'north/reports', '--json');
    expect(JSON.parse(both.out)).toMatchObject({ documents: 3, added: 0, unchanged: 3, missing: [] });
    // It still cannot be read.
    expect(both.status).toBe(3);
    const sources = readFileSync(path.join(folder, 'output/dataset/sources.csv'), 'utf8');
    for (const name of ['reports/a.docx', 'south/reports/a.html']) expect(sources).toContain(`\n${name},`);
  }, 60_000);

  test('a changed document is updated, and the findings that it ends are gone', async () => {
    cpSync(path.join(fixtures, '2022/caizhengju.html'), path.join(folder, 'north/reports/b.html'));
    const changed = path.join(folder, 'north/reports/a.docx');
    const before = readFileSync(changed);
    cpSync(path.join(fixtures, '2022/dongjie.docx'), changed);
    const summary = JSON.parse((await run('extract', 'north/reports', '--json')).out);
    expect(summary).toMatchObject({ documents: 2, added: 1, updated: 1, unchanged: 0 });
    writeFileSync(changed, before);
    rmSync(path.join(folder, 'north/reports/b.html'));
    const after = JSON.parse((await run('extract', 'north/reports', '--json')).out);
    expect(after).toMatchObject({ updated: 1, missing: ['reports/b.html'] });
  }, 60_000);
});

describe('what is printed for programs', () => {
  test('findings --json prints the lines of findings.jsonl', async () => {
    const { out } = await run('findings', '--json', '--all');
    const lines = (text: string) => text.trim().split('\n').sort();
    expect(lines(out)).toEqual(
      lines(readFileSync(path.join(folder, 'output/dataset/findings.jsonl'), 'utf8')),
    );
  });

  test.each([
    ['explain', 'fa240b39', '--json'],
    ['doctor', '--json', '--store'],
    ['check', '--json'],
    ['export', '--json'],
  ])('%s spells its keys as the dataset does', async (...args) => {
    const { out } = await run(...args);
    const keys: string[] = [];
    JSON.parse(out, (key, value) => {
      keys.push(key);
      return value;
    });
    expect(keys.filter((key) => /[a-z][A-Z]/u.test(key))).toEqual([]);
    expect(keys.length).toBeGreaterThan(1);
  });

  test('keys that are data stay as they are', () => {
    expect(
      jsonLine({ findingId: 1, outcomes: { no_tables: 2 }, 't3/granted/total': { rowLabel: 'aB' } }),
    ).toBe('{"finding_id":1,"outcomes":{"no_tables":2},"t3/granted/total":{"row_label":"aB"}}');
  });
});

describe('a value that there is not', () => {
  test.each([
    [['extrakt', '--help'], 'did you mean extract?'],
    [['fleet', 'stat'], 'did you mean status?'],
    [['portals', 'probe', '--help'], 'there is no such command'],
    [
      ['findings', '--rule', 'T3.FLOWS'],
      'there is no such rule; did you mean T3.FLOW? (docs/rules/README.md lists them all)',
    ],
    [['findings', '--severity', 'eror'], 'did you mean error?'],
    [['findings', '--verdict', 'uniqe'], 'did you mean unique?'],
    [['findings', '--state', 'confirm'], 'did you mean confirmed?'],
    [['findings', '--year', '24'], 'a year such as 2024 is expected'],
    [['findings', '--year', '2031'], 'the dataset has no report on this year, only on 2022'],
    [['findings', '--agency', '某某区应急局'], 'did you mean 某某区应急管理局?'],
    [['findings', '--district', '杭州'], 'a division code of two, four or six digits is expected'],
    [['findings', '--district', '33'], 'no body has a division code'],
    [['export', '--to', 'parket'], 'did you mean parquet?'],
    [['notice', '--year', 'twenty'], 'a year such as 2024 is expected'],
    [['decide', 'fa240b39', 'confirm'], 'did you mean confirmed?'],
    [['completion', 'zhs'], 'did you mean zsh?'],
    [['extract', 'north', '--lang', 'cn'], 'Allowed choices are zh, en'],
    [['extract', 'north', '--fail-on', 'errors'], 'did you mean error?'],
    [['notice', '某某区应急局'], 'did you mean 某某区应急管理局?'],
    [['extract', 'north', '--processes', '1.5'], 'a whole number from 1 is expected'],
    [['extract', 'north', '-o', 'a-file'], 'a-file: a file is where a folder is expected'],
    [['extract', 'north', '-o', 'a-file/below'], 'a file is where a folder is expected'],
    [['extract', 'north', '--config', 'north'], 'this is a folder; a file is expected'],
    [['extract', 'north', '--agencies', 'north'], 'this is a folder; a file is expected'],
    [['decide', '--import', 'nowhere.csv'], 'there is no such file or folder'],
    [['decide', '--import', 'north'], 'this is a folder; a file is expected'],
    [['decide', '--import', 'a-file'], 'has no finding_id'],
    [['decide', '--export', 'nowhere/d.csv'], 'there is no such file or folder'],
    [['transcribe', '--import', 'north'], 'this is a folder; a file is expected'],
    [['review', '--password-file', 'north'], 'this is a folder; a file is expected'],
    [['export', '--into', 'a-file'], 'a file is where a folder is expected'],
  ])('%j ends with 2 and says what there is', async (args, message) => {
    const { err, status, out } = await run(...args);
    expect(err).toContain(message);
    expect(out).toBe('');
    expect(status).toBe(2);
  });

  test('rules and states may be written small or large', async () => {
    const { out, status } = await run('findings', '--rule', 't3.items', '--severity', 'ERROR,warning');
    expect(out).toContain('fa240b39');
    expect(status).toBe(0);
  });
});

test('with --quiet the documents that cannot be read are named, and nothing else', async () => {
  const { err, out } = await run('extract', 'south', '-q');
  expect(err).toMatch(/^south\/reports\/broken\.docx: corrupt — .+\n$/u);
  expect(out).toBe('');
});

describe('exit statuses', () => {
  test('of every command are documented', async () => {
    const names: string[] = [];
    for (const command of (await buildProgram(() => {})).commands)
      for (const leaf of command.commands.length > 0 ? command.commands : [command])
        names.push(leaf === command ? command.name() : `${command.name()} ${leaf.name()}`);
    expect(Object.keys(STATUSES).sort()).toEqual(names.sort());
  });

  test.each([
    [['findings'], 0],
    [['explain', 'fa240b39'], 0],
    [['doctor', '--store'], 0],
    [['extract', 'north', '--fail-on', 'error'], 1],
    [['check', '--fail-on', 'error'], 1],
    [['explain', 'nothing'], 2],
    [['extract'], 2],
    [['fleet', 'status'], 2],
    [['portals', 'check'], 2],
    [['transcribe', 'r0', 't3/granted/total=1'], 2],
    [['extract', 'south'], 3],
    [['findings', '--store', 'north/reports/a.docx'], 4],
  ])('%j ends with %i', async (args, status) => {
    expect((await run(...args)).status).toBe(status);
  });

  test('a sheet with decisions on findings that are not there ends with 1, and takes the others', async () => {
    writeFileSync(
      path.join(folder, 'decisions.csv'),
      '\ufefffinding_id,state\r\nf0000000000000000,属实\r\nfa240b399fbc4ef78,属实\r\n',
    );
    const { status, err } = await run('decide', '--import', 'decisions.csv', '--by', '张三');
    expect(err).toContain('1 decision recorded');
    expect(err).toContain('no such finding: f0000000000000000');
    expect(status).toBe(1);
  });

  test('what serves until it is stopped ends with 130', async () => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', entry, 'review', '--port', '0'],
      { cwd: folder },
    );
    let said = '';
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (piece) => {
        said += piece;
        if (said.includes('Ctrl-C')) resolve();
      });
    });
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
  });

  test('what a person noted reaches no terminal as a command to it', async () => {
    await run('extract', 'north', '-o', 'noted');
    const [first] = (await run('findings', '--json', '-o', 'noted')).out.split('\n');
    const { finding_id: id } = JSON.parse(first ?? '') as { finding_id: string };
    expect((await run('decide', id, 'confirmed', '--note', '已核实\u001b[2J', '-o', 'noted')).status).toBe(0);
    const { out } = await run('explain', id, '-o', 'noted');
    expect(out).toContain('已核实');
    expect(out).not.toContain('\u001b');
  });

  test('a folder that may not be read is named; below others it ends with 3, given itself with 2', async () => {
    const closed = path.join(folder, 'north/closed');
    mkdirSync(closed);
    chmodSync(closed, 0);
    try {
      const unprivileged = { unprivileged: true };
      const below = await gongkai(['extract', 'north'], unprivileged);
      expect(below.err).toMatch(/closed: .*\(EACCES\)/u);
      expect(below.status).toBe(3);
      expect((await gongkai(['extract', 'north/closed'], unprivileged)).status).toBe(2);
    } finally {
      chmodSync(closed, 0o700);
      rmSync(closed, { recursive: true });
    }
  });
});
