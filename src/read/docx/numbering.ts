import { parseXml } from './xml.ts';

interface Level {
  start: number;
  format: string;
  text: string;
  /** Lower levels restart after a paragraph of this level or above; 0: never. */
  restart: number | null;
}

interface List {
  readonly abstractId: string;
  readonly levels: readonly (Level | undefined)[];
}

/** Automatic numbering: the labels of `（一）` and `1.` are often not in the text of the document at all. */
export interface Numbering {
  /** The number that a paragraph shows, counted on from the paragraphs before; empty for bullets and unknown lists. */
  next(numId: string, level: number): string;
}

export const NO_NUMBERING: Numbering = { next: () => '' };

/** Reads `word/numbering.xml`. */
export function readNumbering(xml: string, maxDepth: number): Numbering {
  const abstracts = new Map<string, (Level | undefined)[]>();
  const lists = new Map<string, List>();
  let levels: (Level | undefined)[] | null = null;
  let level: Level | null = null;
  let numId: string | null = null;
  let abstractId = '';
  let overrides: (Level | undefined)[] = [];
  let startOverrides: (number | undefined)[] = [];
  let overridden = 0;
  parseXml(
    xml,
    {
      open(name, attributes) {
        const value = attributes['w:val'] ?? '';
        switch (name) {
          case 'w:abstractNum':
            levels = [];
            abstracts.set(attributes['w:abstractNumId'] ?? '', levels);
            return;
          case 'w:lvl': {
            level = { start: 1, format: 'decimal', text: '', restart: null };
            const index = Number(attributes['w:ilvl'] ?? 0);
            if (index >= 0 && index < 9) {
              const target = numId === null ? levels : overrides;
              if (target) target[index] = level;
            }
            return;
          }
          case 'w:start':
            if (level) level.start = Number(value) || 0;
            return;
          case 'w:numFmt':
            if (level) level.format = value;
            return;
          case 'w:lvlText':
            if (level) level.text = value.slice(0, 200);
            return;
          case 'w:lvlRestart':
            if (level) level.restart = Number(value);
            return;
          case 'w:num':
            numId = attributes['w:numId'] ?? '';
            abstractId = '';
            overrides = [];
            startOverrides = [];
            return;
          case 'w:abstractNumId':
            abstractId = value;
            return;
          case 'w:lvlOverride':
            overridden = Number(attributes['w:ilvl'] ?? 0);
            return;
          case 'w:startOverride':
            if (overridden >= 0 && overridden < 9) startOverrides[overridden] = Number(value) || 0;
            return;
        }
      },
      close(name) {
        if (name === 'w:lvl') level = null;
        else if (name === 'w:abstractNum') levels = null;
        else if (name === 'w:num' && numId !== null) {
          const base = abstracts.get(abstractId) ?? [];
          const own: (Level | undefined)[] = [];
          for (let index = 0; index < 9; index++) {
            const found = overrides[index] ?? base[index];
            const start = startOverrides[index];
            own[index] = found && start !== undefined ? { ...found, start } : found;
          }
          const restarts = startOverrides.some((start) => start !== undefined);
          // Lists of one definition count on from each other unless one restarts.
          lists.set(numId, { abstractId: restarts ? `${abstractId}/${numId}` : abstractId, levels: own });
          numId = null;
        }
      },
    },
    maxDepth,
  );
  const counters = new Map<string, number[]>();
  return {
    next(id, at) {
      const list = lists.get(id);
      const own = list?.levels[at];
      if (!list || !own) return '';
      let counts = counters.get(list.abstractId);
      if (!counts) {
        counts = [];
        counters.set(list.abstractId, counts);
      }
      counts[at] = (counts[at] ?? own.start - 1) + 1;
      for (let lower = at + 1; lower < 9; lower++) {
        const restart = list.levels[lower]?.restart;
        if (restart === null || restart === undefined || restart > at) delete counts[lower];
      }
      if (own.format === 'bullet' || own.format === 'none') return '';
      return own.text.replace(/%([1-9])/g, (_, digit: string) => {
        const index = Number(digit) - 1;
        const level = list.levels[index];
        if (!level) return '';
        return formatNumber(counts[index] ?? level.start, level.format);
      });
    },
  };
}

const CHINESE = '〇一二三四五六七八九';
const STEMS = '甲乙丙丁戊己庚辛壬癸';
const BRANCHES = '子丑寅卯辰巳午未申酉戌亥';

/** The number formats of ECMA-376 part 1, 17.18.59, that Chinese documents use; others as plain digits. */
export function formatNumber(value: number, format: string): string {
  switch (format) {
    case 'chineseCounting':
    case 'chineseCountingThousand':
    case 'japaneseCounting':
    case 'taiwaneseCounting':
    case 'taiwaneseCountingThousand':
    case 'ideographDigital':
      return chinese(value);
    case 'ideographTraditional':
      return STEMS[value - 1] ?? String(value);
    case 'ideographZodiac':
      return BRANCHES[value - 1] ?? String(value);
    case 'decimalFullWidth':
    case 'decimalFullWidth2':
      return String(value).replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
    case 'decimalEnclosedCircle':
    case 'decimalEnclosedCircleChinese':
      return value >= 1 && value <= 20 ? String.fromCharCode(0x245f + value) : String(value);
    case 'decimalEnclosedParen':
      return value >= 1 && value <= 20 ? String.fromCharCode(0x2473 + value) : `(${value})`;
    case 'decimalEnclosedFullstop':
      return value >= 1 && value <= 20 ? String.fromCharCode(0x2487 + value) : `${value}.`;
    case 'decimalZero':
      return value < 10 ? `0${value}` : String(value);
    case 'lowerLetter':
      return letters(value);
    case 'upperLetter':
      return letters(value).toUpperCase();
    case 'lowerRoman':
      return roman(value);
    case 'upperRoman':
      return roman(value).toUpperCase();
    default:
      return String(value);
  }
}

function chinese(value: number): string {
  if (value < 0 || value > 9999) return String(value);
  if (value < 10) return CHINESE[value] as string;
  let text = '';
  let zero = false;
  for (const [unit, sign] of [
    [1000, '千'],
    [100, '百'],
    [10, '十'],
    [1, ''],
  ] as const) {
    const digit = Math.floor(value / unit) % 10;
    if (digit === 0) {
      zero = text !== '';
      continue;
    }
    if (zero) text += '零';
    zero = false;
    text += (unit === 10 && digit === 1 && text === '' ? '' : CHINESE[digit]) + sign;
  }
  return text;
}

function letters(value: number): string {
  if (value < 1 || value > 26 * 20) return String(value);
  return String.fromCharCode(97 + ((value - 1) % 26)).repeat(Math.floor((value - 1) / 26) + 1);
}

function roman(value: number): string {
  if (value < 1 || value > 3999) return String(value);
  let text = '';
  let rest = value;
  for (const [unit, sign] of [
    [1000, 'm'],
    [900, 'cm'],
    [500, 'd'],
    [400, 'cd'],
    [100, 'c'],
    [90, 'xc'],
    [50, 'l'],
    [40, 'xl'],
    [10, 'x'],
    [9, 'ix'],
    [5, 'v'],
    [4, 'iv'],
    [1, 'i'],
  ] as const) {
    while (rest >= unit) {
      text += sign;
      rest -= unit;
    }
  }
  return text;
}
