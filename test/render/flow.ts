import type { RecordChart, ReportRecord, TableModel } from './record.ts';
import { tableModels } from './record.ts';

/** The pieces of a report in reading order: what every renderer draws. */
export type FlowItem =
  | { readonly kind: 'title' | 'date' | 'heading' | 'paragraph' | 'note'; readonly text: string }
  | { readonly kind: 'table'; readonly model: TableModel }
  | { readonly kind: 'chart'; readonly chart: RecordChart };

export function flow(record: ReportRecord): readonly FlowItem[] {
  const items: FlowItem[] = [{ kind: 'title', text: record.title }];
  if (record.publishedOn) items.push({ kind: 'date', text: `发布日期：${record.publishedOn}` });
  for (const text of record.preamble) items.push({ kind: 'paragraph', text });
  for (const section of record.sections) {
    items.push({ kind: 'heading', text: section.heading });
    for (const text of section.paragraphs) items.push({ kind: 'paragraph', text });
    for (const model of section.table ? tableModels(record, section.table) : []) {
      items.push({ kind: 'table', model });
      if (model.note) items.push({ kind: 'note', text: model.note });
    }
  }
  for (const chart of record.charts) items.push({ kind: 'chart', chart });
  return items;
}

/**
 * The grid of a model, row by row: at each position the cell that covers it and whether it begins there. What a
 * renderer needs that must write something for the rest of a merged cell.
 */
export interface Covered {
  readonly cell: TableModel['rows'][number][number];
  readonly row: number;
  readonly column: number;
}

export function coverage(model: TableModel): readonly (readonly Covered[])[] {
  const grid: Covered[][] = model.rows.map(() => []);
  model.rows.forEach((cells, row) => {
    let column = 0;
    for (const cell of cells) {
      while (grid[row]![column]) column += 1;
      for (let r = row; r < Math.min(row + cell.rowSpan, model.rows.length); r += 1) {
        for (let c = column; c < column + cell.columnSpan; c += 1) grid[r]![c] = { cell, row, column };
      }
      column += cell.columnSpan;
    }
    if (grid[row]!.filter(Boolean).length !== model.columns) {
      throw new RangeError(
        `row ${row} of ${model.table} covers ${grid[row]!.length} of ${model.columns} columns`,
      );
    }
  });
  return grid;
}
