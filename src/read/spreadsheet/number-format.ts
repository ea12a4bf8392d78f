import { INDEXED } from './cell-colours.ts';

/**
 * What a program shows for a value under a format code of a spreadsheet (ECMA-376 part 1, 18.8.31). Only codes whose
 * outcome is beyond doubt are followed: digits with grouping and decimals, General, text, literals, blanks and colours,
 * in sections by sign. For dates, percentages, scales, conditions, fractions and all else it is null: such a value
 * shows something that is not known here, and the stored number is not what is printed.
 */
export class NumberFormat {
  readonly #numbers: readonly (Section | null)[];
  readonly #text: Section | null | undefined;
  readonly #endsWithText: boolean;

  /** @param indexed the colours that codes name by number, from the ninth on. */
  constructor(code: string, indexed: readonly number[] = INDEXED) {
    const sections = code.length > LONGEST_CODE ? null : sectionsOf(code, indexed);
    if (sections === null) {
      this.#numbers = [null];
      this.#text = null;
      this.#endsWithText = false;
      return;
    }
    const last = sections.at(-1)!;
    // The section with the place for text is that for text, however few stand before it.
    const forText = sections.length === 4 || last.some((part) => part.kind === 'text');
    this.#endsWithText = forText;
    this.#text = forText ? section(last) : undefined;
    const numbers = forText ? sections.slice(0, -1) : sections;
    this.#numbers = numbers.length === 0 ? [GENERAL] : numbers.map(section);
  }

  /** Without the blanks around it; null where it is not known what is shown. */
  number(value: number): string | null {
    const sections = this.#numbers;
    const at = this.#placeFor(value);
    const chosen = sections[at]?.parts;
    if (!chosen || chosen.some((part) => part.kind === 'text')) return null;
    // Programs differ on an empty section at the end (`0;`), and on a code without any.
    if (chosen.length === 0 && at === sections.length - 1 && sections.length < 3 && !this.#endsWithText)
      return null;
    const sign = value < 0 && at === 0 ? '-' : '';
    let shown = '';
    for (const part of chosen) {
      const piece =
        part.kind === 'literal'
          ? part.text
          : part.kind === 'general'
            ? general(Math.abs(value))
            : part.kind === 'digits'
              ? digits(Math.abs(value), part)
              : null;
      // Programs differ on whether the sign of a number that rounds to nothing is shown.
      if (piece === null || (value < 0 && part.kind !== 'literal' && !/[1-9]/.test(piece))) return null;
      shown += piece;
    }
    return (shown === '' ? '' : sign + shown).trim();
  }

  /** What is shown for text; null where it is not known. */
  text(text: string): string | null {
    if (this.#text === undefined) return text;
    const parts = this.#text?.parts;
    if (!parts || parts.some((part) => part.kind === 'digits' || part.kind === 'general')) return null;
    return parts
      .map((part) => (part.kind === 'literal' ? part.text : part.kind === 'text' ? text : ''))
      .join('');
  }

  /**
   * The colour (0xrrggbb) in which a value is shown whatever its font says; null where that is left to the font.
   *
   * @param value null for text. Of a code without a section for text it is that of the first, which only some programs use.
   */
  colour(value: number | null): number | null {
    const section = value === null ? this.#text : this.#numbers[this.#placeFor(value)];
    return (section === undefined ? this.#numbers[0] : section)?.colour ?? null;
  }

  /** The section for a number. */
  #placeFor(value: number): number {
    const sections = this.#numbers;
    const at = sections.length === 1 ? 0 : value < 0 ? 1 : value === 0 ? 2 : 0;
    return sections[at] === undefined ? 0 : at;
  }
}

/** Excel itself stops at 255. */
const LONGEST_CODE = 1000;

interface Digits {
  readonly kind: 'digits';
  /** Placeholders `0`, `#` and `?` before and behind the point. */
  readonly whole: string;
  readonly decimals: string;
  readonly point: boolean;
  readonly grouped: boolean;
}

type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'general' }
  | { readonly kind: 'text' }
  | Digits;

interface Section {
  readonly parts: readonly Part[];
  /** 0xrrggbb; null for that of the font. */
  readonly colour: number | null;
}

/** What a code is made of before it is known whether it can be followed; `unknown` for anything it cannot. */
type Token = Part | { readonly kind: 'colour'; readonly colour: number } | { readonly kind: 'unknown' };

const GENERAL: Section = { parts: [{ kind: 'general' }], colour: null };

const TOKEN =
  /"(?<quoted>[^"]*)"|\\(?<escaped>.)|_(?<blank>.)|\*(?<fill>.)|\[(?<bracket>[^\]]*)\]|(?<general>general|G\/通用格式)|(?<digits>[0#?][0#?,]*(?:\.[0#?]*)?|\.[0#?]+)|(?<end>;)|(?<text>@)|(?<plain>[-+() :'<>=$¥￥])|(?<other>.)/gisu;

const COLOURS: ReadonlyMap<string, number> = new Map(
  (
    [
      [0x000000, 'black', '黑色'],
      [0x0000ff, 'blue', '蓝色'],
      [0x00ffff, 'cyan', '青色'],
      [0x00ff00, 'green', '绿色'],
      [0xff00ff, 'magenta', '洋红'],
      [0xff0000, 'red', '红色'],
      [0xffffff, 'white', '白色'],
      [0xffff00, 'yellow', '黄色'],
    ] as const
  ).flatMap(([colour, ...names]) => names.map((name) => [name, colour] as const)),
);

const NUMBERED_COLOUR = /^(?:color|颜色)\s*(\d{1,2})$/iu;
/** The palette begins with the eight colours that have names; `Color1` is the one behind them. */
const NAMED_COLOURS = 8;
const NUMBERED_COLOURS = 56;

/**
 * `$`, a sign of currency, a language (18.8.31), which changes names of days and nothing of a number. Longer numbers carry
 * shapes of digits and calendars, F800 and F400 are the date and the time of the system.
 */
const CURRENCY = /^\$([^-]*)(?:-0*(?!f[48]00$)[1-9a-f][0-9a-f]{0,3})?$/i;

/** Null where there are more sections than a code has. */
function sectionsOf(code: string, indexed: readonly number[]): Token[][] | null {
  const sections: Token[][] = [[]];
  for (const { groups } of code.matchAll(TOKEN)) {
    if (groups!['end'] !== undefined) sections.push([]);
    else sections.at(-1)!.push(...token(groups!, indexed));
  }
  return sections.length > 4 ? null : sections;
}

function token(groups: Readonly<Record<string, string | undefined>>, indexed: readonly number[]): Token[] {
  const { quoted, escaped, blank, fill, bracket, general, digits, text, plain } = groups;
  const literal = quoted ?? escaped ?? plain;
  if (literal !== undefined) return [{ kind: 'literal', text: literal }];
  if (blank !== undefined || fill === ' ') return [{ kind: 'literal', text: ' ' }];
  if (bracket !== undefined) return bracketed(bracket, indexed);
  if (general !== undefined) return [{ kind: 'general' }];
  if (text !== undefined) return [{ kind: 'text' }];
  return [digits === undefined ? { kind: 'unknown' } : digitsOf(digits)];
}

function bracketed(inside: string, indexed: readonly number[]): Token[] {
  const colour = colourNamed(inside, indexed);
  if (colour !== undefined) return [{ kind: 'colour', colour }];
  const currency = CURRENCY.exec(inside)?.[1];
  if (currency === undefined) return [{ kind: 'unknown' }];
  return currency === '' ? [] : [{ kind: 'literal', text: currency }];
}

function colourNamed(name: string, indexed: readonly number[]): number | undefined {
  const number = Number(NUMBERED_COLOUR.exec(name)?.[1]);
  if (number >= 1 && number <= NUMBERED_COLOURS) return indexed[number - 1 + NAMED_COLOURS];
  return COLOURS.get(name.toLowerCase());
}

function digitsOf(placeholders: string): Token {
  const [whole = '', decimals] = placeholders.split('.');
  // A comma at the end divides by a thousand.
  if (whole.endsWith(',')) return { kind: 'unknown' };
  return {
    kind: 'digits',
    whole: whole.replaceAll(',', ''),
    decimals: decimals ?? '',
    point: decimals !== undefined,
    grouped: whole.includes(','),
  };
}

/** Null for a section that cannot be followed: an unknown part, or a number spread over several places. */
function section(tokens: readonly Token[]): Section | null {
  const parts: Part[] = [];
  let numbers = 0;
  let colour: number | null = null;
  for (const part of tokens) {
    if (part.kind === 'unknown') return null;
    if (part.kind === 'colour') {
      colour = part.colour;
      continue;
    }
    if (part.kind === 'digits' || part.kind === 'general') numbers += 1;
    parts.push(part);
  }
  return numbers > 1 ? null : { parts, colour };
}

/** The decimal number that programs take a binary one for: fifteen digits, as a whole number and a power of ten. */
function decimalOf(value: number): { coefficient: bigint; exponent: number } {
  const [mantissa, exponent] = value.toExponential(14).split('e');
  return { coefficient: BigInt(mantissa!.replace('.', '')), exponent: Number(exponent) - 14 };
}

/** Beyond this the fifteen digits no longer reach the ones. */
const LARGEST = 1e15;
const MOST_DECIMALS = 30;

/** Halves are rounded away from zero. Null beyond what is shown exactly. */
function rounded(value: number, decimals: number): { whole: string; fraction: string } | null {
  if (!(value < LARGEST) || decimals > MOST_DECIMALS) return null;
  const { coefficient, exponent } = decimalOf(value);
  const shift = exponent + decimals;
  let scaled: bigint;
  if (shift >= 0) scaled = coefficient * 10n ** BigInt(shift);
  else if (shift < -MOST_DECIMALS) scaled = 0n;
  else {
    const unit = 10n ** BigInt(-shift);
    scaled = (coefficient + unit / 2n) / unit;
  }
  const all = scaled.toString().padStart(decimals + 1, '0');
  return { whole: all.slice(0, all.length - decimals), fraction: all.slice(all.length - decimals) };
}

function digits(value: number, { whole, decimals, point, grouped }: Digits): string | null {
  const number = rounded(value, decimals.length);
  if (number === null) return null;
  const firstZero = whole.indexOf('0');
  const least = firstZero < 0 ? 0 : whole.length - firstZero;
  let shown = (number.whole === '0' ? '' : number.whole).padStart(least, '0');
  if (grouped) shown = shown.replace(/\B(?=(?:\d{3})+$)/g, ',');
  else shown = shown.padStart(whole.includes('?') ? whole.length : 0, ' ');
  let last = decimals.length;
  while (last > 0 && decimals[last - 1] !== '0' && number.fraction[last - 1] === '0') last -= 1;
  return shown + (point ? `.${number.fraction.slice(0, last)}` : '');
}

/** Characters that General gives a number, its point among them. */
const GENERAL_CHARACTERS = 11;

/** The shortest that means the number, its decimals cut to what fits; null where it would be shown with an exponent. */
function general(value: number): string | null {
  if (value === 0) return '0';
  if (value >= 10 ** GENERAL_CHARACTERS || value < 1e-4) return null;
  const before = Math.max(1, Math.floor(Math.log10(value)) + 1);
  const number = rounded(value, Math.max(0, GENERAL_CHARACTERS - 1 - before));
  if (number === null) return null;
  const fraction = number.fraction.replace(/0+$/, '');
  return fraction === '' ? number.whole : `${number.whole}.${fraction}`;
}

/**
 * The codes that files need not spell out (18.8.30). Those that depend on the language of the program (dates, currency,
 * negative numbers in accounts) are left out.
 */
export const BUILT_IN: ReadonlyMap<number, string> = new Map([
  [0, 'General'],
  [1, '0'],
  [2, '0.00'],
  [3, '#,##0'],
  [4, '#,##0.00'],
  [37, '#,##0;x'],
  [38, '#,##0;x'],
  [39, '#,##0.00;x'],
  [40, '#,##0.00;x'],
  [41, '#,##0;x;"-"'],
  [43, '#,##0.00;x;"-"'],
  [49, '@'],
]);
