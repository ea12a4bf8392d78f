import { expect, test } from 'vitest';
import { killCrawl, killExport, killExtract } from './kills.ts';

test.each([
  ['extract', killExtract],
  ['crawl', killCrawl],
  ['export', killExport],
] as const)(
  'Killed with SIGKILL at random moments, %s ends in the same dataset when it is run again.',
  async (_, kill) => {
    const figures = await kill({ seed: 7, points: 4, inARow: 4 });
    expect(figures.differences).toEqual([]);
    expect(figures.killed).toBe(4);
    expect(figures.compared).toBeGreaterThan(0);
  },
  180_000,
);
