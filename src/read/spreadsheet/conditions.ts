import { type CellInk, colourIn } from './cell-colours.ts';
import {
  type CellLook,
  type ConditionalLook,
  changedLook,
  type LookPart,
  type Looks,
  readPart,
} from './cell-looks.ts';
import { ColourPairs, coloursOfScale, type GivenColours } from './condition-colours.ts';
import type { Area } from './drawn-areas.ts';

/** A rule by which cells look otherwise where a condition holds (ECMA-376 part 1, 18.3.1.10). */
interface Rule {
  readonly type: string;
  readonly operator: string;
  readonly priority: number;
  /** Its formulas, where they are numbers; else NaN. More than two are none's. */
  readonly operands: number[];
  look: ConditionalLook | null;
  /** A bar or an icon takes the place of the number. */
  hides: boolean;
  /** Colours between which those behind the numbers lie, of a scale or a bar. */
  readonly scale: number[];
}

interface Range extends Area {
  readonly rule: Rule;
}

/** Ranges of all rules of a sheet; of more it is not known which cells they change. */
const MOST_RANGES = 2000;
/** Cells asked for, each for all ranges; to ask a rule what it shows takes many times as long as to pass it by. */
const MOST_WORK = 20_000_000;
const WORK_OF_A_RULE = 200;
/** No scale has more. */
const MOST_COLOURS = 3;

/** The conditional formats of a sheet, from its events. */
export class Conditions {
  readonly #looks: Looks;
  readonly #areaOf: (reference: string) => Area | null;
  readonly #ranges: Range[] = [];
  #rules: Rule[] = [];
  #references = '';
  #change: LookPart | null = null;
  #text: 'formula' | 'references' | null = null;
  #written = '';
  #open = false;
  #tooMany = false;
  #work = 0;

  /** @param areaOf the cells that a reference (`B2:D5`) names; null for what is none. */
  constructor(looks: Looks, areaOf: (reference: string) => Area | null) {
    this.#looks = looks;
    this.#areaOf = areaOf;
  }

  /** Within a conditional format, whose elements have names that those of cells have too. */
  get isOpen(): boolean {
    return this.#open;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'conditionalFormatting') {
      this.#open = true;
      this.#rules = [];
      this.#references = attributes['sqref'] ?? '';
    } else if (!this.#open) return;
    else if (name === 'cfRule') {
      if (this.#rules.length >= MOST_RANGES) this.#tooMany = true;
      if (this.#tooMany) return;
      this.#rules.push({
        type: attributes['type'] ?? '',
        operator: attributes['operator'] ?? '',
        priority: Number(attributes['priority'] ?? Number.NaN),
        operands: [],
        look: this.#looks.conditional[Number(attributes['dxfId'] ?? -1)] ?? null,
        hides: false,
        scale: [],
      });
    } else if (name === 'dataBar' || name === 'iconSet') {
      const rule = this.#rules.at(-1);
      if (rule && (attributes['showValue'] === '0' || attributes['showValue'] === 'false')) rule.hides = true;
    } else if (name === 'dxf') this.#change = {};
    else if (this.#change) readPart(this.#change, name, attributes, this.#looks.palette, 'condition');
    else if (name === 'color' || name === 'fillColor') this.#scale(attributes);
    else if (name === 'formula' || name === 'f') this.#begin('formula');
    else if (name === 'sqref') this.#begin('references');
  }

  text(text: string): void {
    if (this.#text) this.#written += text;
  }

  close(name: string): void {
    if (!this.#open) return;
    if (name === 'dxf' && this.#change) {
      const rule = this.#rules.at(-1);
      if (rule) rule.look = changedLook(this.#change, this.#looks.palette);
      this.#change = null;
    } else if (this.#text && (name === 'formula' || name === 'f' || name === 'sqref')) {
      if (this.#text === 'references') this.#references = this.#written;
      else {
        const operands = this.#rules.at(-1)?.operands;
        if (operands && operands.length < 2) operands.push(numberIn(this.#written.trim()));
      }
      this.#text = null;
    } else if (name === 'conditionalFormatting') {
      this.#open = false;
      this.#settle();
    }
  }

  /**
   * Whether a cell may not show what its own format shows.
   *
   * @param value the number that it holds; null for text. @param shown what its own format shows of it.
   * @param inks the colours in which it does.
   */
  mayHide(
    row: number,
    column: number,
    value: number | null,
    shown: string,
    look: CellLook,
    inks: ReadonlySet<CellInk> = new Set([look.colour]),
  ): boolean {
    if (this.#tooMany) return true;
    if (this.#ranges.length === 0) return false;
    this.#work += this.#ranges.length;
    if (this.#work > MOST_WORK) return true;
    const given: GivenColours[] = [];
    for (const range of this.#ranges) {
      if (!isIn(range, row, column)) continue;
      this.#work += WORK_OF_A_RULE;
      const { rule } = range;
      const certain = holds(rule, value);
      if (certain === false) continue;
      if (changes(rule, value, shown)) return true;
      given.push(givenBy(rule, value, certain === true));
    }
    if (given.length === 0) return false;
    const ofFont = look.format.colour(value) === null;
    const pairs = new ColourPairs(
      {
        font: look.colour,
        others: [...inks].filter((ink) => !(ofFont && ink === look.colour)),
        ground: look.ground,
      },
      given,
    );
    this.#work += pairs.size;
    return this.#work > MOST_WORK || pairs.mayHide();
  }

  #scale(attributes: Readonly<Record<string, string>>): void {
    const rule = this.#rules.at(-1);
    const colour = colourIn(attributes, this.#looks.palette);
    if (!rule || typeof colour !== 'number') return;
    if (rule.scale.length < MOST_COLOURS) rule.scale.push(colour);
    else rule.hides = true;
  }

  #begin(text: 'formula' | 'references'): void {
    this.#text = text;
    this.#written = '';
  }

  #settle(): void {
    if (this.#tooMany) return;
    const rules = this.#rules.filter(({ look, hides, scale }) => hides || look !== null || scale.length > 0);
    if (rules.length === 0) return;
    for (const reference of this.#references.trim().split(/\s+/)) {
      const area = this.#areaOf(reference);
      if (!area) continue;
      for (const rule of rules) {
        if (this.#ranges.length >= MOST_RANGES) {
          this.#tooMany = true;
          return;
        }
        this.#ranges.push({ ...area, rule });
      }
    }
  }
}

function isIn(area: Area, row: number, column: number): boolean {
  return (
    row >= area.row &&
    row < area.row + area.rows &&
    column >= area.column &&
    column < area.column + area.columns
  );
}

function numberIn(formula: string): number {
  return /^-?\d+(?:\.\d+)?$/.test(formula) ? Number(formula) : Number.NaN;
}

/** Whether a rule that holds strikes a number out, or shows another. */
function changes({ look, hides }: Rule, value: number | null, shown: string): boolean {
  if (hides) return value !== null;
  if (!look) return false;
  if (look.struck) return true;
  const { format } = look;
  return format !== undefined && (value === null ? format.text(shown) : format.number(value)) !== shown;
}

function givenBy({ look, scale, priority }: Rule, value: number | null, certain: boolean): GivenColours {
  const inks = [look?.colour, look?.format?.colour(value)].filter((ink) => ink !== undefined && ink !== null);
  const grounds = look?.ground === undefined ? [] : [look.ground];
  // Scales and bars are those of numbers.
  return {
    priority,
    certain,
    inks,
    grounds: value === null ? grounds : [...grounds, ...coloursOfScale(scale)],
  };
}

/** Whether the condition of a rule holds for a number; null where that takes more than comparing it with numbers. */
function holds({ type, operator, operands }: Rule, value: number | null): boolean | null {
  if (type !== 'cellIs' || value === null) return null;
  const [a, b] = operands;
  if (a === undefined || Number.isNaN(a)) return null;
  switch (operator) {
    case 'equal':
      return value === a;
    case 'notEqual':
      return value !== a;
    case 'lessThan':
      return value < a;
    case 'lessThanOrEqual':
      return value <= a;
    case 'greaterThan':
      return value > a;
    case 'greaterThanOrEqual':
      return value >= a;
  }
  if (b === undefined || Number.isNaN(b)) return null;
  const within = value >= Math.min(a, b) && value <= Math.max(a, b);
  return operator === 'between' ? within : operator === 'notBetween' ? !within : null;
}
