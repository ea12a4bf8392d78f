import type { CellKey, EditionId, TableId } from '../form/form.ts';
import { type Identity, identitiesOf } from '../form/identities.ts';
import type { CheckOutcome } from './finding.ts';
import type { CellView, TableView } from './view.ts';

/** An identity worked out on the cells of one table. Sums are over the printed numbers, blanks counted as nothing. */
export interface Evaluation {
  readonly identity: Identity;
  readonly outcome: CheckOutcome;
  readonly left: number | null;
  readonly right: number | null;
  /** left − right; null where the sums mean nothing. */
  readonly difference: number | null;
  readonly operands: readonly CellKey[];
  /** Some operand is blank or dashed. */
  readonly blanks: boolean;
}

const lists = new Map<string, readonly Identity[]>();

/** Every identity of a table worked out, in the order of the form. */
export function evaluateAll(table: TableView): Evaluation[] {
  return identities(table.edition, table.table).map((identity) => evaluate(identity, table));
}

/** Kept: to build the list anew for every report takes longer than to work it out. */
function identities(edition: EditionId, table: TableId): readonly Identity[] {
  const name = `${edition}/${table}`;
  let list = lists.get(name);
  if (!list) {
    list = identitiesOf(edition, table);
    lists.set(name, list);
  }
  return list;
}

/**
 * The outcome of Σ left = Σ right. It `fails` only where no way of filling the blanks (and dashes) with integers ≥ 0
 * can make it hold; an operand that is absent, worded, unreadable or no integer makes it `unverifiable`.
 */
export function evaluate(identity: Identity, table: TableView): Evaluation {
  const operands = [...identity.left, ...identity.right];
  const left = sideOf(identity.left, table);
  const right = sideOf(identity.right, table);
  if (!left || !right) {
    return {
      identity,
      outcome: 'unverifiable',
      left: null,
      right: null,
      difference: null,
      operands,
      blanks: false,
    };
  }
  const difference = left.sum - right.sum;
  const blanks = left.blanks + right.blanks > 0;
  const outcome: CheckOutcome =
    difference === 0
      ? blanks
        ? 'holds_if_blank_zero'
        : 'holds'
      : (difference < 0 && left.blanks > 0) || (difference > 0 && right.blanks > 0)
        ? 'unverifiable'
        : 'fails';
  return { identity, outcome, left: left.sum, right: right.sum, difference, operands, blanks };
}

function sideOf(keys: readonly CellKey[], table: TableView): { sum: number; blanks: number } | null {
  let sum = 0;
  let blanks = 0;
  for (const key of keys) {
    const cell = table.cells.get(key);
    if (isBlank(cell)) {
      blanks++;
    } else if (isCount(cell)) {
      sum += cell.value;
    } else {
      return null;
    }
  }
  return { sum, blanks };
}

/** A whole number of cases. 1.2万件 is one as well, but not in the digits printed: nothing is worked out with it. */
export function isCount(cell: CellView | undefined): cell is CellView & { readonly value: number } {
  return cell?.state === 'number' && Number.isSafeInteger(cell.value) && !isScaled(cell);
}

/** Printed in ten thousands: 1.2万. Amounts in 万元 are not meant. */
export function isScaled(cell: CellView): boolean {
  return cell.unit !== null && /^[万亿](?!元)/u.test(cell.unit);
}

/** Left empty or dashed; not a number, and not a word. */
export function isBlank(cell: CellView | undefined): boolean {
  return cell?.state === 'blank' || cell?.state === 'dash';
}

/** An identity that helped to split or choose the cells of the table cannot testify. */
export function isUsed(identity: Identity, table: TableView): boolean {
  return table.usedIdentities.some((u) => u === identity.rule || u === `${identity.rule}:${identity.target}`);
}
