/** CSS pixels in each absolute unit (CSS Values 4, 6.2). */
export const PIXELS_IN: Readonly<Record<string, number>> = {
  px: 1,
  pt: 96 / 72,
  in: 96,
  cm: 96 / 2.54,
  mm: 9.6 / 2.54,
};
