import type { TextLine } from './lines.ts';

/** Pieces of a line this many ems apart stand in different columns; running text has no such gaps. */
const COLUMN_GAP = 1.8;
/** Lines of labels between two lines of figures, at most, within one table. */
const BETWEEN = 8;

const FIGURE = /^[-+—–－/]*[0-9０-９][0-9０-９.,，]*[件宗项条万元]*$/;

/**
 * Lines that look like rows of a table of which the page draws no rules. Where digits wrap or cells are blank, their
 * place alone does not say which row and column they belong to, so such lines stay lines and are marked.
 */
export function tableLines(lines: readonly TextLine[]): ReadonlySet<TextLine> {
  const rows: number[] = [];
  lines.forEach((line, i) => {
    const pieces = columnPieces(line);
    if (pieces.length >= 2 && pieces.some((p) => FIGURE.test(p))) rows.push(i);
  });
  const found = new Set<TextLine>();
  rows.forEach((row, i) => {
    const next = rows[i + 1];
    const end = next !== undefined && next - row <= BETWEEN ? next : row;
    for (let l = row; l <= end; l++) found.add(lines[l]!);
  });
  // One such line may be anything: a form of address, a list of two columns.
  return rows.length >= 2 ? found : new Set();
}

function columnPieces(line: TextLine): string[] {
  const pieces: string[] = [];
  let end = -Infinity;
  for (const box of line.boxes) {
    if (box.x0 - end > COLUMN_GAP * line.size) pieces.push(box.text);
    else pieces[pieces.length - 1] += box.text;
    end = box.x1;
  }
  return pieces;
}
