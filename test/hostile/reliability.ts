import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Figures of the long runs, one file each, as the runs themselves wrote them; docs/reliability.md is made from these. */
export const RUNS = ['fuzz', 'documents', 'extract', 'crawl', 'export'] as const;
export type Run = (typeof RUNS)[number];

const FOLDER = new URL('./figures/', import.meta.url);

export function writeFigures(run: Run, figures: object): void {
  mkdirSync(fileURLToPath(FOLDER), { recursive: true });
  writeFileSync(new URL(`${run}.json`, FOLDER), `${JSON.stringify(figures, null, 2)}\n`);
}

export function readFigures<T>(run: Run): T | null {
  const file = new URL(`${run}.json`, FOLDER);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : null;
}
