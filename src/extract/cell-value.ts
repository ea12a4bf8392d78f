import { foldCharacters } from '../form/fold.ts';
import type { Quantity } from '../form/form.ts';
import type { Mark, Reading } from '../read/document.ts';
import type { CellState, Confidence } from './report.ts';

/** A cell as printed, before it is known which cell of the form it is. */
export interface PrintedCell {
  readonly text: string;
  readonly location: string;
  readonly reading: Reading;
  readonly marks: readonly Mark[];
  readonly alternatives?: readonly string[];
}

export interface CellValue {
  readonly state: CellState;
  readonly value: number | null;
  readonly unit: string | null;
  readonly raw: string;
  readonly confidence: Confidence;
  readonly doubtful: boolean;
  readonly alternatives?: readonly number[];
}

/** With one of these the characters of the cell are not one printed number, whatever they look like. */
const UNSAFE: ReadonlySet<Mark> = new Set([
  'superscript',
  'subscript',
  'struck',
  'several_paragraphs',
  'clipped',
  'overlapping',
  'nested_table',
  'picture',
]);

const DASHES = /^[-‐‑‒–—―−－─━/／\\~～_·.。*]+$/u;
const UNIT = '件次|人次|件|条|項|项|宗|份|个|起|次|万元|亿元|万|亿|元|人民币元';
/** Spreadsheets print `5.` for 5 where a format has places behind the point that need not be filled. */
const NUMBER = String.raw`\d{1,3}(?:[,，]\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+`;
/**
 * Digits that say something of a number and are none of it: raised, lowered, enclosed (a footnote's mark). Folded to plain
 * ones, 9² would be 92. Controls of direction make 97 show as 79.
 */
export const NO_DIGIT_OF_A_NUMBER =
  /[\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3251-\u325f\u32b1-\u32bf\u{1f100}-\u{1f10c}\u202d\u202e\u2066-\u2068]/u;
const PLAIN = new RegExp(
  String.raw`^([+\-−])?(?:人民币|共|¥|￥)?(${NUMBER})(${UNIT})?(?:整|正)?([(（][^()（）]*[)）]|[;；。])?$`,
  'u',
);
const CHANGE_WORD = new RegExp(
  String.raw`^(增加|减少|新增|增|减|加|↑|↓|\((?:减|增)\))了?(${NUMBER})(${UNIT})?([(（][^()（）]*[)）])?$`,
  'u',
);
/** Words that only a change has; 新增5件 may stand in a column of counts. */
const ONLY_CHANGE = /^(?:增加|减少|增|减|↑|↓|\()/u;
const MONEY = /[元万亿]/u;
const NO_CHANGE = /^(?:不变|无变化|没有变化|无增减|持平|未变|未变化)$/u;

/**
 * Reads one cell. White space is dropped only where it cannot separate two numbers: `1 295` is a number (groups of
 * three), `1 2` is not. A number that a line break cuts (`267`/`8`) is one number in a cell of its own, but `inferred`:
 * the break may also stand between two.
 */
export function readCellValue(cell: PrintedCell, quantity: Quantity): CellValue {
  const raw = cell.text.trim();
  const confidence: Confidence = cell.reading;
  const doubtful = cell.marks.includes('low_confidence') || cell.marks.includes('boundary_uncertain');
  const base = { raw, unit: null, value: null, confidence, doubtful };

  const folded = foldCharacters(raw)
    .replace(/[\u3000\u00a0\t]/g, ' ')
    .trim();
  const compact = folded.replace(/\s+/g, '');
  if (compact === '') {
    // Ink that was left out (a picture, struck text) is not an empty cell.
    const hidden = cell.marks.some((m) => m === 'picture' || m === 'nested_table' || m === 'struck');
    return hidden ? { ...base, state: 'unreadable', doubtful: true } : { ...base, state: 'blank' };
  }
  if (DASHES.test(compact)) return { ...base, state: 'dash' };

  if (!/\d/.test(compact)) {
    if (quantity === 'change' && NO_CHANGE.test(compact)) return { ...base, state: 'number', value: 0 };
    return { ...base, state: 'text' };
  }
  if (NO_DIGIT_OF_A_NUMBER.test(raw) || cell.marks.some((m) => UNSAFE.has(m)))
    return { ...base, state: 'unreadable', doubtful: true };

  const joined = joinDigits(folded);
  if (joined === null) return { ...base, state: 'unreadable', doubtful: true };
  const text = joined.text;

  const plain = PLAIN.exec(text);
  const word = plain ? null : CHANGE_WORD.exec(text);
  const digits = plain?.[2] ?? word?.[2];
  if (digits === undefined) return { ...base, state: 'text' };
  const magnitude = Number(digits.replace(/[,，]/g, ''));
  const sign = plain ? plain[1] : /减|↓/.test(word?.[1] ?? '') ? '-' : '+';
  const value = sign === '-' || sign === '−' ? -magnitude : magnitude;
  const unit = (plain ? plain[3] : word?.[3]) ?? null;
  const alternatives = cell.alternatives
    ?.map((a) => a.replace(/\s+/g, ''))
    .filter((a) => /^\d+$/.test(a))
    .map(Number)
    .filter((n) => n !== value);
  return {
    state: 'number',
    value: value === 0 ? 0 : value,
    unit,
    raw,
    confidence: joined.guessed && confidence === 'certain' ? 'inferred' : confidence,
    // It belongs to the column beside: the page shows no line between the two, or its author took one for the other. A scan
    // that ends with a point may have lost the digits behind it.
    doubtful:
      doubtful ||
      isForeign(quantity, unit, word?.[1] ?? null) ||
      (confidence === 'ocr' && digits.endsWith('.')),
    ...(alternatives && alternatives.length > 0 ? { alternatives } : {}),
  };
}

/**
 * Whether the words around the number are of another kind of column: 增10 under a count, 7宗 under an amount. 5万 under a
 * count is there too: who takes the number without its unit is wrong by four digits.
 */
function isForeign(quantity: Quantity, unit: string | null, word: string | null): boolean {
  if (word !== null && ONLY_CHANGE.test(word) && quantity !== 'change') return true;
  return unit !== null && (quantity === 'amount') !== MONEY.test(unit);
}

/** Null where white space may separate two numbers. */
function joinDigits(folded: string): { text: string; guessed: boolean } | null {
  let guessed = false;
  let text = folded.replace(/\s*([,，.])\s*(?=\d)/g, '$1');
  // Thousands set apart by a space: every group after the first has three digits.
  text = text.replace(/(?<![\d.])\d{1,3}(?: \d{3})+(?![\d])/g, (m) => m.replace(/ /g, ''));
  if (/\d\s*\n\s*\d/.test(text)) {
    guessed = true;
    text = text.replace(/(\d)\s*\n\s*(?=\d)/g, '$1');
  }
  if (/\d\s+\d/.test(text)) return null;
  return { text: text.replace(/\s+/g, ''), guessed };
}

/** The amount in 万元; null without a unit that says what it is. Rounded to what a decimal division would print. */
export function inWan(value: number | null, unit: string | null): number | null {
  if (value === null) return null;
  switch (unit) {
    case '万':
    case '万元':
      return value;
    case '元':
    case '人民币元':
      return Number((value / 10_000).toPrecision(15));
    case '亿':
    case '亿元':
      return Number((value * 10_000).toPrecision(15));
    default:
      return null;
  }
}
