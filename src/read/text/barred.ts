import { isSectionTitle } from '../../article/section-titles.ts';
import type { RunCell } from '../document.ts';
import { holdsSeveralNumbers } from '../table/several-numbers.ts';
import { isFigure } from './figure.ts';
import type { TextLine } from './lines.ts';
import type { Piece } from './text.ts';

/** A line this long is a sentence of the text that happens to contain a bar. */
const LONGEST_CELL = 300;
const FEWEST_BARS = 4;

/**
 * Tables whose cells end with a bar: a row to a line (`规章 | 0 | 0 | 0 |`), a cell to a line (`规章 |`), or the bars on
 * lines of their own. Bars without a space between them (`||||`) are the filling that converters put where a cell spans
 * columns; they are no cells. Bars with a space between them are a blank cell.
 */
export function readBarred(lines: readonly TextLine[]): Piece[] {
  const bars = lines.filter(({ text }) => isBarred(text));
  if (bars.length < FEWEST_BARS) return [...lines];
  const closed = bars.filter(({ text }) => /^[^|]*\S[^|]*\|\s*$/.test(text)).length;
  const joined = bars.filter(({ text }) => /\|.*[^|\s].*\||[^|\s].*\|.*[^|\s]/.test(text)).length;
  if (closed === 0 && joined === 0) return readBarsOnTheirOwn(lines);
  return closed > joined ? readCellsPerLine(lines) : readRowsPerLine(lines);
}

function isBarred(text: string): boolean {
  return text.includes('|') && text.length <= LONGEST_CELL * 4;
}

/** `规章 | 0 | 0 | 0 | |`: every line is a row. */
function readRowsPerLine(lines: readonly TextLine[]): Piece[] {
  const pieces: Piece[] = [];
  let run: RunCell[] = [];
  const filled = lines.some(({ text }) => FILLING.test(text));
  const flush = () => {
    if (run.length > 0) pieces.push({ kind: 'cells', cells: run, location: placeOf(run) });
    run = [];
  };
  for (const line of lines) {
    if (!isBarred(line.text) || isNavigation(line.text)) {
      flush();
      pieces.push(line);
      continue;
    }
    const cells = splitRow(line.text, filled);
    cells.forEach((text, index) => {
      run.push({
        text,
        location: `line=${line.number};cell=${index + 1}`,
        reading: 'certain',
        startsRow: index === 0,
      });
    });
  }
  flush();
  return pieces;
}

/** `登录 | 注册`, `字号 :  |`: bars between links, never at the end of a row with figures. */
function isNavigation(text: string): boolean {
  const cells = text.split('|').filter((cell) => cell.trim() !== '');
  return !/\|\s*$/.test(text) && cells.length <= 2 && !/[0-9０-９]/.test(text);
}

/** Bars without a space between them at the end of a line. */
const FILLING = /\|{2,}\s*$/;

/** `filled`: this document fills rows up, so that bars at the end of a row are no cells, one alone neither. */
function splitRow(text: string, filled: boolean): string[] {
  const row = filled ? text.trimEnd().replace(/\|[|\s]*$/, '|') : text.trimEnd();
  const parts = row.trim().split('|');
  // After the last bar of a row stands nothing.
  if ((parts.at(-1) ?? '').trim() === '') parts.pop();
  return parts.map((part) => part.trim());
}

/**
 * `规章 |` on a line, `0 |` on the next. Where the converter fills rows up (`||||` on a line), a line of bars is filling
 * and ends the row; where it does not, a bar alone is a blank cell.
 */
function readCellsPerLine(lines: readonly TextLine[]): Piece[] {
  const pieces: Piece[] = [];
  let run: RunCell[] = [];
  let pending: TextLine[] = [];
  let startsRow: boolean | undefined;
  const filled = lines.some(({ text }) => /^\s*\|{2,}\s*$/.test(text));
  const flush = () => {
    if (run.length > 0) pieces.push({ kind: 'cells', cells: run, location: placeOf(run) });
    run = [];
    for (const line of pending) pieces.push(line);
    pending = [];
    startsRow = undefined;
  };
  for (const line of lines) {
    const text = line.text.trim();
    if (/^\|+$/.test(text) && (filled || run.length === 0)) {
      if (run.length > 0) startsRow = true;
      continue;
    }
    if (!/\|$/.test(text) || text.length > LONGEST_CELL) {
      if (text !== '') {
        flush();
        pieces.push(line);
      }
      continue;
    }
    // `(勾稽关系…) | 申请人情况 |`: several cells on one line.
    const parts = splitRow(text, filled);
    parts.forEach((part, index) => {
      const first = run.length === 0 || (index === 0 && startsRow === true);
      run.push({
        text: part,
        location: parts.length > 1 ? `line=${line.number};cell=${index + 1}` : `line=${line.number}`,
        reading: 'certain',
        ...(first ? { startsRow: true } : filled && index > 0 ? { startsRow: false } : {}),
      });
    });
    startsRow = undefined;
  }
  flush();
  return pieces;
}

/** The bar stands on a line of its own between two cells; several lines before it are one wrapped cell. */
function readBarsOnTheirOwn(lines: readonly TextLine[]): Piece[] {
  const pieces: Piece[] = [];
  let run: RunCell[] = [];
  let segment: TextLine[] = [];
  const flush = () => {
    if (run.length > 0) pieces.push({ kind: 'cells', cells: run, location: placeOf(run) });
    run = [];
  };
  const push = (cell: readonly TextLine[]) => {
    const texts = cell.map(({ text }) => text.trim());
    run.push({
      text: texts.join('\n'),
      location: `line=${cell[0]?.number ?? 1}`,
      reading: 'certain',
      ...(holdsSeveralNumbers(texts) ? { marks: ['several_paragraphs' as const] } : {}),
    });
  };
  const closeSegment = (barFollows: boolean) => {
    const said = segment.filter(({ text }) => text.trim() !== '');
    const lead = segment.filter(({ text }) => text.trim() === '');
    segment = [];
    if (said.length === 0) {
      // Two bars with nothing between them: a blank cell.
      if (barFollows && run.length > 0) run.push({ text: '', location: placeOf(run), reading: 'certain' });
      else pieces.push(...lead);
      return;
    }
    const title = said.findIndex(({ text }) => isSectionTitle(text));
    if (title < 0 && run.length > 0 && barFollows) {
      push(said);
      return;
    }
    // The last cell of a table may have lost its bar; then its figure stands before the text that follows.
    let rest = said;
    if (run.length > 0 && title !== 0 && isFigure(said[0]?.text ?? '')) {
      push(said.slice(0, 1));
      rest = said.slice(1);
    }
    flush();
    // Before the first bar of a table only the last line is a cell.
    const first = barFollows ? rest.at(-1) : undefined;
    pieces.push(...(first ? rest.slice(0, -1) : rest));
    if (first) push([first]);
  };
  for (const line of lines) {
    if (line.text.trim() === '|') closeSegment(true);
    else segment.push(line);
  }
  closeSegment(false);
  flush();
  return pieces;
}

function placeOf(run: readonly RunCell[]): string {
  return (run[0]?.location ?? 'line=1').replace(/;cell=.*$/, '');
}
