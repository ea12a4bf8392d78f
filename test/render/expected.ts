import type { CellState } from '../../src/extract/report.ts';
import { cellsOf, tableForm } from '../../src/form/editions.ts';
import type { CellKey, EditionId, TableId } from '../../src/form/form.ts';
import type { ReportRecord } from './record.ts';
import { printedCells, tablesOf } from './record.ts';

/** What a reader must give for a cell of the record. */
export interface ExpectedFact {
  readonly table: TableId;
  readonly edition: EditionId;
  readonly key: CellKey;
  readonly state: CellState;
  readonly value: number | null;
  /** As printed beside the number, else in the column's header, else the form's own; null where none has one. */
  readonly unit: string | null;
  readonly raw: string;
}

/** Every cell of every table of the record, in form order; cells that the document lacks are `absent`. */
export function expectedFacts(record: ReportRecord): readonly ExpectedFact[] {
  return tablesOf(record).flatMap((table) => {
    const of = record.tables[table]!;
    const columns = new Map(cellsOf(tableForm(of.edition, table)).map((c) => [c.key, c.column]));
    return printedCells(table, of).map(({ key, cell }): ExpectedFact => {
      const place = { table, edition: of.edition, key };
      if (!cell) return { ...place, state: 'absent', value: null, unit: null, raw: '' };
      const raw = trim(cell.text);
      if (cell.state !== 'number') return { ...place, state: cell.state, value: null, unit: null, raw };
      const column = columns.get(key)!;
      const header = of.labels[`column:${column.key}`] ?? column.label;
      const unit = cell.unit ?? headerUnit(header) ?? column.unit;
      return { ...place, state: 'number', value: cell.value, unit, raw };
    });
  });
}

function headerUnit(header: string): string | null {
  return /万元/.test(header) ? '万元' : /（元）/.test(header) ? '元' : null;
}

/** White space and zero-width characters say nothing of what a cell prints. */
export function trim(text: string): string {
  return text.replace(/[\s\u00a0\u3000\u200b-\u200d\ufeff]+/g, '');
}
