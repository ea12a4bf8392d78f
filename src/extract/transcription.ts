import { cellsOf, editionForYear, tableForm } from '../form/editions.ts';
import { type CellKey, cellKey, type EditionId, parseCellKey, type TableId } from '../form/form.ts';
import { inWan, readCellValue } from './cell-value.ts';
import { completeness } from './classify.ts';
import type { Fact, Report, TableReading } from './report.ts';

/** A cell that a person read off the original. `raw` is what is printed there; empty for a blank cell. */
export interface TranscribedCell {
  readonly cell: CellKey;
  readonly raw: string;
}

/**
 * The report with the cells that a person entered, marked `transcribed`. A table that was refused or not found comes
 * into being with the cells given; the others of it stay `absent`. Outcomes that say that the document could not be read
 * give way to what can now be said of its tables.
 */
export function applyTranscriptions(report: Report, cells: readonly TranscribedCell[]): Report {
  if (cells.length === 0) return report;
  const entered = new Map(cells.map((c) => [c.cell, c.raw]));
  const tables = new Map<TableId, TableReading>(report.tables.map((t) => [t.table, t]));
  for (const table of new Set(cells.map((c) => parseCellKey(c.cell).table))) {
    const reading = tables.get(table) ?? emptyReading(table, editionOf(report, table, cells));
    tables.set(table, {
      ...reading,
      facts: reading.facts.map((fact) => {
        const raw = entered.get(cellKey(fact.table, fact.row, fact.column));
        return raw === undefined ? fact : transcribed(fact, raw);
      }),
    });
  }
  const readings = [...tables.values()].sort((a, b) => (a.table < b.table ? -1 : 1));
  const refusals = report.refusals.filter((r) => !tables.has(r.table));
  const { outcome, reason } = completeness(readings, refusals);
  return {
    ...report,
    tables: readings,
    refusals,
    outcome,
    outcomeReason: reason,
    needsReview:
      outcome !== 'complete' ||
      report.agency === null ||
      report.year === null ||
      report.conflicts.length > 0 ||
      readings.some((t) => t.facts.some((f) => f.doubtful)),
  };
}

function editionOf(report: Report, table: TableId, cells: readonly TranscribedCell[]): EditionId {
  const keys = cells.filter((c) => c.cell.startsWith(`${table}/`)).map((c) => c.cell);
  const fits = (['2021', '2019'] as const).filter((id) => {
    const known = new Set(cellsOf(tableForm(id, table)).map((c) => c.key));
    return keys.every((k) => known.has(k));
  });
  const byYear = report.year === null ? null : (editionForYear(report.year)?.id ?? null);
  if (byYear && fits.includes(byYear)) return byYear;
  return fits[0] ?? report.tables[0]?.edition ?? '2021';
}

function emptyReading(table: TableId, edition: EditionId): TableReading {
  return {
    table,
    edition,
    usedIdentities: [],
    method: 'anchored',
    facts: cellsOf(tableForm(edition, table)).map(
      ({ row, column }): Fact => ({
        table,
        edition,
        row: row.key,
        column: column.key,
        state: 'absent',
        value: null,
        unit: null,
        valueWan: null,
        raw: '',
        rowLabel: '',
        columnLabel: '',
        location: '',
        confidence: 'certain',
        doubtful: false,
      }),
    ),
  };
}

function transcribed(fact: Fact, raw: string): Fact {
  const form = cellsOf(tableForm(fact.edition, fact.table)).find(
    (c) => c.row.key === fact.row && c.column.key === fact.column,
  );
  const quantity = form?.column.quantity ?? 'count';
  const read = readCellValue({ text: raw, location: fact.location, reading: 'certain', marks: [] }, quantity);
  const unit = read.value === null ? null : (read.unit ?? form?.column.unit ?? null);
  const { alternatives: _, ...rest } = fact;
  return {
    ...rest,
    state: read.state,
    value: read.value,
    unit,
    valueWan: quantity === 'amount' ? inWan(read.value, unit) : null,
    raw: read.raw,
    confidence: 'transcribed',
    doubtful: false,
  };
}
