import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { convertAll } from '../read/converted.ts';
import { anyDocxStyle, anyRecipe, reportOf } from '../render/arbitrary.ts';
import { renderDocx } from '../render/docx.ts';
import { program } from '../support/requires.ts';
import { differences } from './differences.ts';
import { readBack } from './read-back.ts';

const soffice = program('soffice');

/** What LibreOffice itself loses on the way: it writes content controls twice and leaves text boxes out of place. */
const style = anyDocxStyle.map((s) => ({ ...s, contentControls: false, textBox: false }));
/** On paper a deleted number stands struck out beside the new one, and a footnote mark is a small digit. */
const onPaper = style.map((s) => ({ ...s, trackedChanges: false, footnotes: false }));

test.skipIf(!soffice).each(['doc:MS Word 97', 'rtf:Rich Text Format', 'odt'])(
  'Any report that LibreOffice saved as %s reads back as itself.',
  async (filter) => {
    const samples = fc.sample(fc.tuple(anyRecipe(), style), { seed: 20_190_004, numRuns: 8 });
    for (const { record, bytes, sample } of convert(samples, filter)) {
      expect(differences(record, await readBack(bytes), false), sample).toEqual([]);
    }
  },
);

test.skipIf(!soffice)(
  'No cell of a report that LibreOffice printed to PDF is read wrongly without a mark: digits wrap in narrow cells.',
  async () => {
    const samples = fc.sample(fc.tuple(anyRecipe(), onPaper), { seed: 20_190_006, numRuns: 8 });
    for (const { record, bytes, sample } of convert(samples, 'pdf:writer_pdf_Export')) {
      expect(differences(record, await readBack(bytes), true), sample).toEqual([]);
    }
  },
);

function convert(
  samples: readonly (readonly [Parameters<typeof reportOf>[0], Parameters<typeof renderDocx>[1]])[],
  filter: string,
) {
  const records = samples.map(([recipe]) => reportOf(recipe));
  const documents = samples.map(([, s], i) => ({ extension: 'docx', bytes: renderDocx(records[i]!, s) }));
  const converted = convertAll(soffice!, documents, filter);
  return records.map((record, i) => ({ record, bytes: converted[i]!, sample: JSON.stringify(samples[i]) }));
}
