import type { Box } from '../geometry/page-geometry.ts';
import { areStrokesBroken } from './broken-strokes.ts';
import type { InkLine, PixelBox } from './cell-ink.ts';
import { type NumberReading, readNumbers } from './digits.ts';
import {
  type DigitSpacing,
  digitSpacing,
  type Glyph,
  type LineShape,
  letterHeight,
  lineShape,
  type NumberBeforeUnit,
  numberBeforeUnit,
  numberGlyphs,
} from './glyphs.ts';
import { holdsSeveralNumbers } from './lost-rules.ts';
import type { PreparedCell, PreparedPage } from './prepared-page.ts';
import { recognise } from './tesseract.ts';
import { confidence, cutLine, joinWords } from './text-lines.ts';
import { joined, readUnits } from './units.ts';

/** What a cell was read as. */
export interface CellReading {
  /** Points, on the page set straight. */
  readonly box: Box;
  /** Lines joined with `\n`; empty for a cell without ink. */
  readonly text: string;
  readonly lines: readonly LineReading[];
  /** 0 to 1. */
  readonly score: number;
  readonly doubtful: boolean;
  /** Ink stands in it of which nothing was read: the cell is not blank. */
  readonly unread: boolean;
  readonly alternatives: readonly string[];
}

export interface LineReading extends Box {
  readonly text: string;
}

interface Line {
  readonly page: PreparedPage;
  readonly ink: InkLine;
  shape: LineShape;
  /** Behind its number; null where there is none. */
  unit: string | null;
  text: string;
  score: number;
  doubtful: boolean;
  alternatives: readonly string[];
}

/** Below this Tesseract is guessing at Chinese. */
const GUESS = 0.45;
const SURE_OF_TEXT = 0.6;
/** Only votes and likeness that agree at once reach it, no stroke and no line read by second opinions. */
const SURE_UNDER_A_SEAL = 0.92;

/** Reads the cells of all pages; blanks are decided by their ink, never by what OCR finds in them. */
export async function readCells(pages: readonly PreparedPage[]): Promise<CellReading[][]> {
  const lines: Line[] = [];
  const byCell = pages.map((page) =>
    page.cells.map((cell) => {
      const own = cell.ink.lines.map((ink) => newLine(page, ink));
      lines.push(...own);
      return { cell, own };
    }),
  );
  const spacing = spacings(lines);
  const parted = partedLines(lines);
  takeApart(lines, spacing);
  await readText(lines.filter((line) => line.shape.kind === 'text' || parted.has(line)));
  await takeUnitsOff(parted);
  for (const line of lines) if (line.shape.kind === 'text' && isNumeric(line.text)) asNumber(line, spacing);
  await readDigits(lines);
  const lost = new Set(
    pages.filter((page, index) => {
      const cells = byCell[index]!;
      return (
        page.rulesLost ||
        cells.some(isCrowded) ||
        (page.bilevel && areStrokesBroken(cells.map(({ own }) => own)))
      );
    }),
  );
  // A scanner that took rules or strokes away on one page in black and white did so on the others.
  const lostInBlackAndWhite = [...lost].some(({ bilevel }) => bilevel);
  return byCell.map((cells, index) => {
    const page = pages[index]!;
    const unsure = lost.has(page) || (page.bilevel && lostInBlackAndWhite);
    return cells.map(({ cell, own }) => cellReading(unsure ? { ...cell, unsure } : cell, own));
  });
}

/** What is left of a seal may look like numbers. */
function isCrowded({ cell, own }: { readonly cell: PreparedCell; readonly own: readonly Line[] }): boolean {
  const [line] = own;
  if (cell.red || !line) return false;
  return holdsSeveralNumbers(((cell.box.x1 - cell.box.x0) * line.page.dpi) / 72, own);
}

function newLine(page: PreparedPage, ink: InkLine): Line {
  const shape = lineShape(ink, page.ink);
  const stroke = shape.kind === 'stroke';
  const touches = ink.components.some((part) => part.touchesRule);
  return {
    page,
    ink,
    shape,
    unit: null,
    text: stroke ? shape.text : '',
    score: stroke ? 0.9 : 0,
    doubtful: stroke && touches,
    alternatives: [],
  };
}

/** Digits that run into each other are as wide as Han characters, but no higher than other digits of the page. */
function takeApart(lines: readonly Line[], spacing: ReadonlyMap<PreparedPage, DigitSpacing>): void {
  const heights = new Map<PreparedPage, number[]>();
  for (const { page, ink, shape } of lines) {
    if (shape.kind !== 'number') continue;
    const known = heights.get(page);
    if (known) known.push(letterHeight(ink));
    else heights.set(page, [letterHeight(ink)]);
  }
  for (const line of lines) {
    if (line.shape.kind !== 'text') continue;
    const usual = heights.get(line.page)?.sort((a, b) => a - b);
    const share = usual ? letterHeight(line.ink) / usual[usual.length >> 1]! : 0;
    if (share > 0.85 && share < 1.12) asNumber(line, spacing);
  }
}

/** Lines that may be a number and its unit. */
function partedLines(lines: readonly Line[]): Map<Line, NumberBeforeUnit> {
  const found = new Map<Line, NumberBeforeUnit>();
  for (const line of lines) {
    const parts = line.shape.kind === 'text' ? numberBeforeUnit(line.ink, line.page.ink) : null;
    if (parts) found.set(line, parts);
  }
  return found;
}

/** Leaves lines that do not end in a unit as they were before. Their text stays what they were read as in one piece. */
async function takeUnitsOff(parted: ReadonlyMap<Line, NumberBeforeUnit>): Promise<void> {
  const open = [...parted].filter(([line]) => /\d/.test(line.text) || line.score < SURE_OF_TEXT);
  const units = await readUnits(
    open.map(([{ page }, parts]) => ({ page: page.image, dpi: page.dpi, parts })),
  );
  for (const [index, [line, { glyphs }]] of open.entries()) {
    line.unit = units[index] ?? null;
    if (line.unit !== null) line.shape = { kind: 'number', glyphs };
  }
  for (const line of parted.keys()) if (line.shape.kind === 'number' && line.unit === null) line.text = '';
}

function spacings(lines: readonly Line[]): Map<PreparedPage, DigitSpacing> {
  const numbers = new Map<PreparedPage, (readonly Glyph[])[]>();
  for (const { page, shape } of lines) {
    const known = numbers.get(page) ?? [];
    if (shape.kind === 'number') known.push(shape.glyphs);
    numbers.set(page, known);
  }
  return new Map([...numbers].map(([page, glyphs]) => [page, digitSpacing(glyphs)]));
}

function asNumber(line: Line, spacing: ReadonlyMap<PreparedPage, DigitSpacing>): void {
  const glyphs = numberGlyphs(
    line.ink,
    line.page.image,
    line.page.ink,
    spacing.get(line.page) ?? digitSpacing([]),
  );
  if (glyphs) line.shape = { kind: 'number', glyphs };
}

async function readText(lines: readonly Line[]): Promise<void> {
  const words = await recognise(
    lines.map(({ page, ink }) => cutLine(page.image, ink)),
    { language: 'chi_sim', layout: 'line', dpi: lines[0]?.page.dpi ?? 300 },
  );
  for (const [index, line] of lines.entries()) {
    const found = words[index] ?? [];
    // A full-width bracket is read as an angle one, but closes as what it is.
    line.text = joinWords(found)
      .replace(/〈(?=[^〈〉（(]{1,8}[)）])/g, '（')
      // A long minus is read as a one.
      .replace(/^一(?=\d+$)/, '-');
    line.score = confidence(found);
    // Numbers with words around them (22（其中修订16件）) are read once only, with nothing to compare them with.
    line.doubtful = line.score < GUESS || looksLikeValue(line.text);
  }
}

async function readDigits(lines: readonly Line[]): Promise<void> {
  const numbers: { line: Line; glyphs: readonly Glyph[]; text: string }[] = [];
  for (const line of lines)
    if (line.shape.kind === 'number') numbers.push({ line, glyphs: line.shape.glyphs, text: line.text });
  const readings = await readNumbers(numbers.map(({ line, glyphs }) => ({ page: line.page.image, glyphs })));
  for (const [index, { line }] of numbers.entries()) take(line, readings[index]!);
  // Han characters may be as slim as digits (小计): what is no clear number is read as text too.
  const unclear = numbers
    .filter(({ line, text }, index) => line.doubtful && text === '' && !readings[index]!.looksLikeDigits)
    .filter(({ line }) => !/\p{Script=Han}/u.test(line.text))
    .map(({ line }) => line);
  const words = await recognise(
    unclear.map(({ page, ink }) => cutLine(page.image, ink)),
    { language: 'chi_sim', layout: 'line', dpi: unclear[0]?.page.dpi ?? 300 },
  );
  for (const [index, line] of unclear.entries()) {
    const text = joinWords(words[index] ?? []);
    const score = confidence(words[index] ?? []);
    if (score < SURE_OF_TEXT || !/\p{Script=Han}/u.test(text)) continue;
    line.text = text;
    line.score = score;
    line.alternatives = [];
  }
}

function take(line: Line, number: NumberReading): void {
  // A digit may be the only one of its kind on all pages, and look like none.
  if (line.unit !== null && (number.text === '' || !(number.looksLikeDigits || number.votedFor))) {
    line.doubtful = true;
    return;
  }
  const reading = line.unit === null ? number : joined(number, line.unit, line.text);
  line.text = reading.text;
  line.score = reading.score;
  line.doubtful = reading.doubtful;
  line.alternatives = reading.alternatives;
}

function isNumeric(text: string): boolean {
  return /\d/.test(text) && /^[\d\s.,，。:：'’`oOlI|]+$/.test(text);
}

function looksLikeValue(text: string): boolean {
  const digits = text.replace(/\D/g, '').length;
  const letters = text.replace(/\P{Script=Han}/gu, '').length;
  return (
    (digits > 0 && digits >= letters) ||
    (/^[^\p{Script=Han}]*\d|[增减]\s*\d|^[增减]/u.test(text) &&
      !/^[（(]?\d{1,2}[.、．)）]\s*\p{Script=Han}{2}/u.test(text))
  );
}

function cellReading({ box, ink, unsure, red }: PreparedCell, lines: readonly Line[]): CellReading {
  const read = lines.map((line): LineReading => ({ text: line.text, ...inPoints(line.ink, line.page.dpi) }));
  const numbers = lines.filter((line) => /\d/.test(line.text)).length;
  const only = lines.length === 1 ? lines[0]! : null;
  const unexplained = ink.unexplained || (red && lines.length === 0);
  return {
    box,
    text: read.map((line) => line.text).join('\n'),
    lines: read,
    score: lines.length === 0 ? (unexplained ? 0.5 : 0.99) : Math.min(...lines.map((line) => line.score)),
    doubtful:
      unexplained ||
      unsure ||
      (red && lines.some((line) => line.score < SURE_UNDER_A_SEAL)) ||
      lines.some((line) => line.doubtful || line.text === '') ||
      (lines.length > 1 && (numbers === lines.length || lines.some(({ shape }) => shape.kind === 'stroke'))),
    unread: (unexplained || lines.length > 0) && lines.every((line) => line.text === ''),
    alternatives: only?.alternatives ?? [],
  };
}

function inPoints(box: PixelBox, dpi: number): Box {
  const point = 72 / dpi;
  return { x0: box.left * point, y0: box.top * point, x1: box.right * point, y1: box.bottom * point };
}
