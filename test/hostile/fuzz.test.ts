import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBack } from '../roundtrip/read-back.ts';
import { fuzz } from './fuzz.ts';
import { anyMutant, BASELINES } from './mutants.ts';

test('Documents changed in their structure or damaged in their bytes come out as shown, marked or refused.', async () => {
  const figures = await fuzz({ seed: 20_240_101, documents: 150 });
  expect(figures.complaints).toEqual([]);
  expect(figures.documents).toBe(150);
  // Were all refused, nothing would be tested.
  expect(figures.structuredRead).toBeGreaterThan(figures.structured * 0.7);
  expect(figures.temporaryFilesLeft).toBe(0);
  expect(figures.processesLeft).toBe(0);
}, 120_000);

test('A number that was not shown, or damage that went unnoticed, is complained of.', async () => {
  const mutants = fc.sample(
    anyMutant(() => []),
    { seed: 3, numRuns: 60 },
  );
  const other = await readBack(BASELINES[0]!.bytes());
  expect(other.tables.length).toBe(3);
  const structured = mutants.filter((m) => m.kind === 'structured');
  // What was changed to say other things is not what the first fixture says.
  expect(structured.filter((m) => m.judge(other).length === 0)).toEqual([]);
  // A splice may end in another file that is whole, and then nothing in it is wrong.
  const checked = mutants.filter(
    (m) => m.kind === 'bytes' && /^(?:docx|ofd)/.test(m.name) && !m.name.endsWith('spliced'),
  );
  expect(checked.length).toBeGreaterThan(3);
  expect(checked.filter((m) => m.judge(other).length === 0).map((m) => m.name)).toEqual([]);
});
