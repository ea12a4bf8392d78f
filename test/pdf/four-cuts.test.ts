import { describe, expect, it } from 'vitest';
import { PLAIN_GALLEY } from '../render/galley.ts';
import { PLAIN_PDF } from '../render/pdf.ts';
import { Random } from '../render/random.ts';
import { CUTS, type Cut, fourAlone, offsetFor, readCut } from './four-cuts.ts';

const RULED = ['strokes', 'rectangles', 'cell edges', 'frames'] as const;
const UNRULED = ['none', 'vertical', 'horizontal', 'zebra'] as const;
type Rules = (typeof RULED)[number] | (typeof UNRULED)[number];

/** Every way to cut the table there that its drawing allows, under rules of one kind. */
async function readAll(
  cut: Cut,
  digits: number,
  threeTables: boolean,
  kinds: readonly Rules[],
  align: 'top' | 'middle',
) {
  const random = Random.of(`table four ${cut} ${threeTables}`, digits);
  const record = fourAlone(7 + digits, digits, threeTables);
  const sum = { documents: 0, exact: 0, marked: 0, absent: 0, wrong: [] as string[] };
  for (const how of ['rows', 'lines'] as const)
    for (const repeatHead of [false, true]) {
      const own = { cut: how, repeatHead, align };
      const offset = offsetFor(record, cut, own);
      if (offset === null) continue;
      for (const rules of kinds) {
        const galley = { ...PLAIN_GALLEY, ...own, offset };
        const found = await readCut(record, { ...PLAIN_PDF, rules, openCuts: random.chance(0.5), galley });
        sum.documents++;
        sum.exact += found.exact;
        sum.marked += found.marked;
        sum.absent += found.absent;
        sum.wrong.push(...found.wrong.map((w) => `${rules} ${JSON.stringify(own)} ${offset}: ${w}`));
      }
    }
  return sum;
}

describe.each(CUTS)('table 四 that a page cuts in or at its %s', (cut) => {
  it.each([false, true])(
    'is exact where its numbers fit their columns; in three pieces: %s',
    async (three) => {
      const found = await readAll(cut, 2, three, [...RULED, ...UNRULED], 'middle');
      expect(found.wrong).toEqual([]);
      // Of three tables the first stands whole above the cut; numbers of one line are not cut.
      const drawn = !(three ? cut === 'labels' || cut === 'below labels' : cut === 'numbers');
      expect(found.documents > 0).toBe(drawn);
      expect(found.exact).toBe(15 * found.documents);
    },
  );

  it.each([false, true])(
    'is never wrong where its numbers take two lines; in three pieces: %s',
    async (three) => {
      const ruled = await readAll(cut, 6, three, RULED, 'top');
      const unruled = await readAll(cut, 6, three, UNRULED, 'top');
      expect([...ruled.wrong, ...unruled.wrong]).toEqual([]);
      expect(ruled.exact).toBe(15 * ruled.documents);
    },
  );
});

it('numbers of table 四 of which one page shows the upper and the next the lower half are read or marked', async () => {
  // A short number in the middle of its row stands on one of the pages only: the other half of its row looks blank.
  const found = await readAll('numbers', 6, false, [...RULED, ...UNRULED], 'middle');
  expect(found.wrong).toEqual([]);
  expect(found.exact + found.marked).toBe(15 * found.documents);
  expect(found.documents).toBeGreaterThan(0);
});
