import { tableForm } from '../../form/editions.ts';
import { foldLabel, foldPhrase } from '../../form/fold.ts';
import { type ColumnKey, type EditionId, type RowKey, T3_COLUMNS, type T3Column } from '../../form/form.ts';
import type { PrintedCell } from '../cell-value.ts';
import { Binding, type Refused, refuse } from './binding.ts';
import { type CountedHeader, countedHeader } from './counted-header.ts';
import { type Filling, fillingOf, withoutFilling } from './filling.ts';
import { type HeaderRange, headerRanges } from './header.ts';
import type { Row, RowCell } from './rows.ts';
import {
  isCorner,
  isGroupLabel,
  isThreeRowLabel,
  isUpperHeader,
  isValueText,
  rowCandidates,
  threeColumns,
} from './vocabulary.ts';

/**
 * Binds table 三 on a range of rows. Every printed row becomes a `Line`: its labels and its seven values, by geometry
 * where there is a grid under a readable header, by count where the cells are certain but their columns are not. A line
 * whose values cannot be told apart keeps its label and has none, so that it comes out unreadable, never shifted.
 */
export function bindThree(rows: readonly Row[], edition: EditionId): Binding | Refused {
  const first = rows[0]?.location ?? null;
  const binding = new Binding('t3', rows.some((r) => r.kind === 'grid') ? 'grid' : 'anchored');
  const { lines, headerSeen } = linesOf(rows, binding);
  if (!lines.some((l) => l.values !== null)) {
    return refuse('t3_no_rows', '表三的各行没有读到可以对应的七个数', first);
  }
  const assigned = assignRows(lines, edition, binding);
  if ('refused' in assigned) return assigned;
  for (const line of assigned.lines) {
    const key = line.key;
    if (key === null) continue;
    binding.rowLabels.set(key, line.label);
    for (const column of T3_COLUMNS) {
      const printed = line.values?.get(column);
      if (printed === undefined && line.values !== null) continue;
      binding.bind(key, column, {
        printed: printed ?? { text: line.rawText, location: line.location, reading: 'certain', marks: [] },
        rowLabel: line.label,
        columnLabel: line.columnLabels.get(column) ?? '',
        inferred: line.inferred || !headerSeen,
        unreadable: printed === undefined,
      });
    }
  }
  return binding;
}

export interface Line {
  readonly label: string;
  /** Label cells left of the leaf, as printed. */
  readonly groups: readonly string[];
  /** Null: something is printed here, but not seven values that can be told apart. */
  readonly values: ReadonlyMap<T3Column, PrintedCell> | null;
  readonly columnLabels: ReadonlyMap<string, string>;
  readonly rawText: string;
  readonly location: string;
  /** Columns bound by count instead of geometry where geometry was there, or a boundary that was not shown. */
  readonly inferred: boolean;
  /** First row of a grid that continues the one before it. */
  readonly opensPart: boolean;
}

interface AssignedLine extends Line {
  readonly key: RowKey | null;
}

function linesOf(rows: readonly Row[], binding: Binding): { lines: Line[]; headerSeen: boolean } {
  const lines: Line[] = [];
  let headerSeen = false;
  let counted: CountedHeader | null = null;
  let ranges: HeaderRange[] | null = null;
  let rangesColumns = 0;
  for (const part of partsOf(rows)) {
    const grid = part[0]?.grid ?? null;
    if (grid) {
      const header = headerRowsOf(part);
      const own = header.length > 0 ? usable(headerRanges('t3', header, grid.columns)) : null;
      if (own) {
        ranges = own;
        rangesColumns = grid.columns;
        for (const r of own) {
          if (r.key === null && r.label.trim() !== '' && !isRowLike(r.label)) {
            binding.signal({
              kind: 'column',
              code: 'extra_column',
              label: r.label,
              raw: '',
              location: r.location,
            });
          }
        }
      }
      const geometry = ranges !== null && (own !== null || rangesColumns === grid.columns) ? ranges : null;
      if (geometry) {
        headerSeen = true;
        const body = part.filter((r) => !header.includes(r));
        body.forEach((row, i) => {
          const line = gridLine(row, geometry, i === 0 && lines.length > 0 && header.length === 0, binding);
          if (line) lines.push(line);
        });
        continue;
      }
    }
    counted = countedHeader(part) ?? counted;
    if (counted) headerSeen = true;
    pushCounted(part, counted ?? WITHOUT_HEADER, lines, binding);
  }
  return { lines, headerSeen };
}

/** Runs of rows of the same grid; rows without a grid form parts of their own. */
function partsOf(rows: readonly Row[]): Row[][] {
  const parts: Row[][] = [];
  for (const row of rows) {
    const last = parts[parts.length - 1];
    if (last && last[0]?.grid === row.grid) last.push(row);
    else parts.push([row]);
  }
  return parts;
}

function isHeaderText(text: string): boolean {
  return (
    isUpperHeader(text) ||
    threeColumns(text).length > 0 ||
    /^(?:商业|企业|科研|机构|社会公|益组织|公益组织|社会公益|组织|法律服|务机构|法律服务)$/u.test(
      foldPhrase(text),
    )
  );
}

/** 其他 and 总计 are rows as well; below the first row they are a header only beside a word that is nothing else. */
function isSureHeaderText(text: string): boolean {
  return isHeaderText(text) && !threeColumns(text).some((key) => key === 'other_org' || key === 'total');
}

/** Header rows of a part: rows of nothing but headers, at its top or repeated below a page break. */
function headerRowsOf(part: readonly Row[]): Row[] {
  const header: Row[] = [];
  let bodyBegan = false;
  for (const row of part) {
    const texts = row.cells.filter((c) => c.text.trim() !== '');
    const own = texts.filter((c) => !c.spanned);
    const labelled = own.some((c) => isThreeRowLabel(c.text));
    const isHeader = own.some((c) => (bodyBegan ? isSureHeaderText : isHeaderText)(c.text)) && !labelled;
    if (labelled) bodyBegan = true;
    const empty = own.length === 0 && texts.length > 0 && texts.every((c) => isHeaderText(c.text));
    const digits = own.some((c) => /^\d+$/.test(foldPhrase(c.text)));
    if ((isHeader || empty) && !digits) header.push(row);
  }
  return header;
}

/**
 * The ranges right of the label columns. Six applicant columns and a total, each once, in the order of the form; a
 * clipped 总计 column may be missing. Anything else is not a header that can bind numbers.
 */
function usable(all: readonly HeaderRange[]): HeaderRange[] | null {
  const start = all.findIndex((r) => r.key === 'natural_person');
  if (start < 0) return null;
  const ranges = all.slice(start);
  const keys = ranges.map((r) => r.key).filter((k): k is T3Column => k !== null && isApplicant(k));
  if (new Set(keys).size !== keys.length || keys.length < 6) return null;
  const order = keys.map((k) => T3_COLUMNS.indexOf(k));
  if (order.some((o, i) => i > 0 && o <= (order[i - 1] ?? -1))) return null;
  return ranges;
}

function isApplicant(key: ColumnKey): key is T3Column {
  return (T3_COLUMNS as readonly string[]).includes(key);
}

function isRowLike(label: string): boolean {
  return isThreeRowLabel(label) || isCorner(label);
}

function gridLine(
  row: Row,
  ranges: readonly HeaderRange[],
  opensPart: boolean,
  binding: Binding,
): Line | null {
  const firstValue = ranges[0]?.from ?? 0;
  const labels = row.cells.filter(
    (c) => c.from < firstValue || (!isValueText(c.text) && isThreeRowLabel(c.text)),
  );
  const valueCells = row.cells.filter((c) => !labels.includes(c));
  const own = labels.filter((c) => !c.spanned && c.text.trim() !== '');
  const leaf = own[own.length - 1];
  if (valueCells.length === 0 && !leaf) return null;

  const straddles = labels.some((c) => c.to > firstValue);
  const values = new Map<T3Column, PrintedCell>();
  let misplaced = straddles;
  for (const range of ranges) {
    const inside = valueCells.filter((c) => c.from < range.to && c.to > range.from);
    if (inside.some((c) => c.from < range.from || c.to > range.to || c.spanned)) {
      // A blank merged over several cells shows that they are blank; a number merged over several is nobody's.
      if (!inside.every((c) => c.text.trim() === '')) misplaced = true;
    }
    const filled = inside.filter((c) => c.text.trim() !== '');
    const cell = filled.length > 0 ? filled[0] : inside[0];
    if (filled.length > 1) misplaced = true;
    if (!cell) continue;
    if (range.key === null) {
      if (cell.text.trim() !== '') {
        binding.signal({
          kind: 'column',
          code: 'extra_column_value',
          label: `${leaf?.text.trim() ?? ''}｜${range.label}`,
          raw: cell.text.trim(),
          location: cell.location,
        });
      }
      continue;
    }
    if (isApplicant(range.key)) values.set(range.key, cell);
  }
  const columnLabels = new Map(ranges.flatMap((r) => (r.key ? [[r.key, r.label] as const] : [])));
  const outside = valueCells.filter(
    (c) => c.text.trim() !== '' && !ranges.some((r) => c.from < r.to && c.to > r.from),
  );
  if (outside.length > 0) misplaced = true;
  const base = {
    label: leaf?.text.trim() ?? '',
    groups: labels.filter((c) => c !== leaf && c.text.trim() !== '').map((c) => c.text.trim()),
    columnLabels,
    rawText: valueCells.map((c) => c.text.trim()).join('|'),
    location: leaf?.location ?? row.location,
    opensPart,
  };
  if (!misplaced) return { ...base, values, inferred: false };
  // Spans that run over shift the columns; seven cells in a row of seven headers still have one order.
  const wanted = ranges.filter((r) => r.key !== null);
  const printed = valueCells.filter((c) => !c.spanned);
  if (
    printed.length === ranges.length &&
    wanted.length === ranges.length &&
    printed.length === T3_COLUMNS.length
  ) {
    const byOrder = new Map<T3Column, PrintedCell>();
    ranges.forEach((r, i) => {
      const cell = printed[i];
      if (cell && r.key && isApplicant(r.key)) byOrder.set(r.key, cell);
    });
    return { ...base, values: byOrder, inferred: true };
  }
  return { ...base, values: null, inferred: true };
}

const WITHOUT_HEADER: CountedHeader = { columns: T3_COLUMNS, unplaced: false };

/** Rows without usable geometry: labels first, then values; the count decides. */
function pushCounted(part: readonly Row[], header: CountedHeader, lines: Line[], binding: Binding): void {
  const filling = fillingOf(
    part.filter((row) => row.bounded).map((row) => leadingLabels(ownCells(row)).values),
    header.columns.length,
  );
  let open: { labels: RowCell[]; values: RowCell[]; bounded: boolean } | null = null;
  let bodyBegan = lines.length > 0;
  const close = () => {
    if (open) pushLine(open, header, filling, lines, binding);
    open = null;
  };
  for (const row of part) {
    const cells = ownCells(row);
    const labelled = cells.some((c) => isThreeRowLabel(c.text) || (bodyBegan && isGroupLabel(c.text)));
    if (!bodyBegan && !labelled) {
      if (
        row.bounded &&
        cells.length >= T3_COLUMNS.length &&
        cells.every((c) => isValueText(c.text)) &&
        cells.some((c) => c.text.trim() !== '')
      ) {
        bodyBegan = true;
      } else continue;
    }
    bodyBegan = true;
    if (
      row.bounded &&
      cells.some((c) => isSureHeaderText(c.text)) &&
      !labelled &&
      !cells.some((c) => /^\d/u.test(foldPhrase(c.text)))
    )
      continue;
    if (row.bounded) {
      close();
      const split = leadingLabels(cells);
      pushLine({ ...split, bounded: true }, header, filling, lines, binding);
      continue;
    }
    for (const cell of cells) {
      const inline = labelledLine(cell);
      if (inline) {
        close();
        pushLine({ ...inline, bounded: false }, header, filling, lines, binding);
        continue;
      }
      if (isThreeRowLabel(cell.text) || isGroupLabel(cell.text) || continuesAs(cell.text)) {
        close();
        open = { labels: [cell], values: [], bounded: false };
      } else if (open && isValueText(cell.text)) {
        (open as { values: RowCell[] }).values.push(cell);
      } else close();
    }
  }
  close();
}

function ownCells(row: Row): readonly RowCell[] {
  return row.kind === 'grid' ? row.cells.filter((c) => !c.spanned) : row.cells;
}

/** 3.其他 and （七）总计 inside the body, where they can be nothing but rows. */
function continuesAs(text: string): boolean {
  const { keys } = rowCandidates('t3', text);
  return keys.length > 0;
}

function leadingLabels(cells: readonly RowCell[]): { labels: RowCell[]; values: RowCell[] } {
  let cut = 0;
  cells.forEach((c, i) => {
    if (c.text.trim() !== '' && !isValueText(c.text)) cut = i + 1;
  });
  // A word such as 无 after the numbers is a value; only what stands before the first number is a label.
  const firstValue = cells.findIndex((c) => c.text.trim() !== '' && isValueText(c.text));
  if (firstValue >= 0 && cut > firstValue) {
    cut = cells.slice(0, firstValue).reduce((n, c, i) => (c.text.trim() !== '' ? i + 1 : n), 0);
  }
  return { labels: cells.slice(0, cut), values: cells.slice(cut) };
}

/** A paragraph that holds a label and, after white space, its values: `（一）予以公开 4 0 0 0 0 0 4`. */
function labelledLine(cell: RowCell): { labels: RowCell[]; values: RowCell[] } | null {
  const tokens = cell.text.trim().split(/[\s\u3000|]+/u);
  for (let n = 1; n < tokens.length && n <= 4; n += 1) {
    const label = tokens.slice(0, n).join('');
    const rest = tokens.slice(n);
    if (isThreeRowLabel(label) && rest.length >= T3_COLUMNS.length && rest.every(isValueText)) {
      return {
        labels: [{ ...cell, text: label }],
        values: rest.map((text) => ({
          ...cell,
          text,
          reading: cell.reading === 'certain' ? 'inferred' : cell.reading,
        })),
      };
    }
  }
  return null;
}

function pushLine(
  row: { labels: readonly RowCell[]; values: readonly RowCell[]; bounded: boolean },
  header: CountedHeader,
  filling: Filling | null,
  lines: Line[],
  binding: Binding,
): void {
  const { label, groups } = splitLabels(row.labels);
  const location = (row.labels[row.labels.length - 1] ?? row.values[0])?.location ?? '';
  const rawText = row.values.map((c) => c.text.trim()).join('|');
  const base = {
    label,
    groups,
    columnLabels: new Map<string, string>(),
    rawText,
    location,
    opensPart: false,
  };
  if (row.values.every((c) => c.text.trim() === '') && row.values.length < T3_COLUMNS.length) {
    if (label !== '') lines.push({ ...base, values: new Map(), inferred: true });
    return;
  }
  if (header.unplaced) {
    // Seven of eight values would be seven in the wrong columns.
    lines.push({ ...base, values: null, inferred: true });
    return;
  }
  const byOrder = (cells: readonly RowCell[]) => inColumns(cells, header, label, binding);
  const width = header.columns.length;
  const kept = withoutFilling(row.values, width, filling);
  if (kept === null) {
    lines.push({ ...base, values: null, inferred: true });
    return;
  }
  const printed = [...kept];
  if (printed.length === width) {
    lines.push({ ...base, values: byOrder(printed), inferred: false });
    return;
  }
  if (printed.length > width && printed.length % width === 0 && (label === '' || isGroupLabel(label))) {
    lines.push({ ...base, rawText: '', values: new Map(), inferred: true });
    for (let i = 0; i < printed.length; i += width) {
      const cells = printed.slice(i, i + width);
      lines.push({
        ...base,
        label: '',
        rawText: cells.map((c) => c.text.trim()).join('|'),
        values: byOrder(cells),
        inferred: true,
      });
    }
    return;
  }
  if (label === '') {
    binding.signal({ kind: 'unbound', code: 'unbound_values', label: '', raw: rawText, location });
    return;
  }
  lines.push({ ...base, values: null, inferred: true });
}

function inColumns(
  cells: readonly RowCell[],
  header: CountedHeader,
  label: string,
  binding: Binding,
): Map<T3Column, PrintedCell> {
  const values = new Map<T3Column, PrintedCell>();
  header.columns.forEach((column, i) => {
    const cell = cells[i];
    if (!cell) return;
    if (column !== null) values.set(column, cell);
    else if (cell.text.trim() !== '') {
      binding.signal({
        kind: 'column',
        code: 'extra_column_value',
        label: `${label}｜小计`,
        raw: cell.text.trim(),
        location: cell.location,
      });
    }
  });
  return values;
}

function splitLabels(cells: readonly RowCell[]): { label: string; groups: string[] } {
  const texts = cells.map((c) => c.text.trim()).filter((t) => t !== '');
  for (let i = texts.length - 1; i >= 0; i -= 1) {
    // A label may be cut over cells or lines; the longest tail that names a row is the label.
    for (let j = 0; j <= i; j += 1) {
      const joined = texts.slice(j, i + 1).join('');
      if (rowCandidates('t3', joined).keys.length > 0) return { label: joined, groups: texts.slice(0, j) };
    }
  }
  return { label: texts[texts.length - 1] ?? '', groups: texts.slice(0, -1) };
}

/** Rows of the edition in form order. */
export function threeRows(edition: EditionId): RowKey[] {
  return tableForm(edition, 't3').blocks.flatMap((b) => b.rows.map((r) => r.key));
}

function assignRows(
  lines: readonly Line[],
  edition: EditionId,
  binding: Binding,
): { lines: AssignedLine[] } | Refused {
  const order = threeRows(edition);
  const out: AssignedLine[] = lines.map((l) => ({ ...l, key: null }));
  const taken = new Map<RowKey, number>();
  const spoiled = new Set<Line>();
  let last = -1;
  out.forEach((line, i) => {
    if (line.label === '' || (line.values !== null && line.values.size === 0)) return;
    const candidates = rowCandidates('t3', line.label)
      .keys.map((k) => inEdition(k, edition))
      .filter((k) => order.includes(k));
    const next = candidates
      .filter((k) => order.indexOf(k) > last)
      .sort((a, b) => order.indexOf(a) - order.indexOf(b))[0];
    const free = candidates.find((k) => !taken.has(k));
    const key = next ?? free;
    if (key === undefined) {
      const again = candidates.find((k) => taken.has(k));
      if (again !== undefined) repeated(line, out[taken.get(again) ?? -1], spoiled, binding);
      return;
    }
    out[i] = { ...line, key };
    taken.set(key, i);
    last = Math.max(last, order.indexOf(key));
  });
  fillGaps(out, order, taken);
  return leftOvers(out, spoiled, binding);
}

/** A 2021 layout never has （六） as a row; a 2019 layout never has its items. */
function inEdition(key: RowKey, edition: EditionId): RowKey {
  if (edition === '2019' && key === 'other_handling.other') return 'other_handling';
  if (edition === '2021' && key === 'other_handling') return 'other_handling.other';
  return key;
}

/** The same row twice: harmless when it says the same (a header or row repeated by a page break), else neither is safe. */
function repeated(line: Line, first: Line | undefined, spoiled: Set<Line>, binding: Binding): void {
  const same =
    line.values !== null &&
    first?.values != null &&
    T3_COLUMNS.every(
      (c) => (line.values?.get(c)?.text.trim() ?? '') === (first.values?.get(c)?.text.trim() ?? ''),
    );
  if (same) return;
  binding.signal({
    kind: 'unbound',
    code: 'repeated_row',
    label: line.label,
    raw: line.rawText,
    location: line.location,
  });
  if (first) spoiled.add(first);
}

/**
 * Labels displaced from their values: between two bound rows, as many unlabelled lines of seven values as the form has
 * rows can only be these rows in their order.
 */
function fillGaps(lines: AssignedLine[], order: readonly RowKey[], taken: Map<RowKey, number>): void {
  let from = 0;
  while (from < lines.length) {
    const start = nextBound(lines, from);
    if (start === null) return;
    const end = nextBound(lines, start + 1);
    if (end === null) return;
    const a = order.indexOf(lines[start]?.key as RowKey);
    const b = order.indexOf(lines[end]?.key as RowKey);
    const missing = order.slice(a + 1, b).filter((k) => !taken.has(k));
    const between: number[] = [];
    for (let i = start + 1; i < end; i += 1) {
      const line = lines[i];
      if (line && line.values !== null && line.values.size > 0) between.push(i);
    }
    if (missing.length > 0 && missing.length === between.length) {
      const fits = between.every((i, n) => couldBe(lines[i]?.label ?? '', missing[n] as RowKey));
      if (fits) {
        between.forEach((i, n) => {
          const line = lines[i];
          const key = missing[n];
          if (!line || !key) return;
          lines[i] = { ...line, key, inferred: true };
          taken.set(key, i);
        });
      }
    }
    from = end;
  }
}

function nextBound(lines: readonly AssignedLine[], from: number): number | null {
  for (let i = from; i < lines.length; i += 1) if (lines[i]?.key != null) return i;
  return null;
}

/** An empty label, or a piece of the one expected. */
function couldBe(label: string, key: RowKey): boolean {
  const text = foldLabel(label).core;
  if (text === '' || isGroupLabel(label)) return true;
  for (const edition of ['2019', '2021'] as const) {
    for (const block of tableForm(edition, 't3').blocks) {
      const row = block.rows.find((r) => r.key === key);
      if (!row) continue;
      const expected = foldLabel(row.label).core;
      if (text.length >= 2 && (expected.includes(text) || text.includes(expected))) return true;
    }
  }
  return false;
}

function leftOvers(
  lines: AssignedLine[],
  spoiled: ReadonlySet<Line>,
  binding: Binding,
): { lines: AssignedLine[] } {
  const out = lines.map((l): AssignedLine => (spoiled.has(l) ? { ...l, values: null } : l));
  lines.forEach((line, i) => {
    if (line.key !== null) return;
    if (line.values !== null && line.values.size === 0) return;
    const numbers = [...(line.values?.values() ?? [])].some((v) => /\d/.test(v.text));
    const printed = numbers || (line.values === null && /\d/.test(line.rawText));
    if (!printed && line.label === '') return;
    binding.signal({
      kind: line.label !== '' && line.values !== null ? 'row' : 'unbound',
      code: line.label !== '' ? 'extra_row' : 'unbound_row',
      label: line.label,
      raw: line.rawText,
      location: line.location,
    });
    // A row cut by a page break shows the tails of its numbers without a label: what stands above is not whole.
    const above = out[i - 1];
    if (printed && above?.key != null && (line.label === '' || line.opensPart))
      out[i - 1] = { ...above, values: null };
  });
  return { lines: out };
}

/**
 * What the labels say of the edition: the items of （六） are printed only in the 2021 form, a row （六）其他处理 with values
 * of its own only in the 2019 form. Null where the rows around （六） are not there.
 */
export function editionOfThree(rows: readonly Row[]): EditionId | null {
  const text = rows.flatMap((r) => r.cells.filter((c) => !c.spanned).map((c) => foldPhrase(c.text))).join('');
  const named = editionInWords(text);
  if (named) return named;
  const single = rows.some((row) =>
    row.cells.some((cell) => {
      if (cell.spanned || !rowCandidates('t3', cell.text).keys.includes('other_handling')) return false;
      if (!/处理/u.test(foldPhrase(cell.text)) && !/^(?:六|6)$/u.test(foldLabel(cell.text).ordinal))
        return false;
      return !row.cells.some((c) => c.from > cell.from && c.text.trim() !== '' && !isValueText(c.text));
    }),
  );
  return single ? '2019' : null;
}

/** What the words of table 三 say, joined without white space; null where they say nothing. */
export function editionInWords(text: string): EditionId | null {
  // Labels may be cut over cells and lines, but hardly in both of these.
  if (/逾期不补正|逾期未按收费/u.test(text)) return '2021';
  // Where cells run together the number stands right behind the label; an ordinal there would begin an item.
  return /(?:其(?:他|它)处理(?:情况)?|[(（]六[)）]其(?:他|它))\d(?![.．、,，])/u.test(text) ? '2019' : null;
}
