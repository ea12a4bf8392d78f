import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyDocxStyle, anyHtmlStyle, anyRecipe, anyTextLayout, reportOf } from '../render/arbitrary.ts';
import { renderDocx } from '../render/docx.ts';
import { renderHtml } from '../render/html.ts';
import { MUTATION_KINDS, mutate } from '../render/mutations.ts';
import { Random } from '../render/random.ts';
import { losesCells, renderText } from '../render/text.ts';
import { differences } from './differences.ts';
import { readBack } from './read-back.ts';

const container = fc.oneof(
  fc.record({ docx: anyDocxStyle }),
  fc.record({ html: anyHtmlStyle }),
  fc.record({ text: anyTextLayout }),
);

test('A report with a typing error is read as it is printed, never as it ought to be.', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyRecipe(),
      container,
      fc.constantFrom('t2', 't3', 't4'),
      fc.constantFrom(...MUTATION_KINDS),
      async (recipe, style, table, kind) => {
        const mutation = mutate(reportOf(recipe), table, kind, Random.of('typing error', recipe.seed));
        fc.pre(mutation !== null);
        const { record } = mutation;
        const bytes =
          'docx' in style
            ? renderDocx(record, style.docx)
            : 'html' in style
              ? renderHtml(record, style.html)
              : new TextEncoder().encode(renderText(record, style.text));
        const report = await readBack(bytes);
        expect(differences(record, report, 'text' in style && losesCells(style.text, record))).toEqual([]);
      },
    ),
    { seed: 20_190_005, numRuns: 120 },
  );
});
