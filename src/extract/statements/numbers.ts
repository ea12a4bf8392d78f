/** A number with its unit in a folded sentence. */
export interface NumberToken {
  readonly start: number;
  /** Behind the number itself. */
  readonly end: number;
  /** Behind the unit. */
  readonly unitEnd: number;
  readonly value: number;
  readonly unit: string;
  /** 余, 多, 近: not to be compared with anything. */
  readonly approximate: boolean;
}

const UNIT = '件次|件|条次|条|宗|份|起|例|人次|项|篇|期|次|场|封|个百分点|个|万元|元|%';
const ARABIC = new RegExp(
  String.raw`(?<![\d.])(\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?)(万|亿)?(余|多)?(${UNIT})`,
  'gu',
);
const CHINESE =
  /(?<![第每任哪这那同另某各〇零一二两三四五六七八九十百千])([〇零一二两三四五六七八九十百千]{1,9})(余|多)?(件|条|宗|份|起)(?![事龙线街路例款文目])/gu;

/** Every number that has a unit, in order. Words in which 一件, 一条 are no counts are left out. */
export function numbersIn(folded: string, printed: (at: number) => string): NumberToken[] {
  const found: NumberToken[] = [];
  for (const match of folded.matchAll(ARABIC)) {
    const [whole, digits, scale, more, unit] = match;
    if (digits === undefined || unit === undefined) continue;
    let start = match.index;
    let text = digits;
    // A full-width comma between digits separates clauses: 收到3，120件 says nothing of 3120.
    const comma = text.indexOf(',');
    if (comma >= 0 && printed(start + comma) !== ',') {
      const last = text.lastIndexOf(',') + 1;
      start += last;
      text = text.slice(last);
    }
    if (isWordAfter(unit, folded.slice(match.index + whole.length))) continue;
    const value = Number(text.replaceAll(',', '')) * (scale === '万' ? 1e4 : scale === '亿' ? 1e8 : 1);
    found.push({
      start,
      end: start + text.length + (scale?.length ?? 0),
      unitEnd: match.index + whole.length,
      value: Number(value.toFixed(6)),
      unit,
      approximate: more !== undefined || /[近约逾超]$/u.test(folded.slice(0, start)),
    });
  }
  for (const match of folded.matchAll(CHINESE)) {
    const [whole, digits, more, unit] = match;
    const value = digits === undefined ? null : chineseNumber(digits);
    if (value === null || unit === undefined || digits === undefined) continue;
    // 一件一件, 一条 are as often words as counts: a lone 一 counts only where something was counted.
    if (digits === '一' && !/(?:到|理|结|复|计|共|新|有)$/u.test(folded.slice(0, match.index))) continue;
    found.push({
      start: match.index,
      end: match.index + digits.length,
      unitEnd: match.index + whole.length,
      value,
      unit,
      approximate: more !== undefined,
    });
  }
  return found.sort((a, b) => a.start - b.start);
}

/** 条例, 件数, 份额: the unit is the head of another word. */
function isWordAfter(unit: string, rest: string): boolean {
  if (unit === '条') return /^(?:例|款|件|文|目|规)/u.test(rest);
  if (unit === '次') return /^(?:序|日|年)/u.test(rest);
  if (unit === '个') return /^(?:月|工作日|自然日|小时|季度)/u.test(rest);
  return unit === '份' && /^额/u.test(rest);
}

const DIGITS = '零一二三四五六七八九';

/** 十二, 二十, 一百零五, 两千三百; null for anything else. */
export function chineseNumber(text: string): number | null {
  const digits = text.replaceAll('两', '二').replaceAll('〇', '零');
  if (!/[十百千]/u.test(digits)) {
    const plain = [...digits].map((d) => DIGITS.indexOf(d));
    return digits.length > 0 && plain.every((d) => d >= 0) ? Number(plain.join('')) : null;
  }
  let sum = 0;
  let digit: number | null = null;
  for (const char of digits) {
    const scale = { 十: 10, 百: 100, 千: 1000 }[char];
    if (scale === undefined) {
      digit = DIGITS.indexOf(char);
      if (digit < 0) return null;
    } else {
      sum += (digit ?? 1) * scale;
      digit = null;
    }
  }
  return sum + (digit ?? 0);
}
