import { middle, type TextBlock } from './text-blocks.ts';
import type { ValueRow } from './value-rows.ts';

/** A label at the left of rows: the columns of labels and the rows that it covers, from 0, ends exclusive. */
export interface RowLabel {
  readonly blocks: readonly TextBlock[];
  readonly row: number;
  readonly toRow: number;
  readonly column: number;
  readonly toColumn: number;
}

export interface RowLabels {
  readonly columns: number;
  readonly labels: readonly RowLabel[];
}

/**
 * Finds the label of each row (the nearest text on its left, at the same height or beginning there) and the labels of
 * groups of rows further left. Null where a row has none, or a text fits nowhere. `cut`: labels that are known.
 */
export function placeLabels(
  blocks: readonly TextBlock[],
  rows: readonly ValueRow[],
  cut: ReadonlyMap<ValueRow, TextBlock>,
): RowLabels | null {
  if (blocks.length === 0) return { columns: 0, labels: [] };
  for (const at of [middle, (b: TextBlock) => middle(b.pieces[0]!)]) {
    const placed = place(blocks, rows, cut, at);
    if (placed) return placed;
  }
  return null;
}

function place(
  blocks: readonly TextBlock[],
  rows: readonly ValueRow[],
  cut: ReadonlyMap<ValueRow, TextBlock>,
  at: (block: TextBlock) => number,
): RowLabels | null {
  const leaves: TextBlock[] = [];
  for (const row of rows) {
    const y = middle(row);
    const beside = blocks.filter((b) => Math.abs(at(b) - y) < 0.2 * b.size);
    const leaf = cut.get(row) ?? beside.sort((a, b) => b.x1 - a.x1)[0];
    if (!leaf || leaves.includes(leaf)) return null;
    leaves.push(leaf);
  }
  const starts = clusters(
    leaves.map((b) => b.x0),
    0.6 * leaves[0]!.size,
  );
  const groups = blocks.filter((b) => !leaves.includes(b));
  if (starts.length > 4) return null;
  const columnOf = (x: number): number => {
    let column = 0;
    starts.forEach((s, i) => {
      if (x >= s - 0.6 * leaves[0]!.size) column = i;
    });
    return column;
  };
  const depth = leaves.map((b) => columnOf(b.x0));
  const columns = starts.length;
  const labels: RowLabel[] = leaves.map((b, row) => ({
    blocks: [b],
    row,
    toRow: row + 1,
    column: depth[row]!,
    toColumn: columns,
  }));
  const rest = new Set(groups);
  for (let column = 0; column < columns - 1; column++) {
    for (const [from, to] of stretches(column, depth, leaves)) {
      const top = Math.min(rows[from]!.y0, leaves[from]!.y0);
      const bottom = Math.max(rows[to - 1]!.y1, leaves[to - 1]!.y1);
      const own = groups.filter(
        (b) =>
          columnOf(b.x0) === column && b.x1 <= starts[column + 1]! && middle(b) > top && middle(b) < bottom,
      );
      const pages = new Set(own.map((b) => b.page));
      if (pages.size !== own.length) return null;
      for (const b of own) rest.delete(b);
      labels.push({ blocks: own, row: from, toRow: to, column, toColumn: column + 1 });
    }
  }
  return rest.size === 0 ? { columns, labels } : null;
}

/** Rows that one label in a column may cover: neighbours whose own labels stand further right, up to where their ordinals begin anew. */
function stretches(
  column: number,
  depth: readonly number[],
  leaves: readonly TextBlock[],
): [number, number][] {
  const out: [number, number][] = [];
  let last = 0;
  for (let row = 0; row < leaves.length; row++) {
    if (depth[row]! <= column) continue;
    const open = out.at(-1);
    const number = depth[row] === column + 1 ? ordinal(leaves[row]!.text) : null;
    const anew = number !== null && number <= last;
    if (open && open[1] === row && !anew) open[1] = row + 1;
    else {
      out.push([row, row + 1]);
      last = 0;
    }
    if (number !== null) last = number;
  }
  return out;
}

/** The number that opens an item: 3 of 3.其他, 7 of （七）总计; null where none does. */
export function ordinal(text: string): number | null {
  const found = /^\s*[（(]?\s*([一二三四五六七八九十]{1,2}|\d{1,2})\s*[)）.、．]/.exec(text);
  if (!found) return null;
  const digits = found[1]!;
  if (/\d/.test(digits)) return Number(digits);
  const value = (c: string): number => '一二三四五六七八九十'.indexOf(c) + 1;
  return [...digits].reduce((sum, c) => sum + value(c), 0);
}

function clusters(values: readonly number[], reach: number): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  const out: number[] = [];
  let last = -Infinity;
  for (const value of sorted) {
    if (value - last > reach) out.push(value);
    last = value;
  }
  return out;
}

/** The label of a row among the texts at its left: the nearest one at the height of the row, or that begins there. */
export function labelOf(blocks: readonly TextBlock[], row: ValueRow): TextBlock | undefined {
  const y = (row.y0 + row.y1) / 2;
  const at = (place: (b: TextBlock) => number): TextBlock | undefined =>
    blocks.filter((b) => Math.abs(place(b) - y) < 0.2 * b.size).sort((a, b) => b.x1 - a.x1)[0];
  return at(middle) ?? at((b) => middle(b.pieces[0]!));
}
