import type { ReadLimits } from '../document.ts';
import { parseXml } from '../docx/xml.ts';
import { mixed } from '../faint-ink.ts';

/** 0xrrggbb; `auto` for the usual one. */
export type CellInk = number | 'auto';

/** What is behind the text of a cell: `none` for the sheet, `other` for a pattern or gradient. */
export type CellGround = number | 'none' | 'other';

/** Colours that cells name by number (ECMA-376 part 1, 18.8.3, 18.8.27). */
export interface Palette {
  readonly theme: readonly number[];
  readonly indexed: readonly number[];
}

/** In the order in which cells name them: light and dark stand the other way round than in the theme itself. */
const SLOTS = 'lt1 dk1 lt2 dk2 accent1 accent2 accent3 accent4 accent5 accent6 hlink folHlink'.split(' ');
const OFFICE = [
  0xffffff, 0x000000, 0xe7e6e6, 0x44546a, 0x4472c4, 0xed7d31, 0xa5a5a5, 0xffc000, 0x5b9bd5, 0x70ad47,
  0x0563c1, 0x954f72,
];

/** The colours of a theme part; those of Office where there is none. */
export function themeColours(xml: string | null, limits: ReadLimits): readonly number[] {
  const colours = [...OFFICE];
  if (xml === null) return colours;
  let slot = -1;
  parseXml(
    xml,
    {
      open(name, attributes) {
        const local = name.slice(name.indexOf(':') + 1);
        const at = SLOTS.indexOf(local);
        if (at >= 0) slot = at;
        else if (slot >= 0 && (local === 'srgbClr' || local === 'sysClr')) {
          const colour = Number.parseInt(attributes[local === 'srgbClr' ? 'val' : 'lastClr'] ?? '', 16);
          if (Number.isFinite(colour)) colours[slot] = colour & 0xffffff;
        }
      },
      close(name) {
        if (SLOTS[slot] === name.slice(name.indexOf(':') + 1)) slot = -1;
      },
    },
    limits.xmlDepth,
  );
  return colours;
}

/** Of `color`, `fgColor` and the like; null where the element says nothing. */
export function colourIn(
  attributes: Readonly<Record<string, string>>,
  { theme, indexed }: Palette,
): CellInk | null {
  const { rgb, theme: slot, indexed: index, auto, tint } = attributes;
  let colour: number | undefined;
  // With an alpha before the colour, which programs do not regard.
  if (rgb !== undefined) colour = Number.parseInt(rgb.slice(-6), 16);
  else if (slot !== undefined) colour = theme[Number(slot)];
  else if (index !== undefined) {
    if (Number(index) === FOREGROUND) return 'auto';
    colour = indexed[Number(index)];
  } else return auto === undefined ? null : 'auto';
  if (colour === undefined || !Number.isFinite(colour)) return 'auto';
  const share = Number(tint ?? 0);
  if (!(Math.abs(share) <= 1) || share === 0) return colour;
  return mixed(colour, share < 0 ? 0 : 0xffffff, 1 - Math.abs(share));
}

const FOREGROUND = 64;

/** The palette of files that bring none of their own (18.8.27); the last is the ground of a window. */
export const INDEXED: readonly number[] = [
  0x000000, 0xffffff, 0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0xff00ff, 0x00ffff, 0x000000, 0xffffff,
  0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0xff00ff, 0x00ffff, 0x800000, 0x008000, 0x000080, 0x808000,
  0x800080, 0x008080, 0xc0c0c0, 0x808080, 0x9999ff, 0x993366, 0xffffcc, 0xccffff, 0x660066, 0xff8080,
  0x0066cc, 0xccccff, 0x000080, 0xff00ff, 0xffff00, 0x00ffff, 0x800080, 0x800000, 0x008080, 0x0000ff,
  0x00ccff, 0xccffff, 0xccffcc, 0xffff99, 0x99ccff, 0xff99cc, 0xcc99ff, 0xffcc99, 0x3366ff, 0x33cccc,
  0x99cc00, 0xffcc00, 0xff9900, 0xff6600, 0x666699, 0x969696, 0x003366, 0x339966, 0x003300, 0x333300,
  0x993300, 0x993366, 0x333399, 0x333333, 0x000000, 0xffffff,
];
