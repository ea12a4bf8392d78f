import { TABLES_OF_THE_DATASET, type Table, tableOf } from '../schema.ts';
import type { StoredFinding } from '../store.ts';
import type { Value } from './csv.ts';
import { findingRow } from './rows.ts';

/** A row as a line of JSON: raw, lists as lists, nothing guarded. */
export function jsonLine(table: Table, row: readonly Value[]): string {
  const fields = table.columns.map((column, i) => {
    const value = row[i] as Value;
    // Lists are JSON already.
    const text = column.type === 'json' && typeof value === 'string' ? value : JSON.stringify(value);
    return `${JSON.stringify(column.name)}:${text}`;
  });
  return `{${fields.join(',')}}\n`;
}

/** A finding as `findings.jsonl` has it. */
export function findingLine(finding: StoredFinding): string {
  return jsonLine(tableOf(TABLES_OF_THE_DATASET, 'findings'), findingRow(finding)).trimEnd();
}
