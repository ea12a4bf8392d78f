import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../src/dataset/open-store.ts';
import { buildFinding, buildReport, saveItem } from '../dataset/build-report.ts';
import { gongkai } from './run-cli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-whose-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('who brings in a file that prints another name is told so, and how a former name is made known', async () => {
  const fixture = new URL('../../fixtures/2022/minzhengju.html', import.meta.url);
  cpSync(fileURLToPath(fixture), path.join(folder, 'minzhengju.html'));
  writeFileSync(path.join(folder, 'register.csv'), 'id,name\nx2,某某区财政局\n');
  const run = await gongkai(
    ['add', 'minzhengju.html', '--agency', 'x2', '--year', '2022', '--agencies', 'register.csv', '-o', 'out'],
    { cwd: folder },
  );
  expect(run.status).toBe(0);
  expect(run.err).toContain(
    'added/x2/2022/minzhengju.html says that it is the report of 某某区民政局, not of 某某区财政局: it was filed under no body',
  );
  expect(run.err).toMatch(/former or short name .* aliases .*agencies\.csv .*gongkai check/u);

  // As a program bound it that went by the word of the person alone.
  const raw = new DatabaseSync(path.join(folder, 'out', 'gongkai.sqlite'));
  raw.exec("update readings set agency_id = 'x2', conflicts = '[]', needs_review = 0");
  raw.exec("delete from meta where key = 'binding_rule'");
  raw.close();
  const check = () => gongkai(['check', '-o', 'out'], { cwd: folder });
  expect((await check()).err).toContain('1 report bound to other bodies');
  const [report] = parse(readFileSync(path.join(folder, 'out', 'dataset', 'reports.csv')), {
    bom: true,
    columns: true,
  }) as Record<string, string>[];
  expect(report).toMatchObject({ agency: '某某区民政局', agency_id: '', needs_review: 'true' });
  expect((await check()).err).not.toContain('bound to other bodies');
}, 90_000);

test('bodies of one name have a notice each, and the others are called by their names', async () => {
  const output = path.join(folder, 'notices-of');
  const store = await openStore(path.join(folder, 'notices.sqlite'));
  const bodies = [
    ['某某区统计局', 'a1'],
    ['某某区统计局', 'a2'],
    ['某某区统计局', null],
    ['某某区财政局', 'x2'],
  ] as const;
  await store.saveBatch(
    bodies.map(([agency, id], i) =>
      saveItem(buildReport({ agency, document: `${i}.html` }), {
        agency: id === null ? null : { id, regionCode: null },
        findings: [buildFinding()],
      }),
    ),
  );
  await store.close();
  const run = await gongkai(
    [
      'notice',
      '--store',
      path.join(folder, 'notices.sqlite'),
      '-o',
      output,
      '--into',
      path.join(output, 'n'),
    ],
    { cwd: folder },
  );
  expect(run.err).toContain('4 notices');
  expect(readdirSync(path.join(output, 'n')).sort()).toEqual([
    '某某区统计局.docx',
    '某某区统计局（a1）.docx',
    '某某区统计局（a2）.docx',
    '某某区财政局.docx',
  ]);
}, 60_000);
