import type { Check } from '../../check/finding.ts';
import { CONFIDENCES, decode, STATES } from '../codes.ts';
import { confidenceOf, isDoubtful, type PackedFact, type PackedTable, rawOf, stateOf } from '../packing.ts';
import type { ReadingLists, ReadingRecord } from '../reader.ts';
import type { StoredFinding } from '../store.ts';
import type { Value } from './csv.ts';

/** One row of each table, its values in the order of the columns in `schema.ts`. */

export function reportRow(r: ReadingRecord, tables: readonly PackedTable[]): Value[] {
  return [
    r.reportId,
    r.agency,
    r.agencyId,
    r.agencyFrom,
    r.regionCode,
    r.scope,
    r.kind,
    r.year,
    r.yearFrom,
    r.title,
    isoDate(r.period?.start),
    isoDate(r.period?.end),
    isoDate(r.publishedOn),
    editionOf(tables, 't2'),
    editionOf(tables, 't3'),
    editionOf(tables, 't4'),
    r.version,
    r.supersededBy,
    JSON.stringify(r.sources),
    r.document,
    r.url,
    r.outcome,
    r.outcomeReason,
    r.needsReview,
    JSON.stringify(r.conflicts),
    r.reader,
    r.extractorVersion,
  ];
}

export function editionOf(tables: readonly PackedTable[], table: PackedTable['table']): string | null {
  return tables.find((t) => t.table === table)?.edition ?? null;
}

/** The values of a fact, from the cell on: what differs from row to row within a report. */
export function* factRows(
  r: ReadingRecord,
  table: PackedTable,
  keyOf: ReadonlyMap<number, string>,
): Generator<Value[]> {
  for (let i = 0; i < table.facts.length; i++) {
    const fact = table.facts[i] as PackedFact;
    const [, row, column] = (keyOf.get(table.layout.cells[i] as number) ?? '//').split('/');
    yield [
      r.reportId,
      r.document,
      r.agency,
      r.year,
      table.edition,
      table.table,
      row ?? '',
      column ?? '',
      table.layout.rowLabels[i] ?? '',
      table.layout.columnLabels[i] ?? '',
      fact[1],
      table.layout.units[i] ?? null,
      fact[2],
      decode(STATES, stateOf(fact)),
      rawOf(fact),
      table.layout.locations[i] ?? '',
      decode(CONFIDENCES, confidenceOf(fact)),
      isDoubtful(fact),
    ];
  }
}

export function* extraRows(r: ReadingRecord, lists: ReadingLists): Generator<Value[]> {
  const head = [r.reportId, r.document, r.agency, r.year];
  for (const e of lists.extras) yield [...head, e.table, e.kind, e.code, e.label, e.raw, e.value, e.location];
  for (const f of lists.refusals) yield [...head, f.table, 'refused', f.code, f.reason, '', null, f.location];
}

export function* statementRows(r: ReadingRecord, lists: ReadingLists): Generator<Value[]> {
  for (const s of lists.statements) {
    yield [
      r.reportId,
      s.kind,
      s.value,
      s.unit,
      s.text,
      s.start,
      s.location,
      s.length,
      s.about,
      s.words,
      JSON.stringify(s.scope),
      s.year,
      s.section,
    ];
  }
}

export function* chartRows(r: ReadingRecord, lists: ReadingLists): Generator<Value[]> {
  for (const c of lists.charts) {
    yield [r.reportId, c.title, JSON.stringify(c.categories), JSON.stringify(c.values), c.location];
  }
}

export function* checkRows(r: ReadingRecord, checks: readonly Check[]): Generator<Value[]> {
  for (const c of checks) yield [r.reportId, c.rule, c.target, c.outcome, c.left, c.right];
}

export function findingRow(f: StoredFinding): Value[] {
  return [
    f.findingId,
    f.rule,
    f.ruleVersion,
    f.severity,
    f.verdict,
    f.reportId,
    f.document,
    f.agency,
    f.year,
    f.table,
    JSON.stringify(f.cells),
    f.messageZh,
    f.messageEn,
    f.left,
    f.right,
    f.difference,
    JSON.stringify(f.culprit),
    JSON.stringify(f.suggested),
    JSON.stringify(f.evidence),
    f.state,
    f.decidedBy,
    f.decidedAt,
    f.note,
  ];
}

export function sourceRow(r: ReadingRecord, role: 'primary' | 'copy' | 'superseded'): Value[] {
  return [
    r.document,
    r.reportId,
    r.version,
    role,
    r.url,
    r.attachmentOf,
    // In the store something stands for the bytes of what was not read; it is no hash of them.
    /^[0-9a-f]{64}$/u.test(r.sha256) ? r.sha256 : null,
    r.size,
    r.container,
    r.reader,
    r.extractorVersion,
    r.outcome,
    r.outcomeReason,
    r.missing,
  ];
}

/** A calendar date, or nothing: a date column must not hold what is no date. */
export function isoDate(text: string | null | undefined): string | null {
  if (!text || !/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text ? null : text;
}
