import { Converter } from 'opencc-js/cn2t';
import { tableForm } from '../../src/form/editions.ts';
import type { TableId } from '../../src/form/form.ts';
import { GROUPS } from '../../src/form/form.ts';
import type { LabelKey, RecordTable, ReportRecord } from './record.ts';
import { HEADS, labelOf, tablesOf } from './record.ts';

const toTraditional = Converter({ from: 'cn', to: 'tw' });

/** Mirror sites convert some words too: 檔案 for 文件. */
function convert(text: string): string {
  return toTraditional(text.replace(/文件/g, '檔案'));
}

/** Headings and labels in traditional characters, as mirror sites serve them. */
export function withTraditionalLabels(record: ReportRecord): ReportRecord {
  return {
    ...record,
    sections: record.sections.map((s) => ({ ...s, heading: convert(s.heading) })),
    tables: Object.fromEntries(
      tablesOf(record).map((table) => {
        const of = record.tables[table]!;
        return [table, { ...of, labels: convertedLabels(table, of) }];
      }),
    ),
  };
}

function convertedLabels(table: TableId, of: RecordTable): RecordTable['labels'] {
  const printed: [LabelKey, string][] = Object.entries(HEADS).map(([key, text]) => [
    `head:${key as keyof typeof HEADS}`,
    text,
  ]);
  for (const block of tableForm(of.edition, table).blocks) {
    if (block.article) printed.push([`article:${block.article}`, block.article]);
    for (const row of block.rows) printed.push([`row:${row.key}`, `${row.ordinal}${row.label}`]);
    for (const column of block.columns) printed.push([`column:${column.key}`, column.label]);
  }
  for (const group of GROUPS) printed.push([`group:${group.key}`, `${group.ordinal}${group.label}`]);
  return Object.fromEntries(printed.map(([key, text]) => [key, convert(labelOf(of, key, text))]));
}
