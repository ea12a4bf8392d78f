import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FIXTURES, fixtureFiles } from '../../scripts/make-fixtures.ts';
import { trim } from '../render/expected.ts';
import type { Expected } from '../render/fixture-set.ts';
import { readBack } from './read-back.ts';

const files = fixtureFiles();
const reports = [...files.keys()].filter((name) => files.has(`${name}.expected.json`));

test('What lies in fixtures/ is, byte for byte, what the script writes.', () => {
  const lying = readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      path.relative(FIXTURES, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
    );
  expect(lying.sort()).toEqual([...files.keys()].sort());
  for (const [name, bytes] of files) {
    expect(Buffer.compare(readFileSync(path.join(FIXTURES, name)), bytes), name).toBe(0);
  }
});

test.each(reports)('fixtures/%s reads as its record says.', async (name) => {
  const file = path.join(FIXTURES, name);
  expect(existsSync(file)).toBe(true);
  const expected = JSON.parse(readFileSync(`${file}.expected.json`, 'utf8')) as Expected;
  const report = await readBack(readFileSync(file), name);
  const facts = report.tables.flatMap((table) => table.facts);
  expect(report.outcome).toBe(expected.outcome);
  if (expected.outcome !== 'complete') {
    expect(facts.filter((f) => f.state === 'number')).toEqual([]);
    return;
  }
  expect({ agency: report.agency, year: report.year }).toEqual({
    agency: expected.agency,
    year: expected.year,
  });
  const read = facts.map((f) => [`${f.table}/${f.row}/${f.column}`, [f.state, f.value, f.unit, trim(f.raw)]]);
  expect(Object.fromEntries(read)).toEqual(expected.facts);
  expect(facts.filter((f) => f.doubtful || f.confidence !== 'certain')).toEqual([]);
});
