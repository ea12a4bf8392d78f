import type { Segment, TextBox } from './page-geometry.ts';

/** Box-drawing characters by the arms they have: left 1, right 2, up 4, down 8. */
function arms(char: string): number {
  const code = char.charCodeAt(0);
  if (char.length !== 1 || code < 0x2500 || code > 0x257f) return 0;
  const dashes = [0x2504, 0x2505, 0x2508, 0x2509, 0x254c, 0x254d];
  if (code <= 0x2501 || dashes.includes(code) || code === 0x2550) return 3;
  if (code <= 0x250b || code === 0x254e || code === 0x254f || code === 0x2551) return 12;
  if (code <= 0x250f || (code >= 0x2552 && code <= 0x2554)) return 10;
  if (code <= 0x2513 || (code >= 0x2555 && code <= 0x2557)) return 9;
  if (code <= 0x2517 || (code >= 0x2558 && code <= 0x255a)) return 6;
  if (code <= 0x251b || (code >= 0x255b && code <= 0x255d)) return 5;
  if (code <= 0x2523 || (code >= 0x255e && code <= 0x2560)) return 14;
  if (code <= 0x252b || (code >= 0x2561 && code <= 0x2563)) return 13;
  if (code <= 0x2533 || (code >= 0x2564 && code <= 0x2566)) return 11;
  if (code <= 0x253b || (code >= 0x2567 && code <= 0x2569)) return 7;
  if (code <= 0x254b || (code >= 0x256a && code <= 0x256c)) return 15;
  return 0;
}

/** Lines of text stand apart by up to this share of their size: a column of │ has gaps. */
const LINE_GAP = 0.4;

/** Takes the rules that are drawn with characters (─ │ ┼) out of the text. */
export function drawnCharacters(text: readonly TextBox[]): {
  readonly text: readonly TextBox[];
  readonly segments: readonly Segment[];
} {
  const segments: Segment[] = [];
  if (!text.some((box) => arms(box.text) !== 0)) return { text, segments };
  const rest: TextBox[] = [];
  for (const box of text) {
    const has = arms(box.text);
    if (has === 0) {
      rest.push(box);
      continue;
    }
    const x = (box.x0 + box.x1) / 2;
    const y = (box.y0 + box.y1) / 2;
    const reach = LINE_GAP * (box.y1 - box.y0);
    if (has & 3)
      segments.push({ x0: has & 1 ? box.x0 : x, y0: y, x1: has & 2 ? box.x1 : x, y1: y, thickness: 0.5 });
    if (has & 12)
      segments.push({
        x0: x,
        y0: has & 4 ? box.y0 - reach : y,
        x1: x,
        y1: has & 8 ? box.y1 + reach : y,
        thickness: 0.5,
      });
  }
  return { text: rest, segments };
}
