import { STATES } from '../codes.ts';
import { isDoubtful, type Layout, type PackedFact, type PackedTable, stateOf } from '../packing.ts';
import { PANEL_VARIABLES, type PanelVariable } from '../panel-variables.ts';
import type { ReadingRecord } from '../reader.ts';
import type { StoredFinding } from '../store.ts';
import type { Value } from './csv.ts';
import { editionOf, isoDate } from './rows.ts';

/**
 * One row of the panel. A cell that is blank, dashed, worded or missing gives an empty value, never 0, and so does
 * every sum or rate with such a cell among its terms.
 */
export function panelRow(
  reading: ReadingRecord,
  tables: readonly PackedTable[],
  findings: readonly StoredFinding[],
  keyOf: ReadonlyMap<number, string>,
): Value[] {
  let blank = 0;
  let doubtful = 0;
  for (const table of tables) {
    for (const fact of table.facts) {
      if (BLANKS.has(stateOf(fact))) blank += 1;
      if (isDoubtful(fact)) doubtful += 1;
    }
  }
  const placed = tables.map((table) => ({ facts: table.facts, places: placesOf(table.layout, keyOf) }));
  const factOf = (cell: string): PackedFact | undefined => {
    for (let i = placed.length - 1; i >= 0; i--) {
      const place = placed[i]?.places.get(cell);
      if (place !== undefined) return placed[i]?.facts[place];
    }
    return undefined;
  };
  const values = new Map<string, number | null>();
  const unsure = new Set<string>();
  const editions = {
    t2: editionOf(tables, 't2'),
    t3: editionOf(tables, 't3'),
    t4: editionOf(tables, 't4'),
  };
  const number = (variable: PanelVariable): number | null => {
    const { from } = variable;
    if (from.kind === 'cell' || from.kind === 'wan') {
      const fact = factOf(from.cell);
      if (!fact) return null;
      if (isDoubtful(fact)) unsure.add(variable.name);
      return from.kind === 'cell' ? fact[1] : fact[2];
    }
    if (from.kind === 'sum') {
      const table = from.terms['2021'][0]?.slice(0, 2) as keyof typeof editions;
      const edition = editions[table];
      if (edition !== '2019' && edition !== '2021') return null;
      let sum: number | null = 0;
      for (const cell of from.terms[edition]) {
        const fact = factOf(cell);
        if (fact && isDoubtful(fact)) unsure.add(variable.name);
        const value = fact?.[1] ?? null;
        sum = sum === null || value === null ? null : sum + value;
      }
      return sum;
    }
    if (from.kind === 'rate') {
      const numerator = values.get(from.numerator) ?? null;
      const denominator = values.get(from.denominator) ?? null;
      if (unsure.has(from.numerator) || unsure.has(from.denominator)) unsure.add(variable.name);
      return numerator === null || denominator === null || denominator === 0 ? null : numerator / denominator;
    }
    return null;
  };
  for (const variable of PANEL_VARIABLES) {
    if (variable.from.kind !== 'report') values.set(variable.name, number(variable));
  }
  const standing = findings.filter((f) => f.state === 'open' || f.state === 'confirmed');
  const fields = {
    report_id: reading.reportId,
    agency: reading.agency,
    agency_id: reading.agencyId,
    region_code: reading.regionCode,
    scope: reading.scope,
    kind: reading.kind,
    year: reading.year,
    published_on: isoDate(reading.publishedOn),
    edition_t2: editions.t2,
    edition_t3: editions.t3,
    edition_t4: editions.t4,
    outcome: reading.outcome,
    needs_review: reading.needsReview,
    n_errors: standing.filter((f) => f.severity === 'error').length,
    n_warnings: standing.filter((f) => f.severity === 'warning').length,
    n_doubtful: doubtful,
    n_blank: blank,
    doubtful: unsure.size === 0 ? null : [...unsure].join(' '),
    document: reading.document,
  } as const satisfies Record<string, Value>;
  return PANEL_VARIABLES.map((v) =>
    v.from.kind === 'report' ? fields[v.from.field] : (values.get(v.name) ?? null),
  );
}

/** Where the cells of a layout stand in it: the same for all reports that share it. */
const known = new WeakMap<Layout, ReadonlyMap<string, number>>();

function placesOf(layout: Layout, keyOf: ReadonlyMap<number, string>): ReadonlyMap<string, number> {
  let places = known.get(layout);
  if (!places) {
    places = new Map(layout.cells.map((cell, i) => [keyOf.get(cell) ?? '', i]));
    known.set(layout, places);
  }
  return places;
}

const BLANKS = new Set<number>([STATES.indexOf('blank'), STATES.indexOf('dash')]);

/** A rate needs its terms worked out before it: the list of variables must be in that order. */
export function unorderedRates(variables: readonly PanelVariable[] = PANEL_VARIABLES): string[] {
  const before = new Set<string>();
  const wrong: string[] = [];
  for (const v of variables) {
    if (v.from.kind === 'rate' && !(before.has(v.from.numerator) && before.has(v.from.denominator)))
      wrong.push(v.name);
    before.add(v.name);
  }
  return wrong;
}
