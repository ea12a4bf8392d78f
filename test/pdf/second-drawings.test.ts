import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutDuplicates } from '../../src/read/geometry/duplicates.ts';
import type { TextBox } from '../../src/read/geometry/page-geometry.ts';

interface Run {
  readonly column: number;
  readonly line: number;
  readonly aside: number;
  readonly down: number;
  readonly size: number;
  readonly step: number;
  readonly text: string;
  readonly angle: number;
}

/** Text objects of a page: characters of one width side by side, in tables with room between them. */
const run: fc.Arbitrary<Run> = fc.record({
  column: fc.integer({ min: 0, max: 4 }),
  line: fc.integer({ min: 0, max: 4 }),
  aside: fc.constantFrom(0, 0, 0.4, 1, 3, 5.5),
  down: fc.constantFrom(0, 0, 0.5, 1.4, 6),
  size: fc.constantFrom(10.5, 10.5, 11, 22),
  step: fc.constantFrom(1, 1, 1, 0.5, 0.05, -1),
  text: fc.stringMatching(/^[01 二]{1,6}$/),
  angle: fc.constantFrom(0, 0, 0, 0, 90),
});

function boxesOf(runs: readonly Run[]): TextBox[] {
  return runs.flatMap((r, number) =>
    [...r.text].map((text, i): TextBox => {
      const x0 = 40 * r.column + r.aside + i * r.step * 0.5 * r.size;
      const y0 = 16 * r.line + r.down;
      return { text, x0, y0, x1: x0 + 0.5 * r.size, y1: y0 + r.size, angle: r.angle, run: number };
    }),
  );
}

/** As the words say it, of every pair. */
function lookedAtOneByOne(boxes: readonly TextBox[]): TextBox[] {
  const kept: TextBox[] = [];
  for (const b of boxes) {
    const height = b.y1 - b.y0;
    const again = kept.some(
      (a) =>
        a.text === b.text &&
        a.angle === b.angle &&
        Math.abs(a.y1 - a.y0 - height) < 0.15 * Math.max(a.y1 - a.y0, height) &&
        Math.abs(a.x0 + a.x1 - b.x0 - b.x1) / 2 < Math.min(0.12 * height, 0.3 * (b.x1 - b.x0)) &&
        Math.abs(a.y0 + a.y1 - b.y0 - b.y1) / 2 < 0.12 * height,
    );
    if (!again) kept.push(b);
  }
  return kept;
}

describe('characters drawn a second time', () => {
  it('are found wherever they stand, and nothing else is', () => {
    let doubled = 0;
    let apart = 0;
    fc.assert(
      fc.property(fc.array(run, { maxLength: 12 }), (runs) => {
        const boxes = boxesOf(runs);
        const expected = lookedAtOneByOne(boxes);
        if (expected.length < boxes.length) doubled++;
        else apart++;
        expect(withoutDuplicates(boxes)).toEqual(expected);
      }),
      { seed: 20_241_122, numRuns: 3000 },
    );
    expect(Math.min(doubled, apart)).toBeGreaterThan(300);
  });

  it('are found among runs that stand apart, when one run of the page was drawn again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 24 }), fc.constantFrom(0, 0.3, 0.9), (which, aside) => {
        const page = Array.from({ length: 25 }, (_, i) => ({
          column: i % 5,
          line: Math.floor(i / 5),
          aside: 0,
          down: 0,
          size: 10.5,
          step: 1,
          text: '10210',
          angle: 0,
        }));
        const boxes = boxesOf([...page, { ...page[which]!, aside }]);
        expect(withoutDuplicates(boxes)).toEqual(boxes.slice(0, 125));
      }),
      { seed: 7 },
    );
  });
});
