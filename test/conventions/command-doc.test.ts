import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandDoc } from '../../scripts/make-command-doc.ts';
import { COMMANDS } from '../../src/cli/commands.ts';

const page = readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8');

test('docs/commands.md says what the command line says', async () => {
  expect(page).toBe(await commandDoc());
});

test('every command has an example', async () => {
  const sections = page.split(/^## gongkai /mu).slice(1);
  expect(sections.length).toBeGreaterThanOrEqual(COMMANDS.length);
  expect(sections.filter((s) => !s.includes('```sh')).map((s) => s.split('\n')[0])).toEqual([]);
});
