import type { FlowItem } from './flow.ts';
import { coverage, flow } from './flow.ts';
import type { PrintedCell, ReportRecord, TableModel } from './record.ts';

/** How a table fell into plain text. */
export type TextLayout =
  /** A tab opens a cell, a line without one goes on in it, an empty line ends the row. */
  | 'tabbed cells'
  /** One cell a line, closed by `|`. */
  | 'cell lines'
  /** The cell on one line, its `|` on the next. */
  | 'cell and bar lines'
  /** `a | b |`, one row a line; merged cells once. */
  | 'bars'
  /** `| a | b |` with every position of the grid, the rest of merged cells empty. */
  | 'bars everywhere'
  /** `bars everywhere` with the delimiter row of Markdown under the first row. */
  | 'markdown'
  /** One row a line, cells set apart by tabs, every position of the grid. */
  | 'tabs'
  /** Columns aligned with spaces. */
  | 'spaces'
  /** One cell a paragraph; blank cells leave nothing. */
  | 'paragraphs'
  /** Nothing between cells, rows or words. */
  | 'run together';

export const TEXT_LAYOUTS: readonly TextLayout[] = [
  'tabbed cells',
  'cell lines',
  'cell and bar lines',
  'bars',
  'bars everywhere',
  'markdown',
  'tabs',
  'spaces',
  'paragraphs',
  'run together',
];

/**
 * Whether the layout lost the boundaries or the number of cells, or prints a table of another shape than the form's
 * without showing where its columns are: a table may then be refused, or its cells be `inferred` or unreadable.
 */
export function losesCells(layout: TextLayout, record: ReportRecord): boolean {
  switch (layout) {
    case 'run together':
      return true;
    case 'tabs':
      // A line of nothing but tabs is an empty line.
      return hasBlanks(record);
    case 'bars everywhere':
    case 'markdown':
      // Pushed to the left or not: five cells in a row, and a row full of labels, do not tell.
      return Object.values(record.tables).some((t) => t.layout.threeTables || t.layout.resultsCutBefore);
    case 'tabbed cells':
    case 'bars':
    case 'cell and bar lines':
      return hasOwnShape(record);
    case 'cell lines':
    case 'paragraphs':
      // A blank cell leaves a bar that may also fill up a row, or nothing.
      return hasOwnShape(record) || hasBlanks(record);
    case 'spaces':
      // A blank cell leaves its width; a row of nothing but words may be a line of text.
      return hasOwnShape(record) || hasBlanks(record) || hasWords(record);
  }
}

function hasOwnShape(record: ReportRecord): boolean {
  return Object.values(record.tables).some((t) => Object.keys(t.layout).length > 0);
}

function hasBlanks(record: ReportRecord): boolean {
  return hasState(record, 'blank');
}

function hasWords(record: ReportRecord): boolean {
  return hasState(record, 'text');
}

function hasState(record: ReportRecord, state: PrintedCell['state']): boolean {
  return Object.values(record.tables).some((t) => Object.values(t.cells).some((c) => c.state === state));
}

export function renderText(record: ReportRecord, layout: TextLayout): string {
  const items = flow(record);
  if (layout === 'run together') {
    return `${items.map((item) => runTogether(item)).join('')}\n`;
  }
  return `${items
    .map((item) => {
      if (item.kind === 'table') return table(item.model, layout);
      if (item.kind === 'chart') {
        const { title, categories, values } = item.chart;
        return `${title}\t${categories.join('\t')}\t${values.join('\t')}\n`;
      }
      return layout === 'paragraphs' ? `${item.text}\n` : item.text;
    })
    .join('\n')}\n`;
}

function runTogether(item: FlowItem): string {
  if (item.kind === 'chart') return '';
  if (item.kind !== 'table') return item.text;
  return item.model.rows.map((cells) => cells.map((c) => c.text.replace(/\s/g, '')).join('')).join('');
}

function table(model: TableModel, layout: TextLayout): string {
  switch (layout) {
    case 'tabbed cells':
      return `${tabbedRows(model)
        .map((cells) => cells.map((text) => `\t${text}\n`).join(''))
        .join('\n')}\n`;
    case 'cell lines':
      return model.rows.flatMap((cells) => cells.map((c) => `${oneLine(c.text)} |`.trim())).join('\n');
    case 'cell and bar lines':
      return model.rows.flatMap((cells) => cells.map((c) => `${c.text}\n|`)).join('\n');
    case 'bars':
      return model.rows.map((cells) => `${cells.map((c) => oneLine(c.text)).join(' | ')} |`).join('\n');
    case 'bars everywhere':
      return everywhere(model).map(barred).join('\n');
    case 'markdown': {
      const [first = [], ...rest] = everywhere(model);
      return ['', barred(first), `|${'---|'.repeat(model.columns)}`, ...rest.map(barred), ''].join('\n');
    }
    case 'tabs':
      return everywhere(model)
        .map((cells) => cells.join('\t'))
        .join('\n');
    case 'spaces':
      return aligned(model);
    case 'paragraphs':
      return model.rows
        .flat()
        .filter((c) => c.text.trim() !== '')
        .map((c) => `${oneLine(c.text)}\n`)
        .join('\n');
    case 'run together':
      throw new RangeError('run-together text has no table of its own');
  }
}

/** Where a cell merged downwards goes on, one empty cell stands for it, however many columns it is wide. */
function tabbedRows(model: TableModel): string[][] {
  return coverage(model).map((positions, r) => {
    const cells: string[] = [];
    for (let c = 0; c < positions.length; ) {
      const { cell, row, column } = positions[c]!;
      cells.push(row === r ? cell.text : '');
      c = column + cell.columnSpan;
    }
    return cells;
  });
}

function everywhere(model: TableModel): string[][] {
  return coverage(model).map((positions, r) =>
    positions.map(({ cell, row, column }, c) => (row === r && column === c ? oneLine(cell.text) : '')),
  );
}

function barred(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Each row a line; numbers right-aligned at the end of their column, as `pdftotext -layout` prints. */
function aligned(model: TableModel): string {
  const grid = coverage(model);
  const widths = new Array<number>(model.columns).fill(4);
  model.rows.forEach((_, r) => {
    grid[r]!.forEach(({ cell, row, column }, c) => {
      if (row !== r || column !== c) return;
      const share = Math.ceil((displayWidth(oneLine(cell.text)) + 3) / cell.columnSpan);
      for (let i = c; i < c + cell.columnSpan; i += 1) widths[i] = Math.max(widths[i]!, share);
    });
  });
  return grid
    .map((positions, r) => {
      let line = '';
      for (let c = 0; c < positions.length; ) {
        const { cell, row, column } = positions[c]!;
        const span = widths.slice(column, column + cell.columnSpan).reduce((a, b) => a + b, 0);
        const text = row === r ? oneLine(cell.text) : '';
        line += `${text}${' '.repeat(Math.max(2, span - displayWidth(text)))}`;
        c = column + cell.columnSpan;
      }
      return line.trimEnd();
    })
    .join('\n');
}

function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) {
    const point = char.codePointAt(0)!;
    width += point >= 0x200b && point <= 0x200d ? 0 : point >= 0x2e80 ? 2 : 1;
  }
  return width;
}

/** Text tools drop the line breaks of a cell, or set a space. */
function oneLine(text: string): string {
  return text.replace(/\n/g, '').trim();
}
