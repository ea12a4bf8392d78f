import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formDoc } from '../../scripts/make-form-doc.ts';

test('docs/form.md says what src/form/ says', () => {
  expect(readFileSync(new URL('../../docs/form.md', import.meta.url), 'utf8')).toBe(formDoc());
});
