/**
 * Writes `fixtures/` anew: `node scripts/make-fixtures.ts`. The same files, byte for byte, in every run; a test
 * compares what lies there with what this would write. Files that LibreOffice makes are written where it is installed
 * and left as they are where it is not.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertAll } from '../test/read/converted.ts';
import type { Fixture, ScanFixture } from '../test/render/fixture-set.ts';
import { fixtureSet, scanSet } from '../test/render/fixture-set.ts';
import { renderScan } from '../test/render/scans.ts';
import { program } from '../test/support/requires.ts';

export const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** Every file below `fixtures/` whose bytes are ours, by its path there. */
export function fixtureFiles(
  set: readonly Fixture[] = fixtureSet(),
  scans: readonly ScanFixture[] = scanSet(),
): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const fixture of set) {
    if (!fixture.converted) files.set(fixture.path, fixture.bytes);
    files.set(`${fixture.path}.expected.json`, utf8(expectedText(fixture)));
  }
  for (const scan of scans) files.set(`${scan.path}.expected.json`, utf8(expectedText(scan)));
  // Reading scans takes Tesseract: a folder of fixtures read as a whole is to come out the same without it.
  files.set('scans/.gongkai-ignore', utf8(''));
  files.set('README.md', utf8(readme(set, scans)));
  return files;
}

/** One cell a line, so that a change shows as one line. */
function expectedText({ expected }: Pick<Fixture, 'expected'>): string {
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

function readme(set: readonly Fixture[], scans: readonly ScanFixture[]): string {
  const row = (f: Pick<Fixture, 'path' | 'shows'>) => `| [${f.path}](${f.path}) | ${f.shows} |`;
  const rows = set.map(row);
  return `# Fixtures

Invented reports of an invented district, 某某区. Nothing here was published by anybody. Each file stands beside what a
reader must make of it, \`<name>.expected.json\`: outcome, agency, year, every cell as \`[state, value, unit, raw]\` and
the faults planted in it (rule, target, and the culprit where the sums name one). These values come from the record that
the file was drawn from, not from the program.

| file | shows |
|---|---|
${rows.join('\n')}

Scans take the program Tesseract and seconds a page; \`scans/\` is passed over unless its files are named
(\`npm run gongkai extract fixtures/scans/danganju.pdf\`). Without Tesseract they come out as \`needs_ocr\`. With it every cell
is as expected or marked as doubtful.

| scan | shows |
|---|---|
${scans.map(row).join('\n')}

Made by \`node scripts/make-fixtures.ts\`: the same bytes in every run, but for the DOC file and the scans, which
LibreOffice makes. To change a fixture, change
\`test/render/fixture-set.ts\` and run it again.
`;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

if (import.meta.main) {
  const set = fixtureSet();
  const files = fixtureFiles(set);
  const converted = set.filter((f) => f.converted);
  const scans = scanSet();
  const kept = new Set([...files.keys(), ...[...converted, ...scans].map((f) => f.path)]);
  for (const entry of readdirSync(FIXTURES, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(FIXTURES, file).split(path.sep).join('/');
    if (entry.isFile() && !kept.has(name) && !name.startsWith('hostile/')) rmSync(file);
  }
  for (const [name, bytes] of files) write(name, bytes);
  const soffice = program('soffice');
  for (const fixture of converted) {
    const input = { extension: 'docx', bytes: fixture.bytes };
    if (soffice) write(fixture.path, convertAll(soffice, [input], fixture.converted ?? '')[0]!);
    else needs(fixture.path, 'LibreOffice');
  }
  const pdftoppm = program('pdftoppm');
  for (const scan of scans) {
    if (soffice && pdftoppm) write(scan.path, renderScan(scan, soffice, pdftoppm));
    else needs(scan.path, 'LibreOffice or pdftoppm');
  }
  process.stderr.write(`${kept.size} files in ${FIXTURES}\n`);
}

function needs(name: string, missing: string): void {
  if (existsSync(path.join(FIXTURES, name))) return;
  process.stderr.write(`${name} is missing and ${missing} is not installed\n`);
  process.exitCode = 1;
}

function write(name: string, bytes: Uint8Array): void {
  const file = path.join(FIXTURES, ...name.split('/'));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
