import type { Mark } from '../../document.ts';
import { around, cellText } from '../cell-text.ts';
import type { TextLine } from '../lines.ts';
import type { Box } from '../page-geometry.ts';
import type { PageLayout } from '../page-tables.ts';
import { type JoinedLabels, joinCutLabels } from './cut-labels.ts';
import { type Headings, placeHeadings } from './headings.ts';
import { labelOf, placeLabels, type RowLabels } from './row-labels.ts';
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
  const found = blocksOf(pieces);
  const rows = valueRows(found);
  if (rows.length === 0) return [];
  const { blocks, cut } = joinCutLabels(found, rows);
  const left = Math.min(...pieces.map((p) => p.x0));
  const right = Math.max(...pieces.map((p) => p.x1));
  const isBarrier: IsBarrier = (block, size) =>
    block.size > LARGER * size ||
    /[。；]$/u.test(block.text) ||
    block.pieces.some((p) => p.x1 - p.x0 > RUNNING * (right - left));

  const parts: Part[] = [];
  let above = -Infinity;
  for (const body of bodiesOf(rows, blocks, isBarrier)) {
    const part = partOf(body, blocks, above, isBarrier, cut);
    above = part.bottom;
    const last = parts.at(-1);
    const repeated = last && repeatedHead(last, part);
    if (last && repeated) {
      for (const row of body.rows) addRow(last.body, row);
      for (const block of repeated) last.repeated.add(block);
      last.bottom = part.bottom;
    } else parts.push(part);
  }
  parts.forEach((part, i) => {
    const before = parts[i - 1];
    if (!before || !mayBeCut(before, part)) return;
    before.cut.add(before.body.rows.at(-1)!);
    part.cut.add(part.body.rows[0]!);
  });
  return parts.flatMap((part) => {
    const candidate = part.body.broken ? null : understand(part, blocks, isBarrier, cut);
    const table = candidate && assemble(candidate, part, pieces);
    return table ? [table] : [];
  });
}

/** Rows of values, and where their labels begin and end. */
interface Part {
  readonly body: OpenBody;
  readonly top: number;
  bottom: number;
  /** What stands close above the first row, from below. */
  readonly head: readonly TextBlock[];
  /** Heads printed again on later pages. */
  readonly repeated: Set<TextBlock>;
  /** Rows at a page break that may be one row with what stands on the other page. */
  readonly cut: Set<ValueRow>;
}

type IsBarrier = (block: TextBlock, size: number) => boolean;

function partOf(
  body: OpenBody,
  blocks: readonly TextBlock[],
  above: number,
  isBarrier: IsBarrier,
  cut: JoinedLabels['cut'],
): Part {
  const { rows, columns } = body;
  const firstRow = rows[0]!;
  const lastRow = rows[rows.length - 1]!;
  const size = firstRow.values[0]!.size;
  const beside = blocks.filter((b) => b.x1 <= columns[0]!.x0 && b.y0 >= above - 0.5 * size);
  const top = Math.min(firstRow.y0, (cut.get(firstRow) ?? labelOf(beside, firstRow))?.y0 ?? Infinity);
  const bottom = Math.max(lastRow.y1, (cut.get(lastRow) ?? labelOf(beside, lastRow))?.y1 ?? -Infinity);
  const head: TextBlock[] = [];
  let edge = top;
  const over = blocks.filter((b) => b.y0 >= above - 0.5 * size && b.y1 <= top + 0.1 * size);
  for (const b of over.sort((a, b) => b.y1 - a.y1)) {
    if (edge - b.y1 > HEAD_GAP * size || isBarrier(b, size) || isValue(b) || SECTION.test(b.text)) break;
    head.push(b);
    edge = Math.min(edge, b.y0);
  }
  return { body, top, bottom, head, repeated: new Set(), cut: new Set() };
}

/** Whether one row may stand on both sides of a page break: the part after it goes on with the table of the part before. */
function mayBeCut(before: Part, part: Part): boolean {
  const page = part.body.rows[0]!.values[0]!.page;
  if (before.body.rows.at(-1)!.values[0]!.page === page) return false;
  if (before.body.broken || part.body.broken) return true;
  const own = part.head.filter((b) => b.page === page);
  return wordsOf(before.head) === wordsOf(own);
}

function wordsOf(head: readonly TextBlock[]): string {
  return head
    .map((b) => b.text)
    .sort()
    .join('|');
}

/** The head of a part that stands on a later page under the head of the part before it, printed again; else null. */
function repeatedHead(last: Part, part: Part): readonly TextBlock[] | null {
  const page = part.body.rows[0]!.values[0]!.page;
  const own = part.head.filter((b) => b.page === page);
  if (last.body.broken || part.body.broken || own.length === 0) return null;
  if (page === last.body.rows[0]!.values[0]!.page || wordsOf(last.head) !== wordsOf(own)) return null;
  return part.body.rows.every((row) => fits(row, last.body.columns)) ? own : null;
}

interface OpenBody extends Body {
  /** A row beside it has values at other places: one of them has a blank. */
  broken: boolean;
}

function bodiesOf(rows: readonly ValueRow[], blocks: readonly TextBlock[], isBarrier: IsBarrier): OpenBody[] {
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
  readonly corners: readonly TextBlock[];
  readonly titles: readonly TextBlock[];
  readonly labels: RowLabels;
}

function understand(
  part: Part,
  blocks: readonly TextBlock[],
  isBarrier: IsBarrier,
  cut: JoinedLabels['cut'],
): Candidate | null {
  const { body, top, bottom, head, repeated } = part;
  const { rows, columns } = body;
  const size = rows[0]!.values[0]!.size;
  const start = columns[0]!.x0;
  const values = new Set(rows.flatMap((r) => r.values));
  const inside = blocks.filter(
    (b) => middle(b) > top && middle(b) < bottom && !values.has(b) && !repeated.has(b),
  );
  if (inside.some((b) => b.x1 > start || isBarrier(b, size))) return null;
  const labels = placeLabels(inside, rows, cut);
  if (!labels || hasBlankRow(part, labels, blocks, isBarrier)) return null;

  const corners = head.filter((b) => b.x1 <= start).sort((a, b) => a.y0 - b.y0);
  const lone = (b: TextBlock): boolean => !head.some((o) => o !== b && o.y0 < b.y1 && o.y1 > b.y0);
  const titles: TextBlock[] = [];
  while (corners.length > 1 && lone(corners[0]!)) titles.push(corners.shift()!);
  if (labels.columns === 0 && corners.length > 0) return null;
  // A page break may cut the text beside the headings.
  if (new Set(corners.map((b) => b.page)).size < corners.length) return null;
  const corner = corners[corners.length - 1];
  const headings = placeHeadings(
    head.filter((b) => !corners.includes(b) && !titles.includes(b)),
    columns,
  );
  if (!headings) return null;
  // A single column of figures is a table only where headings say so, over the labels too.
  const own = headings.headings.find((h) => h.bottom === headings.rows)!;
  if (columns.length === 1 && (!corner || Math.abs(middle(corner) - middle(own.block)) > 0.3 * size))
    return null;
  // A label above the headings is that of a blank row of the table before.
  const starts = labels.labels.flatMap((l) => l.blocks.map((b) => b.x0));
  const all = [...titles, ...headings.titles].sort((a, b) => a.y0 - b.y0);
  const stray = all.findLastIndex((t) => starts.some((x) => Math.abs(t.x0 - x) < 0.6 * size));
  return { body, headings, corners, titles: all.slice(stray + 1), labels };
}

/** A label below the last row, where the others stand: its row is blank, and so would be lost. */
function hasBlankRow(
  { body, bottom }: Part,
  { labels }: RowLabels,
  blocks: readonly TextBlock[],
  isBarrier: IsBarrier,
): boolean {
  const size = body.rows[0]!.values[0]!.size;
  const starts = labels.flatMap((l) => l.blocks.map((b) => b.x0));
  return blocks.some(
    (b) =>
      b.y0 >= bottom - 0.1 * size &&
      b.y0 < bottom + HEAD_GAP * size &&
      b.x1 <= body.columns[0]!.x0 &&
      !isBarrier(b, size) &&
      !SECTION.test(b.text) &&
      !NOTE.test(b.text) &&
      starts.some((x) => Math.abs(b.x0 - x) < 0.6 * size),
  );
}

const NOTE = /^\s*(?:注|备注|说明|※|\*)/u;

/** What the pages show of a block that a page break cuts, from the first page on. */
function byPage({ pieces }: TextBlock): Piece[][] {
  const parts: Piece[][] = [];
  for (const piece of pieces) {
    const part = parts.at(-1);
    if (part && part[0]!.page === piece.page) part.push(piece);
    else parts.push([piece]);
  }
  return parts;
}

function assemble(candidate: Candidate, part: Part, pieces: readonly Piece[]): AlignedTable | null {
  const { body, headings, corners, titles, labels } = candidate;
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
    uncertain = false,
  ): void => {
    const own = blocks.flatMap((b) => b.pieces);
    for (const piece of own) used.add(piece);
    const page = own[0]?.page ?? 0;
    const parts = blocks.flatMap(byPage).map((pieces) => cellText(pieces.flatMap((p) => p.boxes)));
    cells.push({
      row,
      column,
      rowSpan,
      columnSpan,
      text: parts.map((p) => p.text).join('\n'),
      marks: [
        ...new Set<Mark>([
          ...parts.flatMap((p) => p.marks),
          ...(uncertain ? ['boundary_uncertain' as const] : []),
        ]),
      ],
      page,
      box: around(own.filter((p) => p.page === page).flatMap((p) => p.boxes)),
    });
  };
  titles.forEach((title, i) => {
    add([title], i, 0, 1, columns);
  });
  if (labels.columns > 0) add(corners, head, 0, headings.rows, labels.columns);
  for (const h of headings.headings)
    add([h.block], head + h.top, labels.columns + h.from, h.bottom - h.top, h.to - h.from, h.uncertain);
  for (const l of labels.labels)
    add(l.blocks, first + l.row, l.column, l.toRow - l.row, l.toColumn - l.column, l.blocks.length === 0);
  body.rows.forEach((row, r) => {
    row.values.forEach((value, c) => {
      add([value], first + r, labels.columns + c, 1, 1, part.cut.has(row));
    });
  });
  cells.sort((a, b) => a.row - b.row || a.column - b.column);
  for (const block of part.repeated) for (const piece of block.pieces) used.add(piece);
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
