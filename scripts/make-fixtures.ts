/**
 * Writes `fixtures/` anew: `node scripts/make-fixtures.ts`. The same files, byte for byte, in every run; a test
 * compares what lies there with what this would write.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fixture } from '../test/render/fixture-set.ts';
import { fixtureSet } from '../test/render/fixture-set.ts';

export const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** Every file below `fixtures/`, by its path there. */
export function fixtureFiles(): ReadonlyMap<string, Uint8Array> {
  const set = fixtureSet();
  const files = new Map<string, Uint8Array>();
  for (const fixture of set) {
    files.set(fixture.path, fixture.bytes);
    files.set(`${fixture.path}.expected.json`, utf8(expectedText(fixture)));
  }
  files.set('README.md', utf8(readme(set)));
  return files;
}

/** One cell a line, so that a change shows as one line. */
function expectedText({ expected }: Fixture): string {
  const facts = Object.entries(expected.facts).map(
    ([key, fact]) => `    ${JSON.stringify(key)}: ${JSON.stringify(fact)}`,
  );
  return `{
  "outcome": ${JSON.stringify(expected.outcome)},
  "agency": ${JSON.stringify(expected.agency)},
  "year": ${JSON.stringify(expected.year)},
  "planted": ${JSON.stringify(expected.planted)},
  "facts": {${facts.length > 0 ? `\n${facts.join(',\n')}\n  ` : ''}}
}
`;
}

function readme(set: readonly Fixture[]): string {
  const rows = set.map((f) => `| [${f.path}](${f.path}) | ${f.shows} |`);
  return `# Fixtures

Invented reports of an invented district, 某某区. Nothing here was published by anybody. Each file stands beside what a
reader must make of it, \`<name>.expected.json\`: outcome, agency, year, every cell as \`[state, value, unit, raw]\` and
the faults planted in it (rule, target, and the culprit where the sums name one). These values come from the record that
the file was drawn from, not from the program.

| file | shows |
|---|---|
${rows.join('\n')}

Made by \`node scripts/make-fixtures.ts\`: the same bytes in every run. To change a fixture, change
\`test/render/fixture-set.ts\` and run it again.
`;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

if (import.meta.main) {
  const files = fixtureFiles();
  rmSync(FIXTURES, { recursive: true, force: true });
  for (const [name, bytes] of files) {
    const file = path.join(FIXTURES, ...name.split('/'));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  process.stderr.write(`${files.size} files in ${FIXTURES}\n`);
}
