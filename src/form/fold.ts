import { Converter } from 'opencc-js/t2cn';

/**
 * One spelling for characters that mean the same on this form: full and half width, Kangxi radicals (Chromium writes
 * them into PDFs), traditional characters (mirror sites, `檔案` for 文件), white space of every kind.
 */

/**
 * CJK radicals U+2E80–2EFF that Unicode gives no compatibility decomposition, so that NFKC leaves them as they are.
 * Only those that stand for a whole character in running text.
 */
const RADICALS: Readonly<Record<string, string>> = {
  '⺟': '母',
  '⺠': '民',
  '⺮': '竹',
  '⻁': '虎',
  '⻄': '西',
  '⻅': '见',
  '⻆': '角',
  '⻉': '贝',
  '⻋': '车',
  '⻓': '长',
  '⻔': '门',
  '⻘': '青',
  '⻙': '韦',
  '⻚': '页',
  '⻛': '风',
  '⻜': '飞',
  '⻝': '食',
  '⻢': '马',
  '⻣': '骨',
  '⻤': '鬼',
  '⻥': '鱼',
  '⻦': '鸟',
  '⻨': '麦',
  '⻩': '黄',
  '⻬': '齐',
  '⻮': '齿',
  '⻰': '龙',
  '⻳': '龟',
};

const RADICAL = /[\u2e80-\u2eff]/g;

/** Characters that exist only in traditional text and that any report in it uses. */
const TRADITIONAL =
  /[總體況動開處請複議訴訟問題進報項規範許對務罰強業費採購數製條結轉續辦關構組織屬於穩護類過執檔詢無補舉維糾審經後計繳單萬現廢發減與從億統據監獎確認獲給導會網頁區縣鎮鄉廳員門為這們來時長]/;

let toSimplified: ((text: string) => string) | null = null;

/** Zero-width characters, soft hyphens and byte-order marks: never part of a label or a number. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Folds characters; white space and punctuation stay (in their NFKC form). */
export function foldCharacters(text: string): string {
  let folded = text
    .replace(INVISIBLE, '')
    .replace(RADICAL, (c) => RADICALS[c] ?? c)
    .normalize('NFKC');
  if (TRADITIONAL.test(folded)) {
    const convert = toSimplified ?? Converter({ from: 'twp', to: 'cn' });
    toSimplified = convert;
    folded = convert(folded);
  }
  return folded;
}

/** Folds characters and drops white space: what two spellings of one phrase have in common. */
export function foldPhrase(text: string): string {
  return foldCharacters(text).replace(/\s+/gu, '');
}

const ORDINAL =
  /^(?:[(（【〔]?(?:第)?(?:[一二三四五六七八九十]{1,3}|\d{1,2})(?:[)）】〕][、.．,，:：]?|[、.．,，:：。])|[①②③④⑤⑥⑦⑧⑨⑩])/u;
const STRAY = /^[l|｜丨·•.,，、]+(?=[(（一二三四五六七八九十\d])/u;

/** What is left of a label when spelling, ordinal, brackets and punctuation are set aside. */
export interface FoldedLabel {
  /** Without ordinal and punctuation, bracketed text kept. */
  readonly full: string;
  /** As `full`, without bracketed text: offices add explanations of their own in brackets. */
  readonly core: string;
  /** `三`, `(六)`, `8`: the digits of the ordinal only; empty where there is none. */
  readonly ordinal: string;
}

const PUNCTUATION = /[^\p{L}\p{N}+\-%]/gu;

export function foldLabel(text: string): FoldedLabel {
  let rest = foldPhrase(text).replace(STRAY, '');
  let ordinal = '';
  for (let i = 0; i < 2; i += 1) {
    const match = ORDINAL.exec(rest);
    if (!match) break;
    ordinal = match[0].replace(/[^一二三四五六七八九十\d]/gu, '');
    rest = rest.slice(match[0].length);
  }
  const core = rest.replace(/[(（[【][^)）\]】]*[)）\]】]?/gu, '');
  return { full: rest.replace(PUNCTUATION, ''), core: core.replace(PUNCTUATION, ''), ordinal };
}
