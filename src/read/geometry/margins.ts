import { usualSize } from './body-text.ts';
import { buildLines, type TextLine } from './lines.ts';
import type { Box, PageGeometry, TextBox } from './page-geometry.ts';

/** A page without what is printed around its text: page numbers, running heads. */
export interface Margins {
  readonly body: PageGeometry;
  readonly header: readonly TextBox[];
  readonly footer: readonly TextBox[];
}

/** Running heads and feet stand in this share of the page's height, and on pages of less height in so many points. */
const ZONE = 0.13;
const LEAST_ZONE = 90;

/**
 * Finds what repeats at the head and foot of pages, page numbers among it. A number counts only when it goes up with
 * the pages and stands at the same place on them, or is dressed as one (- 3 -, 第3页), so that a figure of a table is
 * never taken for one.
 */
export function splitMargins(
  pages: readonly { readonly page: PageGeometry; readonly lattices: readonly Box[] }[],
): Margins[] {
  const candidates = pages.map(({ page, lattices }) => pieces(page, lattices));
  const repeated = new Map<string, Set<number>>();
  candidates.forEach((list, i) => {
    for (const piece of list) {
      for (const key of piece.keys) {
        const set = repeated.get(key) ?? new Set();
        set.add(i);
        repeated.set(key, set);
      }
    }
  });
  const enough = Math.max(2, Math.ceil(pages.length * 0.4));
  return pages.map(({ page }, i) => {
    const out = new Set<TextBox>();
    const header: TextBox[] = [];
    const footer: TextBox[] = [];
    for (const piece of candidates[i]!) {
      const repeats = piece.keys.some((key) => repeated.get(key)!.size >= enough);
      if (!repeats && !(piece.dressed && piece.alone && !piece.inTable)) continue;
      const side = piece.line.y0 < page.height / 2 ? header : footer;
      for (const box of piece.line.boxes) {
        out.add(box);
        side.push(box);
      }
    }
    if (out.size === 0) return { body: page, header, footer };
    return { body: { ...page, text: page.text.filter((b) => !out.has(b)) }, header, footer };
  });
}

interface Piece {
  readonly line: TextLine;
  /** What is the same on other pages when this is a running head. */
  readonly keys: readonly string[];
  /** Written as only page numbers are. */
  readonly dressed: boolean;
  /** Nothing else stands on the line. */
  readonly alone: boolean;
  readonly inTable: boolean;
}

/** Lines further apart than this many ems are not of one table or text. */
const APART = 1.6;

/** What hangs together, line below line, with the text between head and foot of the page. */
function bodyEdges(
  page: PageGeometry,
  tables: readonly Box[],
  zone: number,
): { top: number; bottom: number } {
  const outside = page.text.filter(
    (b) => !tables.some((t) => b.x0 > t.x0 && b.x1 < t.x1 && b.y0 > t.y0 && b.y1 < t.y1),
  );
  const lines = buildLines(outside);
  let top = lines.findIndex((l) => l.y1 >= zone);
  let bottom = lines.findLastIndex((l) => l.y0 <= page.height - zone);
  const close = (a: TextLine, b: TextLine): boolean =>
    b.y0 - a.y1 < APART * Math.min(a.size, b.size) && Math.abs(a.size - b.size) <= 0.08 * a.size;
  while (top > 0 && close(lines[top - 1]!, lines[top]!)) top--;
  while (bottom >= 0 && bottom + 1 < lines.length && close(lines[bottom]!, lines[bottom + 1]!)) bottom++;
  return { top: lines[top]?.y0 ?? Infinity, bottom: lines[bottom]?.y1 ?? -Infinity };
}

const DRESSED =
  /^(?:[-–—－―·•~～]+\d{1,4}[-–—－―·•~～]+|第\d{1,4}页(?:[,，/／]?共\d{1,4}页)?|\d{1,4}[/／]\d{1,4}|Page\d{1,4}(?:of\d{1,4})?)$/i;

function pieces(page: PageGeometry, tables: readonly Box[]): Piece[] {
  const zone = Math.max(page.height * ZONE, LEAST_ZONE);
  const near = page.text.filter((b) => b.y1 < zone || b.y0 > page.height - zone);
  const out: Piece[] = [];
  let size: number | undefined;
  const hasUsualSize = (line: TextLine): boolean => {
    size ??= usualSize(page.text);
    return Math.abs(line.size - size) <= 0.08 * size;
  };
  let edges: { readonly top: number; readonly bottom: number } | undefined;
  /** The head of a table without rules, printed again on every page, is no running head. */
  const belongsToBody = (line: TextLine): boolean => {
    edges ??= bodyEdges(page, tables, zone);
    const y = (line.y0 + line.y1) / 2;
    return y > edges.top && y < edges.bottom;
  };
  for (const line of buildLines(near)) {
    const groups: TextBox[][] = [];
    for (const box of line.boxes) {
      const group = groups.at(-1);
      const last = group?.at(-1);
      const alike = last && Math.abs(last.y1 - last.y0 - (box.y1 - box.y0)) <= 0.08 * line.size;
      if (group && alike && box.x0 - last.x1 <= 1.2 * line.size) group.push(box);
      else groups.push([box]);
    }
    for (const boxes of groups) {
      const piece = boxes.length === line.boxes.length ? line : buildLines(boxes)[0];
      if (!piece) continue;
      const text = piece.text.replace(/\s/g, '');
      const y = Math.round(piece.y0 / 3);
      const middle = { x: (piece.x0 + piece.x1) / 2, y: (piece.y0 + piece.y1) / 2 };
      const inTable = tables.some(
        (t) => middle.x > t.x0 && middle.x < t.x1 && middle.y > t.y0 && middle.y < t.y1,
      );
      const keys: string[] = [];
      const number =
        /^[-–—－―·•~～]*(?:第|Page)?(\d{1,4})(?:页|[/／]\d+|共\d+页|of\d+)*[-–—－―·•~～]*$/i.exec(text);
      // Figures of a table without rules stand one below the other, down to the edge of the page.
      const among = inTable || belongsToBody(piece);
      if (number && (!among || DRESSED.test(text) || !hasUsualSize(piece))) {
        // Goes up with the pages; odd and even ones may stand on different sides. Over a table it must also stand at
        // one place and be set in another size than the figures there, which it must never be taken for.
        const shift = Number(number[1]) - page.page;
        const place = [-1, 0, 1].map((d) => String(d + Math.round(middle.x / 6)));
        // Beside other text, which may be the label of its row, it keeps at least its distance from the edge.
        const edge = Math.min(middle.x, page.width - middle.x);
        const sides = groups.length === 1 ? [''] : [-1, 0, 1].map((d) => `edge ${d + Math.round(edge / 6)}`);
        const columns = among ? place : [...place, ...sides];
        for (const row of [y - 1, y, y + 1])
          for (const column of columns) keys.push(`number,${row},${column},${shift}`);
      } else if (!number && text.length >= 2 && !among) {
        // The head of a table that every page prints again is no running head.
        const x = Math.round(piece.x0 / 4);
        for (const column of [x - 1, x, x + 1])
          for (const row of [y - 1, y, y + 1])
            keys.push(`text,${text.replace(/\d+/g, '#')},${row},${column}`);
      }
      out.push({ line: piece, keys, dressed: DRESSED.test(text), alone: groups.length === 1, inTable });
    }
  }
  return out;
}
