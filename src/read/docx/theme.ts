import { mixed } from '../faint-ink.ts';
import { parseXml } from './xml.ts';

/** The colours that a document takes from its theme (ECMA-376 part 1, 20.1.6.2). */
export interface Theme {
  /** Null where the document names no colour of the theme, or one that the theme does not have. */
  colour(name: string | undefined, tint: string | undefined, shade: string | undefined): number | null;
}

/** The names by which documents ask for the colours of a theme (17.18.97), as they are mapped but for rare settings. */
const SLOTS: ReadonlyMap<string, string> = new Map([
  ['background1', 'lt1'],
  ['light1', 'lt1'],
  ['text1', 'dk1'],
  ['dark1', 'dk1'],
  ['background2', 'lt2'],
  ['light2', 'lt2'],
  ['text2', 'dk2'],
  ['dark2', 'dk2'],
  ['accent1', 'accent1'],
  ['accent2', 'accent2'],
  ['accent3', 'accent3'],
  ['accent4', 'accent4'],
  ['accent5', 'accent5'],
  ['accent6', 'accent6'],
  ['hyperlink', 'hlink'],
  ['followedHyperlink', 'folHlink'],
  ['bg1', 'lt1'],
  ['lt1', 'lt1'],
  ['tx1', 'dk1'],
  ['dk1', 'dk1'],
  ['bg2', 'lt2'],
  ['lt2', 'lt2'],
  ['tx2', 'dk2'],
  ['dk2', 'dk2'],
]);

/** Without a theme the two that every theme has as they are. */
export const NO_THEME: Theme = themeOf(
  new Map([
    ['lt1', 0xffffff],
    ['dk1', 0x000000],
  ]),
);

/** @throws XmlError */
export function readTheme(xml: string, maxDepth: number): Theme {
  const colours = new Map<string, number>();
  const slots = new Set(SLOTS.values());
  let slot: string | null = null;
  parseXml(
    xml,
    {
      open(name, attributes) {
        const local = name.slice(name.indexOf(':') + 1);
        if (slots.has(local)) slot = local;
        else if (slot !== null && !colours.has(slot) && (local === 'srgbClr' || local === 'sysClr')) {
          const colour = Number.parseInt(attributes[local === 'srgbClr' ? 'val' : 'lastClr'] ?? '', 16);
          if (Number.isFinite(colour)) colours.set(slot, colour & 0xffffff);
        }
      },
      close(name) {
        if (name.slice(name.indexOf(':') + 1) === slot) slot = null;
      },
    },
    maxDepth,
  );
  if (!colours.has('lt1')) colours.set('lt1', 0xffffff);
  if (!colours.has('dk1')) colours.set('dk1', 0x000000);
  return themeOf(colours);
}

function themeOf(colours: ReadonlyMap<string, number>): Theme {
  return {
    colour(name, tint, shade) {
      const slot = name === undefined ? undefined : SLOTS.get(name);
      const colour = slot === undefined ? undefined : colours.get(slot);
      if (colour === undefined) return null;
      return towards(towards(colour, tint, 0xffffff), shade, 0);
    },
  };
}

/** A tint leaves its share (of FF) of a colour and makes the rest white, a shade makes it black (17.3.2.6). */
function towards(colour: number, share: string | undefined, end: number): number {
  const part = Number.parseInt(share ?? '', 16) / 0xff;
  if (!(part >= 0 && part <= 1)) return colour;
  return mixed(colour, end, part);
}
