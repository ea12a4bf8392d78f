import { T3_COLUMNS, type T3Column } from '../../../form/form.ts';
import type { PrintedCell } from '../../cell-value.ts';
import type { Binding } from '../binding.ts';
import type { HeaderRange } from '../header.ts';
import type { Row } from '../rows.ts';
import { isThreeRowLabel, isValueText } from '../vocabulary.ts';
import { isApplicant } from './leaf-headers.ts';
import type { Line } from './line.ts';

/** A grid row under a readable header: each value stands below its own header. */
export function gridLine(
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
  if (!misplaced) {
    // A row with fewer cells than its header lost one somewhere: what stands behind the gap may belong one column on.
    const short = ranges.some((r) => !valueCells.some((c) => c.from < r.to && c.to > r.from));
    return { ...base, values, inferred: short };
  }
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
