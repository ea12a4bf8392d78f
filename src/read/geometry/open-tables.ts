import { buildLattice, type Lattice } from './lattice.ts';
import { buildLines, type TextLine } from './lines.ts';
import type { Box, PageGeometry } from './page-geometry.ts';
import type { Rule, Rulings } from './rulings.ts';

/** Rules of one table begin or end at the same place, give or take this much. */
const SAME = 4;
/** Tokens of one row stand at least this share of the font size apart. */
const TOKEN_GAP = 0.9;

/**
 * Tables that show only their rows: by horizontal rules, or by shading every other row. Their columns are the
 * gutters that the figures leave; a table whose columns cannot be told so is left alone.
 */
export function openTables(page: PageGeometry, loose: Rulings, taken: readonly Box[]): Lattice[] {
  const flat = loose.horizontal.filter((r) => r.to - r.from > 20);
  const free = page.shades.filter(
    (s) => s.y1 - s.y0 > 8 && s.y1 - s.y0 < 200 && s.x1 - s.x0 > 8 && !taken.some((t) => over(s, t)),
  );
  const bands = free.flatMap((s) => [
    { at: s.y0, from: s.x0, to: s.x1 },
    { at: s.y1, from: s.x0, to: s.x1 },
  ]);
  const out: Lattice[] = [];
  for (const rules of [flat, joinRow(bands)]) {
    for (const group of stack(rules)) {
      const top = group[0]!.at;
      const bottom = group[group.length - 1]!.at;
      const text = page.text.filter((b) => {
        const y = (b.y0 + b.y1) / 2;
        return y > top && y < bottom;
      });
      const lattice = fromRows(group, buildLines(text));
      if (lattice && ![...taken, ...out].some((t) => over(lattice, t))) out.push(lattice);
    }
  }
  return out;
}

function over(a: Box, b: Box): boolean {
  return a.x0 < b.x1 - 2 && a.x1 > b.x0 + 2 && a.y0 < b.y1 - 2 && a.y1 > b.y0 + 2;
}

/** Edges of shaded cells side by side make one line across. */
function joinRow(rules: readonly Rule[]): Rule[] {
  const out: { at: number; from: number; to: number }[] = [];
  for (const rule of rules.toSorted((a, b) => a.at - b.at || a.from - b.from)) {
    const last = out.find(
      (o) => Math.abs(o.at - rule.at) < 1.5 && rule.from <= o.to + SAME && rule.to >= o.from - SAME,
    );
    if (last) {
      last.from = Math.min(last.from, rule.from);
      last.to = Math.max(last.to, rule.to);
    } else out.push({ ...rule });
  }
  return out;
}

/** Rules one below the other that end at the same place; the widest of them span the table. */
function stack(rules: readonly Rule[]): Rule[][] {
  const sorted = rules.toSorted((a, b) => a.at - b.at);
  const groups: Rule[][] = [];
  for (const rule of sorted) {
    const group = groups.find((g) => {
      const last = g[g.length - 1]!;
      return Math.abs(last.to - rule.to) <= SAME && rule.at - last.at < 160;
    });
    if (group) group.push(rule);
    else groups.push([rule]);
  }
  return groups.filter((g) => {
    const left = Math.min(...g.map((r) => r.from));
    const spanning = g.filter((r) => r.from - left <= SAME);
    return g.length >= 3 && spanning.length >= 2;
  });
}

interface Token extends Box {
  readonly text: string;
}

/** A line of a row as pieces that stand apart. */
function tokens(line: TextLine): Token[] {
  const out: { text: string; x0: number; y0: number; x1: number; y1: number }[] = [];
  for (const box of line.boxes) {
    const last = out.at(-1);
    if (last && box.x0 - last.x1 <= TOKEN_GAP * line.size * 0.6) {
      last.x1 = Math.max(last.x1, box.x1);
      last.text += box.text;
    } else out.push({ text: box.text, x0: box.x0, y0: line.y0, x1: box.x1, y1: line.y1 });
  }
  return out;
}

const FIGURE = /^[-+—–－/]*[0-9０-９.,，]*[件宗项万元]*$/;

function fromRows(rules: readonly Rule[], lines: readonly TextLine[]): Lattice | null {
  const left = Math.min(...rules.map((r) => r.from));
  const right = Math.max(...rules.map((r) => r.to));
  const ys: number[] = [];
  for (const r of rules) if (ys.length === 0 || r.at - ys[ys.length - 1]! > SAME) ys.push(r.at);
  const pieces = lines.flatMap(tokens).filter((t) => t.x0 >= left - SAME && t.x1 <= right + SAME);
  const bandOf = (t: Box): number => {
    const y = (t.y0 + t.y1) / 2;
    let band = 0;
    while (band + 2 < ys.length && ys[band + 1]! < y) band++;
    return band;
  };
  const rows: Token[][] = Array.from({ length: ys.length - 1 }, () => []);
  for (const t of pieces) rows[bandOf(t)]!.push(t);

  // Columns of figures: what the figures of all rows cover, from the right end on.
  const figures = pieces
    .filter((t) => FIGURE.test(t.text) && /[0-9０-９]/.test(t.text))
    .sort((a, b) => a.x0 - b.x0);
  if (figures.length < 3) return null;
  const columns: { x0: number; x1: number }[] = [];
  for (const f of figures) {
    const last = columns.at(-1);
    if (last && f.x0 <= last.x1 + 2) last.x1 = Math.max(last.x1, f.x1);
    else columns.push({ x0: f.x0, x1: f.x1 });
  }
  // Every other piece of the same rows (words, dashes, headings) widens its column; one that lies over two says no more
  // than that it spans them, and one between two is a column without figures.
  for (const t of pieces) {
    const hit = columns.filter((c) => t.x0 < c.x1 && t.x1 > c.x0);
    if (hit.length === 1 && t.x0 > columns[0]!.x0 - 40) {
      hit[0]!.x0 = Math.min(hit[0]!.x0, t.x0);
      hit[0]!.x1 = Math.max(hit[0]!.x1, t.x1);
    } else if (hit.length === 0 && t.x0 > columns[0]!.x1) {
      columns.push({ x0: t.x0, x1: t.x1 });
      columns.sort((a, b) => a.x0 - b.x0);
    }
  }
  for (let i = 0; i + 1 < columns.length; i++) if (columns[i]!.x1 > columns[i + 1]!.x0) return null;
  const separators: { x: number; label: boolean }[] = [];
  const labels = pieces.filter((t) => t.x1 <= columns[0]!.x0 + 0.5 && t.x0 < columns[0]!.x0 - 2);
  const labelEnd = Math.max(left, ...labels.map((t) => t.x1));
  separators.push({ x: (labelEnd + columns[0]!.x0) / 2, label: false });
  for (let i = 0; i + 1 < columns.length; i++)
    separators.push({ x: (columns[i]!.x1 + columns[i + 1]!.x0) / 2, label: false });
  // Rules that begin further right leave a merged label on their left.
  const starts: number[] = [];
  for (const r of rules)
    if (r.from > left + SAME && r.from < columns[0]!.x0 && !starts.some((s) => Math.abs(s - r.from) <= SAME))
      starts.push(r.from);
  for (const x of starts) separators.push({ x, label: true });

  const vertical: Rule[] = [
    { at: left, from: ys[0]!, to: ys[ys.length - 1]! },
    { at: right, from: ys[0]!, to: ys[ys.length - 1]! },
  ];
  for (const { x, label } of separators) {
    rows.forEach((row, band) => {
      const from = ys[band]!;
      const to = ys[band + 1]!;
      if (row.some((t) => t.x0 < x - 0.5 && t.x1 > x + 0.5)) return;
      if (label) {
        const bounds = rules.filter((r) => Math.abs(r.at - from) <= SAME || Math.abs(r.at - to) <= SAME);
        if (!bounds.some((r) => r.from >= x - SAME)) return;
      } else if (!row.some((t) => t.x0 > x) || !row.some((t) => t.x1 < x)) {
        // A row with nothing on one side is one cell: a title inside the table.
        if (row.length <= 1) return;
      }
      vertical.push({ at: x, from, to });
    });
  }
  return buildLattice({ horizontal: rules, vertical });
}
