import type { Quantity } from '../../src/form/form.ts';
import type { Random } from './random.ts';
import type { PrintedCell } from './record.ts';

/** The ways in which offices print numbers; each is read back as the same number. */
export interface NumberHabits {
  /** How a count of nothing is printed. */
  readonly zeros: 'digit' | 'blank' | 'dash' | 'word' | 'mixed';
  /** `1,234`. */
  readonly separators: boolean;
  /** `１２３`. */
  readonly fullWidth: boolean;
  /** `1 295`. */
  readonly spaces: boolean;
  /** `12件`. */
  readonly units: boolean;
  /** A zero-width space inside or after the digits. */
  readonly zeroWidth: boolean;
}

export const PLAIN: NumberHabits = {
  zeros: 'digit',
  separators: false,
  fullWidth: false,
  spaces: false,
  units: false,
  zeroWidth: false,
};

const BLANKS = ['', ' ', '\u3000', '\u00a0', '\u3000\u3000'] as const;
const DASHES = ['/', '-', '—', '——', '－'] as const;
const WORDS = ['无', '不适用', '不涉及', 'N/A'] as const;

export function count(value: number, habits: NumberHabits, random: Random): PrintedCell {
  if (value === 0) return zero(habits, random);
  const unit = habits.units && random.chance(0.3) ? random.pick(['件', '项', '宗']) : null;
  return number(value, `${digits(value, habits, random)}${unit ?? ''}`, unit);
}

/** 本年增/减: signed, in one of the written forms. */
export function change(value: number, habits: NumberHabits, random: Random): PrintedCell {
  if (value === 0) return zero(habits, random);
  const size = String(Math.abs(value));
  const text =
    value > 0
      ? random.pick([`+${size}`, size, `增${size}`, `增加${size}`, `＋${size}`])
      : random.pick([`-${size}`, `减${size}`, `减少${size}`, `－${size}`, `−${size}`]);
  return number(value, text, null);
}

/** An amount given in 万元 with at most six decimals; `headerUnit` is what the column's header prints. */
export function amount(
  wan: number,
  headerUnit: '万元' | null,
  habits: NumberHabits,
  random: Random,
): PrintedCell {
  if (wan === 0) return zero(habits, random);
  const yuan = Math.round(wan * 1e6) / 100;
  const forms: (readonly [value: number, text: string, unit: string | null])[] = [
    [wan, trimmed(wan), null],
    [wan, `${trimmed(wan)}万元`, '万元'],
  ];
  if (headerUnit === null || habits.units) {
    forms.push([wan, `${trimmed(wan)}万`, '万'], [yuan, `${yuan.toFixed(2)}元`, '元']);
  }
  const [value, text, unit] = habits.units || headerUnit === null ? random.pick(forms) : forms[0]!;
  return number(value, text, unit);
}

export function number(value: number, text: string, unit: string | null): PrintedCell {
  return { state: 'number', value, unit, text };
}

/** A cell of plain digits: what a hand types into the notice's form. */
export function plain(value: number): PrintedCell {
  return number(value, String(value), null);
}

export const blank: PrintedCell = { state: 'blank', text: '' };

/** Prints a value of any quantity. */
export function printed(
  quantity: Quantity,
  value: number,
  headerUnit: '万元' | null,
  habits: NumberHabits,
  random: Random,
): PrintedCell {
  if (quantity === 'change') return change(value, habits, random);
  if (quantity === 'amount') return amount(value, headerUnit, habits, random);
  return count(value, habits, random);
}

function zero(habits: NumberHabits, random: Random): PrintedCell {
  const how = habits.zeros === 'mixed' ? random.pick(['digit', 'blank', 'dash'] as const) : habits.zeros;
  switch (how) {
    case 'digit':
      return number(0, habits.fullWidth && random.chance(0.5) ? '０' : '0', null);
    case 'blank':
      return { state: 'blank', text: random.pick(BLANKS) };
    case 'dash':
      return { state: 'dash', text: random.pick(DASHES) };
    case 'word':
      return { state: 'text', text: random.pick(WORDS) };
  }
}

function digits(value: number, habits: NumberHabits, random: Random): string {
  let text = String(value);
  if (value >= 1000 && habits.separators && random.chance(0.7)) {
    const separator = habits.fullWidth ? random.pick([',', '，']) : ',';
    text = text.replace(/\B(?=(\d{3})+$)/g, separator);
  } else if (value >= 1000 && habits.spaces && random.chance(0.7)) {
    text = text.replace(/\B(?=(\d{3})+$)/g, ' ');
  }
  if (habits.fullWidth && random.chance(0.5)) {
    text = text.replace(/\d/g, (d) => String.fromCodePoint(0xff10 + Number(d)));
  }
  if (habits.zeroWidth && random.chance(0.3)) {
    const at = random.integer(0, text.length);
    text = `${text.slice(0, at)}\u200b${text.slice(at)}`;
  }
  return text;
}

function trimmed(value: number): string {
  return String(Math.round(value * 1e6) / 1e6);
}
