/** One property modifier ("sprm") of [MS-DOC] 2.6 with its operand. */
export interface Modifier {
  readonly code: number;
  readonly operand: Uint8Array;
}

const DEFINE_TABLE = 0xd608;
const DEFINE_TABLE_10 = 0xd606;
const CHANGE_TABS = 0xc615;
const OPERAND_BYTES: readonly (number | null)[] = [1, 1, 2, 4, 2, 2, null, 3];

/** The modifiers of a group ("grpprl"), in order. Ends quietly at the first one that does not fit. */
export function* modifiers(group: Uint8Array): Generator<Modifier> {
  let at = 0;
  while (at + 2 < group.length + 1) {
    const code = (group[at] ?? 0) | ((group[at + 1] ?? 0) << 8);
    at += 2;
    if (at > group.length) return;
    let size = OPERAND_BYTES[code >> 13] ?? null;
    if (size === null) {
      if (code === DEFINE_TABLE || code === DEFINE_TABLE_10) {
        size = ((group[at] ?? 0) | ((group[at + 1] ?? 0) << 8)) - 1;
        at += 2;
      } else {
        size = group[at] ?? 0;
        at += 1;
        if (code === CHANGE_TABS && size === 255) {
          const deleted = group[at] ?? 0;
          const added = group[at + 1 + deleted * 4] ?? 0;
          size = 2 + deleted * 4 + added * 3;
        }
      }
    }
    if (size < 0 || at + size > group.length) return;
    yield { code, operand: group.subarray(at, at + size) };
    at += size;
  }
}

export function unsigned16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

export function signed16(bytes: Uint8Array, at: number): number {
  return (unsigned16(bytes, at) << 16) >> 16;
}

export function unsigned32(bytes: Uint8Array, at: number): number {
  return (unsigned16(bytes, at) | (unsigned16(bytes, at + 2) << 16)) >>> 0;
}
