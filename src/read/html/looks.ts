import { isLost, mixed } from '../faint-ink.ts';
import { PIXELS_IN } from './css-units.ts';
import { NAMED_COLOURS } from './named-colours.ts';

/** Declarations of one element; Word writes some five hundred characters. */
export const LONGEST_STYLE = 4000;
/** Different style attributes of a page that are remembered; pages repeat a few dozen. */
const MOST_REMEMBERED = 5000;

/** A colour as 0xrrggbb; `clear` for one that lets everything through, `other` for one that is not known exactly. */
export type Colour = number | Tint | 'clear' | 'other';

/** A colour through which what lies behind it is seen. */
export interface Tint {
  /** 0xrrggbb. */
  readonly of: number;
  /** How much of it there is, between 0 and 1. */
  readonly share: number;
}

export function isTint(colour: Colour | null): colour is Tint {
  return typeof colour === 'object' && colour !== null;
}

/** What the declarations of an element, or of a rule, say of whether and as what its text shows. Missing: nothing. */
export interface Look {
  /** `removed`: takes no place; `shown`: a display of its own, which prevails over a rule that hides. */
  display?: 'removed' | 'shown';
  visibility?: 'hidden' | 'visible';
  /** Whether the font has a size at all. */
  size?: 'none' | 'some';
  /** By its opacity, place, clip or scale nothing of it shows, nor of what stands in it. */
  outOfSight?: boolean;
  /** Its box is too small for any text and what runs over is cut off; a table makes room for its cells all the same. */
  clipped?: boolean;
  raised?: 'superscript' | 'subscript' | 'none';
  /** Pixels above the line. */
  shift?: number;
  struck?: boolean;
  preserved?: boolean;
  colour?: Colour;
  /** What letters are filled with instead of their colour; `colour` for that. */
  fill?: Colour | 'colour';
  ground?: Colour;
  /** Something that may be read is put before or behind the text. */
  before?: boolean;
  after?: boolean;
  /** It may be that nothing of it shows. */
  doubtful?: boolean;
}

/** Of an element without a style. */
export const NOTHING: Look = Object.freeze({});

/** Reads style attributes, each different one once. */
export class InlineLooks {
  private readonly known = new Map<string, Look>();
  private last = '';
  private lookOfLast = NOTHING;

  of(style: string | undefined): Look {
    if (style === undefined || style === '') return NOTHING;
    // An element is asked several times.
    if (style === this.last) return this.lookOfLast;
    let look = this.known.get(style);
    if (!look) {
      look = lookOf(style.slice(0, LONGEST_STYLE));
      if (this.known.size < MOST_REMEMBERED) this.known.set(style, look);
    }
    this.last = style;
    this.lookOfLast = look;
    return look;
  }
}

/** What a list of declarations says; of those that say the same thing the last holds, important ones before others. */
export function lookOf(declarations: string): Look {
  const important = importantOf(declarations);
  return lookOfAll(
    important.length > 0 ? [...declarations.split(';'), ...important] : declarations.split(';'),
  );
}

/** What only the important of the declarations say; null where none is. */
export function importantLookOf(declarations: string): Look | null {
  const important = importantOf(declarations);
  return important.length > 0 ? lookOfAll(important) : null;
}

const CONTENT =
  /(?:^|;)\s*(content|display)\s*:((?:"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|[^;"'])*)/gi;
/** What a number may be made another number by; signs that a font draws at codes of its own are not. */
const READ = /[\p{L}\p{N}%％‰.．,，+＋\-－−]/u;

/**
 * Whether what a rule puts before or behind an element (CSS 2.1, 12.2) may be read with its text; null where it does not say.
 *
 * @param important only important declarations count.
 */
export function showsMore(declarations: string, important: boolean): boolean | null {
  const said: Record<string, string> = {};
  for (const [, property = '', value = ''] of declarations.matchAll(CONTENT)) {
    if (important && !IMPORTANT.test(value)) continue;
    said[property.toLowerCase()] = value.replace(IMPORTANT, '').trim();
  }
  const { content, display } = said;
  if (display !== undefined && /^none/i.test(display)) return false;
  if (content === undefined) return null;
  let strings = '';
  const rest = content.replace(
    /"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'/g,
    (_, a?: string, b?: string) => {
      strings += a ?? b ?? '';
      return ' ';
    },
  );
  if (/(?:attr|counters?|url|image|image-set|var)\(/i.test(rest)) return true;
  return READ.test(strings.replace(/\\([\da-f]{1,6})\s?/gi, (_, code: string) => characterOf(code)));
}

function characterOf(code: string): string {
  const point = Number.parseInt(code, 16);
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : '';
}

const IMPORTANT = /!\s*important\s*$/i;

function importantOf(declarations: string): string[] {
  if (!declarations.includes('!')) return [];
  return declarations.split(';').filter((declaration) => IMPORTANT.test(declaration));
}

function lookOfAll(declarations: readonly string[]): Look {
  const look: Look = {};
  const box: Record<string, string> = {};
  for (const declaration of declarations) {
    const colon = declaration.indexOf(':');
    if (colon < 0) continue;
    const property = declaration.slice(0, colon).trim().toLowerCase().replace(/^["']/, '');
    const read = READERS.get(property);
    const isBox = BOX.has(property);
    if (!read && !isBox) continue;
    const value = declaration
      .slice(colon + 1)
      .replace(IMPORTANT, '')
      .trim()
      .toLowerCase();
    if (isBox) box[property] = value;
    if (read) read(value, look);
  }
  placed(box, look);
  return look;
}

type Reader = (value: string, look: Look) => void;

const READERS: ReadonlyMap<string, Reader> = new Map(
  Object.entries<Reader>({
    display(value, look) {
      look.display = value.startsWith('none') ? 'removed' : 'shown';
    },
    'mso-hide'(value, look) {
      if (value.startsWith('all')) look.display = 'removed';
    },
    visibility(value, look) {
      if (/^(?:hidden|collapse)/.test(value)) look.visibility = 'hidden';
      else if (value.startsWith('visible')) look.visibility = 'visible';
    },
    'font-size'(value, look) {
      const number = /^([\d.]+)(?:px|pt|em|rem|%)?$/.exec(value)?.[1];
      if (number === undefined) look.size = 'some';
      // Multiples of no size are no size.
      else if (Number(number) === 0) look.size = 'none';
      else if (!/(?:em|%)$/.test(value) || value.endsWith('rem')) look.size = 'some';
    },
    font(value, look) {
      look.size = /(?:^|\s)0+(?:\.0+)?(?:px|pt|em|rem|%)?(?:\/|\s|$)/.test(value) ? 'none' : 'some';
    },
    opacity(value, look) {
      const share = number(value);
      if (share !== null) look.outOfSight = value.endsWith('%') ? share < 10 : share < 0.1;
    },
    filter(value, look) {
      if (/opacity\s*[(=]\s*(?:opacity\s*=\s*)?0*(?:\.0+)?\s*%?\)/.test(value)) look.outOfSight = true;
    },
    'content-visibility'(value, look) {
      look.outOfSight = value.startsWith('hidden');
    },
    'unicode-bidi'(value, look) {
      // The digits of a number may come in another order.
      if (value.includes('override')) look.outOfSight = true;
    },
    transform(value, look) {
      if (/scale(?:x|y|3d)?\(\s*0*(?:\.0+)?\s*[,)]/.test(value)) look.outOfSight = true;
    },
    clip(value, look) {
      const edges = /^rect\(([^)]*)\)/.exec(value)?.[1]?.split(/[\s,]+/) ?? [];
      const lengths = edges.filter((edge) => edge !== '').map((edge) => number(edge));
      if (lengths.length === 4 && lengths.every((length) => length !== null && length <= 1))
        look.outOfSight = true;
    },
    'clip-path'(value, look) {
      if (/^inset\(\s*(?:50|100)%|^(?:circle|ellipse)\(\s*0/.test(value)) look.outOfSight = true;
    },
    'text-indent'(value, look) {
      if (isFarAway(value)) look.outOfSight = true;
    },
    'text-decoration': struck,
    'text-decoration-line': struck,
    'vertical-align'(value, look) {
      if (value === 'super') look.raised = 'superscript';
      else if (value === 'sub') look.raised = 'subscript';
      else if (/^-?[\d.]/.test(value)) look.shift = pixelsOf(value);
      else {
        look.raised = 'none';
        look.shift = 0;
      }
    },
    'white-space'(value, look) {
      look.preserved = /^pre(?:-wrap|-line)?$/.test(value);
    },
    color(value, look) {
      const colour = colourOf(value);
      if (colour !== null) look.colour = colour;
    },
    '-webkit-text-fill-color'(value, look) {
      const fill = /^(?:currentcolor|initial)$/.test(value) ? 'colour' : colourOf(value);
      if (fill !== null) look.fill = fill;
    },
    'background-color'(value, look) {
      ground(value, look);
    },
    'background-image'(value, look) {
      if (/url\(|gradient\(/.test(value)) look.ground = 'other';
    },
    background(value, look) {
      if (/url\(|gradient\(/.test(value)) look.ground = 'other';
      else if (value !== '' && value !== 'inherit') {
        const colour = value.match(IN_BACKGROUND)?.find((word) => !NO_COLOURS.has(word));
        // Without a colour it takes away the one said before.
        if (colour === undefined) look.ground = 'clear';
        else ground(colour, look);
      }
    },
  }),
);

const IN_BACKGROUND = /rgba?\([^)]*\)|hsla?\([^)]*\)|#[\da-f]+|(?<![-\w.%#])[a-z][-a-z]*/g;
const NO_COLOURS: ReadonlySet<string> = new Set(
  'none initial unset revert repeat repeat-x repeat-y no-repeat round space scroll fixed local left right top bottom center auto cover contain border-box padding-box content-box text'.split(
    ' ',
  ),
);

function struck(value: string, look: Look): void {
  look.struck = value.includes('line-through');
}

function ground(value: string, look: Look): void {
  const colour = colourOf(value);
  if (colour !== null) look.ground = colour;
}

const BOX: ReadonlySet<string> = new Set([
  'position',
  'left',
  'right',
  'top',
  'bottom',
  'margin-left',
  'overflow',
  'width',
  'height',
  'max-width',
  'max-height',
]);

/** What several declarations say only together. */
function placed(box: Readonly<Record<string, string>>, look: Look): void {
  const { position = '', left = '', right = '', top = '', bottom = '' } = box;
  if ([left, right, top, bottom, box['margin-left'] ?? ''].some(isFarAway)) look.outOfSight = true;
  // Word writes a raised run so: `position:relative;top:-4.0pt;mso-text-raise:4.0pt`.
  else if (position === 'relative' && (top !== '' || bottom !== ''))
    look.shift = top !== '' ? -pixelsOf(top) : pixelsOf(bottom);
  const { overflow } = box;
  if (overflow === undefined) return;
  const sides = [box['width'], box['height'], box['max-width'], box['max-height']];
  if (!/^(?:hidden|clip)/.test(overflow)) look.clipped = false;
  else if (sides.some((side) => side !== undefined && /^(?:0+(?:\.0+)?[a-z%]*|0*1px)$/.test(side)))
    look.clipped = true;
}

/** No page is so wide, and no indent that a text is meant to be read with. */
function isFarAway(value: string): boolean {
  return value.startsWith('-') && Math.abs(pixelsOf(value)) >= 500;
}

const PIXELS: Readonly<Record<string, number>> = {
  ...PIXELS_IN,
  em: 16,
  rem: 16,
  ex: 8,
  '%': 0.16,
  vw: 12,
};

/** Lengths that depend on the font are those of 12 point; 0 for what is no length. */
function pixelsOf(value: string): number {
  const match = /^(-?[\d.]+)\s*([a-z%]*)$/.exec(value);
  const length = Number(match?.[1]) * (PIXELS[match?.[2] || 'px'] ?? 1);
  return Number.isFinite(length) ? length : 0;
}

function number(value: string): number | null {
  const parsed = Number.parseFloat(value);
  return Number.isFinite(parsed) ? parsed : null;
}

/** Words that leave a property as it is around the element. */
const UNCHANGED = /^(?:inherit|unset|revert|none|auto|)$/;

/** Null where nothing is said. */
export function colourOf(value: string): Colour | null {
  if (UNCHANGED.test(value)) return null;
  if (value === 'transparent') return 'clear';
  const named = NAMED_COLOURS.get(value);
  if (named !== undefined) return named;
  const hex = /^#?([\da-f]{3,8})$/.exec(value)?.[1];
  if (hex) {
    const long = hex.length <= 4 ? [...hex].map((digit) => digit + digit).join('') : hex;
    if (long.length !== 6 && long.length !== 8) return 'other';
    const share = long.length === 8 ? Number.parseInt(long.slice(6), 16) / 0xff : 1;
    return tinted(Number.parseInt(long.slice(0, 6), 16), share);
  }
  const parts = /^(rgb|hsl)a?\(([^)]*)\)/.exec(value);
  if (!parts) return 'other';
  const numbers = (parts[2] as string).split(/[\s,/]+/).filter((part) => part !== '');
  const [, , third, alpha] = numbers;
  const share = alpha === undefined ? 1 : (number(alpha) ?? 1) / (alpha.endsWith('%') ? 100 : 1);
  if (parts[1] === 'hsl') {
    if (share <= 0) return 'clear';
    // Black and white have the same lightness in every hue.
    const lightness = number(third ?? '');
    if (lightness === 100) return tinted(0xffffff, share);
    return lightness === 0 ? tinted(0, share) : 'other';
  }
  const [red = 0, green = 0, blue = 0] = numbers.map((part) =>
    Math.min(255, (number(part) ?? 0) * (part.endsWith('%') ? 2.55 : 1)),
  );
  return tinted((Math.round(red) << 16) | (Math.round(green) << 8) | Math.round(blue), share);
}

function tinted(colour: number, share: number): Colour {
  if (share <= 0) return 'clear';
  return share >= 1 ? colour : { of: colour, share };
}

/** What is seen of a ground with another behind it; null for paper. */
export function groundOver(ground: Colour, behind: Colour | null): Colour | null {
  if (ground === 'clear') return behind;
  if (!isTint(ground)) return ground;
  if (behind === 'other') return behind;
  return mixed(ground.of, typeof behind === 'number' ? behind : PAPER, ground.share);
}

const PAPER = 0xffffff;
/** Of a text of which there is less nothing is read. */
const LEAST_SHARE = 0.1;

/** Of `bgcolor` and the like; null where nothing is said. */
export function attributeColour(value: string | undefined): Colour | null {
  return value ? colourOf(value.trim().toLowerCase()) : null;
}

/** Whether text of this colour may not show on this ground, as `groundOver` gives it; without a known ground, on paper. */
export function isPale(colour: Colour | null, on: Colour | null): boolean {
  if (colour === null || colour === 'other') return false;
  if (colour === 'clear') return true;
  if (isTint(colour) && colour.share < LEAST_SHARE) return true;
  if (on === 'other' || on === 'clear' || isTint(on)) return false;
  return isLost(isTint(colour) ? mixed(colour.of, on ?? PAPER, colour.share) : colour, on);
}
