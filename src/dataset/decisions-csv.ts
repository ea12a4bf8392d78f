import { parse } from 'csv-parse/sync';
import { csvCell } from './export/csv.ts';
import { operandsHash } from './identity.ts';
import { STATE_WORDS } from './reader.ts';
import { type ImportedDecision, type Store, type StoredFinding, StoreError } from './store.ts';

/**
 * Findings and decisions as a spreadsheet that a district passes round: people fill in `state`, `note` and `person`.
 * The column `values` ties a decision to the numbers that were on the sheet.
 */

const COLUMNS = [
  'finding_id',
  'state',
  'note',
  'person',
  'date',
  'severity',
  'agency',
  'year',
  'rule',
  'message',
  'document',
  'values',
] as const;

/** One line per finding; CSV with BOM and CRLF. */
export async function* decisionsCsv(store: Store): AsyncGenerator<string> {
  yield `\ufeff${COLUMNS.join(',')}\r\n`;
  for await (const f of store.findings()) {
    const cells: Record<(typeof COLUMNS)[number], string> = {
      finding_id: f.findingId,
      state: STATE_WORDS[f.state],
      note: f.lapsed ? '' : (f.note ?? ''),
      person: f.lapsed ? '' : (f.decidedBy ?? ''),
      date: f.lapsed ? '' : (f.decidedAt ?? ''),
      severity: { error: '错误', warning: '警告', info: '提示' }[f.severity],
      agency: f.agency ?? '',
      year: f.year === null ? '' : String(f.year),
      rule: f.rule,
      message: f.messageZh,
      document: f.document,
      values: operandsHash(f.operands),
    };
    yield `${COLUMNS.map((c) => csvCell(cells[c], 'string')).join(',')}\r\n`;
  }
}

/**
 * Reads such a sheet back. `at` is the date for lines without one, `person` the name for lines without one. States may
 * be the Chinese words or the English keys. Throws `StoreError` that names the line.
 */
export function parseDecisionsCsv(
  text: string,
  defaults: { readonly at: string; readonly person: string | null },
): ImportedDecision[] {
  let rows: Record<string, string>[];
  let header: string[] = [];
  try {
    rows = parse(text, {
      bom: true,
      columns: (names: string[]) => {
        header = names.map((name) => name.trim());
        return header;
      },
      skip_empty_lines: true,
      trim: true,
      relax_column_count: true,
    });
  } catch (error) {
    throw new StoreError(
      'bad_decisions',
      `the decisions cannot be read as CSV: ${(error as Error).message}`,
      { cause: error },
    );
  }
  for (const needed of ['finding_id', 'state'])
    if (!header.includes(needed))
      throw new StoreError(
        'bad_decisions',
        `the sheet of decisions has no ${needed} in its first line; keep that column of the exported sheet`,
      );
  const states = new Map<string, StoredFinding['state']>();
  for (const [key, word] of Object.entries(STATE_WORDS) as [StoredFinding['state'], string][]) {
    states.set(key, key).set(word, key);
  }
  return rows.flatMap((row, i): ImportedDecision[] => {
    const line = i + 2;
    const findingId = row['finding_id'];
    if (!findingId) {
      throw new StoreError(
        'bad_decisions',
        `line ${line} of the decisions has no finding_id; keep that column of the exported sheet`,
      );
    }
    const word = row['state'] ?? '';
    if (word === '') return [];
    const state = states.get(word);
    if (state === undefined) {
      throw new StoreError(
        'bad_decisions',
        `line ${line} of the decisions: state ${JSON.stringify(word)} is not known; write one of ${[...states.keys()].join(', ')}`,
      );
    }
    // A line that nobody filled in decides nothing: an old sheet must not take back what was decided since.
    if (state === 'open') return [];
    return [
      {
        findingId,
        state,
        note: unguarded(row['note']) || null,
        person: unguarded(row['person']) || defaults.person,
        at: row['date'] || defaults.at,
        operands: row['values'] || null,
      },
    ];
  });
}

/** Takes off the apostrophe that the export put before what looks like a formula. */
function unguarded(text: string | undefined): string {
  return (text ?? '').replace(/^'(?=[=+\-@＝＋－＠])/u, '');
}
