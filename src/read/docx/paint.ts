import { isLost, mixed } from '../faint-ink.ts';
import { FORMATTING } from './formatting.ts';
import type { Theme } from './theme.ts';
import type { Attributes } from './xml.ts';

/** A colour as 0xrrggbb; `auto` for one that Word chooses so that it shows; `clear` for one that lets everything through. */
export type Ink = number | 'auto' | 'clear';

/**
 * What stands behind text: `none` for what is behind it in turn, `other` for a colour that has no number, `unknown` for one that
 * the document does not bring along, a pattern by its two colours.
 */
export type Ground = number | 'none' | 'other' | 'unknown' | readonly [number, number];

/** What a run, a style or a cell says of its colours. `undefined`: inherited. */
export interface Paint {
  colour?: Ink;
  ground?: Ground;
}

/** Elements of colours: they bear on the text only where it may be in that of its ground. */
export const COLOURS: ReadonlySet<string> = new Set(['w:color', 'w:shd', 'w:highlight']);

/** As `FORMATTING`, but with what tells whether text is to be seen. */
export const FORMATTING_BUT_COLOURS: ReadonlySet<string> = new Set(
  [...FORMATTING].filter((name) => !COLOURS.has(name)),
);

/** Sets what an element of run or cell properties says of colours; true if it is one of those. */
export function applyPaint(target: Paint, name: string, attributes: Attributes, theme: Theme): boolean {
  switch (name) {
    case 'w:color':
      target.colour = inkOf(attributes, theme);
      return true;
    case 'w:highlight': {
      const ground = HIGHLIGHTS[attributes['w:val'] ?? 'none'] ?? 'other';
      // It lies above the shading, which is written behind it.
      if (ground !== 'none') target.ground = ground;
      return true;
    }
    case 'w:shd':
      target.ground ??= groundOf(attributes, theme);
      return true;
    default:
      return false;
  }
}

/** Whether text cannot be told from what is behind it; without a ground, from paper. */
export function isFaintOn(colour: Ink | undefined, ground: Ground): boolean {
  if (colour === 'clear') return true;
  if (colour === undefined || colour === 'auto' || ground === 'other') return false;
  if (ground === 'unknown') return true;
  // On lines or dots in another colour text is seen.
  if (typeof ground === 'object') return ground.every((one) => isLost(colour, one));
  return isLost(colour, ground === 'none' ? null : ground);
}

function inkOf(attributes: Attributes, theme: Theme): Ink {
  const written = hex(attributes['w:val']) ?? 'auto';
  const themed = theme.colour(
    attributes['w:themeColor'],
    attributes['w:themeTint'],
    attributes['w:themeShade'],
  );
  if (themed === null) return written;
  // Programs that know no themes show the other.
  return isFaintOn(written, 'none') ? written : themed;
}

/** The shading of a cell, a paragraph or a run (ECMA-376 part 1, 17.3.5). */
function groundOf(attributes: Attributes, theme: Theme): Ground {
  const fill =
    theme.colour(attributes['w:themeFill'], attributes['w:themeFillTint'], attributes['w:themeFillShade']) ??
    hex(attributes['w:fill']);
  if (fill === null && (attributes['w:themeFill'] ?? 'none') !== 'none') return 'unknown';
  const pattern = attributes['w:val'] ?? 'clear';
  if (pattern === 'clear' || pattern === 'nil') return fill ?? 'none';
  const colour =
    theme.colour(attributes['w:themeColor'], attributes['w:themeTint'], attributes['w:themeShade']) ??
    hex(attributes['w:color']);
  const share = pattern === 'solid' ? 100 : Number(/^pct(\d+)$/.exec(pattern)?.[1]);
  if (!(share >= 0)) return [colour ?? BLACK, fill ?? WHITE];
  return mixed(colour ?? BLACK, fill ?? WHITE, share / 100);
}

const BLACK = 0;
const WHITE = 0xffffff;

const HIGHLIGHTS: Readonly<Record<string, Ground>> = Object.freeze({
  __proto__: null as never,
  none: 'none',
  black: 0x000000,
  blue: 0x0000ff,
  cyan: 0x00ffff,
  green: 0x00ff00,
  magenta: 0xff00ff,
  red: 0xff0000,
  yellow: 0xffff00,
  white: 0xffffff,
  darkBlue: 0x000080,
  darkCyan: 0x008080,
  darkGreen: 0x008000,
  darkMagenta: 0x800080,
  darkRed: 0x800000,
  darkYellow: 0x808000,
  darkGray: 0x808080,
  lightGray: 0xc0c0c0,
});

function hex(colour: string | undefined): number | null {
  return colour !== undefined && /^#?[\da-f]{6}$/i.test(colour)
    ? Number.parseInt(colour.replace('#', ''), 16)
    : null;
}

const QUOTE = 0x22;
const SLASH = 0x2f;
const LONGEST = 500;
/** More colours than this are no report's; then they are looked at. */
const MOST = 200;
/** In nearly every document that Word has made: they are black. */
const DARK: ReadonlySet<string> = new Set(['text1', 'dark1']);
/** Attributes that say what they mean without references to characters, up to the end of the tag. */
const USUAL = /^(?:\s+[\w:]+\s*=\s*(?:"[^"<&]*"|'[^'<&]*'))*\s*\/?>$/;

/**
 * The colours of texts and of grounds that a part names, gathered at a glance: there are thousands of elements of colours, and
 * hardly ever one that bears on the text. What is written in an unusual way is looked at.
 */
export class GlancedColours {
  readonly #inks = new Set<number>();
  readonly #grounds = new Set<number>();
  #matter = false;
  #last = '';
  /** Tags as they came last, by the name of their element: most come again. */
  readonly #lastTags = new Map<string, string>();

  /**
   * @param name the element's. @param xml the part in Latin-1. @param at the place after the element's name.
   */
  glance(name: string, xml: string, at: number): void {
    if (this.#matter) return;
    if (name === 'w:color') {
      // As Word and WPS write it: ` w:val="FFFFFF"/`.
      const usual = xml.charCodeAt(at + 7) === QUOTE && xml.charCodeAt(at + 14) === QUOTE;
      if (usual && xml.charCodeAt(at + 15) === SLASH) {
        if (xml.startsWith(this.#last, at + 8) && this.#last !== '') return;
        this.#last = xml.slice(at + 8, at + 14);
        this.#ink(this.#last);
        return;
      }
    }
    const last = this.#lastTags.get(name);
    if (last !== undefined && xml.startsWith(last, at)) return;
    const tag = usualTag(xml, at);
    if (tag === null) {
      this.#matter = true;
      return;
    }
    this.#lastTags.set(name, tag);
    if (name === 'w:color') this.#anyInk(tag);
    else if (name === 'w:shd') this.#shading(tag);
    else this.#highlight(tag);
  }

  /** What a style has, so that a text in it is looked at beside all grounds. */
  add({ colour, ground }: Paint): void {
    if (colour === 'clear') this.#matter = true;
    if (typeof colour === 'number') this.#inks.add(colour);
    if (typeof ground === 'number') this.#grounds.add(ground);
    if (typeof ground === 'object') for (const one of ground) this.#grounds.add(one);
  }

  /** Whether some text may be in the colour of what is behind it; with the colours of other parts that apply to this one. */
  matter(others: GlancedColours): boolean {
    if (this.#matter || others.#matter) return true;
    const inks = new Set([...this.#inks, ...others.#inks]);
    const grounds = new Set([...this.#grounds, ...others.#grounds]);
    for (const ink of inks) {
      if (isFaintOn(ink, 'none')) return true;
      for (const ground of grounds) if (isFaintOn(ink, ground)) return true;
    }
    return inks.size > MOST || grounds.size > MOST;
  }

  #anyInk(tag: string): void {
    const themed = attribute(tag, 'w:themeColor');
    if (themed !== '' && !(DARK.has(themed) && attribute(tag, 'w:themeTint') === '')) this.#matter = true;
    else {
      this.#ink(attribute(tag, 'w:val'));
      if (themed !== '') this.#inks.add(BLACK);
    }
  }

  #ink(written: string): void {
    const colour = hex(written);
    if (colour !== null && this.#inks.size <= MOST) this.#inks.add(colour);
  }

  #highlight(tag: string): void {
    const ground = HIGHLIGHTS[attribute(tag, 'w:val')];
    if (ground === BLACK) this.#matter = true;
    if (typeof ground === 'number') this.#grounds.add(ground);
  }

  #shading(tag: string): void {
    const pattern = attribute(tag, 'w:val');
    const fill = hex(attribute(tag, 'w:fill'));
    // What two colours make together, and what only the theme tells, is not known at a glance.
    if (!['', 'clear', 'nil'].includes(pattern) || (fill === null && attribute(tag, 'w:themeFill') !== ''))
      this.#matter = true;
    else if (fill !== null && this.#grounds.size <= MOST) this.#grounds.add(fill);
  }
}

/** A tag from behind its name, `>` and all; null for one that is written in an unusual way. */
function usualTag(xml: string, at: number): string | null {
  const end = xml.indexOf('>', at);
  if (end < 0 || end - at > LONGEST) return null;
  const tag = xml.slice(at, end + 1);
  return USUAL.test(tag) ? tag : null;
}

/** The value of an attribute of a usual tag; blank where it has none. */
function attribute(tag: string, name: string): string {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag);
  return found?.[1] ?? found?.[2] ?? '';
}
