import { child, type Element } from './xml.ts';

/** What something is painted with. */
export interface Paint {
  /** Of its colour space; null where it is a pattern, a gradient or a number of a palette. */
  readonly values: readonly number[] | null;
  /** 0 to 255, that of the object in it. */
  readonly alpha: number;
}

export type Use = 'FillColor' | 'StrokeColor';

/** Above it nothing behind can be seen. */
export const OPAQUE = 200;
/** Up to it there is nothing to see. */
export const NOTHING = 12;

/**
 * The colour of an object: its own, else that of the first of its draw parameters that has one; null where none has.
 * `alpha`: of the object, 0 to 255.
 */
export function paintOf(use: Use, sources: readonly Element[], alpha: number): Paint | null {
  for (const source of sources) {
    const color = child(source, use);
    if (!color) continue;
    const own = Number(color.attributes['Alpha'] ?? 255);
    return { values: valuesOf(color), alpha: ((Number.isFinite(own) ? own : 255) * alpha) / 255 };
  }
  return null;
}

export const black = (alpha: number): Paint => ({ values: [0, 0, 0], alpha });

function valuesOf(color: Element): readonly number[] | null {
  const list = color.attributes['Value']?.trim();
  if (!list) return color.children.length > 0 || color.attributes['Index'] !== undefined ? null : [0, 0, 0];
  // Colours may be written in hexadecimal, as #ff.
  return list.split(/\s+/).map((v) => (v.startsWith('#') ? Number.parseInt(v.slice(1), 16) : Number(v)));
}

/** White is no rule; four values are CMYK, where zero is white. */
export function isVisible({ values, alpha }: Paint): boolean {
  if (alpha <= NOTHING) return false;
  if (values === null) return true;
  return values.length === 4 ? values.some((v) => v > 5) : !values.every((v) => v >= 250);
}

/** Painted so lightly that it may be meant to lie behind the text. */
export function isFaint({ values, alpha }: Paint): boolean {
  return alpha < 128 || (values?.length === 3 && values.every((v) => v > 190));
}
