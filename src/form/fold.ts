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

/**
 * Traditional forms of the characters that the form, its headings and common words of a report use. Text without any of
 * them is not converted: conversion is slow, and nothing that is compared would change.
 */
const TRADITIONAL =
  /[來個們內別動務匯區員問單國團執報審將對導屬幾廢廳強彙後從復徵應戶採據數於時暫曆會條業構機檢權歷決沒況減瀏為無爲獲現産當發監確祕穩節範糾納組結統經維網縣總織繳繼續罰與舉萬處號補裡製複規覽計訟訪許訴詢試該認說説請議護讀變財費購轉辦這進過適還鄉鈎鉤鎮閉開間關難項領題額類體]/u;

let toSimplified: ((text: string) => string) | null = null;

/** Zero-width characters, soft hyphens and byte-order marks: never part of a label or a number. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Nothing to fold: digits and Latin letters, which most cells are. */
const ASCII = /^[\x20-\x7e]*$/;

/** Folds characters; white space and punctuation stay (in their NFKC form). */
export function foldCharacters(text: string): string {
  return ASCII.test(text) ? text : foldedCharacters(text);
}

const foldedCharacters = remembered((text) => {
  let folded = text
    .replace(INVISIBLE, '')
    .replace(RADICAL, (c) => RADICALS[c] ?? c)
    .normalize('NFKC');
  if (TRADITIONAL.test(folded)) {
    // Character by character: the converter's phrases would turn 文件 of a half-converted page into 文档.
    const convert = toSimplified ?? Converter({ from: 't', to: 'cn' });
    toSimplified = convert;
    folded = convert(folded).replaceAll('档案', '文件').replaceAll('资讯', '信息');
  }
  return folded;
});

/** Folds characters and drops white space: what two spellings of one phrase have in common. */
export function foldPhrase(text: string): string {
  return phrase(text);
}

const phrase = remembered((text) => foldCharacters(text).replace(/\s+/gu, ''));

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
  return label(text);
}

const label = remembered((text): FoldedLabel => {
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
});

/** Longer texts are sentences, which do not come back. */
const REMEMBERED_LENGTH = 80;
const REMEMBERED_TEXTS = 2000;

/**
 * The labels of the form are asked for again and again, within a report and from one to the next. Two generations, so
 * that memory is bounded and what is in use survives.
 */
function remembered<T>(work: (text: string) => T): (text: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return (text) => {
    if (text.length > REMEMBERED_LENGTH) return work(text);
    const known = young.get(text);
    if (known !== undefined) return known;
    // A piece of a text keeps the whole text in memory: what is remembered must be a copy.
    const own = Buffer.from(text, 'utf16le').toString('utf16le');
    const result = old.get(text) ?? work(own);
    if (young.size >= REMEMBERED_TEXTS) {
      old = young;
      young = new Map();
    }
    young.set(own, result);
    return result;
  };
}
