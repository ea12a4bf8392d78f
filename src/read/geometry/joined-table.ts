import type { Mark } from '../document.ts';
import { hadNoRoom } from './cell-text.ts';
import type { TextLine } from './lines.ts';
import type { Box } from './page-geometry.ts';
import type { PageCell, PageTable } from './page-tables.ts';

/** A table put together from its parts on one or more pages. */
export interface JoinedTable {
  readonly page: number;
  readonly box: Box;
  readonly rows: number;
  readonly columns: number;
  /** Column edges; all parts have been brought onto those of the first. */
  readonly xs: readonly number[];
  readonly padding: number;
  readonly cells: readonly JoinedCell[];
  /** The last part: the next page may go on from it. */
  readonly tail: { readonly page: number; readonly openBottom: boolean };
  /** Rows left out because a later page printed the head again. */
  readonly repeatedHeads: number;
}

export interface JoinedCell {
  readonly row: number;
  readonly column: number;
  readonly rowSpan: number;
  readonly columnSpan: number;
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly page: number;
  readonly box: Box;
  readonly lines: readonly TextLine[];
  /** What the last page shows of it, and the lines there. */
  readonly lastBox: Box;
  readonly lastLines: readonly TextLine[];
}

/** Column edges this near are the same edge. */
const SAME = 4;
/** Columns of labels on the left of a row: a result, its group, its item. */
const MAX_LABELS = 3;
const FIGURE = /^[-+－,，.]*[0-9０-９][0-9０-９,，.．]*[件宗项条次个份万元]{0,2}$/;
/** Facing pages may have their margins mirrored: a table of the same width may stand this much to the side. */
const SHIFT = 60;

export function startTable(table: PageTable): JoinedTable {
  return {
    page: table.page,
    box: { x0: table.x0, y0: table.y0, x1: table.x1, y1: table.y1 },
    rows: table.ys.length - 1,
    columns: table.xs.length - 1,
    xs: table.xs,
    padding: table.padding,
    cells: table.cells.map((c) => toJoined(c, table.page)),
    tail: { page: table.page, openBottom: table.openBottom },
    repeatedHeads: 0,
  };
}

function toJoined(cell: PageCell, page: number): JoinedCell {
  const box = { x0: cell.x0, y0: cell.y0, x1: cell.x1, y1: cell.y1 };
  return {
    row: cell.row,
    column: cell.column,
    rowSpan: cell.rowSpan,
    columnSpan: cell.columnSpan,
    text: cell.text,
    marks: cell.marks,
    page,
    box,
    lines: cell.lines,
    lastBox: box,
    lastLines: cell.lines,
  };
}

/** The table with the part that heads the next page, or null when that is another table. */
export function joinPart(table: JoinedTable, part: PageTable): JoinedTable | null {
  const left = table.xs[0]!;
  const right = table.xs[table.xs.length - 1]!;
  if (Math.abs(part.x1 - part.x0 - (right - left)) > SAME) return null;
  const shift = part.x0 - left;
  if (Math.abs(shift) > SHIFT) return null;
  const partXs = part.xs.map((x) => x - shift);
  if (!sharesEdges(table.xs, partXs)) return null;

  const xs = mergeEdges(table.xs, partXs);
  const above = table.cells.map((c) => onEdges(c, table.xs, xs));
  const all = part.cells.map((c) => onEdges(toJoined(c, part.page), partXs, xs));
  const heads = repeatedHead(above, all, part.ys.length - 1);
  const below =
    heads === 0 ? all : all.filter((c) => c.row >= heads).map((c) => ({ ...c, row: c.row - heads }));
  const last = lastRow(above, table.rows);
  const first = firstRow(below);
  const open = table.tail.openBottom;
  const padding = Math.min(table.padding, part.padding);
  const room = roomIn([...above, ...below], padding);
  const cut = isCutRow(last, first, room, open);

  const inHead = headsColumns(last, first);
  const labels = new Set(first.slice(0, MAX_LABELS).map((c) => c.column));
  const doubtful = !cut && isDoubtful(last, first);
  // A row cut by the page is one row: what follows moves up by one, and its cells go on in those above.
  const offset = cut ? table.rows - 1 : table.rows;
  const cells = [...above];
  for (const cell of below) {
    const row = cell.row + offset;
    if (cell.row === 0) {
      const i = cells.findIndex(
        (c) =>
          c.column === cell.column && c.columnSpan === cell.columnSpan && c.row + c.rowSpan === table.rows,
      );
      const over = cells[i];
      if (
        over &&
        (cut ||
          (goesOn(over, cell, room) &&
            (cell.rowSpan > 1 || (labels.has(cell.column) && hasLabelBehind(below, cell)))) ||
          (inHead && (over.text === '' || cell.text === '' || flowsOn(over, cell, room))))
      ) {
        const repeats = over.text === cell.text;
        cells[i] = {
          ...over,
          rowSpan: row + cell.rowSpan - over.row,
          text: repeats ? over.text : [over.text, cell.text].filter((t) => t !== '').join('\n'),
          marks: [...new Set([...over.marks, ...cell.marks])],
          lines: repeats ? over.lines : [...over.lines, ...cell.lines],
          lastBox: cell.lastBox,
          lastLines: cell.lastLines,
          ...(over.text === '' ? { page: cell.page, box: cell.box } : {}),
        };
        continue;
      }
    }
    if (cell.row === 0 && open && cell.text === '' && goOnUnparted(cells, cell, table.rows, row)) continue;
    cells.push({ ...cell, row });
  }
  const rows = offset + part.ys.length - 1 - heads;
  if (doubtful) markRows(cells, table.rows - 1, table.rows);
  return {
    ...table,
    rows,
    columns: xs.length - 1,
    xs,
    padding,
    cells: cells.sort((a, b) => a.row - b.row || a.column - b.column),
    tail: { page: part.page, openBottom: part.openBottom },
    repeatedHeads: table.repeatedHeads + heads,
  };
}

/** What goes on of several neighbouring cells may come without the rules between them when nothing is left to print. */
function goOnUnparted(cells: JoinedCell[], blank: JoinedCell, rows: number, row: number): boolean {
  const end = blank.column + blank.columnSpan;
  const covered = cells
    .map((c, i) => ({ c, i }))
    .filter(
      ({ c }) => c.row + c.rowSpan === rows && c.column >= blank.column && c.column + c.columnSpan <= end,
    );
  if (covered.length < 2 || covered.reduce((sum, { c }) => sum + c.columnSpan, 0) !== blank.columnSpan)
    return false;
  for (const { c, i } of covered) cells[i] = { ...c, rowSpan: row + blank.rowSpan - c.row };
  return true;
}

/**
 * Whether what stands on both sides of the break may be one row after all, though the text does not prove it: figures
 * without a label of their own below it, or above it.
 */
function isDoubtful(above: readonly JoinedCell[], below: readonly JoinedCell[]): boolean {
  const unlabelled = (row: readonly JoinedCell[]): boolean => {
    const own = row.filter((c) => c.rowSpan === 1);
    const figure = own.findIndex((c) => FIGURE.test(c.text.replace(/\s/g, '')));
    return figure > 0 && own.slice(0, figure).every((c) => c.text === '');
  };
  // Rows of other columns are other rows.
  const alike = below.every((c) => above.some((o) => o.column === c.column && o.columnSpan === c.columnSpan));
  if (!alike || above.length !== below.length) return false;
  if (isRestOfLabel(above, below, (o, c) => opensItem(o) || mayFlowOn(o, c))) return true;
  // Headings above figures are two rows, whatever the first figure is.
  if (above.every((c) => c.text === '' || isLabel(c)) && above.some(isLabel)) return false;
  return unlabelled(below) || unlabelled(above);
}

/** Text keeps no more than this from the rules of its cell, in points. */
const WIDEST_PADDING = 8;

/** Whether the text above the break may have had no room for the text below: it ends near the side of its cell. */
function mayFlowOn(over: JoinedCell, cell: JoinedCell): boolean {
  return flowsOn(over, cell, ({ lastBox }) => lastBox.x1 - lastBox.x0 - 2 * WIDEST_PADDING);
}

function opensItem(over: JoinedCell): boolean {
  return startsItem(over.text);
}

/**
 * Whether the label below the break opens no item, under one that goes on (8.属 over 于行政查询事项), and all figures stand on
 * one side: one row of which the page cut the label, or two of which one is blank.
 */
function isRestOfLabel(
  above: readonly JoinedCell[],
  below: readonly JoinedCell[],
  goesOn: (over: JoinedCell, cell: JoinedCell) => boolean,
): boolean {
  const overOf = (cell: JoinedCell): JoinedCell | undefined =>
    above.find((c) => c.column === cell.column && c.columnSpan === cell.columnSpan && c.rowSpan === 1);
  const [label, ...figures] = below.filter((c) => c.rowSpan === 1 && overOf(c) !== undefined);
  if (!label || figures.length < 2) return false;
  return (
    isLabel(label) &&
    !startsItem(label.text) &&
    goesOn(overOf(label)!, label) &&
    (figures.every((c) => c.text === '') || figures.every((c) => overOf(c)!.text === ''))
  );
}

function markRows(cells: JoinedCell[], from: number, to: number): void {
  cells.forEach((c, i) => {
    if (c.row >= from && c.row <= to && c.rowSpan === 1)
      cells[i] = { ...c, marks: [...new Set([...c.marks, 'boundary_uncertain' as const])] };
  });
}

/** At least half of the inner edges of the part that has fewer stand also in the other. */
function sharesEdges(a: readonly number[], b: readonly number[]): boolean {
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  const inner = few.slice(1, -1);
  const shared = inner.filter((x) => many.some((y) => Math.abs(x - y) <= SAME));
  return shared.length * 2 >= inner.length;
}

function mergeEdges(a: readonly number[], b: readonly number[]): number[] {
  const extra = b.filter((x) => !a.some((y) => Math.abs(x - y) <= SAME));
  return [...a, ...extra].sort((x, y) => x - y);
}

function onEdges<T extends { readonly column: number; readonly columnSpan: number }>(
  cell: T,
  from: readonly number[],
  to: readonly number[],
): T {
  if (from.length === to.length) return cell;
  const index = (x: number): number => {
    let best = 0;
    for (let i = 1; i < to.length; i++) if (Math.abs(to[i]! - x) < Math.abs(to[best]! - x)) best = i;
    return best;
  };
  const column = index(from[cell.column]!);
  return { ...cell, column, columnSpan: index(from[cell.column + cell.columnSpan]!) - column };
}

/** Number of rows at the top of a part that print the head of the table again. */
function repeatedHead(above: readonly JoinedCell[], part: readonly JoinedCell[], rows: number): number {
  const bare = (c: JoinedCell): string => c.text.replace(/\s/g, '');
  const printed = (c: JoinedCell): boolean =>
    above.some(
      (o) =>
        o.row === c.row &&
        o.column === c.column &&
        o.rowSpan === c.rowSpan &&
        o.columnSpan === c.columnSpan &&
        bare(o) === bare(c),
    );
  let repeated = 0;
  for (let row = 0; row < rows; row++) {
    const cells = part.filter((c) => c.row === row);
    if (!cells.every(printed)) break;
    repeated = row + 1;
  }
  if (repeated === 0) return 0;
  // A head ends where none of its cells reaches further down, and it prints words.
  while (repeated > 0 && part.some((c) => c.row < repeated && c.row + c.rowSpan > repeated)) repeated--;
  const head = part.filter((c) => c.row < repeated);
  if (head.some((c) => isNumeric(c.text)) || !head.some((c) => c.text !== '')) return 0;
  return repeated;
}

function lastRow(cells: readonly JoinedCell[], rows: number): JoinedCell[] {
  return cells.filter((c) => c.row + c.rowSpan === rows);
}

function firstRow(cells: readonly JoinedCell[]): JoinedCell[] {
  return cells.filter((c) => c.row === 0);
}

/**
 * Whether the page cut through a row, told from the pieces above and below the break. Word processors close both with
 * a rule, so only the text can tell: a text goes on below when the first character there had no room left above, and
 * what has no label of its own is no row. Two numbers that had room for each other are never put together.
 */
function isCutRow(
  above: readonly JoinedCell[],
  below: readonly JoinedCell[],
  room: RoomIn,
  open: boolean,
): boolean {
  if (below.length === 0 || above.length !== below.length) return false;
  const pairs: { over: JoinedCell; cell: JoinedCell }[] = [];
  for (const cell of below) {
    const over = above.find((c) => c.column === cell.column && c.columnSpan === cell.columnSpan);
    if (!over) return false;
    // The merged label of several rows goes on, or another begins: it says nothing of the row.
    if (over.rowSpan === 1 && cell.rowSpan === 1) pairs.push({ over, cell });
    // But a figure below a merged heading is a row of its own.
    else if (hasDigit(cell.text) && !startsItem(cell.text)) return false;
  }
  const first = pairs[0];
  if (!first) return false;
  if (open && isRestOfLabel(above, below, opensItem)) return true;
  const written = pairs.filter(({ cell }) => cell.text !== '');
  const unlabelled = first.cell.text === '';
  const labelFlows = !unlabelled && !hasDigit(first.cell.text) && flowsOn(first.over, first.cell, room);
  // A piece of a row above the break whose label stands below it.
  const labelBelow = first.over.text === '' && !unlabelled && pairs.some(({ over }) => over.text !== '');
  let flowing = 0;
  let broken = 0;
  for (const { over, cell } of written) {
    if (over.text === '') {
      // What one page left out another may print, where the label or the missing rule says that this is one row.
      if (!open && !labelFlows && !labelBelow) return false;
      if (!labelBelow && startsItem(cell.text)) return false;
      continue;
    }
    if (startsItem(cell.text)) return false;
    // Words are not followed by a number, they head it.
    if (/^[0-9０-９]/.test(cell.text) && !/[0-9０-９.,]$/.test(over.text)) return false;
    // Nor by what stands in the place of one; （四） above 无 alone is a label.
    if (cell !== first.cell && isLabel(over) && isPlaceholder(cell.text)) return false;
    if (flowsOn(over, cell, room) || (unlabelled && /^[,，.]\d/.test(cell.text))) flowing++;
    else if (hasDigit(over.text + cell.text)) return false;
    else broken++;
  }
  // Nothing is left of the row; but blanks below headings are blanks of a row of figures.
  if (written.length === 0) return pairs.some(({ over }) => hasDigit(over.text));
  if (labelBelow) return broken === 0 && flowing > 0;
  if (broken > 0) return unlabelled || isHeadPiece(pairs);
  if (unlabelled || labelFlows) return true;
  // Two rows of numbers that fill their cells look like one row, unless one of them is not whole.
  return flowing > 0 && pairs.some(({ over, cell }) => cell.text === '' && over.text !== '');
}

/**
 * Whether the row above the break prints headings over the headings below it (法人或其他组织 over 商业企业 and others). Then
 * a blank beside them is the upper half of the heading below.
 */
function headsColumns(above: readonly JoinedCell[], below: readonly JoinedCell[]): boolean {
  const worded = (c: JoinedCell): boolean => c.text === '' || isLabel(c);
  if (!above.every(worded) || !below.every(worded)) return false;
  return above.some((over) => {
    if (over.columnSpan < 2 || !isLabel(over)) return false;
    const end = over.column + over.columnSpan;
    const children = below.filter((c) => c.column >= over.column && c.column + c.columnSpan <= end);
    return children.length > 1 && children.every(isLabel);
  });
}

/**
 * Whether the label of the row itself stands to the right: then this cell is that of its group. Else it may be the
 * first cell of a row of figures, left blank, and no part of the heading above.
 */
function hasLabelBehind(row: readonly JoinedCell[], cell: JoinedCell): boolean {
  return row.some(
    (c) =>
      c.row === 0 &&
      c.column > cell.column &&
      /\p{Script=Han}{2}/u.test(c.text) &&
      !/^[0-9０-９]+[（(件宗项条]/.test(c.text) &&
      !/^(?:不适用|不涉及)$/.test(c.text.replace(/\s/g, '')),
  );
}

/** Words, and none of those that stand in the place of a number. */
function isLabel(cell: JoinedCell): boolean {
  const { text } = cell;
  return text !== '' && !hasDigit(text) && !isPlaceholder(text);
}

function isPlaceholder(text: string): boolean {
  return /^(?:[-–—－/\\\s]+|无|不适用|不涉及|N\/?A)$/i.test(text.replace(/\s/g, ''));
}

/** A row of headings whose last characters stand below the break, by line breaks that the writer set. */
function isHeadPiece(pairs: readonly { readonly over: JoinedCell; readonly cell: JoinedCell }[]): boolean {
  if (!pairs.every(({ over }) => isLabel(over))) return false;
  const written = pairs.filter(({ cell }) => cell.text !== '');
  // Beside blanks, what stands first is the label of a row: 规章 under 信息内容.
  if (written.length === 1 && written[0] === pairs[0]) return false;
  return (
    written.length * 2 <= pairs.length && written.every(({ cell }) => isLabel(cell) && cell.text.length <= 3)
  );
}

function hasDigit(text: string): boolean {
  return /[0-9０-９]/.test(text);
}

/** How wide the lines of a cell may be, in points. */
type RoomIn = (cell: JoinedCell) => number;

/** So many lines that went on in the next say how wide those of a column may be. */
const ENOUGH_LINES = 3;

/**
 * The width of a cell without the distance that text keeps from rules, as far as the table shows it. Of items it also
 * shows where their lines ended: one more character had no room there.
 */
function roomIn(cells: readonly JoinedCell[], padding: number): RoomIn {
  const wraps = new Map<string, number>();
  return (cell) => {
    const room = cell.lastBox.x1 - cell.lastBox.x0 - 2 * padding;
    // What opens no item may be a whole label: 行政许可 over 行政处罚, both as wide as their cells.
    if (!startsItem(cell.text)) return room;
    const column = `${cell.column},${cell.columnSpan}`;
    let wrap = wraps.get(column);
    if (wrap === undefined) {
      wrap = wrapOf(cells.filter((c) => c.column === cell.column && c.columnSpan === cell.columnSpan));
      wraps.set(column, wrap);
    }
    return Math.min(room, wrap);
  };
}

const HAN = /\p{Script=Han}/u;
/** Widths are known this well, in points. */
const SLACK = 0.5;

/** The median of what the lines of some labels had no room for; infinite where too few went on in another line. */
function wrapOf(cells: readonly JoinedCell[]): number {
  const widths: number[] = [];
  for (const { lines } of cells)
    for (let i = 0; i + 1 < lines.length; i++) {
      const first = lines[i + 1]!.boxes[0]!;
      if (HAN.test(first.text) && HAN.test(lines[i]!.text))
        widths.push(lines[i]!.x1 - lines[i]!.x0 + first.x1 - first.x0);
    }
  if (widths.length < ENOUGH_LINES) return Infinity;
  return widths.sort((a, b) => a - b)[widths.length >> 1]! - SLACK;
}

/** Whether the text above the page break left no room for the text below it. */
function flowsOn(over: JoinedCell, cell: JoinedCell, room: RoomIn): boolean {
  const last = over.lastLines.at(-1);
  const next = cell.lines[0];
  return !!last && !!next && hadNoRoom(last, next, room(over));
}

/**
 * Whether a merged cell goes on after the page break in the cell below it. Two labels that both say something are one
 * only where the lines of the first run down to the break and the second is no item of its own.
 */
function goesOn(over: JoinedCell, cell: JoinedCell, room: RoomIn): boolean {
  if (isNumeric(over.text) || isNumeric(cell.text)) return false;
  // Closing marks never begin a text.
  if (isLabel(over) && isLabel(cell) && /^[、，。；：）)”’]/.test(cell.text)) return true;
  if (over.rowSpan === 1 && cell.rowSpan === 1) return false;
  if (over.text === '' || cell.text === '') return true;
  if (over.text === cell.text) return true;
  if (!isLabel(over) || !isLabel(cell) || startsItem(cell.text)) return false;
  const last = over.lastLines.at(-1);
  const next = cell.lines[0];
  if (!last || !next) return false;
  const upright = last.boxes.length === 1 && next.boxes.length === 1;
  if (!upright && !flowsOn(over, cell, room)) return false;
  if (over.lastBox.y1 - last.y1 > 1.5 * last.size) return false;
  // Word processors fill the piece above and centre the rest in the piece below; browsers go on right at its top.
  const filled = over.lastBox.y1 - over.lastBox.y0 - (last.y1 - over.lastLines[0]!.y0) < 2.2 * last.size;
  return filled || next.y0 - cell.box.y0 < 1.5 * next.size;
}

function isNumeric(text: string): boolean {
  return /^[0-9０-９.,，．+\-－\s/]+$/.test(text) && /[0-9０-９]/.test(text);
}

/** An ordinal opens a new item: （四）, 4., 四、, ④. */
function startsItem(text: string): boolean {
  return /^\s*(?:[（(]\s*[一二三四五六七八九十⼀⼆⼗\d]+\s*[)）]|[一二三四五六七八九十⼀⼆⼗]+\s*、|\d+\s*[.、．,，](?!\d)|[①-⑳]|第[一二三四五六七八九十]+[条章节部])/.test(
    text,
  );
}
