import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gongkai } from './run-cli.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** As Excel saves it: a byte order mark, CRLF, empty columns at the end. */
const REGISTER =
  '\ufeffid,name,aliases,division_code,parent,kind\r\nyj,某某区应急管理局,应急局|区应急管理局,999902,,\r\nqz,某某区人民政府,,999902,,county_government\r\n';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-register-'));
  mkdirSync(path.join(folder, 'reports'));
  cpSync(path.join(fixtures, '2022', 'yingjiju.docx'), path.join(folder, 'reports', 'yingjiju.docx'));
  cpSync(path.join(fixtures, '2023', 'jiaoyuju.html'), path.join(folder, 'reports', 'jiaoyuju.html'));
  writeFileSync(path.join(folder, 'register.csv'), REGISTER);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (output: string, name: string) =>
  readFileSync(path.join(folder, output, 'dataset', name), 'utf8');
const bodies = (output: string): [string, string][] =>
  (parse(file(output, 'reports.csv'), { bom: true, columns: true }) as Record<string, string>[]).map((r) => [
    r['agency'] ?? '',
    r['agency_id'] ?? '',
  ]);

test('a register that comes after the reports is bound to them as if it had been there, and decisions stay', async () => {
  const at = { cwd: folder };
  await gongkai(['extract', 'reports', '-o', 'late', '-q'], at);
  expect(bodies('late').map(([, id]) => id)).toEqual(['', '']);
  const list = await gongkai(['findings', '-o', 'late'], at);
  const id = /f[0-9a-f]{7} /u.exec(list.out)?.[0].trim() ?? '';
  await gongkai(['decide', id, 'accepted', '--by', '李四', '-o', 'late'], at);

  const run = await gongkai(['check', '--agencies', 'register.csv', '-o', 'late'], at);
  expect(run.err).toContain('1 report bound to other bodies');
  await gongkai(['extract', 'reports', '-o', 'early', '--agencies', 'register.csv', '-q'], at);
  for (const name of ['reports.csv', 'facts.csv', 'sources.csv', 'checks.csv'])
    expect(file('late', name)).toBe(file('early', name));
  expect(bodies('late')).toContainEqual(['某某区应急管理局', 'yj']);
  const accepted = await gongkai(['findings', '-o', 'late', '--state', 'accepted', '--json'], at);
  expect(JSON.parse(accepted.out)).toMatchObject({ agency: '某某区应急管理局', decided_by: '李四' });

  // Forgetting the flag is no reason to forget the register.
  await gongkai(['check', '-o', 'late', '-q'], at);
  expect(bodies('late')).toContainEqual(['某某区应急管理局', 'yj']);
}, 120_000);
