import type { CellGround } from '../edge-table.ts';
import { modifiers, signed16, unsigned16, unsigned32 } from './property-modifiers.ts';
import { type Style, styleGroups } from './style-sheet.ts';

/** What of a run's formatting decides whether, and how far, its text may be believed. */
export interface CharacterFormat {
  readonly hidden: boolean;
  readonly deleted: boolean;
  readonly struck: boolean;
  readonly superscript: boolean;
  readonly subscript: boolean;
  /** As 0xrrggbb; null for one that is left to the program, which takes one that shows. */
  readonly colour: number | null;
  /** What its own properties put behind it. */
  readonly ground: CellGround;
  /** Where in the data stream the picture lies that a picture character stands for; null for none. */
  readonly picture: number | null;
}

const DELETED = 0x0800;
const PICTURE_PLACE = 0x6a03;
const STRUCK = 0x0837;
const STRUCK_TWICE = 0x2a53;
const HIDDEN = 0x083c;
const RAISED_OR_LOWERED = 0x2a48;
const POSITION = 0x4845;
const CHARACTER_STYLE = 0x4a30;
/** Red, green, blue, and 0xff where the colour is left to the program. */
const COLOUR = 0x6870;
/** By number in a list of sixteen, as Word 97 wrote it. */
const OLD_COLOUR = 0x2a42;
const HIGHLIGHT = 0x2a0c;
const SHADING = 0xca71;
/** The list of sixteen, from 1. */
const OLD_COLOURS: readonly number[] = [
  0x000000, 0x0000ff, 0x00ffff, 0x00ff00, 0xff00ff, 0xff0000, 0xffff00, 0xffffff, 0x000080, 0x008080,
  0x008000, 0x800080, 0x800000, 0x808000, 0x808080, 0xc0c0c0,
];

/** Half points that a line may be moved by without its text being raised beside another. */
const SLIGHTLY = 2;

/** Vertical alignment and position are properties of their own: neither takes back what the other says. */
interface Growing {
  hidden: boolean;
  deleted: boolean;
  struck: boolean;
  /** 1 raised, 2 lowered. */
  alignment: number;
  /** Half points above the line. */
  position: number;
  colour: number | null;
  highlight: number | null;
  shading: CellGround;
  picture: number | null;
}

/** Style of the paragraph, then character style, then the run's own modifiers, as Word applies them. */
export function characterFormat(
  styles: ReadonlyMap<number, Style>,
  paragraphStyle: number,
  groups: readonly Uint8Array[],
): CharacterFormat {
  const format: Growing = {
    hidden: false,
    deleted: false,
    struck: false,
    alignment: 0,
    position: 0,
    colour: null,
    highlight: null,
    shading: null,
    picture: null,
  };
  for (const group of styleGroups(styles, paragraphStyle)) apply(group, format, { ...format });
  for (const group of groups) {
    for (const { code, operand } of modifiers(group)) {
      if (code !== CHARACTER_STYLE) continue;
      for (const styled of styleGroups(styles, unsigned16(operand, 0))) apply(styled, format, { ...format });
    }
  }
  const ofStyle = { ...format };
  for (const group of groups) apply(group, format, ofStyle);
  const { hidden, deleted, struck, colour, picture } = format;
  return {
    hidden,
    deleted,
    struck,
    superscript: format.alignment === 1 || format.position > SLIGHTLY,
    subscript: format.alignment === 2 || format.position < -SLIGHTLY,
    colour,
    ground: format.highlight ?? format.shading,
    picture,
  };
}

function apply(group: Uint8Array, format: Growing, ofStyle: Readonly<Growing>): void {
  for (const { code, operand } of modifiers(group)) {
    const value = operand[0] ?? 0;
    if (code === DELETED) format.deleted = value !== 0;
    else if (code === STRUCK) format.struck = toggled(value, ofStyle.struck);
    else if (code === STRUCK_TWICE) format.struck = value !== 0;
    else if (code === HIDDEN) format.hidden = toggled(value, ofStyle.hidden);
    else if (code === RAISED_OR_LOWERED) format.alignment = value;
    else if (code === POSITION) format.position = signed16(operand, 0);
    else if (code === COLOUR) format.colour = reference(operand, 0);
    else if (code === OLD_COLOUR) format.colour = OLD_COLOURS[value - 1] ?? null;
    else if (code === HIGHLIGHT) format.highlight = OLD_COLOURS[value - 1] ?? null;
    else if (code === SHADING) format.shading = groundOf(operand, 0);
    else if (code === PICTURE_PLACE) format.picture = unsigned32(operand, 0);
  }
}

function reference(bytes: Uint8Array, at: number): number | null {
  const [red = 0, green = 0, blue = 0, auto = 0xff] = bytes.subarray(at, at + 4);
  return auto === 0xff ? null : (red << 16) | (green << 8) | blue;
}

const CLEAR = 0;
const SOLID = 1;
/** For no shading at all. */
const NIL = 0xffff;

/** What a shading ([MS-DOC] 2.9.247) puts behind text: the colour of its pattern, that of its ground, and the pattern. */
export function groundOf(bytes: Uint8Array, at: number): CellGround {
  const [over, under] = [reference(bytes, at), reference(bytes, at + 4)];
  const pattern = unsigned16(bytes, at + 8);
  if (pattern === CLEAR || pattern === NIL) return under;
  if (pattern === SOLID) return over ?? 0;
  return over === null && under === null ? null : 'other';
}

function toggled(value: number, ofStyle: boolean): boolean {
  if (value === 0x80) return ofStyle;
  if (value === 0x81) return !ofStyle;
  return value !== 0;
}
