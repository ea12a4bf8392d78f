import type { Box } from './page-geometry.ts';
import type { Rule, Rulings } from './rulings.ts';

/** A cell found between rules, before any text is known; rows and columns count from 0. */
export interface LatticeCell extends Box {
  readonly row: number;
  readonly column: number;
  readonly rowSpan: number;
  readonly columnSpan: number;
  /** The rules did not say clearly where this cell ends. */
  readonly uncertain: boolean;
}

/** A ruled table: the lines of its grid, and its cells with merged ones as one. */
export interface Lattice extends Box {
  /** Positions of the column edges, left to right, one more than columns. */
  readonly xs: readonly number[];
  /** Positions of the row edges, top to bottom. */
  readonly ys: readonly number[];
  /** Row-major by origin. */
  readonly cells: readonly LatticeCell[];
  /** No rule closes the table there. */
  readonly openTop: boolean;
  readonly openBottom: boolean;
}

/** Rules that miss each other by this much were meant to meet. */
const REACH = 3.5;
/** Edges nearer than this are the same edge. */
const SAME = 3.5;
/** A shared side counts as drawn when this share of it is. */
const DRAWN = 0.5;

/** Ruled tables of a page, and the rules that belong to none. */
export function findLattices(rulings: Rulings): { lattices: Lattice[]; loose: Rulings } {
  const { horizontal, vertical } = rulings;
  const parent = Array.from({ length: horizontal.length + vertical.length }, (_, i) => i);
  const find = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root]!;
    while (parent[i] !== root) [parent[i], i] = [root, parent[i]!];
    return root;
  };
  for (let h = 0; h < horizontal.length; h++) {
    const a = horizontal[h]!;
    for (let v = 0; v < vertical.length; v++) {
      const b = vertical[v]!;
      if (b.at >= a.from - REACH && b.at <= a.to + REACH && a.at >= b.from - REACH && a.at <= b.to + REACH)
        parent[find(h)] = find(horizontal.length + v);
    }
  }
  const groups = new Map<number, { horizontal: Rule[]; vertical: Rule[] }>();
  const group = (i: number): { horizontal: Rule[]; vertical: Rule[] } => {
    const root = find(i);
    let entry = groups.get(root);
    if (!entry) {
      entry = { horizontal: [], vertical: [] };
      groups.set(root, entry);
    }
    return entry;
  };
  horizontal.forEach((rule, i) => {
    group(i).horizontal.push(rule);
  });
  vertical.forEach((rule, i) => {
    group(horizontal.length + i).vertical.push(rule);
  });

  const entries = [...groups.values()];
  const ruled = entries.filter((e) => e.horizontal.length && e.vertical.length);
  const rest = entries.filter((e) => !ruled.includes(e));
  const uprights = rest.flatMap((e) => e.vertical);
  const lattices: Lattice[] = [];
  const adopted = new Set<Rule>();
  for (const entry of ruled) {
    for (const rule of adoptSides(entry, uprights)) {
      entry.vertical.push(rule);
      adopted.add(rule);
    }
    const lattice = buildLattice(entry);
    if (lattice) lattices.push(lattice);
    else rest.push(entry);
  }
  lattices.sort((a, b) => a.y0 - b.y0 || a.x0 - b.x0);
  return {
    lattices,
    loose: {
      horizontal: rest.flatMap((e) => e.horizontal),
      vertical: rest.flatMap((e) => e.vertical).filter((r) => !adopted.has(r)),
    },
  };
}

/** A side this far off may still belong to a table: the widest column of labels. */
const SIDE = 200;

/**
 * Where a page cuts a merged cell at both its ends, no rule crosses its column, and the side of the table hangs in
 * the air. Such a line runs along the whole height of the table.
 */
function adoptSides(table: Rulings, uprights: readonly Rule[]): Rule[] {
  const top = Math.min(...table.vertical.map((r) => r.from));
  const bottom = Math.max(...table.vertical.map((r) => r.to));
  let left = Math.min(...table.vertical.map((r) => r.at));
  let right = Math.max(...table.vertical.map((r) => r.at));
  const out: Rule[] = [];
  const along = uprights.filter((r) => Math.abs(r.from - top) <= REACH && Math.abs(r.to - bottom) <= REACH);
  for (const rule of along.filter((r) => r.at < left).sort((a, b) => b.at - a.at)) {
    if (left - rule.at > SIDE) break;
    left = rule.at;
    out.push(rule);
  }
  for (const rule of along.filter((r) => r.at > right).sort((a, b) => a.at - b.at)) {
    if (rule.at - right > SIDE) break;
    right = rule.at;
    out.push(rule);
  }
  return out;
}

/** Sorted positions without near doubles; the mean of those that fall together. */
function edges(positions: number[]): number[] {
  positions.sort((a, b) => a - b);
  const out: number[] = [];
  let start = 0;
  while (start < positions.length) {
    let end = start;
    let sum = 0;
    while (end < positions.length && positions[end]! - positions[start]! <= SAME) sum += positions[end++]!;
    out.push(sum / (end - start));
    start = end;
  }
  return out;
}

/**
 * The grid of rules that hang together. Null when they enclose nothing. A single cell is kept: it may be what a page
 * break left of a table.
 */
function buildLattice(rulings: Rulings): Lattice | null {
  const { horizontal, vertical } = rulings;
  const xs = edges(vertical.map((r) => r.at));
  const ys = edges(horizontal.map((r) => r.at));
  const first = <T>(list: readonly T[]): T => list[0]!;
  const last = <T>(list: readonly T[]): T => list[list.length - 1]!;

  // A side that no rule closes is still a side: the rules of the other direction say how far the table goes.
  const openLeft = reach(horizontal.map((r) => first(xs) - r.from));
  if (openLeft) xs.unshift(first(xs) - openLeft);
  const openRight = reach(horizontal.map((r) => r.to - last(xs)));
  if (openRight) xs.push(last(xs) + openRight);
  const openTop = reach(vertical.map((r) => first(ys) - r.from));
  if (openTop) ys.unshift(first(ys) - openTop);
  const openBottom = reach(vertical.map((r) => r.to - last(ys)));
  if (openBottom) ys.push(last(ys) + openBottom);

  const rows = ys.length - 1;
  const columns = xs.length - 1;
  if (rows < 1 || columns < 1 || rows * columns > 100_000) return null;

  // wallRight[i][j]: a rule stands between column j-1 and j in row i; wallBelow[i][j] likewise between rows.
  const wallRight = walls(vertical, xs, ys);
  const wallBelow = walls(horizontal, ys, xs);
  const right = (row: number, column: number): boolean => wallRight[column + 1]![row]!;
  const below = (row: number, column: number): boolean => wallBelow[row + 1]![column]!;

  const owner = new Int32Array(rows * columns).fill(-1);
  const cells: LatticeCell[] = [];
  const box = (row: number, column: number, rowSpan: number, columnSpan: number): Box => ({
    x0: xs[column]!,
    y0: ys[row]!,
    x1: xs[column + columnSpan]!,
    y1: ys[row + rowSpan]!,
  });
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (owner[row * columns + column] !== -1) continue;
      const alone =
        (column + 1 === columns || right(row, column)) &&
        (row + 1 === rows || below(row, column)) &&
        (column === 0 || right(row, column - 1)) &&
        (row === 0 || below(row - 1, column));
      if (alone) {
        owner[row * columns + column] = cells.length;
        cells.push({
          row,
          column,
          rowSpan: 1,
          columnSpan: 1,
          uncertain: false,
          x0: xs[column]!,
          y0: ys[row]!,
          x1: xs[column + 1]!,
          y1: ys[row + 1]!,
        });
        continue;
      }
      const members = flood(row, column, rows, columns, right, below);
      let r0 = rows;
      let r1 = 0;
      let c0 = columns;
      let c1 = 0;
      for (const m of members) {
        const r = Math.floor(m / columns);
        const c = m % columns;
        r0 = Math.min(r0, r);
        r1 = Math.max(r1, r);
        c0 = Math.min(c0, c);
        c1 = Math.max(c1, c);
      }
      const spans = [r1 - r0 + 1, c1 - c0 + 1] as const;
      if (members.length === spans[0] * spans[1]) {
        for (const m of members) owner[m] = cells.length;
        cells.push({
          row: r0,
          column: c0,
          rowSpan: spans[0],
          columnSpan: spans[1],
          uncertain: false,
          ...box(r0, c0, ...spans),
        });
        continue;
      }
      // A missing piece of rule joins cells into a shape that is no rectangle. Cutting it into strips keeps every
      // number in a cell of its own; taking the whole rectangle would glue neighbours together.
      for (const strip of strips(members, columns, right, below)) {
        for (let r = strip.row; r < strip.row + strip.rowSpan; r++)
          for (let c = strip.column; c < strip.column + strip.columnSpan; c++)
            owner[r * columns + c] = cells.length;
        cells.push({
          ...strip,
          uncertain: true,
          ...box(strip.row, strip.column, strip.rowSpan, strip.columnSpan),
        });
      }
    }
  }
  cells.sort((a, b) => a.row - b.row || a.column - b.column);
  return {
    x0: xs[0]!,
    y0: ys[0]!,
    x1: last(xs),
    y1: last(ys),
    xs,
    ys,
    cells,
    openTop: openTop > 0,
    openBottom: openBottom > 0,
  };
}

/** No line of text fits into a strip so narrow. */
const STRIP = 7;

/**
 * The lattice without rows and columns that are too narrow for text and hold none: they come from rules that were
 * meant to be one line but were drawn at two places.
 */
export function withoutStrips(lattice: Lattice, text: readonly Box[]): Lattice {
  const ys = strippedEdges(lattice.ys, () => text.map((b) => (b.y0 + b.y1) / 2));
  const xs = strippedEdges(lattice.xs, () => text.map((b) => (b.x0 + b.x1) / 2));
  if (!ys && !xs) return lattice;
  const row = (i: number): number => (ys ? ys.index[i]! : i);
  const column = (i: number): number => (xs ? xs.index[i]! : i);
  const cells: LatticeCell[] = [];
  for (const cell of lattice.cells) {
    const r = row(cell.row);
    const c = column(cell.column);
    const rowSpan = row(cell.row + cell.rowSpan) - r;
    const columnSpan = column(cell.column + cell.columnSpan) - c;
    if (rowSpan > 0 && columnSpan > 0) cells.push({ ...cell, row: r, column: c, rowSpan, columnSpan });
  }
  cells.sort((a, b) => a.row - b.row || a.column - b.column);
  return { ...lattice, xs: xs?.edges ?? lattice.xs, ys: ys?.edges ?? lattice.ys, cells };
}

function strippedEdges(
  positions: readonly number[],
  middlesOf: () => readonly number[],
): { edges: number[]; index: number[] } | null {
  if (!positions.some((to, i) => i > 0 && to - positions[i - 1]! < STRIP)) return null;
  const middles = middlesOf();
  const edges = [positions[0]!];
  const index = [0];
  for (let i = 1; i < positions.length; i++) {
    const from = positions[i - 1]!;
    const to = positions[i]!;
    const strip = to - from < STRIP && !middles.some((m) => m > from && m < to);
    if (strip && edges.length > 1 && i < positions.length - 1) index.push(edges.length - 1);
    else if (strip && edges.length > 1) {
      edges[edges.length - 1] = to;
      index.push(edges.length - 1);
    } else if (strip) index.push(0);
    else {
      edges.push(to);
      index.push(edges.length - 1);
    }
  }
  return edges.length === positions.length || edges.length < 2 ? null : { edges, index };
}

/** How far the rules run past the outermost crossing rule; 0 unless two of them agree. */
function reach(overhangs: number[]): number {
  const far = overhangs.filter((o) => o > SAME + 1).sort((a, b) => b - a);
  if (far.length < 2) return 0;
  for (let i = 0; i + 1 < far.length; i++) if (far[i]! - far[i + 1]! <= REACH) return far[i]!;
  return 0;
}

/** For each edge position, for each gap between neighbouring cross positions: is the side drawn? */
function walls(rules: readonly Rule[], positions: readonly number[], cross: readonly number[]): boolean[][] {
  const gaps = cross.length - 1;
  const covered = new Float64Array(positions.length * gaps);
  for (const rule of rules) {
    const line = nearest(positions, rule.at) * gaps;
    for (let g = 0; g < gaps && cross[g]! < rule.to; g++) {
      const from = Math.max(rule.from, cross[g]!);
      const to = Math.min(rule.to, cross[g + 1]!);
      if (to > from) covered[line + g] = covered[line + g]! + (to - from);
    }
  }
  return positions.map((_, i) => {
    const drawn: boolean[] = [];
    for (let g = 0; g < gaps; g++) drawn.push(covered[i * gaps + g]! >= DRAWN * (cross[g + 1]! - cross[g]!));
    return drawn;
  });
}

function nearest(positions: readonly number[], at: number): number {
  let best = 0;
  for (let i = 1; i < positions.length; i++)
    if (Math.abs(positions[i]! - at) < Math.abs(positions[best]! - at)) best = i;
  return best;
}

type Wall = (row: number, column: number) => boolean;

function flood(
  row: number,
  column: number,
  rows: number,
  columns: number,
  right: Wall,
  below: Wall,
): number[] {
  const start = row * columns + column;
  const seen = new Set<number>([start]);
  const queue = [start];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const r = Math.floor(at / columns);
    const c = at % columns;
    const next: number[] = [];
    if (c + 1 < columns && !right(r, c)) next.push(at + 1);
    if (c > 0 && !right(r, c - 1)) next.push(at - 1);
    if (r + 1 < rows && !below(r, c)) next.push(at + columns);
    if (r > 0 && !below(r - 1, c)) next.push(at - columns);
    for (const n of next)
      if (!seen.has(n)) {
        seen.add(n);
        queue.push(n);
      }
  }
  return [...seen].sort((a, b) => a - b);
}

interface Strip {
  readonly row: number;
  readonly column: number;
  rowSpan: number;
  readonly columnSpan: number;
}

/** Cuts a shape into rectangles: runs within a row, put together with equal runs below where no rule parts them. */
function strips(members: readonly number[], columns: number, right: Wall, below: Wall): Strip[] {
  const out: Strip[] = [];
  const inside = new Set(members);
  let i = 0;
  while (i < members.length) {
    const row = Math.floor(members[i]! / columns);
    const column = members[i]! % columns;
    let span = 1;
    while (
      inside.has(members[i]! + span) &&
      column + span < columns &&
      members[i + span] === members[i]! + span &&
      !right(row, column + span - 1)
    )
      span++;
    const above = out.find(
      (s) =>
        s.row + s.rowSpan === row && s.column === column && s.columnSpan === span && !below(row - 1, column),
    );
    if (above) above.rowSpan++;
    else out.push({ row, column, rowSpan: 1, columnSpan: span });
    i += span;
  }
  return out;
}
