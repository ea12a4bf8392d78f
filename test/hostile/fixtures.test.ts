import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOSTILE_FIXTURES, hostileFiles } from '../../scripts/make-hostile-fixtures.ts';
import { resolveInputs } from '../../src/run/inputs.ts';
import { DEFAULT_PARSE_LIMITS } from '../../src/run/parsing/limits.ts';
import { ParserPool } from '../../src/run/parsing/pool.ts';
import { HOSTILE, HOSTILE_NAMES } from './cases.ts';
import { zip } from './containers.ts';
import { type Came, readFolder, writeHostile } from './outcomes.ts';

let folder: string;
let came: Map<string, Came[]>;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-hostile-'));
  writeHostile(folder);
  came = await readFolder(folder);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('fixtures/hostile/ is, byte for byte, what its script writes, and is small.', () => {
  const files = hostileFiles();
  expect(readdirSync(HOSTILE_FIXTURES).sort()).toEqual([...files.keys()].sort());
  let total = 0;
  for (const [name, bytes] of files) {
    expect(Buffer.compare(readFileSync(path.join(HOSTILE_FIXTURES, name)), bytes), name).toBe(0);
    total += bytes.length;
  }
  expect(total).toBeLessThan(2 ** 21);
});

test('A folder with a file .gongkai-ignore in it is passed over with all below it.', async () => {
  const { files } = await resolveInputs([path.dirname(HOSTILE_FIXTURES)]);
  const found: string[] = [];
  for await (const { document } of files) found.push(document);
  expect(found.length).toBeGreaterThan(15);
  expect(found.filter((name) => name.includes('hostile'))).toEqual([]);
});

test.each(HOSTILE.map((c) => [c.name, c] as const))(
  '%s comes to the outcome it must have.',
  (name, hostile) => {
    const all = came.get(name) ?? [];
    expect(all, 'it must not vanish').not.toEqual([]);
    for (const { outcome, reason } of all) {
      expect(hostile.outcome, `${outcome}: ${reason}`).toContain(outcome);
      if (hostile.reason) expect(reason).toMatch(hostile.reason);
    }
  },
);

describe('a report cut off at every hundredth of its length', () => {
  const whole = HOSTILE.filter((c) => /^(?:docx|pdf|html|text)-named/.test(c.name));
  const kinds = ['docx', 'pdf', 'html', 'text'].map((kind) => whole.find((c) => c.name.startsWith(kind))!);
  test.each(kinds.map((c) => [c.name.split('-')[0]!, c] as const))(
    '(%s) is refused or read as far as it goes, with an outcome of its own each time',
    async (kind, { bytes }) => {
      const { readBack } = await import('../roundtrip/read-back.ts');
      const { ReadError } = await import('../../src/read/document.ts');
      const full = bytes();
      const printed = new Map(
        (await readBack(full)).tables
          .flatMap((t) => t.facts)
          .map((f) => [`${f.table}/${f.row}/${f.column}`, f]),
      );
      const outcomes = new Set<string>();
      for (let percent = 0; percent < 100; percent += 1) {
        const part = full.subarray(0, Math.floor((full.length * percent) / 100));
        try {
          const report = await readBack(part);
          outcomes.add(report.outcome);
          const wrong = report.tables
            .flatMap((t) => t.facts)
            .filter((f) => f.state === 'number' && !f.doubtful)
            .filter((f) => printed.get(`${f.table}/${f.row}/${f.column}`)?.value !== f.value);
          // The last number of what is left may have lost digits: nothing in plain text or markup could tell.
          const known = kind === 'text' || kind === 'html' ? 1 : 0;
          expect(
            wrong.length,
            `at ${percent} %: ${wrong.map((f) => `${f.table}/${f.row}/${f.column}=${f.value}`)}`,
          ).toBeLessThanOrEqual(known);
        } catch (error) {
          if (!(error instanceof ReadError)) throw error;
          outcomes.add(error.failure);
        }
      }
      expect(outcomes.size).toBeGreaterThan(0);
      if (kind === 'docx') expect(outcomes).not.toContain('complete');
    },
  );
});

test('Names in an archive that lead elsewhere or confuse stay inside, and every document comes out.', async () => {
  const page = Buffer.from('<html><body><p>某某</p></body></html>');
  const inner = mkdtempSync(path.join(os.tmpdir(), 'gongkai-names-'));
  const pool = new ParserPool(1, DEFAULT_PARSE_LIMITS);
  try {
    const { writeFileSync } = await import('node:fs');
    const file = path.join(inner, 'names.zip');
    writeFileSync(
      file,
      zip(
        HOSTILE_NAMES.map(({ name }, i) => ({ name, data: Buffer.concat([page, Buffer.from(String(i))]) })),
      ),
    );
    const spool = path.join(inner, 'spool');
    const { mkdirSync } = await import('node:fs');
    mkdirSync(spool);
    const reply = await pool.run({
      kind: 'expand',
      file,
      document: 'names.zip',
      name: 'names.zip',
      spool,
      limits: DEFAULT_PARSE_LIMITS.read,
    });
    if (reply.kind !== 'expanded') throw new Error(JSON.stringify(reply));
    expect(reply.members).toHaveLength(HOSTILE_NAMES.length);
    for (const { path: name, file: written } of reply.members) {
      expect(name).not.toMatch(/[\x00-\x1f\u202a-\u202e\u2066-\u2069]|(?:^|\/)\.\.(?:\/|$)|^\/|^[A-Za-z]:/u);
      expect(path.dirname(written)).toBe(spool);
    }
    expect(existsSync(path.join(os.tmpdir(), 'gongkai-escaped.html'))).toBe(false);
  } finally {
    await pool.close();
    rmSync(inner, { recursive: true, force: true });
  }
});
