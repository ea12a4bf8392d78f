import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyDocxStyle, anyRecipe, reportOf } from '../render/arbitrary.ts';
import { renderDocx } from '../render/docx.ts';
import { differences } from './differences.ts';
import { readBack } from './read-back.ts';

test('Any report stored as DOCX, however a word processor stored it, reads back as itself.', async () => {
  await fc.assert(
    fc.asyncProperty(anyRecipe(), anyDocxStyle, async (recipe, style) => {
      const record = reportOf(recipe);
      const report = await readBack(renderDocx(record, style));
      expect(differences(record, report, false)).toEqual([]);
    }),
    { seed: 20_190_001, numRuns: 120 },
  );
});
