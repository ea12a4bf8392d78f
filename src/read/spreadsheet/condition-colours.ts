import { mixed } from '../faint-ink.ts';
import type { CellGround, CellInk } from './cell-colours.ts';
import { isFaintOn } from './cell-looks.ts';

/** The colours that a conditional format gives a cell for which it may hold. */
export interface GivenColours {
  /** Of rules that hold for one cell the lowest gives its colour (ECMA-376 part 1, 18.3.1.10); NaN where it is not said. */
  readonly priority: number;
  /** It holds beyond doubt. */
  readonly certain: boolean;
  /** The colours in one of which it shows what the cell holds; none where it leaves them alone. */
  readonly inks: readonly CellInk[];
  /** The same of what is behind it. */
  readonly grounds: readonly CellGround[];
}

/** What a cell has without conditions. */
export interface OwnColours {
  readonly font: CellInk;
  /** Of its runs and its number format, of which it is not known that they give way to those of a condition. */
  readonly others: readonly CellInk[];
  readonly ground: CellGround;
}

interface Offer<Colour> {
  readonly colours: readonly Colour[];
  /** Null for the cell's own. */
  readonly from: GivenColours | null;
  readonly stays: boolean;
}

/** The pairs of colours of a cell that conditions may bring together. */
export class ColourPairs {
  readonly #inks: readonly Offer<CellInk>[];
  readonly #grounds: readonly Offer<CellGround>[];

  constructor(own: OwnColours, given: readonly GivenColours[]) {
    this.#inks = [
      { colours: own.others, from: null, stays: true },
      ...offers([own.font], given, ({ inks }) => inks),
    ];
    this.#grounds = offers([own.ground], given, ({ grounds }) => grounds);
  }

  /** How many there are to compare at most. */
  get size(): number {
    const count = (all: readonly Offer<unknown>[]) =>
      all.reduce((sum, { colours }) => sum + colours.length, 0);
    return count(this.#inks) * count(this.#grounds);
  }

  /** Whether text cannot be told from what is behind it in one of them. */
  mayHide(): boolean {
    return this.#inks.some((ink) =>
      this.#grounds.some(
        (ground) =>
          mayMeet(ink, ground) &&
          ink.colours.some((one) => ground.colours.some((other) => isFaintOn(one, other))),
      ),
    );
  }
}

/** Without those over which another prevails for certain. */
function offers<Colour>(
  own: readonly Colour[],
  given: readonly GivenColours[],
  coloursOf: (from: GivenColours) => readonly Colour[],
): Offer<Colour>[] {
  const all = given.filter((from) => coloursOf(from).length > 0);
  const first = Math.min(
    ...all.map(({ certain, priority }) => (certain && priority > 0 ? priority : Infinity)),
  );
  const left: Offer<Colour>[] = all
    .filter(({ priority }) => !(first < priority))
    .map((from) => ({ colours: coloursOf(from), from, stays: false }));
  return all.some(({ certain }) => certain) ? left : [{ colours: own, from: null, stays: false }, ...left];
}

function mayMeet(ink: Offer<CellInk>, ground: Offer<CellGround>): boolean {
  // What a cell has of its own was compared when it was read.
  if (ink.from === ground.from) return ink.from !== null;
  if (ground.from === null) return ink.from!.grounds.length === 0;
  if (ink.from === null) return ink.stays || ground.from.inks.length === 0;
  const inkPrevails = ground.from.inks.length === 0 || !(ground.from.priority < ink.from.priority);
  const groundPrevails = ink.from.grounds.length === 0 || !(ink.from.priority < ground.from.priority);
  return inkPrevails && groundPrevails;
}

/** Two of them differ by less than the eye sees. */
const STEPS = 64;

/** The colours that a scale has from one end to the other. */
export function coloursOfScale(ends: readonly number[]): number[] {
  const colours = ends.slice(-1);
  for (const [at, end] of ends.slice(1).entries())
    for (let step = 0; step < STEPS; step++) colours.push(mixed(end, ends[at]!, step / STEPS));
  return colours;
}
