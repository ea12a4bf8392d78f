import type { Block, CellRun, Mark, ReadNote, RunCell } from './document.ts';
import { type EdgeCell, type EdgeRow, edgeGrid } from './edge-grid.ts';
import { emitTable, type Line, type RawTable } from './table/raw-table.ts';

/** A cell as its row's definition describes it (DOC: TDefTable, RTF: `\trowd`); edges in twips. */
export interface DefinedCell {
  left: number;
  right: number;
  /** Joined with the cell to its left, which shows the text of both. */
  joinsLeft: boolean;
  joinsAbove: boolean;
  /** What stands behind its text, where the row says so. */
  ground?: CellGround;
}

/** A colour as 0xrrggbb, `other` for a pattern, null for what is around. */
export type CellGround = number | 'other' | null;

/** Whether the digits of a paragraph, whose marks are those on paper, cannot be told from a ground. */
export type LostOn = (ground: CellGround) => boolean;

interface ClosedCell {
  readonly items: (Line | RawTable)[];
  readonly marks: ReadonlySet<Mark>;
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
  #items: (Line | RawTable)[] = [];
  #marks = new Set<Mark>();
  readonly #lostOn = new WeakMap<Line | RawTable, LostOn>();

  /** `number` is the table's place in the document, from 1. */
  constructor(number: number) {
    this.location = `table=${number}`;
  }

  /** A paragraph of the open cell. */
  addParagraph(text: string, marks: readonly Mark[], isLostOn: LostOn | null = null): void {
    const location = `${this.location};row=${this.#rows.length + 1};cell=${this.#cells.length + 1}`;
    const line: Line = { kind: 'line', text: text.trim(), location, marks };
    this.#items.push(line);
    if (isLostOn) this.#lostOn.set(line, isLostOn);
  }

  /** A table within the open cell; one that cannot be laid out becomes lines. */
  addTable(inner: EdgeTable): void {
    const table = inner.#laidOut();
    if (table) {
      this.#items.push(table);
      return;
    }
    this.#marks.add('nested_table');
    for (const { cells } of inner.#rows) for (const { items } of cells) this.#items.push(...items);
  }

  closeCell(): void {
    this.#cells.push({ items: this.#items, marks: this.#marks });
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

  /** Adds the table to the blocks: as a grid, or as a run of cells where its rows cannot be laid out for certain. */
  finish(blocks: Block[], notes: ReadNote[]): void {
    const table = this.#laidOut();
    if (table) emitTable(table, 'certain', blocks);
    else if (this.#rows.length > 0) {
      blocks.push(this.#run());
      notes.push({
        code: 'table_without_geometry',
        detail: 'The definition of a row does not fit its cells; the table is read as a run of cells.',
        location: this.location,
      });
    }
  }

  #laidOut(): RawTable | null {
    if (this.#items.some((item) => item.kind === 'table' || item.text !== '')) this.closeCell();
    if (this.#cells.length > 0) this.closeRow(null);
    const rows: EdgeRow[] = [];
    for (const row of this.#rows) if (row.edges) rows.push(row.edges);
    return rows.length === this.#rows.length && rows.length > 0 ? edgeGrid(rows, this.location) : null;
  }

  #dropOpenCell(): void {
    this.#items = [];
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
        items: this.#on(shape.ground ?? null, cell.items),
        location: `${this.location};row=${row};cell=${edges.length + 1}`,
      });
    }
    return edges;
  }

  #on(ground: CellGround, items: (Line | RawTable)[]): (Line | RawTable)[] {
    if (ground === null) return items;
    return items.map((item) => {
      const isLostOn = this.#lostOn.get(item);
      if (item.kind === 'table' || !isLostOn) return item;
      const marks = item.marks.filter((mark) => mark !== 'overlapping');
      return { ...item, marks: isLostOn(ground) ? [...marks, 'overlapping'] : marks };
    });
  }

  #run(): CellRun {
    const run: RunCell[] = [];
    for (const [row, { cells, edges }] of this.#rows.entries()) {
      for (const [index, cell] of cells.entries()) {
        const marks = new Set(cell.marks);
        const lines: string[] = [];
        for (const item of cell.items) {
          if (item.kind === 'table') marks.add('nested_table');
          else {
            for (const mark of item.marks) marks.add(mark);
            if (item.text !== '') lines.push(item.text);
          }
        }
        if (lines.length > 1) marks.add('several_paragraphs');
        // Without a definition it is not known whether a blank is a cell of its own or the covered part of another.
        if (lines.length === 0 && edges === null) marks.add('boundary_uncertain');
        run.push({
          text: lines.join('\n'),
          location: `${this.location};row=${row + 1};cell=${index + 1}`,
          reading: 'certain',
          startsRow: index === 0,
          ...(marks.size > 0 ? { marks: [...marks] } : {}),
        });
      }
    }
    return { kind: 'cells', cells: run, location: this.location };
  }
}

/** A row says only at its end what stands behind its cells: what was in doubt for being white is seen. */
