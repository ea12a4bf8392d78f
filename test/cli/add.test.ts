import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gongkai } from './run-cli.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/2022', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-add-cli-'));
  for (const name of ['shuiliju.html', 'shuiliju.docx', 'kongbiao.docx'])
    cpSync(path.join(fixtures, name), path.join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function table(name: string): Record<string, string>[] {
  return parse(readFileSync(path.join(folder, 'out', 'dataset', `${name}.csv`)), {
    bom: true,
    columns: true,
  });
}

test('page and attachment from one address are two copies, and what differs between them is said', async () => {
  const run = await gongkai(
    ['add', 'shuiliju.html', 'shuiliju.docx', '--agency', '某某区水利局', '--year', '2022']
      .concat(['--from', 'https://www.example.gov.cn/nb.html'])
      .concat(['-o', 'out']),
    { cwd: folder },
  );
  expect(run.err).toContain('2 documents');
  expect(run.status).toBe(0);
  expect(
    table('sources')
      .map(({ document, url, version }) => [document, url, version])
      .sort(),
  ).toEqual([
    ['https://www.example.gov.cn/nb.html#shuiliju.docx', 'https://www.example.gov.cn/nb.html', '1'],
    ['https://www.example.gov.cn/nb.html#shuiliju.html', 'https://www.example.gov.cn/nb.html', '1'],
  ]);
  const differ = table('findings').find((f) => f['rule'] === 'F.COPIES_DIFFER');
  expect(differ?.['message_zh']).toContain('“nb.html#shuiliju.html”');
  expect(differ?.['message_zh']).toContain('“nb.html#shuiliju.docx”');
}, 60_000);

test('the body that a person names is the body of a file that names none, and its path stays unknown', async () => {
  await gongkai(['add', 'kongbiao.docx', '--agency', '某某区档案局', '--year', '2023', '-o', 'out'], {
    cwd: folder,
  });
  const report = table('reports').find((r) => r['outcome'] === 'blank_form');
  expect(report).toMatchObject({ agency: '某某区档案局', agency_from: 'person', year: '2023', url: '' });
  expect(JSON.stringify([table('reports'), table('sources')])).not.toContain('file:');
}, 60_000);

test('a folder that is called as the names of added files begin makes none of them gone', async () => {
  mkdirSync(path.join(folder, 'added'));
  cpSync(path.join(fixtures, 'sifaju.txt'), path.join(folder, 'added', 'sifaju.txt'));
  const run = await gongkai(['extract', 'added', '-o', 'out', '--json'], { cwd: folder });
  expect(JSON.parse(run.out)).toMatchObject({ documents: 1, missing: [] });
  expect(run.err).toMatch(/added is called “.*\/added” in the dataset, to tell it from .*gongkai add/u);
  const added = table('sources').filter(({ document }) => document?.startsWith('added/'));
  expect(added.map(({ missing }) => missing)).toEqual(['false']);
}, 60_000);

test('an address that may not be asked for is named with the reason and the way around it, not as a defect', async () => {
  const address = 'http://127.0.0.1:1/nb.html';
  const run = await gongkai(['add', address, '--agency', '某某区水利局', '--year', '2022', '-o', 'refused'], {
    cwd: folder,
  });
  expect(run.err).toContain(address);
  expect(run.err).toContain('fetch it with a browser and add the file');
  expect(run.err).not.toMatch(/error of the program|CrawlError/u);
  expect(run.status).toBe(2);
}, 60_000);
