import { readFileSync, writeFileSync } from 'node:fs';
import { TABLES_OF_THE_DATASET } from '../src/dataset/schema.ts';

/**
 * Writes the tables of docs/dataset.md from the schema. Run `node scripts/dataset-docs.ts` after a change of the
 * schema; a test fails until the page says the same.
 */

const PAGE = new URL('../docs/dataset.md', import.meta.url);
const BEGIN = '<!-- tables: written by scripts/dataset-docs.ts -->';
const END = '<!-- tables: end -->';

export function withTables(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/dataset.md lacks ${BEGIN} … ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${tables()}\n${page.slice(end)}`;
}

function tables(): string {
  return TABLES_OF_THE_DATASET.map((table) => {
    const key =
      table.primaryKey.length > 0 ? ` Key: ${table.primaryKey.map((k) => `\`${k}\``).join(', ')}.` : '';
    const head = `### ${table.name}\n\n${table.zh}. ${table.en}.${key}\n`;
    // The panel has some three hundred columns; the codebook explains each.
    const columns =
      table.name === 'panel' ? table.columns.filter((c) => !/^(t[234]|h|r)_/.test(c.name)) : table.columns;
    const rows = columns.map((c) => {
      const values =
        c.values && c.values.length <= 8 ? ` (${c.values.map((v) => `\`${v}\``).join(', ')})` : '';
      return `| \`${c.name}\` | ${c.type}${c.required ? ', never empty' : ''} | ${c.en}${values} | ${c.zh} |`;
    });
    const more =
      table.name === 'panel' ? '\nand one column per cell of the form, see [The panel](#the-panel).\n' : '';
    return `${head}\n| column | type | what it is | 说明 |\n|---|---|---|---|\n${rows.join('\n')}\n${more}`;
  }).join('\n');
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8')));
}
