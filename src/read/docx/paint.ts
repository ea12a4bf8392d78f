import { isWhiteHex } from '../faint-ink.ts';
import { FORMATTING } from './formatting.ts';
import type { Attributes } from './xml.ts';

/** What a run, a paragraph's style or a cell says of its colours. `undefined`: inherited. */
export interface Paint {
  white?: boolean;
  /** Something that white shows on stands behind the text. */
  grounded?: boolean;
}

/** As `FORMATTING`, but with what tells whether white text is to be seen. */
export const FORMATTING_BUT_COLOURS: ReadonlySet<string> = new Set(
  [...FORMATTING].filter((name) => !['w:color', 'w:shd', 'w:highlight'].includes(name)),
);

/** How white is written, under whatever prefix. Red begins so, too, and a shading may be white: that costs time alone. */
const WRITTEN_WHITE = [
  'color w:val="F',
  'color w:val="f',
  '"FFFFFF"',
  '"ffffff"',
  "'FFFFFF'",
  '"background1"',
].map((text) => Buffer.from(text));

/** Whether a part may have text in white; where none has, colours are not looked at, which are many. */
export function mayBeWhite(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.includes(':color') && WRITTEN_WHITE.some((text) => buffer.includes(text));
}

/** Sets what an element of run properties says of colours; true if it is one of those. */
export function applyPaint(target: Paint, name: string, attributes: Attributes): boolean {
  switch (name) {
    case 'w:color':
      target.white =
        isWhiteHex(attributes['w:val']) ||
        (attributes['w:themeColor'] === 'background1' && attributes['w:themeShade'] === undefined);
      return true;
    case 'w:highlight':
      target.grounded = !/^(?:none|white)$/.test(attributes['w:val'] ?? 'none');
      return true;
    case 'w:shd':
      target.grounded ||= isGround(attributes);
      return true;
    default:
      return false;
  }
}

/** Whether shading is anything but white or none (ECMA-376 part 1, 17.3.5): its fill, or the colour of its pattern. */
function isGround(shading: Attributes): boolean {
  if (isInk(shading['w:fill'])) return true;
  const pattern = shading['w:val'] ?? 'clear';
  return pattern !== 'clear' && pattern !== 'nil' && isInk(shading['w:color']);
}

function isInk(colour: string | undefined): boolean {
  return colour !== undefined && colour !== 'auto' && colour !== '' && !isWhiteHex(colour);
}
