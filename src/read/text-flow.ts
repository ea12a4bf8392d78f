import {
  type Block,
  type Mark,
  type Paragraph,
  ReadError,
  type ReadLimits,
  type ReadNote,
} from './document.ts';
import { type DefinedCell, EdgeTable, type LostOn } from './edge-table.ts';

/** Counted over all stories of a document, so that places are unique. */
export interface FlowCounts {
  paragraphs: number;
  tables: number;
  cells: number;
}

/**
 * Builds the blocks of a text (main text, footnote, text box) from what word processors write one after the other:
 * paragraphs, each at a depth of tables (0 outside), and ends of cells and rows at such a depth.
 */
export class TextFlow {
  readonly blocks: Block[] = [];
  readonly #tables: EdgeTable[] = [];
  readonly #counts: FlowCounts;
  readonly #limits: ReadLimits;
  readonly #notes: ReadNote[];

  constructor(counts: FlowCounts, limits: ReadLimits, notes: ReadNote[]) {
    this.#counts = counts;
    this.#limits = limits;
    this.#notes = notes;
  }

  /** Where the next piece at this depth stands. */
  location(depth: number): string {
    const table = this.#tables[depth - 1];
    if (depth > 0) return table ? table.location : `table=${this.#counts.tables + 1}`;
    return `paragraph=${this.#counts.paragraphs + 1}`;
  }

  paragraph(
    depth: number,
    text: string,
    marks: readonly Mark[],
    role: Paragraph['role'] | null,
    isLostOn: LostOn | null = null,
  ): void {
    if (depth > 0) {
      this.#tableAt(depth).addParagraph(text, marks, isLostOn);
      return;
    }
    this.#leaveTables(0);
    this.#counts.paragraphs += 1;
    if (text.trim() === '') return;
    this.blocks.push({
      kind: 'paragraph',
      text,
      location: `paragraph=${this.#counts.paragraphs}`,
      reading: 'certain',
      ...(role ? { role } : {}),
      ...(marks.length > 0 ? { marks } : {}),
    });
  }

  /** Throws `too_large` beyond the limit of cells. */
  endCell(depth: number): void {
    this.#tableAt(depth).closeCell();
    this.#counts.cells += 1;
    if (this.#counts.cells > this.#limits.cells)
      throw new ReadError('too_large', `The document has more than ${this.#limits.cells} table cells.`);
  }

  endRow(depth: number, defined: readonly DefinedCell[] | null): void {
    this.#tableAt(depth).closeRow(defined);
  }

  end(): void {
    this.#leaveTables(0);
  }

  #tableAt(depth: number): EdgeTable {
    const bounded = Math.min(depth, this.#limits.nesting);
    this.#leaveTables(bounded);
    while (this.#tables.length < bounded) this.#tables.push(new EdgeTable(++this.#counts.tables));
    return this.#tables[bounded - 1]!;
  }

  #leaveTables(depth: number): void {
    while (this.#tables.length > depth) {
      const table = this.#tables.pop()!;
      const outer = this.#tables.at(-1);
      if (outer) outer.addTable(table);
      else table.finish(this.blocks, this.#notes);
    }
  }
}
