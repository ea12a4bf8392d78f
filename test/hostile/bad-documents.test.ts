import { expect, test } from 'vitest';
import { readAmongBad } from './bad-documents.ts';

test('Of a folder with documents that hang, take all memory or crash, all others come out.', async () => {
  const figures = await readAmongBad({ seed: 5, documents: 30 });
  expect(figures.wrong).toEqual([]);
  expect(figures.bad).toBe(3);
}, 120_000);
