import { unsigned16 } from './property-modifiers.ts';

/** What a style says that reading needs: whether it is a heading or the title, and its character properties. */
export interface Style {
  readonly role: 'title' | 'heading' | null;
  readonly base: number;
  readonly character: Uint8Array;
}

const NO_STYLE = 0xfff;
const TITLE = 62;
const PARAGRAPH_STYLE = 1;
const CHARACTER_STYLE = 2;

/** The styles of a style sheet (STSH, [MS-DOC] 2.9.271) by index; unused places are missing. */
export function readStyles(sheet: Uint8Array): ReadonlyMap<number, Style> {
  const styles = new Map<number, Style>();
  const headerSize = unsigned16(sheet, 0);
  const count = unsigned16(sheet, 2);
  const baseSize = unsigned16(sheet, 4);
  let at = 2 + headerSize;
  for (let index = 0; index < count && at + 2 <= sheet.length; index++) {
    const size = unsigned16(sheet, at);
    at += 2;
    if (size > 0) styles.set(index, readStyle(sheet.subarray(at, at + size), baseSize));
    at += size + (size & 1);
  }
  return styles;
}

function readStyle(bytes: Uint8Array, baseSize: number): Style {
  const identifier = unsigned16(bytes, 0) & 0xfff;
  const kind = unsigned16(bytes, 2) & 0xf;
  const base = unsigned16(bytes, 2) >> 4;
  let at = baseSize + 2 + unsigned16(bytes, baseSize) * 2 + 2;
  let character = new Uint8Array(0);
  if (kind === PARAGRAPH_STYLE) at += 2 + evenly(unsigned16(bytes, at));
  if (kind === PARAGRAPH_STYLE || kind === CHARACTER_STYLE)
    character = bytes.slice(at + 2, at + 2 + unsigned16(bytes, at));
  const heading = identifier >= 1 && identifier <= 9;
  return { role: identifier === TITLE ? 'title' : heading ? 'heading' : null, base, character };
}

function evenly(size: number): number {
  return size + (size & 1);
}

/** Character properties of a style, its ancestors' first. */
export function styleGroups(styles: ReadonlyMap<number, Style>, index: number): Uint8Array[] {
  const groups: Uint8Array[] = [];
  const seen = new Set<number>();
  for (let at = index; at !== NO_STYLE && !seen.has(at); ) {
    seen.add(at);
    const style = styles.get(at);
    if (!style) break;
    groups.unshift(style.character);
    at = style.base;
  }
  return groups;
}
