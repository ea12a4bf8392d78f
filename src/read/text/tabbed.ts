import type { Chart, GridCell, RunCell } from '../document.ts';
import { holdsSeveralNumbers } from '../table/several-numbers.ts';
import type { TextLine } from './lines.ts';
import type { Piece } from './text.ts';

/**
 * Tables written with tabs. Either a tab opens each cell, a line without one goes on in the same cell and an empty line
 * ends the row (dumps of Word files), or a line is a row and tabs stand between its cells (copied from a spreadsheet or
 * a page).
 */
export function readTabbed(lines: readonly TextLine[]): Piece[] {
  const opening = lines.filter(({ text }) => /^\t[^\t]*$/.test(text)).length;
  const between = lines.filter(({ text }) => /[^\t]\t/.test(text)).length;
  if (opening + between < 2) return [...lines];
  return opening > between * 2 ? readOpened(lines) : readSeparated(lines);
}

function readOpened(lines: readonly TextLine[]): Piece[] {
  const pieces: Piece[] = [];
  let run: { texts: string[]; number: number; startsRow: boolean }[] = [];
  let inCell = false;
  let rowEnded = true;
  let empty = 0;
  const flush = () => {
    if (run.length === 0) return;
    const cells: RunCell[] = run.map(({ texts, number, startsRow }) => ({
      text: texts.join('\n'),
      location: `line=${number}`,
      reading: 'certain',
      startsRow,
      ...(holdsSeveralNumbers(texts) ? { marks: ['several_paragraphs' as const] } : {}),
    }));
    pieces.push({ kind: 'cells', cells, location: `line=${run[0]?.number ?? 1}` });
    run = [];
  };
  for (const line of lines) {
    const { text, number } = line;
    if (text.startsWith('\t')) {
      for (const part of text.slice(1).split('\t')) {
        run.push({ texts: [part], number, startsRow: rowEnded });
        rowEnded = false;
      }
      inCell = true;
      empty = 0;
    } else if (text === '') {
      inCell = false;
      rowEnded = true;
      // One empty line ends a row, two end the table.
      if (++empty > 1) flush();
    } else if (inCell) {
      run.at(-1)?.texts.push(text);
    } else {
      flush();
      empty = 0;
      const charts = text.includes('\t') ? readChartLine(text.split('\t'), number) : [];
      if (charts.length > 0) pieces.push(...charts);
      else pieces.push(line);
    }
  }
  flush();
  return pieces;
}

/**
 * Cached values of charts, all in one line at the end of such a dump: a title, the categories, then as many numbers;
 * the numbers of a chart may be missing.
 */
function readChartLine(cells: readonly string[], number: number): Chart[] {
  const tokens = cells.map((token) => token.trim());
  while (tokens.at(-1) === '') tokens.pop();
  const charts: Chart[] = [];
  let at = 0;
  while (at < tokens.length) {
    const words: string[] = [];
    while (at < tokens.length && !isNumber(tokens[at])) words.push(tokens[at++] as string);
    const values: number[] = [];
    while (at < tokens.length && isNumber(tokens[at])) values.push(Number(tokens[at++]));
    const [title, ...categories] = words;
    if (title === undefined || categories.length === 0) return [];
    if (values.length > 0 && values.length !== categories.length) return [];
    charts.push({
      title,
      categories,
      series: [{ name: null, values: values.length > 0 ? values : categories.map(() => null) }],
      location: `line=${number};chart=${charts.length + 1}`,
    });
  }
  return charts;
}

function isNumber(token: string | undefined): boolean {
  return token !== undefined && /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(token);
}

function readSeparated(lines: readonly TextLine[]): Piece[] {
  const pieces: Piece[] = [];
  let rows: { number: number; cells: string[] }[] = [];
  const flush = () => {
    if (rows.length === 0) return;
    const [first] = rows;
    const charts = rows.length === 1 && first ? readChartLine(first.cells, first.number) : [];
    if (charts.length > 0) {
      pieces.push(...charts);
      rows = [];
      return;
    }
    const width = rows[0]?.cells.length ?? 0;
    const location = `line=${rows[0]?.number ?? 1}`;
    if (rows.length > 1 && rows.every(({ cells }) => cells.length === width)) {
      const cells: GridCell[] = rows.flatMap(({ number, cells }, row) =>
        cells.map((text, column) => ({
          row,
          column,
          rowSpan: 1,
          columnSpan: 1,
          text: text.trim(),
          location: `line=${number};cell=${column + 1}`,
          reading: 'certain' as const,
        })),
      );
      pieces.push({ kind: 'grid', rows: rows.length, columns: width, cells, location });
    } else {
      const cells: RunCell[] = rows.flatMap(({ number, cells }) =>
        cells.map((text, column) => ({
          text: text.trim(),
          location: `line=${number};cell=${column + 1}`,
          reading: 'certain' as const,
          startsRow: column === 0,
        })),
      );
      pieces.push({ kind: 'cells', cells, location });
    }
    rows = [];
  };
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as TextLine;
    if (/\t/.test(line.text) && line.text.trim() !== '')
      rows.push({ number: line.number, cells: line.text.split('\t') });
    else if (line.text.trim() === '' && rows.length > 0 && /\t/.test(lines[index + 1]?.text ?? '')) continue;
    else {
      flush();
      pieces.push(line);
    }
  }
  flush();
  return pieces;
}
