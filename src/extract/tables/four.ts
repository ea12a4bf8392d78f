import { foldPhrase } from '../../form/fold.ts';
import { T4_COLUMNS, T4_ROWS, type T4Column, type T4Row } from '../../form/form.ts';
import { matchColumn } from '../../form/labels.ts';
import { Binding, type Refused, refuse } from './binding.ts';
import { withoutFilling } from './filling.ts';
import { inFormOrder, type Labelled } from './four-order.ts';
import type { Row, RowCell } from './rows.ts';
import { isValueText } from './vocabulary.ts';

/**
 * Binds table 四: one data row of fifteen cells under two or three header rows, or three tables of five. By geometry
 * each column's chain of headers says which of the three rows it belongs to, unless the headers cannot stand where they
 * should; without geometry fifteen values in one row, after the headers, have one order.
 */
export function bindFour(rows: readonly Row[]): Binding | Refused {
  const location = rows[0]?.location ?? null;
  const byGeometry = bindGrids(rows);
  if (byGeometry) return byGeometry;
  const counted = bindCounted(rows);
  if (counted) return counted;
  return refuse('t4_no_row', '表四没有读到可以对应的十五个数', location);
}

function bindGrids(rows: readonly Row[]): Binding | null {
  const binding = new Binding('t4', 'grid');
  const grids = new Map<object, Row[]>();
  for (const row of rows) {
    if (!row.grid) continue;
    const list = grids.get(row.grid) ?? [];
    grids.set(row.grid, list);
    list.push(row);
  }
  for (const part of grids.values()) bindGrid(part, binding);
  return binding.cells.size >= T4_COLUMNS.length ? binding : null;
}

function bindGrid(part: readonly Row[], binding: Binding): void {
  const columns = part[0]?.grid?.columns ?? 0;
  for (const section of sectionsOf(part)) {
    const candidates = section.filter(isDataRow);
    const filled = candidates.filter((row) => row.cells.some((c) => c.text.trim() !== ''));
    const dataRows = filled.length > 0 ? filled : candidates;
    const header = section.slice(0, section.indexOf(dataRows[0] as Row));
    if (dataRows.length === 0 || header.length === 0) continue;
    const chains = Array.from({ length: columns }, (_, c) => chainAt(header, c));
    if (chains.every((x) => x.heads.length === 0) || standOverValues(chains, dataRows))
      bindRows(dataRows, chains, binding);
    else bindOrdered(dataRows, chains, header, binding);
  }
}

/** A grid may hold three tables of five cells, each under a header of its own. */
function sectionsOf(part: readonly Row[]): Row[][] {
  const sections: Row[][] = [[]];
  for (const row of part) {
    const open = sections[sections.length - 1] as Row[];
    const isHead = row.cells.some((c) => !c.spanned && rowOf(foldPhrase(c.text)) !== null);
    if (isHead && open.some(isDataRow)) sections.push([row]);
    else open.push(row);
  }
  return sections;
}

function bindRows(dataRows: readonly Row[], chains: readonly Chain[], binding: Binding): void {
  for (const [n, row] of dataRows.entries()) {
    for (const cell of row.cells) {
      const covered = chains.slice(cell.from, cell.to).filter((x) => x.row !== null && x.column !== null);
      const target = covered[0];
      const several = covered.some((x) => x.row !== target?.row || x.column !== target?.column);
      if (!target?.row || !target.column) {
        if (/\d/.test(cell.text)) {
          binding.signal({
            kind: 'unbound',
            code: 'unbound_value',
            label: '',
            raw: cell.text.trim(),
            location: cell.location,
          });
        }
        continue;
      }
      if (binding.get(target.row, target.column)) {
        if (cell.text.trim() === '' || cell.spanned) continue;
        if (n > 0) {
          binding.signal({
            kind: 'unbound',
            code: 'second_data_row',
            label: '',
            raw: cell.text.trim(),
            location: cell.location,
          });
        }
        if (binding.get(target.row, target.column)?.printed.text.trim() !== cell.text.trim())
          binding.spoilRow(target.row);
        continue;
      }
      binding.bind(target.row, target.column, {
        printed: cell,
        rowLabel: target.rowLabel,
        columnLabel: target.label,
        inferred: false,
        unreadable: several,
      });
      binding.rowLabels.set(target.row, target.rowLabel);
    }
  }
}

/** A row of values: at least five cells that can be values, none that is a header, not all of them merged from above. */
function isDataRow(row: Row): boolean {
  const own = row.cells.filter((c) => !c.spanned);
  if (own.length < T4_COLUMNS.length || own.some((c) => c.text.trim() !== '' && !isValueText(c.text)))
    return false;
  const widths = [T4_COLUMNS.length, T4_COLUMNS.length * T4_ROWS.length];
  return own.some((c) => c.text.trim() !== '') || widths.includes(own.length);
}

/** The headers above one column of the grid. */
interface Chain {
  /** The cell of the form that they name; null where they name none. */
  readonly row: T4Row | null;
  readonly column: T4Column | null;
  readonly rowLabel: string;
  readonly label: string;
  /** All of the three rows that are named above. */
  readonly heads: readonly T4Row[];
  /** The column that the lowest header names, under whatever row. */
  readonly named: T4Column | null;
  /** The lowest header; null where none of the rows has a cell there. */
  readonly leaf: RowCell | null;
}

function chainAt(header: readonly Row[], c: number): Chain {
  const texts: string[] = [];
  let last: RowCell | null = null;
  let leaf: RowCell | null = null;
  for (const row of header) {
    const cell = row.cells.find((x) => x.from <= c && c < x.to);
    leaf = cell ?? leaf;
    if (!cell || cell.spanned || cell === last) continue;
    if (cell.text.trim() === '') {
      const wide = headLeftOf(row, c);
      if (wide) texts.push(wide.text.trim());
      continue;
    }
    texts.push(cell.text.trim());
    last = cell;
  }
  const folded = texts.map(foldPhrase);
  const heads = [...new Set(folded.map(rowOf).filter((row) => row !== null))];
  const rowAt = lastIndex(folded, (t) => rowOf(t) !== null);
  const row = rowAt >= 0 ? rowOf(folded[rowAt] as string) : null;
  // Headers may be cut over rows of the grid (结果 above 维持): what stands below the group is one label.
  const below = texts.slice(rowAt + 1).filter((t) => !LITIGATION.test(foldPhrase(t)));
  const label = below.join('');
  const named = columnOf(label) ?? columnOf(below[below.length - 1] ?? '');
  const rowLabel = texts[rowAt] ?? '';
  const bound = row !== null && named !== null;
  return { row: bound ? row : null, column: bound ? named : null, label, rowLabel, heads, named, leaf };
}

/**
 * Whether the headers can be taken at their place: under each of the three rows its own columns, once and in order, none
 * under no row or under two, and as many values as labels. Where a column was put in and the spans above were left as they
 * were, or a cell is missing, every later number stands under the header of another.
 */
function standOverValues(chains: readonly Chain[], dataRows: readonly Row[]): boolean {
  if (chains.some((x) => x.heads.length > 1 || (x.heads.length === 0 && x.named !== null))) return false;
  const orders = T4_ROWS.map((row) => leavesOf(chains.filter((x) => x.row === row)).map((x) => x.column));
  const inOrder = orders.every((order) => {
    const places = order.map((column) => T4_COLUMNS.indexOf(column as T4Column));
    return places.every((place, i) => i === 0 || place > (places[i - 1] as number));
  });
  // An order of the office's own is one for all three.
  const own = orders[0]?.join() ?? '';
  const sameOrder =
    new Set(orders[0]).size === T4_COLUMNS.length &&
    orders.every((order) => order.length === T4_COLUMNS.length && order.join() === own);
  if (!inOrder && !sameOrder) return false;
  return dataRows.every((row) => {
    const covers = (c: number) => row.cells.some((cell) => cell.from <= c && c < cell.to);
    if (chains.some((x, c) => x.column !== null && !covers(c))) return false;
    return row.cells.every((cell) => {
      const above = chains.slice(cell.from, cell.to);
      const filled = cell.text.trim() !== '';
      return above.some((x) => (filled ? x.label !== '' : x.leaf !== null));
    });
  });
}

function leavesOf(chains: readonly Chain[]): Chain[] {
  return chains.filter((x, i) => i === 0 || x.leaf !== chains[i - 1]?.leaf);
}

/** The values in the form's order where labels and sums leave one way; else they are shown, and bound to nothing. */
function bindOrdered(
  dataRows: readonly Row[],
  chains: readonly Chain[],
  header: readonly Row[],
  binding: Binding,
): void {
  const labels = new Map<T4Row, string>();
  for (const row of header)
    for (const cell of row.cells) {
      const head = cell.spanned ? null : rowOf(foldPhrase(cell.text));
      if (head !== null && !labels.has(head)) labels.set(head, cell.text.trim());
    }
  const heads = [...labels.keys()];
  const formOrder = T4_ROWS.filter((row) => labels.has(row));
  const row = dataRows[0] as Row;
  const printed = row.cells.filter((c) => !c.spanned).map((cell) => labelled(cell, chains));
  const usual = dataRows.length === 1 && heads.join() === formOrder.join();
  const ordered = usual ? inFormOrder(printed, formOrder) : null;
  for (const decided of ordered?.decidedBy ?? []) binding.usedIdentities.add(`T4.SUM:${decided}`);
  const rawText = dataRows.flatMap((r) => r.cells.map((c) => c.text.trim())).join('|');
  const nothing: RowCell = { ...(row.cells[0] as RowCell), text: rawText, location: row.location, marks: [] };
  formOrder.forEach((head, r) => {
    binding.rowLabels.set(head, labels.get(head) ?? '');
    T4_COLUMNS.forEach((column, c) => {
      const value = ordered?.values[r * T4_COLUMNS.length + c];
      if (binding.get(head, column)) return;
      const cell = value?.cell ?? nothing;
      const doubted =
        (ordered?.contradicted === true || (value !== undefined && ordered?.open.has(value) === true)) &&
        !cell.marks.includes('boundary_uncertain');
      binding.bind(head, column, {
        printed: doubted ? { ...cell, marks: [...cell.marks, 'boundary_uncertain'] } : cell,
        rowLabel: labels.get(head) ?? '',
        columnLabel: value?.label ?? '',
        inferred: ordered?.by !== 'labels' || ordered.contradicted,
        unreadable: value === undefined,
      });
    });
  });
  for (const { cell, label } of printed) {
    if (!ordered || ordered.values.some((v) => v.cell === cell) || !/\d/u.test(cell.text)) continue;
    const raw = cell.text.trim();
    binding.signal({ kind: 'unbound', code: 'unbound_value', label, raw, location: cell.location });
  }
}

function labelled(cell: RowCell, chains: readonly Chain[]): Labelled {
  const above = leavesOf(chains.slice(cell.from, cell.to));
  const only = above.length === 1 ? above[0] : undefined;
  return { cell, named: only?.named ?? null, label: only?.label ?? '' };
}

/** Where a dump prints merged cells as a label and blank cells, the label to the left names this column as well. */
function headLeftOf(row: Row, c: number): RowCell | null {
  const left = row.cells.filter((x) => x.to <= c && !x.spanned && x.text.trim() !== '').pop();
  const folded = left ? foldPhrase(left.text) : '';
  return left && (rowOf(folded) !== null || LITIGATION.test(folded)) ? left : null;
}

const LITIGATION = /^(?:\(?[一二]\)?、?)?行政诉讼$/u;

function lastIndex(items: readonly string[], test: (item: string) => boolean): number {
  for (let i = items.length - 1; i >= 0; i -= 1) if (test(items[i] as string)) return i;
  return -1;
}

function rowOf(folded: string): T4Row | null {
  if (/未经复议/u.test(folded)) return 'litigation_direct';
  if (/复议后/u.test(folded)) return 'litigation_after_review';
  if (/^(?:\(?[一二]\)?、?)?(?:行政)?复议$/u.test(folded)) return 'review';
  return null;
}

function columnOf(label: string): T4Column | null {
  const match = matchColumn('t4', label).find((m) => m.exact)?.key;
  return match && (T4_COLUMNS as readonly string[]).includes(match) ? (match as T4Column) : null;
}

/** Fifteen values in a row of their own, or as a run of cells or tokens, after the headers. */
function bindCounted(rows: readonly Row[]): Binding | null {
  const width = T4_COLUMNS.length * T4_ROWS.length;
  const words = rows
    .flatMap((r) => r.cells)
    .filter((c) => !c.spanned && !/\d/u.test(c.text))
    .map((c) => foldPhrase(c.text));
  const headerText = words.join('');
  if (!/复议/u.test(headerText) || !/诉讼|起诉/u.test(headerText) || !/维持/u.test(headerText)) return null;
  const inOrder = isHeaderInOrder(words);
  const runs: RowCell[][] = [];
  let open: RowCell[] = [];
  const close = () => {
    if (open.length > 0) runs.push(open);
    open = [];
  };
  for (const row of rows) {
    if (row.bounded) {
      close();
      const own = row.cells.filter((c) => !c.spanned);
      if (own.every((c) => isValueText(c.text)) && own.length >= T4_COLUMNS.length) runs.push(own);
      continue;
    }
    for (const cell of row.cells) {
      const tokens = cell.text.trim().split(/[\s\u3000|]+/u);
      if (tokens.length >= width && tokens.every(isValueText)) {
        close();
        runs.push(
          tokens.map((text) => ({
            ...cell,
            text,
            reading: cell.reading === 'certain' ? 'inferred' : cell.reading,
          })),
        );
      } else if (isValueText(cell.text)) open.push(cell);
      else close();
    }
  }
  close();
  const crowded = runs.some((run) => run.length > width && run.length < 2 * width);
  const full = runs
    .map((run) => withoutFilling(run, width, null) ?? [])
    .filter((run) => run.length === width && (inOrder || run.some((c) => /\d/u.test(c.text))));
  const values = full.length === 1 ? full[0] : threeFives(runs);
  if (!values) return null;
  const binding = new Binding('t4', 'anchored');
  T4_ROWS.forEach((row, r) => {
    T4_COLUMNS.forEach((column, c) => {
      const printed = values[r * T4_COLUMNS.length + c];
      if (!printed) return;
      binding.bind(row, column, {
        printed,
        rowLabel: '',
        columnLabel: '',
        // Which of its cells is the one too many, the row alone does not say.
        inferred: !inOrder || crowded,
        unreadable: false,
      });
    });
  });
  return binding;
}

/**
 * The header as the form prints it, read row by row. A source that writes merged cells once, at each of their
 * positions or cut in two gives the words in one of these orders.
 */
function isHeaderInOrder(words: readonly string[]): boolean {
  const five = T4_COLUMNS.join(' ');
  const text = wordsOfHeader(words).join(' ');
  const heads = 'review litigation';
  const suits = 'litigation_direct litigation_after_review';
  return (
    text.includes(`${heads} ${five} ${suits} ${five} ${five}`) ||
    text.includes(`${heads} ${suits} ${five} ${five} ${five}`)
  );
}

/** The keys that the words name; a word cut over two cells is joined, what names nothing is left out. */
function wordsOfHeader(words: readonly string[]): string[] {
  const keys: string[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] as string;
    const key = keyOfHead(word);
    if (key !== null) {
      keys.push(key);
      continue;
    }
    const joined = word === '' ? null : keyOfHead(word + (words[i + 1] ?? ''));
    if (joined !== null) {
      keys.push(joined);
      i += 1;
    }
  }
  return keys;
}

function keyOfHead(word: string): string | null {
  return rowOf(word) ?? (LITIGATION.test(word) ? 'litigation' : columnOf(word));
}

function threeFives(runs: readonly RowCell[][]): RowCell[] | null {
  const fives = runs.filter((r) => r.length === T4_COLUMNS.length && r.some((c) => /\d/u.test(c.text)));
  return fives.length === T4_ROWS.length ? fives.flat() : null;
}
