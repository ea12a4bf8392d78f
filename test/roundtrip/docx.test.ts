import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyDocxStyle, anyRecipe, reportOf } from '../render/arbitrary.ts';
import { renderDocx } from '../render/docx.ts';
import { differences, identityDifferences } from './differences.ts';
import { readBack } from './read-back.ts';

test('Any report stored as DOCX, however a word processor stored it, reads back as itself.', async () => {
  await fc.assert(
    fc.asyncProperty(anyRecipe(), anyDocxStyle, async (recipe, style) => {
      const record = reportOf(recipe);
      const report = await readBack(renderDocx(record, style));
      expect([...differences(record, report, false), ...identityDifferences(record, report)]).toEqual([]);
    }),
    { seed: 20_190_001, numRuns: 120 },
  );
});

test('Embedded charts come back with their titles and cached values.', async () => {
  await fc.assert(
    fc.asyncProperty(anyRecipe(), anyDocxStyle, async (recipe, style) => {
      const record = reportOf({ ...recipe, habits: { ...recipe.habits, charts: true } });
      const report = await readBack(renderDocx(record, style));
      const charts = report.charts.map(({ title, categories, values }) => ({ title, categories, values }));
      expect(charts).toEqual(record.charts);
    }),
    { seed: 20_190_007, numRuns: 10 },
  );
});
