/**
 * Writes `fixtures/hostile/` anew: `node scripts/make-hostile-fixtures.ts`. The same files, byte for byte, in every run
 * on one version of Node; what each must come to stands in its README and is checked by test/hostile/.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { HOSTILE } from '../test/hostile/cases.ts';

export const HOSTILE_FIXTURES = fileURLToPath(new URL('../fixtures/hostile/', import.meta.url));

/** What the folder holds, by name. */
export function hostileFiles(): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const { name, bytes, kept } of HOSTILE) if (kept) files.set(name, bytes());
  files.set('README.md', Buffer.from(readme()));
  files.set(
    '.gongkai-ignore',
    Buffer.from('These files are meant to harm their reader; gongkai passes this folder over.\n'),
  );
  return files;
}

function readme(): string {
  const rows = HOSTILE.map(
    (c) =>
      `| ${c.name} | ${c.shows} | ${c.limit ?? ''} | ${c.outcome.join(', ')} | ${c.kept ? '' : 'when the tests run'} |`,
  );
  return `# Hostile files

Meant to harm whoever reads them: do not open them in an office program. Each must come to one of the outcomes named, within
the limits of [docs/limits.md](../../docs/limits.md); \`test/hostile/\` holds the program to it. Because of the file
\`.gongkai-ignore\` this folder is passed over when the one above is read.

| file | what it is | limit | outcome | made |
|---|---|---|---|---|
${rows.join('\n')}

Written by \`node scripts/make-hostile-fixtures.ts\` from \`test/hostile/cases.ts\`.
`;
}

if (import.meta.main) {
  mkdirSync(HOSTILE_FIXTURES, { recursive: true });
  const files = hostileFiles();
  for (const name of readdirSync(HOSTILE_FIXTURES))
    if (!files.has(name)) rmSync(path.join(HOSTILE_FIXTURES, name));
  let total = 0;
  for (const [name, bytes] of files) {
    writeFileSync(path.join(HOSTILE_FIXTURES, name), bytes);
    total += bytes.length;
  }
  process.stderr.write(`${files.size} files, ${total} bytes in ${HOSTILE_FIXTURES}\n`);
}
