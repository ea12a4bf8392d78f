import { foldPhrase } from '../../form/fold.ts';
import { T3_COLUMNS, type T3Column } from '../../form/form.ts';
import type { Row } from './rows.ts';
import { isThreeRowLabel, threeColumns } from './vocabulary.ts';

/** The columns of table 三 as its header words name them where no geometry shows them. */
export interface CountedHeader {
  /** In the order of the values in a row; null for a column that the form does not have (小计). */
  readonly columns: readonly (T3Column | null)[];
  /** The header names a column that cannot be placed: how many values a row has is then unknown. */
  readonly unplaced: boolean;
}

const SUBTOTAL = 'subtotal';
type Word = T3Column | typeof SUBTOTAL;

/** The header in front of the first row; null where its words are not those of the form in its order. */
export function countedHeader(part: readonly Row[]): CountedHeader | null {
  const texts: string[] = [];
  for (const row of part) {
    if (row.cells.some((c) => isThreeRowLabel(c.text))) break;
    texts.push(...row.cells.filter((c) => !c.spanned).map((c) => foldPhrase(c.text)));
  }
  const words = wordsOf(texts);
  const subtotals = words.filter((w) => w === SUBTOTAL).length;
  const applicants: Word[] = T3_COLUMNS.filter((c) => c !== 'total' && c !== 'natural_person');
  const organisations = subtotals > 0 ? [...applicants, SUBTOTAL] : applicants;
  // Row by row 总计 comes before 商业企业, which stands one row lower; column by column it comes last.
  const orders = [
    ['natural_person', 'total', ...organisations],
    ['natural_person', ...organisations, 'total'],
  ];
  const found = words.join(' ');
  if (orders.some((order) => found === order.join(' '))) {
    return {
      columns: [
        'natural_person',
        ...organisations.map((w) => (w === SUBTOTAL ? null : (w as T3Column))),
        'total',
      ],
      unplaced: false,
    };
  }
  if (subtotals > 0) return { columns: T3_COLUMNS, unplaced: true };
  const text = texts.join('');
  const known = /自然人.*商业.*科研.*公益.*法律.*其(?:他|它)/u.test(text) && /总计|合计|总数/u.test(text);
  return known ? { columns: T3_COLUMNS, unplaced: false } : null;
}

/** What names no column is left out; a word cut over two cells is joined. */
function wordsOf(texts: readonly string[]): Word[] {
  const words: Word[] = [];
  for (let i = 0; i < texts.length; i += 1) {
    const text = texts[i] as string;
    const word = wordOf(text);
    if (word !== null) {
      words.push(word);
      continue;
    }
    const joined = text === '' ? null : wordOf(text + (texts[i + 1] ?? ''));
    if (joined !== null) {
      words.push(joined);
      i += 1;
    }
  }
  return words;
}

function wordOf(text: string): Word | null {
  return /^小计$/u.test(text) ? SUBTOTAL : (threeColumns(text)[0] ?? null);
}
