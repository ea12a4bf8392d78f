import { EDITIONS, edition as editionOf } from '../../form/editions.ts';
import type { BlockForm, ColumnForm, ColumnKey, EditionId, RowKey } from '../../form/form.ts';
import { matchColumn, matchRow } from '../../form/labels.ts';
import { matchSection } from '../../form/sections.ts';
import { Binding, type Refused, refuse } from './binding.ts';
import type { Row, RowCell } from './rows.ts';
import { isArticleRow, isInformationHeader, isOddCell, isTwoRowLabel, isValueText } from './vocabulary.ts';

/**
 * Binds table 二: stacked blocks, each an article row, a header row (信息内容 …) and one or two data rows. Every data row
 * is bound under its own header, so that a block of the other edition inside the table is seen for what it is.
 */
export function bindTwo(rows: readonly Row[], edition: EditionId): Binding | Refused {
  const binding = new Binding('t2', rows.some((r) => r.kind === 'grid') ? 'grid' : 'anchored');
  const { logical, strays } = logicalRows(rows);
  const blocks = editionOf(edition).tables.t2.blocks;
  let header: HeaderRow | null = null;
  for (const row of logical) {
    if (row.kind === 'header') {
      header = header && row.continues ? mergeHeaders(header, row) : row;
      continue;
    }
    bindRow(row, header, blocks, strays && !row.bounded, binding);
  }
  if (binding.cells.size === 0) {
    return refuse('t2_no_rows', '表二的各行没有读到可以对应的数', rows[0]?.location ?? null);
  }
  return binding;
}

interface HeaderRow {
  readonly kind: 'header';
  readonly cells: readonly RowCell[];
  readonly geometry: boolean;
  readonly continues: boolean;
}

interface DataRow {
  readonly kind: 'data';
  readonly label: RowCell;
  readonly values: readonly RowCell[];
  readonly geometry: boolean;
  readonly bounded: boolean;
  /** Something that is neither a value nor a label ended it: what follows may have been its values. */
  readonly cut?: boolean;
  /** Label and values stood in one paragraph: an empty cell leaves nothing in it. */
  readonly inline?: boolean;
}

/** `strays`: numbers stand among the rows behind no label. A label with nothing behind it may be theirs. */
function logicalRows(rows: readonly Row[]): {
  readonly logical: readonly (HeaderRow | DataRow)[];
  readonly strays: boolean;
} {
  let strays = false;
  const out: (HeaderRow | DataRow)[] = [];
  let open: { label: RowCell | null; cells: RowCell[] } | null = null;
  const close = (cut = false) => {
    if (!open) return;
    if (open.label)
      out.push({ kind: 'data', label: open.label, values: open.cells, geometry: false, bounded: false, cut });
    else if (open.cells.length > 0)
      out.push({ kind: 'header', cells: open.cells, geometry: false, continues: false });
    open = null;
  };
  for (const row of rows) {
    if (row.bounded) {
      close();
      const logical = boundedRow(row, out[out.length - 1]);
      if (logical) out.push(logical);
      continue;
    }
    for (const cell of row.cells) {
      const inline = inlineCells(cell);
      if (inline) {
        close();
        out.push(inline);
        continue;
      }
      const text = cell.text.trim();
      if (isArticleRow(text)) close();
      else if (isInformationHeader(text)) {
        close();
        open = { label: null, cells: [] };
      } else if (isTwoRowLabel(text)) {
        close();
        open = { label: cell, cells: [] };
      } else if (open) {
        const current: { label: RowCell | null; cells: RowCell[] } = open;
        const fits = current.label
          ? isValueText(text) || isOddCell(text)
          : text !== '' && text.length <= 30 && !isValueText(text);
        if (fits) current.cells.push(cell);
        else if (text !== '') {
          strays ||= isStray(text);
          close(matchSection(text) === null);
        }
      } else strays ||= isStray(text);
    }
  }
  close();
  return { logical: out, strays };
}

function isStray(text: string): boolean {
  return /\d/u.test(text) && text.length <= 40 && text.split(/\s+/u).every(isValueText);
}

function boundedRow(row: Row, previous: HeaderRow | DataRow | undefined): HeaderRow | DataRow | null {
  const geometry = row.kind === 'grid';
  const cells = row.cells.filter((c) => !c.spanned);
  const filled = cells.filter((c) => c.text.trim() !== '');
  if (filled.length === 0 || filled.every((c) => isArticleRow(c.text))) return null;
  const label = cells.findIndex((c) => isTwoRowLabel(c.text));
  const headers = filled.filter((c) => columnCandidates(c.text).length > 0).length;
  const hasInformation = filled.some((c) => isInformationHeader(c.text));
  if (label >= 0 && !hasInformation) {
    const cell = cells[label] as RowCell;
    return { kind: 'data', label: cell, values: cells.slice(label + 1), geometry, bounded: true };
  }
  if (
    hasInformation ||
    headers > 0 ||
    (previous?.kind === 'header' && filled.every((c) => !isValueText(c.text)))
  ) {
    return {
      kind: 'header',
      cells: cells.filter((c) => !isInformationHeader(c.text) && !isArticleRow(c.text)),
      geometry,
      continues: !hasInformation && previous?.kind === 'header',
    };
  }
  const first = filled[0] as RowCell;
  if (isValueText(first.text)) return null;
  const at = cells.indexOf(first);
  return { kind: 'data', label: first, values: cells.slice(at + 1), geometry, bounded: true };
}

/** `行政许可 97`: label and values in one paragraph, white space between. */
function inlineCells(cell: RowCell): DataRow | HeaderRow | null {
  const tokens = cell.text
    .trim()
    .split(/[\s\u3000|]+/u)
    .filter((t) => t !== '');
  const label = tokens[0];
  if (label === undefined) return null;
  const at = (text: string): RowCell => ({
    ...cell,
    text,
    reading: cell.reading === 'certain' ? 'inferred' : cell.reading,
  });
  if (isTwoRowLabel(label) && tokens.length > 1 && tokens.slice(1).every(isValueText)) {
    return {
      kind: 'data',
      label: at(label),
      values: tokens.slice(1).map(at),
      geometry: false,
      bounded: true,
      inline: true,
    };
  }
  if (isTwoRowLabel(label)) return null;
  const headers = isInformationHeader(label) && tokens.length > 1 ? tokens.slice(1) : null;
  if (headers?.every((t) => columnCandidates(t).length > 0)) {
    return { kind: 'header', cells: headers.map(at), geometry: false, continues: false };
  }
  const glued = /^信息内容(.+)$/u.exec(tokens.join(''));
  if (glued?.[1] && columnCandidates(glued[1]).length > 0) {
    return { kind: 'header', cells: [at(glued[1])], geometry: false, continues: false };
  }
  return null;
}

function mergeHeaders(above: HeaderRow, below: HeaderRow): HeaderRow {
  if (!above.geometry || !below.geometry) return { ...above, cells: [...above.cells, ...below.cells] };
  return {
    ...above,
    cells: above.cells.map((cell) => {
      const pieces = below.cells.filter((c) => c.from < cell.to && c.to > cell.from);
      return { ...cell, text: [cell, ...pieces].map((c) => c.text.trim()).join('') };
    }),
  };
}

function columnCandidates(text: string): ColumnKey[] {
  return matchColumn('t2', text).map((m) => m.key);
}

function bindRow(
  row: DataRow,
  header: HeaderRow | null,
  blocks: readonly BlockForm[],
  strays: boolean,
  binding: Binding,
): void {
  const key = matchRow('t2', row.label.text)[0]?.key ?? null;
  const label = row.label.text.trim();
  const raw = row.values
    .map((c) => c.text.trim())
    .join('|')
    .replace(/\|+$/u, '');
  const block = key ? blocks.find((b) => b.rows.some((r) => r.key === key)) : undefined;
  if (!key || !block) {
    if (raw !== '' || label !== '') {
      binding.signal({ kind: 'row', code: 'extra_row', label, raw, location: row.label.location });
    }
    return;
  }
  if (binding.hasRow(key)) {
    const same = block.columns.every(
      (c, i) => (binding.get(key, c.key)?.printed.text.trim() ?? '') === (row.values[i]?.text.trim() ?? ''),
    );
    if (!same) {
      binding.spoilRow(key);
      binding.signal({ kind: 'unbound', code: 'repeated_row', label, raw, location: row.label.location });
    }
    return;
  }
  binding.rowLabels.set(key, label);
  if (
    header &&
    !row.cut &&
    row.values.every((v) => v.text.trim() === '' && !v.spanned) &&
    !(row.geometry && header.geometry)
  ) {
    // Nothing is printed behind the label: every cell under the header is blank, however many a dump has kept of them.
    for (const column of namedIn(header, block)) {
      binding.bind(key, column, {
        printed: { ...row.label, text: '' },
        rowLabel: label,
        columnLabel: '',
        inferred: false,
        unreadable: strays,
      });
    }
    return;
  }
  const placed = place(row, header, block);
  if (!placed) {
    for (const column of block.columns) {
      binding.bind(key, column.key, {
        printed: { ...row.label, text: raw },
        rowLabel: label,
        columnLabel: '',
        inferred: true,
        unreadable: true,
      });
    }
    binding.signal({ kind: 'unbound', code: 'row_not_aligned', label, raw, location: row.label.location });
    return;
  }
  for (const { column, cell, label: columnLabel } of placed.cells) {
    binding.columnLabels.set(column, columnLabel);
    if (!cell) continue;
    binding.bind(key, column, {
      printed: cell,
      rowLabel: label,
      columnLabel,
      inferred: placed.inferred,
      unreadable: cell.spanned && cell.text.trim() !== '',
    });
  }
  for (const extra of placed.extras) {
    if (extra.cell.text.trim() === '') continue;
    binding.signal({
      kind: 'column',
      code: 'extra_column_value',
      label: `${label}｜${extra.label}`,
      raw: extra.cell.text.trim(),
      location: extra.cell.location,
    });
  }
}

/** The columns of the block that a header names; those of another edition are none of them. */
function namedIn(header: HeaderRow, block: BlockForm): readonly ColumnKey[] {
  const heads = joinHeads(header, block.columns) ?? [];
  const columns = heads.map((h) => columnOf(h.text, block.columns));
  const none = heads.map(() => undefined);
  return result(heads, columns, none, true, block)?.cells.map((c) => c.column) ?? [];
}

/** The header has as many cells as the row, its words first and the filling behind them. */
function filledAlike(row: DataRow, header: HeaderRow | null, heads: number): boolean {
  const cells = header?.cells ?? [];
  return (
    cells.length === row.values.length && cells.every((cell, i) => (cell.text.trim() !== '') === i < heads)
  );
}

interface Placed {
  readonly cells: readonly {
    readonly column: ColumnKey;
    readonly label: string;
    readonly cell: RowCell | undefined;
  }[];
  readonly extras: readonly { readonly label: string; readonly cell: RowCell }[];
  readonly inferred: boolean;
}

function place(row: DataRow, header: HeaderRow | null, block: BlockForm): Placed | null {
  const heads = joinHeads(header, block.columns);
  if (!heads) return null;
  const columns = heads.map((h) => columnOf(h.text, block.columns));
  const known = columns.filter((c) => c !== null);
  if (new Set(known).size !== known.length) return null;

  if (row.geometry && header?.geometry) {
    const taken = heads.map((h) => row.values.filter((v) => v.from < h.to && v.to > h.from));
    const oneEach = taken.every((t) => t.filter((v) => v.text.trim() !== '').length <= 1);
    const overlaps = row.values.some(
      (v) => v.text.trim() !== '' && taken.filter((t) => t.includes(v)).length !== 1,
    );
    if (oneEach && !overlaps && known.length > 0) {
      return result(
        heads,
        columns,
        taken.map((t) => t.find((v) => v.text.trim() !== '') ?? t[0]),
        false,
        block,
      );
    }
  }
  const values = [...row.values];
  while (values.length > heads.length && values[values.length - 1]?.text.trim() === '') values.pop();
  if (values.length !== heads.length) return null;
  // The word of a column may stand on a line of its own, and its cell be empty: two of three look like all of two.
  if (row.inline && values.length !== block.columns.length) return null;
  // A dump that filled this row up may have done so between its values as well; its header shows where.
  const filled = row.values.length > heads.length;
  if (filled && values.some((v) => v.text.trim() === '') && !filledAlike(row, header, heads.length))
    return null;
  return result(heads, columns, values, row.geometry, block);
}

/**
 * Where at least one header reads as the form has it and there are as many headers as the block has columns, the others
 * can only be the rest in their order (本年新 | 本年新 | 对外公开总数量: cut words).
 */
function result(
  heads: readonly RowCell[],
  columns: readonly (ColumnKey | null)[],
  cells: readonly (RowCell | undefined)[],
  byOrder: boolean,
  block: BlockForm,
): Placed | null {
  let keys = columns;
  let inferred = byOrder;
  if (columns.some((c) => c === null) && heads.length === block.columns.length) {
    const consistent = columns.every((c, i) => c === null || c === block.columns[i]?.key);
    const foreign = heads.some((h, i) => columns[i] === null && columnCandidates(h.text).length > 0);
    const anchored =
      columns.some((c) => c !== null) || heads.every((h, i) => isPiece(h.text, block.columns[i]));
    if (consistent && !foreign && anchored) {
      keys = block.columns.map((c) => c.key);
      inferred = true;
    }
  }
  const bound: { column: ColumnKey; label: string; cell: RowCell | undefined }[] = [];
  const extras: { label: string; cell: RowCell }[] = [];
  heads.forEach((head, i) => {
    const key = keys[i];
    const cell = cells[i];
    if (key) bound.push({ column: key, label: head.text.trim(), cell });
    else if (cell) extras.push({ label: head.text.trim(), cell });
  });
  return { cells: bound, extras, inferred };
}

function isPiece(text: string, column: ColumnForm | undefined): boolean {
  const t = text.replace(/\s+/gu, '');
  return column !== undefined && t.length >= 2 && column.label.startsWith(t);
}

function columnOf(text: string, columns: readonly ColumnForm[]): ColumnKey | null {
  const keys = columnCandidates(text);
  return columns.find((c) => keys.includes(c.key))?.key ?? null;
}

/** Header cells; words that a dump cut into several cells (本年新 | 制作数量) joined where the join is a header. */
function joinHeads(header: HeaderRow | null, columns: readonly ColumnForm[]): RowCell[] | null {
  if (!header) return null;
  const cells = header.cells.filter((c) => c.text.trim() !== '');
  if (header.geometry) return cells.length > 0 ? [...cells] : null;
  const heads: RowCell[] = [];
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i] as RowCell;
    let taken = cell;
    if (columnOf(cell.text, columns) === null) {
      for (let n = 2; n <= 4 && i + n <= cells.length; n += 1) {
        const joined = cells
          .slice(i, i + n)
          .map((c) => c.text.trim())
          .join('');
        if (columnOf(joined, columns) !== null) {
          taken = { ...cell, text: joined };
          i += n - 1;
          break;
        }
      }
    }
    heads.push(taken);
  }
  return heads.length > 0 ? heads : null;
}

/** The edition whose columns and rows the table prints; null where nothing tells them apart. */
export function editionOfTwo(rows: readonly Row[]): EditionId | null {
  const votes = new Map<EditionId, number>(EDITIONS.map((e) => [e.id, 0]));
  for (const row of rows) {
    for (const cell of row.cells) {
      if (cell.spanned || cell.text.length > 200) continue;
      for (const e of EDITIONS) {
        const other = EDITIONS.find((o) => o.id !== e.id);
        if (distinctive(cell.text, e.id) && !(other && distinctive(cell.text, other.id))) {
          votes.set(e.id, (votes.get(e.id) ?? 0) + 1);
        }
      }
    }
  }
  const [first, second] = [...votes].sort((a, b) => b[1] - a[1]);
  return first && first[1] > (second?.[1] ?? 0) ? first[0] : null;
}

/** A header of decisions alone: the form of 2019 prints the number of items and its change before them. */
export function namesOnlyDecisions(row: Row): boolean {
  const heads = row.cells.filter((c) => !c.spanned && c.text.trim() !== '' && !isInformationHeader(c.text));
  return row.bounded && heads.length === 1 && columnCandidates(heads[0]?.text ?? '').includes('decisions');
}

function distinctive(text: string, id: EditionId): boolean {
  const columns = columnCandidates(text);
  const rows: RowKey[] = matchRow('t2', text)
    .filter((m) => m.exact)
    .map((m) => m.key);
  return editionOf(id).tables.t2.blocks.some(
    (b) =>
      b.columns.some((c) => columns.includes(c.key) && !(c.key === 'decisions' || c.key === 'amount')) ||
      b.rows.some((r) => rows.includes(r.key)),
  );
}
