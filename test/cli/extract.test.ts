import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digests } from '../support/digests.ts';
import { gongkai } from './run-cli.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-cli-'));
  cpSync(fixtures, path.join(folder, 'reports'), {
    recursive: true,
    filter: (file) => !file.includes(`${path.sep}hostile`),
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('gongkai extract', () => {
  test('reads a folder, prints what was read, and writes every file of the dataset', async () => {
    const run = await gongkai(['extract', 'reports', '-o', 'out'], { cwd: folder });
    expect(run.err).toContain('某某区应急管理局2022年度报告');
    expect(run.err).toMatch(/(\d+) documents: \1 new/u);
    expect(run.out).toBe('');
    expect(run.status).toBe(0);
    const files = readdirSync(path.join(folder, 'out', 'dataset'));
    for (const table of [
      'reports',
      'facts',
      'extras',
      'statements',
      'charts',
      'checks',
      'findings',
      'sources',
    ]) {
      expect(files).toContain(`${table}.csv`);
      expect(files).toContain(`${table}.parquet`);
    }
    expect(files).toEqual(
      expect.arrayContaining(['panel.csv', 'codebook.csv', 'findings.jsonl', 'datapackage.json']),
    );
  });

  test('reads nothing twice, and a second run leaves the same bytes', async () => {
    const before = digests(path.join(folder, 'out', 'dataset'));
    const run = await gongkai(['extract', 'reports', '-o', 'out', '--json'], { cwd: folder });
    const summary = JSON.parse(run.out) as { documents: number; unchanged: number };
    expect(summary.unchanged).toBe(summary.documents);
    expect(digests(path.join(folder, 'out', 'dataset'))).toEqual(before);
  });

  test('a document that left is kept and marked, one that came back is unmarked', async () => {
    const gone = path.join(folder, 'reports', '2023', 'jiaoyuju.html');
    const bytes = readFileSync(gone);
    rmSync(gone);
    const run = await gongkai(['extract', 'reports', '-o', 'out', '--json'], { cwd: folder });
    expect((JSON.parse(run.out) as { missing: string[] }).missing).toEqual(['reports/2023/jiaoyuju.html']);
    writeFileSync(gone, bytes);
    const again = await gongkai(['extract', 'reports', '-o', 'out', '--json'], { cwd: folder });
    expect((JSON.parse(again.out) as { missing: string[] }).missing).toEqual([]);
  });

  test('ends with 3 and the reason when a document cannot be read, and the others are read', async () => {
    const broken = path.join(folder, 'broken');
    cpSync(path.join(folder, 'reports', '2022'), broken, { recursive: true });
    writeFileSync(
      path.join(broken, 'cut.docx'),
      readFileSync(path.join(broken, 'dongjie.docx')).subarray(0, 2000),
    );
    const run = await gongkai(['extract', 'broken', '-o', 'out2'], { cwd: folder });
    expect(run.status).toBe(3);
    expect(run.err).toMatch(/broken\/cut\.docx: corrupt/u);
    const reports = readFileSync(path.join(folder, 'out2', 'dataset', 'reports.csv'), 'utf8');
    expect(reports).toContain('某某区东街街道办事处');
  });

  test('ends with 1 when findings reach --fail-on', async () => {
    const run = await gongkai(['extract', 'reports', '-o', 'out', '--fail-on', 'error', '-q'], {
      cwd: folder,
    });
    expect(run.status).toBe(1);
  });

  test('takes a list of paths from standard input', async () => {
    const run = await gongkai(['extract', '-', '-o', 'out3', '--json'], {
      cwd: folder,
      input: '\ufeffreports/2022/yingjiju.docx\r\nreports/2022/caizhengju.html\n',
    });
    expect((JSON.parse(run.out) as { documents: number }).documents).toBe(2);
    const nulls = await gongkai(['extract', '-', '-o', 'out3', '--dry-run'], {
      cwd: folder,
      input: 'reports/2022/yingjiju.docx\0reports/2022/caizhengju.html\0',
    });
    expect(nulls.out).toBe('reports/2022/caizhengju.html\nreports/2022/yingjiju.docx\n');
  });

  test('--dry-run names the documents and writes nothing', async () => {
    const run = await gongkai(['extract', 'reports', '-o', 'never', '--dry-run'], { cwd: folder });
    expect(run.out.split('\n')).toContain('reports/2022/yingjiju.docx');
    expect(existsSync(path.join(folder, 'never'))).toBe(false);
  });

  test('--archive keeps the originals under their hash', async () => {
    await gongkai(['extract', 'reports/2022/yingjiju.docx', '-o', 'out4', '--archive', '-q'], {
      cwd: folder,
    });
    const bytes = readFileSync(path.join(folder, 'reports/2022/yingjiju.docx'));
    const sha = createHash('sha256').update(bytes).digest('hex');
    expect(readFileSync(path.join(folder, 'out4', 'archive', sha.slice(0, 2), `${sha}.docx`))).toEqual(bytes);
  });

  test.each([
    [['extract', 'nowhere'], /nowhere: no such file or folder/u],
    [['extract', '*.nothing'], /no file matches this pattern/u],
    [['extrakt', 'x'], /extrakt: there is no such command; did you mean extract\?/u],
    [['extract', 'reports', '--timeout', 'soon'], /--timeout soon: a positive number is expected/u],
    [['findings', '-o', 'nowhere'], /There is no dataset in .*nowhere yet/u],
  ])('%j is refused with a sentence and status 2', async (args, message) => {
    const run = await gongkai(args, { cwd: folder });
    expect(run.err).toMatch(message);
    expect(run.err).not.toMatch(/ at .*\.ts:\d+/u);
    expect(run.status).toBe(2);
  });

  test('an unknown key of gongkai.yaml is an error that names the likely one', async () => {
    writeFileSync(path.join(folder, 'gongkai.yaml'), 'outptu: x\n');
    const run = await gongkai(['extract', 'reports'], { cwd: folder });
    rmSync(path.join(folder, 'gongkai.yaml'));
    expect(run.err).toMatch(/line 1: outptu: unknown key; did you mean output\?/u);
    expect(run.status).toBe(2);
  });

  test('a flag wins over the environment, and the environment over the file', async () => {
    writeFileSync(path.join(folder, 'gongkai.yaml'), 'output: fromfile\n');
    const one = 'reports/2022/yingjiju.docx';
    await gongkai(['extract', one, '-q'], { cwd: folder });
    await gongkai(['extract', one, '-q'], { cwd: folder, env: { GONGKAI_OUTPUT: 'fromenv' } });
    await gongkai(['extract', one, '-q', '-o', 'fromflag'], {
      cwd: folder,
      env: { GONGKAI_OUTPUT: 'fromenv2' },
    });
    rmSync(path.join(folder, 'gongkai.yaml'));
    expect(
      ['fromfile', 'fromenv', 'fromflag', 'fromenv2'].map((f) => existsSync(path.join(folder, f))),
    ).toEqual([true, true, true, false]);
  });
});

describe('what was found', () => {
  test('findings lists one sentence each, explain works one out, decide records', async () => {
    const list = await gongkai(['findings', '-o', 'out'], { cwd: folder });
    const line = list.out.split('\n').find((l) => l.includes('某某区应急管理局'));
    expect(line).toMatch(/印为45、应为54/u);
    const id = /f[0-9a-f]{7}/u.exec(line ?? '')?.[0] ?? '';
    const explained = await gongkai(['explain', id, '-o', 'out'], { cwd: folder });
    expect(explained.out).toContain('45→54?');
    expect(explained.out).toContain('reports/2022/yingjiju.docx');
    const decided = await gongkai(
      ['decide', id, 'confirmed', '--note', '已核实', '--by', '张三', '-o', 'out'],
      { cwd: folder },
    );
    expect(decided.status).toBe(0);
    const open = await gongkai(['findings', '-o', 'out', '--state', 'open'], { cwd: folder });
    expect(open.out).not.toContain('某某区应急管理局');
  });

  test.each([['export'], ['check'], ['backup'], ['notice']])(
    '%s --dry-run writes nothing',
    async (command) => {
      const before = readdirSync(path.join(folder, 'out'), { recursive: true }).sort();
      const run = await gongkai([command, '--dry-run', '-o', 'out'], { cwd: folder });
      expect(run.status).toBe(0);
      const after = readdirSync(path.join(folder, 'out'), { recursive: true }).sort();
      // SQLite makes and removes its own two files as readers come and go.
      const own = (names: (string | Buffer)[]) =>
        names.filter((n) => !/sqlite-(?:wal|shm)$/u.test(String(n)));
      expect(own(after)).toEqual(own(before));
    },
  );

  test('check runs the rules again without the documents', async () => {
    const run = await gongkai(['check', '-o', 'out', '--json'], { cwd: folder });
    expect(JSON.parse(run.out)).toMatchObject({ findings_added: [], findings_gone: [] });
    const list = await gongkai(['findings', '-o', 'out', '--json'], { cwd: folder });
    const decided = list.out.split('\n').filter((l) => l.includes('"state":"confirmed"'));
    expect(decided).toHaveLength(1);
  });
});
