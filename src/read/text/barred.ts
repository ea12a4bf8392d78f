import type { RunCell } from '../document.ts';
import { isSectionTitle } from '../section-titles.ts';
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
  const alone = lines.filter(({ text }) => text.trim() === '|').length;
  const closing = bars.filter(
    ({ text }) => /\S\s*\|\s*$/.test(text) && !/\|.*\S.*\|/.test(text.trim()),
  ).length;
  if (alone > bars.length / 2) return readBarsOnTheirOwn(lines);
  return closing > bars.length / 2 ? readCellsPerLine(lines) : readRowsPerLine(lines);
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

/** `规章 |` on a line, `0 |` on the next; a line of bars alone ends the row. */
function readCellsPerLine(lines: readonly TextLine[]): Piece[] {
  const pieces: Piece[] = [];
  let run: RunCell[] = [];
  let pending: TextLine[] = [];
  let startsRow: boolean | undefined;
  const seesRowEnds = lines.some(({ text }) => /^\s*\|+\s*$/.test(text));
  const flush = () => {
    if (run.length > 0) pieces.push({ kind: 'cells', cells: run, location: placeOf(run) });
    run = [];
    for (const line of pending) pieces.push(line);
    pending = [];
    startsRow = undefined;
  };
  for (const line of lines) {
    const text = line.text.trim();
    if (/^\|+$/.test(text)) {
      if (seesRowEnds && run.length > 0) startsRow = true;
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
    const parts = splitRow(text, seesRowEnds);
    parts.forEach((part, index) => {
      const first = run.length === 0 || (index === 0 && startsRow === true);
      run.push({
        text: part,
        location: parts.length > 1 ? `line=${line.number};cell=${index + 1}` : `line=${line.number}`,
        reading: 'certain',
        ...(first ? { startsRow: true } : seesRowEnds && index > 0 ? { startsRow: false } : {}),
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
    run.push({
      text: cell.map(({ text }) => text.trim()).join('\n'),
      location: `line=${cell[0]?.number ?? 1}`,
      reading: 'certain',
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
    const title = said.findLastIndex(({ text }) => isSectionTitle(text));
    const outside = title >= 0 || run.length === 0 || !barFollows;
    if (!outside) {
      push(said);
      return;
    }
    // Before the title the table above ends; after it only the last line belongs to the table below.
    let rest = said;
    if (run.length > 0) {
      const end = title >= 0 ? title : said.length;
      const last = said.slice(0, Math.max(title >= 0 ? Math.min(1, end) : 1, 0));
      if (last.length > 0 && title !== 0) push(last);
      rest = said.slice(title === 0 ? 0 : last.length);
    }
    flush();
    const first = barFollows ? rest.pop() : undefined;
    pieces.push(...rest);
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
