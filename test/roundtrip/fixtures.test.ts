import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FIXTURES, fixtureFiles } from '../../scripts/make-fixtures.ts';
import type { Report } from '../../src/extract/report.ts';
import { checkAcross, checkReport, viewOf } from '../../src/index.ts';
import { trim } from '../render/expected.ts';
import type { Expected } from '../render/fixture-set.ts';
import { fixtureSet, scanSet } from '../render/fixture-set.ts';
import { program } from '../support/requires.ts';
import { readBack } from './read-back.ts';

const set = fixtureSet();
const files = fixtureFiles(set);
const reports = set.map((fixture) => fixture.path);
const scans = scanSet().map((scan) => scan.path);

test('What lies in fixtures/ is, byte for byte, what the script writes.', () => {
  const lying = readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      path.relative(FIXTURES, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
    )
    // Of another script: scripts/make-hostile-fixtures.ts.
    .filter((name) => !name.startsWith('hostile/'));
  expect(lying.sort()).toEqual([...new Set([...files.keys(), ...reports, ...scans])].sort());
  for (const [name, bytes] of files) {
    expect(Buffer.compare(readFileSync(path.join(FIXTURES, name)), bytes), name).toBe(0);
  }
});

test.each(reports)('fixtures/%s reads as its record says.', async (name) => {
  const file = path.join(FIXTURES, name);
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

test.skipIf(!program('tesseract')).each(scans)(
  'fixtures/%s reads as its record says, or says that it is not sure.',
  { timeout: 300_000 },
  async (name) => {
    const file = path.join(FIXTURES, name);
    const expected = JSON.parse(readFileSync(`${file}.expected.json`, 'utf8')) as Expected;
    const report = await readBack(readFileSync(file), name);
    expect([report.outcome, report.year]).toEqual([expected.outcome, expected.year]);
    const facts = report.tables.flatMap((table) => table.facts);
    const keyed = new Map(facts.map((f) => [`${f.table}/${f.row}/${f.column}`, f]));
    const [right, wrong] = [[] as string[], [] as string[]];
    for (const [key, [state, value]] of Object.entries(expected.facts)) {
      const fact = keyed.get(key);
      if (fact?.state === state && fact.value === value) right.push(key);
      else if (!fact?.doubtful) wrong.push(`${key}: ${value}, read ${fact?.raw}`);
    }
    expect(wrong).toEqual([]);
    expect(right.length / keyed.size).toBeGreaterThan(0.98);
    expect(facts.every((fact) => fact.confidence === 'ocr')).toBe(true);
    expect(facts.filter((fact) => fact.doubtful).length / facts.length).toBeLessThan(0.05);
  },
);

test('The rules find every planted fault, name the cell where the sums do, and find nothing else.', async () => {
  const bodies = new Map<string, { path: string; report: Report }[]>();
  const found = new Map<string, Set<string>>(reports.map((name) => [name, new Set()]));
  for (const { path: name, expected } of set) {
    const report = await readBack(readFileSync(path.join(FIXTURES, name)), name);
    for (const finding of checkReport(report).findings) {
      if (finding.severity !== 'info') found.get(name)!.add(finding.rule);
      const culprit = expected.planted.find((p) => p.rule === finding.rule)?.culprit;
      if (!culprit) continue;
      expect(finding.verdict).toBe('unique');
      expect(finding.culprit).toEqual([culprit.cell]);
      expect(finding.suggested[0]?.cells).toEqual([
        { cell: culprit.cell, printed: culprit.printed, suggested: culprit.right },
      ]);
    }
    if (expected.outcome === 'complete') {
      const body = bodies.get(expected.agency!) ?? [];
      bodies.set(expected.agency!, [...body, { path: name, report }]);
    }
  }
  for (const files of bodies.values()) {
    const years = new Set(files.map(({ report }) => report.year));
    const reports = files.map(({ path, report }) => viewOf(report, { id: path }));
    const across = checkAcross(
      years.size < files.length ? { copies: [{ reports }] } : { histories: [{ agency: null, reports }] },
    );
    for (const { severity, rule, report } of across.findings) {
      if (severity !== 'info') found.get(report ?? files.at(-1)!.path)!.add(rule);
    }
  }
  for (const { path: name, expected } of set) {
    // One cause, one finding: the rules that one wrong cell breaks come out as the first of them.
    const rules = expected.planted.filter((p, i, all) => !p.culprit || all.findIndex((q) => q.culprit) === i);
    expect([...found.get(name)!].sort(), name).toEqual([...new Set(rules.map((p) => p.rule))].sort());
  }
});
