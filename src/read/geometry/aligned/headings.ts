import { center, middle, type TextBlock } from './text-blocks.ts';

/** A heading and the columns of values that it heads, from 0, end exclusive. */
export interface Heading {
  readonly block: TextBlock;
  readonly from: number;
  readonly to: number;
  /** Row of the head, from 0, end exclusive. */
  readonly top: number;
  readonly bottom: number;
  /** It heads the same columns as the heading above it: more likely it heads some of them. */
  readonly uncertain: boolean;
}

export interface Headings {
  readonly rows: number;
  readonly headings: readonly Heading[];
  /** Texts over the whole width, labels included, from top to bottom. */
  readonly titles: readonly TextBlock[];
}

interface Item {
  readonly block: TextBlock;
  readonly from: number;
  readonly to: number;
}

/**
 * Which columns each heading heads: the lowest text above each column is its own heading, and a text above several is
 * centred over them. Null where that leaves more than one way, or none.
 */
export function placeHeadings(
  blocks: readonly TextBlock[],
  columns: readonly { readonly x0: number; readonly x1: number }[],
): Headings | null {
  const leaves = columns.map((column) => {
    const above = blocks.filter((b) => b.x0 < column.x1 && b.x1 > column.x0);
    return above.sort((a, b) => b.y1 - a.y1)[0];
  });
  if (leaves.some((leaf) => !leaf) || new Set(leaves).size !== leaves.length) return null;
  const own = leaves as TextBlock[];
  // A heading that leaves its column only by touching the next one's figures heads both, or was not understood.
  if (own.some((leaf, i) => columns.some((c, k) => k !== i && leaf.x0 < c.x1 && leaf.x1 > c.x0))) return null;
  const parents = blocks.filter((b) => !own.includes(b));
  const ways = [place(own, parents, sameMiddle), place(own, parents, sameTop)].filter((way) => way !== null);
  const doubt = (way: Headings): number =>
    2 * way.titles.length + (way.headings.some((h) => h.uncertain) ? 1 : 0);
  return ways.toSorted((a, b) => doubt(a) - doubt(b))[0] ?? null;
}

type Alike = (a: TextBlock, b: TextBlock) => boolean;
const sameMiddle: Alike = (a, b) => Math.abs(middle(a) - middle(b)) < 0.25 * a.size;
const sameTop: Alike = (a, b) => Math.abs(a.y0 - b.y0) < 0.25 * a.size;

function place(leaves: readonly TextBlock[], parents: readonly TextBlock[], alike: Alike): Headings | null {
  const edges = edgesOf(leaves.map(center));
  // Most columns have their heading in the last row of the head; 自然人 beside them takes two rows.
  const likes = leaves.map((leaf) => leaves.filter((other) => alike(leaf, other)).length);
  const usual = leaves[likes.indexOf(Math.max(...likes))]!;
  const bottom = leaves.map((leaf) => alike(leaf, usual));
  const chains: Item[][] = leaves.map((block, i) => [{ block, from: i, to: i + 1 }]);
  let left = [...parents];
  const whole: [number, number] = [0, leaves.length];
  const isBottom = (i: number): boolean => bottom[i]!;
  let runs: [number, number][] = bottom.every(Boolean)
    ? [whole]
    : runsOf(leaves.length, isBottom, () => true);
  for (let layer = 0; left.length > 0 && layer < 6; layer++) {
    let found = false;
    for (const [from, to] of runs) {
      const above = left.filter((b) => chains.slice(from, to).every((chain) => b.y1 <= chain[0]!.block.y0));
      const tiles = tile(above, edges, from, to);
      if (!tiles) continue;
      found = true;
      for (const item of tiles) for (let c = item.from; c < item.to; c++) chains[c]!.unshift(item);
      left = left.filter((b) => !tiles.some((t) => t.block === b));
      if (from === 0 && to === leaves.length) break;
    }
    if (!found && layer > 0) break;
    const tops = chains.map((chain) => chain[0]!);
    runs = [
      whole,
      ...runsOf(
        leaves.length,
        (i) => tops[i]!.to - tops[i]!.from > 1 || bottom[i]!,
        (a, b) => tops[a] === tops[b] || alike(tops[a]!.block, tops[b]!.block),
      ),
    ];
    if (!found && runs.length === 1) break;
  }
  // What is left heads the whole table when it stands alone above everything.
  const titles = left.sort((a, b) => a.y0 - b.y0);
  const top = Math.min(...chains.map((chain) => chain[0]!.block.y0));
  for (const [i, title] of titles.entries()) {
    const next = titles[i + 1];
    if (title.y1 > top || (next && title.y1 > next.y0)) return null;
  }
  const rows = Math.max(...chains.map((chain) => chain.length));
  const headings = new Map<TextBlock, Heading>();
  chains.forEach((chain, column) => {
    chain.forEach((item, i) => {
      const last = i === chain.length - 1;
      const begins = last && bottom[column] ? rows - 1 : i;
      const ends = last ? rows : i === chain.length - 2 && bottom[column] ? rows - 1 : i + 1;
      if (!headings.has(item.block)) {
        const over = chain[i - 1];
        const uncertain =
          over !== undefined && over.from === item.from && over.to === item.to && item.to - item.from > 1;
        headings.set(item.block, { ...item, top: begins, bottom: ends, uncertain });
      }
    });
  });
  return { rows, headings: [...headings.values()], titles };
}

/** Positions between columns whose headings stand in their middles. */
function edgesOf(centers: readonly number[]): number[] {
  const inner = centers.slice(1).map((c, i) => (c + centers[i]!) / 2);
  if (inner.length === 0) return [centers[0]! - 1, centers[0]! + 1];
  const first = 2 * centers[0]! - inner[0]!;
  const last = 2 * centers[centers.length - 1]! - inner[inner.length - 1]!;
  return [first, ...inner, last];
}

function runsOf(
  count: number,
  member: (index: number) => boolean,
  together: (a: number, b: number) => boolean,
): [number, number][] {
  const runs: [number, number][] = [];
  for (let i = 0; i < count; i++) {
    const open = runs.at(-1);
    if (!member(i)) continue;
    if (open && open[1] === i && together(i - 1, i)) open[1] = i + 1;
    else runs.push([i, i + 1]);
  }
  return runs.filter(([from, to]) => to - from > 1);
}

/** Headings centred over neighbouring stretches that fill `from` to `to`: the lowest ones, null where none do. */
function tile(
  blocks: readonly TextBlock[],
  edges: readonly number[],
  from: number,
  to: number,
): Item[] | null {
  let best: { items: Item[]; y: number } | null = null;
  const search = (at: number, items: Item[]): void => {
    if (at === to) {
      const y = items.reduce((sum, i) => sum + middle(i.block), 0) / items.length;
      if (!best || y > best.y) best = { items, y };
      return;
    }
    for (const block of blocks) {
      if (items.some((i) => i.block === block)) continue;
      const end = 2 * center(block) - edges[at]!;
      const until = edges.findIndex(
        (e, i) => i > at + 1 && i <= to && Math.abs(e - end) < 0.3 * (e - edges[i - 1]!),
      );
      if (until < 0) continue;
      if (block.x0 < edges[at]! - 1 || block.x1 > edges[until]! + 1) continue;
      search(until, [...items, { block, from: at, to: until }]);
    }
  };
  if (blocks.length <= 12) search(from, []);
  return (best as { items: Item[] } | null)?.items ?? null;
}
