import { describe, expect, it } from 'vitest';
import { bodyOf, districtName } from '../render/bodies.ts';
import { PLAIN_GALLEY, setSheets } from '../render/galley.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { type Ruling, trial } from './cut-documents.ts';

/** Seeds that once gave a wrong cell, and some that never did; `node bench/page-cuts.ts` draws thousands. */
const seeds: Record<Ruling, readonly number[]> = {
  ruled: [0, 1, 2, 3, 4, 5, 95, 554, 762],
  unruled: [0, 1, 2, 3, 4, 5, 678, 1_002_490],
};

describe.each(['ruled', 'unruled'] as const)('pages that cut %s tables anywhere', (ruling) => {
  it('leave no cell wrong without a mark', async () => {
    let exact = 0;
    for (const seed of seeds[ruling]) {
      const found = await trial(ruling, seed);
      expect(found.wrong).toEqual([]);
      exact += found.exact;
    }
    expect(exact).toBeGreaterThan(ruling === 'ruled' ? 1500 : 200);
  });
});

describe('the drawn pages', () => {
  it('come to an end where a row under a repeated head is taller than a page', () => {
    const record = inventReport(5, bodyOf(districtName(2), 3), 2023, NOTICE, 20_000);
    const galley = { ...PLAIN_GALLEY, repeatHead: true, height: 330, labelWidth: 6, numberWidth: 3.4 };
    const sheets = setSheets(record, galley);
    const plain = setSheets(record, PLAIN_GALLEY);
    const characters = (all: typeof sheets): number =>
      all.flatMap((s) => s.texts).reduce((n, t) => n + t.text.length, 0);
    expect(characters(sheets)).toBeGreaterThanOrEqual(characters(plain));
    expect(sheets.length).toBeLessThan(100);
  });
});
