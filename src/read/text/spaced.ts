import type { RunCell } from '../document.ts';
import type { TextLine } from './lines.ts';
import type { Piece } from './text.ts';

/**
 * Tables laid out with spaces. Two spaces or more, or a full-width space between figures, separate cells with
 * certainty; a single space does not (`1 295` is one number), and such lines stay text.
 */
export function readSpaced(lines: readonly TextLine[]): Piece[] {
  const rows = lines.map(splitRow);
  const tabular = rows.filter((row) => row?.some(({ text }) => isFigure(text))).length;
  if (tabular < 3) return [...lines];
  const pieces: Piece[] = [];
  let run: RunCell[] = [];
  const flush = () => {
    if (run.length > 0)
      pieces.push({ kind: 'cells', cells: run, location: run[0]?.location.replace(/;.*/, '') ?? 'line=1' });
    run = [];
  };
  lines.forEach((line, index) => {
    const row = rows[index];
    if (!row) {
      // A line of labels alone inside the table (a heading row, a wrapped label) is a row of one cell.
      const inside =
        run.length > 0 && line.text.trim() !== '' && line.text.trim().length <= 40 && rows[index + 1];
      if (!inside || !/^\s{2,}\S/.test(line.text)) {
        if (line.text.trim() !== '') flush();
        pieces.push(line);
        return;
      }
    }
    (row ?? [{ text: line.text.trim(), column: 0 }]).forEach(({ text }, cell) => {
      run.push({
        text,
        location: `line=${line.number};cell=${cell + 1}`,
        reading: 'certain',
        startsRow: cell === 0,
      });
    });
  });
  flush();
  return pieces;
}

function splitRow({ text }: TextLine): { text: string; column: number }[] | null {
  const cells: { text: string; column: number }[] = [];
  const pattern = /\S+(?: \S+)*/g;
  for (let match = pattern.exec(text); match; match = pattern.exec(text))
    cells.push({ text: match[0], column: match.index });
  if (cells.length < 2 || text.length > 400) return null;
  // Spaces for indentation and between sentences make no table.
  if (cells.some((cell) => cell.text.length > 60 || /[。；]/.test(cell.text))) return null;
  return cells;
}

function isFigure(text: string): boolean {
  return /^[+\-−－增减]?[\d０-９][\d０-９,，.]*(?:[万元件条]+)?$/.test(text);
}
