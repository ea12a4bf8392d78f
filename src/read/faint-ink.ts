/**
 * Text in the colour of what is known to be behind it, which is paper where nothing else is: the page does not show it, or
 * shows it on a ground that the reader does not know of. Its digits are neither left out nor believed.
 */

/** Below this a channel is seen on white; fdfdfd and f8f8f8 are not. */
const LIGHTEST = 0xf0;

/** Whether text of one colour (0xrrggbb) cannot be told from a ground of another; null for paper. */
export function isLost(ink: number, ground: number | null): boolean {
  const [red, green, blue] = channels(ink);
  if (ground === null) return Math.min(red, green, blue) >= LIGHTEST;
  const [r, g, b] = channels(ground);
  return Math.max(Math.abs(red - r), Math.abs(green - g), Math.abs(blue - b)) < CLOSE;
}

/** Two colours that differ by less in every channel are one to the eye. */
const CLOSE = 0x10;

function channels(colour: number): [number, number, number] {
  return [(colour >> 16) & 0xff, (colour >> 8) & 0xff, colour & 0xff];
}

/** A colour some way towards another: `share` of it is left. */
export function mixed(colour: number, other: number, share: number): number {
  const [red, green, blue] = channels(colour);
  const [r, g, b] = channels(other);
  const part = (a: number, z: number): number => Math.round(a * share + z * (1 - share));
  return (part(red, r) << 16) | (part(green, g) << 8) | part(blue, b);
}

/** What of a line is in the colour of its ground, and what else stands in it. */
export interface Ink {
  /** Something is. */
  faint: boolean;
  /** Something is not. */
  plain: boolean;
}

/** Han characters of a line that is a headline and no cell of a table with a number in it. */
const HEADLINE = 10;

/**
 * Whether a line with such text in it may show other digits than are stored. A headline wholly in white is taken to stand on
 * a banner, whose ground is often a picture or a rule of a style sheet that the document does not bring along.
 */
export function mayHideDigits(text: string, ink: Ink, inCell: boolean): boolean {
  if (!ink.faint || !/\p{Nd}/u.test(text)) return false;
  if (ink.plain || /[。；]/u.test(text)) return true;
  return inCell && (text.match(/\p{L}/gu)?.length ?? 0) < HEADLINE;
}
