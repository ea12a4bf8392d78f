import type { Matrix } from '../geometry/matrix.ts';

export function numbers(list: string | undefined): number[] {
  return (list ?? '').trim().split(/\s+/).filter(Boolean).map(Number);
}

/** As CTM writes it; nothing else than six numbers is a matrix. */
export function matrixOf(list: string | undefined): Matrix | null {
  if (list === undefined) return null;
  const m = numbers(list);
  return m.length === 6 && m.every(Number.isFinite) ? (m as unknown as Matrix) : null;
}
