import type { Block, Grid } from '../../src/read/document.ts';
import { coverage } from '../render/flow.ts';
import type { TableModel } from '../render/record.ts';

/** How well the tables of a scan were read. */
export interface ScanScore {
  digits: number;
  digitsRight: number;
  /** Value cells. */
  cells: number;
  wrongMarked: string[];
  /** Wrong and not marked: what must not happen. */
  wrongUnmarked: string[];
  /** Marked though right. */
  rightMarked: string[];
}

export const NO_SCORE = (): ScanScore => ({
  digits: 0,
  digitsRight: 0,
  cells: 0,
  wrongMarked: [],
  wrongUnmarked: [],
  rightMarked: [],
});

/** Compares what was read with what was printed, value cell by value cell. */
export function scoreTables(
  models: readonly TableModel[],
  blocks: readonly Block[],
  score: ScanScore,
): ScanScore {
  const grids = blocks.filter((block): block is Grid => block.kind === 'grid');
  for (const [index, model] of models.entries()) {
    const grid = grids[index];
    for (const [row, line] of coverage(model).entries()) {
      for (const [column, { cell, row: atRow, column: atColumn }] of line.entries()) {
        if (atRow !== row || atColumn !== column || (cell.kind !== 'value' && cell.kind !== 'extra'))
          continue;
        const found = grid?.cells.find((one) => one.row === row && one.column === column);
        compare(cell.text, found?.text ?? null, found?.marks?.includes('low_confidence') ?? false, score);
      }
    }
  }
  return score;
}

function compare(printed: string, read: string | null, marked: boolean, score: ScanScore): void {
  const expected = plain(printed);
  const got = plain(read ?? '');
  const digits = expected.replace(/\D/g, '').length;
  score.cells += 1;
  score.digits += digits;
  const right = read !== null && got === expected;
  if (right) {
    score.digitsRight += digits;
    if (marked) score.rightMarked.push(expected);
    return;
  }
  let same = 0;
  for (let at = 0; at < Math.min(got.length, expected.length); at++)
    if (got[at] === expected[at] && /\d/.test(expected[at]!)) same += 1;
  score.digitsRight += same;
  // A cell that is missing was not read wrongly: nothing is taken from it.
  if (marked || read === null) score.wrongMarked.push(`${expected} → ${got}`);
  else score.wrongUnmarked.push(`${expected} → ${got}`);
}

/** OCR does not tell full-width signs from others, nor dashes of several lengths. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\s/g, '')
    .replace(/[—–−-]+/g, '-');
}
