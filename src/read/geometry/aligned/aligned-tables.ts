import type { Mark } from '../../document.ts';
import { around, cellText } from '../cell-text.ts';
import type { TextLine } from '../lines.ts';
import type { Box } from '../page-geometry.ts';
import type { PageLayout } from '../page-tables.ts';
import { type Headings, placeHeadings } from './headings.ts';
import { placeLabels, type RowLabels } from './row-labels.ts';
import { blocksOf, middle, type Piece, piecesOf, type TextBlock } from './text-blocks.ts';
import { addRow, type Body, fits, isValue, type ValueRow, valueRows } from './value-rows.ts';

/** A table that only the alignment of its texts shows. */
export interface AlignedTable {
  readonly page: number;
  readonly box: Box;
  readonly rows: number;
  readonly columns: number;
  readonly cells: readonly AlignedCell[];
  /** The lines that it prints, from top to bottom, over all its pages. */
  readonly lines: ReadonlySet<TextLine>;
}

export interface AlignedCell {
  readonly row: number;
  readonly column: number;
  readonly rowSpan: number;
  readonly columnSpan: number;
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly page: number;
  readonly box: Box;
}

/** Text this much wider than the page's is running text, not a cell. */
const RUNNING = 0.6;
/** A heading is set this much larger than figures. */
const LARGER = 1.1;
/** Rows of one head stand at most this many ems apart. */
const HEAD_GAP = 3;
/** Between pages, what ends one and what begins the next are taken to stand this many ems apart. */
const PAGE_GAP = 1.2;

const SECTION = /^\s*(?:[一二三四五六七八九十]{1,2}\s*、|第[一二三四五六七八九十]{1,2}[章节部])/u;

/**
 * Tables without the rules that would bound their cells: figures below each other under headings, labels beside them.
 * A table is given only where every text of it has one place; a blank among the figures leaves two, and so none.
 */
export function alignedTables(pages: readonly PageLayout[]): AlignedTable[] {
  const tables: AlignedTable[] = [];
  let pieces: Piece[] = [];
  let bottom = 0;
  const flush = (): void => {
    if (pieces.length > 0) tables.push(...tablesOf(pieces));
    pieces = [];
  };
  for (const page of pages) {
    const items = [...page.tables, ...page.lines].sort((a, b) => a.y0 - b.y0 || a.x0 - b.x0);
    const first = page.lines[0];
    const shift = first ? bottom - first.y0 + PAGE_GAP * first.size : 0;
    for (const item of items) {
      if ('ys' in item) flush();
      else {
        pieces.push(...piecesOf(item, page.page, shift));
        bottom = Math.max(bottom, item.y1 + shift);
      }
    }
  }
  flush();
  return tables;
}

function tablesOf(pieces: readonly Piece[]): AlignedTable[] {
  const blocks = blocksOf(pieces);
  const rows = valueRows(blocks);
  if (rows.length === 0) return [];
  const left = Math.min(...pieces.map((p) => p.x0));
  const right = Math.max(...pieces.map((p) => p.x1));
  const isBarrier = (block: TextBlock, size: number): boolean =>
    block.size > LARGER * size ||
    /[。；]$/u.test(block.text) ||
    block.pieces.some((p) => p.x1 - p.x0 > RUNNING * (right - left));

  const bodies = bodiesOf(rows, blocks, isBarrier);
  const tables: (Candidate | null)[] = [];
  let above = -Infinity;
  for (const body of bodies) {
    const candidate = body.broken ? null : understand(body, blocks, above, isBarrier);
    const last = body.rows[body.rows.length - 1]!;
    above = candidate ? candidate.bottom : last.y1;
    tables.push(candidate);
  }
  return tables.flatMap((candidate) => {
    const table = candidate && assemble(candidate, pieces);
    return table ? [table] : [];
  });
}

interface OpenBody extends Body {
  /** A row beside it has values at other places: one of them has a blank. */
  broken: boolean;
}

function bodiesOf(
  rows: readonly ValueRow[],
  blocks: readonly TextBlock[],
  isBarrier: (block: TextBlock, size: number) => boolean,
): OpenBody[] {
  const bodies: OpenBody[] = [];
  for (const row of rows) {
    const body = bodies.at(-1);
    const last = body?.rows.at(-1);
    const size = row.values[0]!.size;
    const from = body ? Math.min(body.columns[0]!.x0, row.values[0]!.x0) : 0;
    const parted =
      !last ||
      blocks.some(
        (b) =>
          b.y0 > last.y0 &&
          b.y1 < row.y1 &&
          !isValue(b) &&
          middle(b) > last.y1 &&
          middle(b) < row.y0 &&
          (b.x1 > from || isBarrier(b, size)),
      );
    if (!body || parted) {
      bodies.push({ rows: [row], columns: row.values.map(({ x0, x1 }) => ({ x0, x1 })), broken: false });
    } else if (fits(row, body.columns) && Math.abs(size - last.values[0]!.size) < 0.05 * size) {
      addRow(body, row);
    } else {
      body.broken = true;
      bodies.push({ rows: [row], columns: row.values.map(({ x0, x1 }) => ({ x0, x1 })), broken: true });
    }
  }
  return bodies;
}

interface Candidate {
  readonly body: Body;
  readonly headings: Headings;
  readonly corner: TextBlock | null;
  readonly titles: readonly TextBlock[];
  readonly labels: RowLabels;
  readonly bottom: number;
}

function understand(
  body: Body,
  blocks: readonly TextBlock[],
  above: number,
  isBarrier: (block: TextBlock, size: number) => boolean,
): Candidate | null {
  const { rows, columns } = body;
  const firstRow = rows[0]!;
  const lastRow = rows[rows.length - 1]!;
  const size = firstRow.values[0]!.size;
  const start = columns[0]!.x0;
  const near = blocks.filter((b) => b.y0 >= above - 0.5 * size);
  const texts = near.filter((b) => !isValue(b) || !rows.some((r) => r.values.includes(b)));
  const beside = texts.filter((b) => b.x1 <= start);
  const top = Math.min(firstRow.y0, labelOf(beside, firstRow)?.y0 ?? Infinity);
  const bottom = Math.max(lastRow.y1, labelOf(beside, lastRow)?.y1 ?? -Infinity);
  const inside = texts.filter((b) => middle(b) > top && middle(b) < bottom);
  if (inside.some((b) => b.x1 > start || isBarrier(b, size))) return null;
  const labels = placeLabels(inside, rows);
  if (!labels) return null;

  const head: TextBlock[] = [];
  let edge = top;
  for (const b of texts.filter((b) => b.y1 <= top + 0.1 * size).sort((a, b) => b.y1 - a.y1)) {
    if (edge - b.y1 > HEAD_GAP * size || isBarrier(b, size) || isValue(b)) break;
    if (SECTION.test(b.text)) break;
    head.push(b);
    edge = Math.min(edge, b.y0);
  }
  const corners = head.filter((b) => b.x1 <= start).sort((a, b) => a.y0 - b.y0);
  const lone = (b: TextBlock): boolean => !head.some((o) => o !== b && o.y0 < b.y1 && o.y1 > b.y0);
  const titles: TextBlock[] = [];
  while (corners.length > 1 && lone(corners[0]!)) titles.push(corners.shift()!);
  if (corners.length > (labels.columns > 0 ? 1 : 0)) return null;
  const corner = corners[0] ?? null;
  const headings = placeHeadings(
    head.filter((b) => b !== corner && !titles.includes(b)),
    columns,
  );
  if (!headings) return null;
  // A single column of figures is a table only where headings say so, over the labels too.
  const own = headings.headings.find((h) => h.bottom === headings.rows)!;
  if (columns.length === 1 && (!corner || Math.abs(middle(corner) - middle(own.block)) > 0.3 * size))
    return null;
  return { body, headings, corner, titles: [...titles, ...headings.titles], labels, bottom };
}

function labelOf(blocks: readonly TextBlock[], row: ValueRow): TextBlock | undefined {
  const y = (row.y0 + row.y1) / 2;
  const at = (place: (b: TextBlock) => number): TextBlock | undefined =>
    blocks.filter((b) => Math.abs(place(b) - y) < 0.2 * b.size).sort((a, b) => b.x1 - a.x1)[0];
  return at(middle) ?? at((b) => middle(b.pieces[0]!));
}

function assemble(candidate: Candidate, pieces: readonly Piece[]): AlignedTable | null {
  const { body, headings, corner, labels } = candidate;
  const titles = candidate.titles.toSorted((a, b) => a.y0 - b.y0);
  const columns = labels.columns + body.columns.length;
  const head = titles.length;
  const first = head + headings.rows;
  const cells: AlignedCell[] = [];
  const used = new Set<Piece>();
  const add = (
    blocks: readonly TextBlock[],
    row: number,
    column: number,
    rowSpan: number,
    columnSpan: number,
  ): void => {
    const own = blocks.flatMap((b) => b.pieces);
    for (const piece of own) used.add(piece);
    const page = own[0]?.page ?? 0;
    const parts = blocks.map((b) => cellText(b.pieces.flatMap((p) => p.boxes)));
    cells.push({
      row,
      column,
      rowSpan,
      columnSpan,
      text: parts.map((p) => p.text).join('\n'),
      marks: [...new Set(parts.flatMap((p) => p.marks))],
      page,
      box: around(own.filter((p) => p.page === page).flatMap((p) => p.boxes)),
    });
  };
  titles.forEach((title, i) => {
    add([title], i, 0, 1, columns);
  });
  if (labels.columns > 0) add(corner ? [corner] : [], head, 0, headings.rows, labels.columns);
  for (const h of headings.headings)
    add([h.block], head + h.top, labels.columns + h.from, h.bottom - h.top, h.to - h.from);
  for (const l of labels.labels)
    add(l.blocks, first + l.row, l.column, l.toRow - l.row, l.toColumn - l.column);
  body.rows.forEach((row, r) => {
    row.values.forEach((value, c) => {
      add([value], first + r, labels.columns + c, 1, 1);
    });
  });
  cells.sort((a, b) => a.row - b.row || a.column - b.column);
  const lines = new Set([...used].map((p) => p.line));
  if (pieces.some((p) => lines.has(p.line) && !used.has(p))) return null;
  const page = [...used].reduce((least, p) => Math.min(least, p.page), Infinity);
  const box = around([...used].filter((p) => p.page === page).flatMap((p) => p.boxes));
  return {
    page,
    box,
    rows: first + body.rows.length,
    columns,
    cells: cells.map((c) => (c.page === 0 ? { ...c, page, box } : c)),
    lines,
  };
}
