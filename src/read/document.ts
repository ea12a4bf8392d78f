/**
 * What every reader returns: the pieces of a document in reading order, each with the place where a person finds it.
 * A reader knows nothing of the statutory form; it reports what the document shows, and says where it is unsure.
 */

import type { ScannedPage } from './scan/scanned-page.ts';

export type Container =
  | 'html'
  | 'docx'
  | 'doc'
  | 'rtf'
  | 'odt'
  | 'pdf'
  | 'ofd'
  | 'text'
  | 'spreadsheet'
  | 'picture'
  | 'archive';

/**
 * Where a piece stands, as dataset.md prints it: `page=3;bbox=72.0,100.5,180.2,118.0` (points, origin top left),
 * `table=2;row=7;cell=5` (from 1), `paragraph=12`, `line=40`, or a CSS path.
 */
export type Location = string;

/** How sure the reader is of the characters themselves. */
export type Reading = 'certain' | 'inferred' | 'ocr';

/**
 * Something in a cell or paragraph that must not be taken at face value. A number cell that carries one of these
 * (but `footnote_mark`, already left out of the text) is not a safe number.
 */
export type Mark =
  | 'superscript'
  | 'subscript'
  | 'struck'
  | 'several_paragraphs'
  | 'footnote_mark'
  | 'clipped'
  | 'overlapping'
  | 'nested_table'
  | 'picture'
  | 'low_confidence'
  | 'boundary_uncertain';

export interface Paragraph {
  readonly kind: 'paragraph';
  readonly text: string;
  readonly location: Location;
  readonly reading: Reading;
  /** `heading` where the container says so (a style, `<h2>`), never by guess. */
  readonly role?: 'title' | 'heading' | 'footnote' | 'header' | 'footer';
  readonly marks?: readonly Mark[];
}

/** A cell at its origin. Rows and columns count from 0; spans are clamped to the grid. */
export interface GridCell {
  readonly row: number;
  readonly column: number;
  readonly rowSpan: number;
  readonly columnSpan: number;
  /** Lines of a cell are joined with `\n`; the text is otherwise as printed. */
  readonly text: string;
  readonly location: Location;
  readonly reading: Reading;
  readonly marks?: readonly Mark[];
  /** For OCR: other readings that the picture admits, best first, without the one in `text`. */
  readonly alternatives?: readonly string[];
  /** For OCR: 0 to 1. */
  readonly score?: number;
}

/** A table whose geometry is known: every position is covered by at most one cell. */
export interface Grid {
  readonly kind: 'grid';
  readonly rows: number;
  readonly columns: number;
  /** In row-major order of their origins. */
  readonly cells: readonly GridCell[];
  readonly location: Location;
  /** The table goes on from the grid before it (a page break, a table cut in several by the source). */
  readonly continues?: boolean;
}

/**
 * Cells whose boundaries are certain but whose place in a grid is not: text dumps, OLE documents. `startsRow` says
 * that the source showed a row boundary before this cell; undefined where it cannot tell.
 */
export interface CellRun {
  readonly kind: 'cells';
  readonly cells: readonly RunCell[];
  readonly location: Location;
}

export interface RunCell {
  readonly text: string;
  readonly location: Location;
  readonly reading: Reading;
  readonly startsRow?: boolean;
  readonly marks?: readonly Mark[];
}

export type Block = Paragraph | Grid | CellRun;

/** An embedded chart with its cached values. */
export interface Chart {
  readonly title: string | null;
  readonly series: readonly { readonly name: string | null; readonly values: readonly (number | null)[] }[];
  readonly categories: readonly string[];
  readonly location: Location;
}

/** A picture that may hold a table (a scan pasted as an image). `bytes` only where the reader has them. */
export interface Picture {
  readonly location: Location;
  readonly mime: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly bytes?: Uint8Array;
  readonly source?: string;
  /**
   * Where the picture is part of a page: the page with nothing on it but this picture, drawn when asked for. Null where
   * it is of a kind that is not read.
   */
  readonly shown?: () => Promise<ScannedPage | null>;
}

/** What the container says of itself: HTML meta tags (lower-cased names), DOCX core properties, PDF info. */
export interface Metadata {
  readonly name: string;
  readonly value: string;
}

/** Something a reader noticed that a user of the data should know; never thrown away silently. */
export interface ReadNote {
  readonly code: string;
  readonly detail: string;
  readonly location: Location | null;
}

export interface Document {
  readonly container: Container;
  /** Reader and path taken inside it: `docx/ooxml`, `docx/mammoth`, `pdf/grid`, `doc/tokens`. */
  readonly reader: string;
  readonly blocks: readonly Block[];
  readonly charts: readonly Chart[];
  readonly pictures: readonly Picture[];
  readonly metadata: readonly Metadata[];
  readonly notes: readonly ReadNote[];
  /** Pages where the container has them. */
  readonly pages: number | null;
}

/** Why a document could not be read; the words are those of the `outcome` column. */
export type ReadFailure =
  | 'needs_ocr'
  | 'encrypted'
  | 'corrupt'
  | 'too_large'
  | 'timed_out'
  | 'crashed'
  | 'unsupported';

/** Thrown by readers for every document that they refuse; anything else thrown is a defect of ours. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
  readonly failure: ReadFailure;
  constructor(failure: ReadFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** A document as received. `name` is only a hint: the content decides what it is. */
export interface Source {
  readonly bytes: Uint8Array;
  readonly name: string;
  /** From HTTP, where there was one. */
  readonly contentType?: string;
}

/** The limits that every reader keeps; see docs/limits.md. All are upper bounds, breached → `too_large`. */
export interface ReadLimits {
  readonly inputBytes: number;
  readonly inflatedBytes: number;
  readonly inflateRatio: number;
  readonly archiveEntries: number;
  readonly xmlDepth: number;
  readonly pages: number;
  readonly cells: number;
  readonly nesting: number;
  readonly imagePixels: number;
}

export const DEFAULT_LIMITS: ReadLimits = {
  inputBytes: 100 * 2 ** 20,
  inflatedBytes: 256 * 2 ** 20,
  inflateRatio: 400,
  archiveEntries: 5000,
  xmlDepth: 512,
  pages: 300,
  cells: 200_000,
  nesting: 512,
  imagePixels: 100_000_000,
};
