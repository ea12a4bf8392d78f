import { isSectionTitle } from '../../article/section-titles.ts';
import type { RunCell } from '../document.ts';
import { isFigure } from './figure.ts';
import type { TextLine } from './lines.ts';
import type { Piece } from './text.ts';

/**
 * Tables laid out with spaces. Two spaces or more, or a full-width space between figures, separate cells with
 * certainty; a single space does not (`1 295` is one number), and such lines stay text.
 */
export function readSpaced(lines: readonly TextLine[]): Piece[] {
  const rows = lines.map(splitRow);
  const tabular = rows.filter((row) => row?.some(isFigure)).length;
  if (tabular < 3) return [...lines];
  const pieces: Piece[] = [];
  for (let index = 0; index < lines.length; index++) {
    const end = endOfTable(lines, rows, index);
    if (end === index) {
      pieces.push(lines[index] as TextLine);
      continue;
    }
    const cells: RunCell[] = [];
    for (const [offset, line] of lines.slice(index, end).entries()) {
      const texts = rows[index + offset] ?? [line.text.trim()];
      texts.forEach((text, cell) => {
        if (text === '') return;
        cells.push({
          text,
          location: `line=${line.number};cell=${cell + 1}`,
          reading: 'certain',
          startsRow: cell === 0,
        });
      });
    }
    pieces.push({ kind: 'cells', cells, location: `line=${lines[index]?.number ?? 1}` });
    index = end - 1;
  }
  return pieces;
}

/** A row of one cell (`第二十条第（一）项`, a wrapped label, a row whose other cells are blank) is at most this long. */
const LONGEST_SINGLE = 44;
const MOST_SINGLES = 30;
const MOST_AT_END = 3;

/** The index after the last line of the table that begins at `start`; `start` itself where none does. */
function endOfTable(lines: readonly TextLine[], rows: readonly (string[] | null)[], start: number): number {
  const first = nextRow(lines, rows, start);
  if (first < 0) return start;
  let end = first + 1;
  for (let next = nextRow(lines, rows, end); next >= 0; next = nextRow(lines, rows, end)) end = next + 1;
  // A table may end with rows whose figures are blank; the title of the next section tells that they are rows.
  let after = end;
  while (after < lines.length && after < end + MOST_AT_END && isSingle(lines[after])) after++;
  if (isSectionTitle(lines[after]?.text ?? '')) end = after;
  const figures = rows.slice(start, end).filter((row) => row?.some(isFigure)).length;
  return figures > 0 ? end : start;
}

function nextRow(lines: readonly TextLine[], rows: readonly (string[] | null)[], from: number): number {
  for (let index = from; index < lines.length && index <= from + MOST_SINGLES; index++) {
    if (rows[index]) return index;
    if (!isSingle(lines[index])) return -1;
  }
  return -1;
}

function isSingle(line: TextLine | undefined): boolean {
  const text = line?.text.trim() ?? '';
  return text !== '' && text.length <= LONGEST_SINGLE && !/[。；：:]$/.test(text) && !isSectionTitle(text);
}

function splitRow({ text }: TextLine): string[] | null {
  if (text.length > 600) return null;
  const cells = text.trim().split(/ {2,}|\u3000{2,}/);
  if (cells.length < 2) return null;
  // Spaces for indentation and between sentences make no table.
  return cells.some((cell) => cell.length > 60 || /[。；]/.test(cell)) ? null : cells;
}
