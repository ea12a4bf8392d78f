import type { Segment } from './page-geometry.ts';

/** A ruling line after joining its pieces: at `at` on the other axis, from `from` to `to` on its own. */
export interface Rule {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

export interface Rulings {
  readonly horizontal: readonly Rule[];
  readonly vertical: readonly Rule[];
}

/** The two lines of a double border stand this close; no row or column is so narrow. */
const DOUBLE = 3.5;
/** Pieces of one line are this far apart at most: the corner of a border, the gap of a dash. */
const GAP = 3;
/** Pieces up to this long are dots or dashes, whose gaps are about as long as themselves. */
const DASH = 8;
/** What is left shorter than this after joining is a dot, a letter's part, a tick. */
const MIN_LENGTH = 5;

/** Joins pieces into lines: dots and dashes, borders drawn cell by cell, double lines, lines drawn twice. */
export function joinSegments(segments: readonly Segment[]): Rulings {
  const across: Rule[] = [];
  const down: Rule[] = [];
  for (const s of segments) {
    if (s.y0 === s.y1) across.push({ at: s.y0, from: s.x0, to: s.x1 });
    else down.push({ at: s.x0, from: s.y0, to: s.y1 });
  }
  return { horizontal: join(across), vertical: join(down) };
}

function join(pieces: Rule[]): Rule[] {
  pieces.sort((a, b) => a.at - b.at);
  const rules: Rule[] = [];
  let start = 0;
  while (start < pieces.length) {
    let end = start + 1;
    while (end < pieces.length && pieces[end]!.at - pieces[start]!.at <= DOUBLE) end++;
    joinLine(pieces.slice(start, end), rules);
    start = end;
  }
  return rules;
}

/** Joins what lies on one line (or on both lines of a double one). */
function joinLine(pieces: Rule[], rules: Rule[]): void {
  pieces.sort((a, b) => a.from - b.from);
  let from = 0;
  let to = 0;
  let weight = 0;
  let sum = 0;
  let last = 0;
  let open = false;
  const close = (): void => {
    if (open && to - from >= MIN_LENGTH) rules.push({ at: sum / weight, from, to });
    open = false;
  };
  for (const piece of pieces) {
    const length = piece.to - piece.from;
    const gap =
      open && length <= DASH && last <= DASH
        ? Math.max(GAP, Math.min(DASH, 2 * Math.max(length, last)))
        : GAP;
    if (!open || piece.from > to + gap) {
      close();
      open = true;
      from = piece.from;
      to = piece.to;
      weight = 0;
      sum = 0;
    }
    to = Math.max(to, piece.to);
    const share = Math.max(length, 0.1);
    weight += share;
    sum += share * piece.at;
    last = length;
  }
  close();
}
