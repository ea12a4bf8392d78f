import { foldLabel, foldPhrase } from '../../../form/fold.ts';
import type { EditionId } from '../../../form/form.ts';
import type { Row } from '../rows.ts';
import { isValueText, rowCandidates } from '../vocabulary.ts';

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
