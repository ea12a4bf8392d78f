import type { Block, Mark, ReadNote, RunCell } from '../document.ts';
import { type EdgeCell, type EdgeRow, edgeGrid } from '../edge-grid.ts';
import type { ParagraphText } from './paragraphs.ts';
import { definedCells } from './table-row.ts';

interface OpenCell {
  readonly texts: string[];
  readonly marks: Set<Mark>;
}

interface ClosedCell {
  readonly text: string;
  readonly marks: readonly Mark[];
}

interface ClosedRow {
  readonly cells: readonly ClosedCell[];
  /** Null where the row's definition is missing or does not fit its cells. */
  readonly edges: EdgeRow | null;
}

/** Collects the paragraphs of one table and makes a grid of them. */
export class TableBuilder {
  readonly location: string;
  readonly #rows: ClosedRow[] = [];
  #cells: ClosedCell[] = [];
  #open: OpenCell = emptyCell();

  /** `number` is the table's place in the document, from 1. */
  constructor(number: number) {
    this.location = `table=${number}`;
  }

  /** Takes the next paragraph; returns how many cells it closed. */
  add(paragraph: ParagraphText): number {
    if (paragraph.closes === 'row') {
      this.#closeRow(paragraph.groups);
      return 0;
    }
    if (paragraph.depth > 1) this.#open.marks.add('nested_table');
    if (paragraph.closes !== 'inner_row') {
      for (const mark of paragraph.marks) this.#open.marks.add(mark);
      this.#open.texts.push(paragraph.text);
    }
    if (paragraph.closes !== 'cell') return 0;
    this.#closeCell();
    return 1;
  }

  /** The table as a grid; as a run of cells where its rows cannot be laid out for certain. */
  finish(notes: ReadNote[]): Block[] {
    const { location } = this;
    if (this.#open.texts.some((text) => text.trim() !== '')) this.#closeCell();
    if (this.#cells.length > 0) this.#rows.push({ cells: this.#cells, edges: null });
    const rows: EdgeRow[] = [];
    for (const row of this.#rows) if (row.edges) rows.push(row.edges);
    if (rows.length === 0 && this.#rows.length === 0) return [];
    const grid = rows.length === this.#rows.length ? edgeGrid(rows, location) : null;
    if (grid) return [grid];
    notes.push({
      code: 'table_without_geometry',
      detail: 'The definition of a row does not fit its cells; the table is read as a run of cells.',
      location,
    });
    return [{ kind: 'cells', cells: this.#run(), location }];
  }

  #closeCell(): void {
    const filled = this.#open.texts.filter((text) => text.trim() !== '');
    if (filled.length > 1) this.#open.marks.add('several_paragraphs');
    this.#cells.push({ text: this.#open.texts.join('\n').trim(), marks: [...this.#open.marks] });
    this.#open = emptyCell();
  }

  #closeRow(groups: readonly Uint8Array[]): void {
    // What stands between the last cell mark and the row's end belongs to no cell and is not printed.
    this.#open = emptyCell();
    const cells = this.#cells;
    this.#cells = [];
    const defined = definedCells(groups);
    const number = this.#rows.length + 1;
    if (!defined || defined.length !== cells.length) {
      this.#rows.push({ cells, edges: null });
      return;
    }
    const edges: EdgeCell[] = [];
    for (const [index, cell] of cells.entries()) {
      const shape = defined[index]!;
      const last = edges.at(-1);
      if (shape.joinsLeft && last) {
        edges[edges.length - 1] = { ...last, right: shape.right };
        continue;
      }
      edges.push({
        left: shape.left,
        right: shape.right,
        joinsAbove: shape.joinsAbove,
        ...cell,
        location: `${this.location};row=${number};cell=${edges.length + 1}`,
      });
    }
    this.#rows.push({ cells, edges });
  }

  #run(): RunCell[] {
    const run: RunCell[] = [];
    for (const [row, { cells, edges }] of this.#rows.entries()) {
      for (const [index, cell] of cells.entries()) {
        // Without a definition it is not known whether a blank is a cell of its own or the covered part of another.
        const uncertain = cell.text === '' && edges === null;
        const marks: Mark[] = uncertain ? [...cell.marks, 'boundary_uncertain'] : [...cell.marks];
        run.push({
          text: cell.text,
          location: `${this.location};row=${row + 1};cell=${index + 1}`,
          reading: 'certain',
          startsRow: index === 0,
          ...(marks.length > 0 ? { marks } : {}),
        });
      }
    }
    return run;
  }
}

function emptyCell(): OpenCell {
  return { texts: [], marks: new Set() };
}
