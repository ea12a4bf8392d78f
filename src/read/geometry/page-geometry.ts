/**
 * A page as the grid builder sees it, whatever engine it comes from: positioned text, ruling lines, shaded areas.
 * All coordinates are points (1/72 inch), origin at the top left of the page as it is shown (rotation applied), y downwards.
 */

export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** One character or one word with its box. */
export interface TextBox extends Box {
  /** One or more characters without a line break; a blank only where the document sets one. */
  readonly text: string;
  /** Direction of reading in degrees clockwise as shown: 0, 90, 180, 270 are upright tables; others are watermarks. Default 0. */
  readonly angle?: number;
  /** Text that was drawn by one operator shares a number; -1 or absent where unknown. */
  readonly run?: number;
  /** Painted so lightly (or transparently) that it is meant to lie behind the text. */
  readonly faint?: boolean;
  /** Clipped away wholly or in part. */
  readonly clipped?: boolean;
  /** A line goes through its middle. */
  readonly struck?: boolean;
  /** Painted over, white on white, or on a layer that may be hidden: perhaps not what the page shows. */
  readonly unsure?: boolean;
}

/** A straight ruling line, horizontal or vertical, with its thickness. */
export interface Segment extends Box {
  readonly thickness: number;
}

export interface PageGeometry {
  /** From 1. */
  readonly page: number;
  readonly width: number;
  readonly height: number;
  readonly text: readonly TextBox[];
  /** Horizontal ones have y0 = y1, vertical ones x0 = x1. */
  readonly segments: readonly Segment[];
  /** Filled areas that are no lines, in the order painted. */
  readonly shades: readonly Box[];
  /** What is shown but was not read: pictures, drawings with curves, form fields, notes, characters without meaning. */
  readonly inks?: readonly Box[];
}
