/** Where on an original something stands, for marking it. */
export interface Place {
  /** As the reader gave it: `page=3;bbox=…`, `table=2;row=7;cell=5`, `line=12;cell=3`, `paragraph=8`. */
  readonly location: string;
  /** What is printed there; a mark is set only where this is found, and text without a table is looked for by it. */
  readonly text: string;
  /** The one to scroll to. */
  readonly main: boolean;
  /** Probably wrong, or what a sentence quotes: marked most clearly. */
  readonly suspect: boolean;
}

export interface PageBox {
  readonly page: number;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** A box on a page, in points from its upper left corner; null for other kinds of place. */
export function pageBox(location: string): PageBox | null {
  const found = /(?:^|;)page=(\d+);bbox=(-?[\d.]+),(-?[\d.]+),(-?[\d.]+),(-?[\d.]+)/u.exec(location);
  if (!found) return null;
  const [page, x0, y0, x1, y1] = found.slice(1).map(Number) as [number, number, number, number, number];
  return [page, x0, y0, x1, y1].every(Number.isFinite) ? { page, x0, y0, x1, y1 } : null;
}

export interface TableCell {
  /** Counting begins inside the article that stands in a script. */
  readonly inScript: boolean;
  readonly table: number;
  readonly row: number;
  readonly cell: number;
}

export function tableCell(location: string): TableCell | null {
  const found = /^(script=1;)?table=(\d+);row=(\d+);cell=(\d+)/u.exec(location);
  if (!found) return null;
  const [table, row, cell] = found.slice(2).map(Number) as [number, number, number];
  return { inScript: found[1] !== undefined, table, row, cell };
}

export interface LineCell {
  readonly line: number;
  readonly cell: number | null;
}

export function lineCell(location: string): LineCell | null {
  const found = /^line=(\d+)(?:;cell=(\d+))?/u.exec(location);
  return found ? { line: Number(found[1]), cell: found[2] === undefined ? null : Number(found[2]) } : null;
}
