/** Writes docs/rules/*.md from the catalogue. Run after every change of a rule; a test holds the two together. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { rulePages } from './rule-pages.ts';

const folder = new URL('../docs/rules/', import.meta.url);
mkdirSync(folder, { recursive: true });
const pages = rulePages();
for (const name of readdirSync(folder)) {
  if (!pages.has(name)) rmSync(new URL(name, folder));
}
for (const [name, text] of pages) writeFileSync(new URL(name, folder), text);
