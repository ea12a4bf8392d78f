import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyHtmlStyle, anyRecipe, reportOf } from '../render/arbitrary.ts';
import { renderHtml } from '../render/html.ts';
import { differences, identityDifferences } from './differences.ts';
import { readBack } from './read-back.ts';

test('Any report as a web page, whatever wrote the page and whatever stands around it, reads back as itself.', async () => {
  await fc.assert(
    fc.asyncProperty(anyRecipe(), anyHtmlStyle, async (recipe, style) => {
      const record = reportOf(recipe);
      const report = await readBack(renderHtml(record, style));
      expect([...differences(record, report, false), ...identityDifferences(record, report)]).toEqual([]);
    }),
    { seed: 20_190_002, numRuns: 120 },
  );
});
