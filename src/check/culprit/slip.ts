/** The ways a number is mistyped that leave a trace in its digits. */
export type Slip = 'digits_transposed' | 'digit_dropped' | 'digit_doubled';

/**
 * The slip that turns `meant` into `printed`, if it is one: two neighbouring digits changed places, one digit left
 * out, one digit typed twice. A number of one digit cannot lose it: a lone `0` is no trace of anything.
 */
export function slipBetween(printed: number, meant: number): Slip | null {
  if (printed === meant || printed < 0 || meant < 0) return null;
  const p = String(printed);
  const m = String(meant);
  if (p.length === m.length) {
    for (let i = 0; i + 1 < p.length; i++) {
      const swapped = m.slice(0, i) + m[i + 1] + m[i] + m.slice(i + 2);
      if (swapped === p) return 'digits_transposed';
    }
    return null;
  }
  if (p.length + 1 === m.length) {
    for (let i = 0; i < m.length; i++) {
      if (String(Number(m.slice(0, i) + m.slice(i + 1))) === p && p !== '0') return 'digit_dropped';
    }
    return null;
  }
  if (m.length + 1 === p.length && m !== '0') {
    for (let i = 0; i < m.length; i++) {
      if (m.slice(0, i + 1) + m.slice(i) === p) return 'digit_doubled';
    }
  }
  return null;
}
