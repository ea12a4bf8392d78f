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

test.skipIf(!soffice).each(['doc:MS Word 97', 'rtf:Rich Text Format', 'odt'])(
  'Any report that LibreOffice saved as %s reads back as itself.',
  async (filter) => {
    const samples = fc.sample(fc.tuple(anyRecipe(), style), { seed: 20_190_004, numRuns: 8 });
    const records = samples.map(([recipe]) => reportOf(recipe));
    const documents = samples.map(([, s], i) => ({ extension: 'docx', bytes: renderDocx(records[i]!, s) }));
    const converted = convertAll(soffice!, documents, filter);
    for (const [i, record] of records.entries()) {
      const report = await readBack(converted[i]!);
      expect(differences(record, report, false), JSON.stringify(samples[i])).toEqual([]);
    }
  },
);
