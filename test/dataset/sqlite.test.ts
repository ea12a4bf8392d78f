import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { conformance } from './conformance.ts';

conformance('SQLite', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'gongkai-store-'));
  let n = 0;
  return {
    fresh: async () => {
      n += 1;
      return path.join(folder, `${n}.sqlite`);
    },
    end: async () => rmSync(folder, { recursive: true, force: true }),
  };
});
