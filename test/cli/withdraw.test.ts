import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gongkai } from './run-cli.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/2022', import.meta.url));
const DOCUMENT = 'added/某某区档案局/2023/kongbiao.docx';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-withdraw-cli-'));
  for (const name of ['sifaju.txt', 'kongbiao.docx'])
    cpSync(path.join(fixtures, name), path.join(folder, name));
  await run('extract', 'sifaju.txt');
  await run('add', 'kongbiao.docx', '--agency', '某某区档案局', '--year', '2023');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => gongkai([...args, '-o', 'out'], { cwd: folder });

function table(name: string): Record<string, string>[] {
  return parse(readFileSync(path.join(folder, 'out', 'dataset', `${name}.csv`)), {
    bom: true,
    columns: true,
  });
}

test('what was brought in by hand is listed, and a mistyped name says which was meant', async () => {
  const listed = await run('withdraw', '--list');
  expect(listed.out).toMatch(
    new RegExp(`^present +\\d{4}-\\d\\d-\\d\\d {2}${DOCUMENT} {2}某某区档案局 2023\n$`, 'u'),
  );
  const wrong = await run('withdraw', DOCUMENT.replace('.docx', '.doc'));
  expect([wrong.status, wrong.err]).toEqual([2, expect.stringContaining(`did you mean ${DOCUMENT}?`)]);
  const found = await run('withdraw', 'sifaju.txt');
  expect([found.status, found.err]).toEqual([2, expect.stringContaining('not brought in by hand')]);
  const dry = await run('withdraw', DOCUMENT, '--dry-run');
  expect([dry.status, dry.err]).toEqual([0, `${DOCUMENT} (某某区档案局 2023) would be taken back.\n`]);
  const none = await run('withdraw');
  expect([none.status, none.err]).toEqual([2, expect.stringContaining('gongkai withdraw --list')]);
  expect(table('reports')).toHaveLength(2);
}, 60_000);

test('a file that was taken back is in the dataset no more, and its original and its reading are kept', async () => {
  const done = await run('withdraw', DOCUMENT, '--by', '张三', '--note', '错传', '--json');
  expect(done.status).toBe(0);
  const record = JSON.parse(done.out);
  expect(record).toMatchObject({
    withdrawn: [{ document: DOCUMENT, agency: '某某区档案局', year: 2023, instead_now: null }],
    restored: [],
    already: [],
  });
  expect(existsSync(path.join(folder, 'out', record.withdrawn[0].original))).toBe(true);
  expect(table('reports').map(({ document }) => document)).toEqual(['sifaju.txt']);
  expect(table('sources').map(({ document }) => document)).toEqual(['sifaju.txt']);
  const again = await run('withdraw', DOCUMENT);
  expect([again.status, again.err]).toEqual([0, expect.stringContaining('was taken back before')]);
  expect((await run('withdraw', '--list', '--json')).out).toContain('"state":"withdrawn"');
  await run('export', '--all-versions', '--to', 'csv');
  expect(table('sources').find(({ document }) => document === DOCUMENT)).toMatchObject({ missing: 'true' });
  await run('add', 'kongbiao.docx', '--agency', '某某区司法局', '--year', '2023');
  expect(
    table('reports')
      .map(({ document }) => document)
      .sort(),
  ).toEqual(['added/某某区司法局/2023/kongbiao.docx', 'sifaju.txt']);
}, 60_000);
