import type { Box } from '../geometry/page-geometry.ts';
import type { Rule, Rulings } from '../geometry/rulings.ts';
import { height, type InkLine, type PixelBox, width } from './cell-ink.ts';
import { type LineShape, standTogether } from './glyphs.ts';

/** Points. Shorter pieces may be strokes of writing, which end anywhere. */
const LENGTH = 60;
/** Points between the end of a rule and the one that it meets, at most. */
const REACH = 4;

/** Where rules end, in points. */
export interface RuleEnds {
  /** Ends that hang in the air: what they met was lost, or the rest of the rule was. */
  readonly loose: readonly (readonly [x: number, y: number])[];
  readonly count: number;
}

/** The ends of the rules of a table. In print each of them meets another rule. */
export function ruleEnds({ horizontal, vertical }: Rulings, table: Box): RuleEnds {
  const across = horizontal.filter(({ at }) => at >= table.y0 - REACH && at <= table.y1 + REACH);
  const upright = vertical.filter(({ at }) => at >= table.x0 - REACH && at <= table.x1 + REACH);
  const ends = [
    ...endsOf(across, upright).map(({ along, at, loose }) => ({ place: [along, at] as const, loose })),
    ...endsOf(upright, across).map(({ along, at, loose }) => ({ place: [at, along] as const, loose })),
  ];
  return { loose: ends.flatMap(({ place, loose }) => (loose ? [place] : [])), count: ends.length };
}

function endsOf(rules: readonly Rule[], others: readonly Rule[]) {
  return rules.flatMap(({ at, from, to }) => {
    const met = others.filter(
      (other) =>
        other.at >= from - REACH &&
        other.at <= to + REACH &&
        other.from - REACH <= at &&
        other.to + REACH >= at,
    );
    if (to - from < LENGTH || met.length === 0) return [];
    return [from, to].map((along) => ({
      along,
      at,
      loose: !met.some((other) => Math.abs(other.at - along) <= REACH),
    }));
  });
}

/** Whether a rule ends within a cell. */
export function endsInside({ loose }: RuleEnds, { x0, y0, x1, y1 }: Box): boolean {
  return loose.some(
    ([x, y]) => x > x0 + REACH / 2 && x < x1 - REACH / 2 && y > y0 + REACH / 2 && y < y1 - REACH / 2,
  );
}

/** Heights of a line that the margins of a cell and one more digit take at most. */
const ROOM = 2.5;

/** A line of a cell, read. */
export interface WrittenLine {
  readonly ink: InkLine;
  readonly shape: LineShape;
  readonly text: string;
}

/**
 * Whether a cell holds numbers one below the other, or far apart in a line: the rule between them was not found. A
 * number that goes on in the next line fills the first.
 */
export function holdsSeveralNumbers(wide: number, lines: readonly WrittenLine[]): boolean {
  const isNumber = ({ shape, text }: WrittenLine) => shape.kind === 'number' && /^[-+]?[\d.,]+$/.test(text);
  if (!lines.some(isNumber)) return false;
  if (!lines.every((line) => isNumber(line) || line.shape.kind === 'stroke')) return false;
  if (lines.some(({ shape }) => shape.kind === 'number' && !standTogether(shape.glyphs))) return true;
  return lines.slice(0, -1).some(({ ink, shape }) => {
    if (shape.kind !== 'number') return true;
    return shape.glyphs.length < 2 || wide - width(ink) > ROOM * height(ink);
  });
}

/** Share of the width of a cell, of its height, and of a line: how far writing in its middle is off at most. */
const OFF = { across: 0.15, upright: 0.2, line: 0.6 } as const;

/**
 * Whether a number, the only line of a cell that spans several columns or rows stands where one of these has its middle: the rule
 * between them was not found.
 */
export function standsInOnePart(
  cell: PixelBox,
  line: PixelBox,
  spans: { columns: number; rows: number },
): boolean {
  const across = Math.abs((line.left + line.right - cell.left - cell.right) / 2);
  const upright = Math.abs((line.top + line.bottom - cell.top - cell.bottom) / 2);
  const least = OFF.line * height(line);
  return (
    (spans.columns > 1 && across > Math.max(least, OFF.across * width(cell))) ||
    (spans.rows > 1 && upright > Math.max(least, OFF.upright * height(cell)))
  );
}
