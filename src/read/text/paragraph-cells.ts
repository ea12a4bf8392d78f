import { isSectionTitle } from '../../article/section-titles.ts';
import type { RunCell } from '../document.ts';
import { holdsSeveralNumbers } from '../table/several-numbers.ts';
import { isFigure } from './figure.ts';
import type { TextLine } from './lines.ts';
import type { Piece } from './text.ts';

/** A paragraph longer than this is no cell; the longest label of the form has 36 characters, explanations in it 120. */
const LONGEST_CELL = 130;
const FEWEST_CELLS = 8;

/**
 * Dumps in which every cell is a paragraph of its own, empty lines between them. A stretch of short paragraphs of which
 * a good part are bare figures is a run of cells; the lines of a paragraph belong to one cell. Row ends do not show.
 */
export function readParagraphCells(lines: readonly TextLine[]): Piece[] {
  const pieces: Piece[] = [];
  let stretch: (readonly TextLine[])[] = [];
  const flush = () => {
    const cells = stretch.filter((lines) => lines.some(({ text }) => text.trim() !== ''));
    const figures = cells.filter((lines) => isFigure(textOf(lines))).length;
    if (cells.length >= FEWEST_CELLS && figures >= 3 && figures * 10 >= cells.length) {
      const run: RunCell[] = cells.map((lines) => ({
        text: textOf(lines),
        location: `line=${lines[0]?.number ?? 1}`,
        reading: 'certain',
        ...(holdsSeveralNumbers(lines.map(({ text }) => text))
          ? { marks: ['several_paragraphs' as const] }
          : {}),
      }));
      pieces.push({ kind: 'cells', cells: run, location: run[0]?.location ?? 'line=1' });
    } else for (const lines of stretch) pieces.push(...lines);
    stretch = [];
  };
  for (const paragraph of paragraphsOf(lines).flatMap(separateCells)) {
    const text = textOf(paragraph);
    const isCell =
      text.length <= LONGEST_CELL &&
      !/[。；;]$|[。；]./.test(text) &&
      !isTitle(paragraph) &&
      !/^[[［【…]/.test(text);
    if (isCell) stretch.push(paragraph);
    else {
      flush();
      pieces.push(...paragraph);
    }
  }
  flush();
  return pieces;
}

/** Without empty lines between them the cells stand a line each; a wrapped label is then two cells. */
function separateCells(paragraph: readonly TextLine[]): readonly (readonly TextLine[])[] {
  const figures = paragraph.filter(({ text }) => isFigure(text)).length;
  if (paragraph.length < FEWEST_CELLS || figures < 3 || figures * 10 < paragraph.length) return [paragraph];
  return paragraph.map((line) => [line]);
}

function isTitle(paragraph: readonly TextLine[]): boolean {
  return paragraph.some(({ text }) => isSectionTitle(text) || /^\s{0,3}#{1,6}\s/.test(text));
}

/** Stretches of lines between empty ones; the empty lines go with what follows them. */
function paragraphsOf(lines: readonly TextLine[]): TextLine[][] {
  const paragraphs: TextLine[][] = [];
  let current: TextLine[] = [];
  let said = false;
  for (const line of lines) {
    if (line.text.trim() === '') {
      if (said) {
        paragraphs.push(current);
        current = [];
        said = false;
      }
      continue;
    }
    current.push(line);
    said = true;
  }
  if (current.length > 0) paragraphs.push(current);
  return paragraphs;
}

function textOf(lines: readonly TextLine[]): string {
  return lines
    .map(({ text }) => text.trim())
    .filter((text) => text !== '')
    .join('\n');
}
