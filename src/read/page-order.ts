import type { Block } from './document.ts';

/** Merges two sequences of blocks that are each in page order. */
export function inPageOrder(a: readonly Block[], b: readonly Block[]): Block[] {
  const page = (block: Block): number => Number(/^page=(\d+)/.exec(block.location)?.[1] ?? 0);
  const out: Block[] = [];
  let i = 0;
  for (const block of a) {
    while (i < b.length && page(b[i]!) < page(block)) out.push(b[i++]!);
    out.push(block);
  }
  return [...out, ...b.slice(i)];
}
