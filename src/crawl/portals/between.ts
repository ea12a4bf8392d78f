/**
 * The stretches of a text between an opening and a closing mark, in order, none inside another. Case counts. A mark
 * that is never closed ends the search; an expression with `[\s\S]*?` would begin anew at every opening mark, and a
 * page made of nothing else would keep it busy for hours.
 */
export function* between(
  text: string,
  open: string,
  close: string,
): Generator<{ inside: string; at: number }> {
  for (let at = text.indexOf(open); at >= 0; ) {
    const from = at + open.length;
    const to = text.indexOf(close, from);
    if (to < 0) return;
    yield { inside: text.slice(from, to), at };
    at = text.indexOf(open, to + close.length);
  }
}

/** The first such stretch, or null. */
export function firstBetween(text: string, open: string, close: string): string | null {
  for (const { inside } of between(text, open, close)) return inside;
  return null;
}
