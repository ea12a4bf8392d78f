/** A seeded generator of random choices (mulberry32): the same seed gives the same choices on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  }

  /** A generator of its own for a named part, so that drawing more in one part changes nothing in another. */
  static of(...parts: readonly (string | number)[]): Random {
    let hash = 0x811c9dc5;
    for (const char of parts.join('\u0000')) {
      hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
    }
    return new Random(hash);
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer, both ends included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.next() * choices.length)];
    if (choice === undefined) throw new RangeError('nothing to pick from');
    return choice;
  }

  /** Splits a count into parts ≥ 0, most of it into few of them, as real tables do. */
  split(count: number, parts: number): number[] {
    const out = new Array<number>(parts).fill(0);
    let left = count;
    while (left > 0) {
      const portion = left <= 2 ? left : this.integer(1, left);
      const at = this.integer(0, parts - 1);
      out[at] = out[at]! + portion;
      left -= portion;
    }
    return out;
  }
}
