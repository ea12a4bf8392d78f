import { ReadError } from '../document.ts';
import { Covers } from '../geometry/covers.ts';
import { DrawnPaths, extent, type Figure } from '../geometry/drawn-paths.ts';
import { intersection } from '../geometry/intersection.ts';
import { IDENTITY, type Matrix, multiply } from '../geometry/matrix.ts';
import type { Box, PageGeometry, TextBox } from '../geometry/page-geometry.ts';
import { type Characters, type Drawn, repeatedBy } from './dropped-text.ts';
import { type Hidden, standIns } from './hidden-text.ts';
import type { Engine } from './pdfium.ts';
import { type Allowance, allowance, type Veiled, Veils } from './veils.ts';

/** What a page holds beside its geometry: how much of it is pictures, and how trustworthy its characters are. */
export interface PageContent extends PageGeometry {
  /** Share of the page covered by its largest picture, 0 to 1. */
  readonly pictureShare: number;
  /** Where that picture stands, in points as shown. */
  readonly picture: Box | null;
  /** Characters whose font is not in the document: rendering the page does not show them. */
  readonly notEmbedded: number;
  /** Characters drawn invisibly (render mode 3), as OCR layers are. */
  readonly invisible: number;
  /** Characters without a usable Unicode value. */
  readonly unmapped: number;
  /** The name of a font that OCR programs use for their layer was met. */
  readonly ocrFont: boolean;
}

const TEXT = 1;
const PATH = 2;
const IMAGE = 3;
const SHADING = 4;
const FORM = 5;

/** Links, highlights, underlines and squiggles, the windows of notes: they hide and say nothing. */
const HARMLESS: ReadonlySet<number> = new Set([2, 9, 10, 11, 16]);
const STAMP = 13;
/** Flags of annotations that are not shown: invisible, hidden, no view. */
const UNSHOWN = 1 | 2 | 32;
const MAX_ANNOTATIONS = 5000;
/** An annotation of more objects than these is not drawn. */
const MAX_LOOK = 5000;

const LINE_TO = 0;
const MOVE_TO = 2;

/** More than these on one page is no report: a bomb, or a drawing. */
const MAX_CHARACTERS = 200_000;
const MAX_OBJECTS = 200_000;
const MAX_PATH_SEGMENTS = 400_000;
const MAX_FORM_DEPTH = 12;
/** Of 255: text shows through what hides less. */
const VEIL = 100;
/** Share of the page up to which it does not matter how much of an object is clipped away. */
const SMALL = 0.02;
/** Share of the page from which on a picture may be one of the page. */
const PAGE_PICTURE = 0.3;

/**
 * Loads a page (from 0), reads its content and closes it. `allowed`: what the document may still have drawn. Throws
 * ReadError `corrupt` or `too_large`.
 */
export function readPageContent(
  engine: Engine,
  document: number,
  index: number,
  allowed: Allowance = allowance(),
): PageContent {
  const { call } = engine;
  const page = call['FPDF_LoadPage']!(document, index);
  if (page === 0) throw new ReadError('corrupt', `page ${index + 1} of the PDF cannot be loaded`);
  try {
    return new PageReader(engine, page, index + 1, allowed).read();
  } finally {
    call['FPDF_ClosePage']!(page);
  }
}

interface TextObject extends Drawn {
  readonly handle: number;
  readonly run: number;
  readonly invisible: boolean;
  readonly faint: boolean;
  /** Marked content says that it stands for other text: that is what the engine gives, wherever. */
  readonly replaced: boolean;
  readonly clip: Box | null;
  /** Where it comes among all that the page paints. */
  readonly order: number;
  readonly color: Color;
  readonly white: boolean;
  /** It belongs to a layer, which may be hidden: the engine does not say. */
  readonly layered: boolean;
  readonly embedded: boolean;
  /** How far it leans over for a point of its height, as slanted text stands in for italics; mostly 0. */
  readonly slant: number;
  /** It shows as in a mirror: upside down, or back to front. */
  readonly mirrored: boolean;
}

/** The last text object met in a list of objects. */
interface List {
  last: TextObject | null;
}

/** Where in the engine's scratch memory the name stands by which marked content gives another text. */
const ACTUAL_TEXT_AT = 192;
const ACTUAL_TEXT = Buffer.from('ActualText\0');

/** Share of the em square above the baseline. */
const ABOVE_BASELINE = 0.86;

const FUNCTIONS = [
  'FPDFAnnot_GetFlags',
  'FPDFAnnot_GetObject',
  'FPDFAnnot_GetObjectCount',
  'FPDFAnnot_GetRect',
  'FPDFAnnot_GetSubtype',
  'FPDFClipPath_CountPathSegments',
  'FPDFClipPath_CountPaths',
  'FPDFClipPath_GetPathSegment',
  'FPDFFont_GetBaseFontName',
  'FPDFFont_GetIsEmbedded',
  'FPDFFormObj_CountObjects',
  'FPDFFormObj_GetObject',
  'FPDFPageObjMark_GetName',
  'FPDFPageObjMark_GetParamValueType',
  'FPDFPageObj_CountMarks',
  'FPDFPageObj_GetBounds',
  'FPDFPageObj_GetClipPath',
  'FPDFPageObj_GetFillColor',
  'FPDFPageObj_GetMark',
  'FPDFPageObj_GetMatrix',
  'FPDFPageObj_GetStrokeColor',
  'FPDFPageObj_GetStrokeWidth',
  'FPDFPageObj_GetType',
  'FPDFPageObj_HasTransparency',
  'FPDFPage_CloseAnnot',
  'FPDFPage_CountObjects',
  'FPDFPage_GetAnnot',
  'FPDFPage_GetAnnotCount',
  'FPDFPage_GetObject',
  'FPDFPage_GetRotation',
  'FPDFPathSegment_GetClose',
  'FPDFPathSegment_GetPoint',
  'FPDFPathSegment_GetType',
  'FPDFPath_CountSegments',
  'FPDFPath_GetDrawMode',
  'FPDFPath_GetPathSegment',
  'FPDFTextObj_GetFont',
  'FPDFTextObj_GetFontSize',
  'FPDFTextObj_GetTextRenderMode',
  'FPDFText_ClosePage',
  'FPDFText_CountChars',
  'FPDFText_GetCharBox',
  'FPDFText_GetCharOrigin',
  'FPDFText_GetLooseCharBox',
  'FPDFText_GetTextObject',
  'FPDFText_GetUnicode',
  'FPDFText_IsGenerated',
  'FPDFText_LoadPage',
  'FPDF_GetPageBoundingBox',
] as const;
type Functions = Record<(typeof FUNCTIONS)[number], (...args: number[]) => number>;

const bound = new WeakMap<Engine, Functions>();

/** The engine has more than a thousand functions; finding one among them costs more than calling it. */
function functionsOf(engine: Engine): Functions {
  let functions = bound.get(engine);
  if (!functions) {
    functions = Object.fromEntries(FUNCTIONS.map((name) => [name, engine.call[name]!])) as Functions;
    bound.set(engine, functions);
  }
  return functions;
}

class PageReader {
  readonly #engine: Engine;
  readonly #call: Functions;
  readonly #page: number;
  readonly #number: number;
  readonly #allowed: Allowance;
  #floats: Float32Array;
  #words: Uint32Array;
  #doubles: Float64Array;
  readonly #at: number;

  #left = 0;
  #bottom = 0;
  #right = 0;
  #top = 0;
  #rotation = 0;
  #width = 0;
  #height = 0;

  readonly #text: TextBox[] = [];
  /** The box of the character that is being read: one object for all of them, there are thousands. */
  readonly #place = { x0: 0, y0: 0, x1: 0, y1: 0 };
  readonly #paths = new DrawnPaths();
  #objects = 0;
  #pathSegments = 0;
  #picture = 0;
  #pictureBox: Box | null = null;
  #notEmbedded = 0;
  readonly #embedded = new Map<number, boolean>();
  #invisible = 0;
  #unmapped = 0;
  #ocrFont = false;
  readonly #textObjects = new Map<number, TextObject>();
  readonly #hidden: Hidden[] = [];
  readonly #inks: Box[] = [];
  readonly #covers = new Covers();
  readonly #veils = new Veils();
  /** All objects, also those inside forms, and the matrix around each. */
  readonly #painted: number[] = [];
  readonly #paintedIn: Matrix[] = [];
  /** Characters below a veil, by their place in the text. */
  readonly #veiled: (Veiled & { readonly at: number })[] = [];
  /** Behind white text there is a colour. */
  readonly #grounds: Box[] = [];
  #order = 0;

  constructor(engine: Engine, page: number, number: number, allowed: Allowance) {
    this.#engine = engine;
    this.#allowed = allowed;
    this.#call = functionsOf(engine);
    this.#page = page;
    this.#number = number;
    this.#at = engine.scratch;
    const buffer = engine.memory.buffer;
    this.#floats = new Float32Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#doubles = new Float64Array(buffer);
    new Uint8Array(buffer).set(ACTUAL_TEXT, this.#at + ACTUAL_TEXT_AT);
  }

  read(): PageContent {
    this.#call.FPDF_GetPageBoundingBox(this.#page, this.#at);
    this.#left = this.#float(0);
    this.#top = this.#float(1);
    this.#right = this.#float(2);
    this.#bottom = this.#float(3);
    this.#rotation = this.#call.FPDFPage_GetRotation(this.#page) & 3;
    const across = this.#right - this.#left;
    const down = this.#top - this.#bottom;
    [this.#width, this.#height] = this.#rotation % 2 === 0 ? [across, down] : [down, across];

    const count = this.#call.FPDFPage_CountObjects(this.#page);
    this.#bound(count);
    const list: List = { last: null };
    for (let i = 0; i < count; i++)
      this.#object(this.#call.FPDFPage_GetObject(this.#page, i), IDENTITY, 0, list);
    this.#annotations();
    this.#readText();
    this.#lookBelowVeils();

    return {
      page: this.#number,
      width: this.#width,
      height: this.#height,
      text: this.#text,
      segments: this.#paths.segments,
      shades: this.#paths.shades,
      inks: [...this.#inks, ...this.#paths.drawings],
      pictureShare: this.#picture,
      picture: this.#pictureBox,
      notEmbedded: this.#notEmbedded,
      invisible: this.#invisible,
      unmapped: this.#unmapped,
      ocrFont: this.#ocrFont,
    };
  }

  /** The engine's memory may have grown and moved: then the views of its former place are empty. */
  #refresh(): void {
    if (this.#floats.length > 0) return;
    const buffer = this.#engine.memory.buffer;
    this.#floats = new Float32Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#doubles = new Float64Array(buffer);
  }

  #float(index: number): number {
    this.#refresh();
    return this.#floats[(this.#at >> 2) + index]!;
  }

  #word(index: number): number {
    this.#refresh();
    return this.#words[(this.#at >> 2) + index]!;
  }

  #double(index: number): number {
    this.#refresh();
    return this.#doubles[(this.#at >> 3) + index]!;
  }

  #bound(objects: number): void {
    this.#objects += objects;
    if (this.#objects > MAX_OBJECTS)
      throw new ReadError('too_large', `page ${this.#number} has more than ${MAX_OBJECTS} objects`);
  }

  #object(object: number, outer: Matrix, depth: number, list: List): void {
    const type = this.#call.FPDFPageObj_GetType(object);
    this.#order++;
    this.#painted.push(object);
    this.#paintedIn.push(outer);
    if (type === PATH) this.#path(object, outer);
    else if (type === TEXT) this.#textObject(object, outer, list);
    else if (type === IMAGE) this.#image(object, outer);
    else if (type === SHADING) this.#shading(object, outer);
    else if (type === FORM) {
      if (depth >= MAX_FORM_DEPTH)
        throw new ReadError(
          'too_large',
          `page ${this.#number} nests drawings more than ${MAX_FORM_DEPTH} deep`,
        );
      const count = this.#call.FPDFFormObj_CountObjects(object);
      this.#bound(count);
      const matrix = multiply(this.#matrix(object), outer);
      const inner: List = { last: null };
      for (let i = 0; i < count; i++)
        this.#object(this.#call.FPDFFormObj_GetObject(object, i), matrix, depth + 1, inner);
    }
  }

  /** How much of the page the object may paint, in square points. */
  #areaOf(object: number, outer: Matrix): number {
    const box = this.#bounds(object, outer);
    const area = this.#onPage(box);
    if (area <= SMALL * this.#width * this.#height) return area;
    return this.#onPage(within(box, this.#clip(object, outer)));
  }

  #onPage(box: Box | null): number {
    if (!box) return 0;
    const width = Math.min(box.x1, this.#width) - Math.max(box.x0, 0);
    const height = Math.min(box.y1, this.#height) - Math.max(box.y0, 0);
    return Math.max(0, width) * Math.max(0, height);
  }

  #matrix(object: number): Matrix {
    if (this.#call.FPDFPageObj_GetMatrix(object, this.#at) === 0) return IDENTITY;
    return [this.#float(0), this.#float(1), this.#float(2), this.#float(3), this.#float(4), this.#float(5)];
  }

  /** From the page's own coordinates to those of the page as shown. */
  #shown(x: number, y: number): [number, number] {
    switch (this.#rotation) {
      case 1:
        return [y - this.#bottom, x - this.#left];
      case 2:
        return [this.#right - x, y - this.#bottom];
      case 3:
        return [this.#top - y, this.#right - x];
      default:
        return [x - this.#left, this.#top - y];
    }
  }

  #shownBox(ax: number, ay: number, bx: number, by: number): Box {
    if (this.#rotation === 0)
      return {
        x0: Math.min(ax, bx) - this.#left,
        y0: this.#top - Math.max(ay, by),
        x1: Math.max(ax, bx) - this.#left,
        y1: this.#top - Math.min(ay, by),
      };
    const [x, y] = this.#shown(ax, ay);
    const [u, v] = this.#shown(bx, by);
    return { x0: Math.min(x, u), y0: Math.min(y, v), x1: Math.max(x, u), y1: Math.max(y, v) };
  }

  #color(get: 'FPDFPageObj_GetStrokeColor' | 'FPDFPageObj_GetFillColor', object: number): Color {
    const at = this.#at;
    if (this.#call[get](object, at, at + 4, at + 8, at + 12) === 0)
      return { red: 0, green: 0, blue: 0, alpha: 255 };
    return { red: this.#word(0), green: this.#word(1), blue: this.#word(2), alpha: this.#word(3) };
  }

  /** What the clip paths leave of the page, in page coordinates as shown; null where nothing clips. */
  #clip(object: number, outer: Matrix): Box | null {
    const clip = this.#call.FPDFPageObj_GetClipPath(object);
    if (clip === 0) return null;
    const paths = this.#call.FPDFClipPath_CountPaths(clip);
    if (paths <= 0) return null;
    let box: Box | null = null;
    for (let p = 0; p < Math.min(paths, 16); p++) {
      const count = this.#call.FPDFClipPath_CountPathSegments(clip, p);
      if (count <= 0 || count > 64) continue;
      let x0 = Infinity;
      let y0 = Infinity;
      let x1 = -Infinity;
      let y1 = -Infinity;
      for (let i = 0; i < count; i++) {
        const segment = this.#call.FPDFClipPath_GetPathSegment(clip, p, i);
        const [x, y] = this.#point(segment, outer);
        x0 = Math.min(x0, x);
        y0 = Math.min(y0, y);
        x1 = Math.max(x1, x);
        y1 = Math.max(y1, y);
      }
      box = box
        ? {
            x0: Math.max(box.x0, x0),
            y0: Math.max(box.y0, y0),
            x1: Math.min(box.x1, x1),
            y1: Math.min(box.y1, y1),
          }
        : { x0, y0, x1, y1 };
    }
    return box;
  }

  #point(segment: number, matrix: Matrix): [number, number] {
    this.#call.FPDFPathSegment_GetPoint(segment, this.#at, this.#at + 4);
    const x = this.#float(0);
    const y = this.#float(1);
    return this.#shown(matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5]);
  }

  #image(object: number, outer: Matrix): void {
    const box = this.#bounds(object, outer);
    if (!box) return;
    const width = Math.max(0, Math.min(box.x1, this.#width) - Math.max(box.x0, 0));
    const height = Math.max(0, Math.min(box.y1, this.#height) - Math.max(box.y0, 0));
    const share = (width * height) / (this.#width * this.#height);
    if (share > this.#picture) {
      this.#picture = share;
      this.#pictureBox = box;
    }
    if (this.#paths.rule(box)) return;
    this.#inks.push(box);
    this.#grounds.push(box);
    this.#veils.add(object, within(box, this.#clip(object, outer)), this.#order);
  }

  #shading(object: number, outer: Matrix): void {
    const box = this.#bounds(object, outer);
    if (!box) return;
    this.#grounds.push(box);
    this.#veils.add(object, within(box, this.#clip(object, outer)), this.#order);
  }

  #bounds(object: number, outer: Matrix): Box | null {
    const at = this.#at;
    if (this.#call.FPDFPageObj_GetBounds(object, at, at + 4, at + 8, at + 12) === 0) return null;
    const corners = [this.#float(0), this.#float(1), this.#float(2), this.#float(3)] as const;
    const [ax, ay] = apply(outer, corners[0], corners[1]);
    const [bx, by] = apply(outer, corners[2], corners[3]);
    return this.#shownBox(ax, ay, bx, by);
  }

  /** Fields that were filled in, and what was put over the page later: shown, but no part of its text. */
  #annotations(): void {
    const count = Math.min(this.#call.FPDFPage_GetAnnotCount(this.#page), MAX_ANNOTATIONS);
    for (let i = 0; i < count; i++) {
      const annotation = this.#call.FPDFPage_GetAnnot(this.#page, i);
      if (annotation === 0) continue;
      try {
        const subtype = this.#call.FPDFAnnot_GetSubtype(annotation);
        if ((this.#call.FPDFAnnot_GetFlags(annotation) & UNSHOWN) !== 0) continue;
        if (this.#call.FPDFAnnot_GetRect(annotation, this.#at) === 0) continue;
        const box = this.#shownBox(this.#float(0), this.#float(1), this.#float(2), this.#float(3));
        const objects = this.#paintedBy(annotation);
        this.#veils.paints(objects * this.#onPage(box), objects);
        if (HARMLESS.has(subtype)) continue;
        this.#inks.push(box);
        // A seal is seen through, as a rule; a field or a note is not.
        if (subtype !== STAMP && box.y1 - box.y0 < 60) this.#covers.add(box, Infinity);
        else this.#veils.add('annotation', box, Infinity);
      } finally {
        this.#call.FPDFPage_CloseAnnot(annotation);
      }
    }
  }

  /** Objects of the look of an annotation, with those in forms; a form unfolds to many. */
  #paintedBy(annotation: number): number {
    let objects = 0;
    const count = (object: number, depth: number): void => {
      objects++;
      if (objects > MAX_LOOK || this.#call.FPDFPageObj_GetType(object) !== FORM) return;
      if (depth >= MAX_FORM_DEPTH) objects = MAX_LOOK;
      const inner = this.#call.FPDFFormObj_CountObjects(object);
      for (let i = 0; i < inner && objects <= MAX_LOOK; i++)
        count(this.#call.FPDFFormObj_GetObject(object, i), depth + 1);
    };
    const own = this.#call.FPDFAnnot_GetObjectCount(annotation);
    for (let i = 0; i < own && objects <= MAX_LOOK; i++)
      count(this.#call.FPDFAnnot_GetObject(annotation, i), 0);
    return objects > MAX_LOOK ? Infinity : objects;
  }

  /**
   * Whether what is marked /OC encloses the object: an optional content group, on or off; and whether its marks give
   * another text for it.
   */
  #marks(object: number): { layered: boolean; replaced: boolean } {
    let [layered, replaced] = [false, false];
    const count = Math.min(this.#call.FPDFPageObj_CountMarks(object), 8);
    for (let i = 0; i < count; i++) {
      const mark = this.#call.FPDFPageObj_GetMark(object, i);
      if (mark === 0) continue;
      replaced ||= this.#call.FPDFPageObjMark_GetParamValueType(mark, this.#at + ACTUAL_TEXT_AT) !== 0;
      if (this.#call.FPDFPageObjMark_GetName(mark, this.#at + 4, 64, this.#at) === 0) continue;
      // Two characters of UTF-16 and a zero.
      layered ||= this.#word(0) === 6 && this.#word(1) === 0x43_00_4f;
    }
    return { layered, replaced };
  }

  #path(object: number, outer: Matrix): void {
    this.#call.FPDFPath_GetDrawMode(object, this.#at, this.#at + 4);
    const [fill, stroke] = [this.#word(0), this.#word(1)];
    const color = fill !== 0 ? this.#color('FPDFPageObj_GetFillColor', object) : null;
    const filled = color !== null && visible(color);
    const opaque =
      color !== null && color.alpha > 200 && this.#call.FPDFPageObj_HasTransparency(object) === 0;
    const stroked = stroke !== 0 && visible(this.#color('FPDFPageObj_GetStrokeColor', object));
    const veils = color !== null && color.alpha >= VEIL;
    if (!filled && !stroked && !veils) return;
    const count = this.#call.FPDFPath_CountSegments(object);
    if (count <= 0) return;
    this.#pathSegments += count;
    if (this.#pathSegments > MAX_PATH_SEGMENTS)
      throw new ReadError(
        'too_large',
        `page ${this.#number} draws more than ${MAX_PATH_SEGMENTS} path segments`,
      );
    const matrix = multiply(this.#matrix(object), outer);
    let thickness = 1;
    if (stroked) {
      this.#call.FPDFPageObj_GetStrokeWidth(object, this.#at);
      thickness = this.#float(0) * Math.sqrt(Math.abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]));
    }
    const clip = this.#clip(object, outer);

    const figures: Figure[] = [];
    let figure: Figure | null = null;
    for (let i = 0; i < count; i++) {
      const segment = this.#call.FPDFPath_GetPathSegment(object, i);
      const type = this.#call.FPDFPathSegment_GetType(segment);
      const [x, y] = this.#point(segment, matrix);
      if (type === MOVE_TO || !figure) {
        figure = { points: [[x, y]], curved: false, closed: false };
        figures.push(figure);
      } else {
        figure.points.push([x, y]);
        if (type !== LINE_TO) figure.curved = true;
      }
      if (this.#call.FPDFPathSegment_GetClose(segment) !== 0) figure.closed = true;
    }

    if (stroked) for (const f of figures) this.#paths.stroke(f, thickness, clip);
    if (filled) this.#paths.fill(figures, clip);
    if (!veils) return;
    for (const f of figures)
      if (!opaque || !this.#covers.addFigure(f, clip, this.#order))
        this.#veils.add(object, within(extent(f), clip), this.#order);
  }

  #textObject(object: number, outer: Matrix, list: List): void {
    const mode = this.#call.FPDFTextObj_GetTextRenderMode(object);
    const stroke = mode === 1 || mode === 5;
    const color = this.#color(stroke ? 'FPDFPageObj_GetStrokeColor' : 'FPDFPageObj_GetFillColor', object);
    const own = this.#matrix(object);
    const matrix = multiply(own, outer);
    const fontSize = this.#fontSize(object);
    // A size below zero turns every character about its origin, and the line with them.
    const head = fontSize < 0 ? -1 : 1;
    const turned = Math.round(
      (Math.atan2(-head * matrix[1], head * matrix[0]) * 180) / Math.PI + this.#rotation * 90,
    );
    if (!this.#ocrFont && mode === 3) this.#ocrFont = this.#isOcrFont(object);
    const [x, y] = this.#shown(matrix[4], matrix[5]);
    const font = this.#call.FPDFTextObj_GetFont(object);
    const { layered, replaced } = this.#marks(object);
    const drawn: TextObject = {
      handle: object,
      before: list.last,
      font,
      x,
      y,
      bounds: () => this.#bounds(object, outer),
      characters: null,
      run: this.#textObjects.size,
      invisible: mode === 3 || mode === 7,
      order: this.#order,
      color,
      white: !visible(color),
      layered,
      replaced,
      faint: color.alpha < 128 || luminance(color) > 190,
      angle: ((turned % 360) + 360) % 360,
      clip: this.#clip(object, outer),
      embedded: this.#isEmbedded(font),
      size: Math.abs(fontSize) * Math.hypot(matrix[2], matrix[3]),
      slant: slantOf(matrix),
      mirrored: matrix[0] * matrix[3] - matrix[1] * matrix[2] < 0,
    };
    this.#textObjects.set(object, drawn);
    list.last = drawn;
  }

  #isEmbedded(font: number): boolean {
    let embedded = this.#embedded.get(font);
    if (embedded === undefined) {
      embedded = font === 0 || this.#call.FPDFFont_GetIsEmbedded(font) !== 0;
      this.#embedded.set(font, embedded);
    }
    return embedded;
  }

  #fontSize(object: number): number {
    if (this.#call.FPDFTextObj_GetFontSize(object, this.#at) === 0) return 0;
    return this.#float(0);
  }

  #isOcrFont(object: number): boolean {
    const font = this.#call.FPDFTextObj_GetFont(object);
    if (font === 0) return false;
    const length = this.#call.FPDFFont_GetBaseFontName(font, this.#at, 128);
    if (length <= 0 || length > 128) return false;
    const name = Buffer.from(this.#engine.memory.buffer, this.#at, length).toString('latin1');
    return /GlyphLess|Invisible|HiddenHorz/i.test(name);
  }

  #readText(): void {
    const text = this.#call.FPDFText_LoadPage(this.#page);
    if (text === 0) return;
    try {
      const count = this.#call.FPDFText_CountChars(text);
      if (count > MAX_CHARACTERS)
        throw new ReadError('too_large', `page ${this.#number} has more than ${MAX_CHARACTERS} characters`);
      let handle = 0;
      let object: TextObject | undefined;
      for (let i = 0; i < count; i++) {
        if (this.#call.FPDFText_IsGenerated(text, i) === 1) continue;
        const own = this.#call.FPDFText_GetTextObject(text, i);
        if (own !== handle) {
          handle = own;
          object = this.#textObjects.get(own);
        }
        if (object) {
          if (object.characters) object.characters.to = i + 1;
          else object.characters = { from: i, to: i + 1, x: object.x, y: object.y };
        }
        if (object?.invisible) {
          this.#invisible++;
          this.#character(text, i, this.#call.FPDFText_GetUnicode(text, i), object);
          continue;
        }
        if (object && !object.embedded) this.#notEmbedded++;
        let code = this.#call.FPDFText_GetUnicode(text, i);
        // The engine's own sign for a hyphen at the end of a line; and one that shows, since only what is drawn has a glyph.
        if (code === 2 || code === 0xad) code = 0x2d;
        if (
          code === 0 ||
          code === 0xfffd ||
          (code < 0x20 && code !== 9) ||
          (code >= 0xd800 && code < 0xe000)
        ) {
          this.#unmapped++;
          this.#unread(text, i);
          continue;
        }
        if (code > 0x10ffff) continue;
        if ((code >= 0xe000 && code < 0xf900) || code >= 0xf0000) this.#unmapped++;
        this.#character(text, i, code, object);
      }
      this.#restore(text);
    } finally {
      this.#call.FPDFText_ClosePage(text);
    }
  }

  /** What the engine left out because something like it was drawn before, and what it gives in place of other text. */
  #restore(text: number): void {
    const codes = ({ from, to }: Characters): string => {
      let all = '';
      for (let i = from; i < to; i++) all += `${this.#call.FPDFText_GetUnicode(text, i)} `;
      return all;
    };
    const same = (a: Characters, b: Characters): boolean =>
      a.from === b.from || (a.to - a.from === b.to - b.from && codes(a) === codes(b));
    const width = ({ to }: Characters): number => {
      if (this.#call.FPDFText_GetLooseCharBox(text, to - 1, this.#at) === 0) return 0;
      const box = this.#shownBox(this.#float(0), this.#float(1), this.#float(2), this.#float(3));
      return this.#rotation % 2 === 0 ? box.x1 - box.x0 : box.y1 - box.y0;
    };
    for (const object of this.#textObjects.values()) {
      if (object.replaced) {
        const bounds = object.invisible ? null : object.bounds();
        if (bounds) this.#inks.push(bounds);
      }
      if (object.characters) continue;
      const repeated = repeatedBy(object, same, width);
      if (!repeated) continue;
      const { from, to, x, y } = repeated.characters;
      object.characters = repeated.characters;
      if (object.invisible) continue;
      this.#bound(to - from);
      const first = this.#call.FPDFText_GetTextObject(text, from);
      for (let i = from; i < to; i++) {
        if (this.#call.FPDFText_IsGenerated(text, i) === 1) continue;
        if (this.#call.FPDFText_GetTextObject(text, i) !== first) continue;
        let code = this.#call.FPDFText_GetUnicode(text, i);
        if (code === 2 || code === 0xad) code = 0x2d;
        if (code < 0x20 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) continue;
        this.#character(text, i, code, object, { x: object.x - x, y: object.y - y, unsure: repeated.unsure });
      }
    }
    if (this.#hidden.length === 0) return;
    const shown = [...this.#textObjects.values()].filter((o) => !o.invisible);
    this.#text.push(
      ...standIns(
        this.#hidden,
        shown.map((o) => ({ font: o.font, bounds: () => within(o.bounds(), o.clip) })),
        this.#text,
      ),
    );
  }

  /** A character is shown whose meaning nobody knows. */
  #unread(text: number, index: number): void {
    if (this.#call.FPDFText_GetLooseCharBox(text, index, this.#at) !== 0)
      this.#inks.push(this.#shownBox(this.#float(0), this.#float(1), this.#float(2), this.#float(3)));
  }

  /** `moved`: it stands for one of another text object, so far from there. */
  #character(
    text: number,
    index: number,
    code: number,
    object: TextObject | undefined,
    moved: { readonly x: number; readonly y: number; readonly unsure: boolean } | null = null,
  ): void {
    if (!this.#findPlace(text, index)) return;
    // A mirrored character stands on the other side of its baseline.
    if (object && object.size > 0 && !object.mirrored) this.#setOnBaseline(text, index, object);
    let { x0, y0, x1, y1 } = this.#place;
    if (moved) {
      x0 += moved.x;
      x1 += moved.x;
      y0 += moved.y;
      y1 += moved.y;
    }
    const blank = code === 9 || code === 0x20 || code === 0xa0 || code === 0x3000;
    let clipped = false;
    let hidden = object?.invisible === true;
    if (!blank) {
      const x = (x0 + x1) / 2;
      const y = (y0 + y1) / 2;
      if (x < -1 || y < -1 || x > this.#width + 1 || y > this.#height + 1) return;
      const clip = object?.clip;
      if (clip) {
        hidden ||= x < clip.x0 || x > clip.x1 || y < clip.y0 || y > clip.y1;
        clipped = x0 < clip.x0 - 1 || x1 > clip.x1 + 1;
      }
    }
    if (hidden && (blank || !object || code > 0x10ffff)) return;
    const character: TextBox = {
      text: blank ? ' ' : glyph(code),
      x0,
      y0,
      x1,
      y1,
      angle: object ? object.angle : 0,
      run: object ? object.run : -1,
      faint: object ? object.faint : false,
      clipped,
      struck: false,
      unsure:
        !blank &&
        object !== undefined &&
        (moved?.unsure === true || object.replaced || this.#isUnsure(x0, y0, x1, y1, object)),
    };
    if (!hidden) {
      if (!blank && object && !character.unsure && this.#veils.touch(character, object.order))
        this.#veiled.push({
          at: this.#text.length,
          box: character,
          object: object.handle,
          colour: [object.color.red, object.color.green, object.color.blue],
        });
      this.#text.push(character);
    } else if (object) {
      const at = this.#at;
      if (this.#call.FPDFText_GetCharBox(text, index, at, at + 8, at + 16, at + 24) === 0) return;
      const ink = this.#shownBox(this.#double(0), this.#double(2), this.#double(1), this.#double(3));
      this.#hidden.push({ font: object.font, box: character, ink });
    }
  }

  /**
   * Characters that what was painted over them hides are not safe; where a picture of the page hides most of its text,
   * a program that recognised the picture has put them there.
   */
  #lookBelowVeils(): void {
    if (this.#veiled.length === 0) return;
    this.#painted.forEach((object, i) => {
      this.#veils.paints(this.#areaOf(object, this.#paintedIn[i]!));
    });
    const page = { handle: this.#page, width: this.#width, height: this.#height };
    const seen = this.#veils.seen(this.#engine, page, this.#veiled, this.#allowed);
    if (!seen) {
      for (const { at } of this.#veiled) this.#text[at] = { ...this.#text[at]!, unsure: true };
      return;
    }
    const hidden = this.#veiled.filter((_, i) => !seen[i]);
    const shown = this.#text.reduce((n, b) => n + (b.text === ' ' ? 0 : 1), 0) - hidden.length;
    if (hidden.length > shown && this.#picture >= PAGE_PICTURE) {
      const places = new Set(hidden.map((h) => h.at));
      this.#invisible += hidden.length;
      const kept = this.#text.filter((_, i) => !places.has(i));
      this.#text.splice(0, this.#text.length, ...kept);
    } else for (const { at } of hidden) this.#text[at] = { ...this.#text[at]!, unsure: true };
  }

  #isUnsure(x0: number, y0: number, x1: number, y1: number, object: TextObject): boolean {
    if (object.layered || object.mirrored) return true;
    const x = (x0 + x1) / 2;
    const y = (y0 + y1) / 2;
    if (object.white && !holds(this.#paths.shades, x, y) && !holds(this.#grounds, x, y)) return true;
    return this.#covers.cover(x, y, object.order);
  }

  /**
   * Fonts say very different things of their height, so that the boxes of neighbouring lines overlap. The em square on
   * the baseline is the same for all fonts of a size. Kept as it is where that square is not near the box.
   */
  #setOnBaseline(text: number, index: number, { size, angle, slant }: TextObject): void {
    const box = this.#place;
    const along = angle % 180 === 0;
    const advance = along ? box.x1 - box.x0 : box.y1 - box.y0;
    // A Type 3 font may call itself anything: then its size says nothing of the height of its characters.
    if (angle % 90 !== 0 || size < 0.6 * advance || size > 12 * advance) return;
    if (this.#call.FPDFText_GetCharOrigin(text, index, this.#at, this.#at + 8) === 0) return;
    const [x, y] = this.#shown(this.#double(0), this.#double(1));
    const above = ABOVE_BASELINE * size;
    const below = size - above;
    let { x0, y0, x1, y1 } = box;
    if (angle === 0) [y0, y1] = [y - above, y + below];
    else if (angle === 90) [x0, x1] = [x - below, x + above];
    else if (angle === 180) [y0, y1] = [y - below, y + above];
    else [x0, x1] = [x - above, x + below];
    if (slant !== 0 && angle === 0) {
      // The box around a character that leans over lies over its neighbours.
      const advance = x1 - x0 - Math.abs(slant) * (box.y1 - box.y0);
      if (advance > 0) [x0, x1] = [x, x + advance];
    }
    const near = y0 < box.y1 && y1 > box.y0 && x0 < box.x1 && x1 > box.x0;
    if (near) this.#setPlace(x0, y0, x1, y1);
  }

  /** Puts the box that the engine gives for a character into `#place`; false where it gives none. */
  #findPlace(text: number, index: number): boolean {
    const at = this.#at;
    const place = this.#place;
    if (this.#call.FPDFText_GetLooseCharBox(text, index, at) !== 0) {
      this.#setShown(this.#float(0), this.#float(1), this.#float(2), this.#float(3));
      if (place.x1 - place.x0 > 0.01 && place.y1 - place.y0 > 0.01) return true;
    }
    if (this.#call.FPDFText_GetCharBox(text, index, at, at + 8, at + 16, at + 24) === 0) return false;
    this.#setShown(this.#double(0), this.#double(2), this.#double(1), this.#double(3));
    return true;
  }

  /** As `#shownBox`, into `#place`. */
  #setShown(ax: number, ay: number, bx: number, by: number): void {
    if (this.#rotation === 0) {
      const [left, top] = [this.#left, this.#top];
      this.#setPlace(
        Math.min(ax, bx) - left,
        top - Math.max(ay, by),
        Math.max(ax, bx) - left,
        top - Math.min(ay, by),
      );
    } else {
      const { x0, y0, x1, y1 } = this.#shownBox(ax, ay, bx, by);
      this.#setPlace(x0, y0, x1, y1);
    }
  }

  #setPlace(x0: number, y0: number, x1: number, y1: number): void {
    const place = this.#place;
    place.x0 = x0;
    place.y0 = y0;
    place.x1 = x1;
    place.y1 = y1;
  }
}

/** What a clip leaves of a box; null where that is nothing. */
function within(box: Box | null, clip: Box | null): Box | null {
  if (!box || !clip) return box;
  const left = intersection(box, clip);
  return left.x1 > left.x0 && left.y1 > left.y0 ? left : null;
}

function holds(boxes: readonly Box[], x: number, y: number): boolean {
  return boxes.some((b) => x > b.x0 && x < b.x1 && y > b.y0 && y < b.y1);
}

/** One string for each character, however often the pages print it. */
const glyphs = Array.from({ length: 0x10000 }, (): string | undefined => undefined);

function glyph(code: number): string {
  const known = glyphs[code];
  if (known !== undefined) return known;
  const made = String.fromCodePoint(code);
  if (code < glyphs.length) glyphs[code] = made;
  return made;
}

interface Color {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly alpha: number;
}

/** White lines are drawn to part shaded cells, or to hide; they are no rules. */
function visible(color: Color): boolean {
  return color.alpha > 12 && Math.min(color.red, color.green, color.blue) < 250;
}

function luminance(color: Color): number {
  return 0.3 * color.red + 0.59 * color.green + 0.11 * color.blue;
}

/** Upright text, and what is as good as upright, has none. */
function slantOf(m: Matrix): number {
  if (m[1] === 0 && m[2] === 0) return 0;
  const slant = (m[0] * m[2] + m[1] * m[3]) / Math.abs(m[0] * m[3] - m[1] * m[2]);
  return Math.abs(slant) > 0.02 && Math.abs(slant) < 1 ? slant : 0;
}

function apply(m: Matrix, x: number, y: number): [number, number] {
  return [m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]];
}
