import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyRecipe, reportOf } from '../render/arbitrary.ts';
import { losesCells, renderText, TEXT_LAYOUTS } from '../render/text.ts';
import { differences, identityDifferences } from './differences.ts';
import { readBack } from './read-back.ts';

test.each(TEXT_LAYOUTS)(
  'Any report as text (%s) reads back as itself; where the layout lost cells, none is wrong without a mark.',
  async (layout) => {
    await fc.assert(
      fc.asyncProperty(anyRecipe(), async (recipe) => {
        const record = reportOf(recipe);
        const report = await readBack(new TextEncoder().encode(renderText(record, layout)));
        expect(differences(record, report, losesCells(layout, record))).toEqual([]);
        // A text without lines has no title.
        if (layout !== 'run together') expect(identityDifferences(record, report)).toEqual([]);
      }),
      { seed: 20_190_003, numRuns: 30 },
    );
  },
);
