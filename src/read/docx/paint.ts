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

const QUOTE = 0x22;

/**
 * Whether a colour is white, told from how its element is written: there are thousands, and hardly ever one that is.
 *
 * @param at the place after the element's name.
 */
export function isWrittenWhite(xml: string, at: number): boolean {
  // As Word and WPS write it: ` w:val="FFFFFF"`.
  if (xml.charCodeAt(at + 7) === QUOTE && xml.charCodeAt(at + 14) === QUOTE)
    return (xml.charCodeAt(at + 8) | 0x20) === 0x66 && isWhiteHex(xml.slice(at + 8, at + 14));
  const end = xml.indexOf('>', at);
  return /["']f.f.f.["']|background1/i.test(xml.slice(at, end < 0 ? at : Math.min(end, at + LONGEST_COLOUR)));
}

const LONGEST_COLOUR = 500;

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
