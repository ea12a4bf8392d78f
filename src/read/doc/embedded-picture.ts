import type { Picture } from '../document.ts';
import { unsigned16, unsigned32 } from './property-modifiers.ts';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];

/**
 * A picture of the text, from the place in the data stream that its character names (PICF, [MS-DOC] 2.9.192). PNG and
 * JPEG lie in it as they are; other kinds, and pictures without a place, come without bytes.
 */
export function embeddedPicture(data: Uint8Array, place: number | null): Omit<Picture, 'location'> {
  const unknown = { mime: null, width: null, height: null };
  if (place === null || place + 6 > data.length) return unknown;
  const blob = data.subarray(place + unsigned16(data, place + 4), place + unsigned32(data, place));
  for (const { mime, signature } of [
    { mime: 'image/png', signature: PNG },
    { mime: 'image/jpeg', signature: JPEG },
  ]) {
    const start = indexOf(blob, signature);
    if (start >= 0) return { ...unknown, mime, bytes: blob.slice(start) };
  }
  return unknown;
}

function indexOf(bytes: Uint8Array, signature: readonly number[]): number {
  const limit = Math.min(bytes.length - signature.length, 4096);
  for (let at = 0; at <= limit; at++) {
    if (signature.every((value, index) => bytes[at + index] === value)) return at;
  }
  return -1;
}
