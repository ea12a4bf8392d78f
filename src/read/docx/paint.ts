import { isLost, mixed } from '../faint-ink.ts';
import { FORMATTING } from './formatting.ts';
import type { Theme } from './theme.ts';
import type { Attributes } from './xml.ts';

/** A colour as 0xrrggbb; `auto` for one that Word chooses so that it shows; `clear` for one that lets everything through. */
export type Ink = number | 'auto' | 'clear';

/** What stands behind text: `none` for what is behind it in turn, `other` for a pattern. */
export type Ground = number | 'none' | 'other';

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
  const pattern = attributes['w:val'] ?? 'clear';
  if (pattern === 'clear' || pattern === 'nil') return fill ?? 'none';
  const colour =
    theme.colour(attributes['w:themeColor'], attributes['w:themeTint'], attributes['w:themeShade']) ??
    hex(attributes['w:color']);
  const share = pattern === 'solid' ? 100 : Number(/^pct(\d+)$/.exec(pattern)?.[1]);
  if (!(share >= 0)) return 'other';
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
const DARK = /themeColor=["'](?:text1|dark1)["']/;

/**
 * The colours of texts and of grounds that a part names, gathered at a glance: there are thousands of elements of colours, and
 * hardly ever one that bears on the text.
 */
export class GlancedColours {
  readonly #inks = new Set<number>();
  readonly #grounds = new Set<number>();
  #matter = false;
  #last = '';
  #lastGround = '';

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
      } else this.#anyInk(tag(xml, at));
    } else if (this.#lastGround === '' || !xml.startsWith(this.#lastGround, at)) {
      this.#lastGround = tag(xml, at);
      if (name === 'w:shd') this.#shading(this.#lastGround);
      else {
        const ground = HIGHLIGHTS[/w:val=["'](\w+)["']/.exec(this.#lastGround)?.[1] ?? ''];
        this.#matter ||= ground === BLACK;
        if (typeof ground === 'number') this.#grounds.add(ground);
      }
    }
  }

  /** What a style has, so that a text in it is looked at beside all grounds. */
  add({ colour, ground }: Paint): void {
    if (colour === 'clear') this.#matter = true;
    if (typeof colour === 'number') this.#inks.add(colour);
    if (typeof ground === 'number') this.#grounds.add(ground);
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
    const themed = tag.includes('themeColor') && !(DARK.test(tag) && !tag.includes('themeTint'));
    if (themed) this.#matter = true;
    else this.#ink(/w:val=["']([^"']*)["']/.exec(tag)?.[1] ?? '');
  }

  #ink(written: string): void {
    const colour = hex(written);
    if (colour !== null && this.#inks.size <= MOST) this.#inks.add(colour);
  }

  #shading(tag: string): void {
    const attribute = (name: string): string => new RegExp(`${name}=["']([^"']*)["']`).exec(tag)?.[1] ?? '';
    const pattern = attribute('w:val');
    const fill = hex(attribute('w:fill'));
    if (this.#grounds.size > MOST) return;
    if (fill !== null) this.#grounds.add(fill);
    if (pattern !== '' && pattern !== 'clear' && pattern !== 'nil')
      this.#grounds.add(hex(attribute('w:color')) ?? BLACK);
  }
}

function tag(xml: string, at: number): string {
  const end = xml.indexOf('>', at);
  return xml.slice(at, end < 0 ? at : Math.min(end, at + LONGEST));
}
