/** Grey levels of a coloured picture. */
export interface GrayLevels {
  /** One byte a pixel, 0 black to 255 white. */
  readonly gray: Uint8Array;
  /** The same with red ink (seals, corrections in red) as light as paper; undefined where there is none. */
  readonly redless?: Uint8Array;
}

/** By so much red must outshine green and blue for a pixel to be red ink, not the fringe of a black stroke. */
const RED = 48;
/** Share of the pixels from which on red is more than a scanner's colour noise. */
const SOME_RED = 0.0001;
/** Red ink is taken to be as bright in red as this share of it at least: the rest lies over black. */
const BRIGHT_SHARE = 0.4;

/** Grey levels from red, green, blue, opacity; four bytes a pixel. What is transparent is paper. */
export function grayLevels(data: Uint8Array): GrayLevels {
  const pixels = data.length >> 2;
  const gray = new Uint8Array(pixels);
  const reds = new Uint32Array(256);
  for (let pixel = 0, at = 0; pixel < pixels; pixel++, at += 4) {
    const opacity = data[at + 3]!;
    const r = data[at]!;
    const g = data[at + 1]!;
    const b = data[at + 2]!;
    const light = (r * 77 + g * 151 + b * 28) >> 8;
    gray[pixel] = opacity === 255 ? light : (light * opacity) / 255 + 255 - opacity;
    if (opacity > 127 && r - g >= RED && r - b >= RED) reds[r]! += 1;
  }
  const red = reds.reduce((sum, count) => sum + count, 0);
  if (red < SOME_RED * pixels) return { gray };
  const brightest = levelBelow(reds, red * BRIGHT_SHARE);
  const redless = Uint8Array.from(gray);
  for (let pixel = 0, at = 0; pixel < pixels; pixel++, at += 4) {
    const r = data[at]!;
    const others = Math.max(data[at + 1]!, data[at + 2]!);
    // The more a pixel leans to red the more of its darkness is the red ink's; black under a seal stays black in red.
    const leaning = r - others;
    if (leaning <= RED / 3) continue;
    const paper = Math.min(255, (r * 255) / brightest);
    redless[pixel] = Math.max(redless[pixel]!, leaning >= RED ? paper : r);
  }
  return { gray, redless };
}

/** The level below which `count` pixels lie. */
function levelBelow(levels: Uint32Array, count: number): number {
  let sum = 0;
  for (let level = 0; level < levels.length; level++) {
    sum += levels[level]!;
    if (sum >= count) return Math.max(1, level);
  }
  return 255;
}
