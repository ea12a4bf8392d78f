import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cellsOf, EDITIONS } from '../src/form/editions.ts';
import { type BlockForm, type Edition, GROUPS, type TableForm } from '../src/form/form.ts';
import { identitiesOf } from '../src/form/identities.ts';
import { SECTIONS } from '../src/form/sections.ts';

/** docs/form.md, from the form as data: `npm run docs`. A test holds that the file is what this prints. */
export function formDoc(): string {
  const lines = [
    '# The statutory form',
    '',
    'Made from `src/form/` by `npm run docs`; edit the data, not this page.',
    '',
    'The 政府信息公开工作年度报告 is a fixed national form. Its contents are prescribed by 《政府信息公开条例》 article 50, its layout by two',
    'notices of the State Council’s general office. A cell is named by `table/row/column`, for instance `t3/denied.state_secret/total`.',
    'The edition is a property of each table: real reports print one table in the old layout and the next in the new one.',
    '',
    '## Sections',
    '',
    ...SECTIONS.map((s) => `${s.number}. ${s.title}`),
    '',
    '## Editions',
    '',
    '| edition | instrument | data years | cells of 表二 | 表三 | 表四 |',
    '|---|---|---|---|---|---|',
    ...EDITIONS.map(
      (e) =>
        `| \`${e.id}\` | ${e.instrument} | ${e.firstYear}–${e.lastYear ?? ''} | ${cellsOf(e.tables.t2).length} | ${cellsOf(e.tables.t3).length} | ${cellsOf(e.tables.t4).length} |`,
    ),
    '',
    'Reports on years before 2019 hold another, unrelated table (国办发〔2014〕32号); they are recognised and not extracted.',
    '',
    ...EDITIONS.flatMap(editionLines),
    '## Identities',
    '',
    'What must hold between the cells. `T3.FLOW` is printed in the corner of 表三; the others are what the word 总计 means.',
    '',
    '| rule | about | formula | instances (2019) | instances (2021) |',
    '|---|---|---|---|---|',
    ...(
      [
        ['T3.FLOW', 'each column of 表三', 'new_received + carried_in = concluded_total + carried_out'],
        ['T3.ITEMS', 'each column of 表三', 'sum of all result rows = concluded_total'],
        ['T3.ROWSUM', 'each row of 表三', 'sum of the six applicant columns = total'],
        ['T4.SUM', 'each row of 表四', 'upheld + corrected + other_result + pending = total'],
      ] as const
    ).map(([rule, about, formula]) => {
      const count = (edition: Edition) =>
        [...identitiesOf(edition.id, 't3'), ...identitiesOf(edition.id, 't4')].filter((i) => i.rule === rule)
          .length;
      return `| \`${rule}\` | ${about} | ${formula} | ${EDITIONS.map(count).join(' | ')} |`;
    }),
    '',
  ];
  return lines.join('\n');
}

function editionLines(edition: Edition): string[] {
  return [
    `## Edition \`${edition.id}\` (${edition.instrument})`,
    '',
    ...(['t2', 't3', 't4'] as const).flatMap((t) => tableLines(edition.tables[t])),
  ];
}

const NUMBER = { t2: '表二', t3: '表三', t4: '表四' } as const;

function tableLines(table: TableForm): string[] {
  return [
    `### ${NUMBER[table.table]} \`${table.table}\` ${table.title}`,
    '',
    ...table.blocks.flatMap(blockLines),
  ];
}

function blockLines(block: BlockForm): string[] {
  const groups = new Map(GROUPS.map((g) => [g.key, `${g.ordinal}${g.label} `]));
  return [
    ...(block.article ? [`**${block.article}**`, ''] : []),
    '| column | label | English | unit in the form | also met as |',
    '|---|---|---|---|---|',
    ...block.columns.map(
      (c) => `| \`${c.key}\` | ${c.label} | ${c.label_en} | ${c.unit ?? 'none'} | ${c.variants.join('、')} |`,
    ),
    '',
    '| row | label | English | also met as |',
    '|---|---|---|---|',
    ...block.rows.map(
      (r) =>
        `| \`${r.key}\` | ${r.group ? groups.get(r.group) : ''}${r.ordinal}${r.label} | ${r.label_en} | ${r.variants.join('、')} |`,
    ),
    '',
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../docs/form.md', import.meta.url), formDoc());
}
