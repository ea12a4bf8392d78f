import type { CellKey } from '../../src/form/form.ts';
import { TABLE_IDS } from '../../src/form/form.ts';
import { coverage } from '../render/flow.ts';
import type { Random } from '../render/random.ts';
import { type ModelCell, type ReportRecord, tableModels } from '../render/record.ts';

/** Changes after which a table has another shape, and what it then shows where. */
export const RESHAPING = [
  'cell removed',
  'cell doubled',
  'row removed',
  'row doubled',
  'rows swapped',
] as const;
export type Reshaping = (typeof RESHAPING)[number];

export interface Reshaped {
  readonly markup: string;
  /**
   * For each cell of the form what now stands in its row and under its header; none where nothing does. Where a header
   * was changed, the cells beside it as well: nothing tells under which of two words a number then stands.
   */
  readonly shown: ReadonlyMap<CellKey, readonly ModelCell[]>;
}

/** A cell as the page draws it. */
interface Drawn {
  readonly from: number;
  readonly to: number;
  readonly columns: number;
  readonly rows: number;
  readonly model: ModelCell | null;
}

interface Row {
  readonly from: number;
  readonly to: number;
  readonly cells: readonly Drawn[];
  /** Which table of the page it stands in. */
  readonly table: number;
  readonly isHeader: boolean;
}

const MARKS = {
  html: { row: /<tr\b[^>]*>[\s\S]*?<\/tr>/giu, cell: /<td\b[^>]*>[\s\S]*?<\/td>/giu, table: /<table\b/giu },
  docx: {
    row: /<w:tr[ >][\s\S]*?<\/w:tr>/gu,
    cell: /<w:tc>[\s\S]*?<\/w:tc>/gu,
    table: /<w:tbl>/gu,
  },
} as const;

/**
 * Changes one place of a page whose tables do not nest. Works out, from the spans alone and as a browser or Word would,
 * where every cell then stands. The page must draw the record's tables row by row.
 */
export function reshape(
  markup: string,
  kind: 'html' | 'docx',
  record: ReportRecord,
  how: Reshaping,
  random: Random,
): Reshaped {
  const rows = rowsOf(markup, kind, record);
  const unchanged: Reshaped = { markup, shown: shownIn(rows, rows, kind, 0) };
  const at = random.integer(0, rows.length - 1);
  const row = rows[at]!;
  const swap = (from: number, to: number, by: string) => markup.slice(0, from) + by + markup.slice(to);
  const text = (of: { readonly from: number; readonly to: number }) => markup.slice(of.from, of.to);
  const after = (now: readonly Row[], touched: readonly Row[]) =>
    shownIn(rows, now, kind, touched.some((r) => r.isHeader) ? 1 : 0);
  switch (how) {
    case 'row removed':
      return { markup: swap(row.from, row.to, ''), shown: after(rows.toSpliced(at, 1), [row]) };
    case 'row doubled':
      return {
        markup: swap(row.from, row.to, text(row) + text(row)),
        shown: after(rows.toSpliced(at, 0, row), [row]),
      };
    case 'rows swapped': {
      const next = rows[at + 1];
      if (next === undefined || next.table !== row.table) return unchanged;
      const between = markup.slice(row.to, next.from);
      return {
        markup: swap(row.from, next.to, text(next) + between + text(row)),
        shown: after(rows.toSpliced(at, 2, next, row), [row, next]),
      };
    }
    default: {
      if (row.cells.length === 0) return unchanged;
      const chosen = random.integer(0, row.cells.length - 1);
      const cell = row.cells[chosen]!;
      const doubled = how === 'cell doubled';
      const cells = doubled ? row.cells.toSpliced(chosen, 0, cell) : row.cells.toSpliced(chosen, 1);
      return {
        markup: swap(cell.from, cell.to, doubled ? text(cell) + text(cell) : ''),
        shown: after(rows.with(at, { ...row, cells }), [row]),
      };
    }
  }
}

/** The rows of the record's tables in the page; rows that hold a paragraph are of no table's model. */
function rowsOf(markup: string, kind: 'html' | 'docx', record: ReportRecord): Row[] {
  const models = TABLE_IDS.flatMap((table) => tableModels(record, table)).flatMap(
    (model): readonly (readonly (ModelCell | null)[])[] =>
      kind === 'html' ? model.rows : coverage(model).map(drawnIn),
  );
  const tables = [...markup.matchAll(MARKS[kind].table)].map((m) => m.index);
  const rows: Row[] = [];
  let next = 0;
  for (const row of markup.matchAll(MARKS[kind].row)) {
    const cells = [...row[0].matchAll(MARKS[kind].cell)].filter(
      ([cell]) => !/^<td[^>]*display:none/u.test(cell),
    );
    const model = models[next]?.length === cells.length ? models[next] : undefined;
    if (model) next += 1;
    rows.push({
      from: row.index,
      to: row.index + row[0].length,
      table: tables.filter((at) => at < row.index).length,
      isHeader: model !== undefined && !model.some((m) => m?.kind === 'value'),
      cells: cells.map((cell, i) => {
        const number = (name: string) => Number(new RegExp(`${name}="(\\d+)"`, 'iu').exec(cell[0])?.[1] ?? 1);
        return {
          from: row.index + cell.index,
          to: row.index + cell.index + cell[0].length,
          columns: number(kind === 'html' ? 'colspan' : 'w:gridSpan w:val'),
          rows: kind === 'html' ? number('rowspan') : 1,
          model: model?.[i] ?? null,
        };
      }),
    });
  }
  if (next < models.length) throw new Error(`row ${next} of the record is not on the page`);
  return rows;
}

/** DOCX draws a merged cell in every row that it covers; only its first part shows something. */
function drawnIn(
  positions: readonly { readonly cell: ModelCell; readonly row: number; readonly column: number }[],
  row: number,
): (ModelCell | null)[] {
  return positions.flatMap((at, column) => (at.column === column ? [at.row === row ? at.cell : null] : []));
}

/** Under each cell of the form as it stood before, what begins in its column now, and so many cells beside that. */
function shownIn(
  before: readonly Row[],
  now: readonly Row[],
  kind: 'html' | 'docx',
  beside: number,
): ReadonlyMap<CellKey, readonly ModelCell[]> {
  const home = new Map<string, CellKey>();
  const columns = columnsOf(before, kind);
  before.forEach((row, r) => {
    row.cells.forEach((cell, i) => {
      if (cell.model?.key) home.set(`${row.from}/${columns[r]![i]}`, cell.model.key);
    });
  });
  const shown = new Map<CellKey, ModelCell[]>();
  columnsOf(now, kind).forEach((row, r) => {
    row.forEach((column, i) => {
      const key = home.get(`${now[r]!.from}/${column}`);
      const stands = now[r]!.cells.slice(Math.max(0, i - beside), i + beside + 1).flatMap(
        (c) => c.model ?? [],
      );
      if (key) shown.set(key, [...(shown.get(key) ?? []), ...stands]);
    });
  });
  return shown;
}

/** The column in which each cell begins. */
function columnsOf(rows: readonly Row[], kind: 'html' | 'docx'): number[][] {
  let table = -1;
  /** Rows that a column is still taken by a cell from above. */
  let taken: number[] = [];
  return rows.map((row) => {
    if (row.table !== table) taken = [];
    table = row.table;
    let column = 0;
    const begins: number[] = [];
    const fresh: [number, number][] = [];
    for (const cell of row.cells) {
      while ((taken[column] ?? 0) > 0) column += 1;
      begins.push(column);
      if (kind === 'html') for (let i = 0; i < cell.columns; i += 1) fresh.push([column + i, cell.rows - 1]);
      column += cell.columns;
    }
    taken = taken.map((n) => Math.max(0, n - 1));
    for (const [at, n] of fresh) taken[at] = Math.max(taken[at] ?? 0, n);
    return begins;
  });
}
