import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { measuredProcess } from '../measured-process.ts';
import { writeMixedFolder } from '../reports.ts';
import type { WholeResult } from '../results.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/gongkai.js', import.meta.url));

/** The built program over a folder, from an empty store to the finished dataset, and once more with nothing changed. */
export async function measureWhole(count: number, given: string | null): Promise<WholeResult> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'gongkai-bench-'));
  try {
    const folder = given ?? path.join(scratch, 'reports');
    if (!given) writeMixedFolder(folder, count);
    const output = path.join(scratch, 'output');
    const run = () => measuredProcess(process.execPath, [PROGRAM, 'extract', folder, '-o', output, '--json']);
    const first = await run();
    const { documents } = JSON.parse(first.stdout) as { documents: number };
    const second = await run();
    return {
      reports: documents,
      seconds: first.seconds,
      processorSeconds: first.processorSeconds,
      parentMiB: first.parentMiB,
      allMiB: first.allMiB,
      secondRunSeconds: second.seconds,
      storeBytes: statSync(path.join(output, 'gongkai.sqlite')).size,
      datasetBytes: sizeOf(path.join(output, 'dataset')),
      sourceBytes: sizeOf(folder),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}
