import type {
  CellState,
  Confidence,
  Conflict,
  Outcome,
  Period,
  Report,
  ReportChart,
  ReportKind,
  Scope,
  Section,
  Statement,
} from '../extract/report.ts';
import { cellsOf, tableForm } from '../form/editions.ts';
import { type CellKey, cellKey, type EditionId, type TableId } from '../form/form.ts';

/** What a rule needs of one cell. */
export interface CellView {
  readonly state: CellState;
  /** The printed number; null unless `state` is `number`. */
  readonly value: number | null;
  readonly raw: string;
  readonly unit: string | null;
  /** Amounts in 万元 where the unit is known. */
  readonly valueWan: number | null;
  readonly confidence: Confidence;
  readonly doubtful: boolean;
  /** Of a recognised number: what else its picture may show. */
  readonly alternatives?: readonly number[];
}

export interface TableView {
  readonly table: TableId;
  readonly edition: EditionId;
  readonly cells: ReadonlyMap<CellKey, CellView>;
  /** Identities that helped to read the table, as `T3.ROWSUM:granted` or `T3.ROWSUM` for all of them. */
  readonly usedIdentities: readonly string[];
}

/** The words of a report, for the rules that look for words. */
export interface ReportText {
  readonly sections: readonly Section[];
  readonly narrative: readonly {
    readonly text: string;
    readonly location: string;
    readonly section: number | null;
    readonly doubtful?: boolean;
  }[];
}

/**
 * One report as the rules see it: plain values that a store can keep and give back, so that reports can be checked
 * again without their documents. Every rule works on views alone.
 */
export interface ReportView {
  /** Whatever the caller tells reports apart by; handed back with the findings of across-rules. */
  readonly id: string;
  readonly document: string;
  readonly outcome: Outcome;
  /** From the agency register; null while unmatched. */
  readonly agencyId: string | null;
  readonly agency: string | null;
  readonly year: number | null;
  readonly scope: Scope;
  readonly kind: ReportKind;
  readonly title: string | null;
  readonly period: Period | null;
  /** ISO date. */
  readonly publishedOn: string | null;
  readonly conflicts: readonly Conflict[];
  readonly tables: { readonly [T in TableId]?: TableView };
  /** Tables that are there but were not read for want of certainty. */
  readonly refused: readonly TableId[];
  readonly statements: readonly Statement[];
  readonly charts: readonly ReportChart[];
  /** Null where the words were not kept: the rules that need them then say nothing. */
  readonly text: ReportText | null;
}

/** The view of a freshly extracted report. `id` defaults to the document's name. */
export function viewOf(
  report: Report,
  known: { readonly id?: string; readonly agencyId?: string | null } = {},
): ReportView {
  const tables: { [T in TableId]?: TableView } = {};
  for (const reading of report.tables) {
    const cells = new Map<CellKey, CellView>();
    const form = cellsOf(tableForm(reading.edition, reading.table));
    reading.facts.forEach((fact, i) => {
      const due = form[i];
      const asDue = due?.row.key === fact.row && due.column.key === fact.column;
      cells.set(asDue ? due.key : cellKey(fact.table, fact.row, fact.column), fact);
    });
    tables[reading.table] = {
      table: reading.table,
      edition: reading.edition,
      cells,
      usedIdentities: reading.usedIdentities,
    };
  }
  return {
    id: known.id ?? report.document,
    document: report.document,
    outcome: report.outcome,
    agencyId: known.agencyId ?? null,
    agency: report.agency,
    year: report.year,
    scope: report.scope,
    kind: report.kind,
    title: report.title,
    period: report.period,
    publishedOn: report.publishedOn,
    conflicts: report.conflicts,
    tables,
    refused: report.refusals.map((r) => r.table),
    statements: report.statements,
    charts: report.charts,
    text: { sections: report.sections, narrative: report.narrative },
  };
}

/** A cell of the view, or undefined where its table was not read. */
export function cellOf(view: ReportView, key: CellKey): CellView | undefined {
  return view.tables[key.slice(0, 2) as TableId]?.cells.get(key);
}
