import { middle, type TextBlock } from './text-blocks.ts';

/** Values that stand side by side, left to right. */
export interface ValueRow {
  readonly y0: number;
  readonly y1: number;
  readonly values: readonly TextBlock[];
}

/** Rows below each other whose values stand in the same columns. */
export interface Body {
  readonly rows: ValueRow[];
  /** What the values of each column cover. */
  readonly columns: { x0: number; x1: number }[];
}

const VALUE =
  /^(?:(?:增加?|减少?)?[-+－＋±−﹣﹢]?[0-9０-９][0-9０-９.,，．]*(?:[件宗项条次个份元]|万元?|%)?|[-—–－−﹣/／]{1,3}|无|不变|持平|不适用|不涉及|N\/?A)$/i;

/** A number, or what is printed in the place of one. */
export function isValue(block: TextBlock): boolean {
  return block.pieces.length === 1 && VALUE.test(block.text.replace(/\s/g, ''));
}

export function valueRows(blocks: readonly TextBlock[]): ValueRow[] {
  const rows: { y0: number; y1: number; values: TextBlock[] }[] = [];
  for (const block of blocks.filter(isValue).sort((a, b) => middle(a) - middle(b))) {
    const last = rows.at(-1);
    if (last && Math.abs(middle(block) - (last.y0 + last.y1) / 2) < 0.15 * block.size)
      last.values.push(block);
    else rows.push({ y0: block.y0, y1: block.y1, values: [block] });
  }
  for (const row of rows) row.values.sort((a, b) => a.x0 - b.x0);
  return rows;
}

/** Whether each value of a row stands in the column of its number, and touches no other. */
export function fits(
  row: ValueRow,
  columns: readonly { readonly x0: number; readonly x1: number }[],
): boolean {
  if (row.values.length !== columns.length) return false;
  return row.values.every((value, i) => {
    const own = columns[i]!;
    const before = columns[i - 1];
    const after = columns[i + 1];
    return (
      value.x0 < own.x1 &&
      value.x1 > own.x0 &&
      (!before || value.x0 > before.x1) &&
      (!after || value.x1 < after.x0)
    );
  });
}

export function addRow(body: Body, row: ValueRow): void {
  body.rows.push(row);
  row.values.forEach((value, i) => {
    const column = body.columns[i]!;
    column.x0 = Math.min(column.x0, value.x0);
    column.x1 = Math.max(column.x1, value.x1);
  });
}
