import { readFileSync } from 'node:fs';
import path from 'node:path';
import { tableForm } from '../../src/form/editions.ts';
import { foldPhrase } from '../../src/form/fold.ts';
import {
  type CellKey,
  cellKey,
  type EditionId,
  T3_COLUMNS,
  T4_COLUMNS,
  T4_ROWS,
} from '../../src/form/form.ts';

/** What a person read from a document of the corpus, by cell key. `null`: blank, absent or not separable. */
export interface Truth {
  readonly agency: string;
  readonly year: number | null;
  readonly edition: EditionId;
  readonly complete: boolean;
  /** Numbers of tables 三 and 四; for table 二 the text as printed. */
  readonly cells: ReadonlyMap<CellKey, number | string | null>;
  readonly failedIdentities: readonly string[];
}

interface TruthFile {
  agency: string;
  year: string;
  edition: EditionId;
  complete?: boolean;
  t2?: Record<string, (string | null)[]> | null;
  t3?: Record<string, (number | null)[]>;
  t3_rows?: Record<string, (number | null)[]>;
  t4?: Record<string, (number | null)[]>;
  failed_identities?: (string | { rule?: string; identity?: string; [key: string]: unknown })[];
}

export function readTruth(folder: string, file: string): Truth {
  const json = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as TruthFile;
  const cells = new Map<CellKey, number | string | null>();
  for (const [label, values] of Object.entries(json.t2 ?? {})) {
    const row = findTwo(json.edition, label);
    if (!row) continue;
    values.forEach((value, i) => {
      const column = row.columns[i];
      if (column) cells.set(cellKey('t2', row.key, column), value);
    });
  }
  for (const [label, values] of Object.entries({ ...json.t3, ...json.t3_rows })) {
    const key = findThree(json.edition, label);
    values.forEach((value, i) => {
      cells.set(cellKey('t3', key, T3_COLUMNS[i] as (typeof T3_COLUMNS)[number]), value);
    });
  }
  for (const row of T4_ROWS) {
    (json.t4?.[row] ?? []).forEach((value, i) => {
      cells.set(cellKey('t4', row, T4_COLUMNS[i] as (typeof T4_COLUMNS)[number]), value);
    });
  }
  return {
    agency: json.agency,
    year: /^\d{4}$/.test(json.year) ? Number(json.year) : null,
    edition: json.edition,
    complete: json.complete !== false,
    cells,
    failedIdentities: (json.failed_identities ?? []).map((f) =>
      typeof f === 'string' ? f : JSON.stringify(f),
    ),
  };
}

function findTwo(edition: EditionId, label: string) {
  const wanted = foldPhrase(label);
  for (const block of tableForm(edition, 't2').blocks) {
    for (const row of block.rows) {
      if ([row.label, ...row.variants].some((l) => foldPhrase(l) === wanted)) {
        return { key: row.key, columns: block.columns.map((c) => c.key) };
      }
    }
  }
  return null;
}

/** Corpus labels prefix a result with its group: 三（三）1.属于国家秘密, 三（一）予以公开, 三（六）3.其他. */
function findThree(edition: EditionId, label: string) {
  const wanted = foldPhrase(label);
  const rows = tableForm(edition, 't3').blocks.flatMap((b) => b.rows);
  const groups: Record<string, string> = {
    denied: '(三)',
    unavailable: '(四)',
    not_processed: '(五)',
    other_handling: '(六)',
  };
  const match = rows.find((row) => {
    const own = foldPhrase(row.ordinal + row.label.replace(/（[^）]*）/u, ''));
    const printed = row.group ? `三${groups[row.group]}${own}` : own;
    return wanted === printed || wanted === `三${own}` || wanted === foldPhrase(row.ordinal + row.label);
  });
  if (!match) throw new Error(`truth row ${label} is not a row of edition ${edition}`);
  return match.key;
}
