import { ReadError } from '../document.ts';
import { around } from '../geometry/cell-text.ts';
import { DrawnPaths, extent, type Figure } from '../geometry/drawn-paths.ts';
import { intersection } from '../geometry/intersection.ts';
import { applied, determinant, IDENTITY, type Matrix, moved, multiply } from '../geometry/matrix.ts';
import type { Box, PageGeometry, TextBox } from '../geometry/page-geometry.ts';
import { type Clip, clipOf, leavesCharacter } from './clip.ts';
import { Grounds } from './grounds.ts';
import { matrixOf, numbers } from './numbers.ts';
import { black, isFaint, isVisible, NOTHING, OPAQUE, type Paint, paintOf, type Use } from './paint.ts';
import { PaintedAreas } from './painted-areas.ts';
import { parsePath } from './path-data.ts';
import type { Opacity } from './picture-opacity.ts';
import { drawParamsOf, type Resources } from './resources.ts';
import { child, children, type Element } from './xml.ts';

/** Points in each of the millimetres that OFD measures in. */
export const POINTS = 72 / 25.4;
/** Share of the em above the baseline. */
const ABOVE_BASELINE = 0.86;
const MAX_OBJECTS = 200_000;
const MAX_CHARACTERS = 200_000;
const MAX_PATH_POINTS = 1_000_000;
const MAX_DEPTH = 12;
/** The pixels of so many pictures over text are looked at; of others it is not known whether text can be seen. */
const MAX_PICTURES_LOOKED_AT = 100;
/** Of more it is not asked whether they lie over text. */
const MAX_PICTURES = 2000;
/** Where more of a character than this share lies under opaque pixels, it is hidden. */
const HIDDEN = 0.6;
/** In points: smaller than this a picture is the content of one cell; the pieces of larger ones, and their number. */
const CELL = 12;
const PIECE = 6;
const MAX_PIECES = 2500;
const MAX_INKS = 20_000;
const NOWHERE: Box = { x0: 0, y0: 0, x1: 0, y1: 0 };

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
  /** Of the object, 0 to 255. */
  readonly alpha: number;
}

interface PaintedPicture extends PlacedPicture {
  readonly order: number;
  /** Neither faint nor masked, so that its own pixels say what it hides. */
  readonly seenThrough: 'yes' | 'by its pixels' | 'unknown';
}

interface Character {
  readonly box: TextBox;
  /** Where it comes among all that the page paints. */
  readonly order: number;
  readonly paint: Paint;
  readonly unsure: boolean;
}

/** Where the objects of a block stand, and what they have from it. */
interface Place {
  /** To millimetres of the page, origin top left. */
  readonly matrix: Matrix;
  readonly clip: Clip | null;
  /** Draw parameters of the blocks around, the nearest first. */
  readonly params: readonly Element[];
  /** 0 to 255. */
  readonly alpha: number;
  readonly depth: number;
  /** Put over the page later: shown, but no part of its text. */
  readonly annotation: boolean;
}

/** Layers and templates from below to above (GB/T 33190—2016, 7.7). */
const LEVELS: Readonly<Record<string, number>> = { Background: 0, Body: 1, Foreground: 2 };

/** Puts the objects of a page (and of its templates) together; see GB/T 33190—2016, chapters 7 to 11. */
export class OfdPage {
  readonly #characters: Character[] = [];
  readonly #paths = new DrawnPaths();
  /** From 1. */
  readonly number: number;
  readonly #area: Box;
  readonly #resources: Resources;
  readonly #pictures: PaintedPicture[] = [];
  readonly #inks: Box[] = [];
  readonly #covers = new PaintedAreas();
  readonly #grounds = new Grounds();
  readonly #masks: { readonly picture: PaintedPicture; readonly at: (u: number, v: number) => number }[] = [];
  #geometry: PageGeometry | null = null;
  #objects = 0;
  #pathPoints = 0;
  #shapes = 0;
  #run = 0;

  /** `area`: the physical box in millimetres. */
  constructor(number: number, area: Box, resources: Resources) {
    this.number = number;
    this.#area = area;
    this.#resources = resources;
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

  /** After everything is painted. */
  get geometry(): PageGeometry {
    this.#geometry ??= this.#build();
    return this.#geometry;
  }

  #build(): PageGeometry {
    const { width, height } = this.millimetres;
    const shown: TextBox[] = [];
    const hidden: TextBox[] = [];
    for (const character of this.#characters) {
      const { box } = character;
      if (box.text !== ' ' && this.#isUnsure(character)) hidden.push({ ...box, unsure: true });
      else (box.clipped ? hidden : shown).push(box);
    }
    return {
      page: this.number,
      width: width * POINTS,
      height: height * POINTS,
      // Of what stands twice at one place the first is kept: what shows.
      text: [...shown, ...hidden],
      segments: this.#paths.segments,
      shades: this.#paths.shades,
      inks: [...this.#inks, ...this.#paths.drawings],
    };
  }

  #isUnsure({ box, order, paint, unsure }: Character): boolean {
    if (unsure) return true;
    const x = (box.x0 + box.x1) / 2;
    const y = (box.y0 + box.y1) / 2;
    if (!this.#grounds.shows(paint, x, y, order)) return true;
    const [across, down] = [0.25 * (box.x1 - box.x0), 0.22 * (box.y1 - box.y0)];
    if (this.#covers.cover(x, y, order)) return true;
    // A 6 of which the upper half is hidden may be an 8.
    for (const i of [-1, 1])
      for (const j of [-1, 1]) if (this.#covers.cover(x + i * across, y + j * down, order)) return true;
    return this.#masks.some(({ picture, at }) => picture.order > order && hides(picture, at, box));
  }

  /** Paints the content of a page between and over that of its templates. */
  paint(page: Element, templates: readonly { readonly part: Element; readonly zOrder: string }[]): void {
    const layers = (part: Element) => children(child(part, 'Content'), 'Layer');
    const leveled = [
      ...templates.flatMap(({ part, zOrder }) =>
        layers(part).map((layer) => ({ layer, level: 2 * (LEVELS[zOrder] ?? 0) })),
      ),
      ...layers(page).map((layer) => ({
        layer,
        level: 2 * (LEVELS[layer.attributes['Type'] ?? 'Body'] ?? 1) + 1,
      })),
    ].sort((a, b) => a.level - b.level);
    for (const { layer } of leveled)
      this.#block(layer, {
        matrix: moved(-this.#area.x0, -this.#area.y0),
        clip: null,
        params: drawParamsOf(this.#resources, layer.attributes['DrawParam']),
        alpha: 255,
        depth: 0,
        annotation: false,
      });
  }

  /** Puts an annotation over what is painted. */
  annotate(annotation: Element): void {
    const { Type: type, Visible: visible } = annotation.attributes;
    if (visible === 'false' || type === 'Link') return;
    for (const appearance of children(annotation, 'Appearance')) {
      const [x = 0, y = 0] = numbers(appearance.attributes['Boundary']);
      this.#block(appearance, {
        matrix: moved(x - this.#area.x0, y - this.#area.y0),
        clip: null,
        params: [],
        alpha: 255,
        depth: 0,
        // Watermarks are known as such by how their text stands.
        annotation: type !== 'Watermark',
      });
    }
  }

  /** Puts the seal of a signature on it: ink, through which text is seen. */
  stamp(stamp: Element): void {
    this.#inks.push(this.#boundary(stamp, moved(-this.#area.x0, -this.#area.y0)) ?? NOWHERE);
  }

  /** Finds out which characters the pictures over them hide. `opacityOf`: of a resource. */
  async lookThroughPictures(opacityOf: (resource: string) => Promise<Opacity>): Promise<void> {
    let [asked, looked] = [0, 0];
    for (const picture of this.#pictures) {
      const { order, box, seenThrough } = picture;
      if (seenThrough === 'yes') continue;
      const near = ++asked <= MAX_PICTURES ? this.#characters.filter((c) => touches(c.box, box)) : null;
      const below = near === null || near.some((c) => c.order < order);
      const above = near === null || near.some((c) => c.order > order && standsOn(c, box));
      // A background, on which the page is written.
      if (above && !below) continue;
      const known = near !== null && seenThrough === 'by its pixels' && looked < MAX_PICTURES_LOOKED_AT;
      looked++;
      const opacity = known ? await opacityOf(picture.resource) : 'opaque';
      if (opacity === 'opaque') this.#covers.addBox(box, order);
      else this.#masks.push({ picture, at: opacity.at });
      if (!above && this.#inks.length < MAX_INKS) this.#inks.push(...piecesOf(picture, opacity));
    }
  }

  #block(block: Element, place: Place): void {
    for (const object of block.children) {
      if (++this.#objects > MAX_OBJECTS)
        throw new ReadError('too_large', `page ${this.number} has more than ${MAX_OBJECTS} objects`);
      if (object.attributes['Visible'] === 'false') continue;
      if (object.name === 'PageBlock') this.#block(object, place);
      else if (object.name === 'TextObject') this.#textObject(object, place);
      else if (object.name === 'PathObject') this.#pathObject(object, place);
      else if (object.name === 'ImageObject') this.#imageObject(object, place);
      else if (object.name === 'CompositeObject') this.#compositeObject(object, place);
    }
  }

  /** From an object's own coordinates to millimetres of the page. `instead`: where it has no matrix of its own. */
  #matrix(object: Element, { matrix }: Place, instead: Matrix = IDENTITY): Matrix {
    const [x = 0, y = 0] = boundaryOf(object);
    const [a, b, c, d, e, f] = matrixOf(object.attributes['CTM']) ?? instead;
    return multiply([a, b, c, d, e + x, f + y], matrix);
  }

  /** In points; null where it has no size. */
  #boundary(object: Element, matrix: Matrix): Box | null {
    const [x, y, width, height] = boundaryOf(object);
    if (x === undefined || y === undefined || !(width! > 0 && height! > 0)) return null;
    return boxOf(multiply([width!, 0, 0, height!, x, y], matrix));
  }

  #clip(object: Element, place: Place, inner: Matrix): Clip | null {
    return clipOf(object, place.clip, {
      inner,
      outer: place.matrix,
      figures: (data, matrix) => this.#figures(data, matrix),
    });
  }

  #figures(data: string, matrix: Matrix): Figure[] {
    const figures = parsePath(data, (x, y) => {
      if (++this.#pathPoints > MAX_PATH_POINTS)
        throw new ReadError(
          'too_large',
          `page ${this.number} draws paths of more than ${MAX_PATH_POINTS} points`,
        );
      const [u, v] = applied(matrix, x, y);
      return [points(u), points(v)];
    });
    return figures;
  }

  /** What is asked for a colour or a width that the object does not have itself. */
  #sources(object: Element, { params }: Place): Element[] {
    return [object, ...drawParamsOf(this.#resources, object.attributes['DrawParam']), ...params];
  }

  #compositeObject(object: Element, place: Place): void {
    const inner = this.#matrix(object, place);
    const unit = this.#resources.composites.get(object.attributes['ResourceID'] ?? '');
    const content = child(unit, 'Content');
    if (!content) {
      this.#inks.push(this.#boundary(object, place.matrix) ?? NOWHERE);
      return;
    }
    if (place.depth >= MAX_DEPTH)
      throw new ReadError('too_large', `page ${this.number} nests drawings more than ${MAX_DEPTH} deep`);
    this.#block(content, {
      ...place,
      matrix: inner,
      clip: this.#clip(object, place, inner),
      params: this.#sources(object, place).slice(1),
      alpha: alphaOf(object, place),
      depth: place.depth + 1,
    });
  }

  #textObject(object: Element, place: Place): void {
    const size = Number(object.attributes['Size']);
    if (!(size > 0)) return;
    const order = this.#objects;
    const m = this.#matrix(object, place);
    const at = (x: number, y: number): [number, number] => {
      const [u, v] = applied(m, x, y);
      return [points(u), points(v)];
    };
    const stretch = Number(object.attributes['HScale'] ?? 1) || 1;
    const { paint, unsure } = this.#inkOf(object, place);
    const faint = isFaint(paint);
    const clip = this.#clip(object, place, m);
    const boundary = this.#boundary(object, place.matrix);
    const doubtful =
      unsure || determinant(m) * stretch < 0 || Number(object.attributes['CharDirection'] ?? 0) % 360 !== 0;
    const run = this.#run++;
    const turned = Number(object.attributes['ReadDirection'] ?? 0) || 0;
    const angle = (((Math.round((Math.atan2(m[1], m[0]) * 180) / Math.PI) + turned) % 360) + 360) % 360;
    const annotated: Box[] = [];
    let x = 0;
    let y = 0;
    for (const code of children(object, 'TextCode')) {
      x = Number(code.attributes['X'] ?? x);
      y = Number(code.attributes['Y'] ?? y);
      const across = deltas(code.attributes['DeltaX']);
      const down = deltas(code.attributes['DeltaY']);
      let i = 0;
      let start = { x, y };
      for (const char of code.text.replace(/[\r\n]/g, '')) {
        if (this.#characters.length >= MAX_CHARACTERS)
          throw new ReadError('too_large', `page ${this.number} has more than ${MAX_CHARACTERS} characters`);
        const usual = size * Math.abs(stretch) * (char.charCodeAt(0) < 0x100 ? 0.5 : 1);
        const step = across[i];
        // Without a table of advances a character is as wide as its kind; never wider than the step to the next.
        const width = step !== undefined && step > 0 ? Math.min(step, usual * 1.2) : usual;
        const corners = [
          at(start.x, start.y - ABOVE_BASELINE * size),
          at(start.x + width, start.y + (1 - ABOVE_BASELINE) * size),
        ] as const;
        const box = {
          x0: Math.min(corners[0][0], corners[1][0]),
          y0: Math.min(corners[0][1], corners[1][1]),
          x1: Math.max(corners[0][0], corners[1][0]),
          y1: Math.max(corners[0][1], corners[1][1]),
        };
        const blank = char === ' ' || char === '\u00a0' || char === '\u3000' || char === '\t';
        if (place.annotation) {
          if (!blank) annotated.push(box);
        } else if (MEANINGLESS.test(char)) this.#inks.push(box);
        else {
          const clipped =
            !blank && ((clip && !leavesCharacter(clip, box)) || (boundary && !isNear(box, boundary)));
          this.#characters.push({
            box: {
              text: blank ? ' ' : char,
              ...box,
              angle,
              run,
              ...(faint ? { faint: true } : {}),
              ...(clipped ? { clipped: true } : {}),
            },
            order,
            paint,
            unsure: doubtful,
          });
        }
        start = { x: start.x + (step ?? (down.length ? 0 : usual)), y: start.y + (down[i] ?? 0) };
        i++;
      }
    }
    if (annotated.length > 0 && isVisible(paint)) {
      this.#inks.push(around(annotated));
      for (const box of annotated) this.#covers.addBox(box, order);
    }
  }

  /** What a text is painted with; `unsure` where it may not be painted at all. */
  #inkOf(object: Element, place: Place): { paint: Paint; unsure: boolean } {
    const alpha = alphaOf(object, place);
    const sources = this.#sources(object, place);
    const stroke = object.attributes['Stroke'] === 'true' ? paintOf('StrokeColor', sources, alpha) : null;
    const fill =
      object.attributes['Fill'] === 'false' ? null : (paintOf('FillColor', sources, alpha) ?? black(alpha));
    const paint = [fill, stroke].find((p) => p !== null && isVisible(p)) ?? fill ?? stroke;
    if (paint === null) return { paint: black(alpha), unsure: true };
    return { paint, unsure: paint.values === null || paint.alpha <= NOTHING };
  }

  #pathObject(object: Element, place: Place): void {
    const alpha = alphaOf(object, place);
    const sources = this.#sources(object, place);
    const paint = (use: Use): Paint => paintOf(use, sources, alpha) ?? black(alpha);
    const stroke = object.attributes['Stroke'] === 'false' ? null : paint('StrokeColor');
    const fill = object.attributes['Fill'] === 'true' ? paint('FillColor') : null;
    const [stroked, filled] = [stroke !== null && isVisible(stroke), fill !== null && isVisible(fill)];
    const [drawnOver, filledOver] = [stroke, fill].map((p) => p !== null && p.alpha > OPAQUE);
    if (!stroked && !filled && !drawnOver && !filledOver) return;
    const order = this.#objects;
    const m = this.#matrix(object, place);
    const figures = this.#figures(child(object, 'AbbreviatedData')?.text ?? '', m);
    if (figures.length === 0) return;
    const clip = this.#clip(object, place, m)?.box ?? null;
    const scale = Math.sqrt(Math.abs(determinant(m)));
    const lineWidth = sources.find((s) => s.attributes['LineWidth'] !== undefined)?.attributes['LineWidth'];
    const thickness = Number(lineWidth ?? 0.353) * scale * POINTS;
    const pen = place.annotation ? Math.max(thickness, SEEN_LINE) : thickness;
    if (drawnOver && pen > HAIRLINE)
      for (const box of linesOf(figures, pen)) this.#covers.addBox(intersection(box, clip), order);
    if (filledOver) this.#covers.addFill(figures, object.attributes['Rule'] === 'Even-Odd', clip, order);
    if (fill !== null && (filled || filledOver))
      this.#grounds.add(
        intersection(intersection(around(figures.map(extent)), clip), this.#boundary(object, place.matrix)),
        fill,
        order,
      );
    if (!stroked && !filled) return;
    if (place.annotation) {
      if (figures.some((f) => f.curved)) this.#inks.push(intersection(around(figures.map(extent)), clip));
      return;
    }
    this.#shapes++;
    if (stroked) for (const figure of figures) this.#paths.stroke(figure, thickness, clip);
    if (filled) this.#paths.fill(figures, clip);
  }

  #imageObject(object: Element, place: Place): void {
    const [, , across = 0, down = 0] = boundaryOf(object);
    // A picture without a matrix fills its boundary.
    const matrix = this.#matrix(object, place, [across, 0, 0, down, 0, 0]);
    const alpha = alphaOf(object, place);
    const drawn = intersection(boxOf(matrix), this.#boundary(object, place.matrix));
    const box = intersection(drawn, this.#clip(object, place, matrix)?.box ?? null);
    if (!(box.x1 >= box.x0 && box.y1 >= box.y0) || alpha === 0) return;
    const { width, height } = this.millimetres;
    const masked = (object.attributes['ImageMask'] ?? '') !== '';
    this.#pictures.push({
      resource: object.attributes['ResourceID'] ?? '',
      matrix,
      box,
      share: Math.min(1, ((box.x1 - box.x0) * (box.y1 - box.y0)) / (width * height * POINTS * POINTS)),
      alpha,
      order: this.#objects,
      seenThrough: alpha <= OPAQUE ? 'yes' : masked ? 'unknown' : 'by its pixels',
    });
    if (this.#paths.rule(box)) return;
    this.#inks.push(box);
    this.#grounds.add(box, null, this.#objects);
  }
}

/** Stands for characters that have no code; nobody knows what shows there. */
const MEANINGLESS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u00a4\ufffd]/u;
/** Larger numbers cannot be counted through one by one. */
const FARTHEST = 1e6;
/** A line that somebody drew over a page is seen as this thick (points): it strikes what it goes through. */
const SEEN_LINE = 4;
/** Up to this thick (points) a line hides nothing. */
const HAIRLINE = 3;

function boundaryOf(object: Element): readonly number[] {
  return numbers(object.attributes['Boundary']);
}

function alphaOf(object: Element, { alpha }: Place): number {
  const own = Number(object.attributes['Alpha'] ?? 255);
  return (alpha * (Number.isFinite(own) ? own : 255)) / 255;
}

/** From millimetres. What stands farther from the page than anything shows is as good as at the edge of the world. */
function points(millimetres: number): number {
  return Math.max(-FARTHEST, Math.min(FARTHEST, millimetres * POINTS));
}

/** What the unit square covers, in points. */
function boxOf([a, b, c, d, e, f]: Matrix): Box {
  return {
    x0: points(e + Math.min(0, a) + Math.min(0, c)),
    y0: points(f + Math.min(0, b) + Math.min(0, d)),
    x1: points(e + Math.max(0, a) + Math.max(0, c)),
    y1: points(f + Math.max(0, b) + Math.max(0, d)),
  };
}

/** Whether it shows, as far as it is known of itself, with its middle in a box. */
function standsOn({ box, unsure }: Character, { x0, y0, x1, y1 }: Box): boolean {
  const [x, y] = [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2];
  return box.text !== ' ' && !unsure && !box.clipped && x > x0 && x < x1 && y > y0 && y < y1;
}

function touches(a: Box, b: Box): boolean {
  return a.x0 < b.x1 && a.x1 > b.x0 && a.y0 < b.y1 && a.y1 > b.y0;
}

/** Boundaries are often a little too small for what stands in them. */
function isNear({ x0, y0, x1, y1 }: Box, boundary: Box): boolean {
  const slack = 0.5 * (y1 - y0);
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return (
    x > boundary.x0 - slack && x < boundary.x1 + slack && y > boundary.y0 - slack && y < boundary.y1 + slack
  );
}

/** Whether the pixels of a picture lie over most of a character. */
function hides({ matrix, box }: PlacedPicture, at: (u: number, v: number) => number, over: Box): boolean {
  if (!touches(over, box)) return false;
  let hidden = 0;
  for (let i = 0; i < 6; i++)
    for (let j = 0; j < 6; j++) {
      const x = over.x0 + ((i + 0.5) / 6) * (over.x1 - over.x0);
      const y = over.y0 + ((j + 0.5) / 6) * (over.y1 - over.y0);
      if (opacityAt(matrix, at, x, y) > OPAQUE) hidden++;
    }
  return hidden > HIDDEN * 36;
}

/** Of a picture at a point of the page; 0 beside it. */
function opacityAt(matrix: Matrix, at: (u: number, v: number) => number, x: number, y: number): number {
  const [a, b, c, d, e, f] = matrix;
  const size = determinant(matrix);
  if (!(Math.abs(size) > 1e-9)) return 0;
  const [dx, dy] = [x / POINTS - e, y / POINTS - f];
  const [u, v] = [(d * dx - c * dy) / size, (a * dy - b * dx) / size];
  return u >= 0 && u <= 1 && v >= 0 && v <= 1 ? at(u, v) : 0;
}

/** Of a picture that hides what is below it pieces so small that every cell below holds one; nothing of others. */
function piecesOf({ matrix, box }: PlacedPicture, opacity: Opacity): Box[] {
  const [width, height] = [box.x1 - box.x0, box.y1 - box.y0];
  if (Math.max(width, height) < CELL) return [];
  const side = Math.max(PIECE, Math.sqrt((width * height) / MAX_PIECES));
  const [columns, rows] = [Math.max(1, Math.floor(width / side)), Math.max(1, Math.floor(height / side))];
  const pieces: Box[] = [];
  for (let i = 0; i < columns; i++)
    for (let j = 0; j < rows; j++) {
      const x = box.x0 + ((i + 0.5) / columns) * width;
      const y = box.y0 + ((j + 0.5) / rows) * height;
      if (opacity !== 'opaque' && !(opacityAt(matrix, opacity.at, x, y) > OPAQUE)) return [];
      pieces.push({ x0: x - 1, y0: y - 1, x1: x + 1, y1: y + 1 });
    }
  return pieces;
}

/** What a pen of a thickness paints along the level and upright lines of figures. */
function linesOf(figures: readonly Figure[], thickness: number): Box[] {
  const boxes: Box[] = [];
  for (const { points, curved, closed } of figures) {
    if (curved) continue;
    for (let i = closed ? 0 : 1; i < points.length; i++) {
      const [ax, ay] = points[(i + points.length - 1) % points.length]!;
      const [bx, by] = points[i]!;
      const [dx, dy] = [Math.abs(ax - bx), Math.abs(ay - by)];
      if (Math.min(dx, dy) > 0.02 * Math.max(dx, dy) + 0.3) continue;
      const [across, down] = dy < dx ? [0, thickness / 2] : [thickness / 2, 0];
      boxes.push({
        x0: Math.min(ax, bx) - across,
        y0: Math.min(ay, by) - down,
        x1: Math.max(ax, bx) + across,
        y1: Math.max(ay, by) + down,
      });
    }
  }
  return boxes;
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
