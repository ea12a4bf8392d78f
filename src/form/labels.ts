import { distance } from 'fastest-levenshtein';
import { EDITIONS } from './editions.ts';
import { type FoldedLabel, foldLabel } from './fold.ts';
import type { ColumnKey, GroupKey, RowKey, TableId } from './form.ts';
import { GROUPS } from './form.ts';

/** Finds the keys that a printed label can mean. A label may mean several (其他); the place then decides. */

export interface LabelMatch<K extends string> {
  readonly key: K;
  /** False where only a near spelling matched (a character lost or changed). */
  readonly exact: boolean;
}

class LabelIndex<K extends string> {
  readonly #exact = new Map<string, Set<K>>();
  readonly #spellings: { readonly spelling: string; readonly key: K }[] = [];

  add(key: K, labels: readonly string[]): void {
    for (const label of labels) {
      const folded = foldLabel(label);
      for (const spelling of new Set([folded.full, folded.core])) {
        if (spelling === '') continue;
        const keys = this.#exact.get(spelling) ?? new Set<K>();
        this.#exact.set(spelling, keys.add(key));
        if (!this.#spellings.some((s) => s.spelling === spelling && s.key === key)) {
          this.#spellings.push({ spelling, key });
        }
      }
    }
  }

  match(label: FoldedLabel): LabelMatch<K>[] {
    for (const spelling of [label.full, label.core]) {
      const keys = spelling === '' ? undefined : this.#exact.get(spelling);
      if (keys) return [...keys].map((key) => ({ key, exact: true }));
    }
    const text = label.core || label.full;
    return this.#near(text, Math.floor(text.length / 6));
  }

  /** The label that a text recognised in a picture stands for: one character in three may be wrong. */
  matchRecognised(label: FoldedLabel): LabelMatch<K>[] {
    const known = this.match(label);
    if (known.length > 0) return known;
    const text = label.core || label.full;
    return this.#near(text, Math.floor(text.length / 3));
  }

  /**
   * One wrong, lost or added character in six (本机关不掌握相关政府信 · 三类内容事务). Short labels must match exactly,
   * and a spelling as near to another label decides nothing.
   */
  #near(text: string, allowed: number): LabelMatch<K>[] {
    if (allowed === 0) return [];
    let best = allowed + 1;
    let keys = new Set<K>();
    for (const { spelling, key } of this.#spellings) {
      if (Math.abs(spelling.length - text.length) > allowed) continue;
      const d = distance(spelling, text);
      if (d < best) {
        best = d;
        keys = new Set([key]);
      } else if (d === best && d <= allowed) {
        keys.add(key);
      }
    }
    return best <= allowed && keys.size === 1 ? [...keys].map((key) => ({ key, exact: false })) : [];
  }
}

const rowIndexes = new Map<TableId, LabelIndex<RowKey>>();
const columnIndexes = new Map<TableId, LabelIndex<ColumnKey>>();
const groupIndex = new LabelIndex<GroupKey>();

for (const { tables } of EDITIONS) {
  for (const form of Object.values(tables)) {
    const rows = rowIndexes.get(form.table) ?? new LabelIndex<RowKey>();
    const columns = columnIndexes.get(form.table) ?? new LabelIndex<ColumnKey>();
    rowIndexes.set(form.table, rows);
    columnIndexes.set(form.table, columns);
    for (const block of form.blocks) {
      for (const row of block.rows) rows.add(row.key, [row.label, ...row.variants]);
      for (const column of block.columns) columns.add(column.key, [column.label, ...column.variants]);
    }
  }
}
for (const group of GROUPS) groupIndex.add(group.key, [group.label, ...group.variants]);

export function matchRow(table: TableId, label: string): LabelMatch<RowKey>[] {
  return rowIndexes.get(table)?.match(foldLabel(label)) ?? [];
}

export function matchColumn(table: TableId, label: string): LabelMatch<ColumnKey>[] {
  return columnIndexes.get(table)?.match(foldLabel(label)) ?? [];
}

/** The column that a header recognised in a picture names, where it is like one and no other. */
export function matchRecognisedColumn(table: TableId, label: string): LabelMatch<ColumnKey>[] {
  return columnIndexes.get(table)?.matchRecognised(foldLabel(label)) ?? [];
}

/** The group of results that a label names (（三）不予公开), or null. */
export function matchGroup(label: string): GroupKey | null {
  return groupIndex.match(foldLabel(label)).find((m) => m.exact)?.key ?? null;
}
