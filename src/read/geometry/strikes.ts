import type { Box, PageGeometry, Segment, TextBox } from './page-geometry.ts';

/**
 * The part of a character's height (0 the top of its em square, 1 its bottom) in which a line strikes it out. Underlines
 * stand below the baseline, at 0.86.
 */
const STRUCK_FROM = 0.3;
const STRUCK_TO = 0.76;
/** A character is struck when this share of its width is crossed. */
const CROSSED = 0.5;
/** A line runs this many ems past the text that it strikes, at most. */
const PAST = 0.4;

/**
 * Finds characters struck out by a line. Such a line is no rule of a table, unless it runs on beyond the text: then it
 * stays one, and the text on it is marked all the same.
 */
export function withStrikes(page: PageGeometry): PageGeometry {
  const lines = page.segments.filter((s) => s.y0 === s.y1 && s.x1 - s.x0 > 1.5);
  if (lines.length === 0) return page;
  const index = new Map<number, Segment[]>();
  for (const line of lines) {
    const key = Math.floor(line.y0 / BAND);
    const list = index.get(key);
    if (list) list.push(line);
    else index.set(key, [line]);
  }
  const crossedBy = new Map<Segment, TextBox[]>();
  const struck = new Set<TextBox>();
  for (const box of page.text) {
    if (box.text === ' ' || (box.angle ?? 0) !== 0) continue;
    const height = box.y1 - box.y0;
    const from = box.y0 + STRUCK_FROM * height;
    const to = box.y0 + STRUCK_TO * height;
    for (let key = Math.floor(from / BAND); key <= Math.floor(to / BAND); key++)
      for (const line of index.get(key) ?? []) {
        if (line.y0 < from || line.y0 > to) continue;
        const width = Math.min(line.x1, box.x1) - Math.max(line.x0, box.x0);
        if (width < CROSSED * (box.x1 - box.x0)) continue;
        struck.add(box);
        const list = crossedBy.get(line);
        if (list) list.push(box);
        else crossedBy.set(line, [box]);
      }
  }
  if (struck.size === 0) return page;
  return {
    ...page,
    text: page.text.map((b) => (struck.has(b) ? { ...b, struck: true } : b)),
    segments: page.segments.filter((s) => {
      const boxes = crossedBy.get(s);
      return !boxes || !endsWithText(s, boxes);
    }),
  };
}

/** Height of the strips of the page by which lines are looked up. */
const BAND = 8;

function endsWithText(line: Segment, boxes: readonly Box[]): boolean {
  let x0 = Infinity;
  let x1 = -Infinity;
  let em = 0;
  for (const b of boxes) {
    x0 = Math.min(x0, b.x0);
    x1 = Math.max(x1, b.x1);
    em = Math.max(em, b.y1 - b.y0);
  }
  return line.x0 > x0 - PAST * em && line.x1 < x1 + PAST * em;
}
