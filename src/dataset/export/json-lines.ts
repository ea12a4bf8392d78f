import { TABLES_OF_THE_DATASET, type Table, tableOf } from '../schema.ts';
import type { StoredFinding } from '../store.ts';
import type { Value } from './csv.ts';
import { findingRow } from './rows.ts';

/** A row as a line of JSON: raw, lists as lists. */
export function jsonLine(table: Table, row: readonly Value[]): string {
  return `${JSON.stringify(jsonRecord(table, row))}\n`;
}

/** A finding as `findings.jsonl` has it. */
export function findingRecord(finding: StoredFinding): Record<string, unknown> {
  return jsonRecord(tableOf(TABLES_OF_THE_DATASET, 'findings'), findingRow(finding));
}

function jsonRecord(table: Table, row: readonly Value[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  table.columns.forEach((column, i) => {
    const value = row[i] as Value;
    record[column.name] = column.type === 'json' && typeof value === 'string' ? JSON.parse(value) : value;
  });
  return record;
}
