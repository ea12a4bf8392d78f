import { around } from '../geometry/cell-text.ts';
import type { Box } from '../geometry/page-geometry.ts';
import { isBroad, Strips, stripAt } from '../geometry/strips.ts';
import type { Engine } from './pdfium.ts';

/**
 * What is painted over text and may or may not let it be seen: pictures (a seal is seen through, a patch is not), shadings,
 * areas of any shape. Only the pixels tell: the page is drawn with and without them, and with and without the text.
 */

/** A character below a veil, and its text object in the engine. */
export interface Veiled {
  readonly box: Box;
  /** Red, green and blue. */
  readonly colour: readonly [number, number, number];
  readonly object: number;
}

/** What one document may still have drawn, in pixels painted: its pages share it. */
export interface Allowance {
  left: number;
}

export function allowance(): Allowance {
  return { left: DOCUMENT_WORK };
}

interface Veil extends Box {
  readonly order: number;
}

/**
 * Pixels painted in one drawing of a page and of all pages, as thirty sheets of A4 and two hundred. A sheet painted
 * half transparent takes some 3 ms; a page with text, a seal, a watermark and shaded rows has two or three of them.
 */
const PAGE_WORK = 60_000_000;
const DOCUMENT_WORK = 400_000_000;
/** What each object costs besides its area, and what a pixel of a character costs that is compared. */
const OBJECT_WORK = 2000;
const COMPARED = 4;

/** Of so many in one strip not each is looked at: the pixels tell. */
const MOST_VEILS = 500;
/** A character as high as so many strips is not looked up: the pixels tell. */
const TALL = 4;
/** Of a character this much must lie below a veil for it to matter, in points. */
const TOUCH = 0.5;

export class Veils {
  readonly #strips = new Strips<Veil>(MOST_VEILS);
  readonly #objects = new Set<number>();
  #annotated = false;
  #last = -Infinity;
  #painted = 0;
  #paintings = 0;

  /** Everything that the page paints, be it a veil or not, is painted whenever the page is drawn. `area`: in points. */
  paints(area: number, objects = 1): void {
    this.#painted += area;
    this.#paintings += objects;
  }

  /** `box`: what the object may paint; null where it is clipped away. An annotation is no object. */
  add(object: number | 'annotation', box: Box | null, order: number): void {
    if (!box || !isBroad(box)) return;
    this.#last = Math.max(this.#last, order);
    if (object === 'annotation') this.#annotated = true;
    else this.#objects.add(object);
    const { x0, y0, x1, y1 } = box;
    this.#strips.add({ x0, y0, x1, y1, order });
  }

  /** Whether something that was painted after `order` may touch the box. */
  touch(box: Box, order: number): boolean {
    if (order >= this.#last) return false;
    const [from, to] = [stripAt(box.y0), stripAt(box.y1)];
    if (to - from > TALL) return true;
    for (let strip = from; strip <= to; strip++) {
      const list = this.#strips.in(strip);
      if (list.length > MOST_VEILS) return true;
      for (const v of list)
        if (
          v.order > order &&
          box.x0 < v.x1 - TOUCH &&
          box.x1 > v.x0 + TOUCH &&
          box.y0 < v.y1 - TOUCH &&
          box.y1 > v.y0 + TOUCH
        )
          return true;
    }
    return false;
  }

  /**
   * For each character whether it can be seen as it was set; null where drawing the page would cost more than is
   * allowed. The page must be loaded; it is left as it was.
   */
  seen(
    engine: Engine,
    page: Page,
    characters: readonly Veiled[],
    allowed: Allowance,
  ): readonly boolean[] | null {
    const area = new Area(engine, page, characters);
    const work =
      area.pixels(this.#painted) + this.#paintings * OBJECT_WORK + COMPARED * area.compared(characters);
    // Written so that an area that is no number is not drawn either.
    if (!(work <= Math.min(PAGE_WORK, allowed.left))) return null;
    allowed.left -= work;
    const text = [...new Set(characters.map((c) => c.object))];
    const veils = [...this.#objects];
    const all = area.draw([], this.#annotated);
    const withoutText = area.draw(text, this.#annotated);
    const withoutVeils = area.draw(veils, false);
    const bare = area.draw([...text, ...veils], false);
    return characters.map((c) => area.isSeen(c, { all, withoutText, withoutVeils, bare }));
  }
}

/** A loaded page of the engine and its size in points as shown. */
export interface Page {
  readonly handle: number;
  readonly width: number;
  readonly height: number;
}

interface Drawings {
  readonly all: Uint8Array;
  readonly withoutText: Uint8Array;
  readonly withoutVeils: Uint8Array;
  readonly bare: Uint8Array;
}

/** Pixels per point: a digit of a table is then about fifteen pixels high. */
const SCALE = 2;
const MAX_PIXELS = 8_000_000;
/** Points around the characters that are drawn as well. */
const EDGE = 6;
const BGRA = 4;
const ANNOTATIONS = 0x01;

/** Of 255: where a character alone changes the page by as much there is ink of it. */
const INK = 64;
/** Share of its contrast that ink must keep below a veil to be seen, and share of the ink that must be seen. */
const KEPT = 0.25;
const MOST_OF_IT = 0.85;
/** Colours less apart than this can be of one digit; a stroke of the colour of the text makes 3 out of 8. */
const ALIKE = 96;
/** Share of the box of a character that strokes of its colour may take in it and close beside it. */
const STRAY = 0.04;
/** So close, in widths of the character. */
const BESIDE = 0.3;

/** The part of the page with the characters, drawn as often as needed. */
class Area {
  readonly #engine: Engine;
  readonly #page: Page;
  readonly #scale: number;
  readonly #left: number;
  readonly #top: number;
  readonly #width: number;
  readonly #height: number;

  constructor(engine: Engine, page: Page, characters: readonly Veiled[]) {
    this.#engine = engine;
    this.#page = page;
    const whole = around(characters.map((c) => c.box));
    const [x0, y0] = [Math.max(0, whole.x0 - EDGE), Math.max(0, whole.y0 - EDGE)];
    const [x1, y1] = [Math.min(page.width, whole.x1 + EDGE), Math.min(page.height, whole.y1 + EDGE)];
    this.#scale = Math.min(SCALE, Math.sqrt(MAX_PIXELS / Math.max(1, (x1 - x0) * (y1 - y0))));
    this.#left = Math.floor(x0 * this.#scale);
    this.#top = Math.floor(y0 * this.#scale);
    this.#width = Math.max(1, Math.ceil(x1 * this.#scale) - this.#left);
    this.#height = Math.max(1, Math.ceil(y1 * this.#scale) - this.#top);
  }

  /** So many pixels are so many square points, and those of the part at least. */
  pixels(area: number): number {
    return area * this.#scale ** 2 + this.#width * this.#height;
  }

  /** Pixels that are looked at for the characters. */
  compared(characters: readonly Veiled[]): number {
    let pixels = 0;
    for (const { box } of characters) {
      const [x0, y0, x1, y1] = this.#within(box);
      pixels += Math.max(0, x1 - x0) * Math.max(0, y1 - y0);
    }
    return pixels;
  }

  #within(box: Box): readonly [x0: number, y0: number, x1: number, y1: number] {
    return [
      Math.max(0, Math.floor(box.x0 * this.#scale) - this.#left),
      Math.max(0, Math.floor(box.y0 * this.#scale) - this.#top),
      Math.min(this.#width, Math.ceil(box.x1 * this.#scale) - this.#left),
      Math.min(this.#height, Math.ceil(box.y1 * this.#scale) - this.#top),
    ];
  }

  /** Four bytes a pixel; the objects `without` are left out. */
  draw(without: readonly number[], annotations: boolean): Uint8Array {
    const { call, memory } = this.#engine;
    const [width, height] = [this.#width, this.#height];
    const size = width * height * 4;
    const at = call['malloc']!(size);
    if (at === 0) return new Uint8Array(size);
    for (const object of without) call['FPDFPageObj_SetIsActive']!(object, 0);
    try {
      const bitmap = call['FPDFBitmap_CreateEx']!(width, height, BGRA, at, width * 4);
      new Uint8Array(memory.buffer, at, size).fill(255);
      const across = Math.round(this.#page.width * this.#scale);
      const down = Math.round(this.#page.height * this.#scale);
      const { handle } = this.#page;
      call['FPDF_RenderPageBitmap']!(
        bitmap,
        handle,
        -this.#left,
        -this.#top,
        across,
        down,
        0,
        annotations ? ANNOTATIONS : 0,
      );
      call['FPDFBitmap_Destroy']!(bitmap);
      return new Uint8Array(memory.buffer.slice(at, at + size));
    } finally {
      for (const object of without) call['FPDFPageObj_SetIsActive']!(object, 1);
      call['free']!(at);
    }
  }

  isSeen({ box, colour }: Veiled, { all, withoutText, withoutVeils, bare }: Drawings): boolean {
    const [x0, y0, x1, y1] = this.#within(box);
    let [ink, seen] = [0, 0];
    for (let y = y0; y < y1; y++)
      for (let x = x0; x < x1; x++) {
        const at = (y * this.#width + x) * 4;
        const own = apart(withoutVeils, at, bare, at);
        if (own < INK) continue;
        ink++;
        if (apart(all, at, withoutText, at) >= Math.max(KEPT * own, INK / 4)) seen++;
      }
    if (ink === 0 || seen < MOST_OF_IT * ink) return false;
    let stray = 0;
    const beside = Math.ceil(BESIDE * (x1 - x0));
    for (let y = y0; y < y1; y++)
      for (let x = Math.max(0, x0 - beside); x < Math.min(this.#width, x1 + beside); x++) {
        const at = (y * this.#width + x) * 4;
        if (apart(withoutVeils, at, bare, at) >= INK / 2 || apart(withoutText, at, bare, at) < INK) continue;
        if (apart(withoutText, at, colour, 0) < ALIKE) stray++;
      }
    return stray <= STRAY * (x1 - x0) * (y1 - y0);
  }
}

/** How far apart two colours are, in the channel in which they are farthest. */
function apart(a: Uint8Array, i: number, b: ArrayLike<number>, j: number): number {
  return Math.max(Math.abs(a[i]! - b[j]!), Math.abs(a[i + 1]! - b[j + 1]!), Math.abs(a[i + 2]! - b[j + 2]!));
}
