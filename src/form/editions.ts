import { EDITION_2019 } from './edition-2019.ts';
import { EDITION_2021 } from './edition-2021.ts';
import type { CellKey, ColumnForm, Edition, EditionId, RowForm, TableForm, TableId } from './form.ts';
import { cellKey } from './form.ts';

/** Every edition that is read, oldest first. Before the first there was an unrelated table (国办发〔2014〕32号). */
export const EDITIONS: readonly Edition[] = [EDITION_2019, EDITION_2021];

export function edition(id: EditionId): Edition {
  return id === '2019' ? EDITION_2019 : EDITION_2021;
}

/** The edition prescribed for reports on `year`; null before 2019. */
export function editionForYear(year: number): Edition | null {
  return EDITIONS.find((e) => year >= e.firstYear && (e.lastYear === null || year <= e.lastYear)) ?? null;
}

export interface FormCell {
  readonly key: CellKey;
  readonly row: RowForm;
  readonly column: ColumnForm;
}

const cellLists = new Map<TableForm, readonly FormCell[]>();

/** All cells of a table in the order the form prints them: 161 or 175 for table 三, 15 for table 四. */
export function cellsOf(form: TableForm): readonly FormCell[] {
  let cells = cellLists.get(form);
  if (!cells) {
    cells = form.blocks.flatMap((block) =>
      block.rows.flatMap((row) =>
        block.columns.map((column) => ({ key: cellKey(form.table, row.key, column.key), row, column })),
      ),
    );
    cellLists.set(form, cells);
  }
  return cells;
}

/** The table of an edition. */
export function tableForm(id: EditionId, table: TableId): TableForm {
  return edition(id).tables[table];
}
