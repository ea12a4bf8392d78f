import { ReadError } from '../document.ts';
import { DrawnPaths, type Figure } from '../geometry/drawn-paths.ts';
import type { Box, PageGeometry, TextBox } from '../geometry/page-geometry.ts';
import { child, children, type Element } from './xml.ts';

/** OFD measures in millimetres. */
const POINTS = 72 / 25.4;
/** Share of the em above the baseline. */
const ABOVE_BASELINE = 0.86;
const MAX_OBJECTS = 200_000;
const MAX_CHARACTERS = 200_000;

export type Matrix = readonly [number, number, number, number, number, number];
const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

/** A picture on a page. */
export interface PlacedPicture {
  /** The number of its resource. */
  readonly resource: string;
  /** From its unit square to millimetres of the page, origin top left. */
  readonly matrix: Matrix;
  /** Points. */
  readonly box: Box;
  /** Of the page, 0 to 1. */
  readonly share: number;
}

/** Puts the objects of a page (and of its templates) together; see GB/T 33190—2016, chapters 7 to 11. */
export class OfdPage {
  readonly #text: TextBox[] = [];
  readonly #paths = new DrawnPaths();
  /** From 1. */
  readonly number: number;
  readonly #area: Box;
  readonly #pictures: PlacedPicture[] = [];
  #objects = 0;
  #shapes = 0;
  #run = 0;

  /** `area`: the physical box in millimetres. */
  constructor(number: number, area: Box) {
    this.number = number;
    this.#area = area;
  }

  get pictures(): readonly PlacedPicture[] {
    return this.#pictures;
  }

  /** Shapes drawn on it: rules, or characters turned into outlines. */
  get shapes(): number {
    return this.#shapes;
  }

  get millimetres(): { readonly width: number; readonly height: number } {
    return { width: this.#area.x1 - this.#area.x0, height: this.#area.y1 - this.#area.y0 };
  }

  get geometry(): PageGeometry {
    const { x0, y0, x1, y1 } = this.#area;
    return {
      page: this.number,
      width: (x1 - x0) * POINTS,
      height: (y1 - y0) * POINTS,
      text: this.#text,
      segments: this.#paths.segments,
      shades: this.#paths.shades,
    };
  }

  /** Adds the content of a page or template part. */
  add(part: Element): void {
    for (const layer of children(child(part, 'Content'), 'Layer')) this.#block(layer);
  }

  #block(block: Element): void {
    for (const object of block.children) {
      if (++this.#objects > MAX_OBJECTS)
        throw new ReadError('too_large', `page ${this.number} has more than ${MAX_OBJECTS} objects`);
      if (object.attributes['Visible'] === 'false') continue;
      if (object.name === 'PageBlock') this.#block(object);
      else if (object.name === 'TextObject') this.#textObject(object);
      else if (object.name === 'PathObject') this.#pathObject(object);
      else if (object.name === 'ImageObject') this.#imageObject(object);
    }
  }

  /** From an object's own coordinates to points of the page. */
  #placed(object: Element): (x: number, y: number) => [number, number] {
    const [bx = 0, by = 0] = numbers(object.attributes['Boundary']);
    const m = matrix(object.attributes['CTM']);
    return (x, y) => [
      (m[0] * x + m[2] * y + m[4] + bx - this.#area.x0) * POINTS,
      (m[1] * x + m[3] * y + m[5] + by - this.#area.y0) * POINTS,
    ];
  }

  #boundary(object: Element): Box | null {
    const [x, y, width, height] = numbers(object.attributes['Boundary']);
    if (x === undefined || y === undefined || width === undefined || height === undefined) return null;
    const x0 = (x - this.#area.x0) * POINTS;
    const y0 = (y - this.#area.y0) * POINTS;
    return { x0, y0, x1: x0 + width * POINTS, y1: y0 + height * POINTS };
  }

  #textObject(object: Element): void {
    const size = Number(object.attributes['Size']);
    if (!(size > 0)) return;
    const place = this.#placed(object);
    const m = matrix(object.attributes['CTM']);
    const stretch = Number(object.attributes['HScale'] ?? 1) || 1;
    const faint = isFaint(object, 'FillColor');
    const run = this.#run++;
    const turned = Number(object.attributes['ReadDirection'] ?? 0) || 0;
    const angle = (((Math.round((Math.atan2(m[1], m[0]) * 180) / Math.PI) + turned) % 360) + 360) % 360;
    let x = 0;
    let y = 0;
    for (const code of children(object, 'TextCode')) {
      x = Number(code.attributes['X'] ?? x);
      y = Number(code.attributes['Y'] ?? y);
      const across = deltas(code.attributes['DeltaX']);
      const down = deltas(code.attributes['DeltaY']);
      let i = 0;
      let at = { x, y };
      for (const char of code.text.replace(/[\r\n]/g, '')) {
        if (this.#text.length >= MAX_CHARACTERS)
          throw new ReadError('too_large', `page ${this.number} has more than ${MAX_CHARACTERS} characters`);
        const usual = size * stretch * (char.charCodeAt(0) < 0x100 ? 0.5 : 1);
        const step = across[i];
        // Without a table of advances a character is as wide as its kind; never wider than the step to the next.
        const width = step !== undefined && step > 0 ? Math.min(step, usual * 1.2) : usual;
        const corners = [
          place(at.x, at.y - ABOVE_BASELINE * size),
          place(at.x + width, at.y + (1 - ABOVE_BASELINE) * size),
        ] as const;
        const blank = char === ' ' || char === '\u00a0' || char === '\u3000' || char === '\t';
        this.#text.push({
          text: blank ? ' ' : char,
          x0: Math.min(corners[0][0], corners[1][0]),
          y0: Math.min(corners[0][1], corners[1][1]),
          x1: Math.max(corners[0][0], corners[1][0]),
          y1: Math.max(corners[0][1], corners[1][1]),
          angle,
          run,
          ...(faint ? { faint: true } : {}),
        });
        at = { x: at.x + (step ?? (down.length ? 0 : usual)), y: at.y + (down[i] ?? 0) };
        i++;
      }
    }
  }

  #pathObject(object: Element): void {
    const stroked = object.attributes['Stroke'] !== 'false' && isVisible(object, 'StrokeColor');
    const filled = object.attributes['Fill'] === 'true' && isVisible(object, 'FillColor');
    if (!stroked && !filled) return;
    const place = this.#placed(object);
    this.#shapes++;
    const figures = parsePath(child(object, 'AbbreviatedData')?.text ?? '', place);
    const m = matrix(object.attributes['CTM']);
    const scale = Math.sqrt(Math.abs(m[0] * m[3] - m[1] * m[2]));
    const thickness = Number(object.attributes['LineWidth'] ?? 0.353) * scale * POINTS;
    if (stroked) for (const figure of figures) this.#paths.stroke(figure, thickness, null);
    if (filled) this.#paths.fill(figures, null);
  }

  #imageObject(object: Element): void {
    const box = this.#boundary(object);
    if (!box) return;
    const { width, height } = this.millimetres;
    const m = matrix(object.attributes['CTM'] ?? unitTo(object));
    const [x = 0, y = 0] = numbers(object.attributes['Boundary']);
    this.#pictures.push({
      resource: object.attributes['ResourceID'] ?? '',
      matrix: [m[0], m[1], m[2], m[3], m[4] + x - this.#area.x0, m[5] + y - this.#area.y0],
      box,
      share: Math.min(1, ((box.x1 - box.x0) * (box.y1 - box.y0)) / (width * height * POINTS * POINTS)),
    });
    this.#paths.rule(box);
  }
}

/** A picture without a matrix fills its boundary. */
function unitTo(object: Element): string {
  const [, , width = 0, height = 0] = numbers(object.attributes['Boundary']);
  return `${width} 0 0 ${height} 0 0`;
}

export function numbers(list: string | undefined): number[] {
  return (list ?? '').trim().split(/\s+/).filter(Boolean).map(Number);
}

function matrix(list: string | undefined): Matrix {
  const m = numbers(list);
  return m.length === 6 && m.every(Number.isFinite) ? (m as unknown as Matrix) : IDENTITY;
}

/** Advances from character to character; `g n v` stands for n times v. */
function deltas(list: string | undefined): number[] {
  const words = (list ?? '').trim().split(/\s+/).filter(Boolean);
  const out: number[] = [];
  for (let i = 0; i < words.length && out.length < MAX_CHARACTERS; i++) {
    if (words[i] !== 'g') {
      out.push(Number(words[i]) || 0);
      continue;
    }
    const count = Math.min(Number(words[i + 1]) || 0, MAX_CHARACTERS);
    const value = Number(words[i + 2]) || 0;
    for (let n = 0; n < count; n++) out.push(value);
    i += 2;
  }
  return out;
}

/** Points that each operator of AbbreviatedData takes. */
const OPERANDS: Readonly<Record<string, number>> = { S: 2, M: 2, L: 2, Q: 4, B: 6, A: 7, C: 0 };

function parsePath(data: string, place: (x: number, y: number) => [number, number]): Figure[] {
  const figures: Figure[] = [];
  let figure: Figure | null = null;
  const words = data.trim().split(/[\s,]+/);
  for (let i = 0; i < words.length; ) {
    const operator = words[i++]!;
    const count = OPERANDS[operator];
    if (count === undefined) continue;
    const operands = words.slice(i, i + count).map(Number);
    i += count;
    if (operator === 'C') {
      if (figure) figure.closed = true;
      continue;
    }
    const [x, y] = operands.slice(-2) as [number, number];
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    if (operator === 'S' || operator === 'M' || !figure) {
      figure = { points: [place(x, y)], curved: false, closed: false };
      figures.push(figure);
      continue;
    }
    figure.points.push(place(x, y));
    if (operator !== 'L') figure.curved = true;
  }
  return figures;
}

interface Paint {
  readonly values: readonly number[];
  readonly alpha: number;
}

function paint(object: Element, kind: 'FillColor' | 'StrokeColor'): Paint | null {
  const color = child(object, kind);
  const alpha = Number(color?.attributes['Alpha'] ?? 255) * (Number(object.attributes['Alpha'] ?? 255) / 255);
  if (!color?.attributes['Value']) return { values: [0, 0, 0], alpha };
  // Colours may be written in hexadecimal, as #ff.
  const values = color.attributes['Value']
    .trim()
    .split(/\s+/)
    .map((v) => (v.startsWith('#') ? Number.parseInt(v.slice(1), 16) : Number(v)));
  return { values, alpha };
}

/** White is no rule; four values are CMYK, where zero is white. */
function isVisible(object: Element, kind: 'FillColor' | 'StrokeColor'): boolean {
  const of = paint(object, kind);
  if (!of || of.alpha <= 12) return false;
  if (of.values.length === 4) return of.values.some((v) => v > 5);
  return of.values.some((v) => v < 250);
}

function isFaint(object: Element, kind: 'FillColor'): boolean {
  const of = paint(object, kind);
  if (!of) return false;
  if (of.alpha < 128) return true;
  return of.values.length === 3 && of.values.every((v) => v > 190);
}
