import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rulePages } from '../../scripts/rule-pages.ts';
import { CATALOGUE, FAMILIES } from '../../src/check/catalogue.ts';

const folder = new URL('../../docs/rules/', import.meta.url);
const REWRITE = 'run `node scripts/make-rule-docs.ts` and read what changed';

test('docs/rules is what the catalogue says', () => {
  const pages = rulePages();
  expect(readdirSync(folder).sort(), REWRITE).toEqual([...pages.keys()].sort());
  for (const [name, text] of pages) {
    expect(readFileSync(new URL(name, folder), 'utf8'), `${name}: ${REWRITE}`).toBe(text);
    expect(text.split('\n').length, `${name} is too long to be read`).toBeLessThan(300);
  }
});

test('every rule has its place in the index and a section on its family’s page', () => {
  const pages = rulePages();
  for (const family of FAMILIES) {
    const page = pages.get(`${family.key}.md`) ?? '';
    for (const rule of family.rules) expect(page).toContain(`## ${rule.id}\n`);
  }
  for (const rule of CATALOGUE) expect(pages.get('README.md')).toContain(`[${rule.id}]`);
});

test('every file of rules with a family in it is registered', () => {
  const rules = new URL('../../src/check/rules/', import.meta.url);
  const families = readdirSync(rules).flatMap((file) => {
    const text = readFileSync(new URL(file, rules), 'utf8');
    return [...text.matchAll(/export const (\w+): \w+Family\b/g)].map((m) => m[1]);
  });
  expect(families.length).toBe(FAMILIES.length);
});

test('every rule id that the code raises is in the catalogue', () => {
  const rules = new URL('../../src/check/rules/', import.meta.url);
  const known = new Set(CATALOGUE.map((r) => r.id));
  for (const file of readdirSync(rules)) {
    const text = readFileSync(new URL(file, rules), 'utf8');
    for (const [, id] of text.matchAll(/rule: '([A-Z][A-Z0-9_.]+)'/g)) expect(known, file).toContain(id);
  }
});
