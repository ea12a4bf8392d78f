import { height, type PixelBox, width } from './cell-ink.ts';
import { cut } from './digit-strips.ts';
import { type GrayImage, scale } from './image.ts';

/** A digit's picture at one size with mean 0 and length 1, and how wide it is for its height. */
export interface Shape {
  readonly pixels: Float32Array;
  readonly slimness: number;
}

const WIDE = 12;
const HIGH = 18;

export function shapeOf(page: GrayImage, glyph: PixelBox): Shape {
  const small = scale(cut(page, [glyph], glyph), WIDE, HIGH);
  const pixels = new Float32Array(small.gray.length);
  let sum = 0;
  for (const value of small.gray) sum += value;
  const mean = sum / pixels.length;
  let square = 0;
  for (let at = 0; at < pixels.length; at++) {
    pixels[at] = small.gray[at]! - mean;
    square += pixels[at]! ** 2;
  }
  const length = Math.sqrt(square) || 1;
  for (let at = 0; at < pixels.length; at++) pixels[at]! /= length;
  return { pixels, slimness: width(glyph) / height(glyph) };
}

/** A shape whose digit several readings agreed on. */
export interface Example {
  readonly shape: Shape;
  readonly digit: string;
  /** The line it comes from: a line is no evidence for itself. */
  readonly line: number;
}

/** How like the examples of each digit a shape is: digits by likeness (1 is the same), most alike first. */
export function likeness(
  shape: Shape,
  line: number,
  examples: readonly Example[],
): { readonly digit: string; readonly likeness: number }[] {
  const best = new Map<string, number[]>();
  for (const example of examples) {
    if (example.line === line) continue;
    let product = 0;
    for (let at = 0; at < shape.pixels.length; at++) product += shape.pixels[at]! * example.shape.pixels[at]!;
    const alike = product - Math.abs(shape.slimness - example.shape.slimness) * 0.8;
    const known = best.get(example.digit);
    if (known) known.push(alike);
    else best.set(example.digit, [alike]);
  }
  return [...best]
    .map(([digit, values]) => {
      // The second best of several: one wrongly read example must not speak for its digit.
      values.sort((a, b) => b - a);
      return { digit, likeness: values[Math.min(1, values.length - 1)]! };
    })
    .sort((a, b) => b.likeness - a.likeness);
}
