import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gongkai } from '../cli/run-cli.ts';

/** Names that files on a disk can have. Each is a report and, with another ending, a file that cannot be read. */
const STEMS = [
  'x\\..\\..\\gongkai-escaped',
  'C:\\gongkai-escaped',
  '%2e%2e%2fgongkai-escaped',
  'a..b',
  'a\u0007\u001b[31mb\u001b]0;x\u0007',
  'a\nb\r\tc',
  '年报\u202elmth.exe',
  '年报\u200b\u2066x\u2069\u2028',
  '年报😀👨‍👩‍👧',
  '年'.repeat(83),
  '-rf',
  '--output=elsewhere',
  '=HYPERLINK("x","y")',
  '+1',
  '@SUM(1+1)',
  "'quoted",
  '"a","b"',
  '<img src=x onerror=alert(1)>',
  '${x}&amp;$(touch gongkai-escaped)',
  '*?[a]{b}',
  ' in front and behind ',
  'e\u0301',
];
/** Not in UTF-8, as an archive of a Windows machine leaves it. */
const GBK = Buffer.concat([Buffer.from([0xc4, 0xea, 0xb1, 0xa8]), Buffer.from('.html')]);

describe.skipIf(process.platform !== 'linux')('files with hostile names on the disk', () => {
  let folder: string;
  let run: Awaited<ReturnType<typeof gongkai>>;
  const dataset = () => path.join(folder, 'out', 'dataset');
  const csv = (name: string) =>
    parse(readFileSync(path.join(dataset(), name)), { bom: true, columns: true }) as Record<string, string>[];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-names-'));
    const reports = path.join(folder, '-reports');
    mkdirSync(reports);
    const page = readFileSync(new URL('../../fixtures/2021/jiaoyuju.html', import.meta.url));
    for (const stem of STEMS) {
      writeFileSync(path.join(reports, `${stem}.html`), page);
      writeFileSync(path.join(reports, `${stem}.pdf`), '%PDF-1.7 and no more');
    }
    writeFileSync(Buffer.concat([Buffer.from(`${reports}/`), GBK]), page);
    writeFileSync(path.join(folder, 'gongkai.yaml'), 'formats: [csv, xlsx, jsonl]\n');
    run = await gongkai(['extract', '-o', 'out', '--', '-reports'], { cwd: folder });
  }, 120_000);
  afterAll(() => {
    chmodSync(folder, 0o755);
    rmSync(folder, { recursive: true, force: true });
  });

  test('all come out under their names, and one that is no text is named', () => {
    const documents = readFileSync(path.join(dataset(), 'sources.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { document: string }).document);
    const expected = STEMS.flatMap((stem) => [`${stem}.html`, `${stem}.pdf`]).map((name) =>
      `-reports/${name}`.normalize('NFC'),
    );
    expect(documents.sort()).toEqual(expected.sort());
    expect(run.status).toBe(3);
    expect(run.err).toMatch(/\ufffd+.*not in UTF-8; rename it/u);
  });

  test('nothing is written but the output folder', () => {
    expect(readdirSync(folder).sort()).toEqual(['-reports', 'gongkai.yaml', 'out']);
    expect(readdirSync(path.join(folder, '-reports'))).toHaveLength(STEMS.length * 2 + 1);
  });

  test('the terminal is sent no control characters and no marks of direction', () => {
    expect(run.err + run.out).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]/u);
  });

  test('the CSV files keep their columns, and no cell begins a formula', () => {
    expect(csv('sources.csv')).toHaveLength(STEMS.length * 2);
    for (const name of readdirSync(dataset()).filter((n) => n.endsWith('.csv'))) {
      if (name === 'codebook.csv') continue;
      for (const row of csv(name))
        for (const value of Object.values(row)) expect(value).not.toMatch(/^(?:[=@\t\r]|[+-](?![\d.]+$|$))/u);
    }
  });

  test('the workbooks have no formulas and no characters that XML forbids', () => {
    const books = readdirSync(path.join(folder, 'out'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.xlsx'),
    );
    expect(books.length).toBeGreaterThan(2);
    let shown = 0;
    for (const book of books)
      for (const [name, bytes] of Object.entries(unzipSync(readFileSync(path.join(folder, 'out', book))))) {
        if (!name.endsWith('.xml')) continue;
        const xml = Buffer.from(bytes).toString('utf8');
        if (xml.includes('&lt;img src=x')) shown += 1;
        expect(xml, `${book} ${name}`).not.toMatch(/<f[ >]|[\x00-\x08\x0b\x0c\x0e-\x1f]/u);
      }
    expect(shown).toBeGreaterThan(0);
  });

  test('the page shows them as text', () => {
    const page = readFileSync(path.join(folder, 'out', 'report.html'), 'utf8');
    expect(page).toContain('份文件未完整读出');
    expect(page).not.toMatch(/<img src=x|[\x00-\x08\x0b-\x0c\x0e-\x1f]/u);
  });

  test('a second run knows them all', async () => {
    const again = await gongkai(['extract', '-o', 'out', '--json', '--', '-reports'], { cwd: folder });
    expect(JSON.parse(again.out)).toMatchObject({ unchanged: STEMS.length * 2, missing: [] });
  }, 60_000);
});
