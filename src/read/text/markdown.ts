import type { Grid, GridCell, RunCell } from '../document.ts';
import { isFigure } from './figure.ts';
import type { TextLine } from './lines.ts';
import type { Piece } from './text.ts';

const ROW = /^\s*\|.*\|\s*$/;
const FEWEST_ROWS = 4;
const RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/**
 * Pipe tables: consecutive rows that begin and end with a bar, in Markdown with a rule of dashes below the first. A grid
 * where every row has as many cells and they kept their columns; otherwise a run of cells, for converters push cells to
 * the left and fill up on the right where the original had merged ones.
 */
export function readMarkdownTables(lines: readonly TextLine[]): Piece[] {
  const pieces: Piece[] = [];
  for (let index = 0; index < lines.length; index++) {
    const head = lines[index] as TextLine;
    const rule = lines[index + 1];
    if (!rule || !ROW.test(head.text)) {
      pieces.push(head);
      continue;
    }
    const ruled = isRule(rule.text);
    const rows: TableLine[] = [{ line: head, cells: splitRow(head.text) }];
    let end = index + (ruled ? 2 : 1);
    for (; end < lines.length; end++) {
      const line = lines[end] as TextLine;
      const next = lines[end + 1];
      if (!ROW.test(line.text) || isRule(line.text)) break;
      // The next table may follow without an empty line; its header is known by the rule below it.
      if (next && isRule(next.text)) break;
      rows.push({ line, cells: splitRow(line.text) });
    }
    const width = ruled ? splitRow(rule.text).length : (rows[0]?.cells.length ?? 0);
    const even = rows.length > 1 && rows.every(({ cells }) => cells.length === width);
    const keptColumns = even && ((ruled && namesColumns(rows[0]?.cells ?? [])) || isInPlace(rows));
    // Without a rule below the head a few lines with bars at both ends may be anything.
    if (!ruled && !keptColumns && !(even && rows.length >= FEWEST_ROWS)) {
      pieces.push(head);
      continue;
    }
    pieces.push(keptColumns ? toGrid(rows, width) : toRun(rows));
    index = end - 1;
  }
  return pieces;
}

interface TableLine {
  readonly line: TextLine;
  readonly cells: readonly string[];
}

/** Blank cells stand left of others, and in no row with a figure do all of them stand at its end: none was pushed. */
function isInPlace(rows: readonly TableLine[]): boolean {
  const begins = rows.some(({ cells }) => cells[0] === '' && cells.at(-1) !== '');
  const pushed = rows.some(({ cells }) => {
    const filled = cells.indexOf('');
    return (
      filled > 1 &&
      cells.slice(filled).every((cell) => cell === '') &&
      cells.slice(0, filled).some((cell) => isFigure(cell))
    );
  });
  return begins && !pushed;
}

function isRule(text: string): boolean {
  return text.includes('-') && text.includes('|') && RULE.test(text);
}

/** A head that names its columns: not filled up on the right, and no figures, which would make it a row like others. */
function namesColumns(cells: readonly string[]): boolean {
  return cells.at(-1) !== '' && !cells.some((cell) => /^[+\-−－]?[\d０-９][\d０-９,，.]*$/.test(cell));
}

function toGrid(rows: readonly TableLine[], columns: number): Grid {
  const cells: GridCell[] = [];
  rows.forEach(({ line, cells: texts }, row) => {
    texts.forEach((text, column) => {
      cells.push({
        row,
        column,
        rowSpan: 1,
        columnSpan: 1,
        text,
        location: `line=${line.number};cell=${column + 1}`,
        reading: 'certain',
      });
    });
  });
  return { kind: 'grid', rows: rows.length, columns, cells, location: `line=${rows[0]?.line.number ?? 1}` };
}

function toRun(rows: readonly TableLine[]): Piece {
  const cells: RunCell[] = rows.flatMap(({ line, cells: texts }) =>
    texts.map((text, column) => ({
      text,
      location: `line=${line.number};cell=${column + 1}`,
      reading: 'certain' as const,
      startsRow: column === 0,
    })),
  );
  return { kind: 'cells', cells, location: `line=${rows[0]?.line.number ?? 1}` };
}

/** Cells of a row; `\|` is a bar inside a cell, `<br>` a line break (GitHub Flavored Markdown, 4.10). */
function splitRow(text: string): string[] {
  const inner = text
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) =>
    cell
      .trim()
      .replaceAll('\\|', '|')
      .replace(/<br\s*\/?>/gi, '\n')
      .replace(/^\*\*(.*)\*\*$/s, '$1'),
  );
}
