/** Half of the cells with Chinese are read with this or more where black and white has left the strokes whole. */
const WHOLE = 0.78;
/** Fewer say nothing of a page. */
const FEWEST = 6;

/**
 * Whether the strokes of a page in black and white are broken, by the cells of the page with their lines as read: pieces
 * of digits are then read as strokes and characters, without a digit.
 */
export function areStrokesBroken(
  cells: readonly (readonly { readonly text: string; readonly score: number }[])[],
): boolean {
  const scores = cells
    .filter((lines) => lines.some(({ text }) => /\p{Script=Han}/u.test(text)))
    .map((lines) => Math.min(...lines.map(({ score }) => score)))
    .sort((a, b) => a - b);
  return scores.length >= FEWEST && scores[scores.length >> 1]! < WHOLE;
}
