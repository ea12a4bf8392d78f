import { hadNoRoom } from '../cell-text.ts';
import { labelOf, ordinal } from './row-labels.ts';
import { middle, type Piece, type TextBlock } from './text-blocks.ts';
import type { ValueRow } from './value-rows.ts';

export interface JoinedLabels {
  /** All texts, with one in the place of the two parts of each label that was cut. */
  readonly blocks: readonly TextBlock[];
  /** The labels that were cut, by their rows: their figures stand beside one of the two parts. */
  readonly cut: ReadonlyMap<ValueRow, TextBlock>;
}

/** Texts that begin so many ems apart stand in one column. */
const SAME_START = 0.6;
/** A line is full when no more than this is missing, in points. */
const SLACK = 0.5;
/** Texts at the left above the first figures of a page: a form has a few columns of labels, and the corner of its head. */
const MOST_ABOVE = 50;
/** Figures stand beside a text when they reach no further beyond it than so many ems. */
const NEAR = 0.3;

/**
 * Puts labels together that a page break cuts. Only where the text proves it: the part above opens an item, the one below
 * does not, and had no room above. Else a part without figures may be the label of a blank row, and stays what it is.
 */
export function joinCutLabels(blocks: readonly TextBlock[], rows: readonly ValueRow[]): JoinedLabels {
  let joined = blocks;
  const cut = new Map<ValueRow, TextBlock>();
  for (let i = 0; i + 1 < rows.length; i++) {
    const [above, below] = [rows[i]!, rows[i + 1]!];
    if (below.values[0]!.page !== above.values[0]!.page + 1) continue;
    const found = cutLabel(blocks, above, below);
    if (!found) continue;
    const { upper, lower, row } = found;
    const label: TextBlock = {
      page: upper.page,
      pieces: [...upper.pieces, ...lower.pieces],
      text: `${upper.text}\n${lower.text}`,
      size: upper.size,
      x0: Math.min(upper.x0, lower.x0),
      y0: upper.y0,
      x1: Math.max(upper.x1, lower.x1),
      y1: lower.y1,
    };
    joined = joined.filter((b) => b !== upper && b !== lower).concat(label);
    cut.set(row, label);
  }
  return { blocks: joined, cut };
}

interface CutLabel {
  readonly upper: TextBlock;
  readonly lower: TextBlock;
  readonly row: ValueRow;
}

/** The label cut between the last row of a page and the first of the next; null where none is proved to be. */
function cutLabel(blocks: readonly TextBlock[], above: ValueRow, below: ValueRow): CutLabel | null {
  const start = Math.min(above.values[0]!.x0, below.values[0]!.x0);
  const beside = blocks.filter((b) => b.x1 <= start);
  const over = beside.filter((b) => b.page === above.values[0]!.page && ordinal(b.text) !== null);
  const under = beside.filter((b) => b.page === below.values[0]!.page && b.y0 < below.y1);
  if (under.length > MOST_ABOVE) return null;
  for (const lower of under.toSorted((a, b) => b.x0 - a.x0)) {
    const column = (b: TextBlock): boolean => Math.abs(b.x0 - lower.x0) < SAME_START * lower.size;
    const upper = over.filter(column).reduce<TextBlock | null>((a, b) => (a && a.y0 > b.y0 ? a : b), null);
    if (!upper || ordinal(lower.text) !== null) continue;
    // What stands between the two would be another label, or a head.
    const between = (b: TextBlock): boolean =>
      b !== upper && b !== lower && (b.x1 > start || column(b)) && b.y0 > upper.y1 && b.y1 < lower.y0;
    if (blocks.some((b) => between(b) && !above.values.includes(b) && !below.values.includes(b))) continue;
    const room = Math.max(...beside.filter(column).map((b) => b.x1)) - upper.x0 + SLACK;
    if (!hadNoRoom(lineOf(upper.pieces.at(-1)!), lineOf(lower.pieces[0]!), room)) continue;
    const row = rowOf(upper, lower, above, below);
    const other = row === above ? below : above;
    const others = beside.filter((b) => b !== upper && b !== lower);
    const isNearer = (b: TextBlock): boolean => b.x0 > lower.x0 - SAME_START * lower.size;
    if (!row || !labelOf(others, other) || others.some((b) => isNearer(b) && isBeside(row, b))) continue;
    return { upper, lower, row };
  }
  return null;
}

/** Which of the rows has its figures beside the label; null where both have, or none. */
function rowOf(upper: TextBlock, lower: TextBlock, above: ValueRow, below: ValueRow): ValueRow | null {
  if (isBeside(above, upper) === isBeside(below, lower)) return null;
  return isBeside(above, upper) ? above : below;
}

function isBeside(row: ValueRow, { y0, y1, size }: TextBlock): boolean {
  return middle(row) > y0 - NEAR * size && middle(row) < y1 + NEAR * size;
}

function lineOf(piece: Piece): Piece & { readonly endsInBlank: boolean } {
  return { ...piece, endsInBlank: false };
}
