import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reliabilityDoc } from '../../scripts/make-reliability-doc.ts';

test('docs/reliability.md says what the long trials measured', () => {
  expect(readFileSync(new URL('../../docs/reliability.md', import.meta.url), 'utf8')).toBe(reliabilityDoc());
});
