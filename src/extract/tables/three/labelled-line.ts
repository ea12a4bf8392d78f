import { T3_COLUMNS } from '../../../form/form.ts';
import type { RowCell } from '../rows.ts';
import { isThreeRowLabel, isValueText } from '../vocabulary.ts';

/** A paragraph that holds a label and, after white space, its values: `（一）予以公开 4 0 0 0 0 0 4`. */
export function labelledLine(cell: RowCell): { labels: RowCell[]; values: RowCell[] } | null {
  const tokens = cell.text.trim().split(/[\s\u3000|]+/u);
  for (let n = 1; n < tokens.length && n <= 4; n += 1) {
    const label = tokens.slice(0, n).join('');
    const rest = tokens.slice(n);
    if (rest.length < T3_COLUMNS.length) return null;
    if (rest.every(isValueText) && isThreeRowLabel(label)) {
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
