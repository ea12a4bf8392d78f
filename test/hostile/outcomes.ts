import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EMPTY_REGISTER } from '../../src/agencies/register.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import type { Outcome } from '../../src/extract/report.ts';
import { type IngestOptions, ingest } from '../../src/run/ingest.ts';
import { resolveInputs } from '../../src/run/inputs.ts';
import { DEFAULT_PARSE_LIMITS } from '../../src/run/parsing/limits.ts';
import { HOSTILE } from './cases.ts';

export interface Came {
  readonly outcome: Outcome;
  readonly reason: string | null;
}

/** Reads everything in a folder as `gongkai extract` does; what became of each document, by its name in the folder. */
export async function readFolder(
  folder: string,
  options: Partial<IngestOptions> = {},
): Promise<Map<string, Came[]>> {
  const store = await openStore(path.join(folder, '.store.sqlite'));
  const came = new Map<string, Came[]>();
  try {
    const { files } = await resolveInputs([folder]);
    await ingest(store, files, {
      register: EMPTY_REGISTER,
      processes: 2,
      limits: DEFAULT_PARSE_LIMITS,
      ...options,
      onEvent: (event) => {
        if (event.kind !== 'read') return;
        const name = event.document.split('/')[1] ?? '';
        came.set(name, [...(came.get(name) ?? []), { outcome: event.outcome, reason: event.reason }]);
      },
    });
  } finally {
    await store.close();
  }
  return came;
}

const GIB = 2 ** 30;

/** Writes every hostile file, the large ones too. */
export function writeHostile(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const { name, bytes, limit } of HOSTILE) {
    const file = path.join(folder, name);
    writeFileSync(file, bytes());
    if (limit === 'inputBytes') {
      truncateSync(file, GIB);
    }
  }
}
