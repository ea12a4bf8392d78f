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
  lines.sort((a, b) => a.y0 - b.y0);
  const crossedBy = new Map<Segment, TextBox[]>();
  const struck = new Set<TextBox>();
  // Characters that were drawn together stand at one height: the lines there are looked for once.
  let last: TextBox | undefined;
  let through: readonly Segment[] = [];
  for (const box of page.text) {
    if (box.text === ' ' || (box.angle ?? 0) !== 0) continue;
    if (box.y0 !== last?.y0 || box.y1 !== last.y1) {
      const height = box.y1 - box.y0;
      through = linesBetween(lines, box.y0 + STRUCK_FROM * height, box.y0 + STRUCK_TO * height);
      last = box;
    }
    for (const line of through) {
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

/** Of lines from top to bottom, those at heights from `from` to `to`. */
function linesBetween(lines: readonly Segment[], from: number, to: number): readonly Segment[] {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.y0 < from) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < lines.length && lines[end]!.y0 <= to) end++;
  return end === low ? NONE : lines.slice(low, end);
}

const NONE: readonly Segment[] = [];

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
