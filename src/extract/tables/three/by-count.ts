import { foldPhrase } from '../../../form/fold.ts';
import { T3_COLUMNS, type T3Column } from '../../../form/form.ts';
import type { PrintedCell } from '../../cell-value.ts';
import type { Binding } from '../binding.ts';
import type { CountedHeader } from '../counted-header.ts';
import { type Filling, fillingOf, isCrowded, withoutFilling } from '../filling.ts';
import type { Row, RowCell } from '../rows.ts';
import { isGroupLabel, isOddCell, isThreeRowLabel, isValueText, rowCandidates } from '../vocabulary.ts';
import { labelledLine } from './labelled-line.ts';
import { isSureHeaderText } from './leaf-headers.ts';
import type { Line } from './line.ts';

/** The columns of the form, where the table shows no header. */
export const WITHOUT_HEADER: CountedHeader = { columns: T3_COLUMNS, unplaced: false };

/** Rows without usable geometry: labels first, then values; the count decides. */
export function pushCounted(
  part: readonly Row[],
  header: CountedHeader,
  lines: Line[],
  binding: Binding,
): void {
  const bounded = part.filter((row) => row.bounded).map((row) => leadingLabels(ownCells(row)).values);
  const width = header.columns.length;
  const filling: Filling | null | 'crowded' = isCrowded(bounded, width)
    ? 'crowded'
    : fillingOf(bounded, width);
  const isFilledUp = filledUp(part);
  let open: { labels: RowCell[]; values: RowCell[]; bounded: boolean } | null = null;
  const from = lines.length;
  let bodyBegan = from > 0;
  const close = () => {
    if (open) pushLine(open, header, filling, lines, binding);
    open = null;
  };
  for (const row of part) {
    const cells = ownCells(row);
    const labelled = cells.some(
      (c) =>
        isThreeRowLabel(c.text) ||
        (!row.bounded && labelledLine(c) !== null) ||
        (bodyBegan && isGroupLabel(c.text)),
    );
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
      pushLine({ ...split, bounded: true }, header, isFilledUp(row) ? filling : 'crowded', lines, binding);
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
      } else if (open && (isValueText(cell.text) || isOddCell(cell.text))) {
        (open as { values: RowCell[] }).values.push(cell);
      } else close();
    }
  }
  close();
  // An eighth column that is blank may be the total, and the seventh the subtotal of an office's own.
  const spare = bounded.some(
    (cells) => cells.length > width && cells.slice(width).every((c) => c.text.trim() === ''),
  );
  const sums = sumsOf(lines.slice(from));
  if (header === WITHOUT_HEADER && (sums === 'subtotals' || (spare && sums !== 'totals')))
    for (let i = from; i < lines.length; i += 1) {
      const line = lines[i] as Line;
      if (line.values?.size) lines[i] = { ...line, values: null };
    }
  // Without a header, lines of more values than the form has tell that others may have lost one.
  const added = lines.slice(from);
  if (header === WITHOUT_HEADER && added.some((l) => l.values === null && valuesIn(l) > width))
    added.forEach((l, i) => {
      if (l.values?.size) lines[from + i] = { ...l, values: null };
    });
}

/**
 * What the last values of lines are whose columns nothing names, by the lines in which the sum of the applicants and that
 * of the organisations differ; null where they do not tell.
 */
function sumsOf(lines: readonly Line[]): 'totals' | 'subtotals' | null {
  let [totals, subtotals] = [0, 0];
  for (const { values } of lines) {
    const numbers = T3_COLUMNS.map((column) => numberIn(values?.get(column)?.text ?? ''));
    if (numbers.some((n) => n === null)) continue;
    const [natural, ...rest] = numbers as number[];
    const last = rest.pop() as number;
    const organisations = rest.reduce((sum, n) => sum + n, 0);
    if (natural === 0) continue;
    if (last === organisations + (natural as number)) totals += 1;
    else if (last === organisations) subtotals += 1;
  }
  if (totals === subtotals) return null;
  return totals > subtotals ? 'totals' : 'subtotals';
}

/** The digits of a value, whatever stands at them; null where there are none, or several numbers. */
function numberIn(text: string): number | null {
  const digits = foldPhrase(text).match(/\d+/gu) ?? [];
  return digits.length === 1 ? Number(digits[0]) : null;
}

function valuesIn(line: Line): number {
  return line.rawText.split('|').filter((text) => text !== '').length;
}

/**
 * Which rows may hold filling. A dump fills up to one width and knows of no merged cells: elsewhere a row with a cell more
 * than the others has one too many, and which of its blank ones that is nobody can tell.
 */
function filledUp(part: readonly Row[]): (row: Row) => boolean {
  const rows = part.filter((row) => row.bounded);
  if (rows.some((row) => row.cells.some((c) => c.spanned))) return () => false;
  const longest = Math.max(...rows.map((row) => row.cells.length));
  const alike = rows.filter((row) => row.cells.length === longest).length;
  return (row) => row.cells.length === longest && (alike > 1 || rows.length === 1);
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

function pushLine(
  row: { labels: readonly RowCell[]; values: readonly RowCell[]; bounded: boolean },
  header: CountedHeader,
  filling: Filling | null | 'crowded',
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
  const kept = filling === 'crowded' ? row.values : withoutFilling(row.values, width, filling);
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
