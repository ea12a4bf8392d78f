import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Figures of the long runs, as the runs themselves wrote them; docs/reliability.md is made from these. */
export function writeFigures(run: string, figures: object): void {
  const all = readFigures();
  writeFileSync(FILE, `${JSON.stringify({ ...all, [run]: figures }, null, 2)}\n`);
}

export function readFigures(): Record<string, unknown> {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, unknown>) : {};
}

const FILE = new URL('./reliability.json', import.meta.url);
