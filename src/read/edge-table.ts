import type { Block, Mark, ReadNote, RunCell } from './document.ts';
import { type EdgeCell, type EdgeRow, edgeGrid } from './edge-grid.ts';

/** A cell as its row's definition describes it (DOC: TDefTable, RTF: `\trowd`); edges in twips. */
export interface DefinedCell {
  left: number;
  right: number;
  /** Joined with the cell to its left, which shows the text of both. */
  joinsLeft: boolean;
  joinsAbove: boolean;
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

/**
 * Collects a table from a stream of paragraphs, cell ends and row ends, where each row end comes with the definition
 * of its cells.
 */
export class EdgeTable {
  readonly location: string;
  readonly #rows: ClosedRow[] = [];
  #cells: ClosedCell[] = [];
  #texts: string[] = [];
  #marks = new Set<Mark>();

  /** `number` is the table's place in the document, from 1. */
  constructor(number: number) {
    this.location = `table=${number}`;
  }

  /** A paragraph of the open cell. */
  addParagraph(text: string, marks: Iterable<Mark>): void {
    this.#texts.push(text);
    for (const mark of marks) this.#marks.add(mark);
  }

  closeCell(): void {
    const filled = this.#texts.filter((text) => text.trim() !== '');
    if (filled.length > 1) this.#marks.add('several_paragraphs');
    this.#cells.push({ text: this.#texts.join('\n').trim(), marks: [...this.#marks] });
    this.#dropOpenCell();
  }

  closeRow(defined: readonly DefinedCell[] | null): void {
    // What stands between the last cell's end and the row's end belongs to no cell and is not printed.
    this.#dropOpenCell();
    const cells = this.#cells;
    this.#cells = [];
    const fits = defined !== null && defined.length === cells.length && cells.length > 0;
    this.#rows.push({ cells, edges: fits ? this.#edges(cells, defined) : null });
  }

  /** The table as a grid; as a run of cells where its rows cannot be laid out for certain. */
  finish(notes: ReadNote[]): Block[] {
    const { location } = this;
    if (this.#texts.some((text) => text.trim() !== '')) this.closeCell();
    if (this.#cells.length > 0) this.#rows.push({ cells: this.#cells, edges: null });
    if (this.#rows.length === 0) return [];
    const rows: EdgeRow[] = [];
    for (const row of this.#rows) if (row.edges) rows.push(row.edges);
    const grid = rows.length === this.#rows.length ? edgeGrid(rows, location) : null;
    if (grid) return [grid];
    notes.push({
      code: 'table_without_geometry',
      detail: 'The definition of a row does not fit its cells; the table is read as a run of cells.',
      location,
    });
    return [{ kind: 'cells', cells: this.#run(), location }];
  }

  #dropOpenCell(): void {
    this.#texts = [];
    this.#marks = new Set();
  }

  #edges(cells: readonly ClosedCell[], defined: readonly DefinedCell[]): EdgeRow {
    const row = this.#rows.length + 1;
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
        location: `${this.location};row=${row};cell=${edges.length + 1}`,
      });
    }
    return edges;
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
