import { foldLabel, foldPhrase } from '../../../form/fold.ts';
import { type EditionId, T3_COLUMNS } from '../../../form/form.ts';
import type { Row } from '../rows.ts';
import { isValueText, rowCandidates } from '../vocabulary.ts';

/**
 * What the labels say of the edition: the items of （六） are printed only in the 2021 form, a row （六）其他处理 with values
 * of its own only in the 2019 form. Where a cell stands between （六） and seven others it is one of its items, whatever can
 * be read of it. Null where the rows around （六） are not there.
 */
export function editionOfThree(rows: readonly Row[]): EditionId | null {
  const text = rows.flatMap((r) => r.cells.filter((c) => !c.spanned).map((c) => foldPhrase(c.text))).join('');
  const named = editionInWords(text);
  if (named) return named;
  let single = false;
  for (const row of rows) {
    for (const cell of row.cells) {
      if (cell.spanned || !isSix(cell.text)) continue;
      const after = row.cells.filter((c) => !c.spanned && c.from > cell.from);
      const before = after.slice(0, Math.max(0, after.length - T3_COLUMNS.length));
      const inside = before.filter((c) => c.text.trim() !== '' && !isValueText(c.text));
      if (inside.length === 0) single = true;
      else if (!inside.some((c) => rowCandidates('t3', c.text).keys.includes('other_handling')))
        return '2021';
    }
  }
  return single ? '2019' : null;
}

function isSix(text: string): boolean {
  return (
    rowCandidates('t3', text).keys.includes('other_handling') &&
    (/处理/u.test(foldPhrase(text)) || /^(?:六|6)$/u.test(foldLabel(text).ordinal))
  );
}

/** What the words of table 三 say, joined without white space; null where they say nothing. */
export function editionInWords(text: string): EditionId | null {
  // Labels may be cut over cells and lines, but hardly in both of these.
  if (/逾期不补正|逾期未按收费/u.test(text)) return '2021';
  // Where cells run together the number stands right behind the label; an ordinal there would begin an item.
  return /(?:其(?:他|它)处理(?:情况)?|[(（]六[)）]其(?:他|它))\d(?![.．、,，])/u.test(text) ? '2019' : null;
}
