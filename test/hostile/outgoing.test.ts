import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../src/dataset/open-store.ts';
import { publish } from '../../src/run/publish.ts';
import { unreadReport } from '../../src/run/unread.ts';
import { buildReport, saveItem } from '../dataset/build-report.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-outgoing-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FORMULA = '=HYPERLINK("http://example.org","某某局")';

test('What a document calls itself is never a formula, in no workbook and no CSV file.', async () => {
  const store = await openStore(path.join(folder, 'store.sqlite'));
  try {
    const report = {
      ...buildReport({ agency: FORMULA }),
      title: '@SUM(1+1)*cmd|calc\u0001',
      document: '+1+cmd.html',
    };
    const unread = unreadReport('-2+3.pdf', 'corrupt', '=1+1');
    await store.saveBatch([saveItem(report), saveItem(unread, { sha256: 'unread-0' })]);
    await publish(store, folder, { to: ['csv', 'xlsx'] });
  } finally {
    await store.close();
  }
  const dataset = path.join(folder, 'dataset');
  const books = [
    path.join(folder, 'findings.xlsx'),
    ...readdirSync(dataset, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.xlsx'))
      .map((name) => path.join(dataset, name)),
  ];
  expect(books.length).toBeGreaterThan(3);
  let seen = 0;
  for (const book of books) {
    for (const [name, bytes] of Object.entries(unzipSync(readFileSync(book)))) {
      const xml = Buffer.from(bytes).toString('utf8');
      if (/worksheets\/sheet/.test(name)) expect(xml, `${book} ${name}`).not.toMatch(/<f[ >]/);
      if (xml.includes('HYPERLINK(')) seen += 1;
      if (name.endsWith('.xml')) expect(xml, `${book} ${name}`).not.toContain('\u0001');
    }
  }
  expect(seen, 'the text itself is there, as text').toBeGreaterThan(0);
  for (const name of readdirSync(dataset).filter((n) => n.endsWith('.csv'))) {
    const text = readFileSync(path.join(dataset, name), 'utf8');
    expect(text, name).not.toMatch(/(?:^|,|\n)"?(?:=HYPERLINK|@SUM|\+1\+cmd|-2\+3|=1\+1)/);
  }
  // What was not read has no hash, and nothing that looks like one.
  expect(readFileSync(path.join(dataset, 'sources.csv'), 'utf8')).not.toContain('unread-');
  expect(readFileSync(path.join(dataset, 'reports.csv'), 'utf8')).toContain("'=HYPERLINK");
});
