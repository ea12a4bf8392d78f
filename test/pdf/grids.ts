import type { Document } from '../../src/read/document.ts';
import type { ReportRecord } from '../render/record.ts';
import { tableModels, tablesOf } from '../render/record.ts';

/** What a cell prints, without the line breaks and blanks that its width brings. */
function squeeze(text: string): string {
  return text.replace(/[\s\u200b-\u200d\ufeff]/g, '');
}

/** Rows of all tables as the record prints them, cells where they begin. */
export function printedRows(record: ReportRecord): string[][] {
  return tablesOf(record)
    .flatMap((table) => tableModels(record, table))
    .flatMap((model) => model.rows.map((row) => row.map((cell) => squeeze(cell.text))));
}

/** Rows of all grids that a reader found. */
export function readRows(document: Document): string[][] {
  return document.blocks.flatMap((block) => {
    if (block.kind !== 'grid') return [];
    return Array.from({ length: block.rows }, (_, row) =>
      block.cells.filter((c) => c.row === row).map((c) => squeeze(c.text)),
    );
  });
}

/** Cells that carry a mark, with their marks. */
export function markedCells(document: Document): string[] {
  return document.blocks.flatMap((block) =>
    block.kind === 'grid'
      ? block.cells.filter((c) => c.marks?.length).map((c) => `${c.text}: ${c.marks!.join(', ')}`)
      : [],
  );
}
