import { cellsOf, tableForm } from '../../form/editions.ts';
import type { ColumnKey, EditionId, RowKey, TableId } from '../../form/form.ts';
import { inWan, type PrintedCell, readCellValue } from '../cell-value.ts';
import type { Extra, Fact, TableReading } from '../report.ts';

/** What a binder found: printed cells tied to keys of the form, and everything that it could not tie. */

export interface BoundCell {
  readonly printed: PrintedCell;
  readonly rowLabel: string;
  readonly columnLabel: string;
  /** Bound by order or by an identity, not by its own labels and place. */
  readonly inferred: boolean;
  /** Set where the document shows something here that must not be read as this cell. */
  readonly unreadable: boolean;
}

export interface Signal {
  readonly kind: Extra['kind'];
  readonly code: string;
  readonly label: string;
  readonly raw: string;
  readonly location: string;
}

export class Binding {
  readonly table: TableId;
  readonly method: TableReading['method'];
  readonly cells = new Map<string, BoundCell>();
  readonly rowLabels = new Map<RowKey, string>();
  readonly columnLabels = new Map<string, string>();
  readonly signals: Signal[] = [];
  readonly usedIdentities = new Set<string>();

  constructor(table: TableId, method: TableReading['method']) {
    this.table = table;
    this.method = method;
  }

  bind(row: RowKey, column: ColumnKey, cell: BoundCell): void {
    this.cells.set(`${row}/${column}`, cell);
  }

  get(row: RowKey, column: ColumnKey): BoundCell | undefined {
    return this.cells.get(`${row}/${column}`);
  }

  hasRow(row: RowKey): boolean {
    for (const key of this.cells.keys()) if (key.startsWith(`${row}/`)) return true;
    return false;
  }

  /** The cells of a row are shown, but what they say is not safe. */
  spoilRow(row: RowKey): void {
    for (const [key, cell] of this.cells) {
      if (key.startsWith(`${row}/`)) this.cells.set(key, { ...cell, unreadable: true });
    }
  }

  signal(signal: Signal): void {
    this.signals.push(signal);
  }
}

/** Why a table that is there was not bound. */
export interface Refused {
  readonly refused: true;
  readonly code: string;
  readonly reason: string;
  readonly location: string | null;
}

export function refuse(code: string, reason: string, location: string | null): Refused {
  return { refused: true, code, reason, location };
}

export function isRefused(value: Binding | Refused | null): value is Refused {
  return value !== null && 'refused' in value;
}

const NO_CELL: PrintedCell = { text: '', location: '', reading: 'certain', marks: [] };

/** All cells of the table's edition, those that the document lacks as `absent`. */
export function toReading(binding: Binding, edition: EditionId): TableReading {
  const facts = cellsOf(tableForm(edition, binding.table)).map(({ row, column }): Fact => {
    const bound = binding.get(row.key, column.key);
    const base = { table: binding.table, edition, row: row.key, column: column.key };
    if (!bound) {
      return {
        ...base,
        state: 'absent',
        value: null,
        unit: null,
        valueWan: null,
        raw: '',
        rowLabel: binding.rowLabels.get(row.key) ?? '',
        columnLabel: binding.columnLabels.get(column.key) ?? '',
        location: '',
        confidence: 'certain',
        doubtful: false,
      };
    }
    const read = readCellValue(bound.printed ?? NO_CELL, column.quantity);
    const unreadable = bound.unreadable || read.state === 'unreadable';
    const value = unreadable ? null : read.value;
    const unit = value === null ? null : (read.unit ?? unitOfHeader(bound.columnLabel) ?? column.unit);
    const inferred = bound.inferred && read.confidence === 'certain';
    return {
      ...base,
      state: unreadable ? 'unreadable' : read.state,
      value,
      unit,
      valueWan: column.quantity === 'amount' ? inWan(value, unit) : null,
      raw: read.raw,
      rowLabel: bound.rowLabel,
      columnLabel: bound.columnLabel,
      location: bound.printed.location,
      confidence: inferred ? 'inferred' : read.confidence,
      doubtful: read.doubtful || unreadable,
      ...(read.alternatives && !unreadable ? { alternatives: read.alternatives } : {}),
    };
  });
  return {
    table: binding.table,
    edition,
    facts,
    usedIdentities: [...binding.usedIdentities].sort(),
    method: binding.method,
  };
}

/** A unit printed in the column's own header: 采购总金额（元）, 本年收费金额（单位：万元）. */
function unitOfHeader(label: string): string | null {
  return /[(（](?:单位[:：]?)?\s*(万元|元|亿元|件|项|条)\s*[)）]/u.exec(label)?.[1] ?? null;
}

export function toExtras(binding: Binding): Extra[] {
  return binding.signals.map((s) => {
    const read = readCellValue({ text: s.raw, location: s.location, reading: 'certain', marks: [] }, 'count');
    return {
      table: binding.table,
      kind: s.kind,
      code: s.code,
      label: s.label,
      raw: s.raw,
      value: read.value,
      location: s.location,
    };
  });
}
