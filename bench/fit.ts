/** y = factor × x^exponent */
export interface Line {
  readonly factor: number;
  readonly exponent: number;
}

/** Least squares on the logarithms; null for fewer than two sizes. */
export function fit(points: readonly { readonly x: number; readonly y: number }[]): Line | null {
  if (new Set(points.map((p) => p.x)).size < 2) return null;
  const logs = points.map(({ x, y }) => [Math.log(x), Math.log(y)] as const);
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  const exponent =
    logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) /
    logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return { factor: Math.exp(meanY - exponent * meanX), exponent };
}
