import type { Report, TableReading } from '../extract/report.ts';
import { tableForm } from '../form/editions.ts';
import { type CellKey, cellKey, GROUPS, type GroupForm } from '../form/form.ts';
import { padEnd, padStart, printable, truncate } from './terminal.ts';

export interface Highlight {
  readonly cells: ReadonlySet<CellKey>;
  readonly culprit: ReadonlySet<CellKey>;
  readonly suggested: ReadonlyMap<CellKey, number>;
}

/** A statutory table as text; the cells of a finding are marked. Rows with nothing marked and nothing but zeros are left out. */
export function redraw(
  reading: TableReading,
  highlight: Highlight,
  options: {
    readonly lang: 'zh' | 'en';
    readonly emphasise: (text: string, kind: 'cell' | 'culprit') => string;
  },
): string[] {
  const form = tableForm(reading.edition, reading.table);
  const facts = new Map(reading.facts.map((f) => [cellKey(f.table, f.row, f.column), f]));
  const lines: string[] = [];
  let leftOut = 0;
  for (const block of form.blocks) {
    const labels = block.columns.map((c) => (options.lang === 'zh' ? c.label : c.label_en));
    const widths = labels.map((l) => Math.min(18, Math.max(8, l.length * (options.lang === 'zh' ? 2 : 1))));
    const rows = block.rows.flatMap((row) => {
      const cells = block.columns.map((column) => {
        const key = cellKey(reading.table, row.key, column.key);
        const fact = facts.get(key);
        const text =
          !fact || fact.state === 'absent' ? '…' : fact.state === 'unreadable' ? '?' : fact.raw || '␣';
        const suggestion = highlight.suggested.get(key);
        return { key, text: printable(suggestion === undefined ? text : `${text}→${suggestion}?`) };
      });
      const marked = cells.some((c) => highlight.cells.has(c.key) || highlight.culprit.has(c.key));
      const plain = cells.every((c) => c.text === '0' || c.text === '␣' || c.text === '…');
      if (!marked && plain) leftOut += 1;
      return marked || !plain ? [{ row, cells }] : [];
    });
    if (rows.length === 0) continue;
    lines.push(
      padEnd(block.article ?? '', 42) +
        labels.map((l, i) => padStart(truncate(l, widths[i] ?? 8), (widths[i] ?? 8) + 2)).join(''),
    );
    let group: GroupForm | undefined;
    for (const { row, cells } of rows) {
      const above = GROUPS.find((g) => g.key === row.group && g.key !== 'results');
      if (above && above !== group)
        lines.push(`${above.ordinal}${options.lang === 'zh' ? above.label : above.label_en}`);
      group = above;
      const label = `${above ? '  ' : ''}${row.ordinal}${options.lang === 'zh' ? row.label : row.label_en}`;
      lines.push(
        padEnd(truncate(label, 40), 42) +
          cells
            .map((c, i) => {
              const padded = padStart(truncate(c.text, 18), (widths[i] ?? 8) + 2);
              if (highlight.culprit.has(c.key)) return options.emphasise(padded, 'culprit');
              return highlight.cells.has(c.key) ? options.emphasise(padded, 'cell') : padded;
            })
            .join(''),
      );
    }
  }
  if (leftOut > 0)
    lines.push(
      options.lang === 'zh'
        ? `（另有${leftOut}行只有0或空白，未列出）`
        : `(${leftOut} rows with nothing but zeros or blanks are left out)`,
    );
  return lines;
}

export function tableOf(report: Report, table: TableReading['table']): TableReading | undefined {
  return report.tables.find((t) => t.table === table);
}
