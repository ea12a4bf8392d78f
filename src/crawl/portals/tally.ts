import { addressKey } from './addresses.ts';
import type { ListRow, WalkEnd } from './portal.ts';

/** How far the number of rows may stray from the stated total: portals count pinned rows twice. */
const tolerance = 2;

/** Counts the rows of one walk and judges how it ended. */
export class ColumnTally {
  readonly #seen = new Set<string>();
  readonly #pages = new Set<string>();
  total: number | null = null;

  get unique(): number {
    return this.#seen.size;
  }

  /** Rows not seen before in this walk. */
  fresh(rows: readonly ListRow[]): ListRow[] {
    const fresh: ListRow[] = [];
    for (const row of rows) {
      const key = addressKey(row.url);
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      fresh.push(row);
    }
    return fresh;
  }

  /** Has a page with exactly these rows been served before? Then the portal ignores the page number. */
  isRepeat(rows: readonly ListRow[]): boolean {
    if (rows.length === 0) return false;
    const signature = rows
      .map((row) => addressKey(row.url))
      .sort()
      .join('\n');
    if (this.#pages.has(signature)) return true;
    this.#pages.add(signature);
    return false;
  }

  /** Forgets which pages were seen (not which rows), for a walk that begins again. */
  restart(): void {
    this.#pages.clear();
  }

  partial(reason: string): WalkEnd {
    return this.unique === 0
      ? { outcome: 'empty_suspicious', reason, total: this.total }
      : {
          outcome: 'partial',
          reason: `${reason}; ${this.unique} rows${ofTotal(this.total)}`,
          total: this.total,
        };
  }

  /**
   * The end of a list was reached. `saysEmpty`: the portal itself says that there is nothing (`暂无相关信息`), which a
   * list without rows needs before it counts as complete.
   */
  end(how: string, saysEmpty = false): WalkEnd {
    const total = this.total;
    if (this.unique === 0) {
      if (total === 0 || saysEmpty)
        return { outcome: 'complete', reason: `the portal says the list is empty`, total };
      return {
        outcome: 'empty_suspicious',
        reason:
          total === null
            ? 'no row was recognised'
            : `the portal states ${total} records, but no row was recognised`,
        total,
      };
    }
    if (total !== null && Math.abs(total - this.unique) > tolerance) {
      return {
        outcome: 'partial',
        reason: `${how}, but ${this.unique} rows of a stated total of ${total}`,
        total,
      };
    }
    return { outcome: 'complete', reason: `${how}: ${this.unique} rows${ofTotal(total)}`, total };
  }
}

function ofTotal(total: number | null): string {
  return total === null ? '' : ` of ${total} stated`;
}
