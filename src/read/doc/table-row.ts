import type { DefinedCell } from '../edge-table.ts';
import { groundOf } from './character-format.ts';
import { modifiers, signed16, unsigned16 } from './property-modifiers.ts';

const DEFINE = 0xd608;
const DEFINE_10 = 0xd606;
const MERGE = 0x5624;
const SPLIT = 0x5625;
const MERGE_VERTICALLY = 0xd62b;
const DELETE = 0x5622;
const INSERT = 0x7621;
const COLUMN_WIDTH = 0x7623;

/** Shadings of the first 22 cells, the next, the last. */
const SHADINGS: readonly number[] = [0xd612, 0xd616, 0xd60c];
const SHADING_BYTES = 10;
const CELLS_OF_SHADINGS = 22;

const DESCRIPTOR_BYTES = 20;
const MOST_CELLS = 64;

/** The cells that the row's paragraph properties define; null where they define none or more than Word allows. */
export function definedCells(groups: readonly Uint8Array[]): DefinedCell[] | null {
  let cells: DefinedCell[] | null = null;
  for (const group of groups) {
    for (const { code, operand } of modifiers(group)) {
      if (code === DEFINE || code === DEFINE_10)
        cells = define(operand, code === DEFINE ? DESCRIPTOR_BYTES : 10);
      else if (cells) change(cells, code, operand);
    }
  }
  return cells;
}

function define(operand: Uint8Array, descriptorBytes: number): DefinedCell[] | null {
  const count = operand[0] ?? 0;
  if (count === 0 || count > MOST_CELLS) return null;
  const descriptors = 1 + (count + 1) * 2;
  if (operand.length < descriptors) return null;
  const cells: DefinedCell[] = [];
  let firstOfSet: number | null = null;
  for (let index = 0; index < count; index++) {
    const flags = unsigned16(operand, descriptors + index * descriptorBytes);
    const known = descriptors + (index + 1) * descriptorBytes <= operand.length;
    const horizontal = known ? flags & 3 : 0;
    // The two published descriptions of these bits contradict each other on which value opens a merged set; in both
    // the first cell of a stretch of merged cells does, so its value is the opening one.
    if (horizontal === 0) firstOfSet = null;
    const joinsLeft = firstOfSet === 1 ? (horizontal & 2) !== 0 : firstOfSet !== null && horizontal === 1;
    if (horizontal !== 0 && firstOfSet === null) firstOfSet = horizontal;
    cells.push({
      left: signed16(operand, 1 + index * 2),
      right: signed16(operand, 3 + index * 2),
      joinsLeft,
      joinsAbove: known && descriptorBytes === DESCRIPTOR_BYTES && (flags & 0x60) === 0x20,
    });
  }
  return cells;
}

function change(cells: DefinedCell[], code: number, operand: Uint8Array): void {
  const first = operand[0] ?? 0;
  const limit = Math.min(operand[1] ?? 0, cells.length);
  if (code === MERGE) {
    for (let index = first + 1; index < limit; index++) cells[index]!.joinsLeft = true;
  } else if (SHADINGS.includes(code)) {
    const from = SHADINGS.indexOf(code) * CELLS_OF_SHADINGS;
    for (let at = 0; at + SHADING_BYTES <= operand.length; at += SHADING_BYTES) {
      const cell = cells[from + at / SHADING_BYTES];
      if (cell) cell.ground = groundOf(operand, at);
    }
  } else if (code === SPLIT) {
    for (let index = first; index < limit; index++) cells[index]!.joinsLeft = false;
  } else if (code === MERGE_VERTICALLY) {
    const cell = cells[first];
    if (cell) cell.joinsAbove = operand[1] === 1;
  } else if (code === DELETE) {
    const removed = cells.splice(first, Math.max(0, limit - first));
    shift(cells, first, -width(removed));
  } else if (code === COLUMN_WIDTH) {
    for (let index = first; index < limit; index++) {
      const cell = cells[index]!;
      const wider = signed16(operand, 2) - (cell.right - cell.left);
      cell.right += wider;
      shift(cells, index + 1, wider);
    }
  } else if (code === INSERT) {
    const count = Math.min(operand[1] ?? 0, MOST_CELLS - cells.length);
    const size = unsigned16(operand, 2);
    const left = cells[first]?.left ?? cells.at(-1)?.right ?? 0;
    shift(cells, first, count * size);
    const added = Array.from({ length: Math.max(0, count) }, (_, index) => ({
      left: left + index * size,
      right: left + (index + 1) * size,
      joinsLeft: false,
      joinsAbove: false,
    }));
    cells.splice(Math.min(first, cells.length), 0, ...added);
  }
}

function width(cells: readonly DefinedCell[]): number {
  return cells.length === 0 ? 0 : cells.at(-1)!.right - cells[0]!.left;
}

function shift(cells: DefinedCell[], from: number, by: number): void {
  for (const cell of cells.slice(from)) {
    cell.left += by;
    cell.right += by;
  }
}
